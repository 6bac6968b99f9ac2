import BillingEngine
import Contracts
import Credits
import Kernel
import Operations
import ServiceLevels

/// What an SLA would have meant for past tickets of a customer. Writes nothing.
package enum BacktestSla: Operation {
  package struct Input: OperationInput {
    let test: BacktestInput
    let schedule: PublicId?
    let terms: CreditSchedule?

    private static let schedule = Field.id(
      "creditSchedule", .creditSchedule, "By which schedule to credit (default: those that the contract lines have).", "按此补偿方案计算（默认为各合同行自己的方案）。"
    ).optional
    private static let terms = Field.document(
      "creditTerms", "Or by terms that are stored nowhere, in the form of credit_schedule.create.", "或按未登记的补偿条款计算，格式同 credit_schedule.create。"
    ).optional

    package static let fields: [any InputField] = BacktestInput.fields + [schedule, terms]

    package init(_ values: InputValues) throws(FieldError) {
      test = try BacktestInput(values)
      schedule = try values[Self.schedule]
      let document = try values[Self.terms]
      guard schedule == nil || document == nil else { throw FieldError("creditTerms", BacktestMessages.oneSchedule) }
      terms = try document.map(Self.read)
    }

    private static func read(_ document: Value) throws(FieldError) -> CreditSchedule {
      do throws(Failure) {
        return try CreditSchedule(document)
      } catch {
        let first = error.violations.first
        throw FieldError("creditTerms" + (first.map { ".\($0.path)" } ?? ""), first?.message ?? error.message, first?.arguments ?? error.arguments)
      }
    }
  }

  package static let declaration = Declaration(
    "sla.backtest", "Try an SLA, stored or as a draft, on past tickets of a customer: attainment, changed verdicts, credits. Writes nothing.",
    zh: "用客户的历史工单试算 SLA（已有或草稿）：达成率、变化的判定及补偿。不写入任何数据。", permission: "sla.backtest", roles: [.administrator, .accountManager, .finance],
    reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> BacktestOutput {
    let terms = try await context.creditTerms(input.schedule, input.terms)
    let run = try await input.test.run(crediting: terms, kept: 0, in: context)
    return BacktestOutput(try await run.run(in: context.transaction), in: context)
  }
}

extension OperationContext {
  fileprivate func creditTerms(_ schedule: PublicId?, _ terms: CreditSchedule?) async throws -> CreditTrial.Terms {
    if let terms {
      try requireTickets(terms, "creditTerms", name: "creditTerms")
      return .given(name: "", terms)
    }
    guard let schedule else { return .own }
    guard let (name, terms) = try await CreditTrial.schedule(schedule, in: transaction) else { throw unknownReference("creditSchedule") }
    try requireTickets(terms, "creditSchedule", name: name)
    return .given(name: name, terms)
  }

  private func requireTickets(_ terms: CreditSchedule, _ path: String, name: String) throws(Failure) {
    guard terms.measure.isOfTickets else { throw .invalid(path, BacktestMessages.availabilitySchedule, ["name": name]) }
  }
}
