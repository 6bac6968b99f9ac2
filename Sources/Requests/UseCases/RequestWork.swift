import Approvals
import Attributes
import Catalog
import Desk
import Kernel
import Operations
import Postgres
import ServiceLevels
import Tenancy

/// A request in the hands of an act: read and locked with its approvals and tasks. The act moves ``process`` in memory; ``save(countsVersion:)``
/// writes what differs, and the events.
struct RequestWork: Sendable {
  let tenant: TenantEntry
  let actor: Actor
  let now: Instant
  let random: RandomSource
  let transaction: Transaction
  let held: HeldRequest
  var process: RequestProcess
  let before: RequestProcess
  /// Who has taken it; nil: the rule says who answers.
  var owner: RequestOwner?
  /// What the customer was promised.
  var clocks: SubjectClocks
  /// The clocks whose promises were broken by then; others have told of those.
  let missedRead: Set<Int64>
  private var edit: AttributeEdit?

  static let time = Actor(kind: .system, id: 0, via: .job)

  /// What time has decided by now is decided before the act.
  static func load(
    _ id: Int64, of tenant: TenantEntry, by actor: Actor = time, at now: Instant, _ random: RandomSource, in transaction: Transaction
  ) async throws -> RequestWork? {
    let (_, requests, approvals, tasks) = try await transaction.query(
      HoldRequest(tenant: tenant.id, id: id), ReadHeldRequest(tenant: tenant.id, id: id), ApprovalsOfRequest(tenant: tenant.id, request: id),
      TasksOfRequest(tenant: tenant.id, request: id))
    guard let held = requests.first else { return nil }
    let before = RequestProcess(request: held.facts, approvals: approvals, tasks: tasks)
    var process = before
    try process.expire(at: now)
    // Of what was over by then no share passes.
    let clocks = try await SubjectClocks.load(
      .request(held.id), tenant: tenant.id, at: now, passing: process.acts.first?.at, in: transaction)
    return RequestWork(
      tenant: tenant, actor: actor, now: now, random: random, transaction: transaction, held: held, process: process, before: before,
      owner: held.owner, clocks: clocks, missedRead: clocks.missed)
  }

  var isMoved: Bool { !process.events.isEmpty }

  /// What the approver's rule looks at.
  var approverFacts: ApproverRule.Facts {
    ApproverRule.Facts(
      tenants: [tenant.id], requester: held.requester, unit: held.unit, submitter: held.submitter,
      mayBeOwn: held.mayApproveOwn)
  }

  /// Begins what was only recorded: asks who is to agree.
  mutating func begin(_ content: OfferingContent, value: Money?, persons: [String: Int64]) throws {
    let bits = random
    let planned = ApprovalPlan.approvals(of: content.approval, value: value, persons: persons) { bits.publicIdBits() }
    try process.begin(asking: planned, at: now)
  }

  /// Begins what a version recorded that knew no process: by the rule of the version that it was written by.
  mutating func beginRecorded(_ reason: String) async throws {
    guard process.request.state == .submitted else {
      throw process.request.state.refusal(of: "begin")
    }
    guard let stored = try await transaction.first(ContentOfVersion(version: held.offeringVersion)) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "the version of an order is not there any more")
    }
    let content = try OfferingContent.read(stored)
    let persons = AnswerRule(form: content.form).read(held.answers).persons
    let people = try await transaction.query(PersonsOfRequest(tenant: tenant.id, publicIds: Array(Set(persons.values)), own: nil))
    let value = content.value(of: held.answers.members ?? [])
    transaction.enqueue(RecordTerms(tenant: tenant.id, id: held.id, value: value, mayApproveOwn: content.approval.ownRequests))
    process.request.reason = reason
    try begin(content, value: value, persons: people.named(by: persons))
  }

  /// Opens the tasks of what was agreed to. Only the staff's side may read what they are. An offering that names none has one, of no team:
  /// what nobody sees in a queue, nobody does. So has one for a team that may not work for the customer: an offering is written for all.
  mutating func open() async throws {
    let last = process.tasks.max { ($0.step, $0.seq) < ($1.step, $1.seq) }
    let tasks: [RequestTask] = if let last { [mending(after: last)] } else { try await plannedTasks() }
    let withheld = try await DeliveryModel.outside(tasks.compactMap(\.team), for: [tenant.id], in: transaction)
    try process.open(tasks, withholdingFrom: withheld, at: now)
  }

  private func plannedTasks() async throws -> [RequestTask] {
    let planned = try await transaction.query(PlannedTasks(version: held.offeringVersion))
    let carrying = planned.first { $0.carriesAccess } ?? planned.max { ($0.step, $0.seq) < ($1.step, $1.seq) }
    let tasks = planned.map { task in
      RequestTask(
        publicId: random.publicIdBits(), seq: task.seq, step: task.step, names: task.names, team: task.team,
        carriesAccess: !held.access.isNull && task.seq == carrying?.seq)
    }
    guard tasks.isEmpty else { return tasks }
    return [
      RequestTask(
        publicId: random.publicIdBits(), seq: 1, step: 1, names: taskNames(RequestMessages.fulfil), team: nil, carriesAccess: !held.access.isNull)
    ]
  }

  /// What there is to do when what was done did not hold: a task of the team that was to do the last one. It carries the access, where that was
  /// skipped; what was given is not given again.
  private func mending(after last: RequestTask) -> RequestTask {
    RequestTask(
      publicId: random.publicIdBits(), seq: (process.tasks.map(\.seq).max() ?? last.seq) + 1, step: last.step + 1, names: taskNames(RequestMessages.mend),
      team: last.team ?? last.withheldTeam, carriesAccess: !held.access.isNull && !process.tasks.contains { $0.carriesAccess && $0.state == .done })
  }

  /// By language, with the offering's name.
  private func taskNames(_ message: Message) -> Value {
    .object(
      (held.offeringName.members ?? []).compactMap { member -> Value.Member? in
        guard let language = Language(rawValue: member.name), let name = member.value.text else { return nil }
        return Value.Member(member.name, .text(message.text(language, ["name": name])))
      })
  }

  /// Gives it the attributes that were told.
  mutating func tell(_ edit: AttributeEdit?) {
    guard let edit, !edit.isEmpty else { return }
    self.edit = edit
    for isInternal in [false, true] { process.noteAttributes(edit.keys(internal: isInternal), internal: isInternal, at: now) }
  }

  /// Whether a line in force still covers it; another one takes the place of one that has ended.
  mutating func requireCovered() async throws {
    let sales = try await transaction.query(SalesInForce(tenant: tenant.id, at: now))
    var units: [Int64] = []
    if let unit = held.unit { units = try await transaction.query(UnitsAbove(tenant: tenant.id, unit: unit)) }
    func line(among sales: [SalesInForce.Found]) -> Int64? {
      CoverageRule.line(of: held.offering, service: held.service, among: sales, person: held.requester, units: units)
    }
    let own = process.request.line
    guard let covering = line(among: sales.filter { $0.line == own }) ?? line(among: sales) else {
      throw Failure(.conflict, RequestMessages.notCovered, ["code": held.offeringCode])
    }
    if covering != own { process.cover(by: covering, at: now) }
  }

  /// Says when it closes by itself, unless its customer says something before: by the policy as it is now. What is told already stays as it is when
  /// the policy changes.
  mutating func planClosing() async throws {
    let days = try await transaction.first(RequestPolicyDays(tenant: tenant.id, line: process.request.line))?.closing ?? 0
    process.request.closesAt = days > 0 ? now.adding(seconds: days * 86_400) : nil
  }

  /// Hands over to the transaction what differs from what was read, and the events.
  /// - Parameter countsVersion: whether others who read the request before must read it again.
  mutating func save(countsVersion: Bool = true) async throws {
    guard isMoved else { return }
    try await askStandIns()
    if process.request.state == .fulfilled, before.request.state != .fulfilled { try await planClosing() }
    try await tellClocks()
    try await followPriority()
    process.countVersions(since: before)
    var events = process.events.map { ($0.what, $0.at, $0.isByTime ? Self.time : actor, payload($0)) }
    if isAccessDone, let recorded = try await recordAccess() {
      events.append(("access_recorded", now, actor, recorded))
    }
    transaction.enqueue(
      UpdateRequest(
        tenant: tenant.id, id: held.id, read: held.version, version: held.version + (countsVersion ? 1 : 0),
        lastSeq: held.lastSeq + Int64(events.count), process: process, owner: owner, standing: clocks.standing))
    saveClocks()
    // It is over: nobody accepts what was offered. Of what a customer's word ended the sweep sees to that.
    if process.request.endedAt != nil, before.request.endedAt == nil, actor.kind != .customer {
      transaction.enqueue(EndOffers(OfferedRequest(id: held.id), of: tenant.id, at: now))
    }
    let (approvals, tasks) = (Dictionary(before.approvals.map { ($0.seq, $0) }) { $1 }, Dictionary(before.tasks.map { ($0.seq, $0) }) { $1 })
    for approval in process.approvals where approvals[approval.seq] != approval {
      if approvals[approval.seq] == nil {
        transaction.enqueue(InsertApproval(tenant: tenant.id, request: held.id, approval: approval, now: now))
      } else {
        transaction.enqueue(UpdateApproval(tenant: tenant.id, request: held.id, approval: approval))
      }
    }
    for task in process.tasks where tasks[task.seq] != task {
      if tasks[task.seq] == nil {
        transaction.enqueue(InsertRequestTask(tenant: tenant.id, request: held.id, task: task, now: now))
      } else {
        transaction.enqueue(UpdateRequestTask(tenant: tenant.id, request: held.id, task: task))
      }
    }
    for (index, (what, at, actor, payload)) in events.enumerated() {
      if let edit, what == AttributeEvents.changed || what == AttributeEvents.internalChanged {
        let subject = AttributeSubject(tenant: tenant.id, .request, held.id, openedAt: held.submittedAt)
        edit.save(subject, internal: what == AttributeEvents.internalChanged, seq: held.lastSeq + Int64(index) + 1, now: now, in: transaction)
      }
      let type = "request.\(what)"
      transaction.record(
        Event(
          subjectKind: RequestNews.subjectKind, subject: held.id, seq: held.lastSeq + Int64(index) + 1, type: type, payload: payload, occurredAt: at),
        for: RequestNews.consumers(of: type) + OfferNews.consumers(of: type) + TaskNews.consumers(of: type), tenant: tenant.id, actor: actor, at: now)
    }
  }

  /// Whether this act did the task that carries the access. One that is skipped gives nothing and takes nothing.
  private var isAccessDone: Bool {
    let done = Set(before.tasks.filter { $0.state == .done }.map(\.seq))
    return process.tasks.contains { $0.carriesAccess && $0.state == .done && !done.contains($0.seq) }
  }

  private func payload(_ event: RequestProcess.Event) -> Value {
    let subject: [Value.Member] =
      switch event.subject {
      case .request: []
      case .approval(let bits): [Value.Member("approval", .id(tenant.id(IdKind.approval.prefix, bits)))]
      case .task(let bits): [Value.Member("task", .id(tenant.id(IdKind.task.prefix, bits)))]
      }
    return .object(subject + event.payload)
  }

  /// What doing it gives, changes or takes; nil where it is about no access.
  private func recordAccess() async throws -> Value? {
    guard !held.access.isNull else { return nil }
    let rule: AccessRule
    do throws(FieldError) {
      rule = try InputValues.read(AccessRule.self, from: held.access)
    } catch {
      throw Failure(.internal, OperationMessages.internalFault, debug: "an offering gives access that it may not: \(error.violations.map(\.path))")
    }
    let order = try AccessOrder(rule, answers: held.answers.members ?? [], requester: held.requester)
    guard let person = try await transaction.first(HoldPerson(tenant: tenant.id, person: order.person)) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "whom access was ordered for is not there any more")
    }
    // What has run out is had no more: it is not changed, but taken, or given anew.
    let heldOn: CalendarDate? = order.action == .change ? tenant.day(at: now) : nil
    let ended = try await transaction.first(
      EndEntitlement(tenant: tenant.id, person: person, resource: order.resource, request: held.id, heldOn: heldOn, now: now))
    if order.action != .change {
      transaction.enqueue(SettleRevoked(tenant: tenant.id, person: person, resource: order.resource, request: held.id, now: now))
    }
    var given: [UInt8]?
    // A change of what nobody has gives nothing: that would be a grant round the approval of the grant.
    if order.action == .grant || (order.action == .change && ended != nil) {
      let bits = random.publicIdBits()
      transaction.enqueue(InsertEntitlement(tenant: tenant.id, publicId: bits, person: person, order: order, request: held.id, now: now))
      given = bits
    }
    func id(_ bits: [UInt8]?) -> Value { .id(bits.map { tenant.id(IdKind.entitlement.prefix, $0) }) }
    return .object(["given": id(given), "ended": id(ended)])
  }
}

extension RequestWork {
  /// Looks again at who can decide what is asked: whoever could may have left since, or lost the right.
  mutating func lookForApprovers() async throws {
    let work = self
    let vain = try await VacancyRule.givenInVain(process.approvals) { delegate in
      try await work.transaction.first(MayApprove(tenant: work.tenant.id, party: delegate, now: work.now)) ?? false
    }
    for approval in vain { try process.endDelegation(of: approval.publicId, at: now) }
    try await askStandIns(again: true)
  }

  /// Of what is asked, or went to others, by this act: where no account can decide it, the customer's managers are asked besides, or else who
  /// keeps its contracts.
  /// - Parameter again: also of what was asked before.
  fileprivate mutating func askStandIns(again: Bool = false) async throws {
    let work = self
    let found = try await VacancyRule.standIns(for: process.approvals, since: again ? nil : before.approvals, [.customerManager, .accountManager]) {
      try await work.hasApprover($0, $1)
    }
    for (approval, role) in found { try process.standIn(role, for: approval.publicId, at: now) }
  }

  /// Whether somebody can decide whose word counts: neither his own request, where the rule does not let him, nor agreed to already.
  private func hasApprover(_ roles: Set<String>, _ person: Int64?) async throws -> Bool {
    let (facts, agreed) = (approverFacts, process.approvals.filter { $0.state == .approved })
    let own = facts.mayBeOwn ? [] : [facts.requester, facts.submitter.person]
    var units: [Int64] = []
    if let unit = held.unit { units = try await transaction.query(UnitsAbove(tenant: tenant.id, unit: unit)) }
    return try await transaction.first(
      HasApprover(
        tenant: tenant.id, roles: roles.sorted(), person: person, units: units, requester: held.requester,
        parties: (facts.mayBeOwn ? [] : [facts.submitter]) + agreed.compactMap(\.decidedBy),
        persons: (own + agreed.map(\.decidedBy?.person)).compactMap { $0 }, now: now)) ?? false
  }
}
