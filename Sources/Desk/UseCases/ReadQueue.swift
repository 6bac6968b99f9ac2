import Kernel
import Operations

/// The engineer's queue: the open incidents of all his customers, the one that is due next first: by what the customer was promised,
/// or, of one team, by what that team promised.
package enum ReadQueue: Operation {
  package struct Input: OperationInput {
    let team: PublicId?
    let assignee: PublicId?
    let mine: Bool
    let unassigned: Bool
    let owner: PublicId?
    let unowned: Bool
    let offered: Bool
    let priority: Int64?
    let ci: PublicId?
    let order: Order
    let limit: Int64?
    let cursor: String?

    enum Order: String, CaseIterable {
      case due
      case teamDue = "team_due"
    }

    static let teamField = Field.id("team", .team, "Only those of this team.", "仅限此团队。").optional
    static let assigneeField = Field.id("assignee", .staff, "Only those assigned to this member of the staff.", "仅限分派给此人员的工单。").optional
    static let mineField = Field.boolean("mine", "Only those assigned to the caller.", "仅限分派给本人的工单。").optional
    static let unassignedField = Field.boolean("unassigned", "Only those assigned to nobody.", "仅限未分派给个人的工单。").optional
    static let ownerField = Field.id("owner", .staff, "Only those that this member of the staff answers for.", "仅限由此人员负责的工单。").optional
    static let unownedField = Field.boolean("unowned", "Only those that nobody answers for.", "仅限尚无负责人的工单。").optional
    static let offeredField = Field.boolean(
      "offered", "Only those that are offered to the caller, or to a team, and that nobody has answered.", "仅限移交给本人或某团队且尚未答复的工单。"
    ).optional
    static let priorityField = Field.integer("priority", 1...5, "Only this priority.", "仅限此优先级。").optional
    static let orderField = Field.oneOf(
      "order", Order.allCases.map(\.rawValue),
      "due (default): by what the customer was promised; team_due, of one team: by what the team promised (OLA).",
      "due（默认）：按对客户的承诺排序；team_due：按团队的承诺（OLA）排序，须指定团队。"
    ).optional
    static let ciField = Field.id(
      "ci", .ticketCi, "Only those that name this configuration item, of a customer or shared by the provider.", "仅限涉及此配置项（客户的或服务商共享的）的工单。"
    ).optional
    package static let fields: [any InputField] = [
      teamField, assigneeField, mineField, unassignedField, ownerField, unownedField, offeredField, priorityField, orderField, ciField, Paging.limit,
      Paging.cursor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      team = try values[Self.teamField]
      assignee = try values[Self.assigneeField]
      mine = try values[Self.mineField] ?? false
      unassigned = try values[Self.unassignedField] ?? false
      owner = try values[Self.ownerField]
      unowned = try values[Self.unownedField] ?? false
      offered = try values[Self.offeredField] ?? false
      priority = try values[Self.priorityField]
      order = try values[Self.orderField].flatMap(Order.init) ?? .due
      if order == .teamDue, team == nil { throw FieldError("team", DeskMessages.orderNeedsTeam) }
      ci = try values[Self.ciField]
      if order == .teamDue, ci != nil { throw FieldError("ci", TicketCiMessages.orderOfCi) }
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filterText: String {
      let ids = [team, assignee, owner, ci].map { $0?.description ?? "" }.joined(separator: "/")
      return "\(ids)/\(mine)/\(unassigned)/\(unowned)/\(offered)/\(priority ?? 0)/\(order)"
    }
  }

  package static let declaration = Declaration(
    "incident.queue", "List the open incidents of all customers that the caller serves, the next due first.", zh: "列出所服务客户的全部未结事件，最先到期的在前。",
    roles: [.administrator, .accountManager, .engineer], reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<QueueLine> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    let team: Int64? =
      if let team = input.team { try await context.team(team, "team") } else { nil }
    var assignee = input.mine ? context.actor.id : nil
    if let named = input.assignee {
      let found = try await context.staff(named, "assignee")
      guard assignee == nil || assignee == found else { throw context.unknownReference("assignee") }
      assignee = found
    }
    let owner: Int64? =
      if let owner = input.owner { try await context.staff(owner, "owner") } else { nil }
    let queue = QueuePositions(
      tenants: context.access.tenants.map { $0.map(\.rawValue).sorted() }, team: team, assignee: assignee, unassignedOnly: input.unassigned,
      priority: input.priority, owner: owner, unownedOnly: input.unowned, offeredTo: input.offered ? context.actor.id : nil,
      after: try after.map(QueuePositions.Found.init), limit: limit + 1)
    let ci: (row: Int64, isShared: Bool)? =
      if let ci = input.ci { try await context.ciOfAnyTenant(ci) } else { nil }
    let positions =
      switch input.order {
      case .due:
        if let ci {
          try await context.transaction.query(CiQueuePositions(queue: queue, ci: ci.row, isShared: ci.isShared))
        } else {
          try await context.transaction.query(queue)
        }
      case .teamDue: try await context.transaction.query(TeamQueuePositions(queue: queue))
      }
    let lines = try await lines(of: positions, context)
    // Tickets are never deleted, so each position has its line; one that was resolved since the look shows its new state.
    let rows = positions.compactMap { position in lines[position.id].map { (position: position, line: $0) } }
    return context.listing(rows, limit: limit, filter: input.filterText, key: { $0.position.cursor }, element: { $0.line })
  }

  /// The tickets at the positions, read under row security with exactly their tenants bound.
  private static func lines(of positions: [QueuePositions.Found], _ context: OperationContext) async throws -> [Int64: QueueLine] {
    guard !positions.isEmpty else { return [:] }
    let tenants = Set(positions.map(\.tenant)).sorted()
    let found = try await context.bound(to: tenants) { transaction in
      try await transaction.last(TicketsOfQueue(positions: positions))
    }
    let provider = context.provider.handle
    return Dictionary(
      found.map { row in
        let customer = PublicId(kind: IdKind.customer.prefix, handle: row.handle, random: row.customerPublicId)
        let view = IncidentView(
          row.ticket, customer: customer ?? .none(kind: IdKind.customer.prefix, handle: row.handle), code: row.code, provider: provider,
          showsAssignment: true)
        let line = QueueLine(
          incident: view, teamDueAt: row.teamDueAt, warnedPercent: row.warnedPercent, teamWarnedPercent: row.teamWarnedPercent)
        return (row.ticket.id, line)
      }
    ) { first, _ in first }
  }
}

extension QueuePositions.Found {
  var cursor: PageCursor {
    PageCursor([.integer(dueAt?.microseconds), .integer(since.microseconds), .integer(tenant.rawValue), .integer(id)])
  }

  init(_ cursor: PageCursor) throws {
    dueAt = cursor.keys.first?.integer.map { Instant(microseconds: $0) }
    since = try cursor.instant(1)
    tenant = TenantId(try cursor.integer(2))
    id = try cursor.integer(3)
  }
}

extension OperationContext {
  /// The internal id of a member of the staff whom a filter names.
  fileprivate func staff(_ id: PublicId, _ path: String) async throws -> Int64 {
    let statement = StaffByPublicId(provider: provider.id, publicId: id)
    guard let found = try await bound(to: [provider.id], { try await $0.first(statement) }) else { throw unknownReference(path) }
    return found
  }

  /// The internal id of a team that a body names.
  func team(_ id: PublicId, _ path: String) async throws -> Int64 {
    guard let found = try await transaction.first(TeamByPublicId(publicId: id)) else { throw unknownReference(path) }
    return found
  }
}
