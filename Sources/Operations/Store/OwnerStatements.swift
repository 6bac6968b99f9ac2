import Kernel
import Postgres

/// Records of a process that go on whose owner may not work on them any more, across tenants: ids only.
struct OwnersWithoutRight: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let record: Int64
    let owner: Int64
    let ownerBits: [UInt8]
    /// His login is disabled; else he lost a grant.
    let hasLeft: Bool
  }

  let process: String
  let permission: String
  let now: Instant
  let after: Int64
  let limit: Int64
  /// To look again at one that was found.
  var found: Found?

  static let sql = """
    select tenant_id, id, owner_id, owner_public_id, has_left from finder.owners_without_right($1, $2, $3, $4, $5, $6, $7)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(process)
    parameters.append(permission)
    parameters.append(now)
    parameters.append(found.map { $0.record - 1 } ?? after)
    parameters.append(limit)
    parameters.append(found?.owner)
    parameters.append(found?.record)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(tenant: try row.next(), record: try row.next(), owner: try row.next(), ownerBits: try row.next(), hasLeft: try row.next())
  }
}

/// Offers to hand a record of a process over that nobody can accept, across tenants: ids only.
struct OffersToNobody: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let record: Int64
    let id: Int64
    /// The record is; else whom it is offered to, or all of that team, may not work on it any more.
    let isOver: Bool
  }

  let process: String
  let permission: String
  let now: Instant
  let after: Int64
  let limit: Int64
  /// To look again at one that was found.
  var found: Found?

  static let sql = "select tenant_id, record_id, id, is_over from finder.offers_to_nobody($1, $2, $3, $4, $5, $6)"

  func bind(to parameters: inout Parameters) {
    parameters.append(process)
    parameters.append(permission)
    parameters.append(now)
    parameters.append(found.map { $0.id - 1 } ?? after)
    parameters.append(limit)
    parameters.append(found?.id)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(tenant: try row.next(), record: try row.next(), id: try row.next(), isOver: try row.next())
  }
}

/// Offers to teams that nobody has answered since an instant, and that nobody was told of, across tenants: ids only.
struct UnansweredOffers: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let record: Int64
    let id: Int64
  }

  let process: String
  let until: Instant
  let after: Int64
  let limit: Int64

  static let sql = "select tenant_id, record_id, id from finder.unanswered_offers($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(process)
    parameters.append(until)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), record: try row.next(), id: try row.next()) }
}
