import Kernel

/// What a notification says, with named fields in braces. There is no code in it: a field's name is replaced by its value, once, and what
/// a value holds is never read again.
struct NotificationText: Sendable, Equatable {
  let subject: String
  let body: String

  static let mostSubject = 200
  static let mostBody = 8_000

  private static let ofMajors = ["number", "title", "state", "customers", "actor", "at"]
  private static let ofRequests = ["number", "offering", "customer", "requester", "priority", "actor", "at"]
  private static let ofProblems = ["number", "title", "priority", "actor", "at"]

  /// The fields that a text about this event may name.
  static func fields(of event: NotificationEvent) -> [String] {
    let own: [String] =
      switch event {
      case .customerCommented, .answered, .internallyCommented: ["comment"]
      case .clockWarned: ["metric", "percent"]
      case .clockBreached: ["metric"]
      case .escalated: ["rule", "why"]
      case .problemTold: ["problem"]
      case .summary: ["count", "list"]
      case .renewalDue, .renewalNear, .renewalMissed: ["number", "contract", "party", "customer", "decisionOn", "endsOn", "mode", "at"]
      case .renewalRenewed, .renewalDeclined, .renewalNotRenewed, .renewalLapsed:
        ["number", "contract", "party", "customer", "decisionOn", "endsOn", "termEndsOn", "mode", "actor", "at"]
      case .contractLapsed: ["number", "contract", "party", "customer", "endsOn", "at"]
      case .gapsOpened: ["number", "contract", "customer", "line", "count", "gaps", "at"]
      case .certificationExpiring, .certificationExpired: ["supplier", "certification", "issuer", "reference", "expiresOn", "at"]
      case .actionAssigned, .actionDue, .actionOverdue: ["supplier", "period", "action", "dueOn", "owner", "actor", "at"]
      case .processEscalated: ["subject", "rule", "why", "age", "metric", "percent", "at"]
      case .gateApprovalAsked, .gateApprovalDecided: ["gate", "purpose", "subject", "asker", "approver", "answer", "reason", "at"]
      case .requestSubmitted, .requestFulfilled, .requestClosed: ofRequests
      case .requestClockWarned: ofRequests + ["metric", "percent"]
      case .requestClockBreached: ofRequests + ["metric"]
      case .requestCancelled: ofRequests + ["reason"]
      case .requestApprovalAsked: ofRequests + ["approval"]
      case .requestApprovalDecided: ofRequests + ["answer", "reason"]
      case .requestCustomerCommented, .requestAnswered, .requestInternallyCommented: ofRequests + ["comment"]
      case .changeApprovalAsked: ["number", "title", "approval", "actor", "at"]
      case .changeApprovalDecided: ["number", "title", "answer", "reason", "actor", "at"]
      case .changeStarted, .changeClosed: ["number", "title", "actor", "at"]
      case .changeImplemented: ["number", "title", "outcome", "actor", "at"]
      case .changeRevised, .changeBackedOut, .changeCancelled: ["number", "title", "reason", "actor", "at"]
      case .changeAssigned: ["number", "title", "team", "actor", "at"]
      case .problemAssigned: ofProblems + ["team"]
      case .problemCause, .problemWorkaround, .problemResolved, .problemCancelled: ofProblems + ["text"]
      case .problemKnownError, .problemReopened, .problemClosed: ofProblems
      case .problemChange: ofProblems + ["change", "outcome"]
      case .problemCommented: ofProblems + ["comment"]
      case .changeCommented, .releaseCommented: ["number", "title", "comment", "actor", "at"]
      case .requestTaskGiven: ["number", "title", "task", "team", "customer", "actor", "at"]
      case .changeTaskGiven: ["number", "title", "task", "team", "actor", "at"]
      case .requestTaskDone, .requestTaskFailed, .requestTaskTaken: ["number", "title", "task", "result", "customer", "actor", "at"]
      case .changeTaskDone, .changeTaskFailed, .changeTaskTaken: ["number", "title", "task", "result", "actor", "at"]
      case .articleSolved: ["article", "number", "customer", "actor", "at"]
      case .articleReviewDue: ["number", "title", "dueOn", "at"]
      case .articleSourceChanged: ["number", "title", "problem", "what", "dueOn", "actor", "at"]
      case .accessReviewOpened: ["resource", "customer", "dueOn", "actor", "at"]
      case .accessReviewOverdue: ["resource", "customer", "dueOn", "at"]
      case .handbookReviewDue: ["process", "dueOn", "at"]
      case .warrantyEnding: ["ci", "customer", "endsOn", "at"]
      case .eventTriaged: ["source", "events", "firing", "at"]
      case .eventTriageExpiring: ["source", "events", "firing", "days", "at"]
      case .releasePiloted, .releaseSignedOff, .releaseClosed: ["number", "title", "actor", "at"]
      case .releasePilotRecorded, .releaseDeployed: ["number", "title", "result", "actor", "at"]
      case .releaseCancelled: ["number", "title", "reason", "actor", "at"]
      case .majorDeclared, .majorReopened: ofMajors
      case .majorLogged, .majorMitigated, .majorResolved, .majorReviewed: ofMajors + ["text"]
      case .requestOffered, .problemOffered, .changeOffered, .releaseOffered, .majorOffered, .requestOfferWaiting, .problemOfferWaiting,
        .changeOfferWaiting, .releaseOfferWaiting, .majorOfferWaiting:
        ["number", "title", "team", "reason", "actor", "at"]
      case .requestOwnerChanged, .problemOwnerChanged, .changeOwnerChanged, .releaseOwnerChanged, .majorOwnerChanged: ["number", "title", "actor", "at"]
      case .requestOfferAnswered, .problemOfferAnswered, .changeOfferAnswered, .releaseOfferAnswered, .majorOfferAnswered:
        ["number", "title", "team", "answer", "reason", "actor", "at"]
      default: []
      }
    guard event != .summary, event.subject == .ticket else { return own }
    return ["number", "title", "customer", "priority", "state", "due", "team", "actor", "at"] + own
  }

  /// The names in braces that are no fields of the event; `{` without `}` is text.
  static func unknownFields(in text: String, of event: NotificationEvent) -> [String] {
    let allowed = Set(fields(of: event))
    return text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
      part.firstIndex(of: "}").map { String(part[..<$0]) }
    }.filter { !allowed.contains($0) }
  }

  /// The stock words of an event for the customer's people, or for the staff: these want to know what happened to which ticket, and not that "we"
  /// look after it.
  static func stock(_ event: NotificationEvent, for side: Side) -> (subject: Message, body: Message) {
    switch (event, side) {
    case (.opened, .staff): (NotificationMessages.openedForStaffSubject, NotificationMessages.ticketBody)
    case (.answered, .staff): (NotificationMessages.answeredForStaffSubject, NotificationMessages.commentBody)
    case (.resolved, .staff): (NotificationMessages.resolvedSubject, NotificationMessages.ticketBody)
    default: stock(event)
    }
  }

  /// For whoever has no words of his own.
  private static func stock(_ event: NotificationEvent) -> (subject: Message, body: Message) {
    switch event {
    case .opened: (NotificationMessages.openedSubject, NotificationMessages.openedBody)
    case .assigned: (NotificationMessages.assignedSubject, NotificationMessages.ticketBody)
    case .offered: (NotificationMessages.offeredSubject, NotificationMessages.offeredBody)
    case .ownerChanged: (NotificationMessages.ownerChangedSubject, NotificationMessages.ticketBody)
    case .customerCommented: (NotificationMessages.customerCommentedSubject, NotificationMessages.commentBody)
    case .answered: (NotificationMessages.answeredSubject, NotificationMessages.commentBody)
    case .internallyCommented: (NotificationMessages.internallyCommentedSubject, NotificationMessages.commentBody)
    case .resolved: (NotificationMessages.resolvedSubject, NotificationMessages.resolvedBody)
    case .closed: (NotificationMessages.closedSubject, NotificationMessages.ticketBody)
    case .reopened: (NotificationMessages.reopenedSubject, NotificationMessages.ticketBody)
    case .problemTold: (NotificationMessages.problemToldSubject, NotificationMessages.problemToldBody)
    case .escalated: (NotificationMessages.escalatedSubject, NotificationMessages.escalatedBody)
    case .clockWarned: (NotificationMessages.clockWarnedSubject, NotificationMessages.clockBody)
    case .clockBreached: (NotificationMessages.clockBreachedSubject, NotificationMessages.clockBody)
    case .renewalDue: (AccountSideMessages.renewalDueSubject, AccountSideMessages.renewalBody)
    case .renewalNear: (AccountSideMessages.renewalNearSubject, AccountSideMessages.renewalBody)
    case .renewalMissed: (AccountSideMessages.renewalMissedSubject, AccountSideMessages.renewalBody)
    case .renewalRenewed: (AccountSideMessages.renewalRenewedSubject, AccountSideMessages.renewalRenewedBody)
    case .renewalDeclined: (AccountSideMessages.renewalDeclinedSubject, AccountSideMessages.renewalDeclinedBody)
    case .renewalNotRenewed: (AccountSideMessages.renewalNotRenewedSubject, AccountSideMessages.renewalNotRenewedBody)
    case .renewalLapsed: (AccountSideMessages.renewalLapsedSubject, AccountSideMessages.renewalLapsedBody)
    case .contractLapsed: (AccountSideMessages.contractLapsedSubject, AccountSideMessages.contractOverBody)
    case .gapsOpened: (AccountSideMessages.gapsOpenedSubject, AccountSideMessages.gapsOpenedBody)
    case .certificationExpiring: (AccountSideMessages.certificationExpiringSubject, AccountSideMessages.certificationBody)
    case .certificationExpired: (AccountSideMessages.certificationExpiredSubject, AccountSideMessages.certificationBody)
    case .actionAssigned: (AccountSideMessages.actionAssignedSubject, AccountSideMessages.actionBody)
    case .actionDue: (AccountSideMessages.actionDueSubject, AccountSideMessages.actionBody)
    case .actionOverdue: (AccountSideMessages.actionOverdueSubject, AccountSideMessages.actionBody)
    case .processEscalated: (AccountSideMessages.processEscalatedSubject, AccountSideMessages.processEscalatedBody)
    case .gateApprovalAsked: (AccountSideMessages.gateAskedSubject, AccountSideMessages.gateAskedBody)
    case .gateApprovalDecided: (AccountSideMessages.gateDecidedSubject, AccountSideMessages.gateDecidedBody)
    case .requestSubmitted: (AgreementMessages.requestSubmittedSubject, AgreementMessages.requestSubmittedBody)
    case .requestFulfilled: (AgreementMessages.requestFulfilledSubject, AgreementMessages.requestFulfilledBody)
    case .requestClosed: (AgreementMessages.requestClosedSubject, AgreementMessages.requestClosedBody)
    case .requestCancelled: (AgreementMessages.requestCancelledSubject, AgreementMessages.requestCancelledBody)
    case .requestClockWarned: (AgreementMessages.requestClockWarnedSubject, AgreementMessages.requestClockBody)
    case .requestClockBreached: (AgreementMessages.requestClockBreachedSubject, AgreementMessages.requestClockBody)
    case .requestApprovalAsked: (AgreementMessages.requestAskedSubject, AgreementMessages.requestAskedBody)
    case .requestApprovalDecided: (AgreementMessages.requestDecidedSubject, AgreementMessages.requestDecidedBody)
    case .requestCustomerCommented: (AgreementMessages.requestCommentedSubject, AgreementMessages.requestCommentBody)
    case .requestAnswered: (AgreementMessages.requestAnsweredSubject, AgreementMessages.requestCommentBody)
    case .requestInternallyCommented: (AgreementMessages.requestInternalSubject, AgreementMessages.requestCommentBody)
    case .changeApprovalAsked: (AgreementMessages.changeAskedSubject, AgreementMessages.changeAskedBody)
    case .changeApprovalDecided: (AgreementMessages.changeDecidedSubject, AgreementMessages.changeDecidedBody)
    case .changeRevised: (AgreementMessages.changeRevisedSubject, AgreementMessages.changeReasonBody)
    case .changeStarted: (AgreementMessages.changeStartedSubject, AgreementMessages.changeBody)
    case .changeImplemented: (AgreementMessages.changeImplementedSubject, AgreementMessages.changeBody)
    case .changeBackedOut: (AgreementMessages.changeBackedOutSubject, AgreementMessages.changeReasonBody)
    case .changeClosed: (AgreementMessages.changeClosedSubject, AgreementMessages.changeBody)
    case .changeCancelled: (AgreementMessages.changeCancelledSubject, AgreementMessages.changeReasonBody)
    case .problemCause: (WorkMessages.problemCauseSubject, WorkMessages.problemTextBody)
    case .problemWorkaround: (WorkMessages.problemWorkaroundSubject, WorkMessages.problemTextBody)
    case .problemKnownError: (WorkMessages.problemKnownErrorSubject, WorkMessages.problemBody)
    case .problemResolved: (WorkMessages.problemResolvedSubject, WorkMessages.problemTextBody)
    case .problemReopened: (WorkMessages.problemReopenedSubject, WorkMessages.problemBody)
    case .problemClosed: (WorkMessages.problemClosedSubject, WorkMessages.problemBody)
    case .problemCancelled: (WorkMessages.problemCancelledSubject, WorkMessages.problemTextBody)
    case .problemChange: (WorkMessages.problemChangeSubject, WorkMessages.problemChangeBody)
    case .problemCommented, .changeCommented, .releaseCommented: (WorkMessages.commentedSubject, WorkMessages.commentedBody)
    case .problemAssigned, .changeAssigned: (TeamNewsMessages.assignedSubject, TeamNewsMessages.assignedBody)
    case .requestTaskGiven, .changeTaskGiven: (TeamNewsMessages.taskGivenSubject, TeamNewsMessages.taskGivenBody)
    case .requestTaskDone, .changeTaskDone: (WorkMessages.taskDoneSubject, WorkMessages.taskBody)
    case .requestTaskFailed, .changeTaskFailed: (WorkMessages.taskFailedSubject, WorkMessages.taskBody)
    case .requestTaskTaken, .changeTaskTaken: (WorkMessages.taskTakenSubject, WorkMessages.taskTakenBody)
    case .articleSolved: (WorkMessages.articleSolvedSubject, WorkMessages.articleSolvedBody)
    case .articleReviewDue: (ReminderMessages.articleSubject, ReminderMessages.articleBody)
    case .articleSourceChanged: (ReminderMessages.articleSourceSubject, ReminderMessages.articleSourceBody)
    case .accessReviewOpened: (ReminderMessages.accessOpenedSubject, ReminderMessages.accessOpenedBody)
    case .accessReviewOverdue: (ReminderMessages.accessOverdueSubject, ReminderMessages.accessOverdueBody)
    case .handbookReviewDue: (ReminderMessages.handbookSubject, ReminderMessages.handbookBody)
    case .warrantyEnding: (ReminderMessages.warrantySubject, ReminderMessages.warrantyBody)
    case .eventTriaged: (TriageMessages.triagedSubject, TriageMessages.triagedBody)
    case .eventTriageExpiring: (TriageMessages.expiringSubject, TriageMessages.expiringBody)
    case .releasePiloted: (ReleaseNewsMessages.pilotedSubject, ReleaseNewsMessages.body)
    case .releasePilotRecorded: (ReleaseNewsMessages.pilotRecordedSubject, ReleaseNewsMessages.resultBody)
    case .releaseSignedOff: (ReleaseNewsMessages.signedOffSubject, ReleaseNewsMessages.body)
    case .releaseDeployed: (ReleaseNewsMessages.deployedSubject, ReleaseNewsMessages.resultBody)
    case .releaseClosed: (ReleaseNewsMessages.closedSubject, ReleaseNewsMessages.body)
    case .releaseCancelled: (ReleaseNewsMessages.cancelledSubject, ReleaseNewsMessages.reasonBody)
    case .majorDeclared: (MajorIncidentMessages.declaredSubject, MajorIncidentMessages.body)
    case .majorLogged: (MajorIncidentMessages.loggedSubject, MajorIncidentMessages.textBody)
    case .majorMitigated: (MajorIncidentMessages.mitigatedSubject, MajorIncidentMessages.textBody)
    case .majorResolved: (MajorIncidentMessages.resolvedSubject, MajorIncidentMessages.textBody)
    case .majorReopened: (MajorIncidentMessages.reopenedSubject, MajorIncidentMessages.body)
    case .majorReviewed: (MajorIncidentMessages.reviewedSubject, MajorIncidentMessages.textBody)
    case .requestOffered, .problemOffered, .changeOffered, .releaseOffered, .majorOffered: (OfferMessages.offeredSubject, OfferMessages.offeredBody)
    case .offerWaiting, .requestOfferWaiting, .problemOfferWaiting, .changeOfferWaiting, .releaseOfferWaiting, .majorOfferWaiting:
      (OfferMessages.waitingSubject, OfferMessages.waitingBody)
    case .requestOwnerChanged, .problemOwnerChanged, .changeOwnerChanged, .releaseOwnerChanged, .majorOwnerChanged:
      (OfferMessages.ownerSubject, OfferMessages.ownerBody)
    case .requestOfferAnswered, .problemOfferAnswered, .changeOfferAnswered, .releaseOfferAnswered, .majorOfferAnswered:
      (OfferMessages.answeredSubject, OfferMessages.answeredBody)
    case .summary: (NotificationMessages.summarySubject, NotificationMessages.summaryBody)
    }
  }

  static func stock(_ event: NotificationEvent, _ language: Language, for side: Side) -> NotificationText {
    let stock = stock(event, for: side)
    return NotificationText(subject: stock.subject.text(language), body: stock.body.text(language))
  }

  /// Fills the fields in. A subject is one line, whatever its values hold.
  func filled(_ values: [String: String]) -> NotificationText {
    let subject = Self.oneLine(Message("", subject, zh: subject).text(.english, values))
    return NotificationText(
      subject: String(subject.prefix(Self.mostSubject)), body: String(Message("", body, zh: body).text(.english, values).prefix(Self.mostBody * 2)))
  }

  /// Without line ends and other control characters: nothing that a header field, or a terminal, would act on.
  static func oneLine(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      line.unicodeScalars.append(isControl(scalar) ? " " : scalar)
    }
    return line
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
