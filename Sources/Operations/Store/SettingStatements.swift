import Kernel
import Postgres

/// Which versions settings have that somebody has set.
struct SettingVersions: Statement {
  let tenant: TenantId
  let settings: [String]

  static let sql = "select v.setting, v.version from operations.setting_version v where v.tenant_id = $1 and v.setting = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(settings)
  }

  static func decode(_ row: inout RowReader) throws -> (setting: String, version: Int64) { (try row.next(), try row.next()) }
}

/// Counts on; no row when another was faster.
struct RaiseSettingVersion: Statement {
  let tenant: TenantId
  let setting: String
  /// The one that it takes the place of.
  let version: Int64

  static let sql = """
    insert into operations.setting_version (tenant_id, setting, version) values ($1, $2, $3::bigint + 1)
    on conflict (tenant_id, setting) do update set version = excluded.version where setting_version.version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(setting)
    parameters.append(version)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
