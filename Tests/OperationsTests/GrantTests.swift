import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@Suite struct GrantTests {
  /// Whose login an account of staff is: what the principal carries, wherever two persons must decide.
  @Test func anAccountOfStaffNamesItsPerson() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let provider = try await database.call("identity.read", as: database.root)["tenantId"] ?? .null
    let fay = try await database.call("person.add", ["customer": provider, "name": "Fay"], as: database.root)["id"] ?? .null
    let stranger = try await database.call("person.add", ["customer": .id(acme.publicId), "name": "Zoe"], as: database.root)["id"] ?? .null
    @discardableResult func say(_ account: String, _ person: Value, as principal: Principal) async throws(Failure) -> Value {
      let listed = try await database.call("staff.list", as: database.root)["items"]?.array?.first { $0["id"]?.text == account }
      return try await database.call(
        "staff.set_person", ["id": .text(account), "person": person], as: principal, version: listed?["version"]?.integer)
    }
    let one = try await database.call(
      "staff.create", ["login": "fay@x.test", "name": "Fay", "password": .text(TestDatabase.password), "person": fay], as: database.root)
    #expect(one["person"] == fay)
    let two = try await database.newStaff("f@x.test")
    #expect(try await database.loggedIn("PROV", "f@x.test").person == nil)
    let named = try await say(two, fay, as: database.root)
    #expect(named["person"] == fay)
    // Who saw the account as it was before says nothing of it.
    await expectFailure(.versionMismatch) {
      try await database.call("staff.set_person", ["id": .text(two), "person": .null], as: database.root, version: 1)
    }
    let person = try await database.loggedIn("PROV", "f@x.test").person
    let other = try await database.loggedIn("PROV", "fay@x.test").person
    #expect(person != nil && person == other)
    await expectFailure(.invalid) { try await say(two, stranger, as: database.root) }
    await expectFailure(.invalid) { try await database.call("staff.set_person", ["id": .text(two)], as: database.root, version: 1) }
    #expect(try await say(two, .null, as: database.root)["person"] == .null)
    // Whose his own account is, an administrator does not say: he would be two persons whenever he likes.
    let own = try await database.newStaff("a@x.test", .administrator)
    let administrator = try await database.loggedIn("PROV", "a@x.test")
    await expectFailure(.denied) { try await say(own, fay, as: administrator) }
    #expect(try await say(two, fay, as: administrator)["person"] == fay)
    let manager = try await database.staff(.accountManager)
    await expectFailure(.denied) { try await say(two, fay, as: manager) }
    // Nor of another account of his.
    _ = try await say(own, fay, as: database.root)
    let administratorFay = try await database.loggedIn("PROV", "a@x.test")
    await expectFailure(.denied) { try await say(two, .null, as: administratorFay) }
    // Each that was said is an event; what was refused is none.
    let events = try await database.superuser.transaction { try await $0.query(PersonsSet()) }
    #expect(events.count == 4 && events.first == "null > \(fay.text ?? "")" && events.dropFirst().first == "\(fay.text ?? "") > null", "\(events)")
  }

  @Test func aGrantCountsUntilItIsRevokedOrExpires() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let beta = try await database.customer("BETA")
    let id = try await database.newStaff("engineer@x.test")
    let token = try await database.login("PROV", "engineer@x.test")
    #expect(try await database.principal(token)?.grants.isEmpty == true)
    let end = TestDatabase.start.adding(seconds: 3600)
    let grant = try await database.call(
      "staff_grant.add",
      ["account": .text(id), "role": "engineer", "customers": .array([.id(acme.publicId)]), "expiresAt": .instant(end)], as: database.root)
    #expect(grant["customers"] == .array([.id(acme.publicId)]))
    let engineer = try #require(try await database.principal(token))
    try await database.call("person.list", ["customer": .id(acme.publicId)], as: engineer)
    await expectFailure(.invalid) { try await database.call("person.list", ["customer": .id(beta.publicId)], as: engineer) }
    database.clock.set(end)
    // Also the principal that was read before: its grant knows its end.
    await expectFailure(.denied) { try await database.call("person.list", ["customer": .id(acme.publicId)], as: engineer) }
    #expect(try await database.principal(token)?.grants.isEmpty == true)

    let lasting = try await database.call(
      "staff_grant.add", ["account": .text(id), "role": "engineer", "everyCustomer": .bool(true)], as: database.root)
    #expect(try await database.principal(token)?.grants.map(\.scope) == [.all])
    let revoked = try await database.call("staff_grant.revoke", ["id": lasting["id"] ?? .null], as: database.root)
    #expect(revoked["revokedAt"] == .instant(end))
    #expect(try await database.principal(token)?.grants.isEmpty == true)
    let list = try await database.call("staff_grant.list", ["account": .text(id)], as: database.root)
    #expect(list["items"]?.array?.count == 2)
  }

  @Test func aRoleIsForItsSideAndItsShapeIsChecked() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let staff = try await database.newStaff("a@x.test")
    let account = try await database.newAccount("b@x.test", of: acme)
    func addToStaff(_ more: KeyValuePairs<String, Value>) async -> Failure.Kind? {
      let input = Value.object([Value.Member("account", .text(staff))] + more.map { Value.Member($0.key, $0.value) })
      return await database.failure {
        _ = try await database.dispatcher.invoke("staff_grant.add", input, as: database.root, Call(requestId: "test"))
      }?.kind
    }
    #expect(await addToStaff(["role": "customer_manager", "everyCustomer": .bool(true)]) == .invalid)
    #expect(await addToStaff(["role": "no_such_role", "everyCustomer": .bool(true)]) == .invalid)
    #expect(await addToStaff(["role": "engineer"]) == .invalid)
    #expect(await addToStaff(["role": "engineer", "everyCustomer": .bool(true), "customers": .array([.id(acme.publicId)])]) == .invalid)
    // The provider is no customer of its own.
    #expect(await addToStaff(["role": "engineer", "customers": .array([.id(database.provider.publicId)])]) == .invalid)
    #expect(await addToStaff(["role": "engineer", "everyCustomer": .bool(true), "expiresAt": .instant(TestDatabase.start)]) == .invalid)
    for (role, scope) in [("engineer", "tenant"), ("requester", "own"), ("requester", "unit")] {
      await expectFailure(.invalid) {
        try await database.call("account_grant.add", ["account": .text(account), "role": .text(role), "scope": .text(scope)], as: database.root)
      }
    }
  }

  @Test func nobodyGrantsWhatHeDoesNotHold() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let beta = try await database.customer("BETA")
    let account = try await database.newAccount("b@x.test", of: acme)
    let elsewhere = try await database.newAccount("b@x.test", of: beta)
    func add(_ account: String, as principal: Principal, until end: Instant? = nil) async -> Failure.Kind? {
      let failure = await database.failure {
        try await database.call(
          "account_grant.add", ["account": .text(account), "role": "customer_manager", "scope": "tenant", "expiresAt": .instant(end)], as: principal)
      }
      return failure?.kind
    }
    let administrator = try await database.staff(.administrator)
    #expect(await add(account, as: administrator) == nil)
    let manager = try await database.staff(.accountManager, for: [acme])
    #expect(await add(account, as: manager) == nil)
    #expect(await add(elsewhere, as: manager) == .invalid)
    let engineer = try await database.staff(.engineer)
    #expect(await add(account, as: engineer) == .denied)
    let user = try await database.user(.customerManager, of: acme)
    #expect(await add(account, as: user) == .denied)

    // One permission of the role less, a grant that ends sooner, a token that may not: each is too little.
    let held = try #require(manager.grants.first)
    func variant(_ permissions: Set<String>, expiresAt: Instant? = nil, only: Set<String>? = nil) -> Principal {
      Principal(
        actor: manager.actor, tenant: manager.tenant, side: .staff, name: "",
        grants: [
          Grant(role: "account_manager", permissions: permissions, scope: held.scope, expiresAt: expiresAt)
        ], onlyPermissions: only)
    }
    #expect(await add(account, as: variant(held.permissions.subtracting(["unit.read"]))) == .denied)
    let end = TestDatabase.start.adding(seconds: 3600)
    #expect(await add(account, as: variant(held.permissions, expiresAt: end)) == .denied)
    #expect(await add(account, as: variant(held.permissions, expiresAt: end), until: end.adding(seconds: 1)) == .denied)
    #expect(await add(account, as: variant(held.permissions, expiresAt: end), until: end) == nil)
    #expect(await add(account, as: variant(held.permissions, only: ["account.manage"])) == .denied)
  }

  @Test func theLastAdministratorStays() async throws {
    let database = try await TestDatabase.make()
    var ids: [String] = []
    for index in 0..<4 { ids.append(try await database.newStaff("a\(index)@x.test", .administrator)) }
    // An administrator for a while is none to rely on.
    let brief = try await database.newStaff("brief@x.test")
    try await database.call(
      "staff_grant.add",
      ["account": .text(brief), "role": "administrator", "everyCustomer": .bool(true), "expiresAt": .instant(TestDatabase.start.adding(seconds: 60))],
      as: database.root)
    let grants = try await database.call("staff_grant.list", as: database.root)["items"]?.array ?? []
    let grant = { @Sendable (id: String) in grants.first { $0["account"]?.text == id }?["id"] ?? .null }
    // All at once, by both ways: three succeed, one must not.
    let failures = await withTaskGroup(of: Failure?.self) { group in
      for (index, id) in ids.enumerated() {
        group.addTask {
          await database.failure {
            if index.isMultiple(of: 2) {
              try await database.call("staff.disable", ["id": .text(id)], as: database.root)
            } else {
              try await database.call("staff_grant.revoke", ["id": grant(id)], as: database.root)
            }
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(failures.filter { $0 == nil }.count == 3)
    #expect(failures.compactMap { $0 }.map(\.code) == ["grant.last_administrator"])
  }

  @Test func whoKeepsCustomersAccountsReachesNoStaff() async throws {
    let database = try await TestDatabase.make()
    let staff = try await database.newStaff("boss@x.test", .administrator)
    let manager = try await database.staff(.accountManager)
    // The same bits under the letters of a customer's account.
    let bits = try #require(PublicId(staff))
    let disguised = try #require(PublicId(kind: "acc", handle: bits.handle, random: bits.random)).description
    await expectFailure(.notFound) { try await database.call("account.disable", ["id": .text(disguised)], as: manager) }
    await expectFailure(.notFound) {
      try await database.call("account.set_password", ["id": .text(disguised), "new": "a new password"], as: manager)
    }
    await expectFailure(.invalid) {
      try await database.call("account_grant.add", ["account": .text(disguised), "role": "requester", "scope": "tenant"], as: manager)
    }
    await expectFailure(.invalid) {
      try await database.call(
        "token.create", ["name": "t", "expiresAt": .instant(TestDatabase.start.adding(seconds: 60)), "account": .text(disguised)], as: manager)
    }
    await expectFailure(.denied) { try await database.call("service_account.create", ["name": "robot"], as: manager) }
    await expectFailure(.denied) { try await database.call("staff.disable", ["id": .text(staff)], as: manager) }
    _ = try await database.login("PROV", "boss@x.test")
  }
}

private struct PersonsSet: Statement {
  static let sql = """
    select coalesce(payload ->> 'was', 'null') || ' > ' || coalesce(payload ->> 'person', 'null') from operations.event
    where type = 'account.person_set' order by recorded_at, subject_id, seq
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
