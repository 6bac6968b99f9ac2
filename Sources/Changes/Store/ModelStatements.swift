import Kernel
import Operations
import Postgres

/// A model with one of its versions.
struct ModelRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let code: String
  var names: Value
  var isRetired: Bool
  var lastSeq: Int64
  var approvedSeq: Int64?
  var version: Int64
  /// The version that was asked for.
  let seq: Int64
  let content: Value
  let author: Party

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    code = try row.next()
    names = try row.next()
    isRetired = (try row.next() as String) == "retired"
    lastSeq = try row.next()
    approvedSeq = try row.next()
    version = try row.next()
    seq = try row.next()
    content = try row.next()
    author = Party(kind: try row.next(), id: try row.next(), person: try row.next())
  }

  static let select = """
    select m.id, m.public_id, m.code, m.names, m.state, m.last_seq, m.approved_seq, m.version, v.seq, v.content, v.author_kind, v.author_id,
      v.author_person
    from changes.model m join changes.model_version v on v.tenant_id = m.tenant_id and v.model_id = m.id
    """
}

/// A model with the version in force, or with the newest.
struct ModelByPublicId: Statement {
  let provider: TenantId
  let publicId: PublicId
  let inForce: Bool

  static let sql = """
    \(ModelRow.select) where m.tenant_id = $1 and m.public_id = $2 and v.seq = case when $3 then m.approved_seq else m.last_seq end
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(inForce)
  }

  static func decode(_ row: inout RowReader) throws -> ModelRow { try ModelRow(&row) }
}

/// Keeps other acts on a model waiting.
struct HoldModel: Statement {
  let provider: TenantId
  let publicId: PublicId

  static let sql = "select m.id from changes.model m where m.tenant_id = $1 and m.public_id = $2 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What a version of a model says.
struct ModelVersion: Statement {
  let provider: TenantId
  let model: Int64
  let seq: Int64

  static let sql = "select v.content from changes.model_version v where v.tenant_id = $1 and v.model_id = $2 and v.seq = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(model)
    parameters.append(seq)
  }

  static func decode(_ row: inout RowReader) throws -> Value { try row.next() }
}

/// What a version of a model says by which changes are made now; no row where the model is retired or another version is in force.
struct ModelInForce: Statement {
  let provider: TenantId
  let model: Int64
  let seq: Int64

  static let sql = """
    select v.content from changes.model m join changes.model_version v on v.tenant_id = m.tenant_id and v.model_id = m.id and v.seq = m.approved_seq
    where m.tenant_id = $1 and m.id = $2 and m.approved_seq = $3 and m.state = 'active'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(model)
    parameters.append(seq)
  }

  static func decode(_ row: inout RowReader) throws -> Value { try row.next() }
}

/// The models by their codes, each with its newest version.
struct ModelPage: Statement {
  let provider: TenantId
  let withRetired: Bool
  let after: String
  let limit: Int64

  static let sql = """
    \(ModelRow.select) where m.tenant_id = $1 and v.seq = m.last_seq and m.code > $3 and ($2 or m.state = 'active') order by m.code limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(withRetired)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ModelRow { try ModelRow(&row) }
}

struct InsertModel: Statement {
  let provider: TenantId
  let publicId: PublicId
  let code: String
  let names: Value
  let now: Instant

  static let sql = """
    insert into changes.model (tenant_id, public_id, code, names, last_seq, recorded_at) values ($1, $2, $3, $4, 1, $5) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(code)
    parameters.append(json: names)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertModelVersion: Statement {
  let provider: TenantId
  let model: Int64
  let seq: Int64
  let content: Value
  let author: Party
  let now: Instant

  static let sql = """
    insert into changes.model_version (tenant_id, model_id, seq, content, author_kind, author_id, author_person, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(model)
    parameters.append(seq)
    parameters.append(json: content)
    parameters.append(author.kind)
    parameters.append(author.id)
    parameters.append(author.person)
    parameters.append(now)
  }
}

struct UpdateModel: Statement {
  let provider: TenantId
  let row: ModelRow

  static let sql = """
    update changes.model set names = $3, state = $4, last_seq = $5, approved_seq = $6, version = $7 where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(row.id)
    parameters.append(json: row.names)
    parameters.append(row.isRetired ? "retired" : "active")
    parameters.append(row.lastSeq)
    parameters.append(row.approvedSeq)
    parameters.append(row.version)
  }
}

struct ApproveModelVersion: Statement {
  let provider: TenantId
  let model: Int64
  let seq: Int64
  let approver: Int64
  let now: Instant

  static let sql = "update changes.model_version set approved_at = $5, approver_id = $4 where tenant_id = $1 and model_id = $2 and seq = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(model)
    parameters.append(seq)
    parameters.append(approver)
    parameters.append(now)
  }
}
