import Kernel
import Operations

package enum ReadGate: Operation {
  package typealias Input = ReferenceInput<GateFields>

  package static let declaration = Declaration(
    "gate.read", "Read a gate.", zh: "查看关卡。", permission: GateRights.read, roles: GateRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateRecord {
    GateRecord(try await context.gate(input.id, among: context.reachableCustomers), in: context)
  }
}

package enum ListGates: Operation {
  package struct Input: OperationInput {
    let step: String?
    let customer: PublicId?
    let retired: Bool
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id(
      "customer", .customer, "Those that hold for this customer: its own and those for all.", "对该客户有效的关卡（含面向全部客户的）。"
    ).optional
    private static let retired = Field.boolean("retired", "Whether retired ones are listed, too (default no).", "是否包含已停用的关卡（默认否）。").optional

    package static let fields: [any InputField] = [GateFields.step.optional, customer, retired, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      step = try values[GateFields.step.optional]
      customer = try values[Self.customer]
      retired = try values[Self.retired] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    var filter: String { "\(step ?? "")/\(customer?.description ?? "")/\(retired)" }
  }

  package static let declaration = Declaration(
    "gate.list", "List gates, the oldest first.", zh: "列出关卡，最早的在前。", permission: GateRights.read, roles: GateRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<GateRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filter)
    let customer = try await context.customer(input.customer, "customer")
    let rows = try await context.transaction.query(
      GatePage(
        provider: context.provider.id, customers: context.reachableCustomers, step: input.step.flatMap(GateStep.init), customer: customer,
        withRetired: input.retired, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: input.filter, key: { PageCursor([.integer($0.id)]) }) { GateRecord($0, in: context) }
  }
}
