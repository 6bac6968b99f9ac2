import Approvals
import Assurance
import Changes
import Contracts
import Desk
import Escalations
import Events
import Gates
import Kernel
import MajorIncidents
import Operations
import Problems
import Renewals
import Requests
import ServiceTime
import Suppliers
import Tenancy

/// What people are told of that is no ticket: an affair of those who answer for customers and suppliers.
enum AccountMatter: Sendable {
  case renewal(ToldRenewal)
  /// A term that is over.
  case lapse(ToldContract)
  case proof(ToldProof)
  case certification(ToldCertification)
  case action(ToldAction)
  case gateApproval(ToldGateApproval)
  case escalation(ToldEscalation)
  case request(ToldRequest)
  case change(ToldChange)
  case release(ToldRelease)
  case majorIncident(ToldMajor)
  case offer(ToldOffer)
  case problem(ToldProblem)
  case task(ToldTask)
  case article(ToldArticle)
  case owner(ToldOwner)
  case reminder(ToldReminder)
  case triage(ToldTriage)

  /// The member of the staff who sees to it.
  var owner: Int64? {
    switch self {
    case .action(let action): action.owner
    case .gateApproval(let approval): approval.receiver
    case .change(let change): change.owner
    case .release(let release): release.owner
    case .majorIncident(let major): major.lead
    case .offer(let offer): offer.from
    case .problem(let problem): problem.owner
    case .task(let task): task.receiver
    case .owner(let told): told.owner
    case .reminder(let reminder): reminder.owner
    case .renewal, .lapse, .proof, .certification, .escalation, .request, .article, .triage: nil
    }
  }

  /// Of a request, of a problem, and of what is done about one; nil: it has none.
  var priority: Int64? {
    switch self {
    case .request(let request): request.priority
    case .problem(let problem): problem.priority
    case .offer(let offer): offer.priority
    case .owner(let told): told.priority
    case .task(let task): task.priority
    case .escalation(let escalation): escalation.priority
    case .renewal, .lapse, .proof, .certification, .action, .gateApproval, .change, .release, .majorIncident, .article, .reminder, .triage: nil
    }
  }

  /// Who runs a process, besides who answers for it.
  var manager: Int64? { if case .reminder(let reminder) = self { reminder.manager } else { nil } }

  /// The customer's person who sees to it.
  var owningPerson: Int64? { if case .reminder(let reminder) = self { reminder.person } else { nil } }

  /// Members of the staff who are at it.
  var assignees: [Int64] { if case .request(let request) = self { request.assignees } else { [] } }

  /// Who watches a request: persons of the customer, and members of the staff.
  var watchingPeople: [Int64] { if case .request(let request) = self { request.watchingPeople } else { [] } }
  var watchingStaff: [Int64] { if case .request(let request) = self { request.watchingStaff } else { [] } }

  /// What of the provider's own it is about, which the staff may watch.
  var watched: OfferSubject? {
    switch self {
    case .problem(let problem): .problem(problem.id)
    case .change(let change): .change(change.id)
    case .release(let release): .release(release.id)
    case .majorIncident(let major): .majorIncident(major.id)
    // A hand-over speaks to those who have it alone.
    case .renewal, .lapse, .proof, .certification, .action, .gateApproval, .escalation, .request, .task, .article, .offer, .owner, .reminder,
      .triage:
      nil
    }
  }

  /// Whom it is for and who ordered it: persons of the customer, and of the staff.
  var people: [Int64] { if case .request(let request) = self { request.people } else { [] } }
  var submittingStaff: Int64? {
    switch self {
    case .request(let request): request.submittingStaff
    case .change(let change): change.openingStaff
    case .release(let release): release.opener
    case .majorIncident(let major): major.declarer
    case .renewal, .lapse, .proof, .certification, .action, .gateApproval, .escalation, .offer, .problem, .task, .article, .owner, .reminder,
      .triage:
      nil
    }
  }

  /// Of whom somebody must serve one to be told of it; nil: of whose it is. A change that concerns nobody yet is for who serves all. Who is asked at a gate
  /// is named, and may serve a few customers: the row is the provider's, what waits there a customer's.
  func concerned(_ provider: TenantId) -> Set<TenantId>? {
    let told: (customers: [TenantId], isOfChange: Bool)
    switch self {
    case .change(let change): told = (change.concerned, true)
    case .offer(let offer): told = (offer.concerned, offer.subject == .change)
    case .owner(let owner): told = (owner.concerned, owner.subject == .change)
    case .problem(let problem): told = (problem.customer.map { [$0] } ?? [], false)
    case .task(let task): told = (task.concerned, task.subject == .change)
    case .release(let release): told = (release.concerned, false)
    case .majorIncident(let major): told = (major.concerned, false)
    case .gateApproval(let approval): told = (approval.stayTenant == provider ? [] : [approval.stayTenant], false)
    case .reminder(let reminder): told = (reminder.about.map { [$0] } ?? [], false)
    case .renewal, .lapse, .proof, .certification, .action, .escalation, .request, .article, .triage: return nil
    }
    if told.customers.isEmpty { return told.isOfChange ? [provider] : nil }
    return Set(told.customers)
  }

  /// As ``concerned(_:)``, of who is told since he watches it, and has nothing else to do with it: what concerns nobody is for who serves all, but for a
  /// problem that is about no one customer, which all of the staff see.
  func concernedToWatch(_ provider: TenantId) -> Set<TenantId>? {
    switch watched {
    case .change, .release, .majorIncident: concerned(provider) ?? [provider]
    case .problem, nil: concerned(provider)
    }
  }

  /// As ``concerned(_:)``, of a team: a release or a major incident that concerns nobody see only those who serve all.
  func concernedOfTeam(_ provider: TenantId) -> Set<TenantId>? {
    if case .offer(let offer) = self, offer.subject == .release || offer.subject == .majorIncident { return concerned(provider) ?? [provider] }
    return concerned(provider)
  }

  /// The customers of a major incident, whose account managers are told of it.
  var customersOfMajor: Set<TenantId> { if case .majorIncident(let major) = self { Set(major.concerned) } else { [] } }

  /// Members of the staff to whom something is handed over, and who offered it in the place of who answers for it.
  var offeredTo: Int64? { if case .offer(let offer) = self { offer.to } else { nil } }
  var offerer: Int64? { if case .offer(let offer) = self { offer.offerer } else { nil } }

  /// The team that it is offered to, whose it is to do, or that works on it: the random bits of its public id.
  var team: [UInt8]? {
    switch self {
    case .offer(let offer): offer.teamBits
    case .task(let task): task.team?.publicId
    case .problem(let problem): problem.team?.publicId
    case .change(let change): change.team?.publicId
    case .renewal, .lapse, .proof, .certification, .action, .gateApproval, .escalation, .request, .release, .majorIncident, .article, .owner, .reminder,
      .triage:
      nil
    }
  }

  /// For what somebody is asked.
  var asked: AskedApproval? {
    switch self {
    case .request(let request): request.asked
    case .change(let change): change.asked
    case .renewal, .lapse, .proof, .certification, .action, .gateApproval, .escalation, .offer, .problem, .task, .article, .owner, .release,
      .majorIncident, .reminder, .triage:
      nil
    }
  }

  /// The kind of its id, and the random bits.
  var id: (kind: IdKind, bits: [UInt8]) {
    switch self {
    case .renewal(let renewal): (.renewal, renewal.publicId)
    case .lapse(let contract): contract.id
    case .proof(let proof): (.proof, proof.publicId)
    case .certification(let certification): (.certification, certification.publicId)
    case .action(let action): (.appraisalAction, action.publicId)
    case .gateApproval(let approval): (.gateApproval, approval.publicId)
    case .escalation(let escalation): (.escalation, escalation.publicId)
    case .offer(let offer): (offer.subject.idKind, offer.publicId)
    case .problem(let problem): (.problem, problem.publicId)
    case .task(let task): (task.subject.idKind, task.publicId)
    case .article(let article): (.toldTicket, article.incident.random)
    case .owner(let told): (told.subject.idKind, told.publicId)
    case .reminder(let reminder): (reminder.thing.idKind, reminder.publicId)
    case .triage(let triage): (.eventSource, triage.publicId)
    case .release(let release): (.release, release.publicId)
    case .majorIncident(let major): (.majorIncident, major.publicId)
    case .request(let request):
      if let asked = request.asked { (.approval, asked.approval.publicId) } else { (.request, request.publicId) }
    case .change(let change):
      if let asked = change.asked { (.changeApproval, asked.approval.publicId) } else { (.change, change.publicId) }
    }
  }

  /// The fields of a text, by ``NotificationText/fields(of:)``.
  /// - Parameter type: of the event.
  func values(_ language: Language, of tenant: TenantEntry, _ type: String) -> [String: String] {
    switch self {
    case .request(let request): request.values(language, of: tenant, type)
    case .change(let change): change.values(language, of: tenant, type)
    case .offer(let offer): offer.values(language, of: tenant)
    case .problem(let problem): problem.values(language, of: tenant, type)
    case .task(let task): task.values(language, of: tenant)
    case .article(let article): ["article": article.articleNumber, "number": article.number]
    case .owner(let told): told.values(language, of: tenant)
    case .reminder(let reminder): reminder.values(language)
    case .triage(let triage): triage.values
    case .release(let release): release.values(language, of: tenant, type)
    case .majorIncident(let major): major.values(of: tenant, type)
    case .renewal(let renewal):
      [
        "number": renewal.contract.number(of: tenant), "contract": renewal.contract.name, "party": renewal.contract.party(of: tenant, language),
        "customer": renewal.contract.partyName(of: tenant), "decisionOn": renewal.decisionOn.description,
        "endsOn": renewal.contract.lastDay(before: renewal.endsAt), "termEndsOn": renewal.contract.lastDay(language),
        "mode": (renewal.mode == RenewalMode.auto.rawValue ? AccountSideMessages.renewalAuto : AccountSideMessages.renewalManual).text(language),
      ]
    case .lapse(let contract):
      [
        "number": contract.number(of: tenant), "contract": contract.name, "party": contract.party(of: tenant, language),
        "customer": contract.partyName(of: tenant), "endsOn": contract.lastDay(language),
      ]
    case .proof(let proof):
      [
        "number": proof.contract.number(of: tenant), "contract": proof.contract.name, "line": proof.line, "count": String(proof.gaps.count),
        "gaps": proof.text(language),
      ]
    case .certification(let certification):
      [
        "supplier": certification.supplierName, "certification": certification.name, "issuer": certification.issuer ?? "-",
        "reference": certification.reference ?? "-", "expiresOn": certification.expiresOn.description,
      ]
    case .action(let action):
      [
        "supplier": action.supplierName, "period": action.period, "action": action.what, "dueOn": action.dueOn.description,
        "owner": action.ownerName ?? "-",
      ]
    case .escalation(let escalation):
      ["subject": escalation.subject?.description ?? "-", "rule": escalation.rule, "age": escalation.ageMinutes.map { String($0) } ?? "-"]
    case .gateApproval(let approval):
      [
        "gate": approval.gateName.text(language) ?? "-", "purpose": approval.purpose.text(language) ?? "-", "subject": approval.subject?.description ?? "-",
        "asker": approval.askerName, "approver": approval.approverName,
        "answer": approval.answer.text(language),
        "reason": approval.reason ?? "",
      ]
    }
  }

  /// What a webhook is told: codes, ids and days.
  func members(of tenant: TenantEntry) -> [Value.Member] {
    let customer = [Value.Member("customer", .id(tenant.publicId)), Value.Member("customerCode", .text(tenant.code))]
    func own(_ name: String) -> Value.Member { Value.Member(name, .id(tenant.id(id.kind.prefix, id.bits))) }
    switch self {
    case .request(let request): return request.members(of: tenant)
    case .change(let change): return change.members(of: tenant)
    case .offer(let offer): return offer.members(of: tenant)
    case .problem(let problem): return problem.members(of: tenant)
    case .task(let task): return task.members(of: tenant)
    case .article(let article):
      return customer + [
        Value.Member("article", .id(article.article)), Value.Member("incident", .id(article.incident)), Value.Member("number", .text(article.number)),
      ]
    case .owner(let told): return told.members(of: tenant)
    case .reminder(let reminder): return [own(reminder.thing.member)] + reminder.members(of: tenant)
    case .triage(let triage): return triage.members(of: tenant)
    case .release(let release): return release.members(of: tenant)
    case .majorIncident(let major): return major.members(of: tenant)
    case .renewal(let renewal):
      return [own("renewal")] + renewal.contract.partyMembers(of: tenant) + renewal.contract.members(of: tenant) + [
        Value.Member("decisionOn", .date(renewal.decisionOn)), Value.Member("cycleEndsAt", .instant(renewal.endsAt)),
        Value.Member("mode", .text(renewal.mode)),
      ]
    case .lapse(let contract):
      return contract.partyMembers(of: tenant) + contract.members(of: tenant) + [Value.Member("endsAt", .instant(contract.endsAt))]
    case .proof(let proof):
      return [own("proof")] + customer + proof.contract.members(of: tenant) + [
        Value.Member("line", .id(tenant.id(IdKind.contractLine.prefix, proof.linePublicId))),
        Value.Member("gaps", .array(proof.gaps.map { .text($0.kind.rawValue) })),
      ]
    case .certification(let certification):
      return [
        own("certification"), Value.Member("supplier", .id(tenant.id(IdKind.supplier.prefix, certification.supplier))),
        Value.Member("supplierCode", .text(certification.supplierCode)), Value.Member("expiresOn", .date(certification.expiresOn)),
      ]
    case .action(let action):
      return [
        own("action"), Value.Member("supplier", .id(tenant.id(IdKind.supplier.prefix, action.supplier))),
        Value.Member("supplierCode", .text(action.supplierCode)), Value.Member("dueOn", .date(action.dueOn)),
      ]
    case .escalation(let escalation):
      return [
        own("escalation"), Value.Member("subject", .id(escalation.subject)), Value.Member("ruleName", .text(escalation.rule)),
        Value.Member("ageMinutes", .integer(escalation.ageMinutes)), Value.Member("metric", .text(escalation.metric)),
        Value.Member("percent", .integer(escalation.percent)),
      ]
    case .gateApproval(let approval):
      return [
        own("approval"), Value.Member("gate", .id(tenant.id(IdKind.gate.prefix, approval.gate))), Value.Member("step", .text(approval.step)),
        Value.Member("subject", .id(approval.subject)), Value.Member("state", .text(approval.state)),
      ]
    }
  }
}

/// The contract that it is about.
struct ToldContract: Sendable {
  /// With whom it is.
  enum Party: Sendable {
    /// The tenant; with the contract's number.
    case customer(number: Int64)
    case supplier(reference: String, publicId: [UInt8], code: String, name: String)
  }

  let publicId: [UInt8]
  let party: Party
  let name: String
  let zone: String
  /// The end of its term as it is agreed now; nil: open-ended.
  let endsAt: Instant?

  var id: (kind: IdKind, bits: [UInt8]) {
    switch party {
    case .customer: (.contract, publicId)
    case .supplier: (.underpinningContract, publicId)
    }
  }

  /// The last day of its term.
  func lastDay(_ language: Language) -> String { endsAt.map { lastDay(before: $0) } ?? AccountSideMessages.openEnded.text(language) }

  func number(of tenant: TenantEntry) -> String {
    switch party {
    case .customer(let number): "\(tenant.code)-CON-\(pad(number, 6))"
    case .supplier(let reference, _, _, _): reference
    }
  }

  func party(of tenant: TenantEntry, _ language: Language) -> String {
    switch party {
    case .customer: AccountSideMessages.withCustomer.text(language, ["name": partyName(of: tenant)])
    case .supplier: AccountSideMessages.withSupplier.text(language, ["name": partyName(of: tenant)])
    }
  }

  /// The customer, or the supplier.
  func partyName(of tenant: TenantEntry) -> String {
    switch party {
    case .customer: tenant.name
    case .supplier(_, _, _, let name): name
    }
  }

  func partyMembers(of tenant: TenantEntry) -> [Value.Member] {
    switch party {
    case .customer: [Value.Member("customer", .id(tenant.publicId)), Value.Member("customerCode", .text(tenant.code))]
    case .supplier(_, let publicId, let code, _):
      [Value.Member("supplier", .id(tenant.id(IdKind.supplier.prefix, publicId))), Value.Member("supplierCode", .text(code))]
    }
  }

  func members(of tenant: TenantEntry) -> [Value.Member] {
    let own =
      switch party {
      case .customer: "contract"
      case .supplier: "underpinningContract"
      }
    return [Value.Member(own, .id(tenant.id(id.kind.prefix, id.bits))), Value.Member("number", .text(number(of: tenant)))]
  }

  /// The last day of a term that ends at an instant, by the contract's zone.
  func lastDay(before end: Instant) -> String {
    (Zone.named(zone) ?? Zone.named("UTC"))?.date(at: end.adding(seconds: -1)).description ?? end.description
  }
}

struct ToldRenewal: Sendable {
  let publicId: [UInt8]
  let contract: ToldContract
  let decisionOn: CalendarDate
  let endsAt: Instant
  let mode: String
  let state: RenewalState
  let outcome: RenewalOutcome?

  /// Whether this is so still: what was decided meanwhile, or taken back, is not told.
  func stands(_ event: FoundEvent) -> Bool {
    if let end = RenewalEnd(rawValue: event.type) { return end == RenewalEnd(state, outcome) }
    return state == .pending || state == .snoozed
  }
}

struct ToldProof: Sendable {
  let publicId: [UInt8]
  let contract: ToldContract
  let linePublicId: [UInt8]
  let line: String
  /// Those that people are told of.
  let gaps: [Gap]

  /// So many are told in words; the proof has them all.
  static let mostInWords = 10

  func text(_ language: Language) -> String {
    let lines = gaps.prefix(Self.mostInWords).map { GapWords.text($0, language) }
    return (lines + (gaps.count > lines.count ? ["…"] : [])).joined(separator: "\n")
  }
}

struct ToldCertification: Sendable {
  let publicId: [UInt8]
  let supplier: [UInt8]
  let supplierCode: String
  let supplierName: String
  let name: String
  let issuer: String?
  let reference: String?
  let expiresOn: CalendarDate
}

struct ToldAction: Sendable {
  let publicId: [UInt8]
  let supplier: [UInt8]
  let supplierCode: String
  let supplierName: String
  let period: String
  let what: String
  let owner: Int64?
  let ownerPublicId: [UInt8]?
  let ownerName: String?
  let dueOn: CalendarDate
}

/// Somebody who is asked to let something pass a gate, or what he said.
struct ToldGateApproval: Sendable {
  let publicId: [UInt8]
  let gate: [UInt8]
  let gateName: LocalText
  let purpose: LocalText
  let step: String
  /// What waits at the gate.
  let subject: PublicId?
  /// Whose it is: the customer, or the provider.
  let stayTenant: TenantId
  let approver: Int64
  let approverName: String
  /// Nil: a program asks.
  let asker: Int64?
  let askerName: String
  let state: String
  let reason: String?
  /// Who may decide in his place.
  let delegate: Int64?
  let delegatePublicId: [UInt8]?
  /// Whether what he said is told, to who asked; else that he is asked, to him.
  var isDecided = false
  /// Whether it is told to who may decide in his place.
  var isForDelegate = false

  var receiver: Int64? { isDecided ? asker : isForDelegate ? delegate : approver }

  /// What became of it, in words. Who refuses says why.
  var answer: Message {
    if state == "approved" { return AccountSideMessages.gateApproved }
    return reason == nil ? AccountSideMessages.gateExpired : AccountSideMessages.gateRejected
  }
}

/// A request, a problem, a change, a release or a major incident that goes on too long; the event says it all.
struct ToldEscalation: Sendable {
  let publicId: [UInt8]
  let subject: PublicId?
  let rule: String
  /// Nil: it was a share of a promise.
  let ageMinutes: Int64?
  let metric: String?
  let percent: Int64?
  /// Nil: it has none.
  let priority: Int64?

  init?(_ payload: Value) {
    guard let id = payload["escalation"]?.text.flatMap({ PublicId($0) }) else { return nil }
    publicId = id.random
    subject = payload["subject"]?.text.flatMap { PublicId($0) }
    rule = payload["ruleName"]?.text ?? "-"
    ageMinutes = payload["ageMinutes"]?.integer
    metric = payload["metric"]?.text
    percent = payload["percent"]?.integer
    priority = payload["priority"]?.integer
  }
}
