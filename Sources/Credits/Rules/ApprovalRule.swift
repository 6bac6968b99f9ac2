import Kernel

/// Who may decide a credit.
enum ApprovalRule {
  /// Somebody who has approved it.
  struct Approver: Hashable, Sendable {
    let kind: String
    let id: Int64

    init(_ actor: Actor) {
      kind = actor.kind.rawValue
      id = actor.id
    }

    init(kind: String, id: Int64) {
      self.kind = kind
      self.id = id
    }
  }

  /// A decision is a person's: a service account or a job stands for nobody.
  static func requirePerson(_ actor: Actor) throws(Failure) {
    guard actor.kind == .staff || actor.kind == .operator else { throw Failure(.denied, CreditsMessages.personRequired) }
  }

  /// What an approval by `actor` is: above `limit` two persons must approve, and nobody counts twice.
  /// - Parameter limit: nil: one person is enough for any amount.
  static func approval(
    of amount: Money, limit: Money?, state: CreditState, approvers: Set<Approver>, by actor: Actor
  ) throws(Failure) -> CreditState.Event {
    try requirePerson(actor)
    guard !approvers.contains(Approver(actor)) else { throw Failure(.conflict, CreditsMessages.samePerson) }
    let needsTwo = limit.map { amount.minorUnits > $0.minorUnits } ?? false
    return needsTwo && state == .proposed ? .firstApproval : .approval
  }

  static func state(_ state: CreditState, after event: CreditState.Event) throws(Failure) -> CreditState {
    guard let next = state.after(event) else {
      throw Failure(.conflict, CreditsMessages.badTransition, ["state": state.rawValue, "event": event.rawValue])
    }
    return next
  }
}
