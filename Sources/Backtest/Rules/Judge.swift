import Contracts
import Credits
import Kernel
import Postgres
import ServiceLevels

/// Judges chunks of tickets and counts. Each core has one of its own; in the end they are added up.
struct Judge: Sendable {
  private var replay: StoryReplay
  private var months: MonthFinder
  private let kept: Int
  private let after: VerdictChange.Place
  private let wanted: Set<VerdictChange.Kind>
  private(set) var outcome = Outcome()
  /// By line: what was judged in which month of its contract's zone.
  private(set) var credited: [Int64: [CreditTrial.Cell: CreditTrial.Count]] = [:]
  private var creditMonths: [Int64: MonthFinder]

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
    creditMonths = Dictionary(uniqueKeysWithValues: lines.map { ($0.id, MonthFinder($0.zone)) })
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
        count(metric, ticket: ticket, line: line, month, isMetNow: try row.next())
      }
    }
    trim()
  }

  private mutating func count(_ metric: ServiceLevels.Metric, ticket: Int64, line: Int64?, _ month: CalendarMonth, isMetNow: Bool?) {
    let judgement = replay.judgements.first { $0.metric == metric }
    guard judgement != nil || isMetNow != nil else { return }
    let isMet = judgement?.isMet
    let key = AttainmentKey(metric: metric, priority: replay.priority, month: month)
    outcome.attainments[key, default: Attainment()].count(isMet: isMet, isPromised: judgement != nil, isMetNow: isMetNow)
    if let judgement, let line, let isMet, let judgedAt = judgement.judgedAt { credit(metric, judgement.priority, isMet, judgedAt, line) }
    guard let kind = VerdictChange.Kind(isMetNow: isMetNow, isMet: isMet) else { return }
    outcome.changes[kind, default: 0] += 1
    let change = VerdictChange(
      kind: kind, ticket: ticket, metric: metric, priority: replay.priority, isMetNow: isMetNow, isMet: isMet,
      elapsedSeconds: judgement?.elapsedSeconds, budgetSeconds: judgement?.budgetSeconds)
    guard wanted.contains(kind), change.place > after else { return }
    outcome.listed.append(change)
    if outcome.listed.count > 2 * kept + 1000 { trim() }
  }

  private mutating func credit(_ metric: ServiceLevels.Metric, _ priority: Int64, _ isMet: Bool, _ judgedAt: Instant, _ line: Int64) {
    guard let month = creditMonths[line]?.month(of: judgedAt) else { return }
    let cell = CreditTrial.Cell(metric: metric.rawValue, priority: priority, month: month)
    credited[line, default: [:]][cell, default: CreditTrial.Count()].judged += 1
    if isMet { credited[line, default: [:]][cell, default: CreditTrial.Count()].met += 1 }
  }

  private mutating func trim() { outcome.trim(to: kept) }

  static func sum(_ judges: [Judge], kept: Int) -> (outcome: Outcome, credited: [Int64: [CreditTrial.Cell: CreditTrial.Count]]) {
    var sum = Outcome()
    var credited: [Int64: [CreditTrial.Cell: CreditTrial.Count]] = [:]
    for judge in judges {
      sum.add(judge.outcome)
      for (line, cells) in judge.credited {
        credited[line, default: [:]].merge(cells) { CreditTrial.Count(met: $0.met + $1.met, judged: $0.judged + $1.judged) }
      }
    }
    sum.trim(to: kept)
    return (sum, credited)
  }
}

extension ServiceLevels.Metric {
  /// Those whose verdicts ``PastTickets`` reads, in the order of its columns.
  static let judged: [ServiceLevels.Metric] = [.response, .update, .resolution]
}

extension Outcome {
  mutating func trim(to kept: Int) {
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
