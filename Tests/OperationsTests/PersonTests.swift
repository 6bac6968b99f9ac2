import Kernel
import Tenancy
import TestSupport
import Testing

@testable import Operations

@Suite struct PersonTests {
  @Test func aPersonIsChangedAndLeaves() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let made = try await database.call(
      "person.add", ["customer": "ACME", "name": "Kim Roe", "email": " Kim.Roe@Example.COM ", "phone": "+49 30 1234"], as: database.root)
    let id = made["id"] ?? .null
    #expect(made["email"] == "kim.roe@example.com" && made["phone"] == "+49 30 1234")
    #expect(try await database.call("person.read", ["id": id], as: database.root) == made)
    let changed = try await database.call(
      "person.change", ["id": id, "name": "Kim Doe", "phone": .null, "email": "kim.doe@example.com"], as: database.root, version: 1)
    #expect(changed["name"] == "Kim Doe" && changed["phone"] == .null && changed["version"] == 2 && changed["leftAt"] == .null)
    await expectFailure(.versionMismatch) { try await database.call("person.change", ["id": id, "name": "x"], as: database.root, version: 1) }
    // By the address, as by the id.
    let byAddress = try await database.call(
      "account.create", ["customer": "ACME", "login": "kim@acme.test", "name": "Kim", "person": "kim.doe@EXAMPLE.com"], as: database.root)
    #expect(byAddress["person"] == id)
    // Whoever has left cannot log in any more.
    await expectFailure(.conflict) { try await database.call("person.change", ["id": id, "left": .bool(true)], as: database.root, version: 2) }
    try await database.call("account.disable", ["id": byAddress["id"] ?? .null], as: database.root)
    let gone = try await database.call("person.change", ["id": id, "left": .bool(true)], as: database.root, version: 2)
    #expect(gone["leftAt"] == .instant(database.clock.now()))
    #expect(try await names(database, acme) == [])
    #expect(try await names(database, acme, ["withLeft": .bool(true)]) == ["Kim Doe"])
    await expectFailure(.invalid) {
      try await database.call("account.create", ["customer": "ACME", "login": "k@acme.test", "name": "K", "person": "kim.doe@example.com"], as: database.root)
    }
    // Nor by the id: neither a new login nor the old one.
    let again = await failure {
      try await database.call("account.create", ["customer": "ACME", "login": "k@acme.test", "name": "K", "person": id], as: database.root)
    }
    #expect(again?.violations.first?.message == AccountMessages.personLeft)
    let enabled = await failure { try await database.call("account.enable", ["id": byAddress["id"] ?? .null], as: database.root) }
    #expect(enabled?.message == AccountMessages.personLeft)
    // The address stays, and who takes it is told where it is.
    let taken = await failure {
      try await database.call("person.add", ["customer": "ACME", "name": "K", "email": "kim.doe@example.com"], as: database.root)
    }
    #expect(taken?.kind == .conflict && taken?.message.text(.english).contains("withLeft") == true)
    try await database.call("person.change", ["id": id, "left": .bool(false)], as: database.root, version: 3)
    #expect(try await names(database, acme) == ["Kim Doe"])
  }

  /// Guard: without the person's row held both could be done at once, and somebody who has left would have a login.
  @Test func nobodyLeavesWhileHisLoginIsEnabled() async throws {
    let database = try await TestDatabase.make()
    _ = try await database.customer("ACME")
    for number in 1...20 {
      let person = try await database.call("person.add", ["customer": "ACME", "name": .text("P \(number)")], as: database.root)["id"] ?? .null
      let made = try await database.call(
        "account.create", ["customer": "ACME", "login": .text("p\(number)@acme.test"), "name": "P", "person": person], as: database.root)
      let account = made["id"] ?? .null
      try await database.call("account.disable", ["id": account], as: database.root)
      async let enabling = failure { try await database.call("account.enable", ["id": account], as: database.root) }
      async let leaving = failure { try await database.call("person.change", ["id": person, "left": .bool(true)], as: database.root, version: 1) }
      let failures = await [enabling, leaving].compactMap { $0 }
      #expect(failures.count == 1 && failures.first?.kind == .conflict)
    }
  }

  /// Guard: staff serve several customers, and one address may be of somebody at each of them.
  @Test func staffNameAPersonByAddressAndCustomer() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let other = try await database.customer("OTHER")
    let kim = try await database.call("person.add", ["customer": "ACME", "name": "Kim", "email": "kim@acme.test"], as: database.root)
    try await database.call("person.add", ["customer": "OTHER", "name": "Lee", "email": "kim@acme.test"], as: database.root)
    let listed = try await database.staff(.accountManager, for: [acme])
    #expect(try await database.call("person.read", ["id": "Kim@ACME.test", "customer": "acme"], as: listed)["id"] == kim["id"])
    let bare = await violations { try await database.call("person.read", ["id": "kim@acme.test"], as: listed) }
    #expect(bare.last?.hasPrefix("customer ") == true)
    // A customer's own people need not say it, and nobody gets beyond what is his.
    let user = try await database.user(.customerManager, of: acme)
    #expect(try await database.call("person.read", ["id": "kim@acme.test"], as: user)["id"] == kim["id"])
    await expectFailure(.notFound) {
      try await database.call("person.read", ["id": kim["id"] ?? .null, "customer": .id(other.publicId)], as: database.root)
    }
    let stranger = try await database.staff(.accountManager, for: [other])
    await expectFailure(.notFound) { try await database.call("person.read", ["id": kim["id"] ?? .null], as: stranger) }
    await expectFailure(.invalid) { try await database.call("person.read", ["id": "kim@acme.test", "customer": "ACME"], as: stranger) }
  }

  /// Guard: with the address looked up before the hash, the repetition would name nobody and be refused as another call.
  @Test func aChangeOfTheAddressIsRepeatedByTheOldOne() async throws {
    let database = try await TestDatabase.make()
    _ = try await database.customer("ACME")
    try await database.call("person.add", ["customer": "ACME", "name": "Kim", "email": "kim@acme.test"], as: database.root)
    let input: KeyValuePairs<String, Value> = ["id": "kim@acme.test", "customer": "ACME", "email": "kim.doe@acme.test"]
    let first = try await database.call("person.change", input, as: database.root, version: 1, key: "change")
    let again = try await database.call(
      "person.change", ["id": " KIM@acme.test", "customer": "acme", "email": "kim.doe@acme.test"], as: database.root, version: 1, key: "change")
    #expect(first == again && first["version"] == 2)
    await expectFailure(.conflict) {
      try await database.call(
        "person.change", ["id": "lee@acme.test", "customer": "ACME", "email": "x@acme.test"], as: database.root, version: 1, key: "change")
    }
  }

  /// Guard: whoever may see only himself names by an address only himself.
  @Test func ofPeopleOneNamesByAddressWhomOneSees() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let kim = try await database.call("person.add", ["customer": "ACME", "name": "Kim", "email": "kim@acme.test"], as: database.root)
    let own = try await database.user(.customerManager, of: acme, .own)
    for id in [kim["id"] ?? .null, "kim@acme.test", "nobody@acme.test"] as [Value] {
      await expectFailure(.notFound) { try await database.call("person.read", ["id": id], as: own) }
    }
  }

  /// More names than are looked up one by one, in one call.
  @Test func aLongListIsNamedByCodes() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let numbers = (1...300).compactMap { ThingNumber("ACME-INC-\($0)") }
    let named = try await database.tenancy.named(codes: ["ACME", "NOBODY"] + (1...400).map { "N\($0)" }, numbers: numbers)
    #expect(named.tenants.mapValues(\.id) == ["ACME": acme.id] && named.ids.isEmpty)
    let fields: [any InputField] = [
      Field.list("customers", of: Field.id("customer", .customer, "A customer.", "客户。"), count: 1...500, "Customers.", "客户。")
    ]
    let codes: [Value] = ["ACME"] + (1...400).map { .text("N\($0)") }
    let long = try await NameRule(tenancy: database.tenancy).withIds(.object(["customers": .array(codes)]), fields)
    let ids = long["customers"]?.array ?? []
    #expect(ids.count == 401 && ids.first == .id(acme.publicId) && ids.allSatisfy { $0.text.flatMap { PublicId($0) } != nil })
  }

  /// Guard: a slip of the pen among one's own customers is no reach into another's, and leaves no denial behind.
  @Test func aNumberThatNobodyHasIsOfItsCustomer() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let rule = NameRule(tenancy: database.tenancy)
    let fields: [any InputField] = [
      Field.id("ticket", IdKind("inc", owner: .tenant), "A ticket.", "工单。"), Field.id("article", IdKind("art", owner: .provider), "An article.", "文章。"),
    ]
    let named = try await rule.withIds(.object(["ticket": "acme-inc-777", "article": "KB-777"]), fields)
    #expect(named["ticket"] == .id(PublicId.none(kind: "inc", handle: acme.handle)))
    #expect(named["article"] == .id(PublicId.none(kind: "art", handle: database.provider.handle)))
    let nobodys = try await rule.withIds(.object(["ticket": "NOBODY-INC-777"]), fields)
    #expect(nobodys["ticket"] == .id(PublicId.none(kind: "inc", handle: TenantHandle(0))))
  }

  @Test func peopleAndCustomersAreFound() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let other = try await database.customer("OTHER")
    for (name, email) in [("Kim Roe", "kim@acme.test"), ("Jörg ÄPFEL", "jk@acme.test"), ("王小明", "wang@acme.test")] {
      try await database.call("person.add", ["customer": "acme", "name": .text(name), "email": .text(email)], as: database.root)
    }
    try await database.call("person.add", ["customer": .id(other.publicId), "name": "Kim Stranger"], as: database.root)
    #expect(try await names(database, acme, ["text": "KIM"]) == ["Kim Roe"])
    #expect(try await names(database, acme, ["text": "äpfel"]) == ["Jörg ÄPFEL"])
    #expect(try await names(database, acme, ["text": "小明"]) == ["王小明"])
    #expect(try await names(database, acme, ["text": "JK@"]) == ["Jörg ÄPFEL"])
    #expect(try await names(database, acme, ["text": "%"]) == [])
    // A page's cursor is good for what was looked for.
    let page = try await database.call("person.list", ["customer": "ACME", "text": "acme.test", "limit": 1], as: database.root)
    let next = page["next"] ?? .null
    await expectFailure(.invalid) { try await database.call("person.list", ["customer": "ACME", "limit": 1, "cursor": next], as: database.root) }
    let found = try await database.call("customer.list", ["text": "other l"], as: database.root)["items"]?.array ?? []
    #expect(found.map { $0["code"] ?? .null } == ["OTHER"])
    let listed = try await database.staff(.engineer, for: [acme])
    #expect(try await database.call("customer.list", ["text": "other"], as: listed)["items"] == .array([]))
  }

  /// Guard: a code that somebody else has is answered like one that nobody has, whatever else is wrong with the call.
  @Test func aHiddenCustomersCodeIsLikeNone() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    _ = try await database.customer("OTHER")
    let listed = try await database.staff(.engineer, for: [acme])
    let user = try await database.user(.customerManager, of: acme)
    for principal in [listed, user] {
      _ = try await database.call("person.list", ["customer": "ACME"], as: principal)
      for limit in [1, -1] as [Int64] {
        let hidden = await violations { try await database.call("person.list", ["customer": "OTHER", "limit": .integer(limit)], as: principal) }
        let unknown = await violations { try await database.call("person.list", ["customer": "NOBODY", "limit": .integer(limit)], as: principal) }
        #expect(hidden == unknown && !hidden.isEmpty)
      }
      await expectFailure(.notFound) { try await database.call("customer.read", ["id": "OTHER"], as: principal) }
      await expectFailure(.notFound) { try await database.call("customer.read", ["id": "NOBODY"], as: principal) }
    }
  }

  /// Guard: without the rows that the caller may see, whoever sees only himself learns who else is there.
  @Test func anAddressOfAPersonWhomOneDoesNotSeeIsLikeNone() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    try await database.call("person.add", ["customer": "ACME", "name": "Kim", "email": "kim@acme.test"], as: database.root)
    let own = RowScope(everything: false, units: [], person: 0)
    let seen = try await database.tenancy.transaction(binding: [acme.id], side: .customer, readOnly: true) { transaction in
      try await transaction.last(PersonsByEmail(tenant: acme.id, emails: ["kim@acme.test"], scope: own))
    }
    #expect(seen.isEmpty)
    let all = try await database.tenancy.transaction(binding: [acme.id], side: .customer, readOnly: true) { transaction in
      try await transaction.last(PersonsByEmail(tenant: acme.id, emails: ["kim@acme.test", "nobody@acme.test"], scope: .all))
    }
    #expect(all.map(\.email) == ["kim@acme.test"])
  }

  @Test(arguments: ["kim@example.com", "k+r_1@a-b.example", "O'Hara@EXAMPLE.com", " kim@example.com "]) func anAddressIsSound(text: String) {
    #expect(EmailAddress.read(text) != nil)
  }

  @Test(arguments: [
    "kim", "@", "kim@", "@example.com", "kim@@example.com", "kim@a@example.com", "kim@example", "kim@.com", "kim@example..com", ".kim@example.com",
    "kim.@example.com", "ki m@example.com", "kim@exa mple.com", "kim@-a.com", "kim@a-.com", "-kim@example.com", "kim,roe@example.com", "<kim@example.com>",
    "kim@example.com\u{0}", "кim@example.com",
  ]) func whatNoMailServerTakesIsRefused(text: String) {
    #expect(EmailAddress.read(text) == nil)
  }

  private func names(_ database: TestDatabase, _ customer: TenantEntry, _ more: [String: Value] = [:]) async throws -> [Value] {
    let input = more.merging(["customer": .id(customer.publicId)]) { $1 }
    let found = try await database.dispatcher.invoke(
      "person.list", .object(input.map { Value.Member($0.key, $0.value) }), as: database.root, Call(requestId: "test"))
    return found.value["items"]?.array?.map { $0["name"] ?? .null } ?? []
  }

  private func failure(_ body: () async throws -> Value) async -> Failure? {
    do {
      _ = try await body()
      return nil
    } catch {
      return error as? Failure
    }
  }

  private func violations(_ body: () async throws -> Value) async -> [String] {
    do {
      _ = try await body()
      return []
    } catch let failure as Failure {
      return ["\(failure.kind.rawValue) \(failure.code)"] + failure.violations.map { "\($0.path) \($0.message.key)" }
    } catch {
      return ["\(error)"]
    }
  }
}
