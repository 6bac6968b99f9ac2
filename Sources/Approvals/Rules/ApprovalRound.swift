import Kernel
import Operations

/// Those who are asked to agree to one thing, as their words and time move them: pure. What is asked about does not matter to it; the
/// processes of requests and of changes stand on it, and the gates that ask for an approval.
package struct ApprovalRound: Sendable, Equatable {
  /// Something that happened, for the history of what is asked about.
  package struct Event: Sendable, Equatable {
    package let what: String
    package let approval: [UInt8]
    package let at: Instant
    package let payload: [Value.Member]
  }

  /// What has come of it by now.
  package enum Standing: Sendable, Equatable { case waiting, approved, rejected }

  package internal(set) var approvals: [Approval]
  private var events: [Event] = []

  package init(_ approvals: [Approval] = []) { self.approvals = approvals.sorted { $0.seq < $1.seq } }

  /// Counts on the versions of those that are not as they were read.
  package mutating func countVersions(since read: [Approval]) {
    let known = Dictionary(read.map { ($0.publicId, $0) }) { $1 }
    for index in approvals.indices {
      guard let before = known[approvals[index].publicId], before != approvals[index] else { continue }
      approvals[index].version = before.version + 1
    }
  }

  /// What happened since it was asked last.
  package mutating func takeEvents() -> [Event] {
    defer { events = [] }
    return events
  }

  /// Asks whose turn it is, and lets go whom it needs no more.
  package mutating func settle(at now: Instant) throws(Failure) -> Standing {
    switch ApprovalOutcome(approvals) {
    case .waiting: return .waiting
    case .asks(let step):
      // Of the steps before, what was not needed is asked no more.
      try lapse(at: now) { $0.step < step }
      for index in approvals.indices where approvals[index].step == step && approvals[index].state == .waiting {
        try move(index, .ask)
        approvals[index].askedAt = now
        approvals[index].dueAt = approvals[index].hours.map { now.adding(seconds: $0 * 3600) }
        note("approval_asked", index, at: now)
      }
      return .waiting
    case .approved:
      try lapseAll(at: now)
      return .approved
    case .rejected:
      try lapseAll(at: now)
      return .rejected
    }
  }

  /// - Parameters:
  ///   - party: who decides.
  ///   - reason: why; a refusal has one.
  package mutating func decide(_ publicId: [UInt8], agrees: Bool, reason: String?, by party: Party, at now: Instant) throws(Failure) {
    let index = try index(of: publicId)
    try move(index, agrees ? .approve : .reject)
    approvals[index].decidedAt = now
    approvals[index].decidedBy = party
    approvals[index].reason = reason
    approvals[index].dueAt = nil
    note(agrees ? "approval_given" : "approval_refused", index, at: now)
  }

  /// Lets another account decide as well, in the place of one that it was let before.
  /// - Parameter isReassigned: by the staff who see to it that it is decided, and not by who was asked.
  package mutating func delegate(
    _ publicId: [UInt8], to party: Party, named id: PublicId, isReassigned: Bool = false, at now: Instant
  ) throws(Failure) {
    let index = try index(of: publicId)
    guard approvals[index].state == .asked else { throw notAsked(approvals[index].state) }
    approvals[index].delegate = party
    note(isReassigned ? "approval_reassigned" : "approval_delegated", index, at: now, [Value.Member("to", .id(id))])
  }

  /// Whom it was let decide as well cannot any more: it waits for who is asked alone, in whatever role by now.
  package mutating func endDelegation(of publicId: [UInt8], at now: Instant) throws(Failure) {
    let index = try index(of: publicId)
    guard approvals[index].state == .asked else { throw notAsked(approvals[index].state) }
    approvals[index].delegate = nil
    note("approval_delegation_ended", index, at: now, [Value.Member("roles", .array(approvals[index].roles.sorted().map { .text($0) }))])
  }

  /// Asks a role besides: nobody whom the rule names can decide.
  package mutating func standIn(_ role: String, for publicId: [UInt8], at now: Instant) throws(Failure) {
    let index = try index(of: publicId)
    approvals[index].standIn = role
    note("approval_stand_in", index, at: now, [Value.Member("role", .text(role))])
  }

  /// Of those whose time is over, the one whose was over first: it goes to somebody else, or counts as refused, at that instant. Once: it is
  /// not due any more.
  /// - Returns: that instant, and whether it now counts as refused; nil when there is none.
  package mutating func expireNext(at now: Instant) throws(Failure) -> (at: Instant, isRefused: Bool)? {
    let late = approvals.indices.filter { approvals[$0].state == .asked && approvals[$0].dueAt.map { $0 <= now } ?? false }
    guard let index = late.min(by: { isEarlier($0, $1) }), let dueAt = approvals[index].dueAt else { return nil }
    approvals[index].dueAt = nil
    if let role = approvals[index].escalatesTo {
      approvals[index].escalatedAt = dueAt
      note("approval_escalated", index, at: dueAt, [Value.Member("role", .text(role))])
      return (dueAt, false)
    }
    try move(index, .reject)
    approvals[index].decidedAt = dueAt
    note("approval_timed_out", index, at: dueAt)
    return (dueAt, true)
  }

  /// Decides all whose time is over, each at its instant, and lets go then whom it needs no more.
  package mutating func expire(at now: Instant) throws(Failure) {
    while let late = try expireNext(at: now) { _ = try settle(at: late.at) }
  }

  /// Nobody is asked any more.
  package mutating func lapseAll(at now: Instant) throws(Failure) { try lapse(at: now) { _ in true } }

  private func isEarlier(_ left: Int, _ right: Int) -> Bool {
    let (a, b) = (approvals[left], approvals[right])
    guard let first = a.dueAt, let second = b.dueAt, first != second else { return a.seq < b.seq }
    return first < second
  }

  private mutating func lapse(at now: Instant, _ isOver: (Approval) -> Bool) throws(Failure) {
    for index in approvals.indices where isOver(approvals[index]) && (approvals[index].state == .waiting || approvals[index].state == .asked) {
      try move(index, .lapse)
      approvals[index].dueAt = nil
      note("approval_lapsed", index, at: now)
    }
  }

  private mutating func move(_ index: Int, _ event: ApprovalState.Event) throws(Failure) {
    guard let next = approvals[index].state.after(event) else { throw notAsked(approvals[index].state) }
    approvals[index].state = next
  }

  private func notAsked(_ state: ApprovalState) -> Failure { Failure(.conflict, ApprovalMessages.notAsked, ["state": state.rawValue]) }

  private func index(of publicId: [UInt8]) throws(Failure) -> Int {
    guard let index = approvals.firstIndex(where: { $0.publicId == publicId }) else { throw Failure.notFound }
    return index
  }

  private mutating func note(_ what: String, _ index: Int, at now: Instant, _ payload: [Value.Member] = []) {
    events.append(Event(what: what, approval: approvals[index].publicId, at: now, payload: payload))
  }
}
