import Kernel
import Operations
import Postgres

/// The id of the ticket that is about to be made, so that what hangs on it can travel in one round trip; whether there is a rule that could
/// give it to a team: where there is none, none is asked for; and who answers for it until somebody takes it.
struct NextTicketId: Statement {
  struct Found: Sendable {
    let id: Int64
    let hasRules: Bool
    let standIn: Accountable?
  }

  let tenant: TenantId

  static let sql = """
    select nextval('desk.ticket_id_seq'),
      exists (select from desk.dispatch_rule r where r.ended_at is null and (r.only_tenant_id is null or r.only_tenant_id = $1)),
      \(Ticket.standIn)
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), hasRules: try row.next(), standIn: try Accountable(&row))
  }
}

/// The rules in force that may be for a ticket of a customer: ``DispatchChoice`` says which are.
struct DispatchCandidates: Statement {
  struct Found: Sendable {
    let rule: DispatchRule
    /// Whether the ticket had a team already.
    let hadTeam: Bool
  }

  let tenant: TenantId
  /// Nil: it is not there yet.
  let ticket: Int64?
  let facts: DispatchFacts

  static let sql = """
    select r.id, r.public_id, r.only_tenant_id is not null, r.service_id, r.category, r.nature, r.priority_to, r.ci_public_id, r.team_id,
      r.team_public_id, coalesce(cardinality(d.team_ids) = 0 or r.team_id = any (d.team_ids), true),
      exists (select from desk.assignment a where a.tenant_id = $1 and a.ticket_id = $2)
    from desk.dispatch_rule r
    left join desk.delivery_model d on d.tenant_id = $1
    where r.ended_at is null and (r.only_tenant_id is null or r.only_tenant_id = $1) and (r.service_id is null or r.service_id = $3)
      and (r.category is null or r.category = any ($4)) and (r.nature is null or r.nature = $5)
      and (r.ci_public_id is null or r.ci_public_id = any ($6)) and (r.priority_to is null or r.priority_to >= $7)
    order by r.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(facts.service)
    parameters.append(facts.category.map(CodeKey.branch) ?? [])
    parameters.append(facts.nature)
    parameters.append(facts.cis.map(\.publicId))
    parameters.append(facts.priority)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let rule = DispatchRule(
      id: try row.next(), publicId: try row.next(), isOwn: try row.next(), service: try row.next(), category: try row.next(), nature: try row.next(),
      priorityTo: try row.next(), ci: try row.next(), team: Ticket.Reference(id: try row.next(), publicId: try row.next()), isAllowed: try row.next())
    return Found(rule: rule, hadTeam: try row.next())
  }
}

/// A rule as it is shown.
struct DispatchRuleRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let isOwn: Bool
  let service: String?
  let category: String?
  let nature: String?
  let priorityTo: Int64?
  let ci: [UInt8]?
  let team: [UInt8]
  let teamName: String
  let recordedAt: Instant
  let endedAt: Instant?
  let version: Int64

  static let select = """
    select r.id, r.public_id, r.only_tenant_id is not null, k.code, r.category, r.nature, r.priority_to, r.ci_public_id, m.public_id, m.name,
      r.recorded_at, r.ended_at, r.version
    from desk.dispatch_rule r
    join desk.team m on m.id = r.team_id
    left join catalog.pub_service k on k.service_id = r.service_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    isOwn = try row.next()
    service = try row.next()
    category = try row.next()
    nature = try row.next()
    priorityTo = try row.next()
    ci = try row.next()
    team = try row.next()
    teamName = try row.next()
    recordedAt = try row.next()
    endedAt = try row.next()
    version = try row.next()
  }
}

struct DispatchRuleByPublicId: Statement {
  let publicId: PublicId

  static let sql = "\(DispatchRuleRow.select) where r.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> DispatchRuleRow { try DispatchRuleRow(&row) }
}

/// Those that rules were found by.
struct DispatchRulesByIds: Statement {
  let ids: [Int64]

  static let sql = "\(DispatchRuleRow.select) where r.id = any ($1)"

  func bind(to parameters: inout Parameters) { parameters.append(ids) }

  static func decode(_ row: inout RowReader) throws -> DispatchRuleRow { try DispatchRuleRow(&row) }
}

/// The general ones and those of one customer, in the order in which they were set.
struct DispatchRules: Statement {
  let tenant: TenantId
  let withEnded: Bool
  let after: Int64
  let limit: Int64

  static let sql = """
    \(DispatchRuleRow.select)
    where (r.only_tenant_id is null or r.only_tenant_id = $1) and ($2 or r.ended_at is null) and r.id > $3 order by r.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(withEnded)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> DispatchRuleRow { try DispatchRuleRow(&row) }
}

/// A service that rules for a customer, or for all, can be for.
struct ServiceOfRule: Statement {
  let code: String
  /// Nil: for all customers.
  let customer: TenantId?

  static let sql = "select service_id from catalog.pub_service where code = $1 and (only_tenant_id is null or only_tenant_id = $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(code)
    parameters.append(customer)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A rule that is about to be set.
struct InsertDispatchRule: Statement {
  let publicId: PublicId
  /// Nil: of all customers.
  let customer: TenantId?
  let service: Int64?
  let category: String?
  let nature: String?
  let priorityTo: Int64?
  let ci: PublicId?
  let team: Ticket.Reference
  let now: Instant

  static let sql = """
    insert into desk.dispatch_rule
      (only_tenant_id, service_id, category, nature, ci_public_id, recorded_at, priority_to, public_id, team_id, team_public_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    """

  func bind(to parameters: inout Parameters) {
    EndSameDispatchRule(rule: self).bind(to: &parameters)
    parameters.append(publicId.random)
    parameters.append(team.id)
    parameters.append(team.publicId)
  }
}

/// Ends the rule in force for the same, whose place another one takes. No index serves `is not distinct from`; the customer's rules are found by one.
struct EndSameDispatchRule: Statement {
  let rule: InsertDispatchRule

  static let sql = """
    update desk.dispatch_rule set ended_at = $6, version = version + 1
    where ended_at is null and (only_tenant_id = $1 or only_tenant_id is null and $1::bigint is null) and service_id is not distinct from $2
      and category is not distinct from $3 and nature is not distinct from $4 and ci_public_id is not distinct from $5
      and priority_to is not distinct from $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(rule.customer)
    parameters.append(rule.service)
    parameters.append(rule.category)
    parameters.append(rule.nature)
    parameters.append(rule.ci?.random)
    parameters.append(rule.now)
    parameters.append(rule.priorityTo)
  }
}

/// The version may have been compared before somebody else ended it.
struct EndDispatchRule: Statement {
  let id: Int64
  let version: Int64
  let now: Instant

  static let sql = """
    update desk.dispatch_rule set ended_at = $3, version = version + 1 where id = $1 and version = $2 and ended_at is null returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
