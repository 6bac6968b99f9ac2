import Contracts
import Kernel
import Operations

/// Why a clock is judged as it is: contract line, target, calendar, intervals with their causes, what was observed, when
/// it is due, and every verdict, the superseded ones too.
package struct ClockExplanation: OperationOutput {
  let clock: SubjectClock
  let chain: ClockChains.Found
  let ids: Ids
  var intervals: [IntervalRecord]
  let milestones: [MilestoneRecord]
  let verdicts: [VerdictRecord]

  struct Ids: Sendable {
    let contract: PublicId?
    let line: PublicId?
    let sla: PublicId?
    let calendar: PublicId?
  }

  /// Of all clocks that the subject had. The transaction is bound to its tenant.
  package static func of(_ subject: ClockSubject, in context: OperationContext) async throws -> [ClockExplanation] {
    try await of([subject], in: context)[subject] ?? []
  }

  /// The same of several subjects, in one round trip.
  package static func of(_ subjects: [ClockSubject], in context: OperationContext) async throws -> [ClockSubject: [ClockExplanation]] {
    let tenant = context.tenant.id
    let (clocks, chains, intervals, milestones, verdicts) = try await context.transaction.query(
      AllClocksOfSubjects(tenant: tenant, subjects: subjects), ClockChains(tenant: tenant, subjects: subjects),
      IntervalsOfSubjects(tenant: tenant, subjects: subjects), MilestonesOfSubjects(tenant: tenant, subjects: subjects),
      VerdictsOfSubjects(tenant: tenant, subjects: subjects))
    let explained = clocks.sorted { Metric.inOrder($0.clock.metric, $1.clock.metric) }.compactMap { clock -> ClockExplanation? in
      guard let chain = chains.first(where: { $0.id == clock.id }) else { return nil }
      let ids = Ids(
        contract: chain.contract.map { context.id(.contract, $0) }, line: chain.line.map { context.id(.contractLine, $0) },
        sla: chain.sla.map { context.id(.sla, $0) }, calendar: chain.calendar.map { context.id(.calendar, $0) })
      return ClockExplanation(
        clock: clock, chain: chain, ids: ids, intervals: intervals.filter { $0.clock == clock.id }.map(\.record),
        milestones: milestones.filter { $0.clock == clock.id }.map(\.record), verdicts: verdicts.filter { $0.clock == clock.id }.map(\.record))
    }
    return Dictionary(grouping: explained, by: \.clock.subject)
  }

  /// For those to whom what shows waits of one cause is not to be shown.
  package func withoutEvidence(of cause: String) -> ClockExplanation {
    var copy = self
    for index in copy.intervals.indices where copy.intervals[index].cause == cause { copy.intervals[index].evidence = nil }
    return copy
  }

  /// Of a promise by a supplier: the target of the underpinning contract.
  package var supplierTarget: Int64? { clock.terms.promise.supplierTarget }

  private var budgetSeconds: Int64? { if case .workingSeconds(let seconds) = clock.clock.budget { seconds } else { nil } }
  private var businessDays: Int64? { if case .businessDays(let days) = clock.clock.budget { days } else { nil } }

  package static let fields: [OutputField<ClockExplanation>] = [
    OutputField("metric", .text, "response, update or resolution.", "指标：response、update 或 resolution。") { .text($0.clock.clock.metric.rawValue) },
    OutputField("contract", .id, "The contract; null in the explanation of a team's or supplier's turn.", "合同；团队或供应商处理段的解释中为 null。") { .id($0.ids.contract) },
    OutputField("contractLine", .id, "The contract line that promises it.", "作出承诺的合同行。") { .id($0.ids.line) },
    OutputField("contractLineName", .text, "Its name.", "合同行名称。") { .text($0.chain.lineName) },
    OutputField("contractLineFrom", .instant, "Since when the line's version was in force.", "合同行版本的生效时间。") { .instant($0.chain.lineValidFrom) },
    OutputField("lineReason", .text, "Why this line, agreement or underpinning contract was chosen.", "选择该合同行、协议或支撑合同的原因。") {
      .text($0.clock.terms.reason)
    },
    OutputField("sla", .id, "The SLA or OLA; null where a supplier promises.", "SLA 或 OLA；由供应商承诺时为 null。") { .id($0.ids.sla) },
    OutputField("slaName", .text, "Its name.", "协议名称。") { .text($0.chain.slaName) },
    OutputField("slaFrom", .instant, "Since when the SLA's version was in force.", "协议版本的生效时间。") { .instant($0.chain.slaValidFrom) },
    OutputField("priority", .integer, "The ticket's priority when the target was chosen.", "选用目标时工单的优先级。") { .integer($0.clock.terms.priority) },
    OutputField(
      "targetReason", .text, "Why this target was chosen: the facts that it names, such as service+priority; any: none. Null of a supplier's.",
      "选用该目标的原因：其指定的条件，如 service+priority；any 表示未指定；供应商目标为 null。"
    ) { .text($0.chain.sla == nil ? nil : $0.chain.selector.named.code) },
    OutputField("budgetSeconds", .integer, "The target: seconds of open time.", "目标：服务时间秒数。") { .integer($0.budgetSeconds) },
    OutputField("businessDays", .integer, "The target: the end of the N-th business day.", "目标：第 N 个工作日结束。") { .integer($0.businessDays) },
    OutputField("budgetOpenSeconds", .integer, "The target in open seconds since the start.", "自开始起的时限秒数。") { .integer($0.clock.clock.shownBudgetSeconds) },
    OutputField("objective", .decimal, "The share of tickets that must meet it, in percent.", "须达成的工单比例（百分比）。") {
      .text($0.chain.objective.map { Rate(units: $0).percent })
    },
    OutputField("pauses", .boolean, "Whether waiting for the customer stops it.", "等待客户时是否停止计时。") { .bool($0.clock.terms.pauses) },
    OutputField("stopsAt", .text, "Where the clock of resolution stops: resolved or closed.", "解决计时的终点：resolved 或 closed。") {
      .text($0.clock.terms.stopsAt.rawValue)
    },
    OutputField("calendar", .id, "The calendar of coverage.", "服务时间日历。") { .id($0.ids.calendar) },
    OutputField("calendarName", .text, "Its name.", "日历名称。") { .text($0.chain.calendarName) },
    OutputField("calendarZone", .text, "Its zone.", "日历时区。") { .text($0.chain.calendarZone) },
    OutputField("calendarFrom", .instant, "Since when the calendar's version was in force.", "日历版本的生效时间。") { .instant($0.chain.calendarValidFrom) },
    OutputField("state", .text, "running, paused, stopped or withdrawn.", "状态：running、paused、stopped 或 withdrawn。") { .text($0.clock.clock.state.rawValue) },
    OutputField("stateSince", .instant, "Since when it is in this state.", "进入当前状态的时间。") { .instant($0.clock.clock.stateSince) },
    OutputField("cause", .text, "What brought it there.", "进入当前状态的起因。") { .text($0.clock.clock.stateCause) },
    OutputField("startedAt", .instant, "When it started.", "开始时间。") { .instant($0.clock.clock.startedAt) },
    OutputField("renewedAt", .instant, "Of update: the last word, from which the target counts anew.", "update：最近一次告知的时间，时限自此重新计算。") {
      .instant($0.clock.clock.renewedAt)
    },
    OutputField("consumedSeconds", .integer, "Open seconds of its closed runs; of update, since the last word.", "已结束运行段的服务时间秒数；update 自最近一次告知起算。") {
      .integer($0.clock.clock.consumedSeconds)
    },
    OutputField("dueAt", .instant, "When it is due; null while it does not run.", "到期时间；未运行时为 null。") { .instant($0.clock.clock.dueAt) },
    OutputField("breachAt", .instant, "The last instant in time; later than due where the budget ends with an opening.", "最后的及时时刻。") {
      .instant($0.clock.clock.breachAt)
    },
    OutputField("observedAt", .instant, "When what it waits for was observed.", "观察到完成的时间。") { .instant($0.clock.clock.observedAt) },
    OutputField("verdict", .text, "What counts now; null: not judged yet.", "当前判定；null 表示尚未判定。") { .text($0.clock.clock.outcome?.rawValue) },
    OutputField("intervals", listOf: IntervalRecord.self, "The closed stretches.", "已结束的计时段。") { $0.intervals },
    OutputField("milestones", listOf: MilestoneRecord.self, "What was observed.", "已观察到的里程碑。") { $0.milestones },
    OutputField("verdicts", listOf: VerdictRecord.self, "Every judgement.", "全部判定。") { $0.verdicts },
  ]
}
