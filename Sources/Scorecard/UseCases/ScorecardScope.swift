import BillingEngine
import Contracts
import Kernel
import Operations

/// Fields that the operations of the module share.
enum ScorecardFields {
  static let customer = Field.id(
    "customer", .customer, "The customer; a customer's own people may leave it out.", "客户编号；客户自己的用户可不填。"
  ).optional
  static let contract = Field.id("contract", .contract, "One contract; left out: the whole customer.", "合同编号；不填则为整个客户。").optional
  static let month = Field.month("month", "The month, in the contract's zone.", "月份，按合同时区。")
  static let basis = Field.oneOf(
    "basis", Basis.allCases.map(\.rawValue), "Which day puts a ticket into the month (default: closed).", "按工单的哪个日期归入月份（默认 closed）。"
  ).optional
}

/// Whose figures are asked for, and of which month.
struct ScorecardScope: Sendable {
  let contract: PublicId?
  /// Internal ids; 0 stands for tickets without a contract.
  let contracts: [Int64]
  let month: CalendarMonth

  init(contract: PublicId?, month: CalendarMonth, in context: OperationContext) async throws {
    let found = try await context.transaction.query(CustomerContracts(tenant: context.tenant.id))
    if let contract {
      guard let one = found.first(where: { $0.publicId == contract.random }) else { throw context.unknownReference("contract") }
      contracts = [one.id]
    } else {
      contracts = [0] + found.map(\.id).sorted()
    }
    self.contract = contract
    self.month = month
  }

  /// Of each kind the period in which the month lies; of rolling years the one that it ends.
  var periods: [BillingPeriod] { BillingPeriod.Kind.allCases.compactMap { BillingPeriod($0, containing: month.firstDay) } }
}
