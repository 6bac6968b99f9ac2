import Assets
import Assurance
import Changes
import Contracts
import Desk
import Escalations
import Events
import Gates
import Handbooks
import Kernel
import Knowledge
import MajorIncidents
import Operations
import Problems
import Renewals
import Requests
import ServiceTime
import Suppliers
import Tenancy

/// What an event is to those who may be told.
struct Cause: Sendable {
  enum About: Sendable {
    /// Or one of its clocks.
    case ticket(ToldTicket)
    case account(AccountMatter)
  }

  let name: String
  /// Of what happened.
  let type: String
  let event: NotificationEvent
  var about: About
  let payload: Value
  let actorKind: String
  let actor: Int64
  let occurredAt: Instant
  /// When it was recorded, if that was later: so old is the news of it.
  private(set) var toldAt: Instant
  /// Whether it is told to who is the requester only since the ticket was corrected, and to nobody else.
  private(set) var isForNewRequester = false

  /// Nil: nobody is told of such events.
  init?(_ waiting: OutboxEntry, _ found: FoundEvent, _ about: About) {
    guard let event = Self.ownerChanged(about) ?? Self.clockOfRequest(found, about) ?? Self.event(found) else { return nil }
    name = waiting.name
    type = found.type
    self.event = event
    self.about = about
    payload = found.payload
    actorKind = found.actorKind
    actor = found.actor
    occurredAt = found.occurredAt
    toldAt = max(found.occurredAt, waiting.recordedAt)
  }

  /// What a team may do, or works on from now on, where it tells that.
  var gift: String? {
    switch (event, matter) {
    case (.requestTaskGiven, .task(let told)?), (.changeTaskGiven, .task(let told)?): told.key
    case (.problemAssigned, .problem(let told)?): "\(event.rawValue):\(told.id)"
    case (.changeAssigned, .change(let told)?): "\(event.rawValue):\(told.id)"
    default: nil
    }
  }

  /// Of what somebody answers for without an offer.
  private static func ownerChanged(_ about: About) -> NotificationEvent? {
    guard case .account(.owner(let told)) = about else { return nil }
    switch told.subject {
    case .request: return .requestOwnerChanged
    case .problem: return .problemOwnerChanged
    case .change: return .changeOwnerChanged
    case .release: return .releaseOwnerChanged
    case .majorIncident: return .majorOwnerChanged
    }
  }

  /// Of a promise about a request.
  private static func clockOfRequest(_ found: FoundEvent, _ about: About) -> NotificationEvent? {
    guard case .account(.request) = about else { return nil }
    switch found.type {
    case "sla.warned": return .requestClockWarned
    case "sla.breached": return .requestClockBreached
    default: return nil
    }
  }

  private static func event(_ found: FoundEvent) -> NotificationEvent? {
    switch found.type {
    case TicketEventType.opened: .opened
    case TicketEventType.assigned: .assigned
    case TicketEventType.ownershipOffered: .offered
    case TicketEventType.ownershipWaiting: .offerWaiting
    case TicketEventType.ownerChanged: .ownerChanged
    case TicketEventType.resolved: .resolved
    case TicketEventType.closed: .closed
    case TicketEventType.reopened: .reopened
    case TicketEventType.commented:
      if found.payload["visibility"]?.text == CommentVisibility.staff.rawValue {
        .internallyCommented
      } else {
        found.actorKind == Actor.Kind.customer.rawValue ? .customerCommented : .answered
      }
    case ProblemNews.Kind.workaround.rawValue, ProblemNews.Kind.knownError.rawValue, ProblemNews.Kind.resolved.rawValue: .problemTold
    case TicketEventType.escalatedByRule: .escalated
    case "sla.warned": .clockWarned
    case "sla.breached": .clockBreached
    case RenewalNews.due.eventType: .renewalDue
    case RenewalNews.near.eventType: .renewalNear
    case RenewalNews.missed.eventType: .renewalMissed
    case RenewalEnd.renewed.rawValue: .renewalRenewed
    case RenewalEnd.declined.rawValue: .renewalDeclined
    case RenewalEnd.notRenewed.rawValue: .renewalNotRenewed
    case RenewalEnd.lapsed.rawValue: .renewalLapsed
    case RenewalEnd.contractLapsed.rawValue: .contractLapsed
    case ProofNews.opened.rawValue, ProofNews.added.rawValue: .gapsOpened
    case SupplierNews.certificationExpiring: .certificationExpiring
    case SupplierNews.certificationExpired: .certificationExpired
    case SupplierNews.actionOpened, SupplierNews.actionChanged: .actionAssigned
    case SupplierNews.actionDue: .actionDue
    case SupplierNews.actionOverdue: .actionOverdue
    case EscalationNews.escalated: .processEscalated
    case ArticleNews.solved: .articleSolved
    case ArticleReviewNews.due: .articleReviewDue
    case ArticleReviewNews.sourceChanged: .articleSourceChanged
    case AccessReviewNews.opened: .accessReviewOpened
    case AccessReviewNews.overdue: .accessReviewOverdue
    case HandbookReviewNews.due: .handbookReviewDue
    case WarrantyNews.ending: .warrantyEnding
    case TriageNews.triaged: .eventTriaged
    case TriageNews.expiring: .eventTriageExpiring
    case GateNews.asked.rawValue: .gateApprovalAsked
    case GateNews.decided.rawValue: .gateApprovalDecided
    default: ofAgreement(found)
    }
  }

  private static func ofAgreement(_ found: FoundEvent) -> NotificationEvent? {
    if let news = RequestNews(rawValue: found.type) { return event(news, found) }
    if let news = ChangeTelling(rawValue: found.type) { return event(news) }
    if let news = ProblemTelling(rawValue: found.type) { return event(news) }
    if let news = TaskNews(type: found.type), let subject = ToldTask.Subject(ofType: found.type) { return event(news, subject) }
    if let news = ReleaseNews(rawValue: found.type) { return event(news) }
    if let news = MajorNews(rawValue: found.type) { return event(news) }
    if let news = OfferNews(type: found.type), let subject = ToldOffer.Subject(ofType: found.type) { return event(news, subject) }
    return nil
  }

  private static func event(_ news: RequestNews, _ found: FoundEvent) -> NotificationEvent {
    switch news {
    case .submitted: .requestSubmitted
    case .approvalAsked, .approvalEscalated, .approvalStandIn, .approvalDelegated, .approvalReassigned, .approvalDelegationEnded: .requestApprovalAsked
    case .approved, .rejected: .requestApprovalDecided
    case .fulfilled: .requestFulfilled
    case .closed: .requestClosed
    case .cancelled: .requestCancelled
    case .commented:
      if found.payload["visibility"]?.text == CommentVisibility.everybody.rawValue {
        found.actorKind == Actor.Kind.customer.rawValue ? .requestCustomerCommented : .requestAnswered
      } else {
        .requestInternallyCommented
      }
    }
  }

  private static func event(_ news: MajorNews) -> NotificationEvent {
    switch news {
    case .declared: .majorDeclared
    case .logged: .majorLogged
    case .mitigated: .majorMitigated
    case .resolved: .majorResolved
    case .reopened: .majorReopened
    case .reviewed: .majorReviewed
    }
  }

  private static func event(_ news: ReleaseNews) -> NotificationEvent {
    switch news {
    case .piloted: .releasePiloted
    case .pilotRecorded: .releasePilotRecorded
    case .signedOff: .releaseSignedOff
    case .deployed: .releaseDeployed
    case .closed: .releaseClosed
    case .cancelled: .releaseCancelled
    case .commented: .releaseCommented
    }
  }

  private static func event(_ news: ChangeTelling) -> NotificationEvent {
    switch news {
    case .approvalAsked, .approvalEscalated, .approvalStandIn, .approvalDelegated, .approvalReassigned, .approvalDelegationEnded: .changeApprovalAsked
    case .approved, .rejected: .changeApprovalDecided
    case .revised: .changeRevised
    case .started: .changeStarted
    case .implemented: .changeImplemented
    case .backedOut: .changeBackedOut
    case .closed: .changeClosed
    case .cancelled: .changeCancelled
    case .commented: .changeCommented
    case .assigned: .changeAssigned
    }
  }

  private static func event(_ news: ProblemTelling) -> NotificationEvent {
    switch news {
    case .causeRecorded: .problemCause
    case .workaroundRecorded: .problemWorkaround
    case .knownErrorDeclared: .problemKnownError
    case .resolved: .problemResolved
    case .reopened: .problemReopened
    case .closed: .problemClosed
    case .cancelled: .problemCancelled
    case .commented: .problemCommented
    case .assigned: .problemAssigned
    case .changeImplemented, .changeBackedOut, .changeCancelled: .problemChange
    }
  }

  private static func event(_ news: TaskNews, _ subject: ToldTask.Subject) -> NotificationEvent {
    switch (news, subject) {
    case (.opened, .request), (.given, .request): .requestTaskGiven
    case (.opened, .change), (.given, .change): .changeTaskGiven
    case (.completed, .request): .requestTaskDone
    case (.failed, .request): .requestTaskFailed
    case (.takenOver, .request): .requestTaskTaken
    case (.completed, .change): .changeTaskDone
    case (.failed, .change): .changeTaskFailed
    case (.takenOver, .change): .changeTaskTaken
    }
  }

  private static func event(_ news: OfferNews, _ subject: ToldOffer.Subject) -> NotificationEvent {
    switch (news, subject) {
    case (.offered, .request): .requestOffered
    case (.offered, .problem): .problemOffered
    case (.offered, .change): .changeOffered
    case (.offered, .release): .releaseOffered
    case (.offered, .majorIncident): .majorOffered
    case (.waiting, .request): .requestOfferWaiting
    case (.waiting, .problem): .problemOfferWaiting
    case (.waiting, .change): .changeOfferWaiting
    case (.waiting, .release): .releaseOfferWaiting
    case (.waiting, .majorIncident): .majorOfferWaiting
    case (.taken, .request), (.returned, .request): .requestOfferAnswered
    case (.taken, .problem), (.returned, .problem): .problemOfferAnswered
    case (.taken, .change), (.returned, .change): .changeOfferAnswered
    case (.taken, .release), (.returned, .release): .releaseOfferAnswered
    case (.taken, .majorIncident), (.returned, .majorIncident): .majorOfferAnswered
    }
  }

  /// Whether requesters of tickets that went into this one are told of it too, each about his own: the staff's words, and how it ends.
  var reachesMerged: Bool {
    switch event {
    case .answered, .resolved, .closed, .reopened: true
    default: false
    }
  }

  /// The same, told afterwards to whoever is the requester now.
  func toNewRequester(at correctedAt: Instant) -> Cause {
    var cause = self
    (cause.toldAt, cause.isForNewRequester) = (correctedAt, true)
    return cause
  }

  /// The same, told about a ticket that went into this one.
  func on(_ gone: ToldTicket) -> Cause {
    var cause = self
    cause.about = .ticket(gone)
    return cause
  }

  var ticket: ToldTicket? { if case .ticket(let ticket) = about { ticket } else { nil } }
  var matter: AccountMatter? { if case .account(let matter) = about { matter } else { nil } }
  /// Nil: such a thing has none.
  var priority: Int64? { ticket?.priority ?? matter?.priority }
  /// Who answers for it.
  var owner: Int64? { ticket?.owner ?? matter?.owner }
  /// Whether who has it is told as its owner: who was assigned hears that, and who has taken it since it was opened knows of it.
  var tellsOwner: Bool { event != .opened && !(event == .ownerChanged && payload["assigned"] == .bool(true)) }
  /// Whether it goes on and nobody has taken it: who answers for it does by the rule.
  var isUntaken: Bool { ticket.map { $0.owner == nil && Self.goingOn.contains($0.state) } ?? false }
  private static let goingOn: Set<String> = ["new", "active", "pending"]
  /// Who answers for it and who works on it, where somebody should.
  var inCharge: [Int64] { [owner, ticket?.assignee, matter?.manager].compactMap { $0 } + (matter?.assignees ?? []) }
  /// Nobody does: or none of them is among `staff`, who may be told of it; one who has left is nobody.
  func isNobodys(among staff: [Int64: Receiver]) -> Bool {
    if event == .ownerChanged, owner != nil { return false }
    if matter?.owningPerson != nil { return false }
    return event.subject.inCharge != nil && !inCharge.contains { staff[$0] != nil }
  }
  /// The comment that it is about.
  var comment: [UInt8]? { payload["comment"]?.text.flatMap { PublicId($0) }?.random }
  /// The team whose members rules mean by `team`: the one that it was given or offered to, else that has it. That it names who is to work on it is no
  /// news to the others, nor what it has not got any more, or what is over.
  var team: [UInt8]? {
    guard let ticket else { return matter?.team }
    let named = payload["team"]?.text.flatMap { PublicId($0) }?.random
    switch event {
    case .assigned:
      guard payload["given"] == .bool(true), named == ticket.teamBits, Self.goingOn.contains(ticket.state) else { return nil }
      return named
    case .offered: return named
    default: return ticket.teamBits
    }
  }
  /// Whom it was offered to.
  var offeredTo: [UInt8]? { event == .offered ? payload["staff"]?.text.flatMap { PublicId($0) }?.random : nil }
  /// Who leads the team that has not answered what it was offered.
  var leads: [[UInt8]] { (payload["leads"]?.array ?? []).compactMap { $0.text.flatMap { PublicId($0) }?.random } }
  /// Somebody whom the event itself names, and as whom rules mean him: who began an article, or was at a task until then.
  var named: (audience: Audience, staff: [UInt8])? {
    let place: (audience: Audience, key: String)
    switch event {
    case .articleSolved: place = (.owner, "author")
    case .requestTaskTaken, .changeTaskTaken: place = (.assignee, "from")
    default: return nil
    }
    return payload[place.key]?.text.flatMap { PublicId($0) }.map { (place.audience, $0.random) }
  }
  /// What set the escalation off, as a sentence.
  func whyEscalated(_ language: Language) -> String {
    let arguments = [
      "age": payload["ageMinutes"]?.integer.map { String($0) } ?? "", "percent": payload["percent"]?.integer.map { String($0) } ?? "",
      "metric": payload["metric"]?.text ?? "",
    ]
    guard let percent = payload["percent"]?.integer else { return NotificationMessages.escalatedByAge.text(language, arguments) }
    let (share, breach) =
      switch payload["agreement"]?.text {
      case "ola": (NotificationMessages.escalatedByTeamShare, NotificationMessages.escalatedByTeamBreach)
      case "uc": (NotificationMessages.escalatedBySupplierShare, NotificationMessages.escalatedBySupplierBreach)
      default: (NotificationMessages.escalatedByShare, NotificationMessages.escalatedByBreach)
      }
    return (percent < 100 ? share : breach).text(language, arguments)
  }
  /// Whom the rule of escalation names, and who had the ticket until then; of all but incidents, where it reached nobody and no team, who answers for it.
  var escalatedTo: [[UInt8]] {
    event == .escalated || event == .processEscalated ? (payload["staff"]?.array ?? []).compactMap { $0.text.flatMap { PublicId($0) }?.random } : []
  }
  /// Whether who answers for the customer hears of the escalation where none of these may: there are some, or nobody answers for it and no team got it.
  var mustBeHeard: Bool { !escalatedTo.isEmpty || event == .processEscalated && payload["toTeam"]?.text == nil }
}

/// The fields of a text, for one receiver.
struct TellingFields: Sendable {
  let cause: Cause
  let tenant: TenantEntry
  let actorName: String
  let comment: String
  /// Whether the customer's people did it, or a programme of theirs.
  let isByCustomer: Bool

  /// About a ticket that went into this one: what the customer's people said and did there is named by the customer only.
  func on(_ gone: ToldTicket) -> TellingFields {
    TellingFields(
      cause: cause.on(gone), tenant: tenant, actorName: isByCustomer ? tenant.name : actorName, comment: isByCustomer ? "" : comment,
      isByCustomer: isByCustomer)
  }

  /// What a customer's people wrote goes to nobody who has no login: his address was given by them, and may be a stranger's.
  func values(zone: Zone, for receiver: Receiver) -> [String: String] {
    switch cause.about {
    case .account(let matter):
      let common = [
        "customer": tenant.name, "actor": actorName, "at": Self.text(cause.occurredAt, zone), "comment": isQuoted(to: receiver) ? comment : "",
        "metric": cause.payload["metric"]?.text ?? "-", "percent": cause.payload["percent"]?.integer.map { String($0) } ?? "-",
        "why": cause.whyEscalated(receiver.language),
      ]
      var values = matter.values(receiver.language, of: tenant, cause.type).merging(common) { own, _ in own }
      // What time refused says why somebody of the customer did before.
      if !isQuoted(to: receiver) || !receiver.hasLogin && cause.actorKind == Actor.Kind.system.rawValue { values["reason"] = "" }
      return values
    case .ticket(let ticket): return values(ticket, zone: zone, for: receiver)
    }
  }

  private func isQuoted(to receiver: Receiver) -> Bool { receiver.hasLogin || !isByCustomer }

  private func values(_ ticket: ToldTicket, zone: Zone, for receiver: Receiver) -> [String: String] {
    let number = IncidentView.number(of: tenant.code, ticket.number)
    let isQuoted = self.isQuoted(to: receiver)
    return [
      "number": number, "title": isQuoted ? ticket.title : number, "customer": tenant.name,
      "priority": String(ticket.priority), "state": ticket.state, "due": ticket.dueAt.map { Self.text($0, zone) } ?? "-",
      "team": ticket.team ?? "-", "actor": actorName, "at": Self.text(cause.occurredAt, zone), "comment": isQuoted ? comment : "",
      "metric": cause.payload["metric"]?.text ?? "-", "percent": cause.payload["percent"]?.integer.map { String($0) } ?? "-",
      "problem": cause.payload["number"]?.text ?? "-", "rule": cause.payload["ruleName"]?.text ?? "-",
      "why": cause.whyEscalated(receiver.language),
    ]
  }

  /// By the receiver's own clock, to the minute.
  static func text(_ instant: Instant, _ zone: Zone) -> String {
    let minutes = zone.wallClockSeconds(at: instant).flooredRemainder(by: 86_400) / 60
    return "\(zone.date(at: instant)) \(QuietHours.text(minutes)) (\(zone.identifier))"
  }

  /// What a webhook is told: codes, ids and the title; no comment, no name of a person.
  func document(_ event: NotificationEvent, _ id: PublicId) -> Value {
    let data =
      switch cause.about {
      case .ticket(let ticket): members(ticket)
      case .account(let matter):
        matter.members(of: tenant) + ofClock
      }
    return .object([
      "type": .text(event.rawValue), "timestamp": .instant(cause.occurredAt), "id": .id(id), "data": .object(data),
    ])
  }

  /// What it says of a promise about a request.
  private var ofClock: [Value.Member] {
    guard cause.event == .requestClockWarned || cause.event == .requestClockBreached else { return [] }
    var data: [Value.Member] = []
    for name in ["metric", "percent"] where cause.payload[name] != nil { data.append(Value.Member(name, cause.payload[name] ?? .null)) }
    return data
  }

  private func members(_ ticket: ToldTicket) -> [Value.Member] {
    var data: [Value.Member] = [
      Value.Member("incident", .id(tenant.id(IdKind.toldTicket.prefix, ticket.publicId))),
      Value.Member("number", .text(IncidentView.number(of: tenant.code, ticket.number))), Value.Member("customer", .id(tenant.publicId)),
      Value.Member("customerCode", .text(tenant.code)), Value.Member("title", .text(ticket.title)), Value.Member("priority", .integer(ticket.priority)),
      Value.Member("state", .text(ticket.state)), Value.Member("dueAt", .instant(ticket.dueAt)), Value.Member("team", .text(ticket.team)),
    ]
    for name in ["metric", "percent", "agreement", "ageMinutes", "rule", "ruleName", "fromTeam", "toTeam"] where cause.payload[name] != nil {
      data.append(Value.Member(name, cause.payload[name] ?? .null))
    }
    return data
  }
}
