import Kernel
import Operations
import Suppliers

/// A dispatch in a look over all customers.
package struct QueuedDispatch: OperationOutput {
  let row: DispatchesOfQueue.Found
  let customer: PublicId
  private let provider: TenantHandle

  init(_ row: DispatchesOfQueue.Found, provider: TenantHandle) {
    self.row = row
    self.provider = provider
    customer = PublicId(kind: IdKind.customer.prefix, handle: row.handle, random: row.customer) ?? .none(kind: IdKind.customer.prefix, handle: row.handle)
  }

  /// The id of a row of the customer's own tenant, or of the provider's.
  private func id(_ kind: IdKind, _ bits: [UInt8], _ handle: TenantHandle) -> Value {
    .id(PublicId(kind: kind.prefix, handle: handle, random: bits))
  }

  package static let fields: [OutputField<QueuedDispatch>] = [
    OutputField("id", .id, "The dispatch.", "派单编号。") { $0.id(.dispatch, $0.row.dispatch.publicId, $0.row.handle) },
    OutputField("customer", .id, "The customer.", "客户。") { .id($0.customer) },
    OutputField("incident", .id, "The incident.", "事件工单。") { $0.id(.incident, $0.row.dispatch.ticket.publicId, $0.row.handle) },
    OutputField("number", .text, "The incident's number, for people.", "工单号。") { .text(IncidentView.number(of: $0.row.code, $0.row.number)) },
    OutputField("title", .text, "What the incident is about, in a line.", "事件标题。") { .text($0.row.title) },
    OutputField("supplier", .id, "The supplier.", "供应商。") { $0.id(.supplier, $0.row.dispatch.agreement.supplier.publicId, $0.provider) },
    OutputField("supplierCode", .text, "The supplier's code.", "供应商代码。") { .text($0.row.dispatch.agreement.supplierCode) },
    OutputField("supplierName", .text, "The supplier's name.", "供应商名称。") { .text($0.row.dispatch.agreement.supplierName) },
    OutputField("contractReference", .text, "The number of the contract that it is judged by.", "据以考核的支撑合同号。") {
      .text($0.row.dispatch.agreement.reference)
    },
    OutputField("reference", .text, "The number of the case at the supplier's.", "供应商方的案件号。") { .text($0.row.dispatch.supplierReference) },
    OutputField("priority", .integer, "The incident's priority that the supplier was told.", "已告知供应商的优先级。") { .integer($0.row.dispatch.priority) },
    OutputField("supplierPriority", .text, "What the supplier calls that priority.", "供应商对该优先级的称呼。") { .text($0.row.dispatch.supplierPriority) },
    OutputField("incidentPriority", .integer, "The incident's priority now.", "事件当前的优先级。") { .integer($0.row.dispatch.ticketPriority) },
    OutputField("dispatchedAt", .instant, "When it went to the supplier.", "派单时间。") { .instant($0.row.dispatch.dispatchedAt) },
    OutputField("respondedAt", .instant, "When the supplier first answered; null: not yet.", "供应商首次响应时间；null 表示尚未响应。") {
      .instant($0.row.dispatch.respondedAt)
    },
    OutputField("dueAt", .instant, "When the next of the supplier's promises is due; null: none is running.", "供应商下一项承诺的到期时间；null 表示无进行中的承诺。") {
      .instant($0.row.dueAt)
    },
    OutputField("version", .integer, "Its version, for changes.", "版本号，修改时使用。") { .integer($0.row.dispatch.version) },
  ]
}

/// What is with suppliers over all customers, the next due first.
package enum QueueDispatches: Operation {
  package struct Input: OperationInput {
    let supplier: PublicId?
    let state: String?
    let overdue: Bool
    let limit: Int64?
    let cursor: String?

    private static let supplier = Field.id("supplier", .supplier, "Only what is with this supplier.", "仅限此供应商。").optional
    private static let state = Field.oneOf(
      "state", ["unanswered", "answered"], "Only what the supplier has not answered yet, or has.", "仅限供应商尚未答复（unanswered）或已答复（answered）的派单。"
    ).optional
    private static let overdue = Field.boolean("overdue", "Only what is past its due time (default no).", "仅限已超期的派单（默认否）。").optional

    package static let fields: [any InputField] = [supplier, state, overdue, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      supplier = try values[Self.supplier]
      state = try values[Self.state]
      overdue = try values[Self.overdue] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filterText: String { "\(supplier?.description ?? "")/\(state ?? "")/\(overdue)" }
  }

  package static let declaration = Declaration(
    "dispatch.queue", "List what is with suppliers over all customers that the caller serves, the next due first.", zh: "列出所服务客户的全部未结派单，最先到期的在前。",
    permission: DispatchFields.read, roles: DispatchFields.readers, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<QueuedDispatch> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    var supplier: Int64?
    if let named = input.supplier {
      supplier = try await context.transaction.first(SupplierOfId(publicId: named))
      guard supplier != nil else { throw context.unknownReference("supplier") }
    }
    let positions = try await context.transaction.query(
      DispatchPositions(
        tenants: context.access.tenants.map { $0.map(\.rawValue).sorted() }, supplier: supplier, isAnswered: input.state.map { $0 == "answered" },
        overdueAt: input.overdue ? context.now : nil, after: try after.map(DispatchPositions.Found.init), limit: limit + 1))
    let lines = try await lines(of: positions, context)
    // One that was returned since the look shows what it is now.
    let rows = positions.compactMap { position in lines[position.id].map { (position: position, line: $0) } }
    return context.listing(rows, limit: limit, filter: input.filterText, key: { $0.position.cursor }, element: { $0.line })
  }

  private static func lines(of positions: [DispatchPositions.Found], _ context: OperationContext) async throws -> [Int64: QueuedDispatch] {
    guard !positions.isEmpty else { return [:] }
    let found = try await context.bound(to: Set(positions.map(\.tenant)).sorted()) { try await $0.last(DispatchesOfQueue(positions: positions)) }
    return Dictionary(found.map { ($0.dispatch.id, QueuedDispatch($0, provider: context.provider.handle)) }) { first, _ in first }
  }
}

extension DispatchPositions.Found {
  fileprivate var cursor: PageCursor {
    PageCursor([.integer(dueAt?.microseconds), .integer(dispatchedAt.microseconds), .integer(tenant.rawValue), .integer(id)])
  }

  fileprivate init(_ cursor: PageCursor) throws {
    dueAt = cursor.keys.first?.integer.map { Instant(microseconds: $0) }
    dispatchedAt = try cursor.instant(1)
    tenant = TenantId(try cursor.integer(2))
    id = try cursor.integer(3)
  }
}
