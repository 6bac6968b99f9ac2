/// What of a change is told to whoever is concerned, by the type of its event.
package enum ChangeTelling: String, Sendable, CaseIterable {
  /// Somebody is to agree; since nobody did in time, or could, a role is asked besides; somebody was named, or cannot decide any more.
  case approvalAsked = "change.approval_asked"
  case approvalEscalated = "change.approval_escalated"
  case approvalStandIn = "change.approval_stand_in"
  case approvalDelegated = "change.approval_delegated"
  case approvalReassigned = "change.approval_reassigned"
  case approvalDelegationEnded = "change.approval_delegation_ended"
  case approved = "change.approved"
  case rejected = "change.rejected"
  /// It was taken back to be written anew; begun; done, with success or without; undone; it is over; it will not be done.
  case revised = "change.revised"
  case started = "change.started"
  case implemented = "change.implemented"
  case backedOut = "change.backed_out"
  case closed = "change.closed"
  case cancelled = "change.cancelled"
  case commented = "change.commented"
  /// Another team works on it, or none any more.
  case assigned = "change.assigned"

  /// The kind of its subject: a change, by its row.
  package static let subjectKind = "change"

  /// To whose outbox an event is handed.
  static func consumers(of type: String) -> [String] { ChangeTelling(rawValue: type) == nil ? [] : ["notifications"] }
}
