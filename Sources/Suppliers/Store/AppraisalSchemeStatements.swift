import Kernel
import Postgres

struct InsertAppraisalScheme: Statement {
  let publicId: PublicId
  let name: String
  let now: Instant

  static let sql = "insert into suppliers.appraisal_scheme (public_id, name, recorded_at) values ($1, $2, $3) returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertAppraisalSchemeVersion: Statement {
  let scheme: Int64
  let validFrom: Instant
  let terms: Value
  let now: Instant

  static let sql = "insert into suppliers.appraisal_scheme_version (scheme_id, valid_from, terms, recorded_at) values ($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(scheme)
    parameters.append(validFrom)
    parameters.append(json: terms)
    parameters.append(now)
  }
}

/// A scheme in one of its versions.
struct AppraisalSchemeRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let name: String
  let version: Int64
  let versionId: Int64
  let validFrom: Instant
  let recordedAt: Instant
  let terms: Value

  /// `s` is the scheme, `v` its version.
  static let columns = "s.id, s.public_id, s.name, s.version, v.id, v.valid_from, v.recorded_at, v.terms"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    name = try row.next()
    version = try row.next()
    versionId = try row.next()
    validFrom = try row.next()
    recordedAt = try row.next()
    terms = try row.next()
  }
}

/// The version in force at an instant; the newest, future ones included, for a change.
struct AppraisalSchemeAt: Statement {
  let publicId: PublicId
  /// Nil: the newest version.
  let at: Instant?

  static let sql = """
    select \(AppraisalSchemeRow.columns) from suppliers.appraisal_scheme s join suppliers.appraisal_scheme_version v on v.scheme_id = s.id
    where s.public_id = $1 and ($2::timestamptz is null or v.valid_from <= $2) order by v.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> AppraisalSchemeRow { try AppraisalSchemeRow(&row) }
}

/// Schemes by name, each in the version in force at an instant.
struct AppraisalSchemesAt: Statement {
  let at: Instant
  let after: String
  let limit: Int64

  static let sql = """
    select \(AppraisalSchemeRow.columns) from suppliers.appraisal_scheme s join suppliers.appraisal_scheme_version v on v.scheme_id = s.id
      and v.valid_from = (select max(n.valid_from) from suppliers.appraisal_scheme_version n where n.scheme_id = s.id and n.valid_from <= $1)
    where s.name > $2 order by s.name limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(at)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> AppraisalSchemeRow { try AppraisalSchemeRow(&row) }
}

/// Counts a change; no row when another change came first.
struct AdvanceAppraisalScheme: Statement {
  let id: Int64
  let version: Int64
  let name: String

  static let sql = "update suppliers.appraisal_scheme set name = $3, version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(name)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
