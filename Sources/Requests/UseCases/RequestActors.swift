import Kernel
import Operations

/// Who acted on a request, by name, as far as the reader may know it: a customer's people read their own people's names, and of the provider's side
/// that it was the provider.
struct RequestActors: Sendable {
  private let accounts: [Int64: AccountNames.Found]
  /// What stands for whoever is not named; nil: the reader may know all names.
  private let provider: String?

  /// Reads the accounts behind some events.
  static func of(_ rows: [RequestEvents.Found], in context: OperationContext) async throws -> RequestActors {
    let isStaff = context.principal.side == .staff
    let homes = isStaff ? Set([context.tenant.id, context.provider.id]).sorted() : [context.tenant.id]
    let ids = Set(rows.map(\.actor)).filter { $0 > 0 }.sorted()
    var accounts: [Int64: AccountNames.Found] = [:]
    if !ids.isEmpty {
      let found = try await context.bound(to: homes) { try await $0.query(AccountNames(tenants: homes.map(\.rawValue), ids: ids)) }
      for one in found { accounts[one.id] = one }
    }
    return RequestActors(accounts: accounts, provider: isStaff ? nil : context.provider.name)
  }

  /// Nil where time did it, or somebody who has no account.
  func name(of row: RequestEvents.Found) -> String? {
    if let account = accounts[row.actor] { return account.name }
    switch Actor.Kind(rawValue: row.actorKind) {
    case .staff, .service, .operator: return provider
    case .customer, .system, .anonymous, nil: return nil
    }
  }
}
