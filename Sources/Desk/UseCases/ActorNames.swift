import Kernel
import Operations

/// Who acted, by name, as far as the reader may know it: a customer's people read their own people's names, and of the provider's side that it was
/// the provider, unless the policy shows names. Comments are signed by whoever wrote them.
struct ActorNames: Sendable {
  private let accounts: [Int64: AccountsOfIds.Found]
  /// What stands for whoever is not named.
  private let provider: String?
  private let language: Language

  /// Reads the accounts behind some events.
  static func of(_ rows: [TicketEventRow], in context: OperationContext) async throws -> ActorNames {
    let isStaff = context.principal.side == .staff
    let showsNames = isStaff ? true : try await context.ticketPolicy(contract: nil).showsNames
    var accounts: [Int64: AccountsOfIds.Found] = [:]
    let ids = Set(rows.filter { $0.actorId > 0 }.map(\.actorId)).sorted()
    if !ids.isEmpty {
      let homes = showsNames ? Set([context.tenant.id, context.provider.id]).sorted() : [context.tenant.id]
      for one in try await context.bound(to: homes, { try await $0.query(AccountsOfIds(tenants: homes, ids: ids)) }) { accounts[one.id] = one }
    }
    return ActorNames(accounts: accounts, provider: showsNames ? nil : context.provider.name, language: context.language)
  }

  func name(of row: TicketEventRow) -> String? {
    if let account = accounts[row.actorId], row.actorId > 0 { return account.name }
    switch Actor.Kind(rawValue: row.actorKind) {
    case .staff, .service: return provider
    case .operator: return provider ?? ActorWords.operator.text(language)
    case .system: return provider ?? ActorWords.system.text(language)
    case .customer, .anonymous, nil: return nil
    }
  }

  /// The account of a member of the staff.
  func staff(of row: TicketEventRow) -> [UInt8]? { row.actorKind == Actor.Kind.staff.rawValue ? accounts[row.actorId]?.publicId : nil }
}

/// Those who act without an account.
enum ActorWords: MessageCatalog {
  static let `operator` = Message("actor.operator", "The operator of the installation", zh: "系统运维人员")
  static let system = Message("actor.system", "Steward", zh: "Steward 系统")

  static let all = [`operator`, system]
}
