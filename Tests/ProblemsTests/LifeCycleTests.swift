import Kernel
import Operations
import TestSupport
import Testing

@testable import Problems

@Suite struct LifeCycleTests {
  /// What is possible, written apart from the code.
  private static let legal: [ProblemState: [ProblemState.Step: ProblemState]] = [
    .new: [.investigate: .investigating, .write: .new, .declare: .knownError, .resolve: .resolved, .cancel: .cancelled],
    .investigating: [.write: .investigating, .declare: .knownError, .resolve: .resolved, .cancel: .cancelled],
    .knownError: [.investigate: .investigating, .write: .knownError, .resolve: .resolved, .cancel: .cancelled],
    .resolved: [.close: .closed, .reopen: .investigating], .closed: [.reopen: .investigating], .cancelled: [.reopen: .investigating],
  ]

  /// Every state against every step, legal and illegal.
  @Test func everyPairIsAsTheTableSays() {
    #expect(Self.legal.count == ProblemState.allCases.count)
    for state in ProblemState.allCases {
      for step in ProblemState.Step.allCases { #expect(state.after(step) == Self.legal[state]?[step], "\(state) \(step)") }
    }
  }

  @Test func aKnownErrorSaysSomething() throws {
    var process = ProblemProcess()
    #expect(throws: Failure.self) { try process.apply(.declareKnownError, at: Instant(seconds: 1)) }
    #expect(process == ProblemProcess())
    try process.apply(.recordWorkaround("Restart"), at: Instant(seconds: 2))
    try process.apply(.declareKnownError, at: Instant(seconds: 3))
    #expect(process.state == .knownError && process.knownErrorAt == Instant(seconds: 3))
    // What was known did not hold.
    try process.apply(.investigate, at: Instant(seconds: 4))
    #expect(process.state == .investigating && process.knownErrorAt == nil && process.workaround == "Restart")
  }

  /// Said again it is told to nobody again.
  @Test func whatChangesNothingIsRefused() throws {
    var process = ProblemProcess()
    try process.apply(.recordWorkaround("Restart"), at: Instant(seconds: 1))
    #expect(throws: Failure.self) { try process.apply(.recordWorkaround("Restart"), at: Instant(seconds: 2)) }
    try process.apply(.recordCause("Heat", code: .keep), at: Instant(seconds: 3))
    #expect(throws: Failure.self) { try process.apply(.recordCause("Heat", code: .clear), at: Instant(seconds: 4)) }
    try process.apply(.recordCause("Heat", code: .set("environment")), at: Instant(seconds: 5))
    #expect(throws: Failure.self) { try process.apply(.recordCause("Heat", code: .keep), at: Instant(seconds: 6)) }
    #expect(process.causeCode == "environment")
  }

  /// Guard: the kind of a cause that turned out to be another one would stay.
  @Test func theKindOfACauseStaysIsSetOrIsTakenBack() throws {
    var process = ProblemProcess()
    try process.apply(.recordCause("Heat", code: .set("environment")), at: Instant(seconds: 1))
    let reworded = ProblemAct.recordCause("Heat of the pump", code: .keep)
    try process.apply(reworded, at: Instant(seconds: 2))
    #expect(process.causeCode == "environment" && reworded.payload(of: process) == .object(["code": "environment"]))
    let other = ProblemAct.recordCause("Nobody knows", code: .clear)
    try process.apply(other, at: Instant(seconds: 3))
    #expect(process.causeCode == nil && process.cause == "Nobody knows" && other.payload(of: process) == .object(["code": .null]))
  }

  /// Walks at random: the process goes where the table lets it, what is told of it follows, and what holds of each state always holds.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func randomWalksFollowTheTable(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      var process = ProblemProcess()
      for second in 1...40 as ClosedRange<Int64> {
        let now = Instant(seconds: second)
        let act = Self.act(at: second, &random)
        let before = process
        var expected = Self.legal[before.state]?[act.step]
        if act == .declareKnownError, before.cause == nil, before.workaround == nil { expected = nil }
        do throws(Failure) {
          try process.apply(act, at: now)
          #expect(process.state == expected, "\(before.state) \(act)")
        } catch {
          #expect(expected == nil && process == before, "\(before.state) \(act): \(error)")
        }
        try Self.requireSound(process, from: before)
      }
    }
  }

  private static func act(at second: Int64, _ random: inout SplitMix64) -> ProblemAct {
    switch random.next() % 8 {
    case 0: .investigate
    case 1: .recordCause("cause \(second)", code: .keep)
    case 2: .recordWorkaround("workaround \(second)")
    case 3: .declareKnownError
    case 4: .resolve(solution: "solution \(second)")
    case 5: .close(outcome: "removed")
    case 6: .reopen(reason: "back \(second)")
    default: .cancel(reason: "none \(second)")
    }
  }

  /// What the table's constraints say too.
  private static func requireSound(_ process: ProblemProcess, from before: ProblemProcess) throws {
    let isResolved = process.state == .resolved || process.state == .closed
    #expect(isResolved == (process.resolvedAt != nil))
    #expect(!isResolved || process.solution != nil)
    #expect((process.state == .closed || process.state == .cancelled) == (process.closedAt != nil))
    #expect(process.state != .closed || process.outcome != nil)
    #expect(process.state != .cancelled || process.reason != nil)
    #expect(process.state != .knownError || process.cause != nil || process.workaround != nil)
    #expect(process.reopenCount == before.reopenCount + (!before.state.isOpen && process.state.isOpen ? 1 : 0))
  }
}
