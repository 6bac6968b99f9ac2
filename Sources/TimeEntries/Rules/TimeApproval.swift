import Kernel

/// Who may decide a time entry.
enum TimeApproval {
  /// An account, and the person behind it where one is recorded.
  struct Party: Sendable {
    let kind: String
    let id: Int64
    let person: Int64?

    /// One account, or two accounts of one person.
    func isSame(as other: Party) -> Bool { (kind == other.kind && id == other.id) || (person != nil && person == other.person) }
  }

  /// A decision is a member of staff's, and neither whose time it is nor who wrote it down: four eyes. A service account or a job
  /// stands for nobody, and every local operator has the same identity.
  static func requireOther(than parties: [Party], _ actor: Actor, person: Int64?) throws(Failure) {
    guard actor.kind == .staff else { throw Failure(.denied, TimeEntriesMessages.personRequired) }
    let decider = Party(kind: actor.kind.rawValue, id: actor.id, person: person)
    guard !parties.contains(where: decider.isSame) else { throw Failure(.conflict, TimeEntriesMessages.ownEntry) }
  }

  static func state(_ state: TimeEntryState, after event: TimeEntryState.Event) throws(Failure) -> TimeEntryState {
    guard let next = state.after(event) else {
      throw Failure(.conflict, TimeEntriesMessages.badTransition, ["state": state.rawValue, "event": event.rawValue])
    }
    return next
  }
}
