import Kernel
import Operations

/// Who may decide a credit.
enum ApprovalRule {
  /// A decision is a member of staff's, by the rule of ``FourEyes``.
  static func requirePerson(_ actor: Actor) throws(Failure) { try require(Party(actor, person: nil), otherThan: []) }

  private static func require(_ decider: Party, otherThan approvers: [Party]) throws(Failure) {
    switch FourEyes.refusal(of: decider, than: approvers) {
    case .noPerson: throw Failure(.denied, CreditsMessages.personRequired)
    case .tookPart: throw Failure(.conflict, CreditsMessages.samePerson)
    case nil: break
    }
  }

  /// What an approval by `actor` is: above `limit` two persons must approve, and nobody counts twice. Two accounts are two persons only
  /// where it is recorded whose they are.
  /// - Parameters:
  ///   - limit: nil: one person is enough for any amount.
  ///   - person: the one behind the actor's account, where one is recorded.
  static func approval(
    of amount: Money, limit: Money?, state: CreditState, approvers: [Party], by actor: Actor, person: Int64?
  ) throws(Failure) -> CreditState.Event {
    try require(Party(actor, person: person), otherThan: approvers)
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
