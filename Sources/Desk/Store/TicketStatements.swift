import Attributes
import Kernel
import Operations
import Postgres

extension Ticket {
  /// `t` is the ticket. It keeps the public ids of its unit, contract and line, which never change: a page reads a row for each ticket less of each.
  static let select = """
    select t.id, t.public_id, t.number, t.title, t.description, t.requester_id, p.public_id, t.unit_id, t.unit_public_id, t.contract_id,
      t.contract_public_id, t.contract_line_id, t.contract_line_public_id, t.line_reason, t.impact, t.urgency, t.priority, t.category, t.state, t.pending_reason, t.team_id, m.public_id,
      t.assignee_id, t.assignee_public_id, t.opened_at, t.responded_at, t.resolved_at, t.closed_at, t.reopen_count, t.resolution, t.closure_code,
      o.id, o.public_id, s.id, s.public_id, t.service_id, k.code, t.ci_tier, t.targets_locked, t.due_at, t.last_seq, t.updated_at, t.version,
      t.source, t.nature, t.owner_id, t.owner_public_id, t.service_category, o.number, t.closes_at, t.due_metric, t.warned_percent,
      \(standIn)
    """

  /// Who answers for what nobody has taken: the same for all rows, so it is asked once for each statement.
  static let standIn = """
    (select h.owner_id from handbooks.pub_accountable h where h.process = 'incident'),
      (select h.owner_public_id from handbooks.pub_accountable h where h.process = 'incident'),
      (select h.owner_name from handbooks.pub_accountable h where h.process = 'incident'),
      (select h.rule from handbooks.pub_accountable h where h.process = 'incident')
    """

  static let from = """
    from desk.ticket t
    \(others)
    """

  /// What a ticket names besides itself.
  static let others = """
    left join tenancy.person p on p.tenant_id = t.tenant_id and p.id = t.requester_id
    left join desk.team m on m.id = t.team_id
    left join desk.ticket o on o.tenant_id = t.tenant_id and o.id = t.merged_into_id
    left join desk.ticket s on s.tenant_id = t.tenant_id and s.id = t.split_from_id
    left join catalog.pub_service k on k.service_id = t.service_id
    """

  /// Columns in the order of ``select``.
  init(_ row: inout RowReader) throws {
    func reference(_ row: inout RowReader) throws -> Reference? {
      let id: Int64? = try row.next()
      let publicId: [UInt8]? = try row.next()
      // A customer's people may not see teams: such a team has an id, which a change must keep, but no public id.
      return id.map { Reference(id: $0, publicId: publicId ?? []) }
    }
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    title = try row.next()
    description = try row.next()
    requester = try reference(&row)
    unit = try reference(&row)
    contract = try reference(&row)
    line = try reference(&row)
    lineReason = try row.next()
    impact = try row.next()
    urgency = try row.next()
    priority = try row.next()
    category = try row.next()
    state = TicketState(rawValue: try row.next()) ?? .closed
    pendingReason = try row.next()
    team = try reference(&row)
    assignee = try reference(&row)
    openedAt = try row.next()
    respondedAt = try row.next()
    resolvedAt = try row.next()
    closedAt = try row.next()
    reopenCount = try row.next()
    resolution = try row.next()
    let closure: String? = try row.next()
    closureCode = closure.map(ClosureCode.init(rawValue:))
    mergedInto = try reference(&row)
    splitFrom = try reference(&row)
    let serviceId: Int64? = try row.next()
    let serviceCode: String? = try row.next()
    service = serviceId.map { Service(id: $0, code: serviceCode) }
    ciTier = try row.next()
    targetsLocked = try row.next()
    dueAt = try row.next()
    lastSeq = try row.next()
    updatedAt = try row.next()
    version = try row.next()
    source = try row.next()
    nature = try row.next()
    owner = try reference(&row)
    serviceCategory = try row.next()
    mergedNumber = try row.next()
    closesAt = try row.next()
    dueMetric = try row.next()
    warnedPercent = try row.next()
    standIn = try Accountable(&row)
  }
}

/// One ticket of a tenant, if the caller's row scope covers it.
struct TicketByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let scope: RowScope

  static let condition = "where t.tenant_id = $1 and t.public_id = $2 and ($3 or t.unit_id = any ($4) or t.requester_id = $5)"
  static let sql = "\(Ticket.select), \(HeldAttributes.columnsOfIncident) \(Ticket.from) \(condition)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(scope)
  }

  static func decode(_ row: inout RowReader) throws -> Ticket {
    var ticket = try Ticket(&row)
    ticket.attributes = try HeldAttributes(&row)
    return ticket
  }
}

/// Locks it until the transaction ends: acts on one ticket come one after the other. It is read by a statement of its own that comes
/// after this one: one that locks and joins sees the ticket as its last writer left it, but what it names as it was before the wait
/// for that writer.
struct HoldTicketForChange: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let scope: RowScope

  static let sql = "select t.id from desk.ticket t \(TicketByPublicId.condition) for update"

  func bind(to parameters: inout Parameters) { TicketByPublicId(tenant: tenant, publicId: publicId, scope: scope).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

extension Parameters {
  /// `($n or unit_id = any ($n+1) or requester_id = $n+2)`
  mutating func append(_ scope: RowScope) {
    append(scope.everything)
    append(scope.units.sorted())
    append(scope.person)
  }
}

struct InsertTicket: Statement {
  let tenant: TenantId
  let ticket: Ticket
  let story: TicketStory
  let recordedAt: Instant

  static let sql = """
    insert into desk.ticket
      (tenant_id, id, public_id, type, number, title, description, requester_id, unit_id, contract_id, contract_line_id, line_reason, impact, urgency,
       priority, category, state, opened_at, responded_at, resolved_at, reopen_count, resolution, closure_code, due_at, last_seq, recorded_at, updated_at,
       version, split_from_id, service_id, ci_tier, story, targets_locked, source, nature, owner_id,
       owner_public_id, service_category, closed_at, closes_at, team_id, unit_public_id, contract_public_id, contract_line_public_id, due_metric,
       warned_percent)
    values ($1, $2, $3, 'incident', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, $20, $21, $22, $23, $24, $24, 1, $25, $26,
      $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket.id)
    parameters.append(ticket.publicId)
    parameters.append(ticket.number)
    parameters.append(ticket.title)
    parameters.append(ticket.description)
    parameters.append(ticket.requester?.id)
    parameters.append(ticket.unit?.id)
    parameters.append(ticket.contract?.id)
    parameters.append(ticket.line?.id)
    parameters.append(ticket.lineReason)
    parameters.append(ticket.impact)
    parameters.append(ticket.urgency)
    parameters.append(ticket.priority)
    parameters.append(ticket.category)
    parameters.append(ticket.state.rawValue)
    parameters.append(ticket.openedAt)
    parameters.append(ticket.respondedAt)
    parameters.append(ticket.resolvedAt)
    parameters.append(ticket.resolution)
    parameters.append(ticket.closureCode?.rawValue)
    parameters.append(ticket.dueAt)
    parameters.append(ticket.lastSeq)
    parameters.append(recordedAt)
    parameters.append(ticket.splitFrom?.id)
    parameters.append(ticket.service?.id)
    parameters.append(ticket.ciTier)
    parameters.append(story.bytes)
    parameters.append(ticket.targetsLocked)
    parameters.append(ticket.source)
    parameters.append(ticket.nature)
    parameters.append(ticket.owner?.id)
    parameters.append(ticket.owner?.publicId)
    parameters.append(ticket.serviceCategory)
    parameters.append(ticket.closedAt)
    parameters.append(ticket.closesAt)
    parameters.append(ticket.team?.id)
    parameters.append(ticket.unit?.publicId)
    parameters.append(ticket.contract?.publicId)
    parameters.append(ticket.line?.publicId)
    parameters.append(ticket.dueMetric)
    parameters.append(ticket.warnedPercent)
  }
}

/// Writes what acts can change. The row was locked and its version compared before; the condition holds it once more.
struct UpdateTicket: Statement {
  let tenant: TenantId
  let ticket: Ticket
  /// What is added to its story.
  let story: TicketStory
  /// The version that was read.
  let version: Int64

  static let sql = """
    update desk.ticket set title = $4, description = $5, contract_id = $6, contract_line_id = $7, line_reason = $8, impact = $9, urgency = $10,
      priority = $11, category = $12, state = $13, pending_reason = $14, team_id = $15, assignee_id = $16, assignee_public_id = $17, responded_at = $18,
      resolved_at = $19, closed_at = $20, reopen_count = $21, resolution = $22, closure_code = $23, due_at = $24, last_seq = $25, updated_at = $26,
      version = $27, merged_into_id = $28, service_id = $29, ci_tier = $30, targets_locked = $31, story = story || $32,
      source = $33, nature = $34, owner_id = $35, owner_public_id = $36, service_category = $37, closes_at = $38, requester_id = $39, unit_id = $40,
      unit_public_id = $41, contract_public_id = $42, contract_line_public_id = $43, due_metric = $44, warned_percent = $45
    where tenant_id = $1 and id = $2 and version = $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket.id)
    parameters.append(version)
    parameters.append(ticket.title)
    parameters.append(ticket.description)
    parameters.append(ticket.contract?.id)
    parameters.append(ticket.line?.id)
    parameters.append(ticket.lineReason)
    parameters.append(ticket.impact)
    parameters.append(ticket.urgency)
    parameters.append(ticket.priority)
    parameters.append(ticket.category)
    parameters.append(ticket.state.rawValue)
    parameters.append(ticket.pendingReason)
    parameters.append(ticket.team?.id)
    parameters.append(ticket.assignee?.id)
    parameters.append(ticket.assignee?.publicId)
    parameters.append(ticket.respondedAt)
    parameters.append(ticket.resolvedAt)
    parameters.append(ticket.closedAt)
    parameters.append(ticket.reopenCount)
    parameters.append(ticket.resolution)
    parameters.append(ticket.closureCode?.rawValue)
    parameters.append(ticket.dueAt)
    parameters.append(ticket.lastSeq)
    parameters.append(ticket.updatedAt)
    parameters.append(ticket.version)
    parameters.append(ticket.mergedInto?.id)
    parameters.append(ticket.service?.id)
    parameters.append(ticket.ciTier)
    parameters.append(ticket.targetsLocked)
    parameters.append(story.bytes)
    parameters.append(ticket.source)
    parameters.append(ticket.nature)
    parameters.append(ticket.owner?.id)
    parameters.append(ticket.owner?.publicId)
    parameters.append(ticket.serviceCategory)
    parameters.append(ticket.closesAt)
    parameters.append(ticket.requester?.id)
    parameters.append(ticket.unit?.id)
    parameters.append(ticket.unit?.publicId)
    parameters.append(ticket.contract?.publicId)
    parameters.append(ticket.line?.publicId)
    parameters.append(ticket.dueMetric)
    parameters.append(ticket.warnedPercent)
  }
}

/// The priority that the matrix gives: the customer's own cell, or the provider's.
package struct PriorityOf: Statement {
  let tenant: TenantId
  let impact: Int64
  let urgency: Int64

  package init(tenant: TenantId, impact: Int64, urgency: Int64) { (self.tenant, self.impact, self.urgency) = (tenant, impact, urgency) }

  package static let sql = """
    select coalesce(c.priority, m.priority) from desk.priority_matrix m
    left join desk.customer_priority c on c.tenant_id = $1 and c.impact = m.impact and c.urgency = m.urgency
    where m.impact = $2 and m.urgency = $3
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(impact)
    parameters.append(urgency)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The public ids of a line and its contract.
struct LineNames: Statement {
  struct Found: Sendable {
    let contract: Ticket.Reference
    let line: Ticket.Reference
  }

  let tenant: TenantId
  let line: Int64

  static let sql = """
    select c.contract_id, c.public_id, l.line_id, l.public_id
    from contracts.pub_line l join contracts.pub_contract c on c.tenant_id = l.tenant_id and c.contract_id = l.contract_id
    where l.tenant_id = $1 and l.line_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      contract: Ticket.Reference(id: try row.next(), publicId: try row.next()), line: Ticket.Reference(id: try row.next(), publicId: try row.next()))
  }
}

/// A person and his unit, by public id or, for the caller himself, by internal id.
struct PersonForTicket: Statement {
  struct Found: Sendable {
    let person: Ticket.Reference
    let unit: Ticket.Reference?
    let hasLeft: Bool
  }

  let tenant: TenantId
  let publicId: [UInt8]?
  let id: Int64?

  static let sql = """
    select p.id, p.public_id, u.id, u.public_id, p.left_at is not null
    from tenancy.person p left join tenancy.org_unit u on u.tenant_id = p.tenant_id and u.id = p.unit_id
    where p.tenant_id = $1 and (p.public_id = $2 or p.id = $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let person = Ticket.Reference(id: try row.next(), publicId: try row.next())
    let unit: Int64? = try row.next()
    let unitPublicId: [UInt8]? = try row.next()
    return Found(person: person, unit: unit.map { Ticket.Reference(id: $0, publicId: unitPublicId ?? []) }, hasLeft: try row.next())
  }
}

/// A contract that a body names.
struct ContractByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "select contract_id from contracts.pub_contract where tenant_id = $1 and public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
