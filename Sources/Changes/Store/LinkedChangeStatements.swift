import Desk
import Kernel
import Operations
import Postgres

/// The changes that a change is linked to, of those that the reader sees, in the order in which they were linked.
struct ChangesOfChange: Statement {
  struct Found: Sendable {
    let link: Int64
    let kind: ProcessLinkKind
    /// Whether the change that is asked about is the left end.
    let isLeft: Bool
    let at: Instant
    let row: ChangeRow
  }

  let provider: TenantId
  let customers: [Int64]?
  let change: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select l.link_id, l.kind, l.is_left, l.recorded_at, \(ChangeRow.columns) \(ChangeRow.tables)
    join desk.pub_process_link l on l.tenant_id = c.tenant_id and l.other_id = c.id
    where \(ChangeRow.isVisible) and l.process = 'change' and l.record_id = $3 and l.link_id > $4 order by l.link_id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(change)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      link: try row.next(), kind: ProcessLinkKind(rawValue: try row.next()) ?? .relatesTo, isLeft: try row.next(), at: try row.next(),
      row: try ChangeRow(&row))
  }
}
