import Kernel
import Operations
import Postgres

/// A CI type with a version of its attributes: the newest one, where nobody asks for another.
struct CiTypeRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let code: String
  let names: LocalText
  let isActive: Bool
  let seq: Int64
  let attributes: Value
  /// When this version of them was written.
  let revisedAt: Instant
  let version: Int64

  static let columns = """
    select t.id, t.public_id, t.code, t.names, t.state = 'active', v.seq, v.attributes, v.recorded_at, t.version
    from assets.ci_type t join assets.ci_type_version v on v.ci_type_id = t.id
    """

  static let select = "\(columns) and v.seq = (select max(n.seq) from assets.ci_type_version n where n.ci_type_id = t.id)"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    code = try row.next()
    let names: Value = try row.next()
    self.names = LocalText(names)
    isActive = try row.next()
    seq = try row.next()
    attributes = try row.next()
    revisedAt = try row.next()
    version = try row.next()
  }

  func rule() throws(FieldError) -> AttributeRule { AttributeRule(definitions: try AttributeDefinition.list(attributes)) }
}

struct CiTypeByPublicId: Statement {
  let publicId: PublicId

  static let sql = "\(CiTypeRow.select) where t.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> CiTypeRow { try CiTypeRow(&row) }
}

/// As it was written then; its name and state are those of now.
struct CiTypeRevision: Statement {
  let publicId: PublicId
  let seq: Int64

  static let sql = "\(CiTypeRow.columns) where t.public_id = $1 and v.seq = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(seq)
  }

  static func decode(_ row: inout RowReader) throws -> CiTypeRow { try CiTypeRow(&row) }
}

/// In the order of their codes.
struct CiTypes: Statement {
  let state: String?
  let after: String
  let limit: Int64

  static let sql = "\(CiTypeRow.select) where ($1::text is null or t.state = $1) and t.code > $2 order by t.code limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(state)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> CiTypeRow { try CiTypeRow(&row) }
}

struct CiTypesByCode: Statement {
  let codes: [String]

  static let sql = "\(CiTypeRow.select) where t.code = any($1)"

  func bind(to parameters: inout Parameters) { parameters.append(codes) }

  static func decode(_ row: inout RowReader) throws -> CiTypeRow { try CiTypeRow(&row) }
}

struct InsertCiType: Statement {
  let publicId: PublicId
  let code: String
  let names: LocalText
  let attributes: Value
  let now: Instant

  static let sql = """
    with type as (insert into assets.ci_type (public_id, code, names, recorded_at) values ($1, $2, $3, $5) returning id)
    insert into assets.ci_type_version (ci_type_id, seq, attributes, recorded_at) select id, 1, $4, $5 from type returning ci_type_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(code)
    parameters.append(json: names.value ?? .null)
    parameters.append(json: attributes)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertCiTypeVersion: Statement {
  let type: Int64
  let seq: Int64
  let attributes: Value
  let now: Instant

  static let sql = "insert into assets.ci_type_version (ci_type_id, seq, attributes, recorded_at) values ($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(type)
    parameters.append(seq)
    parameters.append(json: attributes)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// Counts a change of a type; no row when another came first.
struct UpdateCiType: Statement {
  let id: Int64
  let version: Int64
  let state: String
  let names: LocalText

  static let sql = "update assets.ci_type set state = $3, names = $4, version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(state)
    parameters.append(json: names.value ?? .null)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
