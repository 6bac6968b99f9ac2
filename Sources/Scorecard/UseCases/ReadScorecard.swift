import BillingEngine
import Contracts
import Kernel
import Operations

package enum ReadScorecard: Operation {
  package struct Input: OperationInput {
    let contract: PublicId?
    let month: CalendarMonth
    let basis: Basis
    let minimumSample: Int64?

    private static let minimumSample = Field.integer(
      "minimumSample", 1...1_000_000,
      "On how many a figure must rest: one of fewer is shown as too few, without a verdict (default: 10 of p90_time, 1 of the others).",
      "指标所需的最小样本量：不足者仍显示数值，但标明样本过少且不作达标结论（默认 p90_time 为 10，其余为 1）。"
    ).optional

    package static let fields: [any InputField] = [
      ScorecardFields.customer, ScorecardFields.contract, ScorecardFields.month, ScorecardFields.basis, minimumSample,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[ScorecardFields.contract]
      month = try values[ScorecardFields.month]
      basis = try values[ScorecardFields.basis].flatMap(Basis.init(rawValue:)) ?? .closed
      minimumSample = try values[Self.minimumSample]
    }
  }

  package struct Output: OperationOutput {
    let customer: PublicId
    let contract: PublicId?
    let month: CalendarMonth
    let basis: Basis
    let progress: FigureProgress.Found?
    let figures: [FigureOutput]
    let objectives: [ObjectiveOutput]

    package static let fields: [OutputField<Output>] = [
      OutputField("customer", .id, "The customer.", "客户编号。") { .id($0.customer) },
      OutputField("contract", .id, "The contract; null: the whole customer.", "合同编号；null 表示整个客户。") { .id($0.contract) },
      OutputField("month", .text, "The month.", "月份。") { .text($0.month.description) },
      OutputField("basis", .text, "Which day puts a ticket into the month.", "工单归入月份的口径。") { .text($0.basis.rawValue) },
      OutputField("refreshedAt", .instant, "When the figures last took up a change; null: never.", "指标最近一次更新的时间；null 表示从未更新。") {
        .instant($0.progress?.refreshedAt)
      },
      OutputField("isCurrent", .boolean, "Whether no change of a ticket waits to be taken up.", "是否没有待计入的工单变更。") { .bool($0.progress?.isCurrent ?? true) },
      OutputField("figures", listOf: FigureOutput.self, "The figures.", "指标。") { $0.figures },
      OutputField(
        "objectives", listOf: ObjectiveOutput.self,
        "How the agreed objectives stand over the periods by which they are judged: those in which the month lies.", "各项约定达标率在其考核周期（该月所在的周期）内的完成情况。"
      ) { $0.objectives },
    ]
  }

  package struct FigureOutput: OperationOutput {
    let figure: Figure
    let minimumSample: Int64?

    package static let fields: [OutputField<FigureOutput>] = [
      OutputField("measure", .text, "What it measures: \(Measure.allCases.map(\.rawValue).joined(separator: ", ")).", "指标名称。") {
        .text($0.figure.measure.rawValue)
      },
      OutputField("metric", .text, "response or resolution; null: both, or neither.", "response（响应）或 resolution（解决）；null 表示两者合计或不区分。") {
        .text($0.figure.metric?.rawValue)
      },
      OutputField("priority", .integer, "The priority; null: all.", "优先级；null 表示全部。") { .integer($0.figure.priority) },
      OutputField("basis", .text, "Which day puts a ticket into the month; null for the backlog.", "工单归入月份的口径；积压量为 null。") { .text($0.figure.basis?.rawValue) },
      OutputField("unit", .text, "percent, seconds (of open time) or tickets.", "单位：percent、seconds（服务时间秒数）或 tickets。") { .text($0.figure.unit.rawValue) },
      OutputField("value", .decimal, "The figure; null where nothing is judged or observed.", "指标值；没有判定或观察结果时为 null。") {
        switch $0.figure.value {
        case .rate(let rate): .decimal(rate.percent)
        case .count(let count): .integer(count)
        case nil: .null
        }
      },
      OutputField("numerator", .integer, "What is above the line; null where there is none.", "分子；没有则为 null。") { .integer($0.figure.numerator) },
      OutputField("denominator", .integer, "What is below the line; null where there is none.", "分母；没有则为 null。") { .integer($0.figure.denominator) },
      OutputField("sampleSize", .integer, "How many tickets it rests on.", "样本量。") { .integer($0.figure.sampleSize) },
      OutputField(
        "objective", .decimal, "The percentage agreed for the month; null where none is; those of longer periods are told by objectives.",
        "按月约定的百分比；未约定则为 null；更长周期的约定见 objectives。"
      ) {
        $0.figure.objective.map { .decimal($0.percent) } ?? .null
      },
      OutputField(
        "meetsObjective", .boolean, "Whether it reaches the objective; null where there is nothing to compare, or too few.", "是否达到约定；无可比较或样本过少时为 null。"
      ) {
        .bool($0.isTooFew ? nil : $0.figure.meetsObjective)
      },
      OutputField("tooFew", .boolean, "Whether it rests on fewer than it takes to say something of it (minimumSample).", "样本量是否不足以说明问题（minimumSample）。") {
        .bool($0.isTooFew)
      },
    ]

    private var isTooFew: Bool { figure.isTooFew(below: minimumSample) }
  }

  package static let declaration = Declaration(
    "scorecard.read", "Read a month's figures of a customer or one of its contracts.", zh: "查看客户或其某一合同的月度指标。",
    roles: [.administrator, .accountManager, .engineer, .finance, .customerManager], scopes: [.tenant, .listed, .all], reach: .one(by: "customer"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let tenant = context.tenant.id
    let scope = try await ScorecardScope(contract: input.contract, month: input.month, in: context)
    let (from, end) = (scope.month.firstDay, scope.month.end)
    let (totals, percentiles, backlog, progress, targets) = try await context.transaction.query(
      PeriodTotals(tenant: tenant, contracts: scope.contracts, from: from, end: end),
      PeriodPercentiles(tenant: tenant, contracts: scope.contracts, from: from, end: end, basis: input.basis),
      BacklogBefore(tenant: tenant, contracts: scope.contracts, end: end), FigureProgress(tenant: tenant),
      ObjectivesAtEnd(tenant: tenant, contracts: scope.contracts, periods: scope.periods, now: context.now))
    var figures = ScorecardFigures()
    for found in totals { figures.totals[found.basis, default: [:]][found.priority] = found.totals }
    for found in percentiles {
      figures.percentiles[.response, default: [:]][found.priority] = found.response
      figures.percentiles[.resolution, default: [:]][found.priority] = found.resolution
    }
    for found in backlog { figures.backlog[found.priority] = found.tickets }
    figures.objectives = ObjectiveRule.objectives(targets)
    let judged = scope.periods.filter { period in figures.objectives.contains { $0.period == period.kind } }
    let longer = judged.filter { $0.kind != .month }
    if !longer.isEmpty {
      let found = try await context.transaction.last(LongerTotals(tenant: tenant, contracts: scope.contracts, periods: longer, basis: input.basis))
      for found in found {
        if let kind = BillingPeriod.Kind(rawValue: found.kind) { figures.longerTotals[kind, default: [:]][found.priority] = found.totals }
      }
    }
    return Output(
      customer: context.tenant.publicId, contract: scope.contract, month: scope.month, basis: input.basis, progress: progress.first,
      figures: figures.figures(by: input.basis).map { FigureOutput(figure: $0, minimumSample: input.minimumSample) },
      objectives: figures.standings(judged, by: input.basis).map {
        ObjectiveOutput(standing: $0, minimumSample: input.minimumSample, language: context.language)
      })
  }
}
