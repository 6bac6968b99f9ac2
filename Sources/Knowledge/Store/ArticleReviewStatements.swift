import Kernel
import Postgres

/// A published article that is to be looked through by a day.
struct DueArticle: Sendable {
  let id: Int64
  let day: CalendarDate
}

/// Published articles whose day has come and was not told of, by their numbers.
struct ArticlesToTell: Statement {
  let on: CalendarDate
  let after: Int64
  let limit: Int64

  static let sql = """
    select a.id, a.review_due_on from knowledge.article a
    where a.state = 'published' and a.review_told_on is distinct from a.review_due_on and a.review_due_on <= $1 and a.id > $2 order by a.id limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(on)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> DueArticle { DueArticle(id: try row.next(), day: try row.next()) }
}

/// Makes the review of a published article due by a day, if it is not due sooner; no row when the article is not published. Who it is told to is told
/// by the event of the act that did it: the sweep has nothing more to say.
struct CallForReview: Statement {
  let article: Int64
  let day: CalendarDate

  static let sql = """
    update knowledge.article set review_due_on = least(review_due_on, $2), review_told_on = least(review_due_on, $2), version = version + 1
    where id = $1 and state = 'published' returning public_id, version, review_due_on
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(article)
    parameters.append(day)
  }

  static func decode(_ row: inout RowReader) throws -> (publicId: [UInt8], version: Int64, day: CalendarDate) {
    (try row.next(), try row.next(), try row.next())
  }
}

/// Takes the telling upon itself; no row when it was told, confirmed or retired meanwhile. Its version stays: who is at it has nothing to see anew.
struct TakeArticleReview: Statement {
  let due: DueArticle

  static let sql = """
    update knowledge.article set review_told_on = review_due_on
    where id = $1 and review_due_on = $2 and state = 'published' and review_told_on is distinct from review_due_on returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(due.id)
    parameters.append(due.day)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
