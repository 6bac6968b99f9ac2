import Approvals
import Kernel
import Operations
import Requests

/// A change with its approvals and tasks, as acts and time move them: a pure state machine. It knows no database and no clock; what it did is
/// left in ``events``, and in what differs from before.
struct ChangeProcess: Sendable, Equatable {
  /// Something that happened, for the change's history.
  struct Event: Sendable, Equatable {
    enum Subject: Sendable, Equatable {
      case change
      case approval([UInt8])
      case task([UInt8])
    }

    /// `change.` is put in front.
    let what: String
    let subject: Subject
    let at: Instant
    /// Whether time did it, and nobody.
    let isByTime: Bool
    let payload: [Value.Member]
  }

  let kind: ChangeKind
  var state: ChangeState = .draft
  var approval: ChangeApproval = .none
  var outcome: ChangeOutcome?
  var plan: String?
  var backOut: String?
  var test: String?
  /// When it is planned to be done; whole or not at all.
  var startsAt: Instant?
  var endsAt: Instant?
  var risk: ChangeRisk?
  var score: Int64?
  var outcomeNote: String?
  var review: String?
  /// Why it was taken back, refused, cancelled or backed out last.
  var reason: String?
  var startedAt: Instant?
  var finishedAt: Instant?
  var endedAt: Instant?
  /// How often it was submitted.
  var submissions: Int64 = 0
  var round: ApprovalRound
  var board: TaskBoard
  private(set) var events: [Event] = []
  private var isMovedByTime = false

  init(kind: ChangeKind, round: ApprovalRound = ApprovalRound(), board: TaskBoard = TaskBoard()) {
    self.kind = kind
    self.round = round
    self.board = board
  }

  /// How long an emergency without a window is thought to last.
  private static let unplannedSeconds: Int64 = 3600

  /// Whether it is looked back on before it is closed.
  var needsReview: Bool { kind == .emergency || outcome == .failed || outcome == .backedOut }

  /// What is still to be written before anybody is asked to agree: an emergency waits for no paper.
  var missing: [String] {
    guard kind != .emergency else { return [] }
    return [
      ("plan", plan == nil), ("backOut", backOut == nil), ("test", test == nil && kind == .normal), ("startsAt", startsAt == nil), ("endsAt", endsAt == nil),
    ].filter { $0.1 }.map { $0.0 }
  }

  // MARK: Acts

  /// Something of it is written: its risk is to be judged anew.
  mutating func write() throws(Failure) { try move(.write) }

  /// What is being done, or was, is not let pass any more.
  func requireAhead() throws(Failure) {
    guard state.isAhead, state != .implementing else {
      throw Failure(.conflict, ChangeMessages.wrongState, ["state": state.rawValue, "step": "override_freeze", "allowed": state.allowed])
    }
  }

  mutating func assess(_ judgement: RiskRule.Judgement, at now: Instant) throws(Failure) {
    try move(.assess)
    (risk, score) = (judgement.risk, judgement.score)
    note("assessed", at: now, [Value.Member("risk", .text(judgement.risk.rawValue)), Value.Member("score", .integer(judgement.score))])
  }

  /// Asks who is to agree; where nobody is, or a model was agreed to once, it is agreed to at once.
  mutating func submit(asking planned: [Approval], at now: Instant) throws(Failure) {
    _ = try next(.submit)
    guard missing.isEmpty else {
      throw Failure(.invalid, KernelMessages.invalidInput, violations: missing.map { Failure.Violation(path: $0, ChangeMessages.notPlanned) })
    }
    if kind != .emergency, let endsAt, endsAt <= now { throw Failure.invalid("endsAt", ChangeMessages.windowOver) }
    submissions += 1
    guard kind != .standard, !planned.isEmpty else {
      round = ApprovalRound()
      return try agree(at: now)
    }
    try move(.submit)
    round = ApprovalRound(planned)
    approval = .pending
    note("submitted", at: now, [Value.Member("approvals", .integer(Int64(planned.count)))])
    try settleApprovals(at: now)
  }

  mutating func decide(_ publicId: [UInt8], agrees: Bool, reason: String?, by party: Party, at now: Instant) throws(Failure) {
    try round.decide(publicId, agrees: agrees, reason: reason, by: party, at: now)
    noteRound()
    if !agrees { self.reason = reason }
    try settleApprovals(at: now)
  }

  mutating func delegate(
    _ publicId: [UInt8], to party: Party, named id: PublicId, isReassigned: Bool, at now: Instant
  ) throws(Failure) {
    try round.delegate(publicId, to: party, named: id, isReassigned: isReassigned, at: now)
    noteRound()
  }

  /// Whom it was let decide as well cannot any more.
  mutating func endDelegation(of publicId: [UInt8], at now: Instant) throws(Failure) {
    try round.endDelegation(of: publicId, at: now)
    noteRound()
  }

  /// Asks a role besides: nobody whom the rule names can decide.
  mutating func standIn(_ role: String, for publicId: [UInt8], at now: Instant) throws(Failure) {
    try round.standIn(role, for: publicId, at: now)
    noteRound()
  }

  /// What time has decided by now, at the instant at which it was over.
  mutating func expire(at now: Instant) throws(Failure) {
    isMovedByTime = true
    defer { isMovedByTime = false }
    while approval == .pending, let late = try round.expireNext(at: now) {
      noteRound()
      if late.isRefused { try settleApprovals(at: late.at) }
    }
  }

  /// Takes it back to be written anew: who agreed, agreed to something else.
  mutating func revise(_ reason: String, at now: Instant) throws(Failure) {
    try move(.revise)
    try round.lapseAll(at: now)
    noteRound()
    (approval, self.reason) = (.none, reason)
    note("revised", at: now)
  }

  /// Begins to do it, within its window. An emergency begins when it has to, agreed to or not.
  /// - Parameter teams: those that may not work for all whom it concerns: what is theirs by the plan is nobody's.
  mutating func start(withholdingFrom teams: Set<Int64> = [], at now: Instant) throws(Failure) {
    if kind != .emergency {
      guard state != .awaitingApproval else { throw Failure(.conflict, ChangeMessages.notAgreed) }
      _ = try next(.start)
      guard let startsAt, let endsAt, startsAt <= now, now < endsAt else {
        throw Failure(.conflict, ChangeMessages.outsideWindow, ["from": startsAt?.description ?? "-", "to": endsAt?.description ?? "-"])
      }
    }
    let isUnapproved = approval == .pending
    try move(.start)
    startedAt = now
    // What is being done is in the calendar.
    if startsAt == nil { (startsAt, endsAt) = (now, now.adding(seconds: Self.unplannedSeconds)) }
    note("started", at: now, [Value.Member("unapproved", .bool(isUnapproved))])
    board.withhold(from: teams, at: now)
    try board.settle(at: now)
    noteBoard()
  }

  /// - Parameter overrules: whether who says so manages changes, and may let stand what was refused.
  mutating func complete(_ result: ChangeOutcome, note text: String?, overrules: Bool = false, at now: Instant) throws(Failure) {
    _ = try next(.complete)
    guard result != .success || approval != .rejected || overrules else { throw Failure(.conflict, ChangeMessages.refused) }
    guard result != .success || board.isDone else { throw Failure(.conflict, ChangeMessages.tasksOpen) }
    try move(.complete)
    try board.cancelAll(at: now)
    (outcome, outcomeNote, finishedAt) = (result, text, now)
    note("implemented", at: now, [Value.Member("outcome", .text(result.rawValue))])
  }

  mutating func backOut(_ reason: String, at now: Instant) throws(Failure) {
    try move(.backOut)
    try board.cancelAll(at: now)
    // What was thought of the outcome before is thought no more.
    (outcome, outcomeNote, finishedAt, review) = (.backedOut, reason, now, nil)
    note("backed_out", at: now)
  }

  mutating func record(review text: String, at now: Instant) throws(Failure) {
    try move(.review)
    review = text
    note("reviewed", at: now)
  }

  /// - Parameter overrules: whether who closes it manages changes and had no part in it: he alone closes what was refused.
  mutating func close(overrules: Bool = false, at now: Instant) throws(Failure) {
    _ = try next(.close)
    guard approval != .rejected || overrules else { throw Failure(.denied, ChangeMessages.refused) }
    guard approval != .pending else { throw Failure(.conflict, ChangeMessages.approvalPending) }
    guard !needsReview || review != nil else { throw Failure(.conflict, ChangeMessages.reviewMissing) }
    try move(.close)
    endedAt = now
    note("closed", at: now)
  }

  mutating func cancel(_ reason: String, at now: Instant) throws(Failure) {
    try move(.cancel)
    try round.lapseAll(at: now)
    noteRound()
    try board.cancelAll(at: now)
    if approval == .pending { approval = .none }
    (self.reason, endedAt) = (reason, now)
    note("cancelled", at: now)
  }

  // MARK: Tasks

  mutating func claim(_ publicId: [UInt8], by assignee: RequestTask.Assignee, takesOver: Bool, at now: Instant) throws(Failure) {
    try requireImplementing()
    try board.claim(publicId, by: assignee, takesOver: takesOver, at: now)
    noteBoard()
  }

  mutating func give(_ publicId: [UInt8], to team: Int64, at now: Instant) throws(Failure) {
    try requireImplementing()
    try board.give(publicId, to: team, at: now)
    noteBoard()
  }

  mutating func end(
    _ publicId: [UInt8], _ event: TaskState.Event, by assignee: RequestTask.Assignee, _ result: String?, at now: Instant
  ) throws(Failure) {
    try requireImplementing()
    try board.end(publicId, event, by: assignee, result, at: now)
    try board.settle(at: now)
    noteBoard()
  }

  mutating func retry(_ publicId: [UInt8], at now: Instant) throws(Failure) {
    try requireImplementing()
    try board.retry(publicId, at: now)
    noteBoard()
  }

  private func requireImplementing() throws(Failure) {
    guard state == .implementing else {
      throw Failure(.conflict, ChangeMessages.wrongState, ["state": state.rawValue, "step": "task", "allowed": state.allowed])
    }
  }

  // MARK: Moving

  /// Adds an event of an act that moves nothing: something was written, named, linked.
  mutating func note(_ what: String, at now: Instant, _ payload: [Value.Member] = []) {
    events.append(Event(what: what, subject: .change, at: now, isByTime: isMovedByTime, payload: payload))
  }

  /// Tells whoever was at a task until now that he is not any more.
  mutating func noteTakenOver(_ publicId: [UInt8], _ payload: [Value.Member], at now: Instant) {
    events.append(Event(what: TaskNews.takenOver.rawValue, subject: .task(publicId), at: now, isByTime: isMovedByTime, payload: payload))
  }

  private func next(_ step: ChangeState.Step) throws(Failure) -> ChangeState {
    try state.next(step, orRefuse: ChangeMessages.wrongState, named: "step")
  }

  private mutating func move(_ step: ChangeState.Step) throws(Failure) { state = try next(step) }

  private mutating func agree(at now: Instant) throws(Failure) {
    // What is being done already, or was, is agreed to afterwards.
    if state == .assessed || state == .awaitingApproval { try move(.approve) }
    approval = .approved
    note("approved", at: now)
  }

  private mutating func settleApprovals(at now: Instant) throws(Failure) {
    guard approval == .pending else { return }
    let standing = try round.settle(at: now)
    noteRound()
    switch standing {
    case .waiting: break
    case .approved: try agree(at: now)
    case .rejected:
      if state == .awaitingApproval { try move(.reject) }
      approval = .rejected
      note("rejected", at: now)
    }
  }

  private mutating func noteRound() {
    for event in round.takeEvents() {
      events.append(Event(what: event.what, subject: .approval(event.approval), at: event.at, isByTime: isMovedByTime, payload: event.payload))
    }
  }

  private mutating func noteBoard() {
    for event in board.takeEvents() { events.append(Event(what: event.what, subject: .task(event.task), at: event.at, isByTime: isMovedByTime, payload: [])) }
  }
}
