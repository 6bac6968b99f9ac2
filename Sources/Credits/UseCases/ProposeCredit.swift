import BillingEngine
import Contracts
import Kernel
import Operations
import Postgres
import ServiceTime
import Suppliers

package enum ProposeCredit: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let schedule: PublicId
    let period: String
    let claimedOn: CalendarDate?

    private static let period = Field.text(
      "period", 4...7, "The period, as the schedule has it: 2026-03 (a month, or the twelve that end with it), 2026-Q1 or 2026.",
      "期间，与方案的周期一致：2026-03（月，或以其结束的十二个月）、2026-Q1 或 2026。")
    private static let claimedOn = Field.date(
      "claimedOn", "The day on which it was claimed, in the contract's zone (default: that of the proposal before, else today).",
      "提出申请的日期，按合同时区（默认为上一建议的申请日，否则为今天）。"
    ).optional

    package static let fields: [any InputField] = [LineCreditFields.line, LineCreditFields.schedule, period, claimedOn]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[LineCreditFields.line]
      schedule = try values[LineCreditFields.schedule]
      period = try values[Self.period]
      claimedOn = try values[Self.claimedOn]
    }
  }

  package struct Output: OperationOutput {
    enum Outcome: String, Sendable {
      /// A proposal was made.
      case proposed
      /// There is one, and it says the same.
      case unchanged
      /// No band pays.
      case nothing
      /// Nothing was judged in the period.
      case notMeasured = "not_measured"
    }

    let outcome: Outcome
    let calculation: Value
    let credit: CreditOutput?

    package static let fields: [OutputField<Output>] = [
      OutputField(
        "outcome", .text, "proposed, unchanged, nothing (no band pays) or not_measured (nothing was judged).",
        "proposed（已提出）、unchanged（与已有建议相同）、nothing（无需补偿）或 not_measured（无可判定数据）。"
      ) { .text($0.outcome.rawValue) },
      OutputField("calculation", .document, "What was attained, and what it is worth.", "达成情况及补偿计算。") { $0.calculation },
      OutputField("credit", record: CreditOutput.self, "The proposal; null when there is none.", "补偿建议；无则为 null。") { $0.credit },
    ]
  }

  package static let declaration = Declaration(
    "credit.propose", "Compute what a closed period of a contract line is worth, and propose it; the same again changes nothing.",
    zh: "计算合同行某一已结束期间的补偿并提出建议；重复执行不产生变更。", permission: "credit.propose", roles: CreditRights.proposers,
    reach: .oneAndProvider(by: "line"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let line = try await context.creditedLine(input.line)
    let newest = try await context.creditSchedule(input.schedule)
    guard let zone = Zone.named(line.zone), let currency = Currency(code: line.currency) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "a contract's zone or currency is unknown")
    }
    context.subject(input.line)
    let (period, span, schedule) = try await terms(of: newest, input, line, zone, in: context)
    let terms = try CreditSchedule(schedule.terms)
    let calculation = try await context.calculation(of: line, schedule: terms, period: period, span, zone, currency)
    let newestProposal = try await context.transaction.first(
      NewestProposal(tenant: context.tenant.id, line: line.line, schedule: schedule, period: period, calculation: calculation.value))
    if let found = newestProposal, found.isSame {
      let credit = try await context.creditOutput(context.id(.credit, found.publicId))
      return Output(outcome: .unchanged, calculation: calculation.value, credit: credit)
    }
    guard newestProposal != nil || calculation.credit.amount.minorUnits > 0 else {
      return Output(outcome: calculation.measurement.isMeasured ? .nothing : .notMeasured, calculation: calculation.value, credit: nil)
    }
    // What corrects a proposal is claimed with it.
    let claimedOn = try claimDay(input.claimedOn ?? newestProposal?.claimedOn, period, terms, today: zone.date(at: context.now))
    let id = try await context.insert(calculation, of: line, schedule: schedule, claimedOn: claimedOn, after: newestProposal)
    return Output(outcome: .proposed, calculation: calculation.value, credit: try await context.creditOutput(id))
  }

  /// The period that the input names, once it is over, and the version of the schedule that held when it began.
  private static func terms(
    of newest: ScheduleRow, _ input: Input, _ line: CreditedLine.Found, _ zone: Zone, in context: OperationContext
  ) async throws -> (BillingPeriod, TimeSpan, ScheduleRow) {
    // Versions may differ in their period: the kind is meant that has such a name and was the schedule's when the period began.
    let rows = try await context.transaction.query(CreditScheduleVersions(publicId: input.schedule))
    let timeline = ScheduleTimeline(try rows.map { (validFrom: $0.validFrom, kind: try CreditSchedule($0.terms).period, version: $0) }, in: zone)
    var wanted = try CreditSchedule(newest.terms).period
    for kind in BillingPeriod.Kind.allCases {
      guard let period = BillingPeriod(kind, named: input.period) else { continue }
      let span = zone.span(of: period.first, to: period.end)
      guard let held = timeline.kind(from: period.first) else {
        throw Failure(.conflict, CreditsMessages.noSchedule, ["start": span.start.description])
      }
      guard let schedule = timeline.version(of: period) else {
        wanted = held
        continue
      }
      let attached = try await context.transaction.first(
        LineScheduleAt(tenant: context.tenant.id, line: line.line, schedule: schedule.id, at: span.start))
      guard attached?.isAttached ?? false else { throw Failure(.conflict, CreditsMessages.notAttached, ["start": span.start.description]) }
      guard span.end <= context.now else { throw Failure(.conflict, CreditsMessages.periodOpen, ["end": span.end.description]) }
      return (period, span, schedule)
    }
    throw Failure.invalid("period", CreditsMessages.badPeriod, ["form": wanted.example])
  }

  /// The day of the claim, when one may still be made then.
  private static func claimDay(
    _ day: CalendarDate?, _ period: BillingPeriod, _ terms: CreditSchedule, today: CalendarDate
  ) throws(Failure) -> CalendarDate {
    let day = day ?? today
    guard (period.end...max(today, period.end)).contains(day) else {
      throw .invalid("claimedOn", CreditsMessages.claimDay, ["first": period.end.description, "today": today.description])
    }
    if let last = terms.claimBy(period), day > last { throw Failure(.conflict, CreditsMessages.claimOver, ["day": last.description]) }
    return day
  }
}

extension BillingPeriod.Kind {
  /// How a period of this kind is written.
  fileprivate var example: String {
    switch self {
    case .month, .rollingYear: "2026-03"
    case .quarter: "2026-Q1"
    case .year: "2026"
    }
  }
}

extension OperationContext {
  /// Measures a period of a line and computes what it is worth.
  fileprivate func calculation(
    of line: CreditedLine.Found, schedule: CreditSchedule, period: BillingPeriod, _ span: TimeSpan, _ zone: Zone, _ currency: Currency
  ) async throws -> CreditCalculation {
    let timeline = try await ContractTerms.timeline(
      tenant: tenant.id, contract: line.contract, line: line.line, currency: currency, in: transaction)
    let inForce = timeline.inForce(span)
    let measurement = try await measurement(of: line.line, schedule, lineVersions: timeline.lines.map(\.id), in: period, span, inForce: inForce)
    do throws(CreditError) {
      let base = try timeline.base(of: period, in: zone)
      return CreditCalculation(
        period: period, zone: zone, span: span, schedule: schedule, measurement: measurement, base: base,
        credit: try schedule.credit(for: measurement.subjects, base: base))
    } catch {
      throw error.failure
    }
  }

  private func measurement(
    of line: Int64, _ schedule: CreditSchedule, lineVersions: [Int64], in period: BillingPeriod, _ span: TimeSpan, inForce: TimeSpans
  ) async throws -> CreditMeasurement {
    switch schedule.measure {
    case .response, .resolution:
      return CreditMeasurement(
        judged: try await transaction.query(
          JudgedPromises(tenant: tenant.id, lineVersions: lineVersions, metric: schedule.measure.rawValue, priority: schedule.priority, span: span)))
    case .measured:
      return try await recorded(schedule.metric ?? "", of: line, per: schedule.scope, in: period, span)
    case .availability:
      let provided = CreditMeasurement(
        links: try await LinkedService.of(line: line, tenant: tenant.id, provider: provider.id, in: span, transaction), per: schedule.scope,
        AvailabilityRule(schedule.downtime), in: span, inForce: inForce)
      // Where no supplier answers for the line, what was recorded of it does.
      guard provided.subjects.isEmpty else { return provided }
      let recorded = try await recorded("availability", of: line, per: .line, in: period, span)
      return recorded.isMeasured ? recorded : provided
    }
  }

  private func recorded(
    _ metric: String, of line: Int64, per scope: CreditSchedule.Scope, in period: BillingPeriod, _ span: TimeSpan
  ) async throws -> CreditMeasurement {
    let verdicts = try await transaction.query(MeasuredVerdicts(tenant: tenant.id, line: line, metric: metric, period: period))
    do throws(CreditError) {
      return try CreditMeasurement(recorded: verdicts, per: scope, in: span)
    } catch {
      throw error.failure
    }
  }

  /// Writes a proposal with its evidence. The one before it, when it still waits, gives way.
  fileprivate func insert(
    _ calculation: CreditCalculation, of line: CreditedLine.Found, schedule: ScheduleRow, claimedOn: CalendarDate, after newest: NewestProposal.Found?
  ) async throws -> PublicId {
    if let newest, let state = newest.state.after(.supersession), newest.state != .approved {
      try await advance(newest.id, newest.version, to: state, by: .supersession, reason: nil)
    }
    let granted = try await transaction.first(
      GrantedProposal(
        tenant: tenant.id, line: line.line, schedule: schedule.id, from: calculation.period.first, to: calculation.period.end))
    let id = newId(.credit)
    subject(id)
    guard let number = try await transaction.first(NextNumber("credit", of: tenant.id)),
      let proposal = try await transaction.first(
        InsertProposal(
          tenant: tenant.id, publicId: id, number: number, line: line, schedule: schedule, period: calculation.period, calculation: calculation.value,
          amount: calculation.credit.amount, granted: granted?.amount ?? 0, supersedes: newest?.id,
          claimBy: calculation.schedule.claimBy(calculation.period), claimedOn: claimedOn, actor: actor, now: now))
    else { throw Failure.notFound }
    if !calculation.measurement.evidence.isEmpty {
      transaction.enqueue(InsertEvidence(tenant: tenant.id, proposal: proposal, evidence: calculation.measurement.evidence))
    }
    record(
      Event(
        subjectKind: "credit", subject: proposal, seq: 1, type: "credit.proposed",
        payload: .object([
          "credit": .id(id), "amount": .text(calculation.credit.amount.description), "period": .text(calculation.period.description),
        ]), occurredAt: now))
    return id
  }

  /// Moves a proposal on and records who did.
  func advance(_ id: Int64, _ version: Int64, to state: CreditState, by event: CreditState.Event, reason: String?) async throws {
    guard let next = try await transaction.first(AdvanceProposal(tenant: tenant.id, id: id, version: version, state: state)) else { throw beaten }
    transaction.enqueue(
      InsertDecision(
        tenant: tenant.id, proposal: id, seq: next, event: event, reason: reason, actor: actor, person: principal.person, actorName: principal.name,
        now: now))
    record(
      Event(
        subjectKind: "credit", subject: id, seq: next, type: "credit.\(event.rawValue)", payload: .object(["state": .text(state.rawValue)]),
        occurredAt: now))
  }
}
