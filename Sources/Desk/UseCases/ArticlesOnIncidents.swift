import Kernel
import Knowledge
import Operations

/// Incidents, on which articles are of use.
package enum CitingIncidents: CitingProcess {
  package typealias Note = TicketNote

  package static let uses = "desk.article_use"
  package static let column = "ticket_id"
  package static let candidates = "desk.knowledge_candidate"
  package static let id = IncidentFields.id
  package static let use = Field.oneOf(
    "use", ArticleUse.allCases.map(\.rawValue), "used: it was of use; solved: what it says resolved the incident.", "used：有参考作用；solved：按其内容解决了事件。")
  package static let told: [OutputField<CitedUse<CitingIncidents>>] = CitedUse.told(solved: "据此解决")
  package static let cited = TicketEventType.articleCited
  package static let uncited = TicketEventType.articleUncited
  package static let notCited = ArticleUseMessages.notCited
  package static let isCandidate = ArticleUseMessages.isCandidate
  package static let noCandidate = ArticleUseMessages.noCandidate
}

/// Notes that an article was of use on an incident; noted again, the last word counts.
package enum CiteArticle: Operation {
  package typealias Input = CiteInput<CitingIncidents>

  package static let declaration = Declaration(
    "incident.cite", "Note that an article of the knowledge base was of use on an incident.", zh: "登记知识库文章在事件中的使用。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ticket = try await context.ticket(input.id)
    return try await context.cite(input, on: ticket.id) { article in
      // Before it is noted: what is noted already is no news.
      if input.use == .solved { try await tellAuthor(of: article, about: ticket, input, in: context) }
    }
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
  package typealias Input = UnciteInput<CitingIncidents>

  package static let declaration = Declaration(
    "incident.uncite", "Take back that an article was of use on an incident.", zh: "撤销文章在事件中的使用登记。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ticket = try await context.ticket(input.id)
    return try await context.uncite(input, on: ticket.id)
  }
}

/// The articles that were of use on an incident.
package enum ListCitedArticles: Operation {
  package typealias Input = PageOfIncident

  package static let declaration = Declaration(
    "incident.articles", "List the articles that were of use on an incident.", zh: "列出事件中使用过的文章。", permission: "incident.knowledge",
    roles: [.administrator, .accountManager, .engineer], reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CitedUse<CitingIncidents>> {
    let ticket = try await context.ticket(input.id)
    return try await context.citedArticles(of: CitingIncidents.self, input.id, on: ticket.id, input.limit, input.cursor)
  }
}

/// Articles that may help with an incident, by the words of its title and category.
package enum SuggestArticles: Operation {
  package typealias Input = IncidentReference

  package static let declaration = Declaration(
    "incident.suggest", "Suggest articles of the knowledge base that may help with an incident.", zh: "为事件推荐可能有帮助的知识库文章。", permission: "incident.knowledge",
    roles: [.administrator, .accountManager, .engineer], reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleSuggestions {
    let ticket = try await context.ticket(input.id)
    let text = [ticket.title, ticket.category].compactMap { $0 }.joined(separator: " ")
    return try await ArticleShelf(context, for: context.tenant.id).suggestions(for: text)
  }
}

enum ArticleUseMessages: MessageCatalog {
  static let notCited = Message("article_use.none", "This article is not noted on the incident.", zh: "该事件未登记此文章。")
  static let notResolved = Message(
    "knowledge_candidate.not_resolved", "Only what is resolved or closed makes an article: what was opened again, once it is so again.",
    zh: "只有已解决或已关闭的事件可据以编写文章；重新打开的事件须再次解决。")
  static let isCandidate = Message("knowledge_candidate.already", "It is a candidate already, or an article was made of it.", zh: "该事件已是知识候选，或已据此生成文章。")
  static let noCandidate = Message("knowledge_candidate.none", "It is no open candidate.", zh: "该事件不是待处理的知识候选。")

  static let all = [notCited, notResolved, isCandidate, noCandidate]
}
