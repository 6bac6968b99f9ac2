import Kernel
import ServiceLevels

/// Who is told of what, and how.
struct NotificationRule: Sendable, Equatable {
  var name: String
  var event: NotificationEvent
  var audience: [Audience]
  /// Named members of the staff besides.
  var staff: [Member]
  var channels: [Channel]
  var webhook: Int64?
  /// Nil: for all customers.
  var customer: TenantId?
  /// Only of what has a priority, up to this one; nil: of all.
  var priorityTo: Int64?
  /// Only of promises of this metric, and of warnings from this share of the budget on; nil: of all.
  var metric: Metric?
  var percentFrom: Int64?
  var quiet: QuietHours?
  /// Up to this priority mail goes out in quiet hours too.
  var urgentTo: Int64
  var expiresMinutes: Int64

  struct Member: Sendable, Equatable {
    let id: Int64
    let publicId: [UInt8]
  }

  func concerns(_ cause: Cause, of tenant: TenantId) -> Bool {
    event == cause.event && (customer.map { $0 == tenant } ?? true)
      && (priorityTo.map { most in cause.priority.map { $0 <= most } ?? false } ?? true)
      && (metric.map { cause.payload["metric"]?.text == $0.rawValue } ?? true)
      && (percentFrom.map { (cause.payload["percent"]?.integer ?? 0) >= $0 } ?? true)
  }
}

/// The rules that come with Steward: made when there are none of their keys, and then the provider's own to change or to retire.
struct StockRule: Sendable {
  let key: String
  let name: Message
  let event: NotificationEvent
  let audience: [Audience]
  let channels: [Channel]

  static let all = ofDesk + ofWork + ofReleases + ofTeams + ofReminders + ofTriage

  private static let ofDesk = [
    StockRule(
      key: "opened", name: NotificationMessages.ruleOpened, event: .opened, audience: [.requester], channels: [.email]),
    StockRule(key: "assigned", name: NotificationMessages.ruleAssigned, event: .assigned, audience: [.assignee], channels: [.inbox]),
    StockRule(key: "offered", name: NotificationMessages.ruleOffered, event: .offered, audience: [.offered], channels: [.inbox, .email]),
    StockRule(
      key: "customer_commented", name: NotificationMessages.ruleCustomerCommented, event: .customerCommented, audience: [.owner, .assignee, .watchers],
      channels: [.inbox]),
    StockRule(
      key: "answered", name: NotificationMessages.ruleAnswered, event: .answered, audience: [.requester, .watchers], channels: [.inbox, .email]),
    StockRule(
      key: "resolved", name: NotificationMessages.ruleResolved, event: .resolved, audience: [.requester, .watchers], channels: [.inbox, .email]),
    StockRule(key: "reopened", name: NotificationMessages.ruleReopened, event: .reopened, audience: [.owner, .assignee], channels: [.inbox]),
    StockRule(key: "problem_told", name: NotificationMessages.ruleProblemTold, event: .problemTold, audience: [.owner], channels: [.inbox]),
    StockRule(
      key: "escalated", name: NotificationMessages.ruleEscalated, event: .escalated, audience: [.owner, .escalation], channels: [.inbox, .email]),
    StockRule(key: "clock_warned", name: NotificationMessages.ruleWarned, event: .clockWarned, audience: [.owner, .assignee], channels: [.inbox]),
    StockRule(
      key: "clock_breached", name: NotificationMessages.ruleBreached, event: .clockBreached, audience: [.owner, .assignee], channels: [.inbox, .email]),
    StockRule(
      key: "renewal_due", name: NotificationMessages.ruleRenewalDue, event: .renewalDue, audience: [.accountManagers], channels: [.inbox]),
    StockRule(
      key: "renewal_near", name: NotificationMessages.ruleRenewalNear, event: .renewalNear, audience: [.accountManagers], channels: [.inbox, .email]),
    StockRule(
      key: "renewal_missed", name: NotificationMessages.ruleRenewalMissed, event: .renewalMissed, audience: [.accountManagers],
      channels: [.inbox, .email]),
    StockRule(
      key: "renewal_renewed", name: NotificationMessages.ruleRenewalRenewed, event: .renewalRenewed, audience: [.accountManagers], channels: [.inbox]),
    StockRule(
      key: "renewal_declined", name: NotificationMessages.ruleRenewalDeclined, event: .renewalDeclined, audience: [.accountManagers], channels: [.inbox]),
    StockRule(
      key: "renewal_not_renewed", name: NotificationMessages.ruleRenewalNotRenewed, event: .renewalNotRenewed, audience: [.accountManagers],
      channels: [.inbox]),
    StockRule(
      key: "renewal_lapsed", name: NotificationMessages.ruleRenewalLapsed, event: .renewalLapsed, audience: [.accountManagers], channels: [.inbox, .email]),
    StockRule(
      key: "contract_lapsed", name: NotificationMessages.ruleContractLapsed, event: .contractLapsed, audience: [.accountManagers],
      channels: [.inbox, .email]),
    StockRule(
      key: "gaps_opened", name: NotificationMessages.ruleGapsOpened, event: .gapsOpened, audience: [.accountManagers], channels: [.inbox, .email]),
    StockRule(
      key: "certification_expiring", name: NotificationMessages.ruleCertificationExpiring, event: .certificationExpiring, audience: [.accountManagers],
      channels: [.inbox]),
    StockRule(
      key: "certification_expired", name: NotificationMessages.ruleCertificationExpired, event: .certificationExpired, audience: [.accountManagers],
      channels: [.inbox, .email]),
    StockRule(
      key: "action_assigned", name: NotificationMessages.ruleActionAssigned, event: .actionAssigned, audience: [.owner], channels: [.inbox, .email]),
    StockRule(key: "action_due", name: NotificationMessages.ruleActionDue, event: .actionDue, audience: [.owner], channels: [.inbox]),
    StockRule(
      key: "action_overdue", name: NotificationMessages.ruleActionOverdue, event: .actionOverdue, audience: [.owner], channels: [.inbox, .email]),
    StockRule(
      key: "process_escalated", name: NotificationMessages.ruleProcessEscalated, event: .processEscalated, audience: [.escalation],
      channels: [.inbox, .email]),
    StockRule(
      key: "gate_approval_asked", name: NotificationMessages.ruleGateAsked, event: .gateApprovalAsked, audience: [.owner], channels: [.inbox, .email]),
    StockRule(
      key: "gate_approval_decided", name: NotificationMessages.ruleGateDecided, event: .gateApprovalDecided, audience: [.owner], channels: [.inbox]),
    StockRule(
      key: "request_submitted", name: AgreementMessages.ruleRequestSubmitted, event: .requestSubmitted, audience: [.requester], channels: [.email]),
    StockRule(
      key: "request_approval_asked", name: AgreementMessages.ruleRequestAsked, event: .requestApprovalAsked, audience: [.approvers],
      channels: [.inbox, .email]),
    StockRule(
      key: "request_approval_decided", name: AgreementMessages.ruleRequestDecided, event: .requestApprovalDecided, audience: [.requester],
      channels: [.inbox, .email]),
    StockRule(
      key: "request_fulfilled", name: AgreementMessages.ruleRequestFulfilled, event: .requestFulfilled, audience: [.requester, .watchers],
      channels: [.inbox, .email]),
    StockRule(
      key: "request_closed", name: AgreementMessages.ruleRequestClosed, event: .requestClosed, audience: [.requester, .watchers], channels: [.inbox]),
    StockRule(
      key: "request_cancelled", name: AgreementMessages.ruleRequestCancelled, event: .requestCancelled, audience: [.requester, .watchers],
      channels: [.inbox, .email]),
    StockRule(
      key: "request_customer_commented", name: AgreementMessages.ruleRequestCommented, event: .requestCustomerCommented, audience: [.assignee, .watchers],
      channels: [.inbox]),
    StockRule(
      key: "request_answered", name: AgreementMessages.ruleRequestAnswered, event: .requestAnswered, audience: [.requester, .watchers],
      channels: [.inbox, .email]),
    StockRule(
      key: "request_clock_warned", name: AgreementMessages.ruleRequestClockWarned, event: .requestClockWarned, audience: [.assignee, .watchers],
      channels: [.inbox]),
    StockRule(
      key: "request_clock_breached", name: AgreementMessages.ruleRequestClockBreached, event: .requestClockBreached, audience: [.assignee, .watchers],
      channels: [.inbox, .email]),
    // Often a whole team may decide a change: it has its inbox before it, and needs no mail each.
    StockRule(
      key: "change_approval_asked", name: AgreementMessages.ruleChangeAsked, event: .changeApprovalAsked, audience: [.approvers], channels: [.inbox]),
    StockRule(
      key: "change_approval_decided", name: AgreementMessages.ruleChangeDecided, event: .changeApprovalDecided, audience: [.owner, .watchers],
      channels: [.inbox]),
    StockRule(
      key: "change_revised", name: AgreementMessages.ruleChangeRevised, event: .changeRevised, audience: [.owner, .requester, .watchers], channels: [.inbox]),
    StockRule(
      key: "change_started", name: AgreementMessages.ruleChangeStarted, event: .changeStarted, audience: [.owner, .requester, .watchers], channels: [.inbox]),
    StockRule(
      key: "change_implemented", name: AgreementMessages.ruleChangeImplemented, event: .changeImplemented, audience: [.owner, .requester, .watchers],
      channels: [.inbox]),
    StockRule(
      key: "change_backed_out", name: AgreementMessages.ruleChangeBackedOut, event: .changeBackedOut, audience: [.owner, .requester, .watchers],
      channels: [.inbox, .email]),
    StockRule(
      key: "change_closed", name: AgreementMessages.ruleChangeClosed, event: .changeClosed, audience: [.owner, .requester, .watchers], channels: [.inbox]),
    StockRule(
      key: "change_cancelled", name: AgreementMessages.ruleChangeCancelled, event: .changeCancelled, audience: [.owner, .requester, .watchers],
      channels: [.inbox, .email]),
    StockRule(
      key: "request_offered", name: OfferMessages.ruleRequestOffered, event: .requestOffered, audience: [.offered], channels: [.inbox, .email]),
    StockRule(
      key: "request_offer_answered", name: OfferMessages.ruleRequestAnswered, event: .requestOfferAnswered, audience: [.owner, .offered],
      channels: [.inbox, .email]),
    StockRule(
      key: "problem_offered", name: OfferMessages.ruleProblemOffered, event: .problemOffered, audience: [.offered], channels: [.inbox, .email]),
    StockRule(
      key: "problem_offer_answered", name: OfferMessages.ruleProblemAnswered, event: .problemOfferAnswered, audience: [.owner, .offered],
      channels: [.inbox, .email]),
    StockRule(
      key: "change_offered", name: OfferMessages.ruleChangeOffered, event: .changeOffered, audience: [.offered], channels: [.inbox, .email]),
    StockRule(
      key: "change_offer_answered", name: OfferMessages.ruleChangeAnswered, event: .changeOfferAnswered, audience: [.owner, .offered],
      channels: [.inbox, .email]),
    StockRule(key: "opened_untaken", name: OfferMessages.ruleOpenedUntaken, event: .opened, audience: [.owner], channels: [.inbox]),
    StockRule(key: "owner_changed", name: OfferMessages.ruleIncidentOwner, event: .ownerChanged, audience: [.owner], channels: [.inbox]),
    StockRule(key: "request_owner_changed", name: OfferMessages.ruleRequestOwner, event: .requestOwnerChanged, audience: [.owner], channels: [.inbox]),
    StockRule(key: "problem_owner_changed", name: OfferMessages.ruleProblemOwner, event: .problemOwnerChanged, audience: [.owner], channels: [.inbox]),
    StockRule(key: "change_owner_changed", name: OfferMessages.ruleChangeOwner, event: .changeOwnerChanged, audience: [.owner], channels: [.inbox]),
    StockRule(key: "release_owner_changed", name: OfferMessages.ruleReleaseOwner, event: .releaseOwnerChanged, audience: [.owner], channels: [.inbox]),
    // It cannot wait until somebody looks.
    StockRule(
      key: "major_incident_owner_changed", name: MajorIncidentMessages.ruleOwner, event: .majorOwnerChanged, audience: [.owner],
      channels: [.inbox, .email]),
    StockRule(
      key: "release_offered", name: OfferMessages.ruleReleaseOffered, event: .releaseOffered, audience: [.offered], channels: [.inbox, .email]),
    StockRule(
      key: "release_offer_answered", name: OfferMessages.ruleReleaseAnswered, event: .releaseOfferAnswered, audience: [.owner, .offered],
      channels: [.inbox, .email]),
    StockRule(
      key: "major_incident_declared", name: MajorIncidentMessages.ruleDeclared, event: .majorDeclared, audience: [.owner, .accountManagers],
      channels: [.inbox, .email]),
    StockRule(
      key: "major_incident_logged", name: MajorIncidentMessages.ruleLogged, event: .majorLogged, audience: [.owner, .requester, .watchers], channels: [.inbox]),
    StockRule(
      key: "major_incident_mitigated", name: MajorIncidentMessages.ruleMitigated, event: .majorMitigated,
      audience: [.owner, .requester, .watchers, .accountManagers], channels: [.inbox]),
    StockRule(
      key: "major_incident_resolved", name: MajorIncidentMessages.ruleResolved, event: .majorResolved,
      audience: [.owner, .requester, .watchers, .accountManagers], channels: [.inbox, .email]),
    StockRule(
      key: "major_incident_reopened", name: MajorIncidentMessages.ruleReopened, event: .majorReopened,
      audience: [.owner, .requester, .watchers, .accountManagers], channels: [.inbox, .email]),
    StockRule(
      key: "major_incident_reviewed", name: MajorIncidentMessages.ruleReviewed, event: .majorReviewed, audience: [.owner, .requester, .watchers],
      channels: [.inbox]),
    StockRule(
      key: "major_incident_offered", name: MajorIncidentMessages.ruleOffered, event: .majorOffered, audience: [.offered], channels: [.inbox, .email]),
    StockRule(
      key: "major_incident_offer_answered", name: MajorIncidentMessages.ruleOfferAnswered, event: .majorOfferAnswered, audience: [.owner, .offered],
      channels: [.inbox, .email]),
  ]

  /// Of problems, tasks, comments on changes, and articles: to whoever answers for the whole, so that he need not look, and to who watches it.
  private static let ofWork = [
    StockRule(
      key: "problem_cause_recorded", name: WorkMessages.ruleProblemCause, event: .problemCause, audience: [.owner, .watchers], channels: [.inbox]),
    StockRule(
      key: "problem_workaround_recorded", name: WorkMessages.ruleProblemWorkaround, event: .problemWorkaround, audience: [.owner, .watchers],
      channels: [.inbox]),
    StockRule(
      key: "problem_known_error_declared", name: WorkMessages.ruleProblemKnownError, event: .problemKnownError, audience: [.owner, .watchers],
      channels: [.inbox]),
    StockRule(key: "problem_resolved", name: WorkMessages.ruleProblemResolved, event: .problemResolved, audience: [.owner, .watchers], channels: [.inbox]),
    StockRule(
      key: "problem_reopened", name: WorkMessages.ruleProblemReopened, event: .problemReopened, audience: [.owner, .watchers], channels: [.inbox, .email]),
    StockRule(key: "problem_closed", name: WorkMessages.ruleProblemClosed, event: .problemClosed, audience: [.owner, .watchers], channels: [.inbox]),
    StockRule(key: "problem_cancelled", name: WorkMessages.ruleProblemCancelled, event: .problemCancelled, audience: [.owner, .watchers], channels: [.inbox]),
    StockRule(key: "problem_commented", name: WorkMessages.ruleProblemCommented, event: .problemCommented, audience: [.owner, .watchers], channels: [.inbox]),
    StockRule(
      key: "problem_change_ended", name: WorkMessages.ruleProblemChange, event: .problemChange, audience: [.owner, .watchers], channels: [.inbox]),
    StockRule(
      key: "change_commented", name: WorkMessages.ruleChangeCommented, event: .changeCommented, audience: [.owner, .requester, .watchers], channels: [.inbox]),
    StockRule(
      key: "request_task_completed", name: WorkMessages.ruleRequestTaskDone, event: .requestTaskDone, audience: [.owner], channels: [.inbox]),
    StockRule(
      key: "request_task_failed", name: WorkMessages.ruleRequestTaskFailed, event: .requestTaskFailed, audience: [.owner], channels: [.inbox, .email]),
    StockRule(
      key: "request_task_taken_over", name: WorkMessages.ruleRequestTaskTaken, event: .requestTaskTaken, audience: [.assignee], channels: [.inbox]),
    StockRule(key: "change_task_completed", name: WorkMessages.ruleChangeTaskDone, event: .changeTaskDone, audience: [.owner], channels: [.inbox]),
    StockRule(
      key: "change_task_failed", name: WorkMessages.ruleChangeTaskFailed, event: .changeTaskFailed, audience: [.owner], channels: [.inbox, .email]),
    StockRule(
      key: "change_task_taken_over", name: WorkMessages.ruleChangeTaskTaken, event: .changeTaskTaken, audience: [.assignee], channels: [.inbox]),
    StockRule(key: "article_solved", name: WorkMessages.ruleArticleSolved, event: .articleSolved, audience: [.owner], channels: [.inbox]),
  ]

  private static let ofReleases: [StockRule] = [
    StockRule(
      key: "release_piloted", name: ReleaseNewsMessages.rulePiloted, event: .releasePiloted, audience: [.owner, .requester, .watchers], channels: [.inbox]),
    StockRule(
      key: "release_pilot_recorded", name: ReleaseNewsMessages.rulePilotRecorded, event: .releasePilotRecorded,
      audience: [.owner, .requester, .watchers], channels: [.inbox]),
    StockRule(
      key: "release_signed_off", name: ReleaseNewsMessages.ruleSignedOff, event: .releaseSignedOff, audience: [.owner, .requester, .watchers],
      channels: [.inbox]),
    StockRule(
      key: "release_deployed", name: ReleaseNewsMessages.ruleDeployed, event: .releaseDeployed, audience: [.owner, .requester, .watchers],
      channels: [.inbox]),
    StockRule(
      key: "release_closed", name: ReleaseNewsMessages.ruleClosed, event: .releaseClosed, audience: [.owner, .requester, .watchers], channels: [.inbox]),
    StockRule(
      key: "release_cancelled", name: ReleaseNewsMessages.ruleCancelled, event: .releaseCancelled, audience: [.owner, .requester, .watchers],
      channels: [.inbox, .email]),
    StockRule(
      key: "release_commented", name: ReleaseNewsMessages.ruleCommented, event: .releaseCommented, audience: [.owner, .requester, .watchers],
      channels: [.inbox]),
  ]

  /// To all of a team who may work on it: each has it in his inbox, and none needs mail of it.
  private static let ofTeams: [StockRule] = [
    StockRule(key: "team_assigned", name: TeamNewsMessages.ruleAssigned, event: .assigned, audience: [.team], channels: [.inbox]),
    StockRule(key: "team_problem_assigned", name: TeamNewsMessages.ruleProblemAssigned, event: .problemAssigned, audience: [.team], channels: [.inbox]),
    StockRule(key: "team_change_assigned", name: TeamNewsMessages.ruleChangeAssigned, event: .changeAssigned, audience: [.team], channels: [.inbox]),
    StockRule(key: "team_offered", name: TeamNewsMessages.ruleOffered, event: .offered, audience: [.team], channels: [.inbox]),
    StockRule(key: "team_request_offered", name: TeamNewsMessages.ruleRequestOffered, event: .requestOffered, audience: [.team], channels: [.inbox]),
    StockRule(key: "team_problem_offered", name: TeamNewsMessages.ruleProblemOffered, event: .problemOffered, audience: [.team], channels: [.inbox]),
    StockRule(key: "team_change_offered", name: TeamNewsMessages.ruleChangeOffered, event: .changeOffered, audience: [.team], channels: [.inbox]),
    StockRule(key: "team_release_offered", name: TeamNewsMessages.ruleReleaseOffered, event: .releaseOffered, audience: [.team], channels: [.inbox]),
    StockRule(key: "team_major_incident_offered", name: TeamNewsMessages.ruleMajorOffered, event: .majorOffered, audience: [.team], channels: [.inbox]),
    StockRule(key: "team_request_task", name: TeamNewsMessages.ruleRequestTask, event: .requestTaskGiven, audience: [.team], channels: [.inbox]),
    StockRule(key: "team_change_task", name: TeamNewsMessages.ruleChangeTask, event: .changeTaskGiven, audience: [.team], channels: [.inbox]),
    // To who leads it.
    StockRule(key: "offer_waiting", name: TeamNewsMessages.ruleWaiting, event: .offerWaiting, audience: [.offered], channels: [.inbox]),
    StockRule(key: "request_offer_waiting", name: TeamNewsMessages.ruleRequestWaiting, event: .requestOfferWaiting, audience: [.offered], channels: [.inbox]),
    StockRule(key: "problem_offer_waiting", name: TeamNewsMessages.ruleProblemWaiting, event: .problemOfferWaiting, audience: [.offered], channels: [.inbox]),
    StockRule(key: "change_offer_waiting", name: TeamNewsMessages.ruleChangeWaiting, event: .changeOfferWaiting, audience: [.offered], channels: [.inbox]),
    StockRule(key: "release_offer_waiting", name: TeamNewsMessages.ruleReleaseWaiting, event: .releaseOfferWaiting, audience: [.offered], channels: [.inbox]),
    StockRule(
      key: "major_incident_offer_waiting", name: TeamNewsMessages.ruleMajorWaiting, event: .majorOfferWaiting, audience: [.offered], channels: [.inbox]),
  ]

  /// Of what is due by a day, to whose it is to see to.
  private static let ofReminders: [StockRule] = [
    StockRule(key: "article_review_due", name: ReminderMessages.ruleArticle, event: .articleReviewDue, audience: [.owner], channels: [.inbox]),
    StockRule(
      key: "article_source_changed", name: ReminderMessages.ruleArticleSource, event: .articleSourceChanged, audience: [.owner], channels: [.inbox]),
    StockRule(
      key: "access_review_opened", name: ReminderMessages.ruleAccessOpened, event: .accessReviewOpened, audience: [.owner], channels: [.inbox, .email]),
    StockRule(
      key: "access_review_overdue", name: ReminderMessages.ruleAccessOverdue, event: .accessReviewOverdue, audience: [.owner],
      channels: [.inbox, .email]),
    StockRule(key: "handbook_review_due", name: ReminderMessages.ruleHandbook, event: .handbookReviewDue, audience: [.owner], channels: [.inbox]),
    StockRule(key: "ci_warranty_ending", name: ReminderMessages.ruleWarranty, event: .warrantyEnding, audience: [.owner], channels: [.inbox]),
  ]

  /// To all who may say whose events are.
  private static let ofTriage: [StockRule] = [
    StockRule(key: "event_triaged", name: TriageMessages.ruleTriaged, event: .eventTriaged, audience: [.sorters], channels: [.inbox]),
    StockRule(
      key: "event_triage_expiring", name: TriageMessages.ruleExpiring, event: .eventTriageExpiring, audience: [.sorters], channels: [.inbox, .email]),
  ]

  func rule(_ language: Language) -> NotificationRule {
    NotificationRule(
      name: name.text(language), event: event, audience: audience, staff: [], channels: channels, urgentTo: 1, expiresMinutes: event.usualExpiryMinutes)
  }
}
