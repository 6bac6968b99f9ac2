import Kernel
import Knowledge
import Operations
import Tenancy

/// Finds incidents by their words: of title, description and resolution, and of the comments that the caller may read.
package enum SearchIncidents: Operation {
  package struct Input: OperationInput {
    let text: String
    let customer: PublicId?
    let limit: Int64?
    let cursor: String?

    private static let text = Field.text(
      "text", 1...200, "Words that it must have, English or Chinese; or its number, such as ACME-INC-000123.",
      "须包含的词语（中文或英文）；或工单号，例如 ACME-INC-000123。")
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
    var tenants = context.access.tenants.map { $0.map(\.rawValue).sorted() }
    if let customer = input.customer {
      guard let entry = try await context.tenancy.tenant(customer.handle) else { throw context.unknownReference("customer") }
      tenants = [entry.id.rawValue]
    }
    let scope = context.access.rows
    // Whoever types a number means that one; what speaks of it comes after it.
    let named = try await context.ticket(numbered: input.text, in: tenants)
    var places: [FindTickets.Found] = []
    if !query.isEmpty {
      places = try await context.transaction.query(
        FindTickets(
          query: query, isStaff: context.principal.side == .staff, types: [.incident], tenants: tenants, scope: scope,
          after: try after.map(FindTickets.Found.init), limit: limit + (named == nil ? 1 : 2)))
    }
    if let named {
      places.removeAll { $0.tenant == named.tenant && $0.id == named.found.ticket.id }
    }
    var rows: [(place: FindTickets.Found, found: TicketsFound.Found)] = []
    if let named, after == nil { rows.append((place: .first, found: named.found)) }
    if !places.isEmpty {
      let read = places
      let found = try await context.bound(to: Set(read.map(\.tenant)).sorted()) { transaction in
        try await transaction.last(TicketsFound(places: read, scope: scope))
      }
      let byId = Dictionary(found.map { ($0.ticket.id, $0) }) { first, _ in first }
      rows += read.compactMap { place in byId[place.id].map { (place: place, found: $0) } }
    }
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

extension OperationContext {
  /// The ticket whose number a text is, if the caller may see it. Only for operations that read.
  /// - Parameter tenants: in which it may be; nil: in all.
  fileprivate func ticket(numbered text: String, in tenants: [Int64]?) async throws -> (tenant: TenantId, found: TicketsFound.Found)? {
    guard let number = ThingNumber(text), number.kind == IdKind.incident.prefix, let found = try await transaction.first(FindNumber(number: number)),
      let id = PublicId(kind: number.kind, handle: found.handle, random: found.random),
      let entry = try await transaction.first(FindTenant(handle: id.handle)), access.reaches(entry.id), tenants?.contains(entry.id.rawValue) ?? true
    else { return nil }
    let statement = TicketByPublicId(tenant: entry.id, publicId: id, scope: access.rows)
    guard let ticket = try await bound(to: [entry.id], { try await $0.first(statement) }) else { return nil }
    return (tenant: entry.id, found: TicketsFound.Found(ticket: ticket, customer: entry.publicId, code: entry.code))
  }
}

extension FindTickets.Found {
  /// Where the first page begins: before every ticket.
  fileprivate static let first = FindTickets.Found(tenant: TenantId(Int64.max), id: Int64.max, openedAt: Instant.accepted.upperBound)

  init(_ cursor: PageCursor) throws {
    openedAt = try cursor.instant(0)
    tenant = TenantId(try cursor.integer(1))
    id = try cursor.integer(2)
  }
}
