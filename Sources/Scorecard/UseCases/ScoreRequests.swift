import Contracts
import Kernel
import Operations

/// How many of the requests that ended in a month met what was promised about them. They are counted apart: the figures of `scorecard.read` are of
/// incidents.
package enum ScoreRequests: Operation {
  package struct Input: OperationInput {
    let contract: PublicId?
    let month: CalendarMonth

    package static let fields: [any InputField] = [ScorecardFields.customer, ScorecardFields.contract, RequestScore.month]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[ScorecardFields.contract]
      month = try values[RequestScore.month]
    }
  }

  package struct Output: OperationOutput {
    let customer: PublicId
    let contract: PublicId?
    let month: CalendarMonth
    let figures: [LineFigure]
    let totals: [TotalFigure]

    package static let fields: [OutputField<Output>] = [
      OutputField("customer", .id, "The customer.", "客户编号。") { .id($0.customer) },
      OutputField("contract", .id, "The contract; null: the whole customer.", "合同编号；null 表示整个客户。") { .id($0.contract) },
      OutputField("month", .text, "The month.", "月份。") { .text($0.month.description) },
      OutputField("figures", listOf: LineFigure.self, "The attainment, by contract line and metric.", "按合同行与指标列出的达成率。") { $0.figures },
      OutputField(
        "totals", listOf: TotalFigure.self, "The attainment of all lines together, which a handbook aims at.", "全部合同行合计的达成率，即流程手册所设目标的指标。"
      ) { $0.totals },
    ]
  }

  package struct LineFigure: OperationOutput {
    let contract: PublicId
    let line: PublicId
    let row: RequestAttainment.Found

    package static let fields: [OutputField<LineFigure>] = [
      OutputField("contract", .id, "The contract.", "合同编号。") { .id($0.contract) },
      OutputField("line", .id, "The contract line that promised it.", "作出承诺的合同行。") { .id($0.line) },
      OutputField("lineName", .text, "What it is called.", "合同行名称。") { .text($0.row.lineName) },
      OutputField("metric", .text, "response or resolution (its fulfilment).", "指标：response（响应）或 resolution（履行完成）。") { .text($0.row.metric) },
      RequestScore.value { ($0.row.met, $0.row.judged) },
      RequestScore.met { $0.row.met },
      RequestScore.judged { $0.row.judged },
      OutputField("requests", .integer, "How many of its requests ended in the month, the ones left out included.", "当月结束的该合同行请求总数（含未计入的）。") {
        .integer($0.row.requests)
      },
    ]
  }

  package struct TotalFigure: OperationOutput {
    let total: RequestTotal

    package static let fields: [OutputField<TotalFigure>] = [
      OutputField("indicator", .text, "The key by which a handbook names it.", "流程手册所用的指标键。") { .text($0.total.indicator.key) },
      OutputField("metric", .text, "response or resolution (its fulfilment); null: both together.", "指标：response（响应）或 resolution（履行完成）；null 表示两者合计。") {
        .text($0.total.indicator.metric?.rawValue)
      },
      RequestScore.value { ($0.total.met, $0.total.judged) },
      RequestScore.met { $0.total.met },
      RequestScore.judged { $0.total.judged },
    ]
  }

  package static let declaration = Declaration(
    "scorecard.requests", "Read how many of the requests that ended in a month met their promises, by contract line.", zh: "按合同行查看当月结束的请求中达成承诺的比例。",
    permission: "scorecard.read", roles: RequestScore.readers, scopes: [.tenant, .listed, .all], reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let scope = try await ScorecardScope(contract: input.contract, month: input.month, in: context)
    let rows = try await context.transaction.query(
      RequestAttainment(tenant: context.tenant.id, contracts: scope.contracts, from: scope.month.firstDay, end: scope.month.end))
    return Output(
      customer: context.tenant.publicId, contract: scope.contract, month: scope.month,
      figures: rows.map { LineFigure(contract: context.id(.contract, $0.contract), line: context.id(.contractLine, $0.line), row: $0) },
      totals: RequestTotal.all(of: rows).map { TotalFigure(total: $0) })
  }
}

/// The requests behind such a figure, and those left out of it.
package enum ListScoredRequests: Operation {
  package struct Input: OperationInput {
    let contract: PublicId?
    let line: PublicId?
    let month: CalendarMonth
    let metric: Metric?
    let included: Bool?
    let limit: Int64?
    let cursor: String?

    private static let line = Field.id("line", .contractLine, "Only what this contract line promised.", "仅限此合同行的承诺。").optional
    private static let metric = Field.oneOf(
      "metric", Metric.scored.map(\.rawValue), "Only response, or only resolution (default: both).", "仅 response（响应）或仅 resolution（履行完成）；默认两者。"
    ).optional
    private static let included = Field.boolean(
      "included", "Only the requests included, or only those left out (default: both).", "仅计入的请求，或仅未计入的请求（默认两者）。"
    ).optional

    package static let fields: [any InputField] = [
      ScorecardFields.customer, ScorecardFields.contract, line, RequestScore.month, metric, included, Paging.limit, Paging.cursor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[ScorecardFields.contract]
      line = try values[Self.line]
      month = try values[RequestScore.month]
      metric = try values[Self.metric].flatMap(Metric.init(rawValue:))
      included = try values[Self.included]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filter: String {
      [contract?.description, line?.description, month.description, metric?.rawValue, included.map(String.init)].map { $0 ?? "" }.joined(separator: " ")
    }
  }

  package struct Entry: OperationOutput {
    let id: PublicId
    let number: String
    let line: PublicId
    let explanation: String
    let row: AttainedRequests.Found

    package static let fields: [OutputField<Entry>] = [
      OutputField("request", .id, "The request.", "请求编号。") { .id($0.id) },
      OutputField("number", .text, "Its number for people.", "请求号。") { .text($0.number) },
      OutputField("endedAt", .instant, "When it was fulfilled, refused, withdrawn or cancelled.", "履行完成、拒绝、撤回或取消的时间。") { .instant($0.row.endedAt) },
      OutputField("line", .id, "The contract line that promised it, or covers it.", "作出承诺（或覆盖该请求）的合同行。") { .id($0.line) },
      OutputField("lineName", .text, "What it is called.", "合同行名称。") { .text($0.row.lineName) },
      OutputField("metric", .text, "response or resolution (its fulfilment).", "指标：response（响应）或 resolution（履行完成）。") { .text($0.row.metric) },
      OutputField("included", .boolean, "Whether it is in the sample.", "是否计入样本。") { .bool($0.row.reason == "included") },
      OutputField("counted", .boolean, "Whether it is in the numerator.", "是否计入分子。") { .bool($0.row.verdict == "met") },
      OutputField("verdict", .text, "met, missed or withdrawn; null: not judged, or nothing was promised.", "判定；未判定或没有承诺时为 null。") { .text($0.row.verdict) },
      OutputField("judgedAt", .instant, "When it was broken, or what was promised was observed.", "超时时间，或观察到完成的时间。") { .instant($0.row.judgedAt) },
      OutputField("reason", .text, "Why it is included or left out: included, no_target, not_judged or withdrawn.", "计入或未计入的原因代码。") { .text($0.row.reason) },
      OutputField("explanation", .text, "The reason in words.", "原因说明。") { .text($0.explanation) },
    ]

    init(_ row: AttainedRequests.Found, in context: OperationContext) {
      // The ids and numbers of requests are made by Requests; these are their forms.
      id = context.tenant.id("req", row.publicId)
      number = "\(context.tenant.code)-REQ-\(pad(row.number, 6))"
      line = context.id(.contractLine, row.line)
      explanation = ScorecardMessages.reason(row.reason)?.text(context.language) ?? row.reason
      self.row = row
    }
  }

  package static let declaration = Declaration(
    "scorecard.request_promises", "List the requests behind a figure of requests, and those left out of it, with the reason.", zh: "列出请求指标所含及未计入的请求及其原因。",
    permission: "scorecard.read", roles: RequestScore.readers, scopes: [.tenant, .listed, .all], reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let scope = try await ScorecardScope(contract: input.contract, month: input.month, in: context)
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filter)
    var line: Int64?
    if let named = input.line {
      let statement = LineToFilterBy(tenant: context.tenant.id, contracts: scope.contracts, publicId: named)
      guard let found = try await context.transaction.first(statement) else { throw context.unknownReference("line") }
      line = found
    }
    let rows = try await context.transaction.query(
      AttainedRequests(
        tenant: context.tenant.id, contracts: scope.contracts, from: scope.month.firstDay, end: scope.month.end,
        metrics: input.metric.map { [$0] } ?? Metric.scored, line: line, included: input.included, afterRequest: try after?.integer(0) ?? 0,
        afterMetric: try after?.text(1) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit, filter: input.filter) { row in
      PageCursor([.integer(row.request), .text(row.metric)])
    } element: { row in
      Entry(row, in: context)
    }
  }
}

/// What both share.
enum RequestScore {
  static let month = Field.month("month", "The month in which they ended, in the contract's zone.", "请求结束所在的月份，按合同时区。")
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance, .customerManager]

  static func value<Record>(_ of: @escaping @Sendable (Record) -> (met: Int64, judged: Int64)) -> OutputField<Record> {
    OutputField("value", .decimal, "The percentage met of those judged; null where nothing is judged.", "已判定的承诺中达成的百分比；没有判定时为 null。") { record in
      let (met, judged) = of(record)
      return Rate(met, of: judged).map { .decimal($0.percent) } ?? .null
    }
  }

  static func met<Record>(_ of: @escaping @Sendable (Record) -> Int64) -> OutputField<Record> {
    OutputField("met", .integer, "How many were met.", "达成数。") { .integer(of($0)) }
  }

  static func judged<Record>(_ of: @escaping @Sendable (Record) -> Int64) -> OutputField<Record> {
    OutputField("judged", .integer, "How many were met or missed.", "已判定数（达成与未达成）。") { .integer(of($0)) }
  }
}
