import Kernel
import Knowledge
import Operations

/// A process on whose records it is noted which articles of the knowledge base were of use, and of which articles should be made. A note stands beside its
/// record: it needs no version of it, and raises none.
package protocol CitingProcess: NamesRecord {
  /// By which its history is told.
  associatedtype Note: NoteStatement
  /// Where its notes are, `schema.table`, and which column there says of what record.
  static var uses: String { get }
  static var column: String { get }
  /// Where those are marked of which an article should be made: `schema.table`, with the same column.
  static var candidates: String { get }
  /// The field that says of what use an article was: one of ``ArticleUse``.
  static var use: Field<String> { get }
  /// What a list tells of a note, by ``CitedUse/told(solved:)``: made once, for each note is told by it.
  static var told: [OutputField<CitedUse<Self>>] { get }
  /// The types of its events.
  static var cited: String { get }
  static var uncited: String { get }
  static var notCited: Message { get }
  static var isCandidate: Message { get }
  static var noCandidate: Message { get }
}

private enum CitedFields {
  static let article = Field.id("article", .article, "The article, a published one.", "已发布的文章。")
}

/// Of what use an article was on a record.
package struct CiteInput<Process: CitingProcess>: OperationInput {
  package let id: PublicId
  package let article: PublicId
  package let use: ArticleUse

  package static var fields: [any InputField] { [Process.id, CitedFields.article, Process.use] }

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Process.id]
    article = try values[CitedFields.article]
    use = ArticleUse(rawValue: try values[Process.use]) ?? .used
  }
}

/// Which article was of no use on a record after all.
package struct UnciteInput<Process: CitingProcess>: OperationInput {
  package let id: PublicId
  package let article: PublicId

  package static var fields: [any InputField] { [Process.id, CitedFields.article] }

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Process.id]
    article = try values[CitedFields.article]
  }
}

/// An article that was of use on a record.
package struct CitedUse<Process: CitingProcess>: OperationOutput {
  let found: NotedArticle
  let article: CitedArticle

  package static var fields: [OutputField<Self>] { Process.told }

  /// - Parameter solved: what that it solved means of a record of the process, in Chinese.
  package static func told(solved: String) -> [OutputField<Self>] {
    [
      OutputField("article", record: CitedArticle.self, "The article, also one that is not published any more.", "文章（包括已不再发布的文章）。") { $0.article },
      OutputField("use", .text, "used or solved.", "used（有参考作用）或 solved（\(solved)）。") { .text($0.found.use) },
      OutputField("by", .text, "Who noted it.", "登记人。") { .text($0.found.actorName) },
      OutputField("at", .instant, "When it was noted.", "登记时间。") { .instant($0.found.at) },
    ]
  }
}

extension OperationContext {
  /// Notes that an article was of use on a record; noted again, the last word counts.
  /// - Parameter beforehand: what is to be done while it is not noted yet.
  package func cite<Process: CitingProcess>(
    _ input: CiteInput<Process>, on record: Int64, beforehand: (PublishedRow) async throws -> Void = { _ in }
  ) async throws -> Done {
    subject(input.id)
    guard let article = try await ArticleShelf(self, for: tenant.id).published(input.article) else { throw unknownReference("article") }
    try await beforehand(article)
    // First of all that is written, so that whoever has the record is waited for with nothing in hand.
    let payload: Value = .object(["article": .id(input.article), "use": .text(input.use.rawValue)])
    transaction.enqueue(Process.Note(Process.cited, payload, on: record, of: tenant.id, by: actor, at: now))
    transaction.enqueue(
      KeepArticleUse<Process>(tenant: tenant.id, record: record, article: article.id, use: input.use, principal: principal, now: now))
    return Done(id: input.id)
  }

  /// Takes such a note back.
  package func uncite<Process: CitingProcess>(_ input: UnciteInput<Process>, on record: Int64) async throws -> Done {
    subject(input.id)
    guard let article = try await ArticleShelf(self, for: tenant.id).row(input.article) else { throw unknownReference("article") }
    let payload: Value = .object(["article": .id(input.article)])
    transaction.enqueue(Process.Note(Process.uncited, payload, on: record, of: tenant.id, by: actor, at: now))
    let dropped = try await transaction.first(DropArticleUse<Process>(tenant: tenant.id, record: record, article: article))
    guard dropped != nil else { throw Failure(.conflict, Process.notCited) }
    return Done(id: input.id)
  }

  /// Whether an article was of use on a record.
  package func hasCitedArticle<Process: CitingProcess>(of process: Process.Type, on record: Int64) async throws -> Bool {
    try await transaction.first(ArticlesOfRecord<Process>(tenant: tenant.id, record: record, after: 0, limit: 1)) != nil
  }

  /// A page of the articles that were of use on a record.
  package func citedArticles<Process: CitingProcess>(
    of process: Process.Type, _ id: PublicId, on record: Int64, _ limit: Int64?, _ cursor: String?
  ) async throws -> Listing<CitedUse<Process>> {
    let filter = id.description
    let (most, after) = try page(limit, cursor, filter: filter)
    let found = try await transaction.query(
      ArticlesOfRecord<Process>(tenant: tenant.id, record: record, after: try after?.integer(0) ?? 0, limit: most + 1))
    let articles = try await ArticleShelf(self, for: tenant.id).cited(found.map(\.article))
    let rows = found.compactMap { row in articles[row.article].map { CitedUse<Process>(found: row, article: $0) } }
    return listing(rows, limit: most, filter: filter, key: { PageCursor([.integer($0.found.article)]) }, element: { $0 })
  }
}
