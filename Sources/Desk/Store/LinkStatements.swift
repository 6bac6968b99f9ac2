import Kernel
import Operations
import Postgres

/// Keeps every other change of parents waiting until this transaction ends: two of them could close a circle together.
struct LockParents: Statement {
  let tenant: TenantId

  static let sql = """
    insert into tenancy.counter (tenant_id, kind, last) values ($1, 'ticket_parents', 1)
    on conflict (tenant_id, kind) do update set last = counter.last + 1 returning last
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The parent of a ticket, its parent, and so on.
struct ParentsOf: Statement {
  let tenant: TenantId
  let ticket: Int64

  static let sql = """
    with recursive above as (
      select l.to_id as id from desk.ticket_link l where l.tenant_id = $1 and l.from_id = $2 and l.kind = 'child_of' and l.removed_at is null
      union
      select l.to_id from desk.ticket_link l join above a on a.id = l.from_id
      where l.tenant_id = $1 and l.kind = 'child_of' and l.removed_at is null)
    select id from above
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when the link is there already.
struct InsertLink: Statement {
  let tenant: TenantId
  let from: Int64
  let to: Int64
  let kind: LinkKind
  let actor: Actor
  let now: Instant

  static let sql = """
    insert into desk.ticket_link (tenant_id, from_id, to_id, kind, actor_kind, actor_id, recorded_at) values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (tenant_id, from_id, to_id, kind) where removed_at is null do nothing returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from)
    parameters.append(to)
    parameters.append(kind.rawValue)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when there is no such link.
struct EndLink: Statement {
  let link: InsertLink

  static let sql = """
    update desk.ticket_link set removed_at = $7, remover_kind = $5, remover_id = $6
    where tenant_id = $1 and from_id = $2 and to_id = $3 and kind = $4 and removed_at is null returning id
    """

  func bind(to parameters: inout Parameters) { link.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The links of a ticket, seen from its end; of those that the caller may see, in the order in which they were made.
struct LinksOfTicket: Statement {
  struct Found: Sendable {
    let id: Int64
    let kind: LinkKind
    /// Whether the ticket is the left end.
    let isLeft: Bool
    let other: [UInt8]
    let number: Int64
    let title: String
    let state: String
    let recordedAt: Instant
  }

  let tenant: TenantId
  let ticket: Int64
  let scope: RowScope
  let after: Int64
  let limit: Int64

  static let sql = """
    select e.id, e.kind, e.is_left, t.public_id, t.number, t.title, t.state, e.recorded_at
    from (
      select l.id, l.kind, true as is_left, l.to_id as other_id, l.recorded_at from desk.ticket_link l
      where l.tenant_id = $1 and l.from_id = $2 and l.removed_at is null and l.id > $6
      union all
      select l.id, l.kind, false, l.from_id, l.recorded_at from desk.ticket_link l
      where l.tenant_id = $1 and l.to_id = $2 and l.removed_at is null and l.id > $6) e
    join desk.ticket t on t.tenant_id = $1 and t.id = e.other_id
    where t.tenant_id = $1 and ($3 or t.unit_id = any ($4) or t.requester_id = $5)
    order by e.id limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(scope)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), kind: LinkKind(rawValue: try row.next()) ?? .relatesTo, isLeft: try row.next(), other: try row.next(), number: try row.next(),
      title: try row.next(), state: try row.next(), recordedAt: try row.next())
  }
}

/// The children of a ticket that went into another one become that one's, save those that are above it.
struct MoveChildren: Statement {
  let tenant: TenantId
  let from: Int64
  let to: Int64
  /// The tickets above the one that they go to: each would become its own parent.
  let above: [Int64]
  let actor: Actor
  let now: Instant

  static let sql = """
    with ended as (
      update desk.ticket_link set removed_at = $5, remover_kind = $6, remover_id = $7
      where tenant_id = $1 and to_id = $2 and kind = 'child_of' and removed_at is null and (from_id = $3 or from_id <> all ($4)) returning from_id)
    insert into desk.ticket_link (tenant_id, from_id, to_id, kind, actor_kind, actor_id, recorded_at)
    select $1, e.from_id, $3, 'child_of', $6, $7, $5 from ended e where e.from_id <> $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from)
    parameters.append(to)
    parameters.append(above)
    parameters.append(now)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
  }
}

/// The parent of a ticket that went into another one becomes that one's, if it has none and is not above the parent.
struct MoveParent: Statement {
  let tenant: TenantId
  let from: Int64
  let to: Int64
  let isAbove: Bool
  let actor: Actor
  let now: Instant

  static let sql = """
    with ended as (
      update desk.ticket_link set removed_at = $5, remover_kind = $6, remover_id = $7
      where tenant_id = $1 and from_id = $2 and kind = 'child_of' and removed_at is null returning to_id)
    insert into desk.ticket_link (tenant_id, from_id, to_id, kind, actor_kind, actor_id, recorded_at)
    select $1, $3, e.to_id, 'child_of', $6, $7, $5 from ended e where not $4
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from)
    parameters.append(to)
    parameters.append(isAbove)
    parameters.append(now)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
  }
}

/// What a ticket is linked to, the one that it went into is linked to as well; its own links stay.
struct CopyLinks: Statement {
  let tenant: TenantId
  let from: Int64
  let to: Int64
  let actor: Actor
  let now: Instant

  static let sql = """
    insert into desk.ticket_link (tenant_id, from_id, to_id, kind, actor_kind, actor_id, recorded_at)
    select $1, case when l.kind = 'relates_to' then least(n.a, n.b) else n.a end, case when l.kind = 'relates_to' then greatest(n.a, n.b) else n.b end,
      l.kind, $5, $6, $4
    from desk.ticket_link l
    cross join lateral (
      select case when l.from_id = $2 then $3::bigint else l.from_id end as a, case when l.to_id = $2 then $3::bigint else l.to_id end as b) n
    where l.tenant_id = $1 and l.removed_at is null and l.kind <> 'child_of' and (l.from_id = $2 or l.to_id = $2) and n.a <> n.b
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from)
    parameters.append(to)
    parameters.append(now)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
  }
}
