import Kernel
import Operations

package enum AddContractLine: Operation {
  package struct Input: OperationInput {
    let contract: PublicId
    let line: LineInput
    let validFrom: Instant?
    let isDraft: Bool

    private static let contract = Field.id("contract", .contract, "The contract.", "合同编号。")
    private static let validFrom = Field.instant(
      "validFrom", "From when the line counts (default: now; on a draft: from the contract's start).", "合同行自何时起计（默认当前时刻；草稿合同默认自合同开始）。"
    ).optional

    private static let draft = Field.boolean(
      "draft", "Whether it is only prepared, with who keeps its promises: it promises nothing until contract_line.activate (default no).",
      "是否仅作准备（含由谁兑现承诺）：在 contract_line.activate 之前不作任何承诺（默认否）。"
    ).optional

    package static let fields: [any InputField] = [contract] + LineInput.fields + [validFrom, draft]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[Self.contract]
      line = try LineInput(values)
      validFrom = try values[Self.validFrom]
      isDraft = try values[Self.draft] ?? false
      if isDraft, validFrom != nil { throw FieldError("validFrom", ContractsMessages.draftLineBegins) }
    }
  }

  package static let declaration = Declaration(
    "contract_line.add", "Add a line to a contract.", zh: "为合同增加合同行。", permission: "contract.manage", roles: Rights.managers,
    reach: .one(by: "contract"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> LineOutput {
    let found = try await context.transaction.first(ContractAt(tenant: context.tenant.id, publicId: input.contract, at: nil))
    guard let contract = found else { throw context.unknownReference("contract") }
    guard contract.state != .ended else { throw Failure(.conflict, ContractsMessages.contractOver) }
    let validFrom = input.validFrom ?? (contract.state == .draft || input.isDraft ? .beginning : context.now)
    let contents = try await context.lineContent(
      [input.line], try ContractRule.currency(contract.currency), from: max(input.isDraft ? context.now : validFrom, contract.startsAt)
    ) { _ in "" }
    guard let content = contents.first else { throw context.unknownReference("sla") }
    let id = try await context.insertLine(
      content, contract: contract.id, contractId: input.contract, validFrom: validFrom, state: input.isDraft ? .draft : .active)
    context.subject(id)
    return try await context.lineOutput(id, at: max(validFrom, context.now))
  }
}

package enum ListContractLines: Operation {
  package struct Input: OperationInput {
    let contract: PublicId
    let asOf: Instant?
    let limit: Int64?
    let cursor: String?

    private static let contract = Field.id("contract", .contract, "The contract.", "合同编号。")

    package static let fields: [any InputField] = [contract, ContractsFields.asOf, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[Self.contract]
      asOf = try values[ContractsFields.asOf]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "contract_line.list", "List a contract's lines as of an instant.", zh: "列出合同在某一时刻的合同行。", permission: "contract.read",
    roles: Rights.staffAndCustomerManager, scopes: [.tenant, .listed, .all], reach: .one(by: "contract"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<LineOutput> {
    let tenant = context.tenant.id
    let found = try await context.transaction.first(ContractAt(tenant: tenant, publicId: input.contract, at: nil))
    guard let contract = found else { throw context.unknownReference("contract") }
    let filter = "\(input.contract) \(input.asOf?.description ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      LinesAt(
        tenant: tenant, at: input.asOf ?? context.now, contract: contract.id, afterId: try after?.integer(0) ?? 0, limit: limit + 1))
    let outputs = try await LineOutput.outputs(rows, in: context)
    return context.listing(outputs, limit: limit, filter: filter) { output in
      PageCursor([.integer(output.row.id)])
    } element: {
      $0
    }
  }
}
