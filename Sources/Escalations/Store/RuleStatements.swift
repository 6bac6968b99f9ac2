import Kernel
import Postgres
import ServiceLevels

/// A rule as it is stored.
struct RuleRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let rule: EscalationRule
  let customerId: PublicId?
  let isActive: Bool
  /// What came to it before is not its affair.
  let beginsAt: Instant
  let version: Int64

  static let columns = """
    r.id, r.public_id, r.name, r.percent, r.metric, r.age_minutes, r.priority_to, r.team_id, m.public_id, r.to_team_id, n.public_id, r.account_ids,
    r.account_public_ids, r.calendar_id, c.public_id, r.customer_id, t.handle, t.public_id, r.state, r.begins_at, r.version, r.process, r.agreement,
    r.tells_leads
    """
  static let tables = """
    from escalations.rule r left join desk.pub_team m on m.team_id = r.team_id left join desk.pub_team n on n.team_id = r.to_team_id
    left join contracts.pub_calendar c on c.calendar_id = r.calendar_id left join tenancy.tenant t on t.id = r.customer_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    var rule = EscalationRule(name: try row.next(), staff: [])
    rule.percent = try row.next()
    rule.metric = (try row.next() as String?).flatMap(Metric.init)
    rule.ageMinutes = try row.next()
    rule.priorityTo = try row.next()
    rule.team = try EscalationRule.Named(nullable: &row)
    rule.toTeam = try EscalationRule.Named(nullable: &row)
    let (accounts, bits): ([Int64], [[UInt8]]) = (try row.next(), try row.next())
    rule.staff = zip(accounts, bits).map { EscalationRule.Named(id: $0, publicId: $1) }
    rule.calendar = try EscalationRule.Named(nullable: &row)
    rule.customer = (try row.next() as Int64?).map { TenantId($0) }
    let (handle, customerBits): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    customerId =
      if let handle, let customerBits {
        PublicId(kind: "cus", handle: TenantHandle(UInt32(truncatingIfNeeded: handle)), random: customerBits)
      } else { nil }
    isActive = try row.next() == "active"
    beginsAt = try row.next()
    version = try row.next()
    rule.process = EscalationProcess(rawValue: try row.next()) ?? .incident
    rule.agreement = EscalationAgreement(rawValue: try row.next()) ?? .sla
    rule.tellsLeads = try row.next()
    self.rule = rule
  }
}

extension EscalationRule.Named {
  /// Of an outer-joined row: nil where there is none.
  init?(nullable row: inout RowReader) throws {
    let (id, bits): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    guard let id, let bits else { return nil }
    self.init(id: id, publicId: bits)
  }
}

struct RuleByPublicId: Statement {
  let provider: TenantId
  let publicId: [UInt8]

  static let sql = "select \(RuleRow.columns) \(RuleRow.tables) where r.tenant_id = $1 and r.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> RuleRow { try RuleRow(&row) }
}

/// The rules in the order in which they were made.
struct RulesPage: Statement {
  let provider: TenantId
  let after: Int64
  let limit: Int64

  static let sql = "select \(RuleRow.columns) \(RuleRow.tables) where r.tenant_id = $1 and r.id > $2 order by r.id limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> RuleRow { try RuleRow(&row) }
}

/// Those in force: what only tells people before what gives the ticket away, behind which the others may mean it no more; then the lower share and the
/// lower age first, so that of several the nearest comes first.
struct ActiveRules: Statement {
  let provider: TenantId

  static let sql = """
    select \(RuleRow.columns) \(RuleRow.tables) where r.tenant_id = $1 and r.state = 'active'
    order by r.to_team_id is not null, r.percent, r.age_minutes, r.id
    """

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> RuleRow { try RuleRow(&row) }
}

struct InsertRule: Statement {
  let provider: TenantId
  let publicId: [UInt8]
  let rule: EscalationRule
  let now: Instant

  static let sql = """
    insert into escalations.rule (
      tenant_id, public_id, recorded_at, name, percent, metric, age_minutes, customer_id, priority_to, team_id, to_team_id, account_ids,
      account_public_ids, calendar_id, agreement, tells_leads, process, begins_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId)
    parameters.append(now)
    parameters.append(rule)
    parameters.append(rule.process.rawValue)
  }
}

/// No row when another change was faster.
struct UpdateRule: Statement {
  let provider: TenantId
  let row: RuleRow
  let state: String
  let rule: EscalationRule
  let beginsAt: Instant

  static let sql = """
    update escalations.rule set state = $4, name = $5, percent = $6, metric = $7, age_minutes = $8, customer_id = $9, priority_to = $10, team_id = $11,
      to_team_id = $12, account_ids = $13, account_public_ids = $14, calendar_id = $15, agreement = $16, tells_leads = $17, begins_at = $18,
      version = version + 1
    where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(row.id)
    parameters.append(row.version)
    parameters.append(state)
    parameters.append(rule)
    parameters.append(beginsAt)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Of the customers whose clocks are to be worked out anew, for it says otherwise than before at which shares rules act on them: of several in one order,
/// so that two who do the same wait for each other and not in a circle.
struct RaiseShareRevisions: Statement {
  let provider: TenantId
  /// Nil: of all customers.
  let customers: Set<TenantId?>
  let now: Instant

  static let sql = """
    insert into escalations.share_revision as s (tenant_id, customer_id, revision, changed_at)
    select $1, w.id, 1, $3 from unnest($2::bigint[]) w (id)
    on conflict (tenant_id, customer_id) do update set revision = s.revision + 1, changed_at = greatest(s.changed_at, excluded.changed_at)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers.map { $0?.rawValue ?? 0 }.sorted())
    parameters.append(now)
  }
}

extension Parameters {
  fileprivate mutating func append(_ rule: EscalationRule) {
    append(rule.name)
    append(rule.percent)
    append(rule.metric?.rawValue)
    append(rule.ageMinutes)
    append(rule.customer)
    append(rule.priorityTo)
    append(rule.team?.id)
    append(rule.toTeam?.id)
    append(rule.staff.map(\.id))
    append(rule.staff.map(\.publicId))
    append(rule.calendar?.id)
    append(rule.agreement.rawValue)
    append(rule.tellsLeads)
  }
}

// MARK: What rules name

struct TeamToName: Statement {
  let publicId: [UInt8]

  static let sql = "select m.team_id, m.public_id from desk.pub_team m where m.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId) }

  static func decode(_ row: inout RowReader) throws -> EscalationRule.Named { EscalationRule.Named(id: try row.next(), publicId: try row.next()) }
}

struct CalendarToName: Statement {
  let publicId: [UInt8]

  static let sql = "select c.calendar_id, c.public_id, c.only_tenant_id from contracts.pub_calendar c where c.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId) }

  static func decode(_ row: inout RowReader) throws -> (named: EscalationRule.Named, onlyFor: TenantId?) {
    (EscalationRule.Named(id: try row.next(), publicId: try row.next()), try row.next())
  }
}
