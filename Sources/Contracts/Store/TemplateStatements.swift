import Kernel
import Postgres

struct InsertTemplate: Statement {
  let publicId: PublicId
  let name: String
  let now: Instant

  static let sql = "insert into contracts.contract_template (public_id, name, recorded_at) values ($1, $2, $3) returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertTemplateVersion: Statement {
  let template: Int64
  let seq: Int64
  let content: Value
  let now: Instant

  static let sql = "insert into contracts.contract_template_version (contract_template_id, seq, content, recorded_at) values ($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(template)
    parameters.append(seq)
    parameters.append(json: content)
    parameters.append(now)
  }
}

/// A template in its newest version.
struct TemplateRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let name: String
  let state: String
  let version: Int64
  let content: Value
  let recordedAt: Instant

  static let select = """
    select t.id, t.public_id, t.name, t.state, t.version, v.content, v.recorded_at
    from contracts.contract_template t
    join contracts.contract_template_version v on v.contract_template_id = t.id and v.seq = t.version
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    name = try row.next()
    state = try row.next()
    version = try row.next()
    content = try row.next()
    recordedAt = try row.next()
  }
}

struct TemplateByPublicId: Statement {
  let publicId: PublicId

  static let sql = "\(TemplateRow.select) where t.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> TemplateRow { try TemplateRow(&row) }
}

struct TemplatesByName: Statement {
  let afterName: String
  let afterId: Int64
  let limit: Int64

  static let sql = "\(TemplateRow.select) where (t.name, t.id) > ($1, $2) order by t.name, t.id limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(afterName)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TemplateRow { try TemplateRow(&row) }
}

/// Counts a change of a template; no row when another change came first.
struct AdvanceTemplate: Statement {
  let id: Int64
  let version: Int64
  let name: String
  let state: String

  static let sql = """
    update contracts.contract_template set name = $3, state = $4, version = version + 1 where id = $1 and version = $2 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(name)
    parameters.append(state)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
