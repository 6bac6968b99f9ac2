import Kernel
import Knowledge
import Operations

/// Which notes that an article was of use are asked for.
package struct UsesOfArticle: OperationInput {
  let id: PublicId
  let customer: PublicId?
  let use: ArticleUse?
  let limit: Int64?
  let cursor: String?

  private static let id = Field.id("id", .article, "The article, also one that is not published any more.", "文章（包括已不再发布的文章）。")
  private static let customer = Field.id(
    "customer", .customer, "Only this customer's; left out: those of all that the caller serves.", "仅限此客户；不填则为所服务的全部客户。"
  ).optional
  private static let use = Field.oneOf(
    "use", ArticleUse.allCases.map(\.rawValue), "Only those on which it was of this use (default: both).",
    "仅限此用途：used 有参考作用、solved 据此解决（默认两者）。"
  ).optional
  package static let fields: [any InputField] = [id, customer, use, Paging.limit, Paging.cursor]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Self.id]
    customer = try values[Self.customer]
    use = try values[Self.use].flatMap(ArticleUse.init)
    limit = try values[Paging.limit]
    cursor = try values[Paging.cursor]
  }

  /// What a cursor belongs to.
  package var filterText: String { "\(id)/\(customer?.description ?? "")/\(use?.rawValue ?? "")" }
}

extension OperationContext {
  /// How they are looked for, of an article that the caller may read and of customers that he serves.
  package func uses(_ input: UsesOfArticle) async throws -> (find: FindUses, limit: Int64) {
    guard let article = try await ArticleShelf(self).row(input.id) else { throw Failure.notFound }
    let (limit, after) = try page(input.limit, input.cursor, filter: input.filterText)
    var tenants = access.tenants.map { $0.map(\.rawValue).sorted() }
    if let customer = input.customer {
      guard let entry = try await tenancy.tenant(customer.handle) else { throw unknownReference("customer") }
      tenants = [entry.id.rawValue]
    }
    let find = FindUses(article: article, use: input.use, tenants: tenants, before: try after.map(UsePlace.init), limit: limit + 1)
    return (find, limit)
  }
}

/// The incidents on which an article was of use: what it is worth, and whom to tell when it turns out to be wrong.
package enum ListIncidentsOfArticle: Operation {
  package typealias Input = UsesOfArticle

  package struct Entry: OperationOutput {
    let found: UsesAt.Found

    private func own(_ kind: IdKind, _ bits: [UInt8]) -> PublicId? { PublicId(kind: kind.prefix, handle: found.customer, random: bits) }

    package static let fields: [OutputField<Entry>] = [
      OutputField("customer", .id, "The customer.", "客户。") { .id($0.own(.customer, $0.found.customerBits)) },
      OutputField("incident", .id, "The incident.", "事件工单。") { .id($0.own(.incident, $0.found.ticket)) },
      OutputField("number", .text, "Its number, for people.", "工单号。") { .text(IncidentView.number(of: $0.found.code, $0.found.number)) },
      OutputField("title", .text, "What it is about, in a line.", "标题。") { .text($0.found.title) },
      OutputField("state", .text, "Where it stands.", "状态。") { .text($0.found.state) },
      OutputField("use", .text, "used or solved.", "used（有参考作用）或 solved（据此解决）。") { .text($0.found.use) },
      OutputField("by", .text, "Who noted it.", "登记人。") { .text($0.found.actorName) },
      OutputField("at", .instant, "When it was noted.", "登记时间。") { .instant($0.found.at) },
    ]
  }

  package static let declaration = Declaration(
    "article.incidents", "List the incidents on which an article was of use, of all customers or of one, the newest note first.",
    zh: "列出使用过某文章的事件（全部或某一客户），最新登记在前。", permission: "incident.knowledge", roles: [.administrator, .accountManager, .engineer],
    reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let (find, limit) = try await context.uses(input)
    let places = try await context.transaction.query(find)
    guard !places.isEmpty else { return Listing(items: [], next: nil) }
    let found = try await context.bound(to: Set(places.map(\.tenant)).sorted()) { try await $0.last(UsesAt(article: find.article, places: places)) }
    let rows = places.compactMap { place in
      found.first { $0.tenant == place.tenant && $0.row == place.ticket }.map { (place: place, found: $0) }
    }
    return context.listing(rows, limit: limit, filter: input.filterText, key: { $0.place.cursor }, element: { Entry(found: $0.found) })
  }
}

extension UsePlace {
  package var cursor: PageCursor { PageCursor([.integer(at.microseconds), .integer(tenant.rawValue), .integer(ticket)]) }

  fileprivate init(_ cursor: PageCursor) throws {
    self.init(tenant: TenantId(try cursor.integer(1)), ticket: try cursor.integer(2), at: try cursor.instant(0))
  }
}
