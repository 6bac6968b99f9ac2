import Kernel
import Operations

package enum RateArticle: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let isHelpful: Bool
    let remark: String?

    private static let isHelpful = Field.boolean("isHelpful", "Whether it helped.", "是否有帮助。")
    private static let remark = Field.longText("remark", 1...2000, "What was missing, or wrong.", "缺少或有误之处。").optional
    package static let fields: [any InputField] = [ArticleFields.id, isHelpful, remark]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ArticleFields.id]
      isHelpful = try values[Self.isHelpful]
      remark = try values[Self.remark]
    }
  }

  package static let declaration = Declaration(
    "article.rate", "Say whether an article helped; said again, the last word counts.", zh: "评价文章是否有帮助；可重复评价，以最后一次为准。",
    permission: "article.rate", roles: ArticleRights.everyone, scopes: ArticleRights.everyScope, reach: .home, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let row = try await context.published(input.id)
    context.transaction.enqueue(
      KeepRating(
        tenant: context.tenant.id, article: row, reader: Writer(context.principal), isHelpful: input.isHelpful, remark: input.remark, now: context.now))
    return Done(id: input.id)
  }
}

package enum ListRatings: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id(
      "customer", .customer, "The customer whose people are asked; left out: the provider's own staff.", "查看此客户人员的评价；不填则为服务商人员的评价。"
    ).optional
    package static let fields: [any InputField] = [ArticleFields.id, customer, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ArticleFields.id]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package struct Entry: OperationOutput {
    let found: RatingsOfArticle.Found

    package static let fields: [OutputField<Entry>] = [
      OutputField("reader", .text, "Who read it.", "读者。") { .text($0.found.reader.name) },
      OutputField("isHelpful", .boolean, "Whether it helped.", "是否有帮助。") { .bool($0.found.isHelpful) },
      OutputField("remark", .text, "What was missing, or wrong.", "缺少或有误之处。") { .text($0.found.remark) },
      OutputField("revision", .integer, "The version that was read.", "所读版次。") { .integer($0.found.seq) },
      OutputField("at", .instant, "When it was said.", "评价时间。") { .instant($0.found.at) },
    ]
  }

  package static let declaration = Declaration(
    "article.ratings", "List what the people of a customer, or the provider's own, say of an article.", zh: "列出某客户人员或服务商人员对文章的评价。",
    permission: ArticleRights.inspect, roles: ArticleRights.staff, reach: .homeOr(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let row = try await context.article(input.id)
    let filter = "\(input.id)/\(context.tenant.publicId)"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      RatingsOfArticle(
        tenant: context.tenant.id, article: row.id, after: (kind: try after?.text(0) ?? "", id: try after?.integer(1) ?? .min), limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.text($0.reader.kind), .integer($0.reader.id)])
    } element: {
      Entry(found: $0)
    }
  }
}
