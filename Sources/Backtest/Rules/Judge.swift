import Contracts
import Credits
import Kernel
import Postgres
import ServiceLevels

/// How a promise of a ticket stands now.
struct StandingVerdict: Sendable {
  /// Nil: not judged.
  let isMet: Bool?
  let judgedAt: Instant?
  /// Of the clock that was judged.
  let priority: Int64?

  init(_ row: inout RowReader) throws {
    isMet = try row.next()
    judgedAt = try row.next()
    priority = try row.next()
  }
}

/// Judges chunks of tickets and counts. Each core has one of its own; in the end they are added up.
struct Judge: Sendable {
  private var replay: StoryReplay
  private var months: MonthFinder
  private let kept: Int
  private let after: VerdictChange.Place
  private let wanted: Set<VerdictChange.Kind>
  private(set) var outcome = Outcome()
  /// What was judged under the SLA that is tried out, and what counts now.
  private(set) var credited: CreditCounts
  private(set) var creditedNow: CreditCounts

  /// - Parameters:
  ///   - kept: how many changes to keep, those that come first behind `after`.
  ///   - wanted: of which kinds.
  ///   - lines: the lines whose verdicts are to be credited.
  init(
    _ trial: SlaTrial, now: Instant, months: MonthFinder, kept: Int, after: VerdictChange.Place, wanted: Set<VerdictChange.Kind>, lines: [CreditTrial.Line]
  ) {
    replay = StoryReplay(ClockTrial(trial), now: now)
    self.months = months
    self.kept = kept
    self.after = after
    self.wanted = wanted
    credited = CreditCounts(lines)
    creditedNow = credited
  }

  mutating func take(_ rows: ResultRows) throws {
    try rows.forEach { row in
      // The columns of PastTickets.
      let ticket: Int64 = try row.next()
      let line: Int64? = try row.next()
      let at: Instant = try row.next()
      let service: Int64? = try row.next()
      let ciTier: String? = try row.next()
      try row.withBytes { try replay.replay($0, service: service, ciTier: ciTier) }
      outcome.tickets += 1
      guard replay.hasHistory else {
        outcome.withoutHistory += 1
        return
      }
      let month = months.month(of: at)
      for metric in ServiceLevels.Metric.judged {
        count(metric, ticket: ticket, line: line, month, now: try StandingVerdict(&row))
      }
    }
    trim()
  }

  private mutating func count(_ metric: ServiceLevels.Metric, ticket: Int64, line: Int64?, _ month: CalendarMonth, now: StandingVerdict) {
    let judgement = replay.judgements.first { $0.metric == metric }
    let isMetNow = now.isMet
    guard judgement != nil || isMetNow != nil else { return }
    let isMet = judgement?.isMet
    let key = AttainmentKey(metric: metric, priority: replay.priority, month: month)
    outcome.attainments[key, default: Attainment()].count(isMet: isMet, isPromised: judgement != nil, isMetNow: isMetNow)
    if let judgement, let line, let isMet, let judgedAt = judgement.judgedAt {
      credited.add(metric, priority: judgement.priority, isMet: isMet, at: judgedAt, line: line)
    }
    if let line, let isMetNow, let judgedAt = now.judgedAt, let priority = now.priority {
      creditedNow.add(metric, priority: priority, isMet: isMetNow, at: judgedAt, line: line)
    }
    guard let kind = VerdictChange.Kind(isMetNow: isMetNow, isMet: isMet) else { return }
    outcome.changes[kind, default: 0] += 1
    let change = VerdictChange(
      kind: kind, ticket: ticket, metric: metric, priority: replay.priority, isMetNow: isMetNow, isMet: isMet,
      elapsedSeconds: judgement?.elapsedSeconds, budgetSeconds: judgement?.budgetSeconds)
    guard wanted.contains(kind), change.place > after else { return }
    outcome.listed.append(change)
    if outcome.listed.count > 2 * kept + 1000 { trim() }
  }

  private mutating func trim() { outcome.trim(to: kept) }

  static func sum(_ judges: [Judge], kept: Int) -> Sum {
    var sum = Sum()
    for judge in judges {
      sum.outcome.add(judge.outcome)
      sum.credited.add(judge.credited)
      sum.creditedNow.add(judge.creditedNow)
    }
    sum.outcome.trim(to: kept)
    return sum
  }

  /// What several judges found together.
  struct Sum: Sendable {
    fileprivate(set) var outcome = Outcome()
    fileprivate(set) var credited = CreditCounts([])
    fileprivate(set) var creditedNow = CreditCounts([])
  }
}

extension ServiceLevels.Metric {
  /// Those whose verdicts ``PastTickets`` reads, in the order of its columns.
  static let judged: [ServiceLevels.Metric] = [.response, .update, .resolution]
}

extension Outcome {
  package mutating func trim(to kept: Int) {
    listed.sort { $0.place < $1.place }
    if listed.count > kept { listed.removeSubrange(kept...) }
  }

  mutating func add(_ other: Outcome) {
    tickets += other.tickets
    attainments.merge(other.attainments, uniquingKeysWith: +)
    withoutHistory += other.withoutHistory
    changes.merge(other.changes, uniquingKeysWith: +)
    listed += other.listed
  }
}

extension Attainment {
  fileprivate mutating func count(isMet: Bool?, isPromised: Bool, isMetNow: Bool?) {
    if let isMet {
      judged += 1
      if isMet { met += 1 }
    } else if isPromised {
      open += 1
    }
    if let isMetNow {
      judgedNow += 1
      if isMetNow { metNow += 1 }
    }
  }
}
