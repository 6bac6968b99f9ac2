import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@Suite struct TokenTests {
  private static let end = Value.instant(TestDatabase.start.adding(seconds: 86_400))

  @Test func aTokenIsShownOnceNarrowedAndRevoked() async throws {
    let database = try await TestDatabase.make()
    _ = try await database.newStaff("engineer@x.test", .engineer)
    let engineer = try await database.loggedIn("PROV", "engineer@x.test")
    func create(_ key: String) async throws -> Value {
      try await database.call(
        "token.create", ["name": "script", "expiresAt": Self.end, "permissions": .array(["customer.read", "token.manage"])], as: engineer, key: key)
    }
    let made = try await create("k1")
    let secret = try #require(made["token"]?.text)
    let repeated = try await create("k1")
    #expect(repeated["token"] == .null)
    #expect(repeated["id"] == made["id"])

    let narrow = try #require(try await database.principal(secret))
    try await database.call("customer.list", as: narrow)
    await expectFailure(.denied) { try await database.call("staff.list", as: narrow) }
    // A token made with it is no wider: neither by asking nor by silence.
    await expectFailure(.invalid) {
      try await database.call("token.create", ["name": "wide", "expiresAt": Self.end, "permissions": .array(["staff.read"])], as: narrow)
    }
    let child = try await database.call("token.create", ["name": "child", "expiresAt": Self.end], as: narrow)
    let childPrincipal = try await database.principal(child["token"]?.text ?? "")
    #expect(childPrincipal?.onlyPermissions == ["customer.read", "token.manage"])

    for end in [TestDatabase.start, TestDatabase.start.adding(seconds: 366 * 86_400 + 1)] {
      await expectFailure(.invalid) { try await database.call("token.create", ["name": "t", "expiresAt": .instant(end)], as: engineer) }
    }
    let listed = try await database.call("token.list", as: engineer)["items"]?.array ?? []
    #expect(listed.map { $0["name"] } == ["session", "script", "child"])
    #expect(!listed.contains { $0["token"] != nil })
    try await database.call("token.revoke", ["id": made["id"] ?? .null], as: engineer)
    #expect(try await database.principal(secret) == nil)
  }

  @Test func othersTokensBelongToTheKeepers() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    _ = try await database.newAccount("a@x.test", of: acme)
    let other = try await database.newAccount("b@x.test", of: acme)
    let user = try await database.loggedIn("ACME", "a@x.test")
    let victim = try await database.loggedIn("ACME", "b@x.test")
    let token = try await database.call("token.create", ["name": "t", "expiresAt": Self.end], as: victim)
    let id = token["id"] ?? .null
    await expectFailure(.notFound) { try await database.call("token.revoke", ["id": id], as: user) }
    await expectFailure(.invalid) { try await database.call("token.list", ["account": .text(other)], as: user) }
    await expectFailure(.invalid) {
      try await database.call("token.create", ["name": "t", "expiresAt": Self.end, "account": .text(other)], as: user)
    }
    let engineer = try await database.staff(.engineer, for: [acme])
    await expectFailure(.notFound) { try await database.call("token.revoke", ["id": id], as: engineer) }
    // Not even a keeper makes a token with which to be somebody else.
    let manager = try await database.staff(.accountManager, for: [acme])
    await expectFailure(.denied) {
      try await database.call("token.create", ["name": "t", "expiresAt": Self.end, "account": .text(other)], as: manager)
    }
    #expect(try await database.call("token.list", ["account": .text(other)], as: manager)["items"]?.array?.count == 2)
    try await database.call("token.revoke", ["id": id], as: manager)
    #expect(try await database.principal(token["token"]?.text ?? "") == nil)
  }

  @Test func aServiceAccountActsWithATokenOnly() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let administrator = try await database.staff(.administrator)
    for customer in [nil, acme] {
      let account = try await database.call("service_account.create", ["customer": .id(customer?.publicId), "name": "robot"], as: administrator)
      let id = account["id"] ?? .null
      #expect(account["kind"] == "service")
      let field = customer == nil ? "staff" : "account"
      if customer == nil {
        try await database.call("staff_grant.add", ["account": id, "role": "engineer", "everyCustomer": .bool(true)], as: administrator)
      } else {
        try await database.call("account_grant.add", ["account": id, "role": "customer_manager", "scope": "tenant"], as: administrator)
      }
      let made = try await database.dispatcher.invoke(
        "token.create", .object([Value.Member("name", "t"), Value.Member("expiresAt", Self.end), Value.Member(field, id)]), as: administrator,
        Call(requestId: "test")
      ).value
      let robot = try #require(try await database.principal(made["token"]?.text ?? ""))
      #expect(robot.actor.kind == .service)
      #expect(robot.side == (customer == nil ? .staff : .customer))
      let listed = try await database.call("customer.list", as: robot)["items"]?.array ?? []
      #expect(listed.map { $0["code"] } == ["ACME"])
      let operation = customer == nil ? "staff.set_password" : "account.set_password"
      await expectFailure(.conflict) { try await database.call(operation, ["id": id, "new": "a new password"], as: administrator) }
    }
  }

  @Test func aChangedPasswordEndsTheOtherSessions() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let id = try await database.newAccount("a@x.test", of: acme)
    let (mine, other) = (try await database.login("ACME", "a@x.test"), try await database.login("ACME", "a@x.test"))
    let me = try #require(try await database.principal(mine))
    let made = try await database.call("token.create", ["name": "t", "expiresAt": Self.end], as: me)
    let api = try #require(made["token"]?.text)
    await expectFailure(.invalid) { try await database.call("password.change", ["current": "wrong password", "new": "a new password"], as: me) }
    await expectFailure(.invalid) {
      try await database.call("password.change", ["current": .text(TestDatabase.password), "new": .text(TestDatabase.password)], as: me)
    }
    for _ in 0..<2 {
      // The second is the repetition of the first: done once, though the present password is another now.
      try await database.call("password.change", ["current": .text(TestDatabase.password), "new": "a new password"], as: me, key: "once")
    }
    #expect(try await database.principal(mine) != nil)
    #expect(try await database.principal(other) == nil)
    #expect(try await database.principal(api) != nil)
    await expectFailure(.unauthenticated) { _ = try await database.login("ACME", "a@x.test") }
    _ = try await database.login("ACME", "a@x.test", "a new password")

    let manager = try await database.staff(.accountManager, for: [acme])
    try await database.call("account.set_password", ["id": .text(id), "new": "set by a keeper"], as: manager)
    for token in [mine, api] { #expect(try await database.principal(token) == nil) }
    _ = try await database.login("ACME", "a@x.test", "set by a keeper")
  }
}
