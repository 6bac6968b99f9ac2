import Kernel
import Operations

/// Who may decide a time entry.
enum TimeApproval {
  /// A decision is a member of staff's who is neither whose time it is nor who wrote it down, by the rule of ``FourEyes``.
  static func requireOther(than parties: [Party], _ principal: Principal) throws(Failure) {
    switch FourEyes.refusal(of: Party(principal), than: parties) {
    case .noPerson: throw Failure(.denied, TimeEntriesMessages.personRequired)
    case .tookPart: throw Failure(.conflict, TimeEntriesMessages.ownEntry)
    case nil: break
    }
  }

  static func state(_ state: TimeEntryState, after event: TimeEntryState.Event) throws(Failure) -> TimeEntryState {
    try state.next(event, orRefuse: TimeEntriesMessages.badTransition)
  }
}
