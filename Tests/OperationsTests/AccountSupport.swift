import Kernel
import Operations
import Postgres
import TLS
import Tenancy
import TestSupport
import Testing

/// People with real rows: accounts, grants and passwords made by operations, principals by the authenticator.
extension TestDatabase {
  static let password = "correct horse battery"

  var nobody: Principal { .anonymous(provider: provider.id, via: .http) }

  /// Makes an account of staff and gives its id.
  func newStaff(_ login: String, password: String? = TestDatabase.password, as keeper: Principal? = nil) async throws -> String {
    let made = try await call("staff.create", ["login": .text(login), "name": .text(login), "password": .text(password)], as: keeper ?? root)
    return try #require(made["id"]?.text)
  }

  /// Makes an account of staff with a role over everything.
  func newStaff(_ login: String, _ role: StockRole) async throws -> String {
    let id = try await newStaff(login)
    try await call("staff_grant.add", ["account": .text(id), "role": .text(role.rawValue), "everyCustomer": .bool(true)], as: root)
    return id
  }

  func newAccount(_ login: String, of customer: TenantEntry, _ role: StockRole = .customerManager) async throws -> String {
    let made = try await call(
      "account.create", ["customer": .id(customer.publicId), "login": .text(login), "name": .text(login), "password": .text(Self.password)], as: root)
    let id = try #require(made["id"]?.text)
    try await call("account_grant.add", ["account": .text(id), "role": .text(role.rawValue), "scope": "tenant"], as: root)
    return id
  }

  /// Logs in and gives the token.
  func login(_ tenant: String, _ login: String, _ password: String = TestDatabase.password, peer: String = "192.0.2.1") async throws -> String {
    let opened = try await dispatcher.invoke(
      "session.open", .object(["tenant": .text(tenant), "login": .text(login), "password": .text(password)]), as: nobody,
      Call(requestId: "test", peer: peer)
    ).value
    return try #require(opened["token"]?.text)
  }

  /// Who a token is for, looked up anew.
  func principal(_ token: String) async throws -> Principal? {
    try await Authenticator(tenancy: tenancy).principal(bearer: token, via: .http, peer: "192.0.2.1")
  }

  func loggedIn(_ tenant: String, _ login: String) async throws -> Principal {
    let token = try await self.login(tenant, login)
    return try #require(try await principal(token))
  }

  func failure(_ body: () async throws -> Void) async -> Failure? {
    do {
      try await body()
      return nil
    } catch {
      return error as? Failure
    }
  }
}
