import Kernel
import Logging
import Operations
import Postgres
import Synchronization
import TLS
import Tenancy
import TestSupport
import Testing

@Suite struct SessionTests {
  @Test func theFirstAdministratorIsMadeOnceWithTheToken() async throws {
    let database = try await TestDatabase.make()
    let installation = Installation(tenancy: database.tenancy)
    let first = try #require(try await installation.setupToken(provider: database.provider))
    let second = try #require(try await installation.setupToken(provider: database.provider))
    func complete(_ token: String, _ login: String) async throws {
      _ = try await database.dispatcher.invoke(
        "setup.complete",
        .object(["token": .text(token), "login": .text(login), "name": "Admin", "password": .text(TestDatabase.password)]), as: database.nobody,
        Call(requestId: "test", peer: login))
    }
    await expectFailure(.unauthenticated) { try await complete("stw_\(database.provider.handle)_nonsense", "a@x.test") }
    // Two tokens at once make one administrator, not two.
    async let one = database.failure { try await complete(first, "one@x.test") }
    async let two = database.failure { try await complete(second, "two@x.test") }
    let failures = await [one, two]
    #expect(failures.filter { $0 == nil }.count == 1)
    await expectFailure(.unauthenticated) { try await complete(second, "three@x.test") }
    #expect(try await installation.setupToken(provider: database.provider) == nil)

    let name = failures[0] == nil ? "one@x.test" : "two@x.test"
    let principal = try await database.loggedIn("PROV", name)
    #expect(principal.side == .staff)
    #expect(principal.actor.kind == .staff)
    let identity = try await database.call("identity.read", as: principal)
    #expect(identity["roles"] == .array(["administrator"]))
    try await database.call("customer.create", ["code": "ACME", "name": "Acme", "zone": "UTC"], as: principal)
  }

  @Test func nobodyLearnsWhatWasWrongWithALogin() async throws {
    let database = try await TestDatabase.make()
    let customer = try await database.customer("ACME")
    let suspended = try await database.customer("GONE")
    _ = try await database.newAccount("good@x.test", of: customer)
    let disabled = try await database.newAccount("disabled@x.test", of: customer)
    try await database.call("account.disable", ["id": .text(disabled)], as: database.root)
    _ = try await database.newAccount("good@x.test", of: suspended)
    try await database.call("customer.change", ["id": .id(suspended.publicId), "state": "suspended"], as: database.root, version: 1)
    try await Task.sleep(for: .milliseconds(1050))  // the age of a tenant's entry

    var texts: Set<String> = []
    for (tenant, login, password) in [
      ("ACME", "good@x.test", "wrong password"), ("ACME", "nobody@x.test", TestDatabase.password), ("NONE", "good@x.test", TestDatabase.password),
      ("ACME", "disabled@x.test", TestDatabase.password), ("GONE", "good@x.test", TestDatabase.password), ("PROV", "good@x.test", TestDatabase.password),
    ] {
      let failure = await database.failure { _ = try await database.login(tenant, login, password) }
      let found = try #require(failure, "\(tenant) \(login)")
      #expect(found.kind == .unauthenticated)
      texts.insert("\(found.code) \(found.text(.english)) \(found.arguments) \(found.violations.count) \(found.retryAfterSeconds ?? 0)")
    }
    #expect(texts.count == 1)
    _ = try await database.login("ACME", "good@x.test")
    _ = try await database.login(customer.handle.description, " GOOD@x.test ")
  }

  @Test func guessingIsSlowedForTheGuesserAndNotForTheOwner() async throws {
    let database = try await TestDatabase.make()
    let customer = try await database.customer("ACME")
    _ = try await database.newAccount("good@x.test", of: customer)
    // All at once: each try counts from its beginning.
    let kinds = await withTaskGroup(of: Failure.Kind?.self) { group in
      for index in 0..<20 {
        // By code and by handle: one allowance.
        let tenant = index.isMultiple(of: 2) ? "ACME" : customer.handle.description
        group.addTask { await database.failure { _ = try await database.login(tenant, "good@x.test", "wrong password", peer: "198.51.100.7") }?.kind }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(kinds.filter { $0 == .unauthenticated }.count == 5)
    #expect(kinds.filter { $0 == .limited }.count == 15)
    _ = try await database.login("ACME", "good@x.test", peer: "192.0.2.9")
  }

  @Test func aLoginLeavesNoSecretAndCannotBeRepeatedFromTheStore() async throws {
    let database = try await TestDatabase.make()
    let customer = try await database.customer("ACME")
    _ = try await database.newAccount("good@x.test", of: customer)
    func open(_ password: String) async throws -> Value {
      try await database.dispatcher.invoke(
        "session.open", .object(["tenant": "ACME", "login": "good@x.test", "password": .text(password)]), as: database.nobody,
        Call(requestId: "test", idempotencyKey: "the-key-of-many", peer: "192.0.2.1")
      ).value
    }
    let first = try await open(TestDatabase.password)
    // With the same key a stranger gets neither the first one's result nor a hint that there was one.
    await expectFailure(.unauthenticated) { try await open("another password") }
    let second = try await open(TestDatabase.password)
    #expect(first["token"]?.text != nil)
    #expect(second["token"]?.text != nil)
    #expect(first["token"] != second["token"])
    let everything = try await database.superuser.transaction { try await $0.query(EverythingWritten()) }
    for secret in [TestDatabase.password, first["token"]?.text ?? "", second["token"]?.text ?? ""] {
      #expect(!everything.contains { $0.contains(secret) })
    }
  }

  @Test func aWeakHashIsMadeAnewAtTheNextLogin() async throws {
    let database = try await TestDatabase.make()
    let customer = try await database.customer("ACME")
    _ = try await database.newAccount("good@x.test", of: customer)
    let old = try await database.superuser.transaction { try await $0.query(PasswordHashes()) }
    let stronger = Tenancy(
      database: database.application, clock: database.clock, random: SystemRandom.source,
      passwords: PasswordHasher(parameters: try #require(Scrypt.Parameters(logN: 11, r: 8, p: 1))))
    let dispatcher = Dispatcher(
      registry: database.registry, tenancy: stronger, cursors: try await Installation(tenancy: stronger).cursorSigner(provider: database.provider),
      logger: Logger(label: "test"))
    let input = Value.object(["tenant": "ACME", "login": "good@x.test", "password": .text(TestDatabase.password)])
    for _ in 0..<2 { _ = try await dispatcher.invoke("session.open", input, as: database.nobody, Call(requestId: "test")) }
    let new = try await database.superuser.transaction { try await $0.query(PasswordHashes()) }
    #expect(old.allSatisfy { $0.hasPrefix("scrypt$10$") })
    #expect(new.count == 1)
    #expect(new.allSatisfy { $0.hasPrefix("scrypt$11$") })
  }

  @Test func manyLoginsTakeNoConnectionsFromOthers() async throws {
    let database = try await TestDatabase.make()
    let customer = try await database.customer("ACME")
    _ = try await database.newAccount("good@x.test", of: customer)
    // Slow hashes and few slots: twelve logins wait, more than there are connections (8).
    let slow = Tenancy(
      database: database.application, clock: database.clock, random: SystemRandom.source,
      passwords: PasswordHasher(slots: 1, parameters: try #require(Scrypt.Parameters(logN: 17, r: 8, p: 1))))
    let dispatcher = Dispatcher(
      registry: database.registry, tenancy: slow, cursors: try await Installation(tenancy: slow).cursorSigner(provider: database.provider),
      logger: Logger(label: "test"))
    let nobody = database.nobody
    let ended = Ended()
    let logins = (0..<12).map { index in
      Task {
        defer { ended.count.withLock { $0 += 1 } }
        _ = try? await dispatcher.invoke(
          "session.open", .object(["tenant": "ACME", "login": .text("u\(index)@x.test"), "password": "some password"]), as: nobody,
          Call(requestId: "test", peer: "peer \(index)"))
      }
    }
    defer { logins.forEach { $0.cancel() } }
    try await Task.sleep(for: .milliseconds(300))
    // Each read needs a connection. Did the logins hold them, the first would wait for five logins to end.
    try await database.call("customer.list", as: database.root)
    #expect(ended.count.withLock { $0 } < 5)
  }

  @Test func aClosedSessionIsOut() async throws {
    let database = try await TestDatabase.make()
    let customer = try await database.customer("ACME")
    _ = try await database.newAccount("good@x.test", of: customer)
    let token = try await database.login("ACME", "good@x.test")
    let other = try await database.login("ACME", "good@x.test")
    let principal = try #require(try await database.principal(token))
    try await database.call("session.close", as: principal)
    #expect(try await database.principal(token) == nil)
    #expect(try await database.principal(other) != nil)
  }

  @Test func aSuspendedTenantAndADisabledAccountAreOutAtTheNextLook() async throws {
    let database = try await TestDatabase.make()
    let customer = try await database.customer("ACME")
    let id = try await database.newAccount("good@x.test", of: customer)
    let token = try await database.login("ACME", "good@x.test")
    _ = try await database.tenancy.tenant(customer.handle)  // the directory remembers: active
    try await database.call("customer.change", ["id": .id(customer.publicId), "state": "suspended"], as: database.root, version: 1)
    #expect(try await database.principal(token) == nil)
    try await database.call("customer.change", ["id": .id(customer.publicId), "state": "active"], as: database.root, version: 2)
    #expect(try await database.principal(token) != nil)
    try await database.call("account.disable", ["id": .text(id)], as: database.root)
    #expect(try await database.principal(token) == nil)
  }

  @Test func anEnabledAccountLogsInAnewAndNoOldTokenLives() async throws {
    let database = try await TestDatabase.make()
    let customer = try await database.customer("ACME")
    let id = try await database.newAccount("good@x.test", of: customer)
    let token = try await database.login("ACME", "good@x.test")
    try await database.call("account.disable", ["id": .text(id)], as: database.root)
    await expectFailure(.unauthenticated) { _ = try await database.login("ACME", "good@x.test") }
    let enabled = try await database.call("account.enable", ["id": .text(id)], as: database.root)
    #expect(try await database.principal(token) == nil)
    #expect(try await database.principal(database.login("ACME", "good@x.test")) != nil)
    // Once more says the same and changes nothing.
    #expect(try await database.call("account.enable", ["id": .text(id)], as: database.root) == enabled)

    let staff = try await database.newStaff("boss@x.test", .engineer)
    try await database.call("staff.disable", ["id": .text(staff)], as: database.root)
    await expectFailure(.unauthenticated) { _ = try await database.login("PROV", "boss@x.test") }
    try await database.call("staff.enable", ["id": .text(staff)], as: database.root)
    #expect(try await database.principal(database.login("PROV", "boss@x.test")) != nil)
  }

  @Test func aKeptPrincipalIsOutWithinASecond() async throws {
    let database = try await TestDatabase.make()
    let customer = try await database.customer("ACME")
    _ = try await database.newAccount("good@x.test", of: customer)
    let token = try await database.login("ACME", "good@x.test")
    let authenticator = Authenticator(tenancy: database.tenancy)
    let principal = try #require(try await authenticator.principal(bearer: token, via: .http, peer: "192.0.2.1"))
    try await database.call("session.close", as: principal)
    try await Task.sleep(for: .milliseconds(1000))
    #expect(try await authenticator.principal(bearer: token, via: .http, peer: "192.0.2.1") == nil)
  }

  @Test func aCustomersTokenNeverGetsTheStaffSide() async throws {
    let database = try await TestDatabase.make()
    let customer = try await database.customer("ACME")
    _ = try await database.newAccount("good@x.test", of: customer)
    let token = try await database.login("ACME", "good@x.test")
    // Whatever stands in the rows: staff roles and staff scopes at a customer count for nothing.
    try await database.superuser.transaction { try await $0.execute(StaffGrantsForAll()) }
    let principal = try #require(try await database.principal(token))
    #expect(principal.side == .customer)
    #expect(principal.grants.map(\.role) == ["customer_manager"])
    #expect(principal.grants.allSatisfy { $0.scope == .tenant })
    // The same secret under the provider's handle is nobody's.
    let secret = try #require(token.split(separator: "_").last)
    #expect(try await database.principal("stw_\(database.provider.handle)_\(secret)") == nil)
    // A kind of account that does not belong into its tenant is nobody.
    try await database.superuser.transaction { try await $0.execute(CallEverybodyStaff()) }
    #expect(try await database.principal(token) == nil)
  }
}

/// How many tasks have ended.
private final class Ended: Sendable {
  let count = Mutex(0)
}

/// All that the operations wrote for themselves, as text.
private struct EverythingWritten: Statement {
  static let sql = """
    select i::text from operations.idempotency i union all select a::text from operations.audit a union all select c::text from operations.audit_content c
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PasswordHashes: Statement {
  static let sql = "select hash from tenancy.password"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct StaffGrantsForAll: Statement {
  static let sql = """
    insert into tenancy.role_grant (tenant_id, public_id, account_id, role, scope, recorded_at)
    select a.tenant_id, decode(substr(md5(random()::text), 1, 24), 'hex'), a.id, r.role, r.scope, a.recorded_at
    from tenancy.account a, (values ('administrator', 'all'), ('engineer', 'listed'), ('administrator', 'tenant'), ('customer_manager', 'all')) as r (role, scope)
    """
}

private struct CallEverybodyStaff: Statement {
  static let sql = "update tenancy.account set kind = 'staff'"
}
