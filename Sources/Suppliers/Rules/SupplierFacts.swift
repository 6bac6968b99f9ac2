import BillingEngine
import Kernel
import ServiceTime

/// What the records say of a supplier in a period: what criteria are measured from. Pure; what is not measured is said why.
struct SupplierFacts: Sendable {
  struct Service: Sendable {
    let name: String
    let outages: [KnownOutage]
  }

  struct KnownOutage: Sendable {
    let publicId: [UInt8]
    let version: Int64
    let outage: Outage
  }

  /// A turn of the supplier's on a customer's ticket that kept its contract's target, or did not.
  struct Turn: Sendable {
    let tenant: TenantId
    let clock: Int64
    let metric: UnderpinningMetric
    let isMet: Bool
    let at: Instant
  }

  /// The part of an entry that falls on the period. What was taken back is none.
  struct Entry: Sendable {
    let publicId: [UInt8]
    let kind: EntryKind
    let reference: String
    let currency: Currency
    /// In minor units, exact; nil when it does not fit.
    let minorUnits: Fraction?
  }

  let span: TimeSpan
  let services: [Service]
  let turns: [Turn]
  let planned: [PlannedCost.Part]
  let entries: [Entry]

  /// A record behind a figure.
  struct Evidence: Sendable {
    enum Source: Sendable {
      case outage(publicId: [UInt8], version: Int64)
      case entry(publicId: [UInt8])
      case plan
      /// A clock of a customer's.
      case turn(TenantId, clock: Int64)
    }

    let source: Source
    let label: String
    var from: Instant?
    var to: Instant?
    var amount: Fraction?
    var currency: Currency?
  }

  func measure(_ measure: AppraisalScheme.Measure) -> (finding: CriterionFinding, evidence: [Evidence]) {
    switch measure {
    case .attainment(let metric): attainment(metric)
    case .availability(let countsFrom): availability(AvailabilityRule(countsFrom: countsFrom))
    case .credits(let currency): ofPlan(.creditNote, currency)
    case .cost(let currency): ofPlan(.cost, currency)
    }
  }

  private func attainment(_ metric: UnderpinningMetric?) -> (CriterionFinding, [Evidence]) {
    let judged = turns.filter { metric == nil || $0.metric == metric }
    let met = judged.count(where: \.isMet)
    guard let share = Fraction(Int64(met), Int64(judged.count)) else { return (CriterionFinding(.gap(.nothingJudged)), []) }
    return (
      CriterionFinding(.share(share), part: String(met), whole: String(judged.count)),
      judged.map { turn in
        Evidence(
          source: .turn(turn.tenant, clock: turn.clock), label: "\(turn.metric.rawValue) \(turn.isMet ? "met" : "missed")", from: turn.at)
      }
    )
  }

  /// Over all services: their time there over all their time. A ratio adds up from its parts, never from percentages.
  private func availability(_ rule: AvailabilityRule) -> (CriterionFinding, [Evidence]) {
    let measured = services.map { rule.measure($0.outages.map(\.outage), in: span) }
    guard let all = sum(measured.map { Fraction($0.totalMicroseconds) }), let up = sum(measured.map { Fraction($0.totalMicroseconds - $0.downMicroseconds) })
    else { return (CriterionFinding(.gap(.tooLarge)), []) }
    let (there, total) = (up.numerator, all.numerator)
    guard let share = Fraction(there, total) else { return (CriterionFinding(.gap(.noServices)), []) }
    let evidence = services.flatMap { service in
      service.outages.compactMap { known -> Evidence? in
        guard known.outage.severity >= rule.countsFrom, let part = TimeSpans([known.outage.span]).clipped(to: span).spans.first else { return nil }
        return Evidence(
          source: .outage(publicId: known.publicId, version: known.version), label: "\(service.name): \(known.outage.severity.rawValue)",
          from: part.start, to: part.end)
      }
    }
    return (CriterionFinding(.share(share), part: Seconds.text(there), whole: Seconds.text(total)), evidence)
  }

  /// What entries of a kind come to, of what was planned.
  private func ofPlan(_ kind: EntryKind, _ wanted: Currency?) -> (CriterionFinding, [Evidence]) {
    let currencies = Set(planned.map(\.currency))
    guard wanted != nil || currencies.count <= 1 else { return (CriterionFinding(.gap(.severalCurrencies)), []) }
    guard let currency = wanted ?? currencies.first else { return (CriterionFinding(.gap(.noPlan)), []) }
    let plan = planned.filter { $0.currency == currency }
    let counted = entries.filter { $0.kind == kind && $0.currency == currency }
    let evidence =
      plan.map { Evidence(source: .plan, label: $0.label, amount: $0.minorUnits, currency: currency) }
      + counted.map { Evidence(source: .entry(publicId: $0.publicId), label: $0.reference, amount: $0.minorUnits, currency: currency) }
    // What was given back may be nothing; of what it cost that is no record.
    guard kind == .creditNote || !counted.isEmpty else { return (CriterionFinding(.gap(.noCosts)), evidence) }
    guard let whole = sum(plan.map(\.minorUnits)), let part = sum(counted.map(\.minorUnits)) else {
      return (CriterionFinding(.gap(.tooLarge)), evidence)
    }
    guard whole > Fraction(0) else { return (CriterionFinding(.gap(.noPlan)), evidence) }
    guard let inverse = Fraction(whole.denominator, whole.numerator), let share = product(part, inverse) else {
      return (CriterionFinding(.gap(.tooLarge)), evidence)
    }
    func text(_ exact: Fraction) -> String { Money(minorUnits: exact.rounded, currency: currency).description }
    return (CriterionFinding(.share(share), part: text(part), whole: text(whole), currency: currency), evidence)
  }
}

/// Nil when an amount, or the sum, does not fit.
private func sum(_ amounts: [Fraction?]) -> Fraction? {
  var total = Fraction(0)
  for amount in amounts {
    guard let amount else { return nil }
    do throws(CreditError) { total = try total.adding(amount) } catch { return nil }
  }
  return total
}

/// Nil when it does not fit.
private func product(_ left: Fraction, _ right: Fraction) -> Fraction? {
  do throws(CreditError) { return try left.multiplied(by: right) } catch { return nil }
}

extension SupplierFacts.Entry {
  /// The part of an entry on the days of a period: each day of what it is for has an equal part.
  init?(_ row: EntryRow, on days: Range<CalendarDate>) {
    guard row.reverses == nil, row.reversedBy == nil, let currency = Currency(code: row.currency), row.periodFrom < row.periodTo else { return nil }
    let whole = row.periodFrom..<row.periodTo
    let counted = whole.clamped(to: days)
    guard !counted.isEmpty else { return nil }
    func count(_ days: Range<CalendarDate>) -> Int64 { days.upperBound.daysSinceEpoch - days.lowerBound.daysSinceEpoch }
    self.init(
      publicId: row.publicId, kind: row.kind, reference: row.reference, currency: currency,
      minorUnits: Fraction(count(counted), count(whole)).flatMap { product(Fraction(row.minorUnits), $0) })
  }
}
