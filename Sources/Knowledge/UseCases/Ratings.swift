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
    let customer: PublicId?
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id(
      "customer", .customer, "Only what this customer's people say; left out: what the readers of all customers that one serves say, and the staff.",
      "仅限此客户人员的评价；不填则为所服务的全部客户及服务商人员的评价。"
    ).optional
    package static let fields: [any InputField] = [ArticleFields.id, customer, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ArticleFields.id]
      customer = try values[Self.customer]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package struct Entry: OperationOutput {
    let found: RatingsAt.Found

    package static let fields: [OutputField<Entry>] = [
      OutputField("customer", .id, "The customer whose people the reader is one of; null: of the staff.", "读者所属客户；null 表示服务商人员。") { .id($0.found.customer) },
      OutputField("reader", .text, "Who read it.", "读者。") { .text($0.found.reader.name) },
      OutputField("isHelpful", .boolean, "Whether it helped.", "是否有帮助。") { .bool($0.found.isHelpful) },
      OutputField("remark", .text, "What was missing, or wrong.", "缺少或有误之处。") { .text($0.found.remark) },
      OutputField("revision", .integer, "The version that was read.", "所读版次。") { .integer($0.found.seq) },
      OutputField("at", .instant, "When it was said.", "评价时间。") { .instant($0.found.at) },
    ]
  }

  package static let declaration = Declaration(
    "article.ratings", "List what readers say of an article, of all customers or of one, the newest word first.", zh: "列出全部或某一客户的读者对文章的评价，最新在前。",
    permission: ArticleRights.inspect, roles: ArticleRights.staff, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let row = try await context.article(input.id)
    let filter = "\(input.id)/\(input.customer?.description ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    // What the provider's own people say is for everybody who inspects.
    var tenants = context.access.tenants.map { ($0.union([context.provider.id])).map(\.rawValue).sorted() }
    if let customer = input.customer {
      guard let entry = try await context.tenancy.tenant(customer.handle) else { throw context.unknownReference("customer") }
      tenants = [entry.id.rawValue]
    }
    let places = try await context.transaction.query(
      FindRatings(article: row.id, tenants: tenants, before: try after.map(RatingPlace.init), limit: limit + 1))
    guard !places.isEmpty else { return Listing(items: [], next: nil) }
    let found = try await context.bound(to: Set(places.map(\.tenant)).sorted()) { transaction in
      try await transaction.last(RatingsAt(article: row.id, places: places))
    }
    let rows = places.compactMap { place in
      found.first { $0.tenant == place.tenant && $0.reader.kind == place.kind && $0.reader.id == place.reader }.map { (place: place, found: $0) }
    }
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.place.at.microseconds), .integer($0.place.tenant.rawValue), .text($0.place.kind), .integer($0.place.reader)])
    } element: {
      Entry(found: $0.found)
    }
  }
}

extension RatingPlace {
  fileprivate init(_ cursor: PageCursor) throws {
    self.init(tenant: TenantId(try cursor.integer(1)), kind: try cursor.text(2), reader: try cursor.integer(3), at: try cursor.instant(0))
  }
}
