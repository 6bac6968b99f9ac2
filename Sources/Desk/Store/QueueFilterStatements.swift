import Kernel
import Operations
import Postgres

struct QueueFilterRow: Sendable {
  let publicId: [UInt8]
  let name: String
  let queue: FilteredQueue
  let recordedAt: Instant
  private let stored: Value

  static let columns = "f.public_id, f.name, f.queue, f.recorded_at, f.criteria"

  init(_ row: inout RowReader) throws {
    publicId = try row.next()
    name = try row.next()
    queue = FilteredQueue(rawValue: try row.next()) ?? .incident
    recordedAt = try row.next()
    stored = try row.next()
  }

  /// What an earlier version kept may hold what the queue does not take any more.
  func criteria<Criteria: SavedCriteria>(_ type: Criteria.Type, in language: Language) throws(Failure) -> Criteria {
    do throws(FieldError) {
      return try InputValues.read(type, from: stored, path: "criteria")
    } catch {
      let reason = error.violations.first.map { "\($0.path): \($0.message.text(language, $0.arguments))" } ?? "criteria"
      throw Failure(.conflict, QueueFilterMessages.unreadable, ["name": name, "reason": reason])
    }
  }
}

/// No row when the account has as many as it may, or one of the name that is to stay or is of another queue; two at once may both find the last place,
/// which does no harm.
struct SaveQueueFilterRow: Statement {
  let provider: TenantId
  let account: Int64
  let publicId: [UInt8]
  let name: String
  let queue: FilteredQueue
  let criteria: Value
  let now: Instant
  let most: Int64
  /// Whether it takes the place of one of the name.
  let replaces: Bool

  static let sql = """
    insert into desk.queue_filter as f (tenant_id, account_id, public_id, name, criteria, recorded_at, queue)
    select $1, $2, $3, $4, $5, $6, $9
    where (select count(*) from desk.queue_filter o where o.tenant_id = $1 and o.account_id = $2 and o.name <> $4) < $7
    on conflict (tenant_id, account_id, name) do update set criteria = excluded.criteria, recorded_at = excluded.recorded_at
      where $8 and f.queue = excluded.queue
    returning \(QueueFilterRow.columns)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(account)
    parameters.append(publicId)
    parameters.append(name)
    parameters.append(json: criteria)
    parameters.append(now)
    parameters.append(most)
    parameters.append(replaces)
    parameters.append(queue.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> QueueFilterRow { try QueueFilterRow(&row) }
}

struct QueueFiltersOf: Statement {
  let provider: TenantId
  let account: Int64

  static let sql = "select \(QueueFilterRow.columns) from desk.queue_filter f where f.tenant_id = $1 and f.account_id = $2 order by f.name"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> QueueFilterRow { try QueueFilterRow(&row) }
}

struct QueueFilterByPublicId: Statement {
  let provider: TenantId
  let account: Int64
  let publicId: [UInt8]

  static let sql = """
    select \(QueueFilterRow.columns) from desk.queue_filter f where f.tenant_id = $1 and f.account_id = $2 and f.public_id = $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(account)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> QueueFilterRow { try QueueFilterRow(&row) }
}

struct DeleteQueueFilterRow: Statement {
  let provider: TenantId
  let account: Int64
  let publicId: [UInt8]

  static let sql = "delete from desk.queue_filter where tenant_id = $1 and account_id = $2 and public_id = $3 returning public_id"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(account)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// How many positions there are, up to as many as they are asked for.
struct CountOf<Positions: Statement>: Statement {
  private let positions: Positions

  init(_ positions: Positions) { self.positions = positions }

  static var sql: String { "select count(*) from (\(Positions.sql)) p" }

  func bind(to parameters: inout Parameters) { positions.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
