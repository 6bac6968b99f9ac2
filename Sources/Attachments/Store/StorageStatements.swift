import Kernel
import Operations
import Postgres

/// What a customer's files take, and may take.
struct StorageRow: Sendable {
  var usedBytes: Int64 = 0
  var fileCount: Int64 = 0
  /// Nil: as the server's settings say.
  var quotaBytes: Int64?
  var version: Int64 = 1
}

struct FindStorage: Statement {
  let tenant: TenantId

  static let sql = "select used_bytes, file_count, quota_bytes, version from attachments.storage where tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> StorageRow {
    StorageRow(usedBytes: try row.next(), fileCount: try row.next(), quotaBytes: try row.next(), version: try row.next())
  }
}

/// Makes the row of a customer that has none yet.
struct EnsureStorage: Statement {
  let tenant: TenantId

  static let sql = "insert into attachments.storage (tenant_id) values ($1) on conflict (tenant_id) do nothing"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
}

/// Holds the row to the end of the transaction.
struct HoldStorage: Statement {
  let tenant: TenantId

  static let sql = "select tenant_id from attachments.storage where tenant_id = $1 for no key update"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Takes room for a file, and holds the row. Nothing comes back where there is not enough.
struct TakeRoom: Statement {
  let tenant: TenantId
  let bytes: Int64
  /// Of a customer of whom nothing else was said.
  let usualQuota: Int64

  static let sql = """
    update attachments.storage set used_bytes = used_bytes + $2, file_count = file_count + 1
    where tenant_id = $1 and used_bytes <= coalesce(quota_bytes, $3) - $2 returning used_bytes
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(bytes)
    parameters.append(usualQuota)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct GiveRoomBack: Statement {
  let tenant: TenantId
  let bytes: Int64

  static let sql = """
    update attachments.storage set used_bytes = used_bytes - $2, file_count = file_count - 1 where tenant_id = $1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(bytes)
  }
}

/// Nothing comes back where the version is another one.
struct SetQuota: Statement {
  let tenant: TenantId
  let bytes: Int64?
  let version: Int64

  static let sql = """
    update attachments.storage set quota_bytes = $2, version = version + 1 where tenant_id = $1 and version = $3
    returning used_bytes, file_count, quota_bytes, version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(bytes)
    parameters.append(version)
  }

  static func decode(_ row: inout RowReader) throws -> StorageRow {
    StorageRow(usedBytes: try row.next(), fileCount: try row.next(), quotaBytes: try row.next(), version: try row.next())
  }
}
