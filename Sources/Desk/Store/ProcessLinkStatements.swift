import Kernel
import Operations
import Postgres

/// A link between two records of one process that are the provider's.
struct ProcessLink: Sendable {
  let provider: TenantId
  let process: String
  let from: Int64
  let to: Int64
  let kind: ProcessLinkKind
  let actor: Actor
  let now: Instant

  fileprivate func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(process)
    parameters.append(from)
    parameters.append(to)
    parameters.append(kind.rawValue)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }
}

/// No row when the link is there already.
struct InsertProcessLink: Statement {
  let link: ProcessLink

  static let sql = """
    insert into desk.process_link (tenant_id, process, from_id, to_id, kind, actor_kind, actor_id, recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (tenant_id, process, from_id, to_id, kind) where removed_at is null do nothing returning id
    """

  func bind(to parameters: inout Parameters) { link.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when there is no such link.
struct EndProcessLink: Statement {
  let link: ProcessLink

  static let sql = """
    update desk.process_link set removed_at = $8, remover_kind = $6, remover_id = $7
    where tenant_id = $1 and process = $2 and from_id = $3 and to_id = $4 and kind = $5 and removed_at is null returning id
    """

  func bind(to parameters: inout Parameters) { link.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Keeps every other link of a process that leads one way waiting until this transaction ends: two of them could close a circle together.
struct LockProcessLinks: Statement {
  let tenant: TenantId
  let process: String

  static let sql = """
    insert into tenancy.counter (tenant_id, kind, last) values ($1, 'links_of_' || $2::text, 1)
    on conflict (tenant_id, kind) do update set last = counter.last + 1 returning last
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(process)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Where links of one kind lead from a record, from there, and so on.
struct ReachedByLinks: Statement {
  let provider: TenantId
  let process: String
  let from: Int64
  let kind: ProcessLinkKind

  static let sql = """
    with recursive reached as (
      select l.to_id as id from desk.process_link l
      where l.tenant_id = $1 and l.process = $2 and l.from_id = $3 and l.kind = $4 and l.removed_at is null
      union
      select l.to_id from desk.process_link l join reached r on r.id = l.from_id
      where l.tenant_id = $1 and l.process = $2 and l.kind = $4 and l.removed_at is null)
    select id from reached
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(process)
    parameters.append(from)
    parameters.append(kind.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The rows of a process whose records are linked to each other, as its own lists read them.
package protocol LinkedRow: Sendable {
  /// By which its links are told from those of others, and the name that ``tables`` gives its table.
  static var linkedProcess: String { get }
  static var alias: String { get }
  static var columns: String { get }
  static var tables: String { get }
  /// $1 the provider; $2 the customers whom the reader serves, null: all.
  static var isVisible: String { get }
  init(_ row: inout RowReader) throws
}

/// The records that one is linked to, of those that the reader sees, in the order in which they were linked.
struct LinkedRows<Row: LinkedRow>: Statement {
  struct Found: Sendable {
    let link: Int64
    let kind: ProcessLinkKind
    /// Whether the record that is asked about is the left end.
    let isLeft: Bool
    let at: Instant
    let row: Row
  }

  let provider: TenantId
  let customers: [Int64]?
  let record: Int64
  let after: Int64
  let limit: Int64

  static var sql: String {
    """
    select l.link_id, l.kind, l.is_left, l.recorded_at, \(Row.columns) \(Row.tables)
    join desk.pub_process_link l on l.tenant_id = \(Row.alias).tenant_id and l.other_id = \(Row.alias).id
    where \(Row.isVisible) and l.process = '\(Row.linkedProcess)' and l.record_id = $3 and l.link_id > $4 order by l.link_id limit $5
    """
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(record)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      link: try row.next(), kind: ProcessLinkKind(rawValue: try row.next()) ?? .relatesTo, isLeft: try row.next(), at: try row.next(), row: try Row(&row))
  }
}
