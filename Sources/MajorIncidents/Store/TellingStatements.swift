import Desk
import Kernel
import Operations
import Postgres

/// What the children of a major incident are to be told, or what is to be done with them.
enum MajorTelling: Sendable {
  /// They are told an entry of the log.
  case entry(Int64)
  /// They are resolved with it; without a code where nobody said one.
  case resolution(String, code: String?)
}

/// Leaves an event to be told to the children.
struct InsertMajorTelling: Statement {
  let provider: TenantId
  let major: Int64
  let seq: Int64
  let what: MajorTelling
  /// Nil: all that are linked by then.
  var onlyChild: Int64?
  /// Whose words they are.
  let actor: Actor
  let name: String

  static let sql = """
    insert into major_incidents.telling
      (tenant_id, major_id, seq, only_child_id, entry_id, actor_kind, actor_id, actor_via, actor_name, resolution, closure_code)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """

  func bind(to parameters: inout Parameters) {
    var (entry, resolution, code): (Int64?, String?, String?) = (nil, nil, nil)
    switch what {
    case .entry(let id): entry = id
    case .resolution(let text, let closureCode): (resolution, code) = (text, closureCode)
    }
    parameters.append(provider)
    parameters.append(major)
    parameters.append(seq)
    parameters.append(onlyChild ?? 0)
    parameters.append(entry)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actor.via.rawValue)
    parameters.append(name)
    parameters.append(resolution)
    parameters.append(code)
  }
}

/// It goes on again: whoever was not resolved with it yet is not.
struct DropResolutions: Statement {
  let provider: TenantId
  let major: Int64

  static let sql = "delete from major_incidents.telling where tenant_id = $1 and major_id = $2 and entry_id is null"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
  }
}

/// What is to be told, of each major incident the oldest, and the place up to which it was.
struct OldestMajorTellings: Statement {
  struct Found: Sendable {
    let major: Int64
    let publicId: [UInt8]
    let number: Int64
    let seq: Int64
    let onlyChild: Int64
    /// The event of the entry.
    let entrySeq: Int64?
    let body: String?
    let resolution: String?
    let closureCode: String?
    let actor: Actor
    let actorName: String
    var after: Place
  }

  /// An incident.
  struct Place: Sendable, Equatable {
    let tenant: TenantId
    let ticket: Int64
  }

  let provider: TenantId
  let after: Int64
  let limit: Int64

  static let sql = """
    select distinct on (t.major_id) t.major_id, m.public_id, m.number, t.seq, t.only_child_id, e.seq, e.body, t.resolution, t.closure_code,
      t.actor_kind, t.actor_id, t.actor_via, t.actor_name, t.after_tenant_id, t.after_ticket_id
    from major_incidents.telling t
    join major_incidents.major_incident m on m.tenant_id = t.tenant_id and m.id = t.major_id
    left join major_incidents.entry e on e.tenant_id = t.tenant_id and e.id = t.entry_id
    where t.tenant_id = $1 and t.major_id > $2 order by t.major_id, t.seq, t.only_child_id limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      major: try row.next(), publicId: try row.next(), number: try row.next(), seq: try row.next(), onlyChild: try row.next(), entrySeq: try row.next(),
      body: try row.next(), resolution: try row.next(), closureCode: try row.next(),
      actor: try Actor(storedIn: &row), actorName: try row.next(),
      after: Place(tenant: try row.next(), ticket: try row.next()))
  }
}

/// What became of a resolution with which an incident was to be resolved: whether it holds, and whether the incident is part of it.
struct ResolutionStanding: Statement {
  let one: CascadeOfMajor

  static let sql = """
    select m.state in ('resolved', 'reviewed') and m.reopened_seq < $3,
      exists (
        select from major_incidents.child c
        where c.tenant_id = m.tenant_id and c.major_id = m.id and c.other_tenant_id = $4 and c.ticket_id = $5 and c.ended_seq is null)
    from major_incidents.major_incident m where m.tenant_id = $1 and m.public_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(one.provider)
    parameters.append(one.major)
    parameters.append(one.seq)
    parameters.append(one.tenant)
    parameters.append(one.ticket)
  }

  static func decode(_ row: inout RowReader) throws -> (holds: Bool, isPart: Bool) { (holds: try row.next(), isPart: try row.next()) }
}

/// The next incidents that were linked when the event happened, whatever became of the links since; of a resolution those that still are; or the
/// one that it is for, while it is linked.
struct ChildrenToTell: Statement {
  let provider: TenantId
  let telling: OldestMajorTellings.Found
  let limit: Int64

  static let sql = """
    select c.other_tenant_id, c.ticket_id from major_incidents.child c
    where c.tenant_id = $1 and c.major_id = $2 and (c.other_tenant_id, c.ticket_id) > ($5, $6)
      and case when $4 = 0 then c.seq < $3 and (c.ended_seq is null or c.ended_seq > $3 and not $8) else c.id = $4 and c.ended_seq is null end
    order by c.other_tenant_id, c.ticket_id limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(telling.major)
    parameters.append(telling.seq)
    parameters.append(telling.onlyChild)
    parameters.append(telling.after.tenant)
    parameters.append(telling.after.ticket)
    parameters.append(limit)
    parameters.append(telling.resolution != nil)
  }

  static func decode(_ row: inout RowReader) throws -> OldestMajorTellings.Place {
    OldestMajorTellings.Place(tenant: try row.next(), ticket: try row.next())
  }
}

/// Moves a telling on; no row when somebody else has moved it since it was read, or it was dropped.
struct AdvanceMajorTelling: Statement {
  let provider: TenantId
  let telling: OldestMajorTellings.Found
  let to: OldestMajorTellings.Place

  static let sql = """
    update major_incidents.telling set after_tenant_id = $7, after_ticket_id = $8, attempts = 0
    where tenant_id = $1 and major_id = $2 and seq = $3 and only_child_id = $4 and after_tenant_id = $5 and after_ticket_id = $6 returning seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(telling.major)
    parameters.append(telling.seq)
    parameters.append(telling.onlyChild)
    parameters.append(telling.after.tenant)
    parameters.append(telling.after.ticket)
    parameters.append(to.tenant)
    parameters.append(to.ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Something was at fault at the next one; no row when somebody else has moved it on, or it was dropped.
struct CountTellingAttempt: Statement {
  let provider: TenantId
  let telling: OldestMajorTellings.Found

  static let sql = """
    update major_incidents.telling set attempts = attempts + 1
    where tenant_id = $1 and major_id = $2 and seq = $3 and only_child_id = $4 and after_tenant_id = $5 and after_ticket_id = $6 returning attempts
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(telling.major)
    parameters.append(telling.seq)
    parameters.append(telling.onlyChild)
    parameters.append(telling.after.tenant)
    parameters.append(telling.after.ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct DropMajorTelling: Statement {
  let provider: TenantId
  let telling: OldestMajorTellings.Found

  static let sql = "delete from major_incidents.telling where tenant_id = $1 and major_id = $2 and seq = $3 and only_child_id = $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(telling.major)
    parameters.append(telling.seq)
    parameters.append(telling.onlyChild)
  }
}

/// An incident that is to be told, as it is now.
struct TicketToTell: Statement {
  struct Found: Sendable {
    let publicId: [UInt8]
    let state: String
    let isMerged: Bool
  }

  let tenant: TenantId
  let ticket: Int64

  static let sql = "select t.public_id, t.state, t.merged_into_id is not null from desk.pub_ticket t where t.tenant_id = $1 and t.ticket_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(publicId: try row.next(), state: try row.next(), isMerged: try row.next()) }
}

/// Whether another incident of the customer is part of it as well.
struct IsChild: Statement {
  let provider: TenantId
  let major: Int64
  let place: OldestMajorTellings.Place

  static let sql = """
    select c.id from major_incidents.child c
    where c.tenant_id = $1 and c.major_id = $2 and c.other_tenant_id = $3 and c.ticket_id = $4 and c.ended_seq is null limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
    parameters.append(place.tenant)
    parameters.append(place.ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Another incident of the customer that is part of it, stands before this one, and went into the same one: what is said there is said for both.
struct MergedBefore: Statement {
  let provider: TenantId
  let telling: OldestMajorTellings.Found
  let place: OldestMajorTellings.Place
  let survivor: Int64

  static let sql = """
    with recursive chain as (
      select c.ticket_id as child_id, t.merged_into_id as into_id
      from major_incidents.child c join desk.pub_ticket t on t.tenant_id = c.other_tenant_id and t.ticket_id = c.ticket_id
      where c.tenant_id = $1 and c.major_id = $2 and c.other_tenant_id = $3 and c.ticket_id < $4
        and c.seq < $6 and (c.ended_seq is null or c.ended_seq > $6) and t.merged_into_id is not null
      union
      select h.child_id, t.merged_into_id from chain h join desk.pub_ticket t on t.tenant_id = $3 and t.ticket_id = h.into_id
      where t.merged_into_id is not null)
    select h.child_id from chain h where h.into_id = $5 limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(telling.major)
    parameters.append(place.tenant)
    parameters.append(place.ticket)
    parameters.append(survivor)
    parameters.append(telling.seq)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
