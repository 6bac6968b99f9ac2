import Kernel
import Postgres

/// A handbook that is to be looked through by a day.
struct DueHandbook: Sendable {
  let id: Int64
  let day: CalendarDate
}

/// Handbooks whose day has come and was not told of, by their numbers.
struct HandbooksToTell: Statement {
  let on: CalendarDate
  let after: Int64
  let limit: Int64

  static let sql = """
    select h.id, h.review_due_on from handbooks.handbook h
    where h.review_told_on is distinct from h.review_due_on and h.review_due_on <= $1 and h.id > $2 order by h.id limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(on)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> DueHandbook { DueHandbook(id: try row.next(), day: try row.next()) }
}

/// Takes the telling upon itself; no row when it was told or confirmed meanwhile. Its version stays: who is at it has nothing to see anew.
struct TakeHandbookReview: Statement {
  let due: DueHandbook

  static let sql = """
    update handbooks.handbook set review_told_on = review_due_on
    where id = $1 and review_due_on = $2 and review_told_on is distinct from review_due_on returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(due.id)
    parameters.append(due.day)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
