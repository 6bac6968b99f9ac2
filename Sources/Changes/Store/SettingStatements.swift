import Kernel
import Operations
import Postgres

/// The newest version of a setting, or that with a number.
struct SettingOf: Statement {
  let provider: TenantId
  let kind: String
  /// Nil: the newest.
  let seq: Int64?

  static let sql = """
    select s.seq, s.content from changes.setting s where s.tenant_id = $1 and s.kind = $2 and ($3::bigint is null or s.seq = $3)
    order by s.seq desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(kind)
    parameters.append(seq)
  }

  static func decode(_ row: inout RowReader) throws -> (seq: Int64, content: Value) { (try row.next(), try row.next()) }
}

/// Another version; no row when another was faster.
struct InsertSetting: Statement {
  let provider: TenantId
  let kind: String
  let seq: Int64
  let content: Value
  let principal: Principal
  let now: Instant

  static let sql = """
    insert into changes.setting (tenant_id, kind, seq, content, actor_kind, actor_id, actor_name, recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (tenant_id, kind, seq) do nothing returning seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(kind)
    parameters.append(seq)
    parameters.append(json: content)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
