import Kernel
import Operations

package enum InspectArticle: Operation {
  package typealias Input = ArticleReference

  package static let declaration = Declaration(
    "article.inspect", "Read an article as staff: its life, its review, and what is being written.", zh: "以服务商人员身份查看文章：状态、复审与草稿。",
    permission: ArticleRights.inspect, roles: ArticleRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleRecord { try await context.articleRecord(input.id) }
}

package enum ListArticles: Operation {
  package struct Input: OperationInput {
    let state: String?
    let draftState: String?
    let kind: String?
    let onlyFor: PublicId?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf(
      "state", ArticleLife.Standing.allCases.map(\.rawValue), "Only those in this state.", "仅限此状态。"
    ).optional
    private static let draftState = Field.oneOf(
      "draftState", ArticleLife.Draft.allCases.map(\.rawValue), "Only those whose draft is in this state.", "仅限草稿处于此状态的文章。"
    ).optional
    private static let kind = Field.oneOf("kind", ArticleKind.allCases.map(\.rawValue), "Only those of this kind.", "仅限此类型。").optional
    private static let onlyFor = Field.id("onlyFor", .customer, "Only those about this customer.", "仅限涉及此客户的文章。").optional

    package static let fields: [any InputField] = [state, draftState, kind, onlyFor, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.state]
      draftState = try values[Self.draftState]
      kind = try values[Self.kind]
      onlyFor = try values[Self.onlyFor]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor belongs to.
    var filterText: String { [state, draftState, kind, onlyFor?.description].map { $0 ?? "" }.joined(separator: "/") }
  }

  package static let declaration = Declaration(
    "article.list", "List articles as staff, the newest first: what is published, retired, or being written.", zh: "以服务商人员身份列出文章，最新在前。",
    permission: ArticleRights.inspect, roles: ArticleRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ArticleRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    let customer = try await context.onlyTenant(input.onlyFor)
    let list = ArticlesOfList(
      customers: context.articleCustomers,
      filter: ArticleFilter(state: input.state, draftState: input.draftState, kind: input.kind, onlyTenant: customer),
      before: try after?.integer(0) ?? .max, limit: limit + 1)
    let rows =
      if input.draftState == nil { try await context.transaction.query(list) } else { try await context.transaction.query(ArticlesInWork(list: list)) }
    return context.listing(rows, limit: limit, filter: input.filterText) {
      PageCursor([.integer($0.id)])
    } element: {
      ArticleRecord($0, in: context)
    }
  }
}

package enum ListDueArticles: Operation {
  package struct Input: OperationInput {
    let until: CalendarDate?
    let limit: Int64?
    let cursor: String?

    private static let until = Field.date("until", "Those that are due by this day (default: a month from today).", "在此日之前（含当日）到期（默认自今日起一个月）。").optional

    package static let fields: [any InputField] = [until, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      until = try values[Self.until]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "article.due", "List the published articles that somebody must look through, the longest due first.", zh: "列出须复审的已发布文章，逾期最久的在前。",
    permission: ArticleRights.inspect, roles: ArticleRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ArticleRecord> {
    let filter = input.until?.description ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ArticlesDue(
        customers: context.articleCustomers, until: input.until ?? ArticleRule.reviewDay(after: context.day, months: 1),
        after: try after.map { (day: CalendarDate(daysSinceEpoch: try $0.integer(0)), id: try $0.integer(1)) }, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.reviewDueOn?.daysSinceEpoch), .integer($0.id)])
    } element: {
      ArticleRecord($0, in: context)
    }
  }
}

package typealias PageOfArticle = PageOf<ArticleFields>

package enum ListVersions: Operation {
  package typealias Input = PageOfArticle

  package struct Entry: OperationOutput {
    let found: VersionsOfArticle.Found

    package static let fields: [OutputField<Entry>] = [
      OutputField("revision", .integer, "Its number, from 1.", "版次，从 1 开始。") { .integer($0.found.seq) },
      OutputField("content", .document, "What it said: kind, audience and texts.", "内容：类型、读者与文本。") { $0.found.content },
      OutputField("author", .text, "Who began it.", "作者。") { .text($0.found.writers.first) },
      OutputField("contributors", .list(.text), "Who else wrote at it.", "其他编写者。") { .array($0.found.writers.dropFirst().map { .text($0) }) },
      OutputField("publishedBy", .text, "Who published it.", "发布者。") { .text($0.found.reviewerName) },
      OutputField("bypassReason", .text, "Why nobody else looked at it; null: somebody did.", "免审原因；null 表示已经他人审阅。") { .text($0.found.bypassReason) },
      OutputField("publishedAt", .instant, "When it was published.", "发布时间。") { .instant($0.found.publishedAt) },
    ]
  }

  package static let declaration = Declaration(
    "article.versions", "List the published versions of an article, the newest first, with who wrote and who published them.",
    zh: "列出文章已发布的各版次及其编写者与发布者，最新在前。", permission: ArticleRights.inspect, roles: ArticleRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let row = try await context.article(input.id)
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(VersionsOfArticle(article: row.id, before: try after?.integer(0) ?? .max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.seq)])
    } element: {
      Entry(found: $0)
    }
  }
}
