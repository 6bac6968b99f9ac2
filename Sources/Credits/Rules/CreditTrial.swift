import BillingEngine
import Contracts
import Kernel
import Postgres
import ServiceTime

/// What verdicts that are only tried out would be worth: the periods, fees and bands by which credits are proposed
/// (``CreditSchedule``, ``LineTimeline``), over counts instead of stored verdicts. Nothing is written.
package struct CreditTrial: Sendable {
  /// By what is credited.
  package enum Terms: Sendable {
    /// The schedules that each line has, in the versions that hold when a period begins.
    case own
    /// The same for every line and period.
    case given(name: String, CreditSchedule)
  }

  /// What is counted together: verdicts of a metric and priority in a month of the contract's zone.
  package struct Cell: Hashable, Sendable {
    package let metric: String
    package let priority: Int64
    package let month: CalendarMonth

    package init(metric: String, priority: Int64, month: CalendarMonth) {
      self.metric = metric
      self.priority = priority
      self.month = month
    }
  }

  package struct Count: Hashable, Sendable {
    package var met: Int64 = 0
    package var judged: Int64 = 0

    package init(met: Int64 = 0, judged: Int64 = 0) {
      self.met = met
      self.judged = judged
    }
  }

  /// A line that tickets may be judged under.
  package struct Line: Sendable {
    package let id: Int64
    package let publicId: [UInt8]
    package let name: String
    package let zone: Zone
    package let currency: Currency
    let timeline: LineTimeline
  }

  /// What a period of a line would have been worth.
  package struct Period: Sendable {
    package let line: Int64
    package let schedule: String
    package let measure: CreditSchedule.Measure
    package let priority: Int64?
    package let period: BillingPeriod
    package let count: Count
    /// Nil where it cannot be computed: see ``problem``.
    package let amount: Money?
    package let problem: Failure?
  }

  package let lines: [Line]
  private var terms: Terms
  private let schedules: [Int64: [TrialLineSchedules.Found]]
  private let versions: [Int64: [TrialScheduleVersions.Found]]

  /// - Parameter line: only this one; nil: all of the customer's. The transaction is bound to `tenant`.
  package init(_ terms: Terms, tenant: TenantId, line: Int64?, in transaction: Transaction) async throws {
    let (found, attached) = try await transaction.query(TrialLines(tenant: tenant, line: line), TrialLineSchedules(tenant: tenant))
    var lines: [Line] = []
    for row in found {
      guard let zone = Zone.named(row.zone), let currency = Currency(code: row.currency) else { continue }
      let timeline = try await ContractTerms.timeline(
        tenant: tenant, contract: row.contract, line: row.line, currency: currency, in: transaction)
      lines.append(Line(id: row.line, publicId: row.publicId, name: row.name, zone: zone, currency: currency, timeline: timeline))
    }
    self.lines = lines
    self.terms = terms
    schedules = Dictionary(grouping: attached, by: \.line)
    versions = Dictionary(
      grouping: attached.isEmpty ? [] : try await transaction.query(TrialScheduleVersions(schedules: Set(attached.map(\.schedule)).sorted())),
      by: \.schedule)
  }

  /// The same lines by the schedules that they have.
  package var present: CreditTrial {
    var present = self
    present.terms = .own
    return present
  }

  /// A stored schedule in its newest version; nil when there is none.
  package static func schedule(_ id: PublicId, in transaction: Transaction) async throws -> (name: String, terms: CreditSchedule)? {
    guard let row = try await transaction.first(CreditScheduleAt(publicId: id, at: nil)) else { return nil }
    return (row.name, try CreditSchedule(row.terms))
  }

  /// The periods of all lines in which something was judged.
  package func periods(_ counts: [Int64: [Cell: Count]]) throws(Failure) -> [Period] {
    var periods: [Period] = []
    for line in lines { periods += try self.periods(of: line, counts[line.id] ?? [:]) }
    return periods
  }

  /// The periods of a line in which something was judged, in the order of time.
  package func periods(of line: Line, _ counts: [Cell: Count]) throws(Failure) -> [Period] {
    var periods: [Period] = []
    for (name, period, schedule) in try candidates(of: line, months: Set(counts.keys.map(\.month))) {
      var count = Count()
      for (cell, one) in counts
      where cell.metric == schedule.measure.rawValue && schedule.priority.map({ $0 == cell.priority }) ?? true
        && period.first <= cell.month.firstDay && cell.month.firstDay < period.end
      {
        count.met += one.met
        count.judged += one.judged
      }
      guard count.judged > 0 else { continue }
      var amount: Money?
      var problem: Failure?
      do throws(CreditError) {
        let base = try line.timeline.base(of: period, in: line.zone)
        amount = try schedule.credit(for: [CreditSubject(met: count.met, judged: count.judged)], base: base).amount
      } catch {
        problem = error.failure
      }
      periods.append(
        Period(
          line: line.id, schedule: name, measure: schedule.measure, priority: schedule.priority, period: period, count: count, amount: amount,
          problem: problem))
    }
    return periods.sorted { ($0.period.first, $0.schedule) < ($1.period.first, $1.schedule) }
  }

  /// The periods of every schedule that begin under a version of their kind and with the schedule attached.
  private func candidates(of line: Line, months: Set<CalendarMonth>) throws(Failure) -> [(name: String, BillingPeriod, CreditSchedule)] {
    var found: [(name: String, BillingPeriod, CreditSchedule)] = []
    switch terms {
    case .given(let name, let schedule):
      guard schedule.measure.isOfTickets else { return [] }
      for period in Set(months.compactMap { BillingPeriod(schedule.period, containing: $0.firstDay) }) { found.append((name, period, schedule)) }
    case .own:
      let attached = schedules[line.id] ?? []
      for id in Set(attached.map(\.schedule)) {
        let timeline = try timeline(of: id, in: line.zone)
        for period in Set(months.flatMap { month in BillingPeriod.Kind.allCases.compactMap { BillingPeriod($0, containing: month.firstDay) } }) {
          let start = line.zone.start(of: period.first)
          guard let holds = attached.filter({ $0.schedule == id && $0.validFrom <= start }).max(by: { $0.validFrom < $1.validFrom }), holds.isAttached,
            let schedule = timeline.version(of: period), schedule.measure.isOfTickets
          else { continue }
          found.append((holds.name, period, schedule))
        }
      }
    }
    return found
  }

  private func timeline(of schedule: Int64, in zone: Zone) throws(Failure) -> ScheduleTimeline<CreditSchedule> {
    var read: [(validFrom: Instant, kind: BillingPeriod.Kind, version: CreditSchedule)] = []
    for version in versions[schedule] ?? [] {
      let terms = try CreditSchedule(version.terms)
      read.append((version.validFrom, terms.period, terms))
    }
    return ScheduleTimeline(read, in: zone)
  }
}
