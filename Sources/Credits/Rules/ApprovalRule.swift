import Kernel

/// Who may decide a credit.
enum ApprovalRule {
  /// Somebody who has decided: an account, and the person behind it where one is recorded.
  struct Approver: Sendable {
    let kind: String
    let id: Int64
    let person: Int64?

    init(_ actor: Actor, person: Int64?) {
      self.init(kind: actor.kind.rawValue, id: actor.id, person: person)
    }

    init(kind: String, id: Int64, person: Int64?) {
      self.kind = kind
      self.id = id
      self.person = person
    }

    /// One account, or two accounts of one person.
    func isSame(as other: Approver) -> Bool { (kind == other.kind && id == other.id) || (person != nil && person == other.person) }
  }

  /// A decision is a member of staff's. A service account or a job stands for nobody, and every local operator has the same
  /// identity: he may be anybody, also the one who has approved already.
  static func requirePerson(_ actor: Actor) throws(Failure) {
    guard actor.kind == .staff else { throw Failure(.denied, CreditsMessages.personRequired) }
  }

  /// What an approval by `actor` is: above `limit` two persons must approve, and nobody counts twice. Two accounts are two persons only
  /// where it is recorded whose they are.
  /// - Parameters:
  ///   - limit: nil: one person is enough for any amount.
  ///   - person: the one behind the actor's account, where one is recorded.
  static func approval(
    of amount: Money, limit: Money?, state: CreditState, approvers: [Approver], by actor: Actor, person: Int64?
  ) throws(Failure) -> CreditState.Event {
    try requirePerson(actor)
    let approver = Approver(actor, person: person)
    guard !approvers.contains(where: approver.isSame) else { throw Failure(.conflict, CreditsMessages.samePerson) }
    let needsTwo = limit.map { amount.minorUnits > $0.minorUnits } ?? false
    guard !needsTwo || (person != nil && approvers.allSatisfy { $0.person != nil }) else { throw Failure(.denied, CreditsMessages.personUnknown) }
    return needsTwo && state == .proposed ? .firstApproval : .approval
  }

  static func state(_ state: CreditState, after event: CreditState.Event) throws(Failure) -> CreditState {
    guard let next = state.after(event) else {
      throw Failure(.conflict, CreditsMessages.badTransition, ["state": state.rawValue, "event": event.rawValue])
    }
    return next
  }
}
