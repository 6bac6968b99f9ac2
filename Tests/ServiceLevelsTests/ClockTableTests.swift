import Kernel
import ServiceTime
import Testing

@testable import ServiceLevels

/// Every state with every event.
@Suite struct ClockTableTests {
  private enum Expected: Equatable {
    case to(Clock.State)
    case ignored
    case refused
  }

  private static func expected(_ metric: Metric, _ state: Clock.State, _ event: ClockEvent.Kind) -> Expected {
    switch (metric, state, event) {
    case (_, .withdrawn, _): .ignored
    case (_, _, .withdraw): .to(.withdrawn)
    case (_, _, .retarget), (_, _, .changeCalendar): .to(state)
    case (_, .running, .passed): .to(.running)
    case (_, _, .passed): .ignored
    case (_, .running, .observe), (_, .paused, .observe): .to(.stopped)
    case (_, .stopped, .observe): .ignored
    case (.update, .running, .renew), (.update, .paused, .renew): .to(state)
    case (.update, .stopped, .renew), (.response, _, .renew), (.resolution, _, .renew): .ignored
    case (.response, _, .pause), (.response, _, .resume), (.response, _, .reopen): .ignored
    case (_, .running, .pause), (_, .paused, .pause): .to(.paused)
    case (_, .paused, .resume): .to(.running)
    case (_, .running, .resume): .ignored
    case (_, .stopped, .reopen): .to(.running)
    case (_, .stopped, .pause), (_, .stopped, .resume): .refused
    case (_, .running, .reopen), (_, .paused, .reopen): .refused
    }
  }

  private static func ledger(_ metric: Metric, in state: Clock.State) throws -> Ledger? {
    var ledger = try Ledger(metric, .workingSeconds(4 * 3600), Fixture.office(), at: Fixture.at("1 09:00"))
    switch state {
    case .running: break
    case .paused:
      if metric == .response { return nil }  // it never is
      try ledger.pause("1 10:00")
    case .stopped: try ledger.observe("1 10:00")
    case .withdrawn: try ledger.withdraw("1 10:00")
    }
    #expect(ledger.clock.state == state)
    return ledger
  }

  @Test(arguments: Clock.State.allCases, ClockEvent.Kind.allCases)
  func everyPair(state: Clock.State, kind: ClockEvent.Kind) throws {
    let at = try Fixture.at("3 12:00")
    let event: ClockEvent =
      switch kind {
      case .pause: .pause(at: at, reason: "awaiting_customer", evidence: nil)
      case .resume: .resume(at: at, cause: "x")
      case .observe: .observe(at: at, source: "x")
      case .renew: .renew(at: at, source: "x")
      case .reopen: .reopen(at: at, cause: "x")
      case .retarget: .retarget(at: at, budget: .workingSeconds(60), coverage: try Fixture.office(), cause: "x")
      case .changeCalendar: .changeCalendar(effectiveAt: at, coverage: try Fixture.long())
      case .withdraw: .withdraw(at: at, reason: "x")
      case .passed: .passed(now: at)
      }
    #expect(event.kind == kind && event.at == at)
    for metric in Metric.allCases {
      guard var ledger = try Self.ledger(metric, in: state) else { continue }
      let before = ledger
      switch Self.expected(metric, state, kind) {
      case .to(let next):
        let transition = try ledger.apply(event)
        #expect(transition.clock.state == next && !transition.isIgnored)
        #expect(transition.clock != before.clock)
        #expect((transition.clock.dueAt != nil) == (next == .running))
        #expect((transition.clock.breachAt != nil) == (next == .running))
      case .ignored:
        let transition = try ledger.apply(event)
        #expect(transition == ClockTransition(clock: before.clock, isIgnored: true))
      case .refused:
        #expect(throws: ClockRefusal.notPossible(kind, in: state)) { try ledger.apply(event) }
      }
    }
  }

  @Test(arguments: [Clock.State.running, .paused, .stopped])
  func timeRunsForward(state: Clock.State) throws {
    var ledger = try #require(try Self.ledger(.resolution, in: state))
    let last = ledger.clock.lastEventAt
    let early = last.adding(seconds: -1)
    let events: [ClockEvent] = [
      .pause(at: early, reason: "x", evidence: nil), .resume(at: early, cause: "x"), .observe(at: early, source: "x"), .renew(at: early, source: "x"),
      .reopen(at: early, cause: "x"),
      .retarget(at: early, budget: .workingSeconds(60), coverage: try Fixture.office(), cause: "x"), .withdraw(at: early, reason: "x"),
    ]
    for event in events {
      #expect(throws: ClockRefusal.outOfOrder(at: early, last: last)) { try ledger.apply(event) }
    }
    // A calendar that took effect earlier does so from the last event on.
    try ledger.apply(.changeCalendar(effectiveAt: early, coverage: Fixture.long()))
    #expect(ledger.clock.lastEventAt == last && ledger.clock.calendarVersion == Id(2))
    // Equal times are fine.
    #expect(throws: Never.self) { try ledger.apply(.withdraw(at: last, reason: "x")) }
  }

  @Test func refusesNonsense() throws {
    var ledger = try #require(try Self.ledger(.resolution, in: .running))
    let at = try Fixture.at("1 12:00")
    let office = try Fixture.office()
    #expect(throws: ClockRefusal.reasonMissing) { try ledger.apply(.pause(at: at, reason: "", evidence: nil)) }
    #expect(throws: ClockRefusal.badBudget) { try ledger.apply(.retarget(at: at, budget: .workingSeconds(-1), coverage: office, cause: "x")) }
    #expect(throws: ClockRefusal.badBudget) { try Clock.start(.response, budget: .businessDays(-1), coverage: office, at: at, cause: "x") }
    for refusal in [ClockRefusal.reasonMissing, .badBudget, .outOfOrder(at: at, last: at), .notPossible(.pause, in: .stopped)] {
      #expect(!refusal.failure.text(.chinese).contains("{"))
    }
    for message in ServiceLevelsMessages.all { #expect(message.placeholders(.english) == message.placeholders(.chinese)) }
  }

  @Test(arguments: [Int64.max, 0]) func extremesDoNotTrap(budget: Int64) throws {
    for instant in [Instant.accepted.lowerBound, Instant.accepted.upperBound] {
      for budget in [Budget.workingSeconds(budget), .businessDays(budget)] {
        var ledger = try Ledger(.resolution, budget, Fixture.office(), at: instant)
        try ledger.apply(.passed(now: Instant(microseconds: .max)))
        try ledger.apply(.pause(at: instant, reason: "x", evidence: nil))
        try ledger.apply(.resume(at: instant, cause: "x"))
        try ledger.apply(.retarget(at: instant, budget: .workingSeconds(.max), coverage: Fixture.always(), cause: "x"))
        try ledger.apply(.observe(at: Instant(microseconds: .max), source: "x"))
      }
    }
  }
}
