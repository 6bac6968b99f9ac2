import Kernel
import Operations
import Requests
import TestSupport
import Testing

@testable import Approvals
@testable import Changes

@Suite struct LifeCycleTests {
  /// What is possible, written apart from the code.
  private static let legal: [ChangeState: [ChangeState.Step: ChangeState]] = [
    .draft: [.write: .draft, .assess: .assessed, .cancel: .cancelled],
    .assessed: [.write: .draft, .assess: .assessed, .submit: .awaitingApproval, .approve: .approved, .cancel: .cancelled],
    .awaitingApproval: [.approve: .approved, .reject: .rejected, .revise: .draft, .start: .implementing, .cancel: .cancelled],
    .approved: [.revise: .draft, .start: .implementing, .cancel: .cancelled],
    .implementing: [.complete: .implemented, .backOut: .backedOut],
    .implemented: [.backOut: .backedOut, .review: .implemented, .close: .closed],
    .backedOut: [.review: .backedOut, .close: .closed],
    .rejected: [.revise: .draft, .cancel: .cancelled],
    .closed: [:], .cancelled: [:],
  ]

  @Test func everyPairIsAsTheTableSays() {
    #expect(Self.legal.count == ChangeState.allCases.count)
    for state in ChangeState.allCases {
      for step in ChangeState.Step.allCases { #expect(state.after(step) == Self.legal[state]?[step], "\(state) \(step)") }
    }
  }

  private static let releases: [ReleaseState: [ReleaseState.Step: ReleaseState]] = [
    .planning: [.write: .planning, .pilot: .piloting, .signOff: .signedOff, .cancel: .cancelled],
    .piloting: [.write: .piloting, .pilot: .piloting, .recordPilot: .piloting, .signOff: .signedOff, .cancel: .cancelled],
    .signedOff: [.deploy: .deployed, .cancel: .cancelled], .deployed: [.deploy: .deployed, .close: .closed], .closed: [:], .cancelled: [:],
  ]

  @Test func everyPairOfAReleaseIsAsTheTableSays() {
    #expect(Self.releases.count == ReleaseState.allCases.count)
    for state in ReleaseState.allCases {
      for step in ReleaseState.Step.allCases { #expect(state.after(step) == Self.releases[state]?[step], "\(state) \(step)") }
    }
  }

  private enum Act: CaseIterable {
    case write, assess, submit, submitUnasked, agree, refuse, wait, revise, start, succeed, fail, backOut, review, close, cancel, task
  }

  /// What an act may come to: asking may be answered at once.
  private static func steps(of act: Act) -> [ChangeState.Step] {
    switch act {
    case .write: [.write]
    case .assess: [.assess]
    case .submit: [.submit, .approve]
    case .submitUnasked, .agree: [.approve]
    case .refuse: [.reject]
    case .revise: [.revise]
    case .start: [.start]
    case .succeed, .fail: [.complete]
    case .backOut: [.backOut]
    case .review: [.review]
    case .close: [.close]
    case .cancel: [.cancel]
    case .wait, .task: []
    }
  }

  private static let asker = Party(kind: "staff", id: 1, person: nil)
  private static let assignee = RequestTask.Assignee(id: 1, publicId: [1])

  private static func approvals(_ random: inout SplitMix64) -> [Approval] {
    let suffices = random.next() % 2 == 0
    return (1...(1 + Int64(random.next() % 2))).map { seq in
      Approval(publicId: [UInt8(seq)], seq: seq, step: 1, suffices: suffices, names: .null, holder: .role("engineer"), hours: 1)
    }
  }

  private static func apply(_ act: Act, to process: inout ChangeProcess, at now: Instant, _ random: inout SplitMix64) throws {
    switch act {
    case .write: try process.write()
    case .assess: try process.assess(RiskRule.Judgement(risk: .low, score: 0, reasons: []), at: now)
    case .submit: try process.submit(asking: approvals(&random), at: now)
    case .submitUnasked: try process.submit(asking: [], at: now)
    case .agree, .refuse:
      guard let asked = process.round.approvals.first(where: { $0.state == .asked }) else { throw Failure.notFound }
      try process.decide(asked.publicId, agrees: act == .agree, reason: "r", by: asker, at: now)
    case .wait: try process.expire(at: now)
    case .revise: try process.revise("r", at: now)
    case .start: try process.start(at: now)
    case .succeed: try process.complete(.success, note: nil, at: now)
    case .fail: try process.complete(.failed, note: nil, at: now)
    case .backOut: try process.backOut("r", at: now)
    case .review: try process.record(review: "r", at: now)
    case .close: try process.close(at: now)
    case .cancel: try process.cancel("r", at: now)
    case .task:
      guard let task = process.board.tasks.first(where: { $0.state == .ready }) else { throw Failure.notFound }
      try process.end(task.publicId, .complete, by: assignee, nil, at: now)
    }
  }

  /// Walks at random: whatever is refused changes nothing, the state moves along the table alone, and what holds of each state always holds.
  @Test(arguments: ChangeKind.allCases, [1, 2, 3] as [UInt64]) func randomWalks(kind: ChangeKind, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var reached: Set<ChangeState> = []
    for _ in 0..<300 {
      var process = ChangeProcess(
        kind: kind, board: TaskBoard([RequestTask(publicId: [9], seq: 1, step: 1, names: .null, team: nil)]))
      if random.next() % 8 != 0 { (process.plan, process.backOut, process.test) = ("p", "b", "t") }
      (process.startsAt, process.endsAt) = (Instant(seconds: 0), Instant(seconds: 30 * 1800))
      for second in 1...40 as ClosedRange<Int64> {
        // Half an hour a step: approvals of an hour run out, windows end.
        let now = Instant(seconds: second * 1800)
        try process.expire(at: now)
        let act = Act.allCases[Int(random.next() % UInt64(Act.allCases.count))]
        let before = process
        do {
          try Self.apply(act, to: &process, at: now, &random)
        } catch {
          #expect(process == before, "\(before.state) \(act): \(error)")
        }
        if process.state != before.state {
          #expect(Self.steps(of: act).contains { Self.legal[before.state]?[$0] == process.state }, "\(before.state) to \(process.state) by \(act)")
        }
        reached.insert(process.state)
        Self.expectSound(process)
      }
    }
    let never: Set<ChangeState> = kind == .standard ? [.awaitingApproval, .rejected] : []
    #expect(reached == Set(ChangeState.allCases).subtracting(never), "\(reached)")
  }

  /// What the table's constraints say too.
  private static func expectSound(_ process: ChangeProcess) {
    let state = process.state
    let isBegun = [.implementing, .implemented, .backedOut, .closed].contains(state)
    #expect(state == .draft || state == .cancelled || process.risk != nil)
    #expect([.implemented, .backedOut, .closed].contains(state) == (process.outcome != nil), "\(state)")
    #expect((state == .closed || state == .cancelled) == (process.endedAt != nil))
    if process.kind != .emergency, isBegun || state == .approved { #expect(process.approval == .approved) }
    if state == .awaitingApproval { #expect(process.approval == .pending && process.round.approvals.contains { $0.state == .asked }) }
    if state == .closed { #expect(process.approval == .approved && (!process.needsReview || process.review != nil)) }
    if process.approval != .pending { #expect(!process.round.approvals.contains { $0.state == .asked || $0.state == .waiting }) }
    if process.kind == .normal, ![.draft, .assessed, .cancelled].contains(state) { #expect(process.missing.isEmpty) }
    if process.outcome == .success { #expect(process.board.isDone) }
    if !isBegun { #expect(process.board.tasks.allSatisfy { $0.state == .waiting || $0.state == .cancelled }) }
  }

  @Test func anEmergencyIsDoneFirstAndAnsweredAfterwards() throws {
    var process = ChangeProcess(kind: .emergency)
    try process.assess(RiskRule.Judgement(risk: .high, score: 9, reasons: []), at: Instant(seconds: 1))
    let approval = Approval(publicId: [1], seq: 1, step: 1, suffices: true, names: .null, holder: .role("administrator"), hours: 1)
    try process.submit(asking: [approval], at: Instant(seconds: 2))
    try process.start(at: Instant(seconds: 3))
    try process.complete(.success, note: nil, at: Instant(seconds: 4))
    try process.record(review: "r", at: Instant(seconds: 5))
    #expect(throws: Failure.self) { try process.close(at: Instant(seconds: 6)) }
    // Nobody answered in time: that counts as refused, at that instant, and stands.
    try process.expire(at: Instant(seconds: 9999))
    #expect(process.state == .implemented && process.approval == .rejected)
    #expect(process.events.last?.what == "rejected" && process.events.last?.at == Instant(seconds: 3602) && process.events.last?.isByTime == true)
    // What was refused is not closed by whoever did it.
    #expect(throws: Failure.self) { try process.close(at: Instant(seconds: 9_999)) }
    try process.close(overrules: true, at: Instant(seconds: 10_000))
    #expect(process.state == .closed)
  }
}
