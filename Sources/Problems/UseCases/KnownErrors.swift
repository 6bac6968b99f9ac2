import Desk
import Kernel
import Knowledge
import Operations

/// Begins the article that tells a problem as a known error; it is reviewed and published like any other.
package enum DraftKnownError: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let audience: String

    private static let audience = Field.oneOf(
      "audience", ["internal", "customers"], "internal: staff only (default); customers: the people of the incidents behind it too, once it is published.",
      "internal：仅服务商人员（默认）；customers：发布后相关事件的客户人员亦可阅读。"
    ).optional
    package static let fields: [any InputField] = [ProblemFields.id, audience]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ProblemFields.id]
      audience = try values[Self.audience] ?? "internal"
    }
  }

  package static let declaration = Declaration(
    "problem.draft_known_error", "Begin the article of the knowledge base that tells a problem as a known error, of its texts.",
    zh: "根据问题内容起草知识库中的已知错误文章。", permission: ProblemRights.work, roles: ProblemRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  /// As many characters as an article's texts have.
  private static let mostCharacters = 5000

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    var work = try await ProblemWork.begin(on: input.id, in: context)
    try work.requireOpen()
    guard context.principal.access("article.write", honouring: [.listed, .all], at: context.now) != nil else {
      throw Failure(.denied, ProblemMessages.mayNotWrite)
    }
    guard work.row.article == nil else { throw Failure(.conflict, ProblemMessages.hasArticle) }
    let process = work.row.process
    guard process.cause != nil || process.workaround != nil else { throw Failure(.conflict, ProblemMessages.nothingKnown) }
    let symptom = String(String.UnicodeScalarView(work.row.description.unicodeScalars.prefix(mostCharacters)))
    let content = ArticleContent.knownError(
      title: work.row.title, symptom: symptom.isEmpty ? work.row.title : symptom, cause: process.cause, workaround: process.workaround,
      forCustomers: input.audience == "customers")
    let begun = try await context.beginArticle(content, onlyTenant: work.row.customer?.id)
    work.cite(ProblemRow.Reference(id: begun.row, publicId: begun.id.random))
    work.save()
    return work.record
  }
}

/// An article that was published already tells the problem, also in place of another.
package enum CiteKnownError: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let article: PublicId

    private static let article = Field.id("article", .article, "A published article, a known error.", "已发布的已知错误文章。")
    package static let fields: [any InputField] = [ProblemFields.id, article]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ProblemFields.id]
      article = try values[Self.article]
    }
  }

  package static let declaration = Declaration(
    "problem.cite_known_error", "Say that a published known error of the knowledge base tells a problem.", zh: "登记描述此问题的已发布已知错误文章。",
    permission: ProblemRights.work, roles: ProblemRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    var work = try await ProblemWork.begin(on: input.id, in: context)
    try work.requireOpen()
    // About nobody in particular, or about the customer whom the problem is about.
    guard let article = try await ArticleShelf(context, for: work.row.customer?.id).knownError(input.article) else {
      throw context.unknownReference("article")
    }
    guard article != work.row.article?.id else { throw Failure(.conflict, ProblemMessages.hasArticle) }
    try await work.doubtArticle(.replaced)
    work.cite(ProblemRow.Reference(id: article, publicId: input.article.random))
    work.save()
    return work.record
  }
}

/// What is known of an incident's cause, as far as it is published for the reader: of a problem itself a customer sees nothing.
package enum ListKnownErrorsOfIncident: Operation {
  package typealias Input = ReadProblemCandidate.Input

  package struct Output: OperationOutput {
    let knownErrors: [KnownErrorSheet]

    package static let fields: [OutputField<Output>] = [
      OutputField("knownErrors", listOf: KnownErrorSheet.self, "What is published of what lies behind it.", "已发布的、引起该事件的已知错误。") { $0.knownErrors }
    ]
  }

  package static let declaration = Declaration(
    "incident.known_errors", "Read what is published of the known errors behind an incident, and what helps meanwhile.", zh: "查看引起事件的已知错误及其临时方案（已发布部分）。",
    permission: "incident.read", roles: [.administrator, .accountManager, .engineer, .finance, .customerManager, .requester],
    scopes: [.listed, .all, .tenant, .unit, .own], reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let ticket = try await context.ticket(input.id)
    let articles = try await context.transaction.query(KnownErrorsOfTicket(tenant: context.tenant.id, ticket: ticket.id))
    guard !articles.isEmpty else { return Output(knownErrors: []) }
    return Output(knownErrors: try await context.knownErrors(articles))
  }
}

extension ProblemWork {
  /// Its incidents are told by the sweep.
  fileprivate mutating func cite(_ article: ProblemRow.Reference) {
    row.article = article
    note("known_error_told", .object(["article": .id(context.id(.article, article.publicId))]))
    tell(.knownError)
  }
}
