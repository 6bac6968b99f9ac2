import Attributes
import Desk
import Kernel
import Knowledge
import Operations
import Postgres
import Tenancy

/// A problem in the hands of an act: read and locked. The act changes it in memory; ``save(countsVersion:)`` hands it and its events to the
/// transaction. Whoever locks a problem and tickets locks the problem first.
struct ProblemWork: Sendable {
  let context: OperationContext
  var row: ProblemRow
  /// What it was found by when it was read.
  let wordsBefore: ProcessText
  /// How it stood when it was read.
  let processBefore: ProblemProcess

  /// - Parameter row: as it was read once it was locked.
  init(context: OperationContext, row: ProblemRow) {
    self.context = context
    self.row = row
    wordsBefore = row.words
    processBefore = row.process
  }

  /// Locks the problem `id`. One that the caller may not see is not there.
  /// - Parameter concernsAll: whether the act says something to all that the problem is behind. Of one that may concern several customers
  ///   only who serves them all does that, or who answers for it: a grant for a few customers must not change what the others are told.
  static func begin(
    on id: PublicId, in context: OperationContext, comparesVersion: Bool = true, concernsAll: Bool = true
  ) async throws -> ProblemWork {
    let (provider, customers) = (context.provider.id, context.reachableCustomers)
    let (_, rows) = try await context.transaction.query(
      HoldProblem(provider: provider, customers: customers, publicId: id), ProblemByPublicId(provider: provider, customers: customers, publicId: id))
    guard context.principal.side == .staff, let row = rows.first else { throw Failure.notFound }
    if concernsAll, row.customer == nil, row.owner?.id != context.actor.id { try context.requireEveryCustomer() }
    if comparesVersion { try context.requireVersion(row.version) }
    context.subject(id)
    return ProblemWork(context: context, row: row)
  }

  var id: PublicId { context.id(.problem, row.publicId) }
  var number: String { ProblemNumber.text(context.provider.code, row.number) }
  var record: ProblemRecord { ProblemRecord(row, in: context) }
  var searched: SearchedSubject { SearchedSubject(.problem, row.id, of: context.provider.id, openedAt: row.openedAt) }

  /// What is over is not written at any more.
  func requireOpen() throws(Failure) { _ = try row.process.state(after: .write) }

  /// Moves the problem on; its incidents are told by the sweep.
  mutating func apply(_ act: ProblemAct) throws(Failure) {
    try row.process.apply(act, at: context.now)
    note(act.event, act.payload(of: row.process))
    if let news = act.news { tell(news) }
    // Work on it is over: nobody accepts what was offered.
    if !row.process.state.isOpen {
      context.transaction.enqueue(EndOffers(OfferSubject.problem(row.id), of: context.provider.id, at: context.now))
    }
  }

  /// Adds an event to the history. Its payload holds codes and ids, never what somebody wrote.
  /// - Parameter customer: whose affair the event is; whoever does not serve him does not see it.
  mutating func note(_ what: String, _ payload: Value = .object([]), of customer: TenantId? = nil) {
    row.lastSeq += 1
    let hidden = customer.map { [Value.Member(ProcessEventPayload.customerKey, .integer($0.rawValue))] } ?? []
    let type = "problem.\(what)"
    let event = Event(
      subjectKind: ProblemTelling.subjectKind, subject: row.id, seq: row.lastSeq, type: type, payload: .object((payload.members ?? []) + hidden),
      occurredAt: context.now)
    context.transaction.record(
      event, for: OfferNews.consumers(of: type) + ProblemTelling.consumers(of: type), tenant: context.provider.id, actor: context.actor, at: context.now)
  }

  /// Tells the history which fields were written anew. What texts were and became lies beside it, so that it can be erased. Words that were for
  /// those alone who serve its customer stay so, however wide it becomes.
  mutating func note(_ changes: [FieldChange]) {
    guard !changes.isEmpty else { return }
    note("changed", .object(changes.payload), of: row.customer?.id)
    context.transaction.keep(changes, of: "problem", row.id, seq: row.lastSeq, tenant: context.provider.id, internal: true, at: context.now)
  }

  /// Gives it the attributes that were told; all of a problem's are the provider's own.
  mutating func tell(_ edit: AttributeEdit?) {
    guard let edit, !edit.isEmpty else { return }
    row.attributes = edit.after
    note(AttributeEvents.internalChanged, .object(AttributeEvents.payload(edit.keys(internal: true))))
    edit.save(
      AttributeSubject(tenant: context.provider.id, .problem, row.id, openedAt: row.openedAt), seq: row.lastSeq, internalSeq: row.lastSeq,
      now: context.now, in: context.transaction)
  }

  /// Leaves the event that was just noted to be told to the incidents that are linked by then.
  func tell(_ news: ProblemNews.Kind) {
    context.transaction.enqueue(
      InsertTelling(provider: context.provider.id, problem: row.id, seq: row.lastSeq, kind: news, actor: context.actor, now: context.now))
  }

  /// Has the article that tells the problem looked through now, if it is published and what it says may not be right any more.
  func doubtArticle(after act: ProblemAct) async throws {
    if let doubt = ArticleDoubt(after: act, of: processBefore) { try await doubtArticle(doubt) }
  }

  func doubtArticle(_ doubt: ArticleDoubt) async throws {
    guard let article = row.article else { return }
    try await context.callForReview(
      of: article.id,
      because: [
        Value.Member("problem", .id(id)), Value.Member("problemNumber", .text(number)), Value.Member("reason", .text(doubt.rawValue)),
      ])
  }

  /// - Parameter countsVersion: whether others who read the problem before must read it again.
  mutating func save(countsVersion: Bool = true) {
    if countsVersion {
      row.version += 1
      row.updatedAt = context.now
    }
    context.transaction.enqueue(UpdateProblem(provider: context.provider.id, row: row))
    context.transaction.enqueueWords(of: searched, row.words, before: wordsBefore)
  }
}

/// A problem's number for people: the provider's code, and the problem's number there.
package enum ProblemNumber {
  package static func text(_ code: String, _ number: Int64) -> String { "\(code)-PRB-\(pad(number, 6))" }
}

extension OperationContext {
  /// What may concern several customers is for who serves them all.
  func requireEveryCustomer() throws(Failure) {
    guard reachableCustomers == nil else { throw Failure(.denied, ProblemMessages.servesAll) }
  }

  /// A problem that the caller may see.
  func problem(_ id: PublicId) async throws -> ProblemRow {
    let found = ProblemByPublicId(provider: provider.id, customers: reachableCustomers, publicId: id)
    guard principal.side == .staff, let row = try await transaction.first(found) else { throw Failure.notFound }
    return row
  }
}
