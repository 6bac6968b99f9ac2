import Kernel
import Postgres

struct InsertTeam: Statement {
  let publicId: [UInt8]
  let name: String
  let recordedAt: Instant

  static let sql = "insert into desk.team (public_id, name, recorded_at) values ($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId)
    parameters.append(name)
    parameters.append(recordedAt)
  }
}

struct TeamByPublicId: Statement {
  let publicId: PublicId

  static let sql = "select id from desk.team where public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct TeamsByName: Statement {
  struct Found: Sendable {
    let publicId: [UInt8]
    let name: String
    let version: Int64
  }

  let after: String
  let limit: Int64

  static let sql = "select public_id, name, version from desk.team where name > $1 order by name limit $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(publicId: try row.next(), name: try row.next(), version: try row.next()) }
}
