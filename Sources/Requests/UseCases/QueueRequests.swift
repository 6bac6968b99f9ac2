import Kernel
import Operations
import Tenancy

/// A request in a look over all customers.
package struct QueuedRequest: OperationOutput {
  let customer: TenantEntry
  let line: RequestLine

  package static let fields: [OutputField<QueuedRequest>] =
    [
      OutputField("customerCode", .text, "The customer's code.", "客户代码。") { .text($0.customer.code) },
      OutputField("customerName", .text, "The customer's name.", "客户名称。") { .text($0.customer.name) },
    ] + RequestLine.facts { $0.line }
}

/// What is ordered and not over, of all customers.
package enum QueueRequests: Operation {
  package struct Input: OperationInput {
    let customers: [PublicId]?
    let state: RequestState?
    let offered: Bool
    let limit: Int64?
    let cursor: String?

    /// As `finder.open_requests` has them.
    private static let open: [RequestState] = [.submitted, .awaitingApproval, .approved, .fulfilling]
    private static let stateField = Field.oneOf("state", open.map(\.rawValue), "Only those in this state.", "仅限此状态。").optional
    package static let fields: [any InputField] = [ServedCustomers.field, stateField, OfferFields.offered, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      customers = try values[ServedCustomers.field]
      state = try values[Self.stateField].flatMap(RequestState.init(rawValue:))
      offered = try values[OfferFields.offered] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filterText: String { "\(state?.rawValue ?? "-") \(offered) \((customers ?? []).map(\.description).joined(separator: ","))" }
  }

  package static let declaration = Declaration(
    "request.queue", "List the requests of all customers that the caller serves that are not over, the oldest first.",
    zh: "列出所服务客户的全部未结请求，最早的在前。", roles: [.administrator, .accountManager, .engineer], reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<QueuedRequest> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    let positions = try await context.transaction.query(
      RequestPositions(
        tenants: try await context.served(input.customers), state: input.state, isOffered: input.offered,
        reader: context.actor.kind == .staff ? context.actor.id : nil, after: try after.map(RequestPositions.Found.init), limit: limit + 1))
    let requests = try await requests(at: positions, context)
    // One that ended since the look shows what it is now.
    let rows = positions.compactMap { position in requests[position.id].map { (position: position, request: $0) } }
    return context.listing(rows, limit: limit, filter: input.filterText, key: { $0.position.cursor }, element: { $0.request })
  }

  /// The requests at positions of the finder's, read under row security with exactly their customers bound.
  private static func requests(at positions: [RequestPositions.Found], _ context: OperationContext) async throws -> [Int64: QueuedRequest] {
    guard !positions.isEmpty else { return [:] }
    let tenants = Set(positions.map(\.tenant)).sorted()
    let customers = try await context.entries(of: tenants)
    let rows = try await context.bound(to: tenants) { try await $0.last(RequestsAt(positions: positions)) }
    let byId = Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
    var requests: [Int64: QueuedRequest] = [:]
    for position in positions {
      guard let row = byId[position.id], let customer = customers[position.tenant] else { continue }
      requests[position.id] = QueuedRequest(customer: customer, line: RequestLine(row, of: customer, provider: context.provider))
    }
    return requests
  }
}

extension RequestPositions.Found {
  fileprivate var cursor: PageCursor { PageCursor([.integer(submittedAt.microseconds), .integer(tenant.rawValue), .integer(id)]) }

  fileprivate init(_ cursor: PageCursor) throws {
    submittedAt = try cursor.instant(0)
    tenant = TenantId(try cursor.integer(1))
    id = try cursor.integer(2)
  }
}
