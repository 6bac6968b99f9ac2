import Kernel
import Operations

package enum CreateArticle: Operation {
  package struct Input: OperationInput {
    let content: ArticleContent
    let onlyFor: PublicId?
    let reviewMonths: Int64?

    package static let fields: [any InputField] = [
      ArticleFields.kind, ArticleFields.audience.optional, ArticleFields.onlyFor, ArticleFields.title, ArticleFields.body.optional,
      ArticleFields.symptom.optional, ArticleFields.cause.optional, ArticleFields.workaround.optional, ArticleFields.reviewMonths.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      let audience = try values[ArticleFields.audience.optional].flatMap(ArticleAudience.init)
      content = ArticleContent(
        kind: ArticleKind(rawValue: try values[ArticleFields.kind]) ?? .howTo, audience: audience ?? .staff, title: try values[ArticleFields.title],
        body: try values[ArticleFields.body.optional], symptom: try values[ArticleFields.symptom.optional],
        cause: try values[ArticleFields.cause.optional], workaround: try values[ArticleFields.workaround.optional])
      onlyFor = try values[ArticleFields.onlyFor]
      reviewMonths = try values[ArticleFields.reviewMonths.optional]
    }
  }

  package static let declaration = Declaration(
    "article.create", "Begin an article of the knowledge base: a draft.", zh: "新建知识库文章（草稿）。", permission: ArticleRights.write,
    roles: ArticleRights.writers, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleRecord {
    try ArticleRule.requireSound(input.content)
    let customer = try await context.onlyTenant(input.onlyFor)
    let (_, id) = try await context.beginArticle(input.content, onlyTenant: customer, reviewMonths: input.reviewMonths ?? 12)
    return try await context.articleRecord(id)
  }
}

package enum ChangeArticle: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let kind: Change<String>
    let audience: Change<String>
    let title: Change<LocalText>
    let body: Change<LocalText>
    let symptom: Change<LocalText>
    let cause: Change<LocalText>
    let workaround: Change<LocalText>
    let reviewMonths: Change<Int64>

    package static let fields: [any InputField] = [
      ArticleFields.id, ArticleFields.kind.change, ArticleFields.audience.change, ArticleFields.title.change, ArticleFields.body.clearable,
      ArticleFields.symptom.clearable, ArticleFields.cause.clearable, ArticleFields.workaround.clearable, ArticleFields.reviewMonths.change,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ArticleFields.id]
      kind = try values[ArticleFields.kind.change]
      audience = try values[ArticleFields.audience.change]
      title = try values[ArticleFields.title.change]
      body = try values[ArticleFields.body.clearable]
      symptom = try values[ArticleFields.symptom.clearable]
      cause = try values[ArticleFields.cause.clearable]
      workaround = try values[ArticleFields.workaround.clearable]
      reviewMonths = try values[ArticleFields.reviewMonths.change]
    }

    func applied(to content: ArticleContent) -> ArticleContent {
      ArticleContent(
        kind: ArticleKind(rawValue: kind.applied(to: content.kind.rawValue)) ?? content.kind,
        audience: ArticleAudience(rawValue: audience.applied(to: content.audience.rawValue)) ?? content.audience,
        title: title.applied(to: content.title), body: body.applied(to: content.body), symptom: symptom.applied(to: content.symptom),
        cause: cause.applied(to: content.cause), workaround: workaround.applied(to: content.workaround))
    }
  }

  package static let declaration = Declaration(
    "article.change", "Write at an article's draft; what is published stays as it is.", zh: "编辑文章草稿；已发布的内容不变。", permission: ArticleRights.write,
    roles: ArticleRights.writers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleRecord {
    let (row, life) = try await context.article(input.id, for: .write)
    guard let draft = row.draft else { throw context.beaten }
    let content = input.applied(to: draft.content)
    let months = input.reviewMonths.applied(to: row.reviewMonths)
    guard content != draft.content || months != row.reviewMonths else { throw Failure(.invalid, KnowledgeMessages.nothingToChange) }
    try ArticleRule.requireSound(content)
    let writer = Writer(context.principal)
    // Who only sets the cycle wrote nothing of the text.
    let writers = draft.writers + (content == draft.content || draft.writers.contains(writer) ? [] : [writer])
    context.transaction.enqueue(
      KeepDraft(article: row.id, draft: ArticleRow.Draft(content: content, writers: writers, remark: draft.remark), now: context.now))
    var update = UpdateArticle(row, life)
    update.content = row.publishedSeq == nil ? content : nil
    update.reviewMonths = months
    try await context.save(update, of: row, "changed")
    return try await context.articleRecord(input.id)
  }
}

package enum ReviseArticle: Operation {
  package typealias Input = ArticleReference

  package static let declaration = Declaration(
    "article.revise", "Begin a new version of an article: a draft of its newest one. A retired article comes back with it.",
    zh: "开始编写新版次：以最新版次为草稿。已停用的文章随新版次重新启用。", permission: ArticleRights.write, roles: ArticleRights.writers, reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleRecord {
    let (row, life) = try await context.article(input.id, for: .revise)
    guard let content = try await context.transaction.first(NewestContent(article: row.id)) else {
      throw Failure(.conflict, KnowledgeMessages.notPublished)
    }
    let draft = ArticleRow.Draft(content: content, writers: [Writer(context.principal)], remark: nil)
    context.transaction.enqueue(KeepDraft(article: row.id, draft: draft, now: context.now))
    try await context.save(UpdateArticle(row, life), of: row, "revised")
    return try await context.articleRecord(input.id)
  }
}

package enum DiscardDraft: Operation {
  package typealias Input = ArticleReference

  package static let declaration = Declaration(
    "article.discard", "Drop the draft of an article that was published before; what is published stays.", zh: "放弃草稿（限曾发布过的文章）；已发布的内容不变。",
    permission: ArticleRights.write, roles: ArticleRights.writers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleRecord {
    let (row, life) = try await context.article(input.id, for: .discard)
    context.transaction.enqueue(DropDraft(article: row.id))
    try await context.save(UpdateArticle(row, life), of: row, "discarded")
    return try await context.articleRecord(input.id)
  }
}

extension OperationContext {
  /// The customer that an article is to be about.
  func onlyTenant(_ id: PublicId?) async throws -> TenantId? {
    guard let id else { return nil }
    guard let entry = try await tenancy.tenant(id.handle), entry.kind == .customer else { throw unknownReference("onlyFor") }
    return entry.id
  }
}
