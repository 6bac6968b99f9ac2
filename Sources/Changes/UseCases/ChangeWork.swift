import Approvals
import Attributes
import Desk
import Kernel
import Knowledge
import Operations
import Postgres
import Problems
import Requests
import Tenancy

/// A change in the hands of an act: read and locked with its approvals and tasks. The act moves it in memory; ``save(countsVersion:)`` writes what
/// differs, and the events. Acts on one change come one after the other.
struct ChangeWork: Sendable {
  let provider: TenantEntry
  let actor: Actor
  let now: Instant
  let transaction: Transaction
  var row: ChangeRow
  private let before: ChangeRow
  private var edit: AttributeEdit?
  private var texts: [FieldChange] = []

  static let time = Actor(kind: .system, id: 0, via: .job)

  /// What time has decided by now is decided before the act.
  static func load(
    _ id: PublicId, of provider: TenantEntry, for customers: [Int64]?, by actor: Actor = time, at now: Instant, in transaction: Transaction
  ) async throws -> ChangeWork? {
    let (_, rows) = try await transaction.query(
      HoldChange(provider: provider.id, customers: customers, publicId: id), ChangeByPublicId(provider: provider.id, customers: customers, publicId: id))
    guard var row = rows.first else { return nil }
    let (approvals, tasks) = try await transaction.query(
      ApprovalsOfChange(provider: provider.id, change: row.id), TasksOfChange(provider: provider.id, change: row.id))
    row.process.round = ApprovalRound(approvals)
    row.process.board = TaskBoard(tasks)
    var work = ChangeWork(provider: provider, actor: actor, now: now, transaction: transaction, row: row, before: row)
    try work.row.process.expire(at: now)
    return work
  }

  /// Locks the change `id` for an act of the caller. One that he may not see is not there.
  static func begin(on id: PublicId, in context: OperationContext, comparesVersion: Bool = true, mustServeAll: Bool = true) async throws -> ChangeWork {
    let found = try await load(
      id, of: context.provider, for: context.reachableCustomers, by: context.actor, at: context.now, in: context.transaction)
    guard context.principal.side == .staff, let work = found else { throw Failure.notFound }
    if mustServeAll, !work.row.mayAct { throw Failure(.denied, ChangeMessages.servesAll) }
    if comparesVersion { try context.requireVersion(work.row.version) }
    context.subject(id)
    return work
  }

  var id: PublicId { provider.id(IdKind.change.prefix, row.publicId) }
  var searched: SearchedSubject { SearchedSubject(.change, row.id, of: provider.id, openedAt: row.openedAt) }

  func record(in context: OperationContext) async throws -> ChangeRecord {
    let clashes = try await context.clashes(of: [row.id])
    return ChangeRecord(row, clashes: clashes[row.id], in: context)
  }

  /// Something of it is written. That it may be done in a freeze, and its risk, were another plan's; what a model answers it answers again.
  mutating func write(in context: OperationContext) async throws {
    try row.process.write()
    (row.freezeReason, row.freezes) = (nil, [])
    takesPart(context.principal)
    if row.model != nil { try assess(row.answers, try await context.questionnaire(row.questionnaire)) }
  }

  /// Whoever writes, judges, submits or does something of it decides on none of it.
  mutating func takesPart(_ principal: Principal) { row.parties.insert(Party(principal)) }

  /// All who had a part in it, with who answers for it now and who is at its tasks.
  var parties: [Party] {
    let staff = Actor.Kind.staff.rawValue
    return row.parties + [row.author] + (row.owner.map { [Party(kind: staff, id: $0.id, person: row.ownerPerson)] } ?? [])
      + row.process.board.tasks.compactMap(\.assignee).map { Party(kind: staff, id: $0.id, person: nil) }
  }

  mutating func own(_ found: StaffForChange.Found) {
    let before = row.owner.map { provider.id(IdKind.staff.prefix, $0.publicId) }
    (row.owner, row.ownerName, row.ownerPerson) = (found.account, found.name, found.person)
    note("owner_changed", [Value.Member("owner", .id(provider.id(IdKind.staff.prefix, found.account.publicId))), Value.Member("from", .id(before))])
  }

  /// All whom it concerns.
  func concerned() async throws -> [TenantId] {
    try await transaction.query(ConcernedCustomers(provider: provider.id, change: row.id, customers: nil, limit: Int64.max)).map(\.id)
  }

  /// What the approver's rule looks at. What concerns nobody yet is for who serves all.
  func approverFacts() async throws -> ApproverRule.Facts {
    let customers = try await concerned()
    return ApproverRule.Facts(
      tenants: customers.isEmpty ? [provider.id] : Set(customers), permission: ChangeRights.approve, submitter: row.author, parties: parties,
      mayBeOwn: row.mayApproveOwn)
  }

  /// The teams of its tasks that may not work for all whom it concerns.
  func teamsWithheld() async throws -> Set<Int64> {
    try await DeliveryModel.outside(row.process.board.teams, for: concerned(), in: transaction)
  }

  /// What is over has its owner.
  func requireNotOver() throws(Failure) {
    guard row.process.endedAt == nil else {
      throw Failure(.conflict, ChangeMessages.wrongState, ["state": row.process.state.rawValue, "step": "assign", "allowed": "-"])
    }
  }

  /// What a model says is not written by anybody.
  func requireOwnWords() throws(Failure) {
    guard row.model == nil else { throw Failure(.conflict, ChangeMessages.modelWrites) }
  }

  /// Notes what is the affair of one customer.
  /// - Parameter customer: whoever does not serve him does not see it.
  mutating func note(_ what: String, _ payload: [Value.Member] = [], of customer: TenantId? = nil) {
    let hidden = customer.map { [Value.Member(ProcessEventPayload.customerKey, .integer($0.rawValue))] } ?? []
    row.process.note(what, at: now, payload + hidden)
  }

  /// Tells the history which fields were written anew. What texts were and became lies beside it, so that it can be erased.
  mutating func note(_ changes: [FieldChange]) {
    guard !changes.isEmpty else { return }
    texts = changes
    note("changed", changes.payload)
  }

  /// Gives it the attributes that were told; all of a change's are the provider's own.
  mutating func tell(_ edit: AttributeEdit?) {
    guard let edit, !edit.isEmpty else { return }
    row.attributes = edit.after
    self.edit = edit
    note(AttributeEvents.internalChanged, AttributeEvents.payload(edit.keys(internal: true)))
  }

  /// Hands over to the transaction what differs from what was read, and the events.
  /// - Parameter countsVersion: whether others who read the change before must read it again.
  mutating func save(countsVersion: Bool = true) async throws {
    try await askStandIns()
    row.process.round.countVersions(since: before.process.round.approvals)
    row.process.board.countVersions(since: before.process.board.tasks)
    let (process, before) = (row.process, before.process)
    if countsVersion {
      row.version += 1
      row.updatedAt = now
    }
    for event in process.events {
      row.lastSeq += 1
      let type = "change.\(event.what)"
      transaction.record(
        Event(subjectKind: ChangeTelling.subjectKind, subject: row.id, seq: row.lastSeq, type: type, payload: payload(event), occurredAt: event.at),
        for: ChangeTelling.consumers(of: type) + OfferNews.consumers(of: type) + TaskNews.consumers(of: type), tenant: provider.id,
        actor: event.isByTime ? Self.time : actor, at: now)
      if event.subject == .change, let kind = ChangeNews.Kind(outcome: event.what) {
        let (by, outcome) = (event.isByTime ? Self.time : actor, kind == .implemented ? process.outcome?.rawValue : nil)
        transaction.enqueue(
          LeaveIncidentNews(
            provider: provider.id, change: row.id, seq: row.lastSeq, kind: kind, outcome: outcome, actor: by, at: event.at))
        try await tellProblems(kind, outcome: outcome, by: by, at: event.at)
      }
      if event.what == "changed" {
        transaction.keep(texts, of: "change", row.id, seq: row.lastSeq, tenant: provider.id, internal: true, at: now)
      }
      if let edit, event.what == AttributeEvents.internalChanged {
        let subject = AttributeSubject(tenant: provider.id, .change, row.id, openedAt: row.openedAt)
        edit.save(subject, seq: row.lastSeq, internalSeq: row.lastSeq, now: now, in: transaction)
      }
    }
    transaction.enqueue(UpdateChange(provider: provider.id, row: row))
    transaction.enqueueWords(of: searched, row.words, before: self.before.words)
    // It is over: nobody accepts what was offered.
    if process.endedAt != nil, before.endedAt == nil {
      transaction.enqueue(EndOffers(OfferSubject.change(row.id), of: provider.id, at: now))
    }
    let known = Dictionary(before.round.approvals.map { ($0.publicId, $0) }) { $1 }
    for approval in process.round.approvals where known[approval.publicId] != approval {
      if known[approval.publicId] == nil {
        transaction.enqueue(InsertChangeApproval(provider: provider.id, change: row.id, round: process.submissions, approval: approval, now: now))
      } else {
        transaction.enqueue(UpdateChangeApproval(provider: provider.id, approval: approval))
      }
    }
    let tasks = Dictionary(before.board.tasks.map { ($0.publicId, $0) }) { $1 }
    for task in process.board.tasks where tasks[task.publicId] != nil && tasks[task.publicId] != task {
      transaction.enqueue(UpdateChangeTask(provider: provider.id, task: task))
    }
    if isAnnounced { transaction.enqueue(InsertAnnouncements(provider: provider.id, change: row.id, seq: row.lastSeq)) }
  }

  /// The problems that it is to remove are told what became of it; they are the provider's own, as it is, so that it need not wait.
  private func tellProblems(_ kind: ChangeNews.Kind, outcome: String?, by actor: Actor, at occurredAt: Instant) async throws {
    let news: ProblemTelling
    switch kind {
    case .implemented: news = .changeImplemented
    case .backedOut: news = .changeBackedOut
    case .cancelled: news = .changeCancelled
    case .linked, .unlinked, .caused, .notCaused: return
    }
    let problems = try await transaction.query(ProblemsOfChange(provider: provider.id, change: row.id))
    guard !problems.isEmpty else { return }
    let change = [Value.Member("change", .id(id)), Value.Member("number", .text(ChangeNumber.text(provider.code, row.number)))]
    let result = outcome.map { [Value.Member("outcome", .text($0))] } ?? []
    transaction.enqueue(HoldProblems(provider: provider.id, problems: problems))
    transaction.enqueue(
      TellProblems(news, .object(change + result), to: problems, of: provider.id, by: actor, at: occurredAt, now: now))
  }

  /// Whether customers are told of it, or were.
  private var isAnnounced: Bool {
    guard row.differsToCustomers(from: before) else { return false }
    return switch row.process.state {
    case .approved, .implementing, .implemented, .backedOut, .closed: row.publicText != nil
    // What was told is told to be over; of what never was, the sweep writes nothing.
    case .draft, .assessed, .awaitingApproval, .rejected, .cancelled: row.process.submissions > 0
    }
  }

  private func payload(_ event: ChangeProcess.Event) -> Value {
    let subject: [Value.Member] =
      switch event.subject {
      case .change: []
      case .approval(let bits): [Value.Member("approval", .id(provider.id(IdKind.changeApproval.prefix, bits)))]
      case .task(let bits): [Value.Member("task", .id(provider.id(IdKind.changeTask.prefix, bits)))]
      }
    return .object(subject + event.payload)
  }

  /// Replaces the tasks of a change that has not begun.
  mutating func plan(_ planned: [PlannedTask], random: RandomSource) async throws {
    var tasks: [RequestTask] = []
    for (index, task) in planned.enumerated() {
      var team: Int64?
      if let id = task.team {
        team = try await transaction.first(TeamByPublicId(publicId: id))
        if team == nil { throw Failure.invalid("tasks[\(index)].team", InputMessages.unknownReference) }
      }
      tasks.append(
        RequestTask(publicId: random.publicIdBits(), seq: Int64(index) + 1, step: task.step, names: task.name.value ?? .null, team: team))
    }
    transaction.enqueue(DropChangeTasks(provider: provider.id, change: row.id))
    for task in tasks { transaction.enqueue(InsertChangeTask(provider: provider.id, change: row.id, task: task, now: now)) }
    row.process.board = TaskBoard(tasks)
    note("planned", [Value.Member("tasks", .integer(Int64(tasks.count)))])
  }

  /// The answers count for the change from now on, by the questions in force.
  mutating func assess(_ answers: Value, _ questionnaire: (seq: Int64, content: Questionnaire)) throws(Failure) {
    try row.process.assess(RiskRule.judge(answers.members ?? [], by: questionnaire.content), at: now)
    (row.answers, row.questionnaire) = (answers, questionnaire.seq)
  }
}

extension ChangeWork {
  /// Of what is asked, or went to others, by this act: where no account can decide it, administrators are asked besides, or else account managers, who
  /// see to it otherwise as well that changes are decided.
  /// - Parameter again: also of what was asked before.
  mutating func askStandIns(again: Bool = false) async throws {
    let work = self
    let asked = row.process.round.approvals
    let found = try await VacancyRule.standIns(
      for: asked, since: again ? nil : before.process.round.approvals, [.administrator, .accountManager]
    ) { roles, _ in
      try await work.hasApprover(roles)
    }
    for (approval, role) in found { try row.process.standIn(role, for: approval.publicId, at: now) }
  }

  /// Whether somebody can decide for all whom it concerns whose word counts: neither one who had a part in it, where the rule does not let him, nor one
  /// who has agreed already.
  private func hasApprover(_ roles: Set<String>) async throws -> Bool {
    let agreed = row.process.round.approvals.filter { $0.state == .approved }.compactMap(\.decidedBy)
    return try await transaction.first(
      HasChangeApprover(
        provider: provider.id, roles: roles.sorted(), concerned: try await concerned().map(\.rawValue),
        parties: (row.mayApproveOwn ? [] : parties) + agreed, now: now)) ?? false
  }
}

extension ChangeNews.Kind {
  /// What incidents are told when a change comes to its end; nil for what else happens to it.
  fileprivate init?(outcome event: String) {
    switch event {
    case "implemented": self = .implemented
    case "backed_out": self = .backedOut
    case "cancelled": self = .cancelled
    default: return nil
    }
  }
}

/// A number for people: the provider's code, and the thing's number there.
package enum ChangeNumber {
  package static func text(_ code: String, _ number: Int64) -> String { "\(code)-CHG-\(pad(number, 6))" }
  package static func release(_ code: String, _ number: Int64) -> String { "\(code)-REL-\(pad(number, 6))" }
}

extension ChangeRow {
  /// Whether customers are to be told something else than before. As long as it is not agreed to, they are told nothing but that.
  fileprivate func differsToCustomers(from before: ChangeRow) -> Bool {
    guard process.state.toldAgain == before.process.state.toldAgain else { return true }
    guard process.state.told != nil else { return false }
    return publicText != before.publicText || process.startsAt != before.process.startsAt || process.endsAt != before.process.endsAt
      || process.startedAt != before.process.startedAt || process.finishedAt != before.process.finishedAt || process.outcome != before.process.outcome
  }
}

extension OperationContext {
  /// Whether the caller manages changes for all whom this one concerns.
  func manages(_ work: ChangeWork) async throws -> Bool { try await holds(ChangeRights.manage, forAllOf: work) }

  /// Whoever says that alerts are expected by a change, or of what and when, may announce a maintenance window of each whom it concerns.
  /// - Parameter path: the field that says so.
  func requireMaySuppress(_ work: ChangeWork, _ path: String) async throws {
    guard work.row.suppressesAlerts, try await !holds(ChangeRights.suppress, forAllOf: work) else { return }
    throw Failure.invalid(path, ChangeMessages.mayNotSuppress, ["permission": ChangeRights.suppress])
  }

  private func holds(_ permission: String, forAllOf work: ChangeWork) async throws -> Bool {
    guard let access = principal.access(permission, honouring: [.listed, .all], at: now) else { return false }
    if access.reaches(provider.id) { return true }
    let concerned = try await work.concerned()
    return !concerned.isEmpty && concerned.allSatisfy { access.reaches($0) }
  }

  /// What concerns nobody in particular is for who serves all customers.
  func requireEveryCustomer() throws(Failure) {
    guard reachableCustomers == nil else { throw Failure(.denied, ChangeMessages.servesAll) }
  }

  /// A change that the caller may see.
  func change(_ id: PublicId) async throws -> ChangeRow {
    let found = ChangeByPublicId(provider: provider.id, customers: reachableCustomers, publicId: id)
    guard principal.side == .staff, let row = try await transaction.first(found) else { throw Failure.notFound }
    return row
  }

  /// The account of the caller, who is a person of the staff.
  func staffAccount() async throws -> StaffForChange.Found {
    guard actor.kind == .staff, let own = try await transaction.first(AccountOfStaff(provider: provider.id, account: actor.id)) else {
      throw Failure(.denied, ChangeMessages.needsPerson)
    }
    return own
  }
}
