import Kernel
import Knowledge
import Operations

/// Finds incidents by their words: of title, description and resolution, and of the comments that the caller may read.
package enum SearchIncidents: Operation {
  package struct Input: OperationInput {
    let text: String
    let customer: PublicId?
    let limit: Int64?
    let cursor: String?

    private static let text = Field.text("text", 1...200, "Words that it must have, English or Chinese.", "须包含的词语（中文或英文）。")
    private static let customer = Field.id(
      "customer", .customer, "Only this customer's; left out: those of all that the caller serves.", "仅限此客户；不填则为所服务的全部客户。"
    ).optional

    package static let fields: [any InputField] = [text, customer, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      text = try values[Self.text]
      customer = try values[Self.customer]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filterText: String { "\(customer?.description ?? "")/\(text)" }
  }

  package static let declaration = Declaration(
    "incident.search", "Find incidents by the words of their texts and comments, the newest first.", zh: "按标题、描述、解决方法及评论中的词语查找事件，最新在前。",
    permission: "incident.read", roles: IncidentFields.readers, scopes: IncidentFields.everyScope, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<IncidentLine> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    let query = SearchQuery(input.text)
    guard !query.isEmpty else { return Listing(items: [], next: nil) }
    var tenants = context.access.tenants.map { $0.map(\.rawValue).sorted() }
    if let customer = input.customer {
      guard let entry = try await context.tenancy.tenant(customer.handle) else { throw context.unknownReference("customer") }
      tenants = [entry.id.rawValue]
    }
    let scope = context.access.rows
    let places = try await context.transaction.query(
      FindTickets(
        query: query, isStaff: context.principal.side == .staff, types: [.incident], tenants: tenants, scope: scope,
        after: try after.map(FindTickets.Found.init), limit: limit + 1))
    guard !places.isEmpty else { return Listing(items: [], next: nil) }
    let found = try await context.bound(to: Set(places.map(\.tenant)).sorted()) { transaction in
      try await transaction.last(TicketsFound(places: places, scope: scope))
    }
    let byId = Dictionary(found.map { ($0.ticket.id, $0) }) { first, _ in first }
    let rows = places.compactMap { place in byId[place.id].map { (place: place, found: $0) } }
    return context.listing(rows, limit: limit, filter: input.filterText) {
      PageCursor([.integer($0.place.openedAt.microseconds), .integer($0.place.tenant.rawValue), .integer($0.place.id)])
    } element: { row in
      IncidentLine(
        incident: IncidentView(
          row.found.ticket, customer: row.found.customer, code: row.found.code, provider: context.provider.handle,
          showsAssignment: context.principal.side == .staff))
    }
  }
}

extension FindTickets.Found {
  init(_ cursor: PageCursor) throws {
    openedAt = try cursor.instant(0)
    tenant = TenantId(try cursor.integer(1))
    id = try cursor.integer(2)
  }
}
