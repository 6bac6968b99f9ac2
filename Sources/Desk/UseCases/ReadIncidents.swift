import Attributes
import Contracts
import Kernel
import Operations
import ServiceLevels

package enum ReadIncident: Operation {
  package typealias Input = IncidentReference

  package static let declaration = Declaration(
    "incident.read", "Read an incident.", zh: "查看事件。", roles: IncidentFields.readers, scopes: IncidentFields.everyScope, reach: .one(by: "id"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    let tenant = context.tenant.id
    let found = TicketByPublicId(tenant: tenant, publicId: input.id, scope: context.access.rows)
    let names = context.transaction.later(RatingNames(tenant: tenant, ticket: input.id))
    let services = context.principal.side == .staff ? context.transaction.later(AffectedServices(tenant: tenant, ticket: input.id)) : nil
    let (tickets, turns, dispatches): ([Ticket], [TeamTurn], [SupplierTurn]) =
      switch context.principal.side {
      case .staff: try await context.transaction.query(found, OpenTurn(tenant: tenant, ticket: input.id), OpenDispatches(tenant: tenant, ticket: input.id))
      case .customer: (try await context.transaction.query(found), [], [])
      }
    guard let ticket = tickets.first else { throw Failure.notFound }
    let outcome = ticket.mergedInto == nil ? nil : try await context.transaction.first(OutcomeOf(tenant: tenant, ticket: ticket.id))
    let subjects = [.ticket(ticket.id)] + turns.map(\.clocks.subject) + dispatches.map(\.clocks.subject)
    let clocks = try await SubjectClocks.read(subjects, tenant: tenant, in: context.transaction)
    var record = IncidentRecord(
      incident: IncidentView(ticket, in: context), clocks: clocks[.ticket(ticket.id)]?.records ?? [],
      agreements: AgreementRecord.list(turns.first?.with(clocks), dispatches.map { $0.with(clocks) }, in: context), names: try names.first)
    record.outcome = outcome
    if let services { record.affectedServices = try services.rows.map { AffectedServiceRecord(service: $0) } }
    return record
  }
}

extension OperationContext {
  /// A ticket that the caller may see.
  package func ticket(_ id: PublicId) async throws -> Ticket {
    let found = try await transaction.first(TicketByPublicId(tenant: tenant.id, publicId: id, scope: access.rows))
    guard let found else { throw Failure.notFound }
    return found
  }
}

extension OperationContext {
  /// A person by whom a list is narrowed. Whom the caller does not see is like one who is not there.
  fileprivate func requesterToFilterBy(_ id: PublicId) async throws -> Int64 {
    let found = try await transaction.first(PersonForTicket(tenant: tenant.id, publicId: id.random, id: nil))
    guard let found, access.rows.covers(unit: found.unit?.id, person: found.person.id) else { throw unknownReference("requester") }
    return found.person.id
  }
}

package enum ListIncidents: Operation {
  package struct Input: OperationInput {
    let state: String?
    let priority: Int64?
    let contract: PublicId?
    let openedFrom: Instant?
    let openedBefore: Instant?
    let ci: PublicId?
    let requester: PublicId?
    let closureCode: String?
    let attribute: String?
    let affectedService: String?
    let limit: Int64?
    let cursor: String?

    static let stateField = Field.oneOf(
      "state", ["open"] + TicketState.allCases.map(\.rawValue), "Only those in this state; open: new, active or pending.",
      "仅限此状态；open 表示 new、active 或 pending。"
    ).optional
    static let priorityField = Field.integer("priority", Rating.numbers, "Only this priority.", "仅限此优先级。").optional
    static let contractField = Field.id("contract", .contract, "Only those judged under this contract.", "仅限适用此合同的工单。").optional
    static let openedFromField = Field.instant("openedFrom", "Only those opened at or after this.", "仅限此时间及之后创建的工单。").optional
    static let openedBeforeField = Field.instant("openedBefore", "Only those opened before this.", "仅限此时间之前创建的工单。").optional
    static let ciField = Field.id("ci", .ticketCi, "Only those that name this configuration item of the customer.", "仅限涉及此客户配置项的工单。").optional
    static let requesterField = Field.id("requester", .person, "Only those that concern this person.", "仅限此请求人的工单。").optional
    static let closureCodeField = Field.text(
      "closureCode", 1...100, "Only those that ended so: a key of code.list, also a retired one.", "仅限以此结束代码结束的工单：code.list 中的键，含已停用的。"
    ).optional
    package static let fields: [any InputField] = [
      CustomerReference.field, stateField, priorityField, contractField, openedFromField, openedBeforeField, ciField, requesterField,
      closureCodeField, AttributeFields.filter, AffectedServiceField.only, Paging.limit, Paging.cursor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.stateField]
      priority = try values[Self.priorityField]
      contract = try values[Self.contractField]
      openedFrom = try values[Self.openedFromField]
      openedBefore = try values[Self.openedBeforeField]
      ci = try values[Self.ciField]
      requester = try values[Self.requesterField]
      closureCode = try values[Self.closureCodeField]
      attribute = try values[AttributeFields.filter]
      affectedService = try values[AffectedServiceField.only]
      if attribute != nil, ci != nil { throw FieldError("attribute", TicketCiMessages.attributeOfCi) }
      if requester != nil, ci != nil || attribute != nil { throw FieldError("requester", TicketCiMessages.requesterAlone) }
      if affectedService != nil, ci != nil || attribute != nil || requester != nil { throw FieldError("affectedService", TicketCiMessages.serviceAlone) }
      if let openedFrom, let openedBefore, openedBefore <= openedFrom { throw FieldError("openedBefore", DeskMessages.badRange) }
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filterText: String {
      "\(state ?? "")/\(priority ?? 0)/\(contract?.description ?? "")/\(openedFrom?.microseconds ?? 0)/\(openedBefore?.microseconds ?? 0)/\(ci?.description ?? "")/\(closureCode ?? "")/\(attribute ?? "")/\(requester?.description ?? "")/\(affectedService ?? "")"
    }
  }

  package static let declaration = Declaration(
    "incident.list", "List a customer's incidents, the newest first.", zh: "列出客户的事件，最新的在前。", permission: "incident.read",
    roles: IncidentFields.readers, scopes: IncidentFields.everyScope, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<IncidentLine> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    var filter = TicketFilter()
    if let state = input.state {
      filter.states = TicketState(rawValue: state).map { [$0] } ?? TicketState.allCases.filter(\.isOpen)
    }
    filter.priority = input.priority
    filter.openedFrom = input.openedFrom
    filter.closureCode = input.closureCode
    if let contract = input.contract {
      let found = try await context.transaction.first(ContractByPublicId(tenant: context.tenant.id, publicId: contract))
      guard let found else { throw context.unknownReference("contract") }
      filter.contract = found
    }
    // Ids begin with 1: nothing opened at the end of the range comes before (end, 0).
    let start = (openedAt: input.openedBefore ?? Instant.accepted.upperBound.adding(seconds: 1), id: Int64(0))
    let statement = TicketsOfTenant(
      tenant: context.tenant.id, scope: context.access.rows, filter: filter,
      before: try after.map { (openedAt: try $0.instant(0), id: try $0.integer(1)) } ?? start, limit: limit + 1)
    let ci: Int64? =
      if let ci = input.ci { try await context.ciToFilterBy(ci) } else { nil }
    let requester: Int64? =
      if let requester = input.requester { try await context.requesterToFilterBy(requester) } else { nil }
    let attribute = try await context.attributeFilter(input.attribute, of: .incident, customer: context.tenant.id)
    // What rests on the provider's own things is not the customer's affair.
    if input.affectedService != nil, context.principal.side == .customer { throw Failure.invalid("affectedService", DeskMessages.staffOnly) }
    let service = try await context.serviceToFilterBy(input.affectedService)
    let rows =
      if let ci {
        try await context.transaction.last(TicketsOfCi(tickets: statement, ci: ci))
      } else if let service {
        try await context.transaction.last(TicketsOfAffectedService(tickets: statement, service: service))
      } else if let requester {
        try await context.transaction.last(TicketsOfRequester(tickets: statement, requester: requester))
      } else if let attribute {
        try await page(TicketsOfAttribute(tickets: statement, attribute: attribute), in: context)
      } else if !context.access.rows.everything, context.access.rows.units.isEmpty {
        try await context.transaction.last(OwnTickets(tickets: statement))
      } else if filter.isOpenOnly {
        try await context.transaction.last(OpenTicketsOfTenant(tickets: statement))
      } else if filter.closureCode != nil {
        try await context.transaction.last(TicketsOfClosureCode(tickets: statement))
      } else {
        try await context.transaction.last(statement)
      }
    return context.listing(
      rows, limit: limit, filter: input.filterText, key: { PageCursor([.integer($0.openedAt.microseconds), .integer($0.id)]) }
    ) { IncidentLine(incident: IncidentView($0, in: context)) }
  }

  /// By the index that has the fewest of those that may be shown.
  private static func page(_ tickets: TicketsOfAttribute, in context: OperationContext) async throws -> [Ticket] {
    if !context.access.rows.everything, context.access.rows.units.isEmpty {
      return try await context.transaction.last(OwnTicketsOfAttribute(tickets: tickets))
    }
    if tickets.tickets.filter.isOpenOnly { return try await context.transaction.last(OpenTicketsOfAttribute(tickets: tickets)) }
    return try await context.transaction.last(tickets)
  }
}
