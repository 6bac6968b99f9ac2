import Kernel
import Knowledge
import Postgres

extension Parameters {
  /// $n everything, $n+1 units, $n+2 a person.
  mutating func append(rows scope: RowScope) {
    append(scope.everything)
    append(scope.units.sorted())
    append(scope.person)
  }

  /// $n when it was opened, $n+1 a tenant, $n+2 an id; all null before the first page.
  fileprivate mutating func append(after key: TicketPlace.Key?) {
    append(key?.openedAt)
    append(key?.tenant)
    append(key?.id)
  }
}

/// Ids and sort keys only (schema-rules 23).
struct PlaceFound: Sendable {
  let tenant: TenantId
  let id: Int64
  let openedAt: Instant

  init(_ row: inout RowReader) throws {
    tenant = try row.next()
    id = try row.next()
    openedAt = try row.next()
  }
}

/// Where a search finds its words in incidents.
struct IncidentPlaces: Statement {
  let query: SearchQuery
  /// Staff find by what they said among themselves as well.
  let isStaff: Bool
  let sight: TicketSight
  let after: TicketPlace.Key?
  let limit: Int64

  static let sql = "select tenant_id, id, opened_at from finder.search_tickets($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"

  func bind(to parameters: inout Parameters) {
    parameters.append(query)
    parameters.append(isStaff)
    parameters.append([sight.kind.rawValue])
    parameters.append(sight.tenants)
    parameters.append(rows: sight.rows)
    parameters.append(after: after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> PlaceFound { try PlaceFound(&row) }
}

/// The same in all others, of one kind.
struct ProcessPlaces: Statement {
  let query: SearchQuery
  let isStaff: Bool
  let sight: TicketSight
  let after: TicketPlace.Key?
  /// What was opened earlier need not be found.
  let notBefore: Instant?
  let limit: Int64

  static let sql = """
    select tenant_id, id, opened_at from finder.search_processes($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
      $16)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(query)
    parameters.append(isStaff)
    parameters.append(sight.kind.rawValue)
    parameters.append(sight.tenants)
    parameters.append(sight.isNarrowed)
    parameters.append(rows: sight.rows)
    parameters.append(sight.reader.kind.rawValue)
    parameters.append(sight.reader.id)
    parameters.append(after: after)
    parameters.append(notBefore)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> PlaceFound { try PlaceFound(&row) }
}

/// The row that a public id names. Whether the caller sees it is another question.
struct RowOfTicket: Statement {
  let kind: TicketKind
  let tenant: TenantId
  let publicId: PublicId

  static let sql = """
    select t.ticket_id from desk.pub_ticket t where $3 = 'incident' and t.tenant_id = $1 and t.public_id = $2
    union all
    select r.request_id from requests.pub_found_request r where $3 = 'request' and r.tenant_id = $1 and r.public_id = $2
    union all
    select p.problem_id from problems.pub_problem p where $3 = 'problem' and p.tenant_id = $1 and p.public_id = $2
    union all
    select c.change_id from changes.pub_found_change c where $3 = 'change' and c.tenant_id = $1 and c.public_id = $2
    union all
    select r.release_id from changes.pub_found_release r where $3 = 'release' and r.tenant_id = $1 and r.public_id = $2
    union all
    select m.major_id from major_incidents.pub_found_major_incident m where $3 = 'major_incident' and m.tenant_id = $1 and m.public_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(kind.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
