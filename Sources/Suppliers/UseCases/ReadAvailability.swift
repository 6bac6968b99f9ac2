import BillingEngine
import Kernel
import Operations
import ServiceTime

package enum ReadAvailability: Operation {
  package struct Input: OperationInput {
    let service: PublicId
    let period: String
    let kind: BillingPeriod.Kind?
    let zone: String?
    let rule: AvailabilityRule

    private static let period = Field.text("period", 4...7, "A month, quarter or year: 2026-03, 2026-Q1 or 2026.", "月、季度或年：2026-03、2026-Q1 或 2026。")
    private static let kind = Field.oneOf(
      "periodKind", BillingPeriod.Kind.allCases.map(\.rawValue),
      "What the period is (default: what its name says); rolling_year: the twelve months that end with the month.",
      "期间类型（默认由其名称决定）；rolling_year 为截至该月的十二个月。"
    ).optional
    private static let zone = Field.text("zone", 1...64, "The IANA zone of its days (default: the supplier's).", "计算日的 IANA 时区（默认为供应商的时区）。").optional
    private static let countsFrom = Field.oneOf(
      "countsFrom", OutageSeverity.counting.map(\.rawValue), "The least severity that counts as down (default partial).", "计为中断的最低级别（默认 partial）。"
    ).optional
    private static let minimumSeconds = Field.integer(
      "minimumSeconds", 0...2_678_400, "An outage must last so long to count (default 0).", "中断须持续多久才计入（默认 0 秒）。"
    )
    .optional
    private static let maintenance = Field.oneOf(
      "maintenance", ["ignored", "counts"], "Whether maintenance counts as down (default ignored).", "维护是否计为中断（默认 ignored 不计）。"
    ).optional

    package static let fields: [any InputField] = [RecordOutage.Input.service, period, kind, zone, countsFrom, minimumSeconds, maintenance]

    package init(_ values: InputValues) throws(FieldError) {
      service = try values[RecordOutage.Input.service]
      period = try values[Self.period]
      kind = try values[Self.kind].flatMap(BillingPeriod.Kind.init(rawValue:))
      zone = try values[Self.zone]
      let countsFrom = try values[Self.countsFrom].flatMap(OutageSeverity.init(rawValue:)) ?? .partial
      let minimum = try values[Self.minimumSeconds] ?? 0
      let counts = try values[Self.maintenance] == "counts"
      rule = AvailabilityRule(countsFrom: countsFrom, minimumSeconds: minimum, maintenance: counts ? .counts : .ignored)
    }
  }

  package static let declaration = Declaration(
    "availability.read", "Read the availability of a supplier's service in a period, with the outages behind it and the targets judged by it.",
    zh: "查看供应商服务在某期间的可用性，包括所依据的中断及按其判定的目标。", permission: "outage.read", roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AvailabilityOutput {
    let service = try await context.supplierService(input.service, path: "service")
    let named = input.kind.map { BillingPeriod($0, named: input.period) } ?? BillingPeriod(calendarPeriod: input.period)
    guard let period = named else { throw Failure.invalid("period", SuppliersMessages.badPeriod) }
    let zone = try UnderpinningRule.zone(input.zone ?? service.supplierZone)
    let whole = zone.span(of: period.first, to: period.end)
    guard whole.start < context.now else { throw Failure.invalid("period", SuppliersMessages.periodAhead) }
    // Of a period that is not over, what there has been of it.
    let measured = TimeSpan(whole.start, min(whole.end, context.now))
    let rows = try await context.transaction.query(OutagesTouching(tenant: context.tenant.id, service: service.id, span: measured))
    let targets = try await context.transaction.query(
      AvailabilityTargets(supplier: service.supplierId, service: service.id, period: period.kind, at: measured.end.adding(seconds: -1)))
    let outages = rows.map(\.outage)
    return AvailabilityOutput(
      service: SupplierServiceOutput(service, in: context), period: period, zone: zone, whole: whole, rule: input.rule,
      measured: input.rule.measure(outages, in: measured),
      outages: rows.filter { !TimeSpans([$0.outage.span]).clipped(to: measured).isEmpty }.map { OutageOutput($0, in: context) },
      targets: targets.map { found in
        AvailabilityTargetOutput(found, outages: outages, in: measured, id: context.id(.underpinningContract, found.contract))
      })
  }
}

extension BillingPeriod {
  /// A month, quarter or year by its name.
  init?(calendarPeriod name: String) {
    guard let period = [Kind.month, .quarter, .year].lazy.compactMap({ BillingPeriod($0, named: name) }).first else { return nil }
    self = period
  }
}

package struct AvailabilityOutput: OperationOutput {
  let service: SupplierServiceOutput
  let period: BillingPeriod
  let zone: Zone
  let whole: TimeSpan
  let rule: AvailabilityRule
  let measured: Availability
  let outages: [OutageOutput]
  let targets: [AvailabilityTargetOutput]

  /// A stretch of down time.
  struct Interval: OperationOutput {
    let span: TimeSpan

    static let fields: [OutputField<Interval>] = [
      OutputField("from", .instant, "When it begins, within the period.", "在期间内的开始时间。") { .instant($0.span.start) },
      OutputField("to", .instant, "When it ends, within the period.", "在期间内的结束时间。") { .instant($0.span.end) },
      OutputField("seconds", .decimal, "How long it is.", "时长（秒）。") { .decimal(Seconds.text($0.span.microseconds)) },
    ]
  }

  package static let fields: [OutputField<AvailabilityOutput>] = [
    OutputField("service", record: SupplierServiceOutput.self, "The service.", "服务。") { $0.service },
    OutputField("period", .text, "The period.", "期间。") { .text($0.period.description) },
    OutputField("periodKind", .text, "month, quarter, year or rolling_year.", "期间类型：month、quarter、year 或 rolling_year。") { .text($0.period.kind.rawValue) },
    OutputField("zone", .text, "The zone of its days.", "计算日的时区。") { .text($0.zone.identifier) },
    OutputField("from", .instant, "When it begins.", "开始时间。") { .instant($0.measured.period.start) },
    OutputField("to", .instant, "Up to when it is measured: its end, or now.", "测量截止时间：期间结束或当前时刻。") { .instant($0.measured.period.end) },
    OutputField("isOver", .boolean, "Whether the period is over.", "期间是否已结束。") { .bool($0.measured.period.end == $0.whole.end) },
    OutputField("severityRule", .text, "What counts as down: this severity and worse.", "计为中断的级别：此级别及更严重者。") { .text($0.rule.countsFrom.rawValue) },
    OutputField("maintenanceRule", .text, "ignored or counts.", "维护：ignored（不计）或 counts（计入）。") { .text($0.rule.maintenance == .counts ? "counts" : "ignored") },
    OutputField("minimumSeconds", .integer, "An outage must last so long to count.", "中断须持续多久才计入。") { .integer($0.rule.minimumSeconds) },
    OutputField("totalSeconds", .decimal, "How long the period is.", "期间总时长（秒）。") { .decimal(Seconds.text($0.measured.totalMicroseconds)) },
    OutputField("downSeconds", .decimal, "How long the service was down, exact.", "中断时长（秒，精确）。") { .decimal(Seconds.text($0.measured.downMicroseconds)) },
    OutputField("availability", .decimal, "The share of the period in which it was there, in percent, rounded to six decimals.", "可用时间比例（百分数，六位小数）。") {
      $0.measured.attainment.map { .decimal($0.percent(decimals: 6)) } ?? .null
    },
    OutputField("exact", .text, "The same as a ratio in lowest terms.", "同上，以最简分数表示。") { .text($0.measured.attainment?.description) },
    OutputField("intervals", listOf: Interval.self, "The down time, overlapping outages united.", "中断时段（重叠已合并）。") { $0.measured.down.spans.map(Interval.init) },
    OutputField("outages", listOf: OutageOutput.self, "The outages of any severity in the period.", "期间内各级别的中断。") { $0.outages },
    OutputField("targets", listOf: AvailabilityTargetOutput.self, "What contracts promise for such a period, judged.", "合同对该期间的承诺及判定。") { $0.targets },
  ]
}

package struct AvailabilityTargetOutput: OperationOutput {
  let contract: PublicId
  let reference: String
  let objective: Rate?
  let rule: AvailabilityRule
  let attainment: Fraction?

  init(_ found: AvailabilityTargets.Found, outages: [Outage], in measured: TimeSpan, id: PublicId) {
    contract = id
    reference = found.reference
    objective = found.target.promise.objective
    rule = if case .availability(_, _, let severity) = found.target.promise { AvailabilityRule(countsFrom: severity) } else { AvailabilityRule() }
    attainment = rule.measure(outages, in: measured).attainment
  }

  private var isMet: Bool? {
    guard let attainment, let objective else { return nil }
    return attainment >= Fraction(objective)
  }

  package static let fields: [OutputField<AvailabilityTargetOutput>] = [
    OutputField("underpinningContract", .id, "The contract that promises it.", "承诺的合同。") { .id($0.contract) },
    OutputField("reference", .text, "The contract's reference.", "合同号。") { .text($0.reference) },
    OutputField("objective", .decimal, "The share that is promised, in percent.", "承诺的比例（百分数）。") { $0.objective.map { .decimal($0.percent) } ?? .null },
    OutputField("severityRule", .text, "What counts as down by this contract.", "该合同计为中断的级别。") { .text($0.rule.countsFrom.rawValue) },
    OutputField("availability", .decimal, "The availability by this rule, in percent.", "按该规则的可用性（百分数）。") {
      $0.attainment.map { .decimal($0.percent(decimals: 6)) } ?? .null
    },
    OutputField("met", .boolean, "Whether the promise is kept, exactly.", "是否达成（精确判定）。") { .bool($0.isMet) },
  ]
}

extension Availability {
  /// Nil for a period without time.
  package var attainment: Fraction? { Fraction(totalMicroseconds - downMicroseconds, totalMicroseconds) }
}
