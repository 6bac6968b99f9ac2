import BillingEngine
import Contracts
import Kernel
import Operations
import ServiceTime
import Suppliers

/// A judgement of what was measured in a period.
package struct MeasuredVerdictOutput: OperationOutput {
  let row: MeasuredVerdictRow

  package static let fields: [OutputField<MeasuredVerdictOutput>] = [
    OutputField("measure", .text, "What was measured, as a code.", "测量指标代码。") { .text($0.row.metric) },
    OutputField("service", .text, "The service of the target; null: any.", "目标适用的服务；null 表示任何服务。") { .text($0.row.service.isEmpty ? nil : $0.row.service) },
    OutputField("period", .text, "The period: 2026-03, 2026-Q1, 2026.", "期间：2026-03、2026-Q1、2026。") { .text($0.row.periodName) },
    OutputField("periodKind", .text, "month, quarter, year or rolling_year.", "期间类型：month、quarter、year 或 rolling_year。") { .text($0.row.periodKind) },
    OutputField("from", .date, "Its first day, in the contract's zone.", "首日（合同时区）。") { .date($0.row.periodFrom) },
    OutputField("to", .date, "The first day after it.", "结束日（不含）。") { .date($0.row.periodTo) },
    OutputField("attained", .integer, "So much (microseconds, of outages); null: nothing was measured.", "达成量（由中断计算时以微秒计）；null 表示未测量。") {
      .integer($0.row.attained)
    },
    OutputField("attainable", .integer, "Of so much.", "总量。") { .integer($0.row.attainable) },
    OutputField("objective", .decimal, "The share that was promised, in percent.", "承诺的比例（百分数）。") { .decimal($0.row.objective.percent) },
    OutputField("verdict", .text, "met or missed; null: nothing was measured.", "met（达标）或 missed（未达标）；null 表示未测量。") { .text($0.row.verdict) },
    OutputField(
      "cause", .text,
      "judged (the first), remeasured (what was measured changed), retargeted (what was promised changed), or recalculated (the rules changed).",
      "judged（首次）、remeasured（测量变化）、retargeted（承诺变化）或 recalculated（规则变化）。"
    ) { .text($0.row.cause) },
    OutputField("seq", .integer, "Its place among the judgements of the period; the last one counts.", "该期间判定的序号，以最后一个为准。") { .integer($0.row.seq) },
    OutputField("calculation", .integer, "The version of the rules.", "规则版本。") { .integer($0.row.calculation) },
    OutputField("evidence", .document, "What it was counted from: ids of measurements, or of outages with their version.", "依据：测量编号，或中断编号及其版本。") {
      $0.row.evidence
    },
    OutputField("recordedAt", .instant, "When it was judged.", "判定时间。") { .instant($0.row.recordedAt) },
  ]
}

/// Judges all that is measured of a line by the periods of one name. What comes to the same as before writes nothing.
package enum JudgePeriod: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let period: String

    private static let period = Field.text(
      "period", 4...7, "The period: 2026-03 (a month, and the twelve that end with it), 2026-Q1 or 2026.", "期间：2026-03（月及以其结束的十二个月）、2026-Q1 或 2026。")

    package static let fields: [any InputField] = [MeasurementFields.line, period]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[MeasurementFields.line]
      period = try values[Self.period]
    }
  }

  package struct Output: OperationOutput {
    let verdicts: [MeasuredVerdictOutput]

    package static let fields: [OutputField<Output>] = [
      OutputField("verdicts", listOf: MeasuredVerdictOutput.self, "The judgement of each target that counts now.", "各目标当前有效的判定。") { $0.verdicts }
    ]
  }

  package static let declaration = Declaration(
    "measurement.judge", "Judge what was measured of a contract line in a period that is over; the same again changes nothing.",
    zh: "判定合同行在已结束期间的测量结果；重复执行不产生变更。", roles: MeasurementRights.judges, reach: .oneAndProvider(by: "line"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let line = try await context.measuredLine(input.line)
    let zone = try context.zone(of: line)
    let periods = BillingPeriod.Kind.allCases.compactMap { BillingPeriod($0, named: input.period) }
    guard !periods.isEmpty else { throw Failure.invalid("period", MeasurementsMessages.badPeriod) }
    let timeline = try await context.timeline(of: line)
    let newest = try await context.transaction.query(NewestVerdicts(tenant: context.tenant.id, line: line.line, periodName: input.period))
    context.subject(input.line)
    var verdicts: [MeasuredVerdictRow] = []
    for period in periods {
      let span = zone.span(of: period.first, to: period.end)
      let targets = try await ContractTerms.measuredTargets(of: timeline, span, in: context.transaction)
      guard targets.contains(where: { $0.period == period.kind }) else { continue }
      guard span.end <= context.now else { throw Failure(.conflict, MeasurementsMessages.periodOpen, ["end": span.end.description]) }
      verdicts += try await context.judge(targets, of: line.line, in: period, span, inForce: timeline.inForce(span), newest)
    }
    guard !verdicts.isEmpty else { throw Failure(.conflict, MeasurementsMessages.nothingMeasured) }
    return Output(verdicts: verdicts.map(MeasuredVerdictOutput.init))
  }
}

extension OperationContext {
  /// When the line is in force, and by which SLA.
  func timeline(of line: MeasuredLine.Found) async throws -> LineTimeline {
    guard let currency = Currency(code: line.currency) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "a contract's currency is unknown")
    }
    return try await ContractTerms.timeline(tenant: tenant.id, contract: line.contract, line: line.line, currency: currency, in: transaction)
  }

  /// The zone of the line's contract, by whose days periods go.
  func zone(of line: MeasuredLine.Found) throws(Failure) -> Zone {
    guard let zone = Zone.named(line.zone) else { throw Failure(.internal, OperationMessages.internalFault, debug: "a contract's zone is unknown") }
    return zone
  }

  /// Judges the targets whose period it is.
  fileprivate func judge(
    _ targets: [MeasuredTarget], of line: Int64, in period: BillingPeriod, _ span: TimeSpan, inForce: TimeSpans, _ newest: [MeasuredVerdictRow]
  ) async throws -> [MeasuredVerdictRow] {
    let recorded = try await transaction.query(StandingMeasurements(tenant: tenant.id, line: line, span: span))
    var links: [LinkedService] = []
    if targets.contains(where: { $0.measure == .availability }) {
      links = try await LinkedService.of(line: line, tenant: tenant.id, provider: provider.id, in: span, transaction)
    }
    // Availability for which no supplier answers is what was recorded.
    let isProvided = links.contains { !$0.isBackup && !TimeSpans([$0.span]).intersection(inForce).isEmpty }
    var verdicts: [MeasuredVerdictRow] = []
    for target in targets where target.period == period.kind {
      guard let objective = target.objective else { continue }
      let others = Set(targets.filter { $0.measure == target.measure && $0 != target }.compactMap(\.service))
      let values = recorded.filter { $0.metric == target.measure.code }.map(\.value)
      let measured =
        target.measure == .availability && isProvided
        ? MeasuredPeriod(links, of: target, in: span, inForce: inForce) : MeasuredPeriod(values, of: target, others: others, in: span)
      guard let measured else { throw Failure(.internal, OperationMessages.internalFault, debug: "the sum of measurements is out of range") }
      let before = newest.first { $0.metric == target.measure.code && $0.service == target.service ?? "" && $0.periodKind == period.kind.rawValue }
      verdicts.append(try await keep(measured, target, objective, line, period, after: before))
    }
    return verdicts
  }

  /// Writes a judgement, unless the one before says the same.
  private func keep(
    _ measured: MeasuredPeriod, _ target: MeasuredTarget, _ objective: Rate, _ line: Int64, _ period: BillingPeriod, after before: MeasuredVerdictRow?
  ) async throws -> MeasuredVerdictRow {
    let evidence = evidence(measured)
    if let before, before.target == target.id, before.calculation == MeasuredPeriod.calculation, before.attained == measured.attained,
      before.attainable == measured.attainable, before.evidence == evidence
    {
      return before
    }
    let cause =
      before.map { before in
        before.target != target.id ? "retargeted" : before.calculation != MeasuredPeriod.calculation ? "recalculated" : "remeasured"
      } ?? "judged"
    let inserted = try await transaction.first(
      InsertMeasuredVerdict(
        tenant: tenant.id, line: line, target: target, objective: objective, period: period, measured: measured, cause: cause, before: before,
        evidence: evidence, actor: actor, now: now))
    guard let inserted else { throw Failure.notFound }
    record(
      Event(
        subjectKind: "measured_verdict", subject: inserted.id, seq: 1, type: "measurement.judged",
        payload: .object([
          "measure": .text(target.measure.code), "service": .text(target.service), "period": .text(period.description), "cause": .text(cause),
          "verdict": .text(measured.verdict?.rawValue),
        ]), occurredAt: now))
    return inserted
  }

  private func evidence(_ measured: MeasuredPeriod) -> Value {
    var (measurements, outages): ([Value], [Value]) = ([], [])
    for one in measured.evidence {
      switch one {
      case .measurement(let bits): measurements.append(.id(id(.measurement, bits)))
      case .outage(let bits, let version): outages.append(.object(["outage": .id(id(.outage, bits)), "version": .integer(version)]))
      }
    }
    // In the order in which the database gives them back.
    return .object(["outages": .array(outages), "measurements": .array(measurements)])
  }
}

package enum ListMeasuredVerdicts: Operation {
  package typealias Input = ListMeasurements.Input

  package static let declaration = Declaration(
    "measurement.verdicts", "List the judgements of what was measured of a contract line, the newest period first, superseded ones too.",
    zh: "列出合同行测量结果的判定，最新期间在前，含已被取代的。", permission: "measurement.read", roles: MeasurementRights.readers, scopes: [.tenant, .listed, .all],
    reach: .one(by: "line"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<MeasuredVerdictOutput> {
    let filter = input.line.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let line = try await context.measuredLine(input.line)
    let before = try after.map { CalendarDate(daysSinceEpoch: try $0.integer(0)) } ?? CalendarDate(daysSinceEpoch: 2_932_896)
    let rows = try await context.transaction.query(
      VerdictsOfLine(
        tenant: context.tenant.id, line: line.line, beforePeriod: before, beforeId: try after?.integer(1) ?? .max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.integer(row.periodFrom.daysSinceEpoch), .integer(row.id)])
    } element: { row in
      MeasuredVerdictOutput(row: row)
    }
  }
}
