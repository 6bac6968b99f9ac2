import Kernel
import ServiceTime

/// What time and the contract's terms do to its renewal: which cycle is the present one, when its item is made, what
/// happens to it when nobody acts. Pure; the sweep performs one step after another until there is nothing to do.
///
/// The terms are those of the newest version that stands, one that is yet to begin included: that is what was agreed.
package enum RenewalRule {
  /// How long before the decision date an item appears.
  package static let leadDays: Int64 = 90
  /// How long before the decision date people are told once more, while nobody has decided.
  package static let nearDays: Int64 = 14

  package struct Contract: Hashable, Sendable {
    package let state: ContractState
    package let startsAt: Instant
    package let endsAt: Instant?
    package let terms: RenewalTerms
    package let zone: Zone
    /// Since when Steward knows the terms: cycles that ended before need no item.
    package let knownSince: Instant
    /// From when the newest version holds. Another can only be written behind it.
    package let newestFrom: Instant
    /// The end of the term of which people were told that it lapsed, or which came while the supplier was ended; nil: of none.
    package let lapseTold: Instant?
    /// Whether it counts as ended with its supplier alone: that may be taken back, and is no end of the term.
    package let isEndedWithSupplier: Bool

    package init(
      state: ContractState, startsAt: Instant, endsAt: Instant?, terms: RenewalTerms, zone: Zone, knownSince: Instant, newestFrom: Instant,
      lapseTold: Instant? = nil, isEndedWithSupplier: Bool = false
    ) {
      self.state = state
      self.startsAt = startsAt
      self.endsAt = endsAt
      self.terms = terms
      self.zone = zone
      self.knownSince = knownSince
      self.newestFrom = newestFrom
      self.lapseTold = lapseTold
      self.isEndedWithSupplier = isEndedWithSupplier
    }

    var dates: TermDates { TermDates(startsAt: startsAt, endsAt: endsAt, zone: zone) }
  }

  /// A cycle that is to be decided.
  package struct Cycle: Hashable, Sendable {
    package let mode: RenewalMode
    package let isEvergreen: Bool
    package let endsAt: Instant
    package let decisionOn: CalendarDate
    package let decisionAt: Instant

    package init(mode: RenewalMode, isEvergreen: Bool, endsAt: Instant, decisionOn: CalendarDate, decisionAt: Instant) {
      self.mode = mode
      self.isEvergreen = isEvergreen
      self.endsAt = endsAt
      self.decisionOn = decisionOn
      self.decisionAt = decisionAt
    }
  }

  /// The item of a cycle that is not completed.
  package struct Item: Hashable, Sendable {
    package let cycle: Cycle
    package let state: RenewalState
    package let snoozedUntil: Instant?
    /// The last that people were told of it; nil: nothing yet.
    package let told: RenewalNews?

    package init(cycle: Cycle, state: RenewalState, snoozedUntil: Instant?, told: RenewalNews? = nil) {
      self.cycle = cycle
      self.state = state
      self.snoozedUntil = snoozedUntil
      self.told = told
    }
  }

  package enum Step: Hashable, Sendable {
    case make(Cycle)
    case wake
    /// Tell people where it stands.
    case tell(RenewalNews)
    /// Tell people that the term has ended: nobody was asked about it, or what was to be done is not done.
    case tellLapse(Instant)
    /// Extend the term to this instant, and complete the item.
    case extend(to: Instant)
    case complete(RenewalOutcome)
    case close(RenewalOutcome)
    /// Nothing until this instant; nil: nothing until the contract changes.
    case wait(until: Instant?)
  }

  /// - Parameters:
  ///   - open: the contract's open item, if there is one.
  ///   - lastCycle: the end of the last cycle that has an item which is not superseded, the open one included.
  package static func step(_ contract: Contract, open: Item?, lastCycle: Instant?, now: Instant) -> Step {
    guard let open else { return makeNext(contract, lastCycle: lastCycle, now: now) }
    guard isCycle(open, of: contract) else {
      // An end that is planned is none yet: what was declined is over with it, or with its cycle, whichever comes first.
      let over = contract.isEndedWithSupplier ? open.cycle.endsAt : min(contract.newestFrom, open.cycle.endsAt)
      if contract.state == .ended, open.state == .notRenewing, over > now { return .wait(until: over) }
      return .close(outcome(of: open, after: contract))
    }
    let ended = open.cycle.endsAt <= now
    switch open.state {
    case .pending, .snoozed:
      if open.cycle.mode == .auto, open.cycle.decisionAt <= now { return extend(contract, open, now: now) }
      if ended { return .close(open.cycle.isEvergreen ? .renewed : .lapsed) }
      if open.state == .snoozed, let until = open.snoozedUntil, until <= now { return .wake }
      let next = open.cycle.mode == .auto ? open.cycle.decisionAt : open.cycle.endsAt
      // Who put it off knows of it; when it comes back he is told where it stands then.
      if open.state == .snoozed { return .wait(until: min(next, open.snoozedUntil ?? next)) }
      if let news = news(of: open, in: contract.zone, now: now) { return .tell(news) }
      return .wait(until: min(next, nextNews(of: open.cycle, in: contract.zone, now: now) ?? next))
    case .renewing:
      if open.cycle.mode == .auto { return open.cycle.decisionAt <= now ? extend(contract, open, now: now) : .wait(until: open.cycle.decisionAt) }
      guard open.cycle.isEvergreen else { return outlast(contract, open.cycle, now: now) }
      return ended ? .complete(.renewed) : .wait(until: open.cycle.endsAt)
    case .notRenewing: return ended ? .complete(.notRenewed) : .wait(until: open.cycle.endsAt)
    case .completed: return .wait(until: nil)
    }
  }

  /// The present or next cycle of a contract; nil when none is to be decided.
  package static func cycle(of contract: Contract, after lastCycle: Instant?) -> Cycle? {
    guard contract.state == .active || contract.state == .suspended, contract.terms.mode != .none, let notice = contract.terms.notice else { return nil }
    let reference = max(lastCycle ?? contract.knownSince, contract.startsAt)
    let end: Instant?
    if let endsAt = contract.endsAt {
      // Of a term that lapsed people know: it is not asked about afterwards, nor counted.
      end = endsAt > reference && endsAt != contract.lapseTold ? endsAt : nil
    } else {
      end = contract.dates.anniversary(after: reference)
    }
    guard let end, let decisionOn = contract.dates.decision(before: end, notice: notice) else { return nil }
    return Cycle(
      mode: contract.terms.mode, isEvergreen: contract.endsAt == nil, endsAt: end, decisionOn: decisionOn,
      decisionAt: contract.zone.start(of: decisionOn))
  }

  private static func makeNext(_ contract: Contract, lastCycle: Instant?, now: Instant) -> Step {
    guard let cycle = cycle(of: contract, after: lastCycle) else { return lapse(of: contract, lastCycle: lastCycle, now: now) }
    let appears = cycle.decisionAt.adding(seconds: -leadDays * 86_400)
    return appears <= now ? .make(cycle) : .wait(until: appears)
  }

  /// A term that is over, with no item that said so. What ended before Steward knew it is no news.
  private static func lapse(of contract: Contract, lastCycle: Instant?, now: Instant) -> Step {
    guard contract.state == .active || contract.state == .suspended, let end = contract.endsAt, end > contract.knownSince, end != lastCycle,
      end != contract.lapseTold
    else { return .wait(until: nil) }
    return end <= now ? .tellLapse(end) : .wait(until: end)
  }

  /// What somebody has still to do keeps its item open beyond the end of the term: people are told once that nothing holds meanwhile.
  private static func outlast(_ contract: Contract, _ cycle: Cycle, now: Instant) -> Step {
    guard cycle.endsAt <= now else { return .wait(until: cycle.endsAt) }
    return cycle.endsAt == contract.lapseTold ? .wait(until: nil) : .tellLapse(cycle.endsAt)
  }

  /// From when a version holds that is written behind the newest one, wanted from `since` on; nil when that would be after
  /// the cycle's end: the time between would be without cover, or would be covered though it was declined.
  package static func validFrom(behind newest: Instant, since: Instant, _ cycle: Cycle) -> Instant? {
    let first = max(since, newest.adding(seconds: 1))
    return first <= cycle.endsAt ? first : nil
  }

  /// What people are to be told of an item now that they were not told.
  package static func news(of item: Item, in zone: Zone, now: Instant) -> RenewalNews? {
    let news: RenewalNews = item.cycle.decisionAt <= now ? .missed : nearAt(item.cycle, zone) <= now ? .near : .due
    return item.told.map { $0 < news } ?? true ? news : nil
  }

  /// When there is more to tell; nil: never.
  private static func nextNews(of cycle: Cycle, in zone: Zone, now: Instant) -> Instant? {
    [nearAt(cycle, zone), cycle.decisionAt].first { $0 > now }
  }

  private static func nearAt(_ cycle: Cycle, _ zone: Zone) -> Instant { zone.start(of: cycle.decisionOn.adding(days: -nearDays)) }

  /// What a later version stands in the way of waits, and stays on the list, until the contract changes. People are told of it, and of the
  /// end of the term.
  private static func extend(_ contract: Contract, _ item: Item, now: Instant) -> Step {
    guard validFrom(behind: contract.newestFrom, since: item.cycle.decisionAt, item.cycle) != nil, let months = contract.terms.months,
      let end = contract.dates.extended(item.cycle.endsAt, by: months)
    else {
      guard item.state != .renewing, item.cycle.endsAt > now, let news = news(of: item, in: contract.zone, now: now) else {
        return outlast(contract, item.cycle, now: now)
      }
      return .tell(news)
    }
    return .extend(to: end)
  }

  /// Whether an item is still about the contract's cycle. What somebody decided holds though the notice changed; what
  /// nobody did is asked again under the new one.
  package static func isCycle(_ item: Item, of contract: Contract) -> Bool {
    guard contract.state == .active || contract.state == .suspended, contract.terms.mode != .none else { return false }
    let ofSameTerm =
      if let endsAt = contract.endsAt { endsAt == item.cycle.endsAt } else {
        item.cycle.isEvergreen && contract.dates.anniversary(after: item.cycle.endsAt.adding(seconds: -1)) == item.cycle.endsAt
      }
    guard ofSameTerm else { return false }
    // The end that a decline had set was taken back.
    if item.state == .notRenewing, item.cycle.isEvergreen, contract.endsAt == nil { return false }
    guard item.state == .pending || item.state == .snoozed else { return item.cycle.mode == contract.terms.mode }
    guard let notice = contract.terms.notice else { return false }
    return item.cycle.mode == contract.terms.mode && item.cycle.decisionOn == contract.dates.decision(before: item.cycle.endsAt, notice: notice)
  }

  /// What became of a cycle that a change of the contract took away.
  private static func outcome(of item: Item, after contract: Contract) -> RenewalOutcome {
    if contract.state == .ended { return item.state == .notRenewing ? .notRenewed : .superseded }
    guard let endsAt = contract.endsAt else { return item.cycle.isEvergreen ? .superseded : .renewed }
    return endsAt > item.cycle.endsAt ? .renewed : .superseded
  }
}
