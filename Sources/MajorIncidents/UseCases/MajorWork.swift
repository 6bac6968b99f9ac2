import Attributes
import Desk
import Kernel
import Knowledge
import Operations
import Postgres
import Tenancy

/// A major incident in the hands of an act: read and locked. The act changes it in memory; ``save(countsVersion:)`` hands it and its events to the
/// transaction. Whoever locks a major incident and tickets locks the former first.
struct MajorWork: Sendable {
  let context: OperationContext
  var row: MajorRow
  /// What it was found by when it was read.
  let wordsBefore: ProcessText
  /// Whose incidents are part of it.
  private(set) var customers: [TenantId] = []

  /// Locks the major incident `id`. One that the caller may not see is not there; of one that he sees, he acts who may work on the incidents of all
  /// its customers: a grant for a few must not say something to the others.
  /// - Parameter mayAct: whether the caller may do this at a customer; nil: as who works on his incidents.
  static func begin(
    on id: PublicId, in context: OperationContext, comparesVersion: Bool = true, where mayAct: ((TenantId) -> Bool)? = nil
  ) async throws -> MajorWork {
    let reader = context.majorReader
    let (_, rows) = try await context.transaction.query(HoldMajor(reader: reader, publicId: id), MajorByPublicId(reader: reader, publicId: id))
    guard context.principal.side == .staff, let row = rows.first else { throw Failure.notFound }
    let customers = try await context.transaction.query(CustomersOfMajor(provider: context.provider.id, major: row.id))
    guard customers.allSatisfy(mayAct ?? context.mayWorkAt) else { throw Failure(.denied, MajorMessages.servesEach) }
    if comparesVersion { try context.requireVersion(row.version) }
    context.subject(id)
    return MajorWork(context: context, row: row, wordsBefore: row.words, customers: customers)
  }

  var id: PublicId { context.id(.majorIncident, row.publicId) }
  var searched: SearchedSubject { row.searched(of: context.provider.id) }
  var number: String { MajorNumber.text(context.provider.code, row.number) }

  /// With how many incidents are part of it.
  func record() async throws -> MajorRecord {
    let count = ChildCount(provider: context.provider.id, major: row.id, customers: context.reachableCustomers)
    return MajorRecord(line: MajorLine(row, in: context), count: try await context.transaction.first(count) ?? (0, 0))
  }

  /// Moves it on; what was written of it so far is kept.
  mutating func apply(_ act: MajorAct) throws(Failure) {
    let before = row.process
    try row.process.apply(act, at: context.now)
    note(act.event, row.process.changes(since: before))
    switch act {
    case .reopen: row.reopenedSeq = row.lastSeq
    // Nothing is done about it any more: nobody accepts what was offered.
    case .review: context.transaction.enqueue(EndOffers(OfferSubject.majorIncident(row.id), of: context.provider.id, at: context.now))
    case .mitigate, .resolve: break
    }
  }

  /// Somebody leads it from now on.
  mutating func own(_ found: StaffToLead.Found) {
    let before = row.lead.map { context.id(.staff, $0.publicId) }
    (row.lead, row.leadName) = (found.lead, found.name)
    note("owner_changed", .object(["owner": .id(context.id(.staff, found.lead.publicId)), "from": .id(before)]))
  }

  /// Adds an event to the history. Its payload holds codes and ids, never what somebody wrote.
  /// - Parameters:
  ///   - customer: whose affair the event is; whoever does not serve him does not see it.
  ///   - isNews: whether people may be told of it; an entry that says why something else was done is told with that.
  mutating func note(_ what: String, _ payload: Value = .object([]), of customer: TenantId? = nil, isNews: Bool = true) {
    row.lastSeq += 1
    let hidden = customer.map { [Value.Member(ProcessEventPayload.customerKey, .integer($0.rawValue))] } ?? []
    let type = "major_incident.\(what)"
    let event = Event(
      subjectKind: MajorNews.subjectKind, subject: row.id, seq: row.lastSeq, type: type, payload: .object((payload.members ?? []) + hidden),
      occurredAt: context.now)
    let consumers = isNews ? MajorNews.consumers(of: type) + OfferNews.consumers(of: type) : []
    context.transaction.record(event, for: consumers, tenant: context.provider.id, actor: context.actor, at: context.now)
  }

  /// Tells the history which fields were written anew. What texts were and became lies beside it, so that it can be erased.
  mutating func note(_ what: String, _ changes: [FieldChange]) {
    note(what, .object(changes.isEmpty ? [] : changes.payload))
    context.transaction.keep(
      changes, of: MajorNews.subjectKind, row.id, seq: row.lastSeq, tenant: context.provider.id, internal: true, at: context.now)
  }

  /// Gives it the attributes that were told; all of a major incident's are the provider's own.
  mutating func tell(_ edit: AttributeEdit?) {
    guard let edit, !edit.isEmpty else { return }
    row.attributes = edit.after
    note(AttributeEvents.internalChanged, .object(AttributeEvents.payload(edit.keys(internal: true))))
    edit.save(
      AttributeSubject(tenant: context.provider.id, .majorIncident, row.id, openedAt: row.declaredAt), seq: row.lastSeq, internalSeq: row.lastSeq,
      now: context.now, in: context.transaction)
  }

  /// Leaves the event that was just noted to be told to the children, or done with them.
  func tell(_ what: MajorTelling) { tell(what, onlyChild: nil, as: context.actor, context.principal.name) }

  /// - Parameters:
  ///   - onlyChild: nil: all.
  ///   - actor: whose words they are, with his name.
  private func tell(_ what: MajorTelling, onlyChild: Int64?, as actor: Actor, _ name: String) {
    context.transaction.enqueue(
      InsertMajorTelling(provider: context.provider.id, major: row.id, seq: row.lastSeq, what: what, onlyChild: onlyChild, actor: actor, name: name))
  }

  /// Writes an entry of the log; customers are told by the sweep.
  /// - Parameter isNews: whether the staff are told of the entry by itself.
  @discardableResult mutating func log(_ body: String, for audience: MajorAudience, isNews: Bool = true) async throws -> PublicId {
    _ = try row.process.state(after: .write)
    let id = context.id(.majorEntry, context.random.publicIdBits())
    note("logged", .object(["entry": .id(id), "audience": .text(audience.rawValue)]), isNews: isNews)
    let entry = try await context.transaction.first(
      InsertMajorEntry(
        provider: context.provider.id, publicId: id, major: row.id, seq: row.lastSeq, audience: audience, body: body, principal: context.principal,
        now: context.now))
    context.transaction.enqueueWords(body, as: .among, about: searched, row.words)
    if audience == .customers, let entry { tell(.entry(entry)) }
    return id
  }

  /// Makes an incident of the bound tenant part of it. Its customer is told what the others were told last, unless he was.
  mutating func link(_ incidents: [PublicId], path: (Int) -> String) async throws {
    guard !incidents.isEmpty else { return }
    _ = try row.process.state(after: .link)
    let (transaction, provider, tenant) = (context.transaction, context.provider.id, context.tenant.id)
    guard context.mayWorkAt(tenant), context.tenant.kind == .customer else { throw context.unknownReference(path(0)) }
    try await requireLead(at: tenant, path(0))
    var found = try await transaction.query(TicketToLink(tenant: tenant, publicIds: incidents))
    try await TicketNews.hold(found.map(\.id), of: tenant, in: transaction)
    // As it is now that nobody else acts on it.
    found = try await transaction.query(TicketToLink(tenant: tenant, publicIds: incidents))
    let told = try await transaction.first(NewestEntryToCustomers(provider: provider, major: row.id, reopenedSeq: row.reopenedSeq))
    var seen: Set<Int64> = []
    for (index, incident) in incidents.enumerated() {
      guard let ticket = found.first(where: { $0.publicId == incident.random }) else { throw context.unknownReference(path(index)) }
      guard !ticket.isOver else { throw Failure.invalid(path(index), MajorMessages.incidentOver) }
      guard seen.insert(ticket.id).inserted else { continue }
      note("incident_linked", .object(["incident": .id(incident)]), of: tenant)
      let child = try await transaction.first(
        InsertChild(
          provider: provider, major: row.id, tenant: tenant, ticket: ticket.id, seq: row.lastSeq, name: context.principal.name, now: context.now))
      if let told, let child {
        let heard = HasHeard(provider: provider, major: row.id, tenant: tenant, ticket: ticket.id, entrySeq: told.seq)
        if try await transaction.first(heard) == nil { tell(.entry(told.id), onlyChild: child, as: told.actor, told.actorName) }
      }
      try await news(TicketEventType.majorLinked).tell([ticket.id], of: tenant, at: context.now, in: transaction)
    }
    if !customers.contains(tenant) { customers.append(tenant) }
  }

  mutating func unlink(_ incident: PublicId, because reason: String) async throws {
    _ = try row.process.state(after: .unlink)
    let (transaction, provider, tenant) = (context.transaction, context.provider.id, context.tenant.id)
    guard let ticket = try await transaction.first(TicketToLink(tenant: tenant, publicIds: [incident])) else {
      throw context.unknownReference("incident")
    }
    try await TicketNews.hold([ticket.id], of: tenant, in: transaction)
    note("incident_unlinked", .object(["incident": .id(incident)]), of: tenant)
    let child = InsertChild(
      provider: provider, major: row.id, tenant: tenant, ticket: ticket.id, seq: row.lastSeq, name: context.principal.name, now: context.now)
    guard try await transaction.first(EndChild(child: child, reason: reason)) != nil else { throw Failure(.conflict, MajorMessages.notLinked) }
    try await news(TicketEventType.majorUnlinked).tell([ticket.id], of: tenant, at: context.now, in: transaction)
  }

  /// Whoever leads it may work on the incidents of each of its customers.
  private func requireLead(at tenant: TenantId, _ path: String) async throws {
    // Who acts was asked already.
    let isOwn = context.actor.kind == .staff && row.lead?.id == context.actor.id
    guard let lead = row.lead, !isOwn, !customers.contains(tenant) else { return }
    let staff = StaffToLead(
      provider: context.provider.id, publicId: context.id(.staff, lead.publicId), customers: [tenant], now: context.now)
    guard try await context.transaction.first(staff)?.mayLead ?? false else { throw Failure.invalid(path, MajorMessages.leadMayNot) }
  }

  private func news(_ type: String) -> TicketNews {
    TicketNews(type, .object(["majorIncident": .id(id), "number": .text(number)]), by: context.actor, at: context.now)
  }

  /// - Parameter countsVersion: whether others who read it before must read it again.
  mutating func save(countsVersion: Bool = true) {
    if countsVersion {
      row.version += 1
      row.updatedAt = context.now
    }
    context.transaction.enqueue(UpdateMajor(provider: context.provider.id, row: row))
    context.transaction.enqueueWords(of: searched, row.words, before: wordsBefore)
  }
}

/// Its number for people: the provider's code, and its number there.
package enum MajorNumber {
  package static func text(_ code: String, _ number: Int64) -> String { "\(code)-MAJ-\(pad(number, 6))" }
}

extension OperationContext {
  var majorReader: MajorReader {
    // What the operator or Steward itself declared is not that of everybody who has no login: a program has its account.
    let account = [.staff, .service].contains(actor.kind) ? actor.id : nil
    return MajorReader(provider: provider.id, customers: reachableCustomers, account: account)
  }

  /// Whether the caller may act on major incidents, and on incidents, of this customer.
  func mayWorkAt(_ customer: TenantId) -> Bool {
    access.reaches(customer) && principal.access(MajorRights.atEach, honouring: [.listed, .all], at: now)?.reaches(customer) ?? false
  }

  /// One that the caller may see.
  func major(_ id: PublicId) async throws -> MajorRow {
    guard principal.side == .staff, let row = try await transaction.first(MajorByPublicId(reader: majorReader, publicId: id)) else {
      throw Failure.notFound
    }
    return row
  }
}

extension MajorProcess {
  /// What was written of it otherwise than before.
  fileprivate func changes(since before: MajorProcess) -> [FieldChange] {
    let told: [FieldChange] = [
      .text("mitigation", before.mitigation, mitigation), .text("resolution", before.resolution, resolution), .text("review", before.review, review),
    ]
    return told.real
  }
}
