import Kernel
import Operations
import Renewals

package enum ReadContract: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let asOf: Instant?

    private static let id = Field.id("id", .contract, "The contract.", "合同编号。")

    package static let fields: [any InputField] = [id, ContractsFields.asOf]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      asOf = try values[ContractsFields.asOf]
    }
  }

  package static let declaration = Declaration(
    "contract.read", "Read a contract with its lines, as of an instant.", zh: "查看某一时刻的合同及合同行。", roles: Rights.staffAndCustomerManager,
    scopes: [.tenant, .listed, .all], reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ContractOutput {
    try await context.contractOutput(input.id, at: input.asOf ?? context.now)
  }
}

package enum ListContracts: Operation {
  package struct Input: OperationInput {
    let state: ContractState?
    let asOf: Instant?
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id("customer", .customer, "The customer; a customer's own people may leave it out.", "客户编号；客户自己的用户可不填。").optional
    private static let state = Field.oneOf("state", ContractState.allCases.map(\.rawValue), "Only those in this state.", "仅列出此状态的合同。").optional

    package static let fields: [any InputField] = [customer, state, ContractsFields.asOf, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.state].flatMap(ContractState.init(rawValue:))
      asOf = try values[ContractsFields.asOf]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "contract.list", "List a customer's contracts by number, as of an instant.", zh: "按合同号列出客户在某一时刻的合同。", permission: "contract.read",
    roles: Rights.staffAndCustomerManager, scopes: [.tenant, .listed, .all], reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ContractSummary> {
    let at = input.asOf ?? context.now
    let filter = "\(input.state?.rawValue ?? "") \(input.asOf?.description ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ContractsAt(tenant: context.tenant.id, at: at, state: input.state, afterNumber: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.integer(row.number)])
    } element: { row in
      ContractSummary(contract: ContractFacts(row, asOf: at, in: context))
    }
  }
}
