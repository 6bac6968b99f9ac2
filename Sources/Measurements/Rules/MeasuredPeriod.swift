import Contracts
import Kernel
import ServiceTime
import Suppliers

/// What was attained of a measured target in a period, and what that means.
struct MeasuredPeriod: Equatable, Sendable {
  enum Verdict: String, Sendable, CaseIterable {
    case met, missed
  }

  /// A measurement that stands.
  struct Value: Sendable {
    let publicId: [UInt8]
    let service: String?
    let from: Instant
    let to: Instant
    let numerator: Int64
    let denominator: Int64

    /// Whether all of it falls into a stretch of time. What reaches out of it belongs to no period as short as that.
    func lies(in span: TimeSpan) -> Bool { span.holds(from, to) }
  }

  /// What a figure was counted from.
  enum Evidence: Equatable, Sendable {
    case measurement([UInt8])
    case outage([UInt8], version: Int64)
  }

  /// So much of so much; nil when nothing was measured, which is neither 0 % nor 100 %.
  let attained: Int64?
  let attainable: Int64?
  let verdict: Verdict?
  let evidence: [Evidence]

  /// Goes up with every change of these rules that can change a verdict.
  static let calculation: Int64 = 1

  private init(_ attained: Int64, of attainable: Int64, _ objective: Rate, _ evidence: [Evidence]) {
    guard attainable > 0 else {
      (self.attained, self.attainable, verdict, self.evidence) = (nil, nil, nil, evidence)
      return
    }
    (self.attained, self.attainable, self.evidence) = (attained, attainable, evidence)
    verdict = Self.reaches(attained, of: attainable, objective) ? .met : .missed
  }

  /// Whether the share is at least the objective, exactly.
  private static func reaches(_ attained: Int64, of attainable: Int64, _ objective: Rate) -> Bool {
    let share = attained.multipliedFullWidth(by: Rate.scale)
    let wanted = attainable.multipliedFullWidth(by: objective.units)
    return share.high == wanted.high ? share.low >= wanted.low : share.high > wanted.high
  }

  /// Of what was recorded: the sum of the measurements that lie in the period. One of a service that another target of the
  /// measure names belongs to that one.
  /// - Parameter others: the services that other targets of the measure name.
  init?(_ values: [Value], of target: MeasuredTarget, others: Set<String>, in span: TimeSpan) {
    guard let objective = target.objective else { return nil }
    let counted = values.filter { value in
      guard value.lies(in: span) else { return false }
      if let service = target.service { return value.service == service }
      return value.service.map { !others.contains($0) } ?? true
    }
    var (attained, attainable): (Int64, Int64) = (0, 0)
    for value in counted {
      let sums = (attained.addingReportingOverflow(value.numerator), attainable.addingReportingOverflow(value.denominator))
      guard !sums.0.overflow, !sums.1.overflow else { return nil }
      (attained, attainable) = (sums.0.partialValue, sums.1.partialValue)
    }
    self.init(attained, of: attainable, objective, counted.map { .measurement($0.publicId) })
  }

  /// Of availability that suppliers provide: the share of the time in force in which all services that the line rests on, or the one
  /// that is meant, were there.
  init?(_ links: [LinkedService], of target: MeasuredTarget, in span: TimeSpan, inForce: TimeSpans) {
    guard let objective = target.objective else { return nil }
    let rule = AvailabilityRule(countsFrom: target.countsFrom ?? .partial)
    let provided = links.filter { link in
      !link.isBackup && (target.service.map { $0 == link.service } ?? true) && !TimeSpans([link.span]).intersection(inForce).isEmpty
    }
    guard !provided.isEmpty else {
      self.init(0, of: 0, objective, [])
      return
    }
    let down = rule.down(provided, backups: links.filter(\.isBackup), in: span).intersection(inForce)
    let evidence = provided.flatMap { rule.counted($0, in: span) }.map { Evidence.outage($0.known.publicId, version: $0.known.version) }
    self.init(inForce.microseconds - down.microseconds, of: inForce.microseconds, objective, evidence)
  }
}
