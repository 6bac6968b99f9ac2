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
    let taken = await failure { try await database.call("person.add", ["customer": "ACME", "name": "K", "email": "kim.doe@example.com"], as: database.root) }
    #expect(taken?.kind == .conflict && taken?.message.text(.english).contains("withLeft") == true)
    try await database.call("person.change", ["id": id, "left": .bool(false)], as: database.root, version: 3)
    #expect(try await names(database, acme) == ["Kim Doe"])
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
