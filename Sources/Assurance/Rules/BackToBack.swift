import Contracts
import Kernel
import ServiceTime

/// The back-to-back proof of one contract line: whether its promises are kept whenever all who take part in it keep theirs.
/// The method, with the argument that no start instant is missed, is docs/assurance.md.
package struct BackToBack {
  package enum Outcome: String, Sendable, CaseIterable {
    /// Every promise is backed throughout the horizon.
    case covered
    case gaps
    /// No team and no supplier is linked: nothing is known.
    case unproven
    /// Nothing is promised within the horizon: the line or its contract has ended.
    case nothing
  }

  package struct Verdict: Sendable, Hashable {
    package let outcome: Outcome
    /// In the order of ``Gap/Kind``, then as they come.
    package let gaps: [Gap]
    /// Their keys, in the same order.
    package let gapKeys: [String]
    /// How many promises were looked at.
    package let promises: Int
  }

  /// Of a proof: the version of this method, stored with each.
  package static let calculation: Int64 = 3

  private let chain: ChainCase
  private var calendars: ChainCalendars
  private var hours = CoverageCheck()
  private var late: [LatePath: TimeFinding] = [:]
  /// What the chain is, stretch by stretch, as far as nothing changes but calendars.
  private var stretches: [(range: Range<Int64>, places: ChainPlaces)] = []
  /// By promise: its places, stretch by stretch.
  private var paths: [PromiseLabel: [[ChainStage]]] = [:]
  private var courses: [Course: EndCurve] = [:]
  private var gaps: [Gap] = []
  private var seen: Set<PromiseLabel> = []
  private var isLinked = false

  private struct TimeFinding {
    var gap: Gap
    var delay: Int64
  }

  /// What is agreed at each place of a path, stretch by stretch, and the stretch of the starts.
  private struct Course: Hashable {
    let agreements: [[[Agreement]]]
    let stretch: Range<Int64>
  }

  /// A promise and the agreements that it goes through: one that is late by other agreements is another gap.
  private struct LatePath: Hashable {
    let promise: PromiseLabel
    let budget: Budget
    let calendar: Int64
    let parties: [[ChainParty]]
    let agreements: [[Agreement]]
  }

  package static func check(_ chain: ChainCase) -> Verdict {
    var proof = BackToBack(chain)
    proof.run()
    return proof.verdict
  }

  private init(_ chain: ChainCase) {
    self.chain = chain
    calendars = ChainCalendars(chain.calendars, horizon: chain.horizon)
  }

  private mutating func run() {
    let edges = boundaries
    stretches = zip(edges, edges.dropFirst()).filter { $0 < $1 }.map { ($0..<$1, ChainPlaces(chain, at: Instant(seconds: $0))) }
    for index in stretches.indices { check(stretches[index].range, stretches[index].places) }
    gaps += hours.gaps(&calendars) + late.values.map(\.gap).sorted { $0.from < $1.from }
  }

  private var verdict: Verdict {
    let outcome: Outcome = seen.isEmpty ? .nothing : !isLinked ? .unproven : gaps.isEmpty ? .covered : .gaps
    let merged = GapMerge.merged(gaps).map { $0.told(in: chain.zone) }
    return Verdict(outcome: outcome, gaps: merged, gapKeys: merged.map(\.key), promises: seen.count)
  }

  /// The instants of the horizon at which anything that the proof rests on changes, its ends included.
  private var boundaries: [Int64] {
    let links = chain.versions.flatMap { $0.tiers.joined() } + chain.providers + chain.backups
    let instants =
      chain.promised.map(\.from) + chain.versions.map(\.validFrom) + links.flatMap { [$0.from] + ($0.until.map { [$0] } ?? []) + $0.terms.boundaries }
    let inner = Set(instants.map(\.seconds)).filter { chain.horizon.lowerBound < $0 && $0 < chain.horizon.upperBound }
    return [chain.horizon.lowerBound] + inner.sorted() + [chain.horizon.upperBound]
  }

  /// A stretch in which nothing changes but the calendars.
  private mutating func check(_ stretch: Range<Int64>, _ places: ChainPlaces) {
    let start = Instant(seconds: stretch.lowerBound)
    guard let promises = chain.promised.last(where: { $0.from.seconds <= stretch.lowerBound })?.promises else { return }
    if !places.isEmpty { isLinked = true }
    for promise in promises {
      seen.insert(promise.label)
      switch promise.terms {
      case .time(let budget, let calendar): check(promise, budget, calendar, stretch, places)
      case .share(let share): check(promise, share, start, places)
      }
    }
  }

  private mutating func check(_ promise: Promise, _ budget: Budget, _ calendar: Int64, _ stretch: Range<Int64>, _ places: ChainPlaces) {
    let start = Instant(seconds: stretch.lowerBound)
    let (stages, lacking) = places.stages(for: promise, at: start)
    gaps += lacking + places.gone(for: promise, at: start)
    guard lacking.isEmpty else { return }
    for stage in stages { hours.check(promise, calendar, stage, stretch, &calendars) }
    check(promise, budget, calendar, stretch)
  }

  // MARK: Time

  /// The places of the chain for a promise, stretch by stretch. Where one of them has nobody who agreed to anything, which is a
  /// gap of its own, what was begun before goes on by the terms before.
  private mutating func path(of promise: Promise) -> [[ChainStage]] {
    if let known = paths[promise.label] { return known }
    var path: [[ChainStage]] = []
    for (range, places) in stretches {
      let (stages, lacking) = places.stages(for: promise, at: Instant(seconds: range.lowerBound))
      path.append(lacking.isEmpty ? stages : path.last ?? [])
    }
    paths[promise.label] = path
    return path
  }

  /// When the work at the chain's place `index` is over, for every start from `starts` on: by what is in force when it begins.
  private mutating func curve(_ index: Int, of path: [[ChainStage]], from first: Int64, to last: Int64) -> EndCurve {
    var parts: [(starts: Range<Int64>, curve: EndCurve)] = []
    for (place, stretch) in stretches.enumerated() {
      let end = place + 1 < stretches.count ? stretch.range.upperBound : max(last + 1, stretch.range.upperBound)
      let starts = max(first, stretch.range.lowerBound)..<max(first, stretch.range.lowerBound, min(end, last + 1))
      guard !starts.isEmpty else { continue }
      let stages = path[place]
      parts.append((starts, index < stages.count ? calendars.curve(of: stages[index], to: starts.upperBound) : .identity(starts)))
    }
    return .joined(parts)
  }

  /// When what starts in a stretch has gone through all places. Promises for which the same was agreed share it.
  private mutating func end(of path: [[ChainStage]], from stretch: Range<Int64>) -> EndCurve {
    let course = Course(agreements: path.map { $0.map { $0.parties.map(\.agreement) } }, stretch: stretch)
    if let known = courses[course] { return known }
    var curve = EndCurve.identity(stretch)
    for index in 0..<(path.map(\.count).max() ?? 0) {
      curve = curve.then(self.curve(index, of: path, from: stretch.lowerBound, to: curve.last ?? stretch.lowerBound))
    }
    courses[course] = curve
    return curve
  }

  private mutating func check(_ promise: Promise, _ budget: Budget, _ calendar: Int64, _ stretch: Range<Int64>) {
    let path = path(of: promise)
    let curve = end(of: path, from: stretch)
    let due = calendars.due(budget, calendar, stretch, onlyOpen: stretches.count == 1)
    guard let lateness = curve.late(after: due) else { return }
    let delay = lateness.end - lateness.due
    let stages = stages(lateness.worstStart, path)
    let key = LatePath(
      promise: promise.label, budget: budget, calendar: calendar, parties: stages.map { $0.stage.parties.map(\.party) },
      agreements: stages.map { $0.stage.parties.map(\.agreement) })
    let earlier = late[key]
    guard earlier.map({ delay > $0.delay }) ?? true else { return }
    let detail = TimeGap(
      start: Instant(seconds: lateness.worstStart), due: Instant(seconds: lateness.due), end: Self.instant(lateness.end), budget: budget,
      calendar: calendars.name(calendar), zone: calendars.zone(calendar)?.identifier ?? "UTC", steps: stages.map { step($0.stage, from: $0.from, to: $0.to) },
      lateStarts: lateness.starts.spans.count)
    let first = lateness.starts.spans.first?.start ?? detail.start
    let gap = Gap(
      kind: .budget, promises: [promise.label], parties: stages.flatMap { $0.stage.parties.map(\.party) },
      from: earlier.map { min($0.gap.from, first) } ?? first, detail: .time(detail))
    late[key] = TimeFinding(gap: gap, delay: delay)
  }

  /// The places that what starts at `start` goes through, each by what is in force when its turn begins.
  private mutating func stages(_ start: Int64, _ path: [[ChainStage]]) -> [(stage: ChainStage, from: Int64, to: Int64)] {
    var second = start
    var stages: [(stage: ChainStage, from: Int64, to: Int64)] = []
    while second < EndCurve.never {
      let place = stretches.lastIndex { $0.range.lowerBound <= second } ?? 0
      guard stages.count < path[place].count else { break }
      let stage = path[place][stages.count]
      let end = calendars.curve(of: stage, to: second).value(at: second) ?? EndCurve.never
      stages.append((stage, second, end))
      second = end
    }
    return stages
  }

  private func step(_ stage: ChainStage, from: Int64, to: Int64) -> TimeGap.Step {
    let longest = stage.longest
    return TimeGap.Step(
      parties: stage.parties.map(\.party), agreements: stage.parties.compactMap(\.agreement.name),
      calendars: stage.calendars.map { calendars.name($0) }, handling: longest.handling, budget: longest.budget, from: Instant(seconds: from),
      to: Self.instant(to))
  }

  private static func instant(_ second: Int64) -> Instant? { second < EndCurve.never ? Instant(seconds: second) : nil }

  // MARK: Shares

  /// Each share is what is left of it in the worst of the promise's own periods. Everything that the line rests on must be there at
  /// once, so shares of availability multiply. What stands in for it is not counted: nobody promises that both are never down together.
  /// Of what is no time, each does a part of the whole: the least share counts.
  private mutating func check(_ promise: Promise, _ promised: PeriodShare, _ start: Instant, _ places: ChainPlaces) {
    let (shares, lacking) = places.shares(for: promise, at: start)
    gaps += lacking
    guard lacking.isEmpty else { return }
    let factors = shares.map { party, agreed in
      let least = agreed.least(in: promised.period, of: days)
      return ShareGap.Factor(party: party, share: agreed.share, period: agreed.period, least: least.share, worst: least.period?.description)
    }
    let together = promise.isAvailability ? ShareGap.product(factors.map(\.least)) : factors.map(\.least).min()
    guard let together, together < promised.share else { return }
    gaps.append(
      Gap(
        kind: .objective, promises: [promise.label], parties: factors.map(\.party), from: start,
        detail: .share(ShareGap(promised: promised.share, period: promised.period, factors: factors, together: together))))
  }

  /// The dates of the horizon, in UTC.
  private var days: Range<CalendarDate> {
    let (first, last) = (chain.horizon.lowerBound.flooredQuotient(by: 86_400), (chain.horizon.upperBound - 1).flooredQuotient(by: 86_400))
    return CalendarDate(daysSinceEpoch: first)..<CalendarDate(daysSinceEpoch: max(first, last) + 1)
  }
}

extension Gap {
  /// What lacks is told by the contract's days; hours and times have zones of their own.
  fileprivate func told(in zone: String?) -> Gap {
    guard case .lack = detail else { return self }
    var gap = self
    gap.zone = zone
    return gap
  }
}

extension ShareGap {
  /// The product of shares, rounded down to millionths at the end; nil of none.
  ///
  /// Comparing the rounded product with a share in millionths decides as the exact one does: a whole number is at most `x` when
  /// it is at most `x` rounded down. Up to six factors are exact; each one beyond is rounded down to 36 decimals.
  static func product(_ shares: [Rate]) -> Rate? {
    guard !shares.isEmpty else { return nil }
    let scale = Int128(Rate.scale)
    var (product, decimals) = (Int128(1), 0)
    for share in shares {
      if decimals == 6 { (product, decimals) = (product / scale, 5) }
      product *= Int128(min(max(share.units, 0), Rate.scale))
      decimals += 1
    }
    while decimals > 1 { (product, decimals) = (product / scale, decimals - 1) }
    return Rate(units: Int64(clamping: product))
  }
}

extension ChainStage {
  /// In order, each once.
  var calendars: [Int64] { Set(parties.map(\.agreement.calendar)).sorted() }

  /// The agreement that gives most time; of several in the union of their hours.
  var longest: Agreement {
    let agreements = parties.map(\.agreement)
    let inSeconds = agreements.max { $0.seconds < $1.seconds }
    return agreements.first { if case .businessDays = $0.budget { true } else { false } } ?? inSeconds ?? Agreement(name: nil, calendar: 0, budget: nil)
  }
}

extension Agreement {
  /// Own work and the target, where that is in open seconds.
  var seconds: Int64 { if case .seconds(let seconds)? = budget { handling + seconds } else { handling } }

  var isInDays: Bool { if case .businessDays? = budget { true } else { false } }
}

extension ChainCalendars {
  /// When a place of the chain is over. Of several parties that stand in for one another, the work goes on in the hours of any
  /// of them for the longest of their times; one that counts business days counts them by itself, and the latest one holds.
  mutating func curve(of stage: ChainStage, to end: Int64) -> EndCurve {
    let agreements = stage.parties.map(\.agreement)
    let inSeconds = agreements.filter { !$0.isInDays }
    var curves: [EndCurve] = []
    if let longest = inSeconds.max(by: { $0.seconds < $1.seconds }) {
      curves.append(curve(stage.calendars, handling: longest.handling, longest.budget, to: end))
    }
    for agreement in agreements where agreement.isInDays {
      curves.append(curve([agreement.calendar], handling: agreement.handling, agreement.budget, to: end))
    }
    guard let first = curves.first else { return .identity(horizon.lowerBound..<end + 1) }
    return curves.dropFirst().reduce(first) { $0.later($1) }
  }
}
