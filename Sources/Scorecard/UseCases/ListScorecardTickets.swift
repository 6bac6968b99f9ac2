import BillingEngine
import Contracts
import Kernel
import Operations

package enum ListScorecardTickets: Operation {
  package struct Input: OperationInput {
    let contract: PublicId?
    let month: CalendarMonth
    let period: BillingPeriod.Kind
    let basis: Basis
    let measure: Measure
    let metric: Metric?
    let priority: Int64?
    let included: Bool?
    let limit: Int64?
    let cursor: String?

    private static let period = Field.oneOf(
      "period", BillingPeriod.Kind.allCases.map(\.rawValue), "The period in which the month lies, of which the figure is (default: month).",
      "指标所属的期间（该月所在的期间，默认 month）。"
    ).optional
    private static let measure = Field.oneOf("measure", Measure.allCases.map(\.rawValue), "The figure that is opened.", "要展开的指标。")
    private static let metric = Field.oneOf(
      "metric", Metric.scored.map(\.rawValue), "Its metric; left out of an attainment: both.", "指标：response（响应）或 resolution（解决）；达成率可不填，表示两者。"
    ).optional
    private static let priority = Field.integer("priority", Rating.numbers, "Its priority; left out: all.", "优先级；不填则为全部。").optional
    private static let included = Field.boolean(
      "included", "Only the tickets included, or only those left out (default: both).", "仅计入的工单，或仅未计入的工单（默认两者）。"
    ).optional

    package static let fields: [any InputField] = [
      ScorecardFields.customer, ScorecardFields.contract, ScorecardFields.month, period, ScorecardFields.basis, measure, metric, priority, included,
      Paging.limit, Paging.cursor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[ScorecardFields.contract]
      month = try values[ScorecardFields.month]
      period = try values[Self.period].flatMap(BillingPeriod.Kind.init(rawValue:)) ?? .month
      basis = try values[ScorecardFields.basis].flatMap(Basis.init(rawValue:)) ?? .closed
      measure = try Measure(rawValue: values[Self.measure]) ?? .volume
      metric = try values[Self.metric].flatMap(Metric.init(rawValue:))
      priority = try values[Self.priority]
      included = try values[Self.included]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
      if !measure.hasMetric, metric != nil { throw FieldError("metric", ScorecardMessages.metricUnknown) }
      if measure == .meanTime || measure == .ninetiethPercentile, metric == nil { throw FieldError("metric", ScorecardMessages.metricNeeded) }
    }

    /// What a cursor is good for.
    var filter: String {
      [
        contract?.description, month.description, period.rawValue, basis.rawValue, measure.rawValue, metric?.rawValue,
        priority.map(String.init), included.map(String.init),
      ].map { $0 ?? "" }.joined(separator: " ")
    }
  }

  package struct Entry: OperationOutput {
    let id: PublicId
    let number: String
    let explanation: String
    let row: FigureTickets.Found

    package static let fields: [OutputField<Entry>] = [
      OutputField("ticket", .id, "The ticket.", "工单编号。") { .id($0.id) },
      OutputField("number", .text, "Its number for people.", "工单号。") { .text($0.number) },
      OutputField("title", .text, "Its title.", "标题。") { .text($0.row.title) },
      OutputField("priority", .integer, "Its priority.", "优先级。") { .integer($0.row.priority) },
      OutputField("metric", .text, "response or resolution; null where the figure has none.", "指标；不区分时为 null。") {
        .text($0.row.metric.isEmpty ? nil : $0.row.metric)
      },
      OutputField("included", .boolean, "Whether it is in the sample.", "是否计入样本。") { .bool($0.row.reason == "included") },
      OutputField("counted", .boolean, "Whether it is in the numerator.", "是否计入分子。") { .bool($0.row.isCounted) },
      OutputField("seconds", .integer, "The open time until it was observed; null until then.", "服务时间内的用时（秒）；观察到之前为 null。") { .integer($0.row.seconds) },
      OutputField("verdict", .text, "met, missed or withdrawn; null: not judged, or no metric.", "判定；未判定或不区分指标时为 null。") { .text($0.row.verdict) },
      OutputField("reason", .text, "Why it is included or left out, as a code.", "计入或未计入的原因代码。") { .text($0.row.reason) },
      OutputField("explanation", .text, "The reason in words.", "原因说明。") { .text($0.explanation) },
      OutputField("openedOn", .date, "When it was opened, in the contract's zone.", "打开日期（合同时区）。") { .date($0.row.openedOn) },
      OutputField("resolvedOn", .date, "When it was resolved.", "解决日期。") { .date($0.row.resolvedOn) },
      OutputField("closedOn", .date, "When it was closed.", "关闭日期。") { .date($0.row.closedOn) },
    ]

    init(_ row: FigureTickets.Found, in context: OperationContext) {
      // The ids and numbers of tickets are made by Desk; these are their forms by type.
      let (kind, mark) = ("inc", "INC")
      id = context.tenant.id(kind, row.publicId)
      number = "\(context.tenant.code)-\(mark)-\(pad(row.number, 6))"
      explanation = ScorecardMessages.reason(row.reason)?.text(context.language) ?? row.reason
      self.row = row
    }
  }

  package static let declaration = Declaration(
    "scorecard.tickets", "List the tickets behind a figure, and those left out of it, with the reason.", zh: "列出指标所含及未计入的工单及其原因。",
    permission: "scorecard.read", roles: [.administrator, .accountManager, .engineer, .finance, .customerManager],
    scopes: [.tenant, .listed, .all], reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let scope = try await ScorecardScope(contract: input.contract, month: input.month, in: context)
    let period = scope.periods.first { $0.kind == input.period }
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filter)
    let rows = try await context.transaction.query(
      FigureTickets(
        tenant: context.tenant.id, contracts: scope.contracts, showsUncovered: scope.contract != nil,
        from: period?.first ?? scope.month.firstDay, end: period?.end ?? scope.month.end, basis: input.basis, measure: input.measure,
        metric: input.metric, priority: input.priority, included: input.included, afterTicket: try after?.integer(0) ?? 0,
        afterMetric: try after?.text(1) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit, filter: input.filter) { row in
      PageCursor([.integer(row.ticket), .text(row.metric)])
    } element: { row in
      Entry(row, in: context)
    }
  }
}
