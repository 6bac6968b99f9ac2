import Kernel
import Operations
import Postgres
import Tenancy

/// Something that became visible: an event of a ticket of any kind or of a clock, or a notification in an inbox.
struct LiveChange: Sendable {
  let tenant: TenantId
  let subjectKind: String
  let subject: Int64
  let seq: Int64
  let recordedAt: Instant
  /// Of a notification: whose.
  let receiver: String?
}

/// What became visible since a snapshot, over all tenants. The first row says where the look stands.
struct ChangesSince: Statement {
  enum Row: Sendable {
    case stand(snapshot: String, history: String, written: Int64, flushed: Int64)
    case change(LiveChange)
  }

  /// Nil: only where the look stands.
  let since: String?
  /// Nil: up to now.
  let until: String?
  let now: Instant
  let limit: Int64

  static let sql = """
    select snapshot, history, written, flushed, tenant_id, subject_kind, subject_id, seq, recorded_at, receiver from finder.changes_since($1, $2, $3, $4)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(since)
    parameters.append(until)
    parameters.append(now)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Row {
    let snapshot: String? = try row.next()
    let history: String? = try row.next()
    let written: Int64? = try row.next()
    let flushed: Int64? = try row.next()
    if let snapshot, let history, let written, let flushed {
      return .stand(snapshot: snapshot, history: history, written: written, flushed: flushed)
    }
    return .change(
      LiveChange(
        tenant: try row.next(), subjectKind: try row.next(), subject: try row.next(), seq: try row.next(), recordedAt: try row.next(),
        receiver: try row.next()))
  }
}

/// The keys that ids are sealed with, the newest first; the provider's tenant is bound.
struct LiveSealSecrets: Statement {
  let provider: TenantId

  static let sql = "select secret from operations.signing_key where tenant_id = $1 order by id desc limit 10"

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}
