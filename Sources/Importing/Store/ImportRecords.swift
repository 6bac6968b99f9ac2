import Kernel
import Postgres

/// A row of `importing.import_record`.
struct ImportRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let format: String
  let source: String
  let fileName: String
  let fileHash: [UInt8]
  let profileHash: [UInt8]
  let report: Value
  let recordedAt: Instant

  static let select = """
    select id, public_id, format, source, file_name, file_hash, profile_hash, report, recorded_at from importing.import_record
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    format = try row.next()
    source = try row.next()
    fileName = try row.next()
    fileHash = try row.next()
    profileHash = try row.next()
    report = try row.next()
    recordedAt = try row.next()
  }
}

struct ImportsOfTenant: Statement {
  let tenant: TenantId
  let beforeId: Int64
  let limit: Int64

  static let sql = "\(ImportRow.select) where tenant_id = $1 and id < $2 order by id desc limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ImportRow { try ImportRow(&row) }
}

struct ImportByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(ImportRow.select) where tenant_id = $1 and public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> ImportRow { try ImportRow(&row) }
}

/// Locks the source until the transaction ends.
struct LockSource: Statement {
  let tenant: TenantId
  let source: String
  let now: Instant

  static let sql = """
    insert into importing.source (tenant_id, name, last_import_at) values ($1, $2, $3)
    on conflict (tenant_id, name) do update set last_import_at = excluded.last_import_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
    parameters.append(now)
  }
}

struct InsertImportRecord: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let format: ImportProfile.Format
  let source: String
  let fileName: String
  let fileHash: [UInt8]
  let profileHash: [UInt8]
  let report: Value
  let actor: Actor
  let now: Instant

  static let sql = """
    insert into importing.import_record
      (tenant_id, public_id, format, source, file_name, file_hash, profile_hash, report, actor_kind, actor_id, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(format.rawValue)
    parameters.append(source)
    parameters.append(fileName)
    parameters.append(fileHash)
    parameters.append(profileHash)
    parameters.append(json: report)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }
}
