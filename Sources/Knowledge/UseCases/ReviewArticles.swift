import Kernel
import Operations

package enum SubmitArticle: Operation {
  package typealias Input = ArticleReference

  package static let declaration = Declaration(
    "article.submit", "Hand a draft over for review.", zh: "提交草稿审阅。", permission: ArticleRights.write, roles: ArticleRights.writers, reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleRecord {
    let (row, life) = try await context.article(input.id, for: .submit)
    try await context.save(UpdateArticle(row, life), of: row, "submitted")
    return try await context.articleRecord(input.id)
  }
}

package enum SendBackArticle: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let remark: String

    private static let remark = Field.longText("remark", 1...2000, "What is to be mended.", "需要修改之处。")
    package static let fields: [any InputField] = [ArticleFields.id, remark]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ArticleFields.id]
      remark = try values[Self.remark]
    }
  }

  package static let declaration = Declaration(
    "article.send_back", "Send a draft that is in review back to its writers, with a remark.", zh: "将审阅中的草稿退回编写者并说明原因。",
    permission: ArticleRights.write, roles: ArticleRights.writers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleRecord {
    let (row, life) = try await context.article(input.id, for: .sendBack)
    guard let draft = row.draft else { throw context.beaten }
    let remarked = ArticleRow.Draft(content: draft.content, writers: draft.writers, remark: input.remark)
    context.transaction.enqueue(KeepDraft(article: row.id, draft: remarked, now: context.now))
    try await context.save(UpdateArticle(row, life), of: row, "sent_back")
    return try await context.articleRecord(input.id)
  }
}

package enum PublishArticle: Operation {
  package typealias Input = ArticleReference

  package static let declaration = Declaration(
    "article.publish", "Publish a draft that is in review, as one who did not write at it.", zh: "发布审阅中的草稿（须由未参与编写者执行）。",
    permission: ArticleRights.review, roles: ArticleRights.writers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleRecord {
    let (row, life) = try await context.article(input.id, for: .publish)
    try ArticleRule.requireReviewer(Party(context.principal), of: row.draft?.writers ?? [])
    try await context.publish(row, life, bypassReason: nil)
    return try await context.articleRecord(input.id)
  }
}

package enum BypassReview: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String

    private static let reason = Field.longText("reason", 1...2000, "Why nobody else looks at it first.", "免审原因。")
    package static let fields: [any InputField] = [ArticleFields.id, reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ArticleFields.id]
      reason = try values[Self.reason]
    }
  }

  package static let declaration = Declaration(
    "article.bypass", "Publish a draft without another's review; the reason stands with the version.", zh: "免审发布草稿；原因随版次留存。",
    roles: ArticleRights.administrators, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleRecord {
    let (row, life) = try await context.article(input.id, for: .bypass)
    try await context.publish(row, life, bypassReason: input.reason)
    return try await context.articleRecord(input.id)
  }
}

package enum ConfirmArticle: Operation {
  package typealias Input = ArticleReference

  package static let declaration = Declaration(
    "article.confirm", "Say that a published article was looked through and is still right: its next review is due a cycle from today.",
    zh: "确认已发布文章仍然正确：下次复审自今日起顺延一个周期。", permission: ArticleRights.review, roles: ArticleRights.writers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleRecord {
    let (row, life) = try await context.article(input.id, for: .confirm)
    try context.requireReach(of: row)
    var update = UpdateArticle(row, life)
    update.reviewDueOn = ArticleRule.reviewDay(after: context.day, months: row.reviewMonths)
    try await context.save(update, of: row, "confirmed")
    return try await context.articleRecord(input.id)
  }
}

package enum RetireArticle: Operation {
  package typealias Input = ArticleReference

  package static let declaration = Declaration(
    "article.retire", "Take an article out of use: nobody finds or reads it any more; its versions stay.", zh: "停用文章：不再可查阅，历史版次保留。",
    permission: ArticleRights.review, roles: ArticleRights.writers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleRecord {
    let (row, life) = try await context.article(input.id, for: .retire)
    try context.requireReach(of: row)
    context.transaction.enqueue(DropDraft(article: row.id))
    context.transaction.enqueue(DropPublished(article: row.id))
    var update = UpdateArticle(row, life)
    update.reviewDueOn = nil
    try await context.save(update, of: row, "retired")
    return try await context.articleRecord(input.id)
  }
}
