import Kernel
import Operations

package enum ReadSla: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let asOf: Instant?

    private static let id = Field.id("id", .sla, "The SLA.", "SLA 编号。")

    package static let fields: [any InputField] = [id, ContractsFields.asOf]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      asOf = try values[ContractsFields.asOf]
    }
  }

  package static let declaration = Declaration(
    "sla.read", "Read an SLA with its targets.", zh: "查看 SLA 及其目标。", roles: Rights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SlaOutput {
    try await context.slaOutput(input.id, at: input.asOf ?? context.now)
  }
}

package enum ListSlas: Operation {
  package struct Input: OperationInput {
    let kind: AgreementKind?
    let asOf: Instant?
    let limit: Int64?
    let cursor: String?

    private static let kind = Field.oneOf("kind", AgreementKind.allCases.map(\.rawValue), "Only those of this kind.", "仅限此类型。").optional

    package static let fields: [any InputField] = [kind, ContractsFields.asOf, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      kind = try values[Self.kind].flatMap(AgreementKind.init(rawValue:))
      asOf = try values[ContractsFields.asOf]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "sla.list", "List the SLAs and OLAs by name.", zh: "按名称列出 SLA 与 OLA。", permission: "sla.read", roles: Rights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<SlaOutput> {
    let filter = "\(input.asOf?.description ?? "")/\(input.kind?.rawValue ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      SlasAt(
        at: input.asOf ?? context.now, kind: input.kind, customers: context.reachableCustomers, afterName: try after?.text(0) ?? "",
        afterId: try after?.integer(1) ?? 0, limit: limit + 1))
    let outputs = try await SlaOutput.outputs(rows, in: context)
    return context.listing(outputs, limit: limit, filter: filter) { output in
      PageCursor([.text(output.row.name), .integer(output.row.id)])
    } element: {
      $0
    }
  }
}
