import Kernel
import Operations
import Postgres

extension NamedCi.Facts {
  /// `c` is the CI; $2 the day for which its contract line is asked.
  static let columns = "c.ci_id, c.public_id, c.name, c.type_code, c.state, c.ci_tier, r.rank, v.contract_line_id"

  static let joins = """
    left join contracts.pub_ci_tier r on r.code = c.ci_tier
    left join lateral (
      select v.contract_line_id from assets.pub_coverage v
      where v.tenant_id = c.tenant_id and v.ci_id = c.ci_id and v.valid_from <= $2 order by v.valid_from desc, v.seq desc limit 1) v on true
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    name = try row.next()
    typeCode = try row.next()
    state = try row.next()
    tier = try row.next()
    rank = try row.next()
    line = try row.next()
  }
}

/// CIs of the customer that a body names, as far as the caller may see them.
struct CisToName: Statement {
  let tenant: TenantId
  let day: CalendarDate
  let publicIds: [PublicId]
  let scope: RowScope

  static let sql = """
    select \(NamedCi.Facts.columns) from assets.pub_ci c \(NamedCi.Facts.joins)
    where c.tenant_id = $1 and c.public_id = any($3) and ($4 or c.unit_id = any ($5) or c.owner_id = $6)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(day)
    parameters.append(publicIds.map(\.random))
    parameters.append(scope)
  }

  static func decode(_ row: inout RowReader) throws -> NamedCi.Facts { try NamedCi.Facts(&row) }
}

/// CIs that the provider shares and that affect the customer, by public id; the provider's tenant is bound.
struct SharedCisToName: Statement {
  let provider: TenantId
  let customer: TenantId
  let publicIds: [PublicId]

  static let sql = """
    select c.ci_id, c.public_id, c.name, c.type_code, c.state, c.ci_tier, r.rank, null::bigint
    from assets.pub_ci c
    join assets.pub_affected_customer a on a.tenant_id = c.tenant_id and a.ci_id = c.ci_id and a.customer_id = $2
    left join contracts.pub_ci_tier r on r.code = c.ci_tier
    where c.tenant_id = $1 and c.public_id = any($3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customer)
    parameters.append(publicIds.map(\.random))
  }

  static func decode(_ row: inout RowReader) throws -> NamedCi.Facts { try NamedCi.Facts(&row) }
}

/// CIs of a tenant that is bound, by row.
struct CisOfRows: Statement {
  let tenant: TenantId
  let day: CalendarDate
  let rows: [Int64]

  static let sql = "select \(NamedCi.Facts.columns) from assets.pub_ci c \(NamedCi.Facts.joins) where c.tenant_id = $1 and c.ci_id = any($3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(day)
    parameters.append(rows)
  }

  static func decode(_ row: inout RowReader) throws -> NamedCi.Facts { try NamedCi.Facts(&row) }
}

/// A CI of a tenant that is bound, for a filter.
struct CiByBits: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let scope: RowScope

  static let sql = """
    select c.ci_id from assets.pub_ci c where c.tenant_id = $1 and c.public_id = $2 and ($3 or c.unit_id = any ($4) or c.owner_id = $5)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(scope)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A CI on a ticket, as it was written.
struct TicketCiRow: Sendable {
  let id: Int64
  let ci: Int64?
  let sharedCi: Int64?
  let publicId: [UInt8]
  let isPrimary: Bool
  let gaveTier: Bool
  let gaveService: Bool
  let reason: String?
  let actorName: String
  let recordedAt: Instant
  let removedAt: Instant?
  let removalReason: String?
  let removerName: String?

  static let select = """
    select n.id, n.ci_id, n.shared_ci_id, n.ci_public_id, n.is_primary, n.gave_tier, n.gave_service, n.reason, n.actor_name, n.recorded_at,
      n.removed_at, n.removal_reason, n.remover_name
    from desk.ticket_ci n
    """

  var isShared: Bool { sharedCi != nil }
  var key: NamedCi.Key { NamedCi.Key(isShared: isShared, publicId: publicId) }

  /// Of the ticket $2, whose own row was written before.
  static let isOpen = "exists (select from desk.ticket t where t.tenant_id = $1 and t.id = $2 and t.state in ('new', 'active', 'pending'))"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    ci = try row.next()
    sharedCi = try row.next()
    publicId = try row.next()
    isPrimary = try row.next()
    gaveTier = try row.next()
    gaveService = try row.next()
    reason = try row.next()
    actorName = try row.next()
    recordedAt = try row.next()
    removedAt = try row.next()
    removalReason = try row.next()
    removerName = try row.next()
  }
}

/// The CIs that a ticket names, in the order in which they were named.
struct CisOfTicket: Statement {
  let tenant: TenantId
  let ticket: Int64

  static let sql = "\(TicketCiRow.select) where n.tenant_id = $1 and n.ticket_id = $2 and n.removed_at is null order by n.id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> TicketCiRow { try TicketCiRow(&row) }
}

/// The lines that cover the CIs of a ticket on a day, that of the CI which counts most first: the order of ``CiChoice``.
struct CoveringLines: Statement {
  let tenant: TenantId
  let ticket: Int64
  let day: CalendarDate

  static let sql = """
    select v.contract_line_id
    from desk.ticket_ci n join assets.pub_ci c on c.tenant_id = n.tenant_id and c.ci_id = n.ci_id
    \(NamedCi.Facts.joins)
    where n.tenant_id = $1 and n.ticket_id = $3 and n.removed_at is null and v.contract_line_id is not null
    order by not n.is_primary, r.rank nulls last, n.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(day)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The same in pages, with those that were taken off where that is asked for; only those that a row scope covers.
struct PageOfTicketCis: Statement {
  let tenant: TenantId
  let ticket: Int64
  let withRemoved: Bool
  let scope: RowScope
  let after: Int64
  let limit: Int64

  static let sql = """
    \(TicketCiRow.select) left join assets.pub_ci c on c.tenant_id = n.tenant_id and c.ci_id = n.ci_id
    where n.tenant_id = $1 and n.ticket_id = $2 and ($3 or n.removed_at is null)
      and (n.shared_ci_id is not null or $4 or c.unit_id = any ($5) or c.owner_id = $6) and n.id > $7
    order by n.id limit $8
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(withRemoved)
    parameters.append(scope)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TicketCiRow { try TicketCiRow(&row) }
}

/// Writes CIs that a ticket names from now on.
struct InsertTicketCis: Statement {
  let tenant: TenantId
  let ticket: Int64
  let openedAt: Instant
  let cis: [NamedCi]
  let reason: String?
  let principal: Principal
  let now: Instant

  static let sql = """
    insert into desk.ticket_ci (tenant_id, ticket_id, ci_id, shared_ci_id, ci_public_id, is_primary, gave_tier, gave_service, opened_at, reason,
      actor_kind, actor_id, actor_name, recorded_at, is_open)
    select $1, $2, x.ci_id, x.shared_ci_id, x.public_id, x.is_primary, x.gave_tier, x.gave_service, $3, $4, $5, $6, $7, $8, \(TicketCiRow.isOpen)
    from unnest($9::bigint[], $10::bigint[], $11::bytea[], $12::boolean[], $13::boolean[], $14::boolean[]) with ordinality
      as x (ci_id, shared_ci_id, public_id, is_primary, gave_tier, gave_service, place)
    order by x.place
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(openedAt)
    parameters.append(reason)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
    parameters.append(cis.map { $0.key.isShared ? nil : $0.facts.id } as [Int64?])
    parameters.append(cis.map { $0.key.isShared ? $0.facts.id : nil } as [Int64?])
    parameters.append(cis.map(\.key.publicId))
    parameters.append(cis.map(\.isPrimary))
    parameters.append(cis.map(\.gaveTier))
    parameters.append(cis.map(\.gaveService))
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No CI of the ticket is the primary one: before another becomes it, for no instant there may be two.
struct ClearPrimaryCi: Statement {
  let tenant: TenantId
  let ticket: Int64

  static let sql = "update desk.ticket_ci set is_primary = false where tenant_id = $1 and ticket_id = $2 and is_primary and removed_at is null"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }
}

/// The ticket was resolved, merged or reopened.
struct MarkCisOpen: Statement {
  let tenant: TenantId
  let ticket: Int64
  let isOpen: Bool

  static let sql = "update desk.ticket_ci set is_open = $3 where tenant_id = $1 and ticket_id = $2 and is_open <> $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(isOpen)
  }
}

/// Writes what of the CIs that a ticket names can change.
struct UpdateTicketCis: Statement {
  let tenant: TenantId
  /// Each has a row.
  let cis: [NamedCi]

  static let sql = """
    update desk.ticket_ci n set is_primary = x.is_primary, gave_tier = x.gave_tier, gave_service = x.gave_service
    from unnest($2::bigint[], $3::boolean[], $4::boolean[], $5::boolean[]) as x (id, is_primary, gave_tier, gave_service)
    where n.tenant_id = $1 and n.id = x.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(cis.compactMap(\.row))
    parameters.append(cis.map(\.isPrimary))
    parameters.append(cis.map(\.gaveTier))
    parameters.append(cis.map(\.gaveService))
  }
}

/// Ends that a ticket names CIs.
struct RemoveTicketCis: Statement {
  let tenant: TenantId
  let rows: [Int64]
  let reason: String?
  let principal: Principal
  let now: Instant

  static let sql = """
    update desk.ticket_ci set is_primary = false, removed_at = $3, removal_reason = $4, remover_kind = $5, remover_id = $6, remover_name = $7
    where tenant_id = $1 and id = any($2) and removed_at is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(rows)
    parameters.append(now)
    parameters.append(reason)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
  }
}

/// What a ticket names, another one names too: one that was split from it.
struct CopyTicketCis: Statement {
  let tenant: TenantId
  let from: Int64
  let to: Int64
  let openedAt: Instant
  let principal: Principal
  let now: Instant

  static let sql = """
    insert into desk.ticket_ci (tenant_id, ticket_id, ci_id, shared_ci_id, ci_public_id, is_primary, gave_tier, gave_service, opened_at, reason,
      actor_kind, actor_id, actor_name, recorded_at, is_open)
    select $1, $2, n.ci_id, n.shared_ci_id, n.ci_public_id, n.is_primary, n.gave_tier, n.gave_service, $4, null, $5, $6, $7, $8, \(TicketCiRow.isOpen)
    from desk.ticket_ci n where n.tenant_id = $1 and n.ticket_id = $3 and n.removed_at is null order by n.id
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(to)
    parameters.append(from)
    parameters.append(openedAt)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The tickets of one customer that name a CI, the one opened last first.
struct TicketsOfCi: Statement {
  let tickets: TicketsOfTenant
  let ci: Int64

  static let sql = """
    \(Ticket.select) from desk.ticket_ci n join desk.ticket t on t.tenant_id = n.tenant_id and t.id = n.ticket_id
    \(Ticket.others)
    \(TicketFilter.condition) and n.tenant_id = $1 and n.ci_id = $13 and n.removed_at is null and (n.opened_at, n.ticket_id) < ($9, $10)
    order by n.opened_at desc, n.ticket_id desc limit $11
    """

  func bind(to parameters: inout Parameters) {
    tickets.bind(to: &parameters)
    parameters.append(ci)
  }

  static func decode(_ row: inout RowReader) throws -> Ticket { try Ticket(&row) }
}

/// The cross-tenant queue of the tickets that name one CI: ids and sort keys only (schema-rules 23).
struct CiQueuePositions: Statement {
  let queue: QueuePositions
  let ci: Int64
  /// Whether it is the provider's, and shared among customers.
  let isShared: Bool

  static let sql = """
    select tenant_id, id, due_at, opened_at
    from finder.ci_tickets($1, $21, $22, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
    """

  func bind(to parameters: inout Parameters) {
    queue.bind(to: &parameters)
    parameters.append(ci)
    parameters.append(isShared)
  }

  static func decode(_ row: inout RowReader) throws -> QueuePositions.Found { try QueuePositions.decode(&row) }
}
