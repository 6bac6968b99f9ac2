import Attributes
import Kernel
import Operations
import Postgres

/// What of the queue is asked for: by criteria, or by a filter that keeps them; and of which CI.
struct ShownQueue: Sendable {
  let criteria: QueueCriteria
  let filter: PublicId?
  let ci: PublicId?

  private static let ciField = Field.id(
    "ci", .ticketCi, "Only those that name this configuration item, of a customer or shared by the provider.", "仅限涉及此配置项（客户的或服务商共享的）的工单。"
  ).optional
  static let fields: [any InputField] = QueueCriteria.fields + [QueueFilterField.filter, ciField]

  init(_ values: InputValues) throws(FieldError) {
    criteria = try QueueCriteria(values)
    filter = try values[QueueFilterField.filter]
    ci = try values[Self.ciField]
    if criteria.order == .teamDue, ci != nil { throw FieldError("ci", TicketCiMessages.orderOfCi) }
    if criteria.attribute != nil, ci != nil { throw FieldError("attribute", TicketCiMessages.attributeOfCi) }
    if criteria.affectedService != nil, ci != nil { throw FieldError("affectedService", TicketCiMessages.serviceAlone) }
  }
}

/// Where the tickets of a queue are found.
enum QueueLook {
  case due(QueuePositions)
  case teamDue(TeamQueuePositions)
  case ofCi(CiQueuePositions)
  case ofService(ServiceQueuePositions)
  case ofAttribute(AttributeQueuePositions)

  func find(in transaction: Transaction) async throws -> [QueuePositions.Found] {
    switch self {
    case .due(let positions): try await transaction.query(positions)
    case .teamDue(let positions): try await transaction.query(positions)
    case .ofCi(let positions): try await transaction.query(positions)
    case .ofService(let positions): try await transaction.query(positions)
    case .ofAttribute(let positions): try await transaction.query(positions)
    }
  }

  func count(in transaction: Transaction) async throws -> Int64 {
    let count =
      switch self {
      case .due(let positions): try await transaction.first(CountOf(positions))
      case .teamDue(let positions): try await transaction.first(CountOf(positions))
      case .ofCi(let positions): try await transaction.first(CountOf(positions))
      case .ofService(let positions): try await transaction.first(CountOf(positions))
      case .ofAttribute(let positions): try await transaction.first(CountOf(positions))
      }
    return count ?? 0
  }
}

extension OperationContext {
  /// The criteria that are meant. Only for operations that read.
  func criteria(of shown: ShownQueue) async throws -> QueueCriteria {
    let criteria = try await meant(shown.criteria, by: shown.filter)
    guard shown.filter != nil else { return criteria }
    if criteria.order == .teamDue, shown.ci != nil { throw Failure.invalid("ci", TicketCiMessages.orderOfCi) }
    if criteria.attribute != nil, shown.ci != nil { throw Failure.invalid("ci", TicketCiMessages.attributeOfCi) }
    if criteria.affectedService != nil, shown.ci != nil { throw Failure.invalid("ci", TicketCiMessages.serviceAlone) }
    return criteria
  }

  /// Where their tickets are. Only for operations that read.
  func look(_ criteria: QueueCriteria, ofCi: PublicId?, after: QueuePositions.Found? = nil, limit: Int64) async throws -> QueueLook {
    let team: Int64? =
      if let team = criteria.team { try await self.team(team, "team") } else { nil }
    var assignee = criteria.mine ? actor.id : nil
    if let named = criteria.assignee {
      let found = try await staff(named, "assignee")
      guard assignee == nil || assignee == found else { throw unknownReference("assignee") }
      assignee = found
    }
    let owner: Int64? =
      if let owner = criteria.owner { try await staff(owner, "owner") } else { nil }
    var positions = QueuePositions(
      tenants: try await served(criteria.customers), team: team, assignee: assignee, unassignedOnly: criteria.unassigned,
      priority: criteria.priority, owner: owner, unownedOnly: criteria.unowned, offeredTo: criteria.offered ? actor.id : nil, after: after, limit: limit)
    positions.offeredTeams = try await criteria.offered ? teamsToAnswerFor() : []
    if criteria.myTeams { positions.wantedTeams = try await ownTeams() }
    positions.state = criteria.state
    positions.categories = try await codes(of: .category, criteria.category, "category")
    positions.nature = try await codes(of: .nature, criteria.nature, "nature")?.first
    positions.dueFrom = criteria.breached == false ? now : nil
    let soon = criteria.dueWithinMinutes.map { now.adding(seconds: $0 * 60) }
    positions.dueBefore = [criteria.dueBefore, soon, criteria.breached == true ? now : nil].compactMap { $0 }.min()
    if let ofCi {
      let ci = try await ciOfAnyTenant(ofCi)
      return .ofCi(CiQueuePositions(queue: positions, ci: ci.row, isShared: ci.isShared))
    }
    if let service = try await serviceToFilterBy(criteria.affectedService) {
      return .ofService(ServiceQueuePositions(queue: positions, service: service))
    }
    if let attribute = try await attributeFilter(criteria.attribute, of: .incident) {
      return .ofAttribute(AttributeQueuePositions(queue: positions, attribute: attribute))
    }
    return criteria.order == .due ? .due(positions) : .teamDue(TeamQueuePositions(queue: positions))
  }

  /// A code that is asked for, with those below it; nil: none is. A retired one still stands on tickets.
  func codes(of list: CodeList, _ key: String?, _ path: String) async throws -> [String]? {
    guard let key else { return nil }
    let found = try await transaction.query(CodesFrom(list: list, key: key))
    if found.isEmpty { try await requireCode(key, of: list, at: path) }
    return found
  }

  /// The internal id of a member of the staff whom a filter names.
  private func staff(_ id: PublicId, _ path: String) async throws -> Int64 {
    let statement = StaffByPublicId(provider: provider.id, publicId: id)
    guard let found = try await bound(to: [provider.id], { try await $0.first(statement) }) else { throw unknownReference(path) }
    return found
  }
}
