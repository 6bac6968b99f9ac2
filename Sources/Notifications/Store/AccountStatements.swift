import Approvals
import Assets
import Assurance
import Changes
import Desk
import Escalations
import Events
import Gates
import Handbooks
import Kernel
import Knowledge
import MajorIncidents
import Operations
import Postgres
import Problems
import Renewals
import Requests

/// What happened to things that are no tickets.
struct AccountEvents: Statement {
  struct Found: Sendable {
    let cause: Int64
    let subject: Int64
    let event: FoundEvent
  }

  let tenant: TenantId
  let causes: [OutboxEntry]

  static let sql = """
    select o.id, o.subject_id, e.type, e.payload, e.actor_kind, e.actor_id, e.occurred_at
    from unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[]) o (id, kind, subject_id, seq, recorded_at)
    join operations.event e
      on e.tenant_id = $1 and e.subject_kind = o.kind and e.subject_id = o.subject_id and e.seq = o.seq and e.recorded_at = o.recorded_at
    order by o.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(causes.map(\.id))
    parameters.append(causes.map(\.kind))
    parameters.append(causes.map(\.subject))
    parameters.append(causes.map(\.seq))
    parameters.append(causes.map(\.recordedAt))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(cause: try row.next(), subject: try row.next(), event: try FoundEvent(&row))
  }
}

/// Renewals of contracts with customers.
struct RenewalsToTell: Statement {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select r.renewal_id, r.public_id, \(ToldContract.columns), r.decision_on, r.cycle_ends_at, r.mode, r.state, r.outcome
    from contracts.pub_renewal r join contracts.pub_contract c on c.tenant_id = r.tenant_id and c.contract_id = r.contract_id
    where r.tenant_id = $1 and r.renewal_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, matter: AccountMatter) {
    (try row.next(), .renewal(try ToldRenewal(&row, contract: { try ToldContract(&$0) })))
  }
}

/// The same of contracts with suppliers.
struct SupplierRenewalsToTell: Statement {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select r.renewal_id, r.public_id, \(ToldContract.supplierColumns), r.decision_on, r.cycle_ends_at, r.mode, r.state, r.outcome
    from contracts.pub_supplier_renewal r join suppliers.pub_contract u on u.contract_id = r.supplier_contract_id
    where r.tenant_id = $1 and r.renewal_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, matter: AccountMatter) {
    (try row.next(), .renewal(try ToldRenewal(&row, contract: { try ToldContract(supplier: &$0) })))
  }
}

extension ToldRenewal {
  init(_ row: inout RowReader, contract: (inout RowReader) throws -> ToldContract) throws {
    publicId = try row.next()
    self.contract = try contract(&row)
    decisionOn = try row.next()
    endsAt = try row.next()
    mode = try row.next()
    state = RenewalState(rawValue: try row.next()) ?? .completed
    let outcome: String? = try row.next()
    self.outcome = outcome.flatMap(RenewalOutcome.init(rawValue:))
  }
}

/// Contracts with customers whose term is over.
struct LapsedContracts: Statement {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select c.contract_id, \(ToldContract.columns) from contracts.pub_contract c where c.tenant_id = $1 and c.contract_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, matter: AccountMatter) { (try row.next(), .lapse(try ToldContract(&row))) }
}

/// The same with suppliers.
struct LapsedSupplierContracts: Statement {
  let ids: [Int64]

  static let sql = "select u.contract_id, \(ToldContract.supplierColumns) from suppliers.pub_contract u where u.contract_id = any ($1)"

  func bind(to parameters: inout Parameters) { parameters.append(ids) }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, matter: AccountMatter) { (try row.next(), .lapse(try ToldContract(supplier: &row))) }
}

/// Proofs of lines that have gaps still, whichever proof stands by now. A contract that is a draft yet promises nothing: whoever writes it sees
/// what is missing.
struct ProofsToTell: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let contract: ToldContract
    let linePublicId: [UInt8]
    let line: String?
    /// All of the proof.
    let gaps: Value

    /// With those of its gaps that stand at these places, from 1; one that this version cannot read is left out.
    func matter(_ places: [Int64]) -> AccountMatter {
      let all = gaps.array ?? []
      let gaps = places.compactMap { place in Int(exactly: place).flatMap { $0 > 0 && $0 <= all.count ? Gap(all[$0 - 1]) : nil } }
      return .proof(ToldProof(publicId: publicId, contract: contract, linePublicId: linePublicId, line: line ?? "-", gaps: gaps))
    }
  }

  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select p.proof_id, p.public_id, \(ToldContract.columns), l.public_id,
      (select v.name from contracts.pub_line_terms v where v.tenant_id = p.tenant_id and v.line_id = p.line_id
       order by v.valid_from desc, v.line_version_id desc limit 1), p.gaps
    from assurance.pub_proof p
    join contracts.pub_contract c on c.tenant_id = p.tenant_id and c.contract_id = p.contract_id
    join contracts.pub_line l on l.tenant_id = p.tenant_id and l.line_id = p.line_id
    where p.tenant_id = $1 and p.proof_id = any ($2) and p.is_open and 'draft' <> (
      select v.state from contracts.pub_contract_term v where v.tenant_id = c.tenant_id and v.contract_id = c.contract_id order by v.valid_from desc limit 1)
      and 'draft' <> (
      select v.state from contracts.pub_line_terms v where v.tenant_id = p.tenant_id and v.line_id = p.line_id
      order by v.valid_from desc, v.line_version_id desc limit 1)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), publicId: try row.next(), contract: try ToldContract(&row), linePublicId: try row.next(), line: try row.next(),
      gaps: try row.next())
  }
}

/// Certifications that were not ended meanwhile.
struct CertificationsToTell: Statement {
  let ids: [Int64]

  static let sql = """
    select c.certification_id, c.public_id, s.public_id, s.code, s.name, c.name, c.issuer, c.reference, c.expires_on
    from suppliers.pub_certification c join suppliers.pub_supplier s on s.supplier_id = c.supplier_id
    where c.certification_id = any ($1)
    """

  func bind(to parameters: inout Parameters) { parameters.append(ids) }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, matter: AccountMatter) {
    (
      try row.next(),
      .certification(
        ToldCertification(
          publicId: try row.next(), supplier: try row.next(), supplierCode: try row.next(), supplierName: try row.next(), name: try row.next(),
          issuer: try row.next(), reference: try row.next(), expiresOn: try row.next()))
    )
  }
}

/// Actions about suppliers that are still to be done.
struct ActionsToTell: Statement {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select a.action_id, a.public_id, s.public_id, s.code, s.name, a.period_name, a.what, a.owner_id, o.public_id, o.name, a.due_on
    from suppliers.pub_open_action a join suppliers.pub_supplier s on s.supplier_id = a.supplier_id
    left join tenancy.account o on o.tenant_id = a.tenant_id and o.id = a.owner_id
    where a.tenant_id = $1 and a.action_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, matter: AccountMatter) {
    (
      try row.next(),
      .action(
        ToldAction(
          publicId: try row.next(), supplier: try row.next(), supplierCode: try row.next(), supplierName: try row.next(), period: try row.next(),
          what: try row.next(), owner: try row.next(), ownerPublicId: try row.next(), ownerName: try row.next(), dueOn: try row.next()))
    )
  }
}

/// Approvals at gates.
struct GateApprovalsToTell: Statement {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select a.approval_id, a.public_id, g.public_id, g.name, g.purpose, g.step, a.subject_kind, a.subject, e.handle, a.account_id, a.account_name,
      a.asker_kind, a.asker_id, a.asker_name, a.stay_tenant_id, a.state, a.reason, a.delegate_id, a.delegate_public_id,
      coalesce(a.decided_id = a.delegate_id, false), a.delegate_name
    from gates.pub_approval a join gates.pub_gate g on g.gate_id = a.gate_id join tenancy.tenant e on e.id = a.stay_tenant_id
    where a.tenant_id = $1 and a.approval_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, told: ToldGateApproval) {
    let id: Int64 = try row.next()
    let (publicId, gate): ([UInt8], [UInt8]) = (try row.next(), try row.next())
    let (name, purpose) = (LocalText(try row.next() as Value), LocalText(try row.next() as Value))
    let (step, kind): (String, String) = (try row.next(), try row.next())
    let (bits, handle): ([UInt8], Int64) = (try row.next(), try row.next())
    let (approver, approverName): (Int64, String) = (try row.next(), try row.next())
    let (askerKind, asker, askerName): (String, Int64, String) = (try row.next(), try row.next(), try row.next())
    let stayTenant: TenantId = try row.next()
    let subject = GateProcess(rawValue: kind).flatMap {
      PublicId(kind: IdKind.gated($0).prefix, handle: TenantHandle(UInt32(truncatingIfNeeded: handle)), random: bits)
    }
    let (state, reason): (String, String?) = (try row.next(), try row.next())
    let (delegate, delegatePublicId, isHis): (Int64?, [UInt8]?, Bool) = (try row.next(), try row.next(), try row.next())
    let delegateName: String? = try row.next()
    return (
      id,
      ToldGateApproval(
        publicId: publicId, gate: gate, gateName: name, purpose: purpose, step: step, subject: subject, stayTenant: stayTenant,
        approver: approver, approverName: isHis ? delegateName ?? approverName : approverName,
        asker: askerKind == Actor.Kind.staff.rawValue ? asker : nil, askerName: askerName, state: state, reason: reason, delegate: delegate,
        delegatePublicId: delegatePublicId)
    )
  }
}

extension ToldContract {
  /// `c` is the contract; its name is that of its newest version.
  static let columns = """
    c.public_id, c.number,
      coalesce((select v.name from contracts.pub_contract_term v where v.tenant_id = c.tenant_id and v.contract_id = c.contract_id
       order by v.valid_from desc limit 1), ''), c.zone,
      (select v.ends_at from contracts.pub_contract_term v where v.tenant_id = c.tenant_id and v.contract_id = c.contract_id
       order by v.valid_from desc limit 1)
    """

  init(_ row: inout RowReader) throws {
    self.init(publicId: try row.next(), party: .customer(number: try row.next()), name: try row.next(), zone: try row.next(), endsAt: try row.next())
  }

  /// `u` is the contract with a supplier.
  static let supplierColumns = "u.public_id, u.reference, u.supplier_public_id, u.supplier_code, u.supplier_name, u.name, u.zone, u.ends_at"

  init(supplier row: inout RowReader) throws {
    self.init(
      publicId: try row.next(),
      party: .supplier(reference: try row.next(), publicId: try row.next(), code: try row.next(), name: try row.next()), name: try row.next(),
      zone: try row.next(), endsAt: try row.next())
  }
}

/// The things that events are about, by the kind and the id of their subjects.
struct AccountMatters: Sendable {
  private var matters: [String: [Int64: AccountMatter]] = [:]
  private var proofs: [Int64: ProofsToTell.Found] = [:]
  private var approvals: [Int64: ToldGateApproval] = [:]
  private var requests: [Int64: ToldRequest] = [:]
  private var changes: [Int64: ToldChange] = [:]
  /// Of each of those, all who were asked.
  private var askedOfRequests: [Int64: [Approval]] = [:]
  private var askedOfChanges: [Int64: [Approval]] = [:]
  private var releases: [Int64: ToldRelease] = [:]
  private var majors: [Int64: ToldMajor] = [:]
  private var majorEntries: [[UInt8]: String] = [:]
  private var offers: [ToldOffer.Subject: [Int64: [ToldOffer]]] = [:]
  private var problems: [Int64: ToldProblem] = [:]
  /// By what they belong to.
  private var tasks: [ToldTask.Subject: [Int64: [ToldTask]]] = [:]
  private var owners: [ToldOffer.Subject: [Int64: ToldOwner]] = [:]
  private let tenant: TenantId

  init(_ events: [AccountEvents.Found], _ entries: [Int64: OutboxEntry], tenant: TenantId, at now: Instant, in transaction: Transaction) async throws {
    self.tenant = tenant
    let byKind = Dictionary(grouping: events) { entries[$0.cause]?.kind ?? "" }.mapValues { Array(Set($0.map(\.subject))) }
    for (kind, ids) in byKind {
      switch kind {
      case "renewal_news", "renewal_end":
        let (ofCustomers, ofSuppliers) = try await transaction.query(
          RenewalsToTell(tenant: tenant, ids: ids), SupplierRenewalsToTell(tenant: tenant, ids: ids))
        matters[kind] = Self.byId(ofCustomers + ofSuppliers)
      case "contract_lapse": matters[kind] = Self.byId(try await transaction.query(LapsedContracts(tenant: tenant, ids: ids)))
      case "underpinning_contract_lapse": matters[kind] = Self.byId(try await transaction.query(LapsedSupplierContracts(ids: ids)))
      case "proof":
        proofs = Dictionary(try await transaction.query(ProofsToTell(tenant: tenant, ids: ids)).map { ($0.id, $0) }) { first, _ in first }
      case "certification": matters[kind] = Self.byId(try await transaction.query(CertificationsToTell(ids: ids)))
      case "appraisal_action", "appraisal_reminder":
        matters[kind] = Self.byId(try await transaction.query(ActionsToTell(tenant: tenant, ids: ids)))
      case ArticleReviewNews.subjectKind, ArticleReviewNews.articleKind:
        matters[kind] = Self.byId(try await transaction.query(ArticleReviewsToTell(ids: ids)))
      case HandbookReviewNews.subjectKind: matters[kind] = Self.byId(try await HandbookReviewsToTell.load(ids, of: tenant, in: transaction))
      case WarrantyNews.subjectKind: matters[kind] = Self.byId(try await transaction.query(WarrantiesToTell(tenant: tenant, ids: ids)))
      case TriageNews.subjectKind, TriageNews.expiryKind:
        matters[kind] = Self.byId(try await transaction.query(SourcesToTell(provider: tenant, ids: ids)))
      case AccessReviewNews.subjectKind, AccessReviewNews.reminderKind:
        matters[kind] = Self.byId(try await transaction.query(AccessReviewsToTell(tenant: tenant, ids: ids, now: now)))
      case GateNews.subjectKind:
        approvals = Dictionary(try await transaction.query(GateApprovalsToTell(tenant: tenant, ids: ids)).map { ($0.id, $0.told) }) { first, _ in first }
      case RequestNews.subjectKind:
        let (found, approvals) = try await transaction.query(
          RequestsToTell(tenant: tenant, ids: ids), ApprovalsOfToldRequests(tenant: tenant, ids: ids))
        requests = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
        askedOfRequests = Dictionary(grouping: approvals) { $0.of }.mapValues { rows in rows.map { $0.approval } }
      case ChangeTelling.subjectKind:
        let (found, approvals) = try await transaction.query(
          ChangesToTell(provider: tenant, ids: ids), ApprovalsOfToldChanges(provider: tenant, ids: ids))
        changes = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
        askedOfChanges = Dictionary(grouping: approvals) { $0.of }.mapValues { rows in rows.map { $0.approval } }
      case ProblemTelling.subjectKind:
        let found = try await transaction.query(ProblemsToTell(provider: tenant, ids: ids))
        problems = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
      case ReleaseNews.subjectKind:
        releases = Dictionary(try await transaction.query(ReleasesToTell(provider: tenant, ids: ids)).map { ($0.id, $0) }) { first, _ in first }
      case MajorNews.subjectKind:
        let written = events.filter { entries[$0.cause]?.kind == kind }.compactMap { ToldMajor.entry(of: $0.event) }
        let (found, logged) = try await transaction.query(
          MajorsToTell(provider: tenant, ids: ids), MajorEntriesToTell(provider: tenant, publicIds: written))
        majors = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
        majorEntries = Dictionary(logged.map { ($0.publicId, $0.body) }) { first, _ in first }
      default: break
      }
      if let subject = ToldTask.Subject(rawValue: kind) {
        let moved = events.filter { entries[$0.cause]?.kind == kind && TaskNews(type: $0.event.type) != nil }
        tasks[subject] = try await Self.loadTasks(of: subject, Array(Set(moved.map(\.subject))), tenant, in: transaction)
      }
      if let subject = ToldOffer.Subject(rawValue: kind) {
        let handedOver = events.filter { entries[$0.cause]?.kind == kind && OfferNews(type: $0.event.type) != nil }
        offers[subject] = try await Self.loadOffers(of: subject, Array(Set(handedOver.map(\.subject))), tenant, in: transaction)
        let taken = handedOver.filter { OfferNews(type: $0.event.type) == .taken }
        owners[subject] = try await Self.loadOwners(of: subject, Array(Set(taken.map(\.subject))), tenant, in: transaction)
      }
    }
  }

  private static func loadTasks(
    of subject: ToldTask.Subject, _ ids: [Int64], _ tenant: TenantId, in transaction: Transaction
  ) async throws -> [Int64: [ToldTask]] {
    guard !ids.isEmpty else { return [:] }
    let found =
      switch subject {
      case .request: try await transaction.query(RequestTasksToTell(tenant: tenant, ids: ids))
      case .change: try await transaction.query(ChangeTasksToTell(provider: tenant, ids: ids))
      }
    return Dictionary(grouping: found) { $0.id }
  }

  private static func loadOffers(
    of subject: ToldOffer.Subject, _ ids: [Int64], _ tenant: TenantId, in transaction: Transaction
  ) async throws -> [Int64: [ToldOffer]] {
    guard !ids.isEmpty else { return [:] }
    let found =
      switch subject {
      case .request: try await transaction.query(RequestOffersToTell(tenant: tenant, ids: ids))
      case .problem: try await transaction.query(ProblemOffersToTell(tenant: tenant, ids: ids))
      case .change: try await transaction.query(ChangeOffersToTell(tenant: tenant, ids: ids))
      case .release: try await transaction.query(ReleaseOffersToTell(tenant: tenant, ids: ids))
      case .majorIncident: try await transaction.query(MajorOffersToTell(tenant: tenant, ids: ids))
      }
    return Dictionary(grouping: found) { $0.id }
  }

  private static func loadOwners(
    of subject: ToldOffer.Subject, _ ids: [Int64], _ tenant: TenantId, in transaction: Transaction
  ) async throws -> [Int64: ToldOwner] {
    guard !ids.isEmpty else { return [:] }
    let found: [ToldOwner] =
      switch subject {
      case .request: try await transaction.query(RequestOwnersToTell(tenant: tenant, ids: ids))
      case .problem: try await transaction.query(ProblemOwnersToTell(tenant: tenant, ids: ids))
      case .change: try await transaction.query(ChangeOwnersToTell(tenant: tenant, ids: ids))
      case .release: try await transaction.query(ReleaseOwnersToTell(tenant: tenant, ids: ids))
      case .majorIncident: try await transaction.query(MajorLeadsToTell(tenant: tenant, ids: ids))
      }
    return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
  }

  /// Nil when there is nothing to tell of it any more.
  subscript(kind: String, id: Int64, event: FoundEvent) -> AccountMatter? {
    if kind == "proof" { return proofs[id]?.matter((event.payload["new"]?.array ?? []).compactMap(\.integer)) }
    if kind == EscalationNews.subjectKind { return ToldEscalation(event.payload).map { .escalation($0) } }
    if kind == GateNews.subjectKind { return approvals[id].flatMap { Self.matter($0, event.payload) } }
    if kind == ArticleNews.subjectKind { return ToldArticle(event.payload).map { .article($0) } }
    if let subject = ToldTask.Subject(rawValue: kind), let news = TaskNews(type: event.type) {
      let bits = event.payload["task"]?.text.flatMap { PublicId($0) }?.random
      return tasks[subject]?[id]?.first { $0.publicId == bits && $0.stands(news, event) }.map { .task($0) }
    }
    if let subject = ToldOffer.Subject(rawValue: kind), let news = OfferNews(type: event.type) {
      if let offer = offers[subject]?[id]?.first(where: { $0.stands(news, at: event.occurredAt) }) { return .offer(offer) }
      guard news == .taken, let told = owners[subject]?[id], told.stands(event) else { return nil }
      return .owner(told)
    }
    if kind == RequestNews.subjectKind {
      guard let told = requests[id]?.told(event, askedOfRequests[id] ?? [], of: tenant) else { return nil }
      return .request(told)
    }
    if kind == ProblemTelling.subjectKind { return problems[id]?.told(event).map { .problem($0) } }
    if kind == ChangeTelling.subjectKind {
      guard let told = changes[id]?.told(event, askedOfChanges[id] ?? [], of: tenant) else { return nil }
      return .change(told)
    }
    if kind == ReleaseNews.subjectKind { return releases[id]?.told(event).map { .release($0) } }
    if kind == MajorNews.subjectKind { return majors[id]?.told(event, majorEntries).map { .majorIncident($0) } }
    guard let matter = matters[kind]?[id] else { return nil }
    switch matter {
    case .renewal(let renewal): return renewal.stands(event) ? matter : nil
    // A term that was given another end meanwhile is not over.
    case .lapse(let contract): return Value.instant(contract.endsAt) == event.payload["endsAt"] ? matter : nil
    case .action(let action):
      // Who was to see to it is told as long as he is.
      if let owner = event.payload["owner"]?.text.flatMap({ PublicId($0) }), owner.random != action.ownerPublicId { return nil }
      return matter
    case .reminder(let reminder): return reminder.stands(event) ? .reminder(reminder.told(event)) : nil
    case .triage(let triage): return .triage(triage.told(event))
    case .proof, .certification, .gateApproval, .escalation, .request, .change, .release, .offer, .owner, .problem, .task, .article, .majorIncident:
      return matter
    }
  }

  /// Who was asked is told as long as he is; a program that asked is told nothing.
  private static func matter(_ approval: ToldGateApproval, _ payload: Value) -> AccountMatter? {
    var approval = approval
    approval.isDecided = payload["answer"] != nil
    if !approval.isDecided, approval.state != "asked" { return nil }
    if let other = payload["to"]?.text.flatMap({ PublicId($0) }) {
      // Somebody else may have been named in his place by now.
      guard approval.delegatePublicId == other.random else { return nil }
      approval.isForDelegate = true
    }
    return approval.receiver == nil ? nil : .gateApproval(approval)
  }

  private static func byId(_ rows: [(id: Int64, matter: AccountMatter)]) -> [Int64: AccountMatter] {
    Dictionary(rows.map { ($0.id, $0.matter) }) { first, _ in first }
  }
}
