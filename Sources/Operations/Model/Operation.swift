import Kernel

/// One thing that somebody can do. The registry of operations is the single source of the HTTP routes, the admin
/// commands, the permission matrix, the audit record and the generated tests.
package protocol Operation: Sendable {
  associatedtype Input: OperationInput
  associatedtype Output: OperationOutput
  static var declaration: Declaration { get }
  static func run(_ input: Input, in context: OperationContext) async throws -> Output
}

/// What an operation says of itself.
package struct Declaration: Sendable {
  /// `noun.verb` in the field's words: `incident.open`.
  package let name: String
  package let summary: Message
  package let permission: String
  /// The stock roles that hold the permission in a new installation.
  package let roles: Set<StockRole>
  package let scopes: Set<Grant.ScopeKind>
  package let reach: Reach
  package let effect: Effect
  /// A change of an existing thing that must say which version it saw (`If-Match`).
  package let requiresVersion: Bool

  package init(
    _ name: String, _ english: String, zh chinese: String, permission: String? = nil, roles: Set<StockRole>,
    scopes: Set<Grant.ScopeKind> = [.listed, .all], reach: Reach, effect: Effect, requiresVersion: Bool = false
  ) {
    self.name = name
    summary = Message("operation.\(name)", english, zh: chinese)
    self.permission = permission ?? name
    self.roles = roles
    self.scopes = scopes
    self.reach = reach
    self.effect = effect
    self.requiresVersion = requiresVersion
  }

  package var noun: String { String(name.prefix { $0 != "." }) }
  package var verb: String { String(name.drop { $0 != "." }.dropFirst()) }
}

/// The roles of a new installation (`tenancy.role`).
package enum StockRole: String, Sendable, CaseIterable {
  case administrator
  case accountManager = "account_manager"
  case engineer
  case finance
  case customerManager = "customer_manager"
  case requester
}

/// Which tenants an operation's transaction is bound to.
package enum Reach: Sendable {
  /// The one tenant that the named input field's id names. The field `customer` may be left out by a customer's own
  /// people (their tenant is meant); `staff` may leave it out never.
  case one(by: String)
  /// As `one`, and the provider's own tenant besides, for references to staff.
  case oneAndProvider(by: String)
  /// The provider's own tenant. Staff only.
  case provider
  /// The caller's own tenant, whoever he is.
  case home
  /// As many as the caller may see: a read that goes through the finder and binds what that returns.
  case many
  /// Before anyone is known: login, first set-up. Bound by the operation itself through its own rules.
  case anonymous
}

package enum Effect: String, Sendable, CaseIterable {
  case read, create, change, delete
  package var writes: Bool { self != .read }
}

/// What a module brings: its operations and the texts that it speaks.
package protocol OperationModule: Sendable {
  static var operations: [any Operation.Type] { get }
  static var messages: [Message] { get }
  /// What a violated constraint of the module's tables means to the caller, by constraint name.
  static var constraints: [String: Message] { get }
}
