import Kernel
import Knowledge
import Operations

enum ArticleOnIncident {
  static let article = Field.id("article", .article, "The article, a published one.", "已发布的文章。")
}

/// Notes that an article was of use on an incident; noted again, the last word counts.
package enum CiteArticle: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let article: PublicId
    let use: ArticleUse

    private static let use = Field.oneOf(
      "use", ArticleUse.allCases.map(\.rawValue), "used: it was of use; solved: what it says resolved the incident.", "used：有参考作用；solved：按其内容解决了事件。")
    package static let fields: [any InputField] = [IncidentFields.id, ArticleOnIncident.article, use]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      article = try values[ArticleOnIncident.article]
      use = ArticleUse(rawValue: try values[Self.use]) ?? .used
    }
  }

  package static let declaration = Declaration(
    "incident.cite", "Note that an article of the knowledge base was of use on an incident.", zh: "登记知识库文章在事件中的使用。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ticket = try await context.ticket(input.id)
    context.subject(input.id)
    guard let article = try await ArticleShelf(context, for: context.tenant.id).published(input.article) else { throw context.unknownReference("article") }
    // Before it is noted: what is noted already is no news.
    if input.use == .solved { try await tellAuthor(of: article, about: ticket, input, in: context) }
    context.note(TicketEventType.articleCited, .object(["article": .id(input.article), "use": .text(input.use.rawValue)]), on: ticket)
    context.transaction.enqueue(
      KeepArticleUse(tenant: context.tenant.id, ticket: ticket.id, article: article.id, use: input.use, principal: context.principal, now: context.now))
    return Done(id: input.id)
  }

  /// Whoever began the article hears that it solved a ticket, once a day of one customer; not of what he noted himself, nor of one ticket again.
  private static func tellAuthor(of article: PublishedRow, about ticket: Ticket, _ input: Input, in context: OperationContext) async throws {
    guard let author = try await ArticleShelf(context, for: context.tenant.id).author(of: article) else { return }
    guard context.actor.kind != .staff || context.actor.id != author.account else { return }
    let day = Instant(seconds: context.now.seconds.flooredQuotient(by: 86_400) * 86_400)
    let told = IsSolvedTold(tenant: context.tenant.id, article: article.id, ticket: ticket.id, since: day)
    guard try await context.transaction.first(told) != true else { return }
    let payload: [Value.Member] = [
      Value.Member("article", .id(input.article)), Value.Member("articleNumber", .text(author.number)), Value.Member("author", .id(author.staff)),
      Value.Member("incident", .id(context.id(.incident, ticket.publicId))),
      Value.Member("number", .text(IncidentView.number(of: context.tenant.code, ticket.number))),
    ]
    context.record(
      Event(
        subjectKind: ArticleNews.subjectKind, subject: article.id, seq: context.now.microseconds, type: ArticleNews.solved, payload: .object(payload),
        occurredAt: context.now),
      for: ["notifications"])
  }
}

/// Takes such a note back.
package enum UnciteArticle: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let article: PublicId

    package static let fields: [any InputField] = [IncidentFields.id, ArticleOnIncident.article]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      article = try values[ArticleOnIncident.article]
    }
  }

  package static let declaration = Declaration(
    "incident.uncite", "Take back that an article was of use on an incident.", zh: "撤销文章在事件中的使用登记。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ticket = try await context.ticket(input.id)
    context.subject(input.id)
    guard let article = try await ArticleShelf(context, for: context.tenant.id).row(input.article) else { throw context.unknownReference("article") }
    context.note(TicketEventType.articleUncited, .object(["article": .id(input.article)]), on: ticket)
    let dropped = try await context.transaction.first(DropArticleUse(tenant: context.tenant.id, ticket: ticket.id, article: article))
    guard dropped != nil else { throw Failure(.conflict, ArticleUseMessages.notCited) }
    return Done(id: input.id)
  }
}

extension OperationContext {
  /// Tells the history which article it was; first of all that is written, so that whoever has the ticket is waited for with nothing in hand.
  fileprivate func note(_ type: String, _ payload: Value, on ticket: Ticket) {
    transaction.enqueue(TicketNote(type, payload, on: ticket.id, of: tenant.id, by: actor, at: now))
  }
}

/// The articles that were of use on an incident.
package enum ListCitedArticles: Operation {
  package typealias Input = PageOfIncident

  package struct Entry: OperationOutput {
    let found: ArticlesOfTicket.Found
    let article: CitedArticle

    package static let fields: [OutputField<Entry>] = [
      OutputField("article", record: CitedArticle.self, "The article, also one that is not published any more.", "文章（包括已不再发布的文章）。") { $0.article },
      OutputField("use", .text, "used or solved.", "used（有参考作用）或 solved（据此解决）。") { .text($0.found.use) },
      OutputField("by", .text, "Who noted it.", "登记人。") { .text($0.found.actorName) },
      OutputField("at", .instant, "When it was noted.", "登记时间。") { .instant($0.found.at) },
    ]
  }

  package static let declaration = Declaration(
    "incident.articles", "List the articles that were of use on an incident.", zh: "列出事件中使用过的文章。", permission: "incident.knowledge",
    roles: [.administrator, .accountManager, .engineer], reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let ticket = try await context.ticket(input.id)
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let found = try await context.transaction.query(
      ArticlesOfTicket(tenant: context.tenant.id, ticket: ticket.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    let articles = try await ArticleShelf(context, for: context.tenant.id).cited(found.map(\.article))
    let rows = found.compactMap { row in articles[row.article].map { Entry(found: row, article: $0) } }
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.found.article)]) }, element: { $0 })
  }
}

/// Articles that may help with an incident, by the words of its title and category.
package enum SuggestArticles: Operation {
  package typealias Input = IncidentReference

  package struct Suggestions: OperationOutput {
    let articles: [ArticleHit]

    package static let fields: [OutputField<Suggestions>] = [
      OutputField("articles", listOf: ArticleHit.self, "The most fitting ones, ten at the most.", "最匹配的文章，最多十篇。") { $0.articles }
    ]
  }

  private static let most: Int64 = 10

  package static let declaration = Declaration(
    "incident.suggest", "Suggest articles of the knowledge base that may help with an incident.", zh: "为事件推荐可能有帮助的知识库文章。", permission: "incident.knowledge",
    roles: [.administrator, .accountManager, .engineer], reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Suggestions {
    let ticket = try await context.ticket(input.id)
    let text = [ticket.title, ticket.category].compactMap { $0 }.joined(separator: " ")
    return Suggestions(articles: try await ArticleShelf(context, for: context.tenant.id).suggestions(for: text, limit: most))
  }
}

enum ArticleUseMessages: MessageCatalog {
  static let notCited = Message("article_use.none", "This article is not noted on the incident.", zh: "该事件未登记此文章。")
  static let notResolved = Message(
    "knowledge_candidate.not_resolved", "Only what is resolved or closed makes an article.", zh: "只有已解决或已关闭的事件可作为知识候选。")
  static let isCandidate = Message("knowledge_candidate.already", "It is a candidate already, or an article was made of it.", zh: "该事件已是知识候选，或已据此生成文章。")
  static let noCandidate = Message("knowledge_candidate.none", "It is no open candidate.", zh: "该事件不是待处理的知识候选。")

  static let all = [notCited, notResolved, isCandidate, noCandidate]
}
