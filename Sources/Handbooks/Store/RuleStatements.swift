import Kernel
import Operations
import Postgres
import Tenancy

/// After how long a resolved ticket and a fulfilled request close by themselves, and how long a closed ticket can be opened again, where no customer has
/// its own policy.
struct TicketPolicyInForce: Statement {
  struct Found: Sendable {
    let closeAfterDays: Int64
    let closeCounts: String
    let reopenWithinDays: Int64
    let showsNames: Bool
    let closeRequestsAfterDays: Int64
  }

  static let sql = """
    select p.close_after_days, p.close_counts, p.reopen_within_days, p.shows_names, p.close_requests_after_days from desk.pub_ticket_policy p
    """

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      closeAfterDays: try row.next(), closeCounts: try row.next(), reopenWithinDays: try row.next(), showsNames: try row.next(),
      closeRequestsAfterDays: try row.next())
  }
}

/// The rules of dispatch in force for all customers; the provider's tenant is bound.
struct DispatchRulesInForce: Statement {
  struct Found: Sendable {
    let publicId: [UInt8]
    let serviceCode: String?
    let serviceName: LocalText
    let category: String?
    let nature: String?
    let priorityTo: Int64?
    let ci: String?
    let team: String
  }

  let provider: TenantId

  static let sql = """
    select r.public_id, s.code, s.name_en, s.name_zh, r.category, r.nature, r.priority_to, c.name, t.name
    from desk.pub_dispatch_rule r join desk.pub_team t on t.team_id = r.team_id
    left join catalog.pub_service s on s.service_id = r.service_id
    left join assets.pub_ci c on c.tenant_id = $1 and c.public_id = r.ci_public_id
    where r.only_tenant_id is null order by r.rule_id limit 1000
    """

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      publicId: try row.next(), serviceCode: try row.next(), serviceName: LocalText(english: try row.next(), chinese: try row.next()),
      category: try row.next(), nature: try row.next(), priorityTo: try row.next(), ci: try row.next(), team: try row.next())
  }
}

/// The rules of escalation of some processes in force for all customers; the provider's tenant is bound.
struct EscalationRulesInForce: Statement {
  struct Found: Sendable {
    let publicId: [UInt8]
    let name: String
    let percent: Int64?
    let metric: String?
    let agreement: String
    let ageMinutes: Int64?
    let priorityTo: Int64?
    let team: String?
    let toTeam: String?
    let staff: [[UInt8]]
    let calendar: String?
    let tellsLeads: Bool
    let process: String
  }

  let provider: TenantId
  let processes: [String]

  static let sql = """
    select r.public_id, r.name, r.percent, r.metric, r.agreement, r.age_minutes, r.priority_to, t.name, n.name, r.account_public_ids, c.name, r.tells_leads, r.process
    from escalations.pub_rule r left join desk.pub_team t on t.team_id = r.team_id left join desk.pub_team n on n.team_id = r.to_team_id
    left join contracts.pub_calendar c on c.calendar_id = r.calendar_id
    where r.tenant_id = $1 and r.process = any ($2) and r.customer_id is null order by r.rule_id limit 1000
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(processes)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      publicId: try row.next(), name: try row.next(), percent: try row.next(), metric: try row.next(), agreement: try row.next(),
      ageMinutes: try row.next(), priorityTo: try row.next(), team: try row.next(), toTeam: try row.next(), staff: try row.next(), calendar: try row.next(),
      tellsLeads: try row.next(), process: try row.next())
  }
}

/// The rules in force for all customers by which people are told of events whose names begin so; the provider's tenant is bound.
struct NotificationRulesInForce: Statement {
  struct Found: Sendable {
    let publicId: [UInt8]
    let name: String
    let event: String
    let audience: [String]
    let staff: [[UInt8]]
    let channels: [String]
    let webhook: String?
    let priorityTo: Int64?
    let metric: String?
    let percentFrom: Int64?
    let quietFrom: Int64?
    let quietTo: Int64?
    let urgentTo: Int64
    let expiresMinutes: Int64
  }

  let provider: TenantId
  let events: [String]

  static let sql = """
    select r.public_id, r.name, r.event, r.audience, r.account_public_ids, r.channels, r.webhook, r.priority_to, r.metric, r.percent_from, r.quiet_from,
      r.quiet_to, r.urgent_to, r.expires_minutes
    from notifications.pub_rule r
    where r.tenant_id = $1 and r.customer_id is null and exists (select from unnest($2::text[]) e (name) where starts_with(r.event, e.name))
    order by r.event, r.rule_id limit 1000
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(events)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      publicId: try row.next(), name: try row.next(), event: try row.next(), audience: try row.next(), staff: try row.next(),
      channels: try row.next(), webhook: try row.next(), priorityTo: try row.next(), metric: try row.next(), percentFrom: try row.next(),
      quietFrom: try row.next(), quietTo: try row.next(), urgentTo: try row.next(), expiresMinutes: try row.next())
  }
}
