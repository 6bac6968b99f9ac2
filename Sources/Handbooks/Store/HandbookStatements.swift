import Kernel
import Operations
import Postgres

struct HandbookRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let process: String
  let draft: Value
  /// Nil: none is published.
  let newestSeq: Int64?
  let reviewDueOn: CalendarDate?
  let version: Int64

  static let select = "select h.id, h.public_id, h.process, h.draft, h.newest_seq, h.review_due_on, h.version from handbooks.handbook h"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    process = try row.next()
    draft = try row.next()
    newestSeq = try row.next()
    reviewDueOn = try row.next()
    version = try row.next()
  }
}

struct HandbookByPublicId: Statement {
  let publicId: PublicId

  static let sql = "\(HandbookRow.select) where h.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> HandbookRow { try HandbookRow(&row) }
}

/// All of them: one for each process at the most, each with its newest edition.
struct AllHandbooks: Statement {
  struct Found: Sendable {
    let row: HandbookRow
    let newest: EditionRow?
  }

  static let sql = """
    select h.id, h.public_id, h.process, h.draft, h.newest_seq, h.review_due_on, h.version,
      e.seq, e.content, e.in_force, e.publisher_name, e.published_at
    from handbooks.handbook h left join handbooks.edition e on e.handbook_id = h.id and e.seq = h.newest_seq
    """

  static func decode(_ row: inout RowReader) throws -> Found {
    let handbook = try HandbookRow(&row)
    let seq: Int64? = try row.next()
    let (content, inForce): (Value?, Value?) = (try row.next(), try row.next())
    let (publisher, publishedAt): (String?, Instant?) = (try row.next(), try row.next())
    guard let seq, let content, let inForce, let publisher, let publishedAt else { return Found(row: handbook, newest: nil) }
    return Found(
      row: handbook, newest: EditionRow(seq: seq, content: content, inForce: inForce, publisher: publisher, publishedAt: publishedAt))
  }
}

struct InsertHandbook: Statement {
  let publicId: PublicId
  let process: String
  let draft: Value
  let now: Instant

  static let sql = "insert into handbooks.handbook (public_id, process, draft, recorded_at) values ($1, $2, $3, $4) returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(process)
    parameters.append(json: draft)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Writes a handbook as it is now; no row when another change came first.
struct UpdateHandbook: Statement {
  let id: Int64
  let version: Int64
  var draft: Value
  var newestSeq: Int64?
  var reviewDueOn: CalendarDate?

  init(_ row: HandbookRow) {
    id = row.id
    version = row.version
    draft = row.draft
    newestSeq = row.newestSeq
    reviewDueOn = row.reviewDueOn
  }

  static let sql = """
    update handbooks.handbook set draft = $3, newest_seq = $4, review_due_on = $5, version = version + 1 where id = $1 and version = $2 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(json: draft)
    parameters.append(newestSeq)
    parameters.append(reviewDueOn)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct EditionRow: Sendable {
  let seq: Int64
  let content: Value
  let inForce: Value
  let publisher: String
  let publishedAt: Instant
}

/// Editions below a number, the newest first.
struct Editions: Statement {
  let handbook: Int64
  let before: Int64
  let limit: Int64

  static let sql = """
    select e.seq, e.content, e.in_force, e.publisher_name, e.published_at from handbooks.edition e
    where e.handbook_id = $1 and e.seq < $2 order by e.seq desc limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(handbook)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> EditionRow {
    EditionRow(seq: try row.next(), content: try row.next(), inForce: try row.next(), publisher: try row.next(), publishedAt: try row.next())
  }
}

/// The same without what they say.
struct EditionsListed: Statement {
  struct Found: Sendable {
    let seq: Int64
    let publisher: String
    let publishedAt: Instant
  }

  let handbook: Int64
  let before: Int64
  let limit: Int64

  static let sql = """
    select e.seq, e.publisher_name, e.published_at from handbooks.edition e where e.handbook_id = $1 and e.seq < $2 order by e.seq desc limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(handbook)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(seq: try row.next(), publisher: try row.next(), publishedAt: try row.next())
  }
}

struct InsertEdition: Statement {
  let handbook: Int64
  let seq: Int64
  let content: Value
  let inForce: Value
  let publisher: Actor
  let name: String
  let now: Instant

  static let sql = """
    insert into handbooks.edition (handbook_id, seq, content, in_force, publisher_kind, publisher_id, publisher_name, published_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(handbook)
    parameters.append(seq)
    parameters.append(json: content)
    parameters.append(json: inForce)
    parameters.append(publisher.kind.rawValue)
    parameters.append(publisher.id)
    parameters.append(name)
    parameters.append(now)
  }
}
