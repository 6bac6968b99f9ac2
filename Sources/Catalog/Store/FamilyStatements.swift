import Kernel
import Operations
import Postgres

struct InsertFamily: Statement {
  let publicId: PublicId
  let code: String
  let name: LocalText
  let summary: LocalText?
  let now: Instant

  static let sql = "insert into catalog.family (public_id, code, names, summary, recorded_at) values ($1, $2, $3, $4, $5) returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(code)
    parameters.append(json: name.value)
    parameters.append(json: summary?.value)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct FamilyRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let code: String
  let name: LocalText
  let summary: LocalText?
  let recordedAt: Instant
  let version: Int64

  static let columns = "f.id, f.public_id, f.code, f.names, f.summary, f.recorded_at, f.version"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    code = try row.next()
    name = LocalText(try row.next() as Value?)
    summary = (try row.next() as Value?).map { LocalText($0) }
    recordedAt = try row.next()
    version = try row.next()
  }
}

struct FamilyByPublicId: Statement {
  let publicId: PublicId

  static let sql = "select \(FamilyRow.columns) from catalog.family f where f.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> FamilyRow { try FamilyRow(&row) }
}

struct FamiliesByCode: Statement {
  let after: String
  let limit: Int64

  static let sql = "select \(FamilyRow.columns) from catalog.family f where f.code > $1 order by f.code limit $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> FamilyRow { try FamilyRow(&row) }
}

/// No row when another change came first.
struct UpdateFamily: Statement {
  let id: Int64
  let version: Int64
  let name: LocalText
  let summary: LocalText?

  static let sql = "update catalog.family set names = $3, summary = $4, version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(json: name.value)
    parameters.append(json: summary?.value)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
