import BillingEngine
import Kernel
import ServiceTime
import Suppliers

/// What a period of a line is judged by, and what was judged.
struct CreditMeasurement: Sendable {
  /// A promise about a ticket that was kept or broken.
  struct Judged: Sendable {
    let clock: Int64
    let subjectKind: String
    let subject: Int64
    let isMet: Bool
    let at: Instant
  }

  /// The judgement that counts of what was measured in a period, of a service or (empty) of none; nil: nothing was measured.
  struct Recorded: Sendable {
    let service: String
    let attained: Int64?
    let attainable: Int64?
    let isMet: Bool?
  }

  /// A row of evidence.
  enum Evidence: Sendable {
    case verdict(Judged)
    case outage(LinkedService.KnownOutage, subject: String, from: Instant, to: Instant)
    case measured(isMet: Bool, subject: String, period: TimeSpan)
  }

  let subjects: [CreditSubject]
  /// The down time of each subject; empty for tickets.
  let down: [TimeSpans]
  /// How many tickets were judged, and how many met; nil for services.
  let judged: (all: Int64, met: Int64)?
  let evidence: [Evidence]

  var isMeasured: Bool { subjects.contains { $0.attainment != nil } }

  /// Of tickets: the share that was met.
  init(judged: [Judged]) {
    let met = Int64(judged.count(where: \.isMet))
    subjects = [CreditSubject(met: met, judged: Int64(judged.count))]
    down = []
    self.judged = (Int64(judged.count), met)
    evidence = judged.map(Evidence.verdict)
  }

  /// Of what was recorded and judged: all together, or each service by itself.
  init(recorded: [Recorded], per scope: CreditSchedule.Scope, in period: TimeSpan) throws(CreditError) {
    if scope == .service {
      subjects = recorded.map { CreditSubject(name: $0.service, attainment: Fraction($0.attained ?? 0, $0.attainable ?? 0)) }
    } else {
      var (attained, attainable): (Int64, Int64) = (0, 0)
      for one in recorded {
        let sums = (attained.addingReportingOverflow(one.attained ?? 0), attainable.addingReportingOverflow(one.attainable ?? 0))
        guard !sums.0.overflow, !sums.1.overflow else { throw .overflow }
        (attained, attainable) = (sums.0.partialValue, sums.1.partialValue)
      }
      subjects = [CreditSubject(name: "", attainment: Fraction(attained, attainable))]
    }
    down = []
    judged = nil
    evidence = recorded.compactMap { one in one.isMet.map { Evidence.measured(isMet: $0, subject: one.service, period: period) } }
  }

  /// Of services: the share of the time in force in which they were there.
  ///
  /// A service counts while it is linked. A subject is down while any of its services is, and while all back-ups are as well.
  /// - Parameter inForce: the parts of the period in which the line is.
  init(links: [LinkedService], per scope: CreditSchedule.Scope, _ rule: AvailabilityRule, in period: TimeSpan, inForce: TimeSpans) {
    let backups = links.filter(\.isBackup)
    var subjects: [CreditSubject] = []
    var downs: [TimeSpans] = []
    var evidence: [Evidence] = []
    let provided = links.filter { !$0.isBackup && !TimeSpans([$0.span]).intersection(inForce).isEmpty }
    for (name, ofOne) in Dictionary(grouping: provided, by: { $0.name(scope) }).sorted(by: { $0.key < $1.key }) {
      let counted = rule.down(ofOne, backups: backups, in: period).intersection(inForce)
      subjects.append(
        CreditSubject(
          name: name, weight: ofOne.reduce(0) { $0 + $1.weight },
          attainment: Fraction(inForce.microseconds - counted.microseconds, inForce.microseconds),
          downByHour: Availability(period: period, down: counted).downByHour))
      downs.append(counted)
      for link in ofOne {
        evidence += rule.counted(link, in: period).map { .outage($0.known, subject: name, from: $0.part.start, to: $0.part.end) }
      }
    }
    self.subjects = subjects
    down = downs
    judged = nil
    self.evidence = evidence
  }
}

extension LinkedService {
  /// What is measured by itself.
  fileprivate func name(_ scope: CreditSchedule.Scope) -> String {
    switch scope {
    case .line: ""
    case .service: service
    case .region: region
    case .instance: [service, region, instance].filter { !$0.isEmpty }.joined(separator: " / ")
    }
  }
}

extension AvailabilityRule {
  /// What a schedule says, in the words of service time.
  init(_ terms: DowntimeTerms) {
    let maintenance: Maintenance =
      switch terms.maintenance {
      case .ignored: .ignored
      case .counts: .counts
      case .excused(let notice, let windows): .excused(noticeSeconds: notice, windows: windows)
      }
    self.init(countsFrom: OutageSeverity(terms.countsFrom), minimumSeconds: terms.minimumSeconds, maintenance: maintenance)
  }
}

extension OutageSeverity {
  init(_ severity: DowntimeTerms.Severity) {
    self =
      switch severity {
      case .degraded: .degraded
      case .partial: .partial
      case .major: .major
      }
  }
}

extension CreditSubject {
  /// The tickets of a line as one: the share that met; nothing attained where none was judged.
  init(met: Int64, judged: Int64) { self.init(name: "", attainment: Fraction(met, judged)) }
}
