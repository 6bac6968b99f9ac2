import BillingEngine
import Contracts
import Credits
import Kernel
import Operations
import ServiceLevels

/// What trying an SLA out came to.
package struct BacktestOutput: OperationOutput {
  let customer: PublicId
  let outcome: Outcome
  let figures: [AttainmentOutput]
  package let credits: [TrialCreditOutput]
  /// By currency; nil for a sum that is more than money can be.
  package let totals: [TrialTotal]
  package let creditsNow: [TrialCreditOutput]
  package let totalsNow: [TrialTotal]

  init(_ result: TrialRun.Result, in context: OperationContext) {
    let lines = Dictionary(uniqueKeysWithValues: result.lines.map { ($0.id, (context.id(.contractLine, $0.publicId), $0.name)) })
    self.init(result, customer: context.tenant.publicId, lines: lines, language: context.language)
  }

  package init(_ result: TrialRun.Result, customer: PublicId, lines: [Int64: (id: PublicId, name: String)], language: Language) {
    self.customer = customer
    outcome = result.outcome
    figures = AttainmentOutput.all(of: result.outcome)
    func outputs(_ periods: [CreditTrial.Period]) -> [TrialCreditOutput] {
      periods.map { TrialCreditOutput(period: $0, line: lines[$0.line]?.id, lineName: lines[$0.line]?.name ?? "", language: language) }
    }
    credits = outputs(result.credits)
    totals = TrialTotal.all(of: result.credits.compactMap(\.amount))
    creditsNow = outputs(result.creditsNow)
    totalsNow = TrialTotal.all(of: result.creditsNow.compactMap(\.amount))
  }

  package static let fields: [OutputField<BacktestOutput>] = [
    OutputField("customer", .id, "The customer.", "客户编号。") { .id($0.customer) },
    OutputField("tickets", .integer, "How many tickets were selected.", "所选工单数。") { .integer($0.outcome.tickets) },
    OutputField("withoutHistory", .integer, "Of these: tickets without a recorded history; they are in no figure.", "其中：没有历史记录的工单，不计入任何数字。") {
      .integer($0.outcome.withoutHistory)
    },
    OutputField("changed", .integer, "How many verdicts turn over.", "反转的判定数。") { .integer($0.outcome.changed) },
    OutputField("newlyMissed", .integer, "Of these: met now, missed then.", "其中：原达成、试算未达成。") { .integer($0.outcome.count(.newlyMissed)) },
    OutputField("newlyMet", .integer, "Of these: missed now, met then.", "其中：原未达成、试算达成。") { .integer($0.outcome.count(.newlyMet)) },
    OutputField("newlyJudged", .integer, "Besides: not judged now, judged then.", "此外：当前无判定、试算有判定。") { .integer($0.outcome.count(.newlyJudged)) },
    OutputField("noLongerJudged", .integer, "Besides: judged now, not then.", "此外：当前有判定、试算无判定。") { .integer($0.outcome.count(.noLongerJudged)) },
    OutputField("figures", listOf: AttainmentOutput.self, "Attainment by metric, by priority, by month.", "按指标、优先级、月份的达成率。") { $0.figures },
    OutputField("credits", listOf: TrialCreditOutput.self, "What it would have cost, by line and period.", "按合同行和期间计算的补偿。") { $0.credits },
    OutputField("creditTotals", .list(.text), "The sum, by currency; null for one that is too large.", "补偿合计（按货币）；过大时为 null。") {
      .array($0.totals.map { .text($0.sum?.description) })
    },
    OutputField(
      "creditsNow", listOf: TrialCreditOutput.self, "What the same tickets cost by the verdicts that count now and the schedules of the contract lines.",
      "同一批工单按当前判定及各合同行的补偿方案应计的补偿。"
    ) { $0.creditsNow },
    OutputField("creditTotalsNow", .list(.text), "Their sum, by currency; null for one that is too large.", "当前补偿合计（按货币）；过大时为 null。") {
      .array($0.totalsNow.map { .text($0.sum?.description) })
    },
  ]
}

/// What credits come to in a currency.
package struct TrialTotal: Sendable {
  package let currency: Currency
  /// Nil when it is more than money can be.
  package let sum: Money?

  /// In the order of the currencies' codes.
  package static func all(of amounts: [Money]) -> [TrialTotal] {
    Dictionary(grouping: amounts, by: \.currency).sorted { $0.key.code < $1.key.code }.map { currency, amounts in
      TrialTotal(currency: currency, sum: amounts.reduce(Money(minorUnits: 0, currency: currency)) { sum, amount in try? sum?.adding(amount) })
    }
  }
}

/// Attainment of a metric: all of it, of a priority, or of a month.
package struct AttainmentOutput: OperationOutput {
  package let metric: ServiceLevels.Metric
  package let priority: Int64?
  package let month: CalendarMonth?
  package let attainment: Attainment

  package static func all(of outcome: Outcome) -> [AttainmentOutput] {
    outcome.metrics.flatMap { metric in
      [AttainmentOutput(metric: metric, priority: nil, month: nil, attainment: outcome.sum(metric))]
        + outcome.priorities.map { AttainmentOutput(metric: metric, priority: $0, month: nil, attainment: outcome.sum(metric, priority: $0)) }
        + outcome.months.map { AttainmentOutput(metric: metric, priority: nil, month: $0, attainment: outcome.sum(metric, month: $0)) }
    }
  }

  package static let fields: [OutputField<AttainmentOutput>] = [
    OutputField("metric", .text, "response, update or resolution.", "指标：response（响应）、update（进展通报）或 resolution（解决）。") { .text($0.metric.rawValue) },
    OutputField("priority", .integer, "The priority; null: all.", "优先级；null 表示全部。") { .integer($0.priority) },
    OutputField("month", .text, "The month in the customer's zone; null: all.", "月份（客户时区）；null 表示全部。") { .text($0.month?.description) },
    OutputField("value", .decimal, "Percent met; null where nothing is judged.", "达成率（百分比）；没有判定时为 null。") { Self.decimal($0.attainment.rate) },
    OutputField("numerator", .integer, "Met.", "达成数。") { .integer($0.attainment.met) },
    OutputField("denominator", .integer, "Judged.", "判定数。") { .integer($0.attainment.judged) },
    OutputField("notJudged", .integer, "Promised something, and not judged (yet).", "有承诺但（尚）未判定。") { .integer($0.attainment.open) },
    OutputField("valueNow", .decimal, "Percent met by the verdicts that count now.", "按当前判定的达成率。") { Self.decimal($0.attainment.rateNow) },
    OutputField("numeratorNow", .integer, "Met now.", "当前达成数。") { .integer($0.attainment.metNow) },
    OutputField("denominatorNow", .integer, "Judged now.", "当前判定数。") { .integer($0.attainment.judgedNow) },
  ]

  private static func decimal(_ rate: Rate?) -> Value { rate.map { .decimal($0.percent) } ?? .null }
}

/// What a period of a contract line would have been worth.
package struct TrialCreditOutput: OperationOutput {
  package let period: CreditTrial.Period
  let line: PublicId?
  package let lineName: String
  let language: Language

  package static let fields: [OutputField<TrialCreditOutput>] = [
    OutputField("contractLine", .id, "The contract line.", "合同行。") { .id($0.line) },
    OutputField("contractLineName", .text, "Its name.", "合同行名称。") { .text($0.lineName) },
    OutputField("schedule", .text, "The schedule.", "补偿方案。") { .text($0.period.schedule) },
    OutputField("measure", .text, "response or resolution.", "考核指标：response 或 resolution。") { .text($0.period.measure.rawValue) },
    OutputField("period", .text, "The period, in the contract's zone.", "期间（合同时区）。") { .text($0.period.period.description) },
    OutputField("value", .decimal, "Percent met.", "达成率（百分比）。") { .decimal((Rate($0.period.count.met, of: $0.period.count.judged) ?? Rate(units: 0)).percent) },
    OutputField("numerator", .integer, "Met.", "达成数。") { .integer($0.period.count.met) },
    OutputField("denominator", .integer, "Judged in the period.", "期间内的判定数。") { .integer($0.period.count.judged) },
    OutputField("amount", .text, "The credit; null where it cannot be computed.", "补偿金额；无法计算时为 null。") { .text($0.period.amount?.description) },
    OutputField("problem", .text, "Why it cannot be computed.", "无法计算的原因。") { record in .text(record.period.problem?.text(record.language)) },
  ]
}
