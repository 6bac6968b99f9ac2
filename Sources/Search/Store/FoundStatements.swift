import Kernel
import Operations
import Postgres

/// What is shown of something that was found. Each statement looks once more whether the caller sees it; exactly the tenants of its places are
/// bound. Pair by pair, so that each is found by its key.
struct FoundRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  /// A text, or one by languages.
  let title: Value
  let state: String
  let openedAt: Instant
  /// Whom alone it is about; nil: nobody, or several.
  let customer: PublicId?

  /// - Parameter title: how its title is read.
  init(_ row: inout RowReader, title read: (inout RowReader) throws -> Value) throws {
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    title = try read(&row)
    state = try row.next()
    openedAt = try row.next()
    customer = try PublicId.customer(&row)
  }

  /// What the provider numbers, with a title in one language.
  static func ofProvider(_ row: inout RowReader) throws -> FoundRow { try FoundRow(&row) { .text(try $0.next() as String) } }
}

extension Parameters {
  /// $1 and $2 the places, $3 whom the reader serves.
  fileprivate mutating func append(_ places: [TicketPlace], _ sight: TicketSight) {
    append(places.map(\.tenant))
    append(places.map(\.id))
    append(sight.tenants)
  }
}

/// With the code of the customer.
struct IncidentsFound: Statement {
  let places: [TicketPlace]
  let sight: TicketSight

  static let sql = """
    select t.ticket_id, t.public_id, t.number, t.title, t.state, t.opened_at, e.handle, e.public_id, e.code
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, id)
    join desk.pub_ticket t on t.tenant_id = w.tenant_id and t.ticket_id = w.id
    join tenancy.tenant e on e.id = t.tenant_id
    where t.type = 'incident' and ($3::bigint[] is null or t.tenant_id = any ($3)) and ($4 or t.unit_id = any ($5) or t.requester_id = $6)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(places, sight)
    parameters.append(rows: sight.rows)
  }

  static func decode(_ row: inout RowReader) throws -> (row: FoundRow, code: String?) {
    let found = try FoundRow(&row) { .text(try $0.next() as String) }
    return (row: found, code: try row.next())
  }
}

/// The same of requests; what was ordered is their title.
struct RequestsFound: Statement {
  let places: [TicketPlace]
  let sight: TicketSight

  static let sql = """
    select r.request_id, r.public_id, r.number, coalesce(v.content -> 'name', '{}'), r.state, r.submitted_at, e.handle, e.public_id, e.code
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, id)
    join requests.pub_found_request r on r.tenant_id = w.tenant_id and r.request_id = w.id
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
    join tenancy.tenant e on e.id = r.tenant_id
    where ($3::bigint[] is null or r.tenant_id = any ($3)) and ($4 or r.unit_id = any ($5) or r.requester_id = $6)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(places, sight)
    parameters.append(rows: sight.rows)
  }

  static func decode(_ row: inout RowReader) throws -> (row: FoundRow, code: String?) {
    let found = try FoundRow(&row) { try $0.next() }
    return (row: found, code: try row.next())
  }
}

/// Problems, which the provider numbers.
struct ProblemsFound: Statement {
  let places: [TicketPlace]
  let sight: TicketSight

  static let sql = """
    select p.problem_id, p.public_id, p.number, p.title, p.state, p.opened_at, e.handle, e.public_id
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, id)
    join problems.pub_problem p on p.tenant_id = w.tenant_id and p.problem_id = w.id
    left join tenancy.tenant e on e.id = p.customer_id
    where $3::bigint[] is null or p.customer_id = any ($3) or p.customer_id is null and not $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(places, sight)
    parameters.append(sight.isNarrowed)
  }

  static func decode(_ row: inout RowReader) throws -> (row: FoundRow, code: String?) { (row: try FoundRow.ofProvider(&row), code: nil) }
}

/// Changes, which the provider numbers as well.
struct ChangesFound: Statement {
  let places: [TicketPlace]
  let sight: TicketSight

  static let sql = """
    select c.change_id, c.public_id, c.number, c.title, c.state, c.opened_at, e.handle, e.public_id
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, id)
    join changes.pub_found_change c on c.tenant_id = w.tenant_id and c.change_id = w.id
    left join lateral (
      select min(n.customer_id) as id from changes.pub_concerned n
      where n.tenant_id = c.tenant_id and n.change_id = c.change_id having count(*) = 1) o on true
    left join tenancy.tenant e on e.id = o.id
    where $3::bigint[] is null or exists (
      select from changes.pub_concerned n where n.tenant_id = c.tenant_id and n.change_id = c.change_id and n.customer_id = any ($3))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(places, sight)
  }

  static func decode(_ row: inout RowReader) throws -> (row: FoundRow, code: String?) { (row: try FoundRow.ofProvider(&row), code: nil) }
}

/// Releases: of who serves those whom they concern, or ever did; what concerns and concerned nobody, of who opened it.
struct ReleasesFound: Statement {
  let places: [TicketPlace]
  let sight: TicketSight

  static let sql = """
    select r.release_id, r.public_id, r.number, r.title, r.state, r.opened_at, e.handle, e.public_id
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, id)
    join changes.pub_found_release r on r.tenant_id = w.tenant_id and r.release_id = w.id
    join changes.pub_live_release l on l.tenant_id = r.tenant_id and l.release_id = r.release_id
    left join tenancy.tenant e on e.id = case when cardinality(l.serving) = 1 then l.serving[1] end
    where $3::bigint[] is null or l.serving && $3 or not $4 and l.opener_kind = $5 and l.opener_id = $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(places, sight)
    parameters.append(sight.isNarrowed)
    parameters.append(sight.reader.kind.rawValue)
    parameters.append(sight.reader.id)
  }

  static func decode(_ row: inout RowReader) throws -> (row: FoundRow, code: String?) { (row: try FoundRow.ofProvider(&row), code: nil) }
}

/// Major incidents: of who serves a customer of an incident that is part of them, leads, declared or is offered them. Of a customer whom he does
/// not serve nothing is said.
struct MajorsFound: Statement {
  let places: [TicketPlace]
  let sight: TicketSight

  static let sql = """
    select m.major_id, m.public_id, m.number, m.title, m.state, m.declared_at, e.handle, e.public_id
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, id)
    join major_incidents.pub_found_major_incident m on m.tenant_id = w.tenant_id and m.major_id = w.id
    join major_incidents.pub_live_major_incident l on l.tenant_id = m.tenant_id and l.major_id = m.major_id
    left join tenancy.tenant e on e.id = case when cardinality(l.serving) = 1 and ($3::bigint[] is null or l.serving && $3) then l.serving[1] end
    where $3::bigint[] is null or l.serving && $3 or not $4 and $5::bigint = any (l.opener_ids)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(places, sight)
    parameters.append(sight.isNarrowed)
    parameters.append(sight.account)
  }

  static func decode(_ row: inout RowReader) throws -> (row: FoundRow, code: String?) { (row: try FoundRow.ofProvider(&row), code: nil) }
}
