import Kernel
import Postgres
import Tenancy

/// One thing that somebody can do. The registry of operations is the single source of the HTTP routes, the admin
/// commands, the permission matrix, the audit record and the generated tests.
package protocol Operation: Sendable {
  associatedtype Input: OperationInput
  associatedtype Output: OperationOutput
  static var declaration: Declaration { get }
  static func run(_ input: Input, in context: OperationContext) async throws -> Output
}

/// An operation with work that must not hold a database connection: a password hash takes some hundred milliseconds and
/// may wait for a slot, and a handful of logins would otherwise take every connection from everybody else.
package protocol PreparedOperation: Operation {
  /// Runs before the transaction, not for a repeated call. What it returns is the input of `run`, which decides again on
  /// whatever may have changed since.
  static func prepare(_ input: Input, for preparation: Preparation) async throws -> Input
}

/// What another module has to say to an operation that has run, within its transaction: it adds to what was done, or refuses
/// all of it by throwing. The operation does not know of it, so a module can stand behind one that it is built upon.
package protocol OperationGuard<Guarded>: Sendable {
  associatedtype Guarded: Operation
  /// Locks, before the operation runs, what the guard is to write and everybody locks before what the operation locks. A module's goes before those of
  /// the modules that it is built upon, as its own operations lock.
  static func hold(_ input: Guarded.Input, in context: OperationContext) async throws
  static func check(_ input: Guarded.Input, _ output: Guarded.Output, in context: OperationContext) async throws
}

extension OperationGuard {
  package static func hold(_ input: Guarded.Input, in context: OperationContext) async throws {}
}

/// What ``PreparedOperation/prepare(_:for:)`` has at hand.
package struct Preparation: Sendable {
  package let principal: Principal
  /// The tenant that the transaction will be bound to.
  package let tenant: TenantEntry
  package let provider: TenantEntry
  package let access: Access
  package let call: Call
  package let tenancy: Tenancy
  /// Where files lie, if anywhere.
  package let files: (any FileStore)?
  /// A file that came beside the input.
  package var received: ReceivedFile?

  /// A short look at the data of the bound tenant.
  package func read<T: Sendable>(_ body: (Transaction) async throws -> T) async throws -> T {
    try await tenancy.transaction(binding: [tenant.id], side: principal.side, readOnly: true, body)
  }
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
  /// Adds something, or says anew what is there already: that it does only for who says which version he saw.
  package let replacesByVersion: Bool
  /// Whether what it takes is kept when it answers, and done afterwards (HTTP: 202).
  package let answersLater: Bool

  package init(
    _ name: String, _ english: String, zh chinese: String, permission: String? = nil, roles: Set<StockRole>,
    scopes: Set<Grant.ScopeKind> = [.listed, .all], reach: Reach, effect: Effect, requiresVersion: Bool = false,
    replacesByVersion: Bool = false, answersLater: Bool = false
  ) {
    self.name = name
    summary = Message("operation.\(name)", english, zh: chinese)
    self.permission = permission ?? name
    self.roles = roles
    self.scopes = scopes
    self.reach = reach
    self.effect = effect
    self.requiresVersion = requiresVersion
    self.replacesByVersion = replacesByVersion
    self.answersLater = answersLater
  }

  /// Whether it is for callers of whom nobody knows who they are: every interface calls it for nobody in particular.
  package var needsNobody: Bool { if case .anonymous = reach { true } else { false } }

  /// Whether results are kept for repeated calls. Not those of nobody in particular: strangers would share one space of
  /// keys, and a login's result is a secret that is never kept.
  package var isRepeatable: Bool { effect.writes && !needsNobody }

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
  /// people (their tenant is meant), and by staff where another id of the input names the customer's.
  case one(by: String)
  /// As `one`, and for staff the provider's own tenant besides, for references to staff and to what the provider shares.
  case oneAndProvider(by: String)
  /// The tenant that the one given of the named input fields names: the input itself refuses none, and more than one. An id of
  /// the provider's own tenant is taken from any of the staff: which rows there the caller sees, the operation decides.
  case oneOf([String])
  /// The provider's own tenant. Staff only.
  case provider
  /// The caller's own tenant, whoever he is.
  case home
  /// The caller's own tenant, or the one that the named input field's id names. With `andProvider`, staff see the
  /// provider's own tenant besides.
  case homeOr(by: String, andProvider: Bool = false)
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
  /// Its guards of other modules' operations.
  static var guards: [any OperationGuard.Type] { get }
}

extension OperationModule {
  package static var guards: [any OperationGuard.Type] { [] }
}
