import Kernel
import Postgres

/// By what a line of a file finds its CI.
enum MatchBy: String, Sendable, CaseIterable {
  case serial
  case tag
  case name

  /// The CIs of a tenant that bear one of some keys. Each has a statement of its own, for its index.
  func rows(_ keys: [String], of tenant: TenantId, _ transaction: Transaction) async throws -> [CiRow] {
    switch self {
    case .serial: try await transaction.query(CisBySerial(tenant: tenant, keys: keys))
    case .tag: try await transaction.query(CisByTag(tenant: tenant, keys: keys))
    case .name: try await transaction.query(CisByName(tenant: tenant, keys: keys))
    }
  }
}

struct CisBySerial: Statement {
  let tenant: TenantId
  let keys: [String]

  static let sql = "\(CiRow.select) where c.tenant_id = $1 and c.serial_key = any($2) order by c.id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(keys)
  }

  static func decode(_ row: inout RowReader) throws -> CiRow { try CiRow(&row) }
}

struct CisByTag: Statement {
  let tenant: TenantId
  let keys: [String]

  static let sql = "\(CiRow.select) where c.tenant_id = $1 and c.tag_key = any($2) order by c.id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(keys)
  }

  static func decode(_ row: inout RowReader) throws -> CiRow { try CiRow(&row) }
}

struct CisByName: Statement {
  let tenant: TenantId
  let keys: [String]

  static let sql = "\(CiRow.select) where c.tenant_id = $1 and c.name_key = any($2) order by c.id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(keys)
  }

  static func decode(_ row: inout RowReader) throws -> CiRow { try CiRow(&row) }
}
