import Approvals

/// What people can be told of: what the desk and the clocks record, and what the account side must not forget.
package enum NotificationEvent: String, Sendable, CaseIterable {
  case opened = "incident.opened"
  case assigned = "incident.assigned"
  /// It was offered to somebody to answer for it.
  case offered = "incident.offered"
  /// A team has not answered what it was offered.
  case offerWaiting = "incident.offer_waiting"
  /// Somebody answers for it from now on.
  case ownerChanged = "incident.owner_changed"
  case customerCommented = "incident.customer_commented"
  /// The staff wrote to the customer.
  case answered = "incident.answered"
  case internallyCommented = "incident.internally_commented"
  case resolved = "incident.resolved"
  case closed = "incident.closed"
  case reopened = "incident.reopened"
  /// What becomes of the problem behind it.
  case problemTold = "incident.problem_told"
  /// A rule of escalation held of it.
  case escalated = "incident.escalated_by_rule"
  /// A share of a promised time has passed; it has run out.
  case clockWarned = "clock.warned"
  case clockBreached = "clock.breached"
  /// A renewal is to be decided; soon; it had to be, and was not.
  case renewalDue = "renewal.due"
  case renewalNear = "renewal.decision_near"
  case renewalMissed = "renewal.decision_missed"
  /// What became of one: renewed; somebody declined; the cycle that was declined is over; it is over, and nobody had decided.
  case renewalRenewed = "renewal.renewed"
  case renewalDeclined = "renewal.declined"
  case renewalNotRenewed = "renewal.not_renewed"
  case renewalLapsed = "renewal.lapsed"
  /// The term of a contract is over that is not to be renewed, or whose renewal is not completed.
  case contractLapsed = "contract.lapsed"
  /// A contract line's promises came to have gaps that nobody accepted.
  case gapsOpened = "proof.gaps_opened"
  /// A supplier's certification is about to expire; has expired.
  case certificationExpiring = "certification.expiring"
  case certificationExpired = "certification.expired"
  /// Somebody is to see to an action about a supplier; it is due soon; it should be done.
  case actionAssigned = "appraisal_action.assigned"
  case actionDue = "appraisal_action.due"
  case actionOverdue = "appraisal_action.overdue"
  /// Somebody is asked to let something pass a gate; what became of that.
  case gateApprovalAsked = "gate_approval.asked"
  case gateApprovalDecided = "gate_approval.decided"
  /// A request was recorded; fulfilled; closed, also by time; cancelled.
  case requestSubmitted = "request.submitted"
  case requestFulfilled = "request.fulfilled"
  case requestClosed = "request.closed"
  case requestCancelled = "request.cancelled"
  /// A share of a time that was promised of a request has passed; it has run out.
  case requestClockWarned = "request.clock_warned"
  case requestClockBreached = "request.clock_breached"
  /// Somebody is to agree to a request, or a change; all have agreed, or one has refused.
  case requestApprovalAsked = "request.approval_asked"
  case requestApprovalDecided = "request.approval_decided"
  case changeApprovalAsked = "change.approval_asked"
  case changeApprovalDecided = "change.approval_decided"
  /// A change was taken back to be written anew; begun; done; undone; it is over; it will not be done.
  case changeRevised = "change.revised"
  case changeStarted = "change.started"
  case changeImplemented = "change.implemented"
  case changeBackedOut = "change.backed_out"
  case changeClosed = "change.closed"
  case changeCancelled = "change.cancelled"
  /// A word on a request: of the customer's people, of the staff to them, and among the staff.
  case requestCustomerCommented = "request.customer_commented"
  case requestAnswered = "request.answered"
  case requestInternallyCommented = "request.internally_commented"
  /// Somebody is offered a request, a problem, a change, a release or a major incident to answer for it; he accepted or returned it, or it was withdrawn.
  case requestOffered = "request.offered"
  case requestOfferWaiting = "request.offer_waiting"
  case requestOfferAnswered = "request.offer_answered"
  case problemOffered = "problem.offered"
  case problemOfferWaiting = "problem.offer_waiting"
  case problemOfferAnswered = "problem.offer_answered"
  case changeOffered = "change.offered"
  case changeOfferWaiting = "change.offer_waiting"
  case changeOfferAnswered = "change.offer_answered"
  case releaseOffered = "release.offered"
  case releaseOfferWaiting = "release.offer_waiting"
  case releaseOfferAnswered = "release.offer_answered"
  case majorOffered = "major_incident.offered"
  case majorOfferWaiting = "major_incident.offer_waiting"
  case majorOfferAnswered = "major_incident.offer_answered"
  /// A major incident was declared; something was written in its log; something helps; it is over; it goes on after all; it was looked back on.
  case majorDeclared = "major_incident.declared"
  case majorLogged = "major_incident.logged"
  case majorMitigated = "major_incident.mitigated"
  case majorResolved = "major_incident.resolved"
  case majorReopened = "major_incident.reopened"
  case majorReviewed = "major_incident.reviewed"
  /// A release is tried on a few; what came of that; it may go out; it went somewhere; it is over; it will not go out.
  case releasePiloted = "release.piloted"
  case releasePilotRecorded = "release.pilot_recorded"
  case releaseSignedOff = "release.signed_off"
  case releaseDeployed = "release.deployed"
  case releaseClosed = "release.closed"
  case releaseCancelled = "release.cancelled"
  /// Something was said of it among the staff.
  case releaseCommented = "release.commented"
  /// A problem, or a change, was given to a team.
  case problemAssigned = "problem.assigned"
  case changeAssigned = "change.assigned"
  /// What becomes of a problem, and what is said of it among the staff.
  case problemCause = "problem.cause_recorded"
  case problemWorkaround = "problem.workaround_recorded"
  case problemKnownError = "problem.known_error_declared"
  case problemResolved = "problem.resolved"
  case problemReopened = "problem.reopened"
  case problemClosed = "problem.closed"
  case problemCancelled = "problem.cancelled"
  case problemCommented = "problem.commented"
  /// A change that is to remove it was done, undone or given up.
  case problemChange = "problem.change_ended"
  case changeCommented = "change.commented"
  /// A team may do a task of a request or a change; it is done; it did not work; who was at it is not any more.
  case requestTaskGiven = "request.task_given"
  case requestTaskDone = "request.task_completed"
  case requestTaskFailed = "request.task_failed"
  case requestTaskTaken = "request.task_taken_over"
  case changeTaskGiven = "change.task_given"
  case changeTaskDone = "change.task_completed"
  case changeTaskFailed = "change.task_failed"
  case changeTaskTaken = "change.task_taken_over"
  /// An article solved a ticket.
  case articleSolved = "article.solved"
  /// The day has come by which a published article is to be looked through.
  case articleReviewDue = "article.review_due"
  /// The problem that a published article tells is not as it was: the article is to be looked through now.
  case articleSourceChanged = "article.source_changed"
  /// Somebody is to look at who has what; the day by which he was to is over.
  case accessReviewOpened = "access_review.opened"
  case accessReviewOverdue = "access_review.overdue"
  /// The day has come by which a handbook is to be looked through.
  case handbookReviewDue = "handbook.review_due"
  /// The warranty of a CI is about to end.
  case warrantyEnding = "ci.warranty_ending"
  /// Nobody knows whose events are; nobody has said it for weeks, and they are ignored soon.
  case eventTriaged = "event.triaged"
  case eventTriageExpiring = "event.triage_expiring"
  /// Somebody answers for a request, a problem, a change, a release or a major incident from now on, without an offer.
  case requestOwnerChanged = "request.owner_changed"
  case problemOwnerChanged = "problem.owner_changed"
  case changeOwnerChanged = "change.owner_changed"
  case releaseOwnerChanged = "release.owner_changed"
  case majorOwnerChanged = "major_incident.owner_changed"
  /// A rule of escalation held of anything but an incident.
  case processEscalated = "process.escalated_by_rule"
  /// What came on top of an hour's limit, as one. No rule names it.
  case summary = "notification.summary"

  /// Those that rules name.
  package static let forRules = allCases.filter { $0 != .summary }

  /// Whether a customer's people may be told: what is the provider's own affair they never are.
  package var isForCustomers: Bool {
    switch self {
    case .opened, .customerCommented, .answered, .resolved, .closed, .reopened: true
    case .requestSubmitted, .requestFulfilled, .requestClosed, .requestCancelled, .requestApprovalAsked, .requestApprovalDecided,
      .requestCustomerCommented, .requestAnswered:
      true
    case .accessReviewOpened, .accessReviewOverdue, .warrantyEnding: true
    default: false
    }
  }

  /// What it is about.
  package var subject: Subject {
    switch self {
    case .renewalDue, .renewalNear, .renewalMissed, .renewalRenewed, .renewalDeclined, .renewalNotRenewed, .renewalLapsed, .contractLapsed: .renewal
    case .gapsOpened: .proof
    case .certificationExpiring, .certificationExpired: .certification
    case .actionAssigned, .actionDue, .actionOverdue: .action
    case .gateApprovalAsked, .gateApprovalDecided: .gateApproval
    case .processEscalated: .escalation
    case .requestApprovalAsked: .requestApproval
    case .requestSubmitted, .requestFulfilled, .requestClosed, .requestCancelled, .requestApprovalDecided, .requestCustomerCommented,
      .requestAnswered, .requestInternallyCommented, .requestClockWarned, .requestClockBreached:
      .request
    case .changeApprovalAsked: .changeApproval
    case .changeApprovalDecided, .changeRevised, .changeStarted, .changeImplemented, .changeBackedOut, .changeClosed, .changeCancelled,
      .changeCommented, .changeAssigned:
      .change
    case .releasePiloted, .releasePilotRecorded, .releaseSignedOff, .releaseDeployed, .releaseClosed, .releaseCancelled, .releaseCommented: .release
    case .problemCause, .problemWorkaround, .problemKnownError, .problemResolved, .problemReopened, .problemClosed, .problemCancelled,
      .problemCommented, .problemChange, .problemAssigned:
      .problem
    case .requestTaskGiven, .requestTaskDone, .requestTaskFailed, .requestTaskTaken: .requestTask
    case .changeTaskGiven, .changeTaskDone, .changeTaskFailed, .changeTaskTaken: .changeTask
    case .articleSolved: .article
    case .articleReviewDue, .articleSourceChanged: .articleReview
    case .accessReviewOpened, .accessReviewOverdue: .accessReview
    case .handbookReviewDue: .handbookReview
    case .warrantyEnding: .warranty
    case .eventTriaged, .eventTriageExpiring: .triage
    case .requestOffered, .requestOfferWaiting, .requestOfferAnswered, .requestOwnerChanged: .requestOffer
    case .problemOffered, .problemOfferWaiting, .problemOfferAnswered, .problemOwnerChanged: .problemOffer
    case .changeOffered, .changeOfferWaiting, .changeOfferAnswered, .changeOwnerChanged: .changeOffer
    case .releaseOffered, .releaseOfferWaiting, .releaseOfferAnswered, .releaseOwnerChanged: .releaseOffer
    case .majorOffered, .majorOfferWaiting, .majorOfferAnswered, .majorOwnerChanged: .majorOffer
    case .majorDeclared, .majorLogged, .majorMitigated, .majorResolved, .majorReopened, .majorReviewed: .majorIncident
    default: .ticket
    }
  }

  package enum Subject: Sendable, CaseIterable {
    case ticket
    /// Of a contract with a customer or a supplier: its renewal and its term.
    case renewal
    /// Of a customer's contract.
    case proof
    /// The provider's own, whoever the customers are.
    case certification, action, gateApproval
    /// Of a customer's request, or of what is the provider's own.
    case escalation
    /// Of a customer's request; and of what somebody is to agree to of it.
    case request, requestApproval
    /// The same of a change, which is the provider's own.
    case change, changeApproval
    /// Of a release, which is the provider's own.
    case release
    /// That a customer's request is handed over, or has another owner.
    case requestOffer
    /// Of a major incident, which is the provider's, whichever customers it concerns.
    case majorIncident
    /// That a problem, a change, a release, or a major incident is handed over, or has another owner: the provider's, also where it is about one customer.
    case problemOffer, changeOffer, releaseOffer, majorOffer
    /// A problem, the provider's own, also where it is about one customer.
    case problem
    /// A task of a customer's request; and of a change.
    case requestTask, changeTask
    /// Of the use of an article on a customer's ticket.
    case article
    /// That an article is to be looked through: the provider's, also where it is about one customer.
    case articleReview
    /// Of a customer's look at who has what.
    case accessReview
    /// That the handbook of a process is to be looked through.
    case handbookReview
    /// Of a CI of a customer's, or of the provider's own.
    case warranty
    /// That events wait for somebody to say whose they are.
    case triage

    /// Whether it is of no customer.
    var isOfNoCustomer: Bool {
      switch self {
      case .certification, .action, .gateApproval, .change, .changeApproval, .release, .majorIncident, .problem, .changeTask, .problemOffer, .changeOffer,
        .releaseOffer, .majorOffer, .articleReview, .handbookReview, .triage:
        true
      case .ticket, .renewal, .proof, .escalation, .request, .requestApproval, .requestOffer, .requestTask, .article, .accessReview, .warranty: false
      }
    }

    /// Whether it is the provider's row also where a customer's affair stands behind it: whoever is told is named, and may serve a few
    /// customers only.
    var mayBeOfProvider: Bool {
      switch self {
      case .gateApproval, .escalation, .change, .changeApproval, .release, .majorIncident, .problem, .changeTask, .problemOffer, .changeOffer, .releaseOffer,
        .majorOffer, .articleReview, .handbookReview, .warranty:
        true
      case .ticket, .renewal, .proof, .certification, .action, .request, .requestApproval, .requestOffer, .requestTask, .article, .accessReview,
        .triage:
        false
      }
    }

    /// Whether who asked for it is one of the staff: then he may be told also of what no customer's people are.
    var isAskedByStaff: Bool { self == .change || self == .release || self == .majorIncident }

    /// Who has to do with it where somebody should: where nobody has, the account managers are told in his place.
    var inCharge: Audience? {
      switch self {
      case .ticket, .action, .gateApproval, .change, .majorIncident, .articleReview, .accessReview, .handbookReview: .owner
      case .request: .assignee
      case .renewal, .proof, .certification, .escalation, .requestApproval, .changeApproval, .release, .problem, .requestTask, .changeTask, .article,
        .requestOffer, .problemOffer, .changeOffer, .releaseOffer, .majorOffer, .warranty, .triage:
        nil
      }
    }

    /// Who may not read it is not told of it.
    var permission: String {
      switch self {
      case .ticket: "incident.read"
      case .renewal: "renewal.read"
      case .proof: "assurance.read"
      case .certification: "supplier.read"
      case .action: "appraisal.read"
      case .gateApproval: "gate.read"
      case .escalation: "escalation.read"
      case .request, .requestOffer, .requestTask: "request.read"
      case .requestApproval: ApproverRule.permission
      case .change, .changeOffer, .changeTask, .release, .releaseOffer: "change.read"
      case .problemOffer, .problem: "problem.read"
      case .article: "incident.knowledge"
      case .articleReview: "article.inspect"
      case .accessReview: "access_review.manage"
      case .handbookReview: "handbook.read"
      case .warranty: "ci.read"
      case .triage: "event.triage"
      case .majorIncident, .majorOffer: "major_incident.read"
      case .changeApproval: ToldChange.permission
      }
    }

    /// Who of a team may not do it is not told what the team has; nil: no team has such a thing.
    var permissionOfTeam: String? {
      switch self {
      case .ticket: "incident.work"
      case .requestOffer, .requestTask: "request.work"
      case .problem, .problemOffer: "problem.work"
      case .change, .changeOffer, .changeTask, .releaseOffer: "change.work"
      case .majorOffer: "major_incident.work"
      case .renewal, .proof, .certification, .action, .gateApproval, .escalation, .request, .requestApproval, .changeApproval, .release, .majorIncident,
        .article, .articleReview, .accessReview, .handbookReview, .warranty, .triage:
        nil
      }
    }

    /// Whether such a thing has a priority, or may have one, up to which a rule tells of it.
    var hasPriority: Bool {
      switch self {
      case .ticket, .request, .requestApproval, .requestOffer, .requestTask, .problem, .problemOffer, .escalation: true
      case .renewal, .proof, .certification, .action, .gateApproval, .change, .changeApproval, .changeOffer, .changeTask, .release, .releaseOffer,
        .majorIncident, .majorOffer, .article, .articleReview, .accessReview, .handbookReview, .warranty, .triage:
        false
      }
    }

    /// Who has to do with such a thing.
    var audiences: [Audience] {
      switch self {
      case .ticket: Audience.allCases.filter { $0 != .approvers && $0 != .sorters }
      case .request: [.assignee, .requester, .watchers, .accountManagers]
      case .requestApproval: [.approvers, .accountManagers]
      case .change: [.owner, .requester, .watchers, .team]
      case .release: [.owner, .requester, .watchers]
      case .changeApproval: [.approvers]
      case .majorIncident: [.owner, .requester, .watchers, .accountManagers]
      case .requestOffer, .problemOffer, .changeOffer, .releaseOffer, .majorOffer: [.offered, .owner, .team]
      case .action, .accessReview, .warranty: [.owner, .accountManagers]
      case .problem: [.owner, .watchers, .team]
      case .gateApproval, .article, .articleReview, .handbookReview: [.owner]
      case .requestTask, .changeTask: [.owner, .assignee, .team]
      case .escalation: [.escalation]
      case .renewal, .proof, .certification: [.accountManagers]
      case .triage: [.sorters]
      }
    }
  }

  /// So long after it happened it is not worth sending any more, unless a rule says otherwise.
  package var usualExpiryMinutes: Int64 {
    switch self {
    case .clockWarned, .requestClockWarned: 60
    case .clockBreached, .requestClockBreached, .escalated, .offered, .assigned: 480
    case _ where subject != .ticket: 4320
    default: 1440
    }
  }
}

/// By which way somebody is told.
package enum Channel: String, Sendable, CaseIterable {
  case inbox, email, webhook
}

/// Whom of those who have to do with a ticket, or with another thing, a rule means.
package enum Audience: String, Sendable, CaseIterable {
  /// Who answers for it, works on it, or was offered it.
  case owner, assignee, offered
  /// Whom it was reported for, or who ordered or opened it; and who watches it.
  case requester, watchers
  /// Whom a rule of escalation names.
  case escalation
  /// Who is asked to agree, and can.
  case approvers
  /// Who answers for the customer: its account managers, else the administrators. Of suppliers: those who serve every customer.
  case accountManagers = "account_managers"
  /// The members of the team that has it, or that it is offered to, who may work on it.
  case team
  /// Who may say whose an event is.
  case sorters
}
