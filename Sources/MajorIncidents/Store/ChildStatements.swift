import Kernel
import Operations
import Postgres

/// An incident of a bound tenant that a body names.
struct TicketToLink: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let isOver: Bool
  }

  let tenant: TenantId
  let publicIds: [PublicId]

  static let sql = """
    select t.ticket_id, t.public_id, t.state = 'closed' or t.state = 'resolved' from desk.pub_ticket t
    where t.tenant_id = $1 and t.type = 'incident' and t.public_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicIds.map(\.random))
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next(), isOver: try row.next()) }
}

/// Links an incident, with the event that tells it. That it is part of another one already the unique index says.
struct InsertChild: Statement {
  let provider: TenantId
  let major: Int64
  let tenant: TenantId
  let ticket: Int64
  let seq: Int64
  let name: String
  let now: Instant

  static let sql = """
    insert into major_incidents.child (tenant_id, major_id, other_tenant_id, ticket_id, seq, actor_name, recorded_at) values ($1, $2, $3, $4, $5, $6, $7)
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(seq)
    parameters.append(name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Whether an incident was told an entry while it was part of it before.
struct HasHeard: Statement {
  let provider: TenantId
  let major: Int64
  let tenant: TenantId
  let ticket: Int64
  /// The event of the entry.
  let entrySeq: Int64

  static let sql = """
    select c.id from major_incidents.child c
    where c.tenant_id = $1 and c.major_id = $2 and c.other_tenant_id = $3 and c.ticket_id = $4 and c.ended_seq is not null
      and (c.heard_seq = $5 or c.seq < $5 and c.ended_seq > $5)
    limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(entrySeq)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// An incident was told an entry on account of its link.
struct NoteHeard: Statement {
  let provider: TenantId
  let child: Int64
  let entrySeq: Int64

  static let sql = "update major_incidents.child set heard_seq = $3 where tenant_id = $1 and id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(child)
    parameters.append(entrySeq)
  }
}

/// Ends a link; no row when there is none.
struct EndChild: Statement {
  let child: InsertChild
  let reason: String

  static let sql = """
    update major_incidents.child set ended_seq = $5, ended_at = $7, end_reason = $8, ender_name = $6
    where tenant_id = $1 and major_id = $2 and other_tenant_id = $3 and ticket_id = $4 and ended_seq is null returning id
    """

  func bind(to parameters: inout Parameters) {
    child.bind(to: &parameters)
    parameters.append(reason)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Whose incidents are part of it.
struct CustomersOfMajor: Statement {
  let provider: TenantId
  let major: Int64

  static let sql = """
    select distinct c.other_tenant_id from major_incidents.child c where c.tenant_id = $1 and c.major_id = $2 and c.ended_seq is null order by 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// How many incidents, and customers, of those whom the reader serves are part of it.
struct ChildCount: Statement {
  let provider: TenantId
  let major: Int64
  let customers: [Int64]?

  static let sql = """
    select count(*), count(distinct c.other_tenant_id) from major_incidents.child c
    where c.tenant_id = $1 and c.major_id = $2 and c.ended_seq is null and ($3::bigint[] is null or c.other_tenant_id = any ($3))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> (incidents: Int64, customers: Int64) { (incidents: try row.next(), customers: try row.next()) }
}

/// The incidents that are part of it, of the customers whom the reader serves, in the order in which they were linked.
struct ChildrenOfMajor: Statement {
  struct Found: Sendable {
    let id: Int64
    let tenant: TenantId
    let ticket: Int64
    let actorName: String
    let at: Instant
    /// Whether its turn to be left to be resolved with the major incident is still to come.
    let isToBeResolved: Bool
  }

  let provider: TenantId
  let major: Int64
  let customers: [Int64]?
  let after: Int64
  let limit: Int64

  static let sql = """
    select c.id, c.other_tenant_id, c.ticket_id, c.actor_name, c.recorded_at,
      exists (
        select from major_incidents.telling t
        where t.tenant_id = c.tenant_id and t.major_id = c.major_id and t.entry_id is null and t.seq > c.seq
          and (t.after_tenant_id, t.after_ticket_id) < (c.other_tenant_id, c.ticket_id))
    from major_incidents.child c
    where c.tenant_id = $1 and c.major_id = $2 and c.ended_seq is null and ($3::bigint[] is null or c.other_tenant_id = any ($3)) and c.id > $4
    order by c.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
    parameters.append(customers)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), tenant: try row.next(), ticket: try row.next(), actorName: try row.next(), at: try row.next(),
      isToBeResolved: try row.next())
  }
}

/// Incidents of several tenants, which are bound, with their customers, and what became of their ending with the major incident: pair by pair, so
/// that each is found by its key.
struct IncidentsOfMajor: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let ticket: Int64
    let customer: TenantHandle
    let customerBits: [UInt8]
    let code: String
    let customerName: String
    let publicId: [UInt8]
    let number: Int64
    let title: String
    let state: String
    let priority: Int64
    let cascade: String?
    let words: Value?

    /// The id of a row of that customer's.
    func own(_ kind: IdKind, _ bits: [UInt8]) -> PublicId {
      PublicId(kind: kind.prefix, handle: customer, random: bits) ?? .none(kind: kind.prefix, handle: customer)
    }
  }

  let tenants: [TenantId]
  let tickets: [Int64]
  let major: [UInt8]

  static let sql = """
    select t.tenant_id, t.ticket_id, e.handle, e.public_id, e.code, e.name, t.public_id, t.number, t.title, t.state, t.priority, k.state, k.fault_words
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, ticket_id)
    join desk.pub_ticket t on t.tenant_id = w.tenant_id and t.ticket_id = w.ticket_id
    join tenancy.tenant e on e.id = t.tenant_id
    left join lateral (
      select c.state, c.fault_words from desk.pub_cascade c
      where c.tenant_id = t.tenant_id and c.major_public_id = $3 and c.ticket_id = t.ticket_id order by c.seq desc limit 1) k on true
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(tickets)
    parameters.append(major)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      tenant: try row.next(), ticket: try row.next(), customer: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)),
      customerBits: try row.next(), code: try row.next(), customerName: try row.next(), publicId: try row.next(), number: try row.next(),
      title: try row.next(), state: try row.next(), priority: try row.next(), cascade: try row.next(), words: try row.next())
  }
}

/// The major incident that an incident is part of, or was; the one that was linked last first.
struct MajorsOfTicket: Statement {
  struct Found: Sendable {
    let child: Int64
    let linkedAt: Instant
    let endedAt: Instant?
    let row: MajorRow
  }

  let reader: MajorReader
  let tenant: TenantId
  let ticket: Int64
  let before: Int64
  let limit: Int64

  static let sql = """
    select c.id, c.recorded_at, c.ended_at, \(MajorRow.columns) \(MajorRow.tables)
    join major_incidents.child c on c.tenant_id = m.tenant_id and c.major_id = m.id
    where \(MajorRow.isVisible) and c.other_tenant_id = $4 and c.ticket_id = $5 and c.id < $6
    order by c.id desc limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(reader)
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(child: try row.next(), linkedAt: try row.next(), endedAt: try row.next(), row: try MajorRow(&row))
  }
}

/// The CIs that incidents of one bound tenant name: of the customer, or of those that the provider shares.
struct CisOfTickets: Statement {
  let tenant: TenantId
  let tickets: [Int64]

  static let sql = """
    select distinct c.ci_id, c.is_shared from desk.pub_ticket_ci c where c.tenant_id = $1 and c.ticket_id = any ($2) order by c.ci_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
  }

  static func decode(_ row: inout RowReader) throws -> (ci: Int64, isShared: Bool) { (ci: try row.next(), isShared: try row.next()) }
}
