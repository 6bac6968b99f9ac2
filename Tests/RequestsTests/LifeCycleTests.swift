import Kernel
import Operations
import Testing

@testable import Approvals
@testable import Requests

/// Every state against every event, legal and illegal.
@Suite struct LifeCycleTests {
  @Test func requests() {
    typealias Table = [RequestState.Event: RequestState]
    let legal: [RequestState: Table] = [
      .submitted: [.ask: .awaitingApproval, .approve: .approved, .close: .closed, .withdraw: .withdrawn, .cancel: .cancelled],
      .awaitingApproval: [.approve: .approved, .reject: .rejected, .withdraw: .withdrawn, .cancel: .cancelled],
      .approved: [.begin: .fulfilling, .withdraw: .withdrawn, .cancel: .cancelled],
      .fulfilling: [.fulfil: .fulfilled, .withdraw: .withdrawn, .cancel: .cancelled],
      .fulfilled: [.close: .closed, .reopen: .approved], .rejected: [:], .closed: [.reopen: .approved], .withdrawn: [:], .cancelled: [:],
    ]
    #expect(legal.count == RequestState.allCases.count)
    for state in RequestState.allCases {
      for event in RequestState.Event.allCases { #expect(state.after(event) == legal[state]?[event], "\(state) \(event)") }
    }
  }

  @Test func approvals() {
    let legal: [ApprovalState: [ApprovalState.Event: ApprovalState]] = [
      .waiting: [.ask: .asked, .lapse: .lapsed], .asked: [.approve: .approved, .reject: .rejected, .lapse: .lapsed], .approved: [:], .rejected: [:],
      .lapsed: [:],
    ]
    #expect(legal.count == ApprovalState.allCases.count)
    for state in ApprovalState.allCases {
      for event in ApprovalState.Event.allCases { #expect(state.after(event) == legal[state]?[event], "\(state) \(event)") }
    }
  }

  @Test func tasks() {
    let legal: [TaskState: [TaskState.Event: TaskState]] = [
      .waiting: [.open: .ready, .cancel: .cancelled],
      .ready: [.claim: .active, .give: .ready, .complete: .done, .fail: .failed, .skip: .skipped, .cancel: .cancelled],
      .active: [.claim: .active, .give: .ready, .complete: .done, .fail: .failed, .skip: .skipped, .cancel: .cancelled],
      .failed: [.give: .failed, .retry: .ready, .skip: .skipped, .cancel: .cancelled], .done: [:], .skipped: [:], .cancelled: [:],
    ]
    #expect(legal.count == TaskState.allCases.count)
    for state in TaskState.allCases {
      for event in TaskState.Event.allCases { #expect(state.after(event) == legal[state]?[event], "\(state) \(event)") }
    }
  }

  @Test func aRefusalSaysWhatIsPossible() {
    let said: [(state: RequestState, act: String, possible: String)] = [
      (.submitted, "reopen", "begin, close, withdraw, cancel"), (.fulfilling, "begin", "withdraw, cancel"), (.fulfilled, "withdraw", "close, reopen"),
      (.closed, "reopen", "-"), (.cancelled, "cancel", "-"),
    ]
    for row in said {
      #expect(
        row.state.refusal(of: row.act).text(.english)
          == "A request that is \(row.state.rawValue) cannot do this: \(row.act). Possible: \(row.possible).")
    }
  }
}

/// The process as a whole, without a database.
@Suite struct RequestProcessTests {
  private let now = Instant(seconds: 1_772_438_400)
  private let desk = RequestTask.Assignee(id: 1, publicId: [1])
  private let network = RequestTask.Assignee(id: 2, publicId: [2])

  private func after(hours: Int64) -> Instant { now.adding(seconds: hours * 3600) }

  private func approval(_ seq: Int64, step: Int64 = 1, suffices: Bool = false, hours: Int64? = nil, escalatesTo: String? = nil) -> Approval {
    Approval(
      publicId: [UInt8(seq)], seq: seq, step: step, suffices: suffices, names: .null, holder: .role("customer_manager"), hours: hours,
      escalatesTo: escalatesTo)
  }

  private func asking(_ approvals: [Approval]) throws -> RequestProcess {
    var process = RequestProcess(request: RequestFacts(state: .submitted, line: 1))
    try process.begin(asking: approvals, at: now)
    return process
  }

  private func states(_ process: RequestProcess) -> [ApprovalState] { process.approvals.map(\.state) }

  private func agree(_ process: inout RequestProcess, _ seq: UInt8, by id: Int64 = 9) throws {
    try process.decide([seq], agrees: true, reason: nil, by: Party(kind: "customer", id: id, person: nil), at: now)
  }

  private func refuse(_ process: inout RequestProcess, _ seq: UInt8) throws {
    try process.decide([seq], agrees: false, reason: "no", by: Party(kind: "customer", id: 9, person: nil), at: now)
  }

  @Test func withNobodyToAskItIsAgreedTo() throws {
    let process = try asking([])
    #expect(process.request.state == .approved && process.request.decidedAt == now && process.request.askedAt == nil)
  }

  @Test func oneOfSeveralIsEnough() throws {
    var process = try asking([approval(1, suffices: true), approval(2, suffices: true)])
    #expect(states(process) == [.asked, .asked])
    try refuse(&process, 1)
    #expect(process.request.state == .awaitingApproval, "the other may still agree")
    try agree(&process, 2)
    #expect(process.request.state == .approved && states(process) == [.rejected, .approved])

    process = try asking([approval(1, suffices: true), approval(2, suffices: true)])
    try agree(&process, 2)
    #expect(process.request.state == .approved && states(process) == [.lapsed, .approved])

    process = try asking([approval(1, suffices: true), approval(2, suffices: true)])
    try refuse(&process, 1)
    try refuse(&process, 2)
    #expect(process.request.state == .rejected && process.request.endedAt == now && process.request.reason == "no")
  }

  @Test func allMustAgree() throws {
    var process = try asking([approval(1), approval(2)])
    #expect(states(process) == [.asked, .asked])
    try agree(&process, 1)
    #expect(process.request.state == .awaitingApproval)
    try refuse(&process, 2)
    #expect(process.request.state == .rejected)

    process = try asking([approval(1), approval(2)])
    try refuse(&process, 1)
    #expect(process.request.state == .rejected && states(process) == [.rejected, .lapsed], "one refusal ends it")
  }

  @Test func oneAfterTheOther() throws {
    var process = try asking([approval(1, step: 1, hours: 1), approval(2, step: 2, hours: 2), approval(3, step: 3)])
    #expect(states(process) == [.asked, .waiting, .waiting])
    #expect(throws: Failure.self) { try agree(&process, 2) }
    try agree(&process, 1)
    #expect(states(process) == [.approved, .asked, .waiting] && process.approvals[1].dueAt == after(hours: 2))
    try agree(&process, 2)
    try agree(&process, 3)
    #expect(process.request.state == .approved)
  }

  /// The further approver is asked when one of the others has agreed, and none of them stands in for him.
  @Test func aFurtherApproverComesAfterTheOthers() throws {
    var process = try asking([approval(1, suffices: true), approval(2, suffices: true), approval(3, step: 2)])
    #expect(states(process) == [.asked, .asked, .waiting])
    try agree(&process, 1)
    #expect(states(process) == [.approved, .lapsed, .asked] && process.request.state == .awaitingApproval)
    try agree(&process, 3)
    #expect(process.request.state == .approved)
  }

  @Test func timeRefusesOnceAtItsTrueInstant() throws {
    var process = try asking([approval(1, hours: 4), approval(2)])
    try process.expire(at: after(hours: 4).adding(seconds: -1))
    #expect(process.request.state == .awaitingApproval)
    try process.expire(at: after(hours: 100))
    #expect(process.request.state == .rejected && process.request.endedAt == after(hours: 4))
    #expect(process.approvals[0].decidedAt == after(hours: 4) && process.approvals[0].decidedBy == nil)
    let late = process.events.filter { $0.isByTime }
    #expect(late.map(\.what) == ["approval_timed_out", "approval_lapsed", "rejected"] && late.allSatisfy { $0.at == after(hours: 4) })
    let count = process.events.count
    try process.expire(at: after(hours: 200))
    #expect(process.events.count == count)
  }

  @Test func timeEscalatesOnceAtItsTrueInstant() throws {
    var process = try asking([approval(1, hours: 4, escalatesTo: "account_manager")])
    #expect(process.approvals[0].roles == ["customer_manager"])
    for hours: Int64 in [5, 50] { try process.expire(at: after(hours: hours)) }
    #expect(process.approvals[0].escalatedAt == after(hours: 4) && process.approvals[0].roles == ["customer_manager", "account_manager"])
    #expect(process.events.count { $0.what == "approval_escalated" } == 1)
    try agree(&process, 1)
    #expect(process.request.state == .approved)
  }

  /// In a sequence the next one's time begins where the last one's ended, however late that is found out.
  @Test func timePassesThroughASequence() throws {
    var process = try asking([approval(1, step: 1, suffices: true, hours: 1), approval(2, step: 1, suffices: true), approval(3, step: 2, hours: 3)])
    try agree(&process, 2)
    try process.expire(at: after(hours: 24))
    #expect(process.request.state == .rejected && process.request.endedAt == after(hours: 3))
  }

  private func task(_ seq: Int64, step: Int64) -> RequestTask { RequestTask(publicId: [UInt8(seq)], seq: seq, step: step, names: .null, team: 1) }

  private func working(_ tasks: [RequestTask]) throws -> RequestProcess {
    var process = try asking([])
    try process.open(tasks, at: now)
    return process
  }

  @Test func stepsFollowOneAnother() throws {
    var process = try working([task(1, step: 10), task(2, step: 20), task(3, step: 20), task(4, step: 30)])
    #expect(process.tasks.map(\.state) == [.ready, .waiting, .waiting, .waiting])
    #expect(throws: Failure.self) { try process.complete([2], by: desk, result: nil, at: now) }
    try process.complete([1], by: desk, result: "done", at: now)
    #expect(process.tasks.map(\.state) == [.done, .ready, .ready, .waiting])
    try process.claim([2], by: desk, takesOver: false, at: now)
    try process.complete([3], by: network, result: nil, at: now)
    #expect(process.tasks.map(\.state) == [.done, .active, .done, .waiting], "the step waits for its last task")
    try process.complete([2], by: desk, result: nil, at: now)
    try process.complete([4], by: desk, result: nil, at: now)
    #expect(process.request.state == .fulfilled && process.request.endedAt == now && process.tasksDone == 4)
    try process.close(at: now)
    #expect(process.request.state == .closed)
  }

  /// Only what is not open yet is withheld, of these teams alone; which team it was for stays known, and is told once.
  @Test func whatIsPlannedForATeamThatMayNotIsNobodys() throws {
    func task(_ seq: Int64, step: Int64, team: Int64?) -> RequestTask {
      RequestTask(publicId: [UInt8(seq)], seq: seq, step: step, names: .null, team: team)
    }
    var board = TaskBoard([
      task(1, step: 1, team: 7), task(2, step: 2, team: 7), task(3, step: 2, team: 8), task(4, step: 2, team: nil), task(5, step: 3, team: 9),
    ])
    try board.settle(at: now)
    _ = board.takeEvents()
    board.withhold(from: [7, 9], at: after(hours: 1))
    #expect(board.tasks.map(\.team) == [7, nil, 8, nil, nil])
    #expect(board.tasks.map(\.withheldTeam) == [nil, 7, nil, nil, 9])
    #expect(board.tasks.map(\.state) == [.ready, .waiting, .waiting, .waiting, .waiting])
    let withheld = [2, 5].map { TaskBoard.Event(what: "task_withheld", task: [$0], at: after(hours: 1)) }
    #expect(board.takeEvents() == withheld)
    #expect(board.teams == [7, 8])
    let before = board
    board.withhold(from: [7, 9], at: after(hours: 2))
    #expect(board == before, "what is nobody's is withheld from nobody")
    board.withhold(from: [], at: after(hours: 2))
    #expect(board == before)
  }

  @Test func whatSomebodyIsAtIsHis() throws {
    var process = try working([task(1, step: 1)])
    try process.claim([1], by: desk, takesOver: false, at: now)
    #expect(throws: Failure.self) { try process.claim([1], by: network, takesOver: false, at: now) }
    #expect(throws: Failure.self) { try process.complete([1], by: network, result: nil, at: now) }
    try process.claim([1], by: network, takesOver: true, at: now)
    #expect(throws: Failure.self) { try process.complete([1], by: desk, result: nil, at: now) }
    try process.complete([1], by: network, result: nil, at: now)
    #expect(process.request.state == .fulfilled)
  }

  @Test func whatFailsIsTriedAgainOrSkipped() throws {
    var process = try working([task(1, step: 1), task(2, step: 2)])
    try process.fail([1], by: desk, reason: "no licence", at: now)
    #expect(process.tasks.map(\.state) == [.failed, .waiting] && process.request.state == .fulfilling)
    try process.retry([1], at: now)
    #expect(process.tasks[0].state == .ready && process.tasks[0].assignee == nil)
    try process.fail([1], by: network, reason: "still none", at: now)
    try process.skip([1], by: network, reason: "not needed", at: now)
    #expect(process.tasks.map(\.state) == [.skipped, .ready])
    try process.complete([2], by: desk, result: nil, at: now)
    #expect(process.request.state == .fulfilled && process.tasksDone == 1 && process.tasksSkipped == 1)
  }

  /// Whoever is given it, or tries it once more: it is no request that nobody has touched.
  @Test func whatHasBegunStaysBegun() throws {
    var given = try working([task(1, step: 1)])
    #expect(!given.hasWorkBegun)
    try given.give([1], to: 2, at: now)
    #expect(!given.hasWorkBegun, "nobody was at it")
    try given.claim([1], by: desk, takesOver: false, at: now)
    try given.give([1], to: 1, at: now)
    #expect(given.tasks[0].state == .ready && given.tasks[0].assignee == nil && given.hasWorkBegun)
    #expect(throws: Failure.self) { try given.withdraw(at: now) }
    var failed = try working([task(1, step: 1)])
    try failed.fail([1], by: desk, reason: "no licence", at: now)
    try failed.retry([1], at: now)
    #expect(failed.tasks[0].state == .ready && failed.hasWorkBegun)
    #expect(throws: Failure.self) { try failed.withdraw(at: now) }
  }

  @Test func itIsStoppedInTheMiddle() throws {
    var process = try working([task(1, step: 1), task(2, step: 2)])
    try process.complete([1], by: desk, result: nil, at: now)
    #expect(throws: Failure.self) { try process.withdraw(at: now) }
    try process.cancel("The project ends", at: now)
    #expect(process.request.state == .cancelled && process.tasks.map(\.state) == [.done, .cancelled] && process.tasksDone == 1)
    #expect(throws: Failure.self) { try process.complete([2], by: desk, result: nil, at: now) }

    process = try working([task(1, step: 1)])
    try process.withdraw(at: now)
    #expect(process.request.state == .withdrawn && process.tasks.map(\.state) == [.cancelled])

    process = try asking([approval(1, hours: 1)])
    try process.withdraw(at: now)
    #expect(states(process) == [.lapsed] && process.approvals[0].dueAt == nil)
    try process.expire(at: after(hours: 9))
    #expect(process.request.state == .withdrawn, "what was taken back is not refused later")
  }

  /// Once, and as of the instant at which its time was over.
  @Test func whatNobodyObjectsToIsClosedByTime() throws {
    var process = RequestProcess(request: RequestFacts(state: .submitted, line: 1))
    try process.begin(asking: [], at: now)
    try process.open([RequestTask(publicId: [1], seq: 1, step: 1, names: .null, team: nil)], at: now)
    try process.complete([1], by: desk, result: nil, at: now)
    try process.expire(at: after(hours: 1000))
    #expect(process.request.state == .fulfilled, "no time was told")
    process.request.closesAt = after(hours: 24)
    try process.expire(at: after(hours: 24).adding(seconds: -1))
    #expect(process.request.state == .fulfilled)
    for _ in 0..<2 { try process.expire(at: after(hours: 48)) }
    #expect(process.request.state == .closed && process.request.closedAt == after(hours: 24) && process.request.closesAt == nil)
    #expect(process.request.endedAt == now)
    let byTime = process.events.filter { $0.isByTime }
    #expect(byTime.map(\.what) == ["closed"] && byTime.map(\.at) == [after(hours: 24)])
  }

  /// What an earlier version recorded can be over without ever having begun.
  @Test func whatWasNeverBegunIsClosed() throws {
    var process = RequestProcess(request: RequestFacts(state: .submitted, line: 1))
    try process.close("Delivered", at: now)
    #expect(process.request.state == .closed && process.request.endedAt == now && process.request.closedAt == now)
    #expect(process.request.reason == "Delivered")
    #expect(throws: Failure.self) { try process.reopen(at: now) }
  }
}

/// Who may decide, by role, person, delegation, and never twice.
@Suite struct ApproverRuleTests {
  private let now = Instant(seconds: 1_772_438_400)
  private let tenant = TenantId(7)

  private func principal(_ role: String, _ scope: Grant.Scope, id: Int64 = 1, person: Int64? = nil, kind: Actor.Kind = .customer) -> Principal {
    Principal(
      actor: Actor(kind: kind, id: id, via: .http), tenant: kind == .staff ? TenantId(1) : tenant, side: kind == .staff ? .staff : .customer, name: "x",
      person: person, grants: [Grant(role: role, permissions: [ApproverRule.permission], scope: scope)])
  }

  private func facts(requester: Int64? = 40, unit: Int64? = 5, submitter: Int64 = 99, submitterPerson: Int64? = nil, own: Bool = false) -> ApproverRule.Facts {
    ApproverRule.Facts(
      tenants: [tenant], requester: requester, unit: unit, submitter: Party(kind: "customer", id: submitter, person: submitterPerson), mayBeOwn: own)
  }

  private func asked(_ holder: Approval.Holder, seq: Int64 = 1) -> Approval {
    var approval = Approval(publicId: [UInt8(seq)], seq: seq, step: 1, suffices: false, names: .null, holder: holder, hours: 1, escalatesTo: "finance")
    approval.state = .asked
    return approval
  }

  private func standing(_ principal: Principal, _ approval: Approval, _ facts: ApproverRule.Facts, among others: [Approval] = []) -> ApproverRule.Standing {
    ApproverRule.standing(of: principal, for: approval, among: others + [approval], facts, at: now)
  }

  @Test func byRoleAndScope() {
    let approval = asked(.role("customer_manager"))
    #expect(standing(principal("customer_manager", .tenant), approval, facts()) == .may)
    #expect(standing(principal("requester", .tenant), approval, facts()) == .none)
    #expect(standing(principal("customer_manager", .units([5])), approval, facts()) == .may)
    #expect(standing(principal("customer_manager", .units([6])), approval, facts()) == .none)
    #expect(standing(principal("customer_manager", .units([5])), approval, facts(unit: nil)) == .none)
    let staff = asked(.role("account_manager"))
    #expect(standing(principal("account_manager", .all, kind: .staff), staff, facts()) == .may)
    #expect(standing(principal("account_manager", .listed([tenant]), kind: .staff), staff, facts()) == .may)
    #expect(standing(principal("account_manager", .listed([TenantId(8)]), kind: .staff), staff, facts()) == .none)
    #expect(standing(principal("account_manager", .all, kind: .service), staff, facts()) == .noPerson)
    let expired = Principal(
      actor: Actor(kind: .staff, id: 1, via: .http), tenant: TenantId(1), side: .staff, name: "x",
      grants: [Grant(role: "account_manager", permissions: [ApproverRule.permission], scope: .all, expiresAt: now)])
    #expect(standing(expired, staff, facts()) == .none)
  }

  @Test func byPersonDelegationAndEscalation() {
    var approval = asked(.person(41))
    #expect(standing(principal("requester", .own(person: 41), person: 41), approval, facts()) == .may)
    #expect(standing(principal("customer_manager", .tenant, person: 42), approval, facts()) == .none)
    approval.delegate = Party(kind: "customer", id: 3, person: nil)
    #expect(standing(principal("customer_manager", .tenant, id: 3, person: 42), approval, facts()) == .may)
    #expect(standing(principal("finance", .all, id: 3, kind: .staff), approval, facts()) == .none, "an account of the same number on the other side")
    approval.escalatedAt = now
    #expect(standing(principal("finance", .all, id: 4, kind: .staff), approval, facts()) == .may)
  }

  @Test func nobodyApprovesHisOwnOrTwice() {
    let approval = asked(.role("customer_manager"))
    #expect(standing(principal("customer_manager", .tenant, person: 40), approval, facts()) == .own, "it is for him")
    #expect(standing(principal("customer_manager", .tenant, id: 99), approval, facts()) == .own, "he ordered it")
    #expect(standing(principal("customer_manager", .tenant, id: 99), approval, facts(own: true)) == .may, "the rule lets him")
    let login = principal("customer_manager", .tenant, id: 98, person: 41)
    #expect(standing(login, approval, facts(submitterPerson: 41)) == .own, "he ordered it by another login")
    #expect(standing(login, approval, facts(submitterPerson: 42)) == .may)
    var agreed = asked(.role("customer_manager"), seq: 2)
    agreed.state = .approved
    agreed.decidedBy = Party(kind: "customer", id: 1, person: nil)
    #expect(standing(principal("customer_manager", .tenant), approval, facts(), among: [agreed]) == .alreadyAgreed)
    agreed.decidedBy = Party(kind: "customer", id: 2, person: 50)
    #expect(standing(principal("customer_manager", .tenant, person: 50), approval, facts(), among: [agreed]) == .alreadyAgreed, "by another login")
    #expect(standing(principal("customer_manager", .tenant, person: 51), approval, facts(), among: [agreed]) == .may)
  }
}
