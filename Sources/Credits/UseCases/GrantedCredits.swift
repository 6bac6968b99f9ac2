import Contracts
import Kernel
import Operations

/// What a customer is told of a credit that it was granted: what it is for, how much, and why. Nothing of who decided it and of
/// whom the service was bought.
package struct GrantedCredit: OperationOutput {
  let id: PublicId
  let number: String
  let replacedBy: String?
  let contract: PublicId
  let line: PublicId
  let row: CreditsGranted.Found
  let steps: [String]

  init(_ row: CreditsGranted.Found, in context: OperationContext) throws(Failure) {
    id = context.id(.credit, row.publicId)
    func number(_ number: Int64) -> String { "\(context.tenant.code)-CRD-\(pad(number, 6))" }
    self.number = number(row.number)
    replacedBy = row.replacedBy.map(number)
    contract = context.id(.contract, row.contract)
    line = context.id(.contractLine, row.line)
    self.row = row
    steps = try CreditWords.steps(of: row.story, for: .customer, in: context.language)
  }

  private func money(_ minorUnits: Int64) -> Value {
    Currency(code: row.story.currency).map { .decimal(Money(minorUnits: minorUnits, currency: $0).amount) } ?? .null
  }

  package static let fields: [OutputField<GrantedCredit>] = [
    OutputField("id", .id, "The credit.", "补偿编号。") { .id($0.id) },
    OutputField("number", .text, "Its number for people.", "补偿单号。") { .text($0.number) },
    OutputField("contract", .id, "The contract.", "合同。") { .id($0.contract) },
    OutputField("line", .id, "The contract line.", "合同行。") { .id($0.line) },
    OutputField("period", .text, "The period.", "期间。") { .text($0.row.story.periodName) },
    OutputField("periodFrom", .date, "Its first day.", "期间首日。") { .date($0.row.periodFrom) },
    OutputField("periodTo", .date, "The first day after it.", "期间结束后的首日。") { .date($0.row.periodTo) },
    OutputField("amount", .decimal, "What the period is worth.", "该期间的补偿金额。") { $0.money($0.row.story.amount) },
    OutputField("toCredit", .decimal, "What is credited beyond what was granted before.", "在此前已批准金额之外的补偿金额。") {
      // Both are zero or more: the difference fits.
      $0.money($0.row.story.amount - $0.row.story.granted)
    },
    OutputField("currency", .text, "The currency.", "货币。") { .text($0.row.story.currency) },
    OutputField("grantedAt", .instant, "When it was granted.", "批准时间。") { .instant($0.row.grantedAt) },
    OutputField("replacedBy", .text, "The number of the one that was granted in its place later; null: it stands.", "此后取代它的补偿单号；仍有效则为 null。") {
      .text($0.replacedBy)
    },
    OutputField("steps", .list(.text), "How it came to its amount, in words.", "金额的由来（文字说明）。") { .array($0.steps.map(Value.text)) },
  ]
}

package enum ListGrantedCredits: Operation {
  package struct Input: OperationInput {
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id("customer", .customer, "The customer; your own organisation when left out.", "客户；不填则为您所属的组织。").optional

    package static let fields: [any InputField] = [customer, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "credit.granted", "List the credits that a customer was granted, the last decision first, each with its explanation; what each adds up to is toCredit.",
    zh: "列出客户已获批的补偿及其说明，最近批准的在前；各项 toCredit 之和即累计补偿。", roles: CreditRights.staff.union([.customerManager]), scopes: [.listed, .all, .tenant],
    reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<GrantedCredit> {
    let filter = context.tenant.publicId.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let before = try after.map { (at: try $0.instant(0), id: try $0.integer(1)) }
    let rows = try await context.transaction.query(CreditsGranted(tenant: context.tenant.id, before: before, limit: limit + 1))
    return try context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.grantedAt.microseconds), .integer($0.id)])
    } element: {
      try GrantedCredit($0, in: context)
    }
  }
}
