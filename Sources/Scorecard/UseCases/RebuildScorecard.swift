import Contracts
import Kernel
import Operations

package enum RebuildScorecard: Operation {
  package struct Input: OperationInput {
    let contract: PublicId?

    private static let customer = Field.id("customer", .customer, "The customer.", "客户编号。")

    package static let fields: [any InputField] = [customer, ScorecardFields.contract]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[ScorecardFields.contract]
    }
  }

  package static let declaration = Declaration(
    "scorecard.rebuild", "Compute a customer's figures anew from its tickets.", zh: "根据工单重新计算客户的指标。", roles: [.administrator],
    reach: .one(by: "customer"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    var contract: Int64?
    if let wanted = input.contract {
      let found = try await context.transaction.query(CustomerContracts(tenant: context.tenant.id))
      guard let one = found.first(where: { $0.publicId == wanted.random }) else { throw context.unknownReference("contract") }
      contract = one.id
    }
    try await RebuildFigures.run(tenant: context.tenant.id, contract: contract, at: context.now, in: context.transaction)
    let subject = input.contract ?? context.tenant.publicId
    context.subject(subject)
    return Done(id: subject)
  }
}
