/// The activities of the incident process, by the codes that its handbook has. Several may go on at once, and a ticket may go back: what is done shows in which
/// of them it is done, and where the ticket stands, which comes next.
package enum IncidentActivity: String, Sendable, CaseIterable {
  /// Identify and record.
  case record = "IM1"
  /// Classify and initial support.
  case classify = "IM2"
  /// Investigate and diagnose.
  case investigate = "IM3"
  /// Resolve and recover.
  case resolve = "IM4"
  /// Close.
  case close = "IM5"

  /// To which an event of the history belongs; nil: it may happen in any, as a word that is said.
  package static func of(event type: String) -> IncidentActivity? {
    switch type {
    case TicketEventType.opened: .record
    case TicketEventType.changed, TicketEventType.classified, TicketEventType.cisChanged, TicketEventType.assigned, TicketEventType.attributesChanged,
      TicketEventType.internalAttributesChanged, TicketEventType.servicesAffected:
      .classify
    // What comes back is looked into anew.
    case TicketEventType.started, TicketEventType.accepted, TicketEventType.held, TicketEventType.resumed, TicketEventType.dispatched,
      TicketEventType.supplierAnswered, TicketEventType.returned, TicketEventType.escalated, TicketEventType.escalatedByRule,
      TicketEventType.dispatchMoved, TicketEventType.reopened, TicketEventType.articleCited, ProblemNews.Kind.linked.rawValue,
      ProblemNews.Kind.workaround.rawValue, ProblemNews.Kind.knownError.rawValue, ChangeNews.Kind.caused.rawValue:
      .investigate
    case TicketEventType.resolved, ChangeNews.Kind.linked.rawValue, ChangeNews.Kind.implemented.rawValue, ChangeNews.Kind.backedOut.rawValue,
      ChangeNews.Kind.cancelled.rawValue:
      .resolve
    case TicketEventType.closed, TicketEventType.merged: .close
    default: nil
    }
  }

  /// Which a ticket is in by where it stands; nil: it is over.
  package static func of(_ state: TicketState) -> IncidentActivity? {
    switch state {
    case .new: .classify
    case .active, .pending: .investigate
    case .resolved: .close
    case .closed: nil
    }
  }
}
