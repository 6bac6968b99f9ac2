/// What of a request is told to whoever is concerned, by the type of its event.
package enum RequestNews: String, Sendable, CaseIterable {
  case submitted = "request.submitted"
  /// Somebody is to agree; since nobody did in time, or could, a role is asked besides; somebody was named, or cannot decide any more.
  case approvalAsked = "request.approval_asked"
  case approvalEscalated = "request.approval_escalated"
  case approvalStandIn = "request.approval_stand_in"
  case approvalDelegated = "request.approval_delegated"
  case approvalReassigned = "request.approval_reassigned"
  case approvalDelegationEnded = "request.approval_delegation_ended"
  case approved = "request.approved"
  case rejected = "request.rejected"
  case fulfilled = "request.fulfilled"
  case cancelled = "request.cancelled"
  /// Confirmed, or closed by time.
  case closed = "request.closed"
  case commented = "request.commented"

  /// The kind of its subject: a request, by its row.
  package static let subjectKind = "request"

  /// To whose outbox an event is handed. What is reopened may have come to a rule's age meanwhile.
  static func consumers(of type: String) -> [String] {
    (RequestNews(rawValue: type) == nil ? [] : ["notifications"]) + (type == "request.reopened" ? ["escalations"] : [])
  }
}
