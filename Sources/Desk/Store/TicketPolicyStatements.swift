import Kernel
import Postgres

/// The policy that counts: of the contract, where it has its own, else of the customer, else of the provider.
struct TicketPolicyOf: Statement {
  let tenant: TenantId
  /// Nil: of what is under none.
  let contract: Int64?

  static let sql = """
    select coalesce(c.close_after_days, k.close_after_days, p.close_after_days), coalesce(c.close_counts, k.close_counts, p.close_counts),
      coalesce(c.reopen_within_days, k.reopen_within_days, p.reopen_within_days), coalesce(k.shows_names, p.shows_names),
      coalesce(c.close_requests_after_days, k.close_requests_after_days, p.close_requests_after_days)
    from desk.ticket_policy p
    left join desk.own_ticket_policy k on k.tenant_id = $1 and k.contract_id is null
    left join desk.own_ticket_policy c on c.tenant_id = $1 and c.contract_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> TicketPolicy {
    TicketPolicy(
      closeAfterDays: try row.next(), closeCounts: TicketPolicy.Days(rawValue: try row.next()) ?? .calendar, reopenWithinDays: try row.next(),
      showsNames: try row.next(), closeRequestsAfterDays: try row.next())
  }
}

/// What a customer, or a contract of his, has of its own; no row: nothing.
struct OwnTicketPolicy: Statement {
  struct Found: Sendable {
    var closeAfterDays: Int64?
    var closeCounts: String?
    var reopenWithinDays: Int64?
    var showsNames: Bool?
    var closeRequestsAfterDays: Int64?
  }

  let tenant: TenantId
  let contract: Int64?

  static let sql = """
    select o.close_after_days, o.close_counts, o.reopen_within_days, o.shows_names, o.close_requests_after_days from desk.own_ticket_policy o
    where o.tenant_id = $1 and o.contract_id is not distinct from $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      closeAfterDays: try row.next(), closeCounts: try row.next(), reopenWithinDays: try row.next(), showsNames: try row.next(),
      closeRequestsAfterDays: try row.next())
  }
}

struct KeepOwnTicketPolicy: Statement {
  let tenant: TenantId
  let contract: Int64?
  let own: OwnTicketPolicy.Found
  let now: Instant

  static let sql = """
    insert into desk.own_ticket_policy
      (tenant_id, contract_id, close_after_days, close_counts, reopen_within_days, shows_names, recorded_at, close_requests_after_days)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (tenant_id, contract_id) do update set close_after_days = excluded.close_after_days, close_counts = excluded.close_counts,
      reopen_within_days = excluded.reopen_within_days, shows_names = excluded.shows_names, recorded_at = excluded.recorded_at,
      close_requests_after_days = excluded.close_requests_after_days
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
    parameters.append(own.closeAfterDays)
    parameters.append(own.closeCounts)
    parameters.append(own.reopenWithinDays)
    parameters.append(own.showsNames)
    parameters.append(now)
    parameters.append(own.closeRequestsAfterDays)
  }
}

/// Sets the provider's.
struct SetTicketPolicy: Statement {
  let policy: TicketPolicy

  static let sql = """
    update desk.ticket_policy set close_after_days = $1, close_counts = $2, reopen_within_days = $3, shows_names = $4, close_requests_after_days = $5
    where id = 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(policy.closeAfterDays)
    parameters.append(policy.closeCounts.rawValue)
    parameters.append(policy.reopenWithinDays)
    parameters.append(policy.showsNames)
    parameters.append(policy.closeRequestsAfterDays)
  }
}

/// Keeps others who set a policy waiting: what each leaves as it was stays so.
struct HoldTicketPolicy: Statement {
  static let sql = "select p.id from desk.ticket_policy p where p.id = 1 for update"

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// How a ticket had been resolved that was opened again.
struct InsertPastResolution: Statement {
  let tenant: TenantId
  let ticket: Ticket
  /// The event with which it was opened again.
  let seq: Int64
  let now: Instant

  static let sql = """
    insert into desk.past_resolution (tenant_id, ticket_id, resolution, closure_code, resolved_at, closed_at, seq, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket.id)
    parameters.append(ticket.resolution ?? "")
    parameters.append(ticket.closureCode?.rawValue)
    parameters.append(ticket.resolvedAt)
    parameters.append(ticket.closedAt)
    parameters.append(seq)
    parameters.append(now)
  }
}

struct PastResolutions: Statement {
  struct Found: Sendable {
    let id: Int64
    let resolution: String
    let closureCode: String?
    let resolvedAt: Instant?
    let closedAt: Instant?
    let reopenedAt: Instant
  }

  let tenant: TenantId
  let ticket: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select r.id, r.resolution, r.closure_code, r.resolved_at, r.closed_at, r.recorded_at from desk.past_resolution r
    where r.tenant_id = $1 and r.ticket_id = $2 and r.id > $3 order by r.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), resolution: try row.next(), closureCode: try row.next(), resolvedAt: try row.next(), closedAt: try row.next(),
      reopenedAt: try row.next())
  }
}

/// The ticket that one went into in the end, through all that it went through.
package struct SurvivorOf: Statement {
  let tenant: TenantId
  let ticket: Int64

  package init(tenant: TenantId, ticket: Int64) { (self.tenant, self.ticket) = (tenant, ticket) }

  package static let sql = """
    with recursive chain as (
      select t.id, t.public_id, t.merged_into_id from desk.ticket t where t.tenant_id = $1 and t.id = $2
      union
      select n.id, n.public_id, n.merged_into_id from desk.ticket n join chain c on n.id = c.merged_into_id where n.tenant_id = $1)
    select c.id, c.public_id from chain c where c.merged_into_id is null
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }

  package static func decode(_ row: inout RowReader) throws -> (id: Int64, publicId: [UInt8]) { (id: try row.next(), publicId: try row.next()) }
}

/// How the ticket stands that one went into in the end.
struct OutcomeOf: Statement {
  let tenant: TenantId
  let ticket: Int64

  static let sql = """
    with recursive chain as (
      select t.id, t.merged_into_id from desk.ticket t where t.tenant_id = $1 and t.id = $2
      union
      select n.id, n.merged_into_id from desk.ticket n join chain c on n.id = c.merged_into_id where n.tenant_id = $1)
    select s.state, s.resolution, s.closure_code, s.resolved_at, s.closed_at
    from chain c join desk.ticket s on s.tenant_id = $1 and s.id = c.id where c.merged_into_id is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> MergeOutcome {
    MergeOutcome(
      state: try row.next(), resolution: try row.next(), closureCode: try row.next(), resolvedAt: try row.next(), closedAt: try row.next())
  }
}

/// When it was recorded that a ticket was closed at an instant, which may be long before. What an import tells was over where it comes from.
struct ClosureRecorded: Statement {
  let tenant: TenantId
  let ticket: Int64
  /// Nothing of it is older: spares the older partitions.
  let closedAt: Instant

  static let sql = """
    select e.recorded_at from operations.event e
    where e.tenant_id = $1 and e.subject_kind = 'ticket' and e.subject_id = $2 and e.type = 'incident.closed' and e.via <> 'import'
      and e.recorded_at >= $3
    order by e.seq desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(closedAt)
  }

  static func decode(_ row: inout RowReader) throws -> Instant { try row.next() }
}

/// Customers of whom the time to object to a ticket is over, by their numbers.
struct TenantsToClose: Statement {
  let now: Instant
  let behind: Int64
  let limit: Int64

  static let sql = "select tenant_id from finder.tenants_to_close($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(behind)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// A customer's tickets whose time to object is over, behind one, the first one first.
struct TicketsToClose: Statement {
  struct Found: Sendable {
    let id: Int64
    let closesAt: Instant
  }

  let tenant: TenantId
  let now: Instant
  let behind: Found?
  let limit: Int64

  static let sql = """
    select t.id, t.closes_at from desk.ticket t
    where t.tenant_id = $1 and t.closes_at <= $2 and (t.closes_at, t.id) > (coalesce($3::timestamptz, '-infinity'), coalesce($4::bigint, 0))
    order by t.closes_at, t.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now)
    parameters.append(behind?.closesAt)
    parameters.append(behind?.id)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), closesAt: try row.next()) }
}

/// A ticket that is held, as whoever ends it must know it.
struct TicketToEnd: Statement {
  struct Found: Sendable {
    let publicId: [UInt8]
    let number: Int64
    let state: TicketState
    let isMerged: Bool
    let closesAt: Instant?
    let resolution: String?
    let closureCode: String?
    let version: Int64
    let openedAt: Instant
  }

  let tenant: TenantId
  let id: Int64

  static let sql = """
    select t.public_id, t.number, t.state, t.merged_into_id is not null, t.closes_at, t.resolution, t.closure_code, t.version, t.opened_at
    from desk.ticket t where t.tenant_id = $1 and t.id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      publicId: try row.next(), number: try row.next(), state: TicketState(rawValue: try row.next()) ?? .closed, isMerged: try row.next(),
      closesAt: try row.next(), resolution: try row.next(), closureCode: try row.next(), version: try row.next(),
      openedAt: try row.next())
  }
}

/// Puts off when a ticket closes by itself; it changes no version, as its due time does not.
struct PutOffClosing: Statement {
  let tenant: TenantId
  let id: Int64
  /// Nil: it does not.
  let until: Instant?

  static let sql = "update desk.ticket set closes_at = $3 where tenant_id = $1 and id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(until)
  }
}
