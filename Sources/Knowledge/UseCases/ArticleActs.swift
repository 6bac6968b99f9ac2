import Kernel
import Operations
import Tenancy

/// What the operations on articles share.
extension OperationContext {
  /// The customers whose own articles the caller may see; nil: all of them.
  var articleCustomers: [Int64]? { access.tenants.map { $0.map(\.rawValue).sorted() } }

  var readership: Readership { Readership(isStaff: principal.side == .staff, customers: articleCustomers) }

  /// An article that the caller, of the staff, may see.
  func article(_ id: PublicId) async throws -> ArticleRow {
    guard principal.side == .staff, let row = try await transaction.first(ArticleByPublicId(customers: articleCustomers, publicId: id)) else {
      throw Failure.notFound
    }
    return row
  }

  func articleRecord(_ id: PublicId) async throws -> ArticleRecord {
    subject(id)
    return ArticleRecord(try await article(id), in: self)
  }

  /// An article in the version that the caller saw, and its life after what he is about to do.
  func article(_ id: PublicId, for act: ArticleLife.Act) async throws -> (row: ArticleRow, life: ArticleLife) {
    let row = try await article(id)
    try requireVersion(row.version)
    guard let life = row.life.after(act) else {
      let allowed = ArticleLife.Act.allCases.filter { row.life.after($0) != nil }.map(\.rawValue).asAllowed
      throw Failure(
        .conflict, KnowledgeMessages.notNow,
        ["state": row.life.standing.rawValue, "draft": row.life.draft?.rawValue ?? "-", "allowed": allowed])
    }
    return (row, life)
  }

  /// Writes what an act made of an article, with its event.
  func save(_ update: UpdateArticle, of row: ArticleRow, _ what: String) async throws {
    guard let version = try await transaction.first(update) else { throw beaten }
    noteArticle(row.id, version, what, id(.article, row.publicId))
  }

  /// An event of the provider's, which names its subject and tells nothing else.
  func noteArticle(_ row: Int64, _ seq: Int64, _ what: String, _ id: PublicId) {
    let event = Event(
      subjectKind: ArticleReviewNews.articleKind, subject: row, seq: seq, type: "article.\(what)", payload: .object(["id": .id(id)]), occurredAt: now)
    transaction.record(event, tenant: provider.id, actor: actor, at: now)
  }

  /// Has a published article looked through from today on, and who began it told why. Bound to the provider.
  /// - Parameter reason: codes and ids, never what somebody wrote.
  package func callForReview(of article: Int64, because reason: [Value.Member]) async throws {
    guard let due = try await transaction.first(CallForReview(article: article, day: day)) else { return }
    let payload = [Value.Member("id", .id(id(.article, due.publicId))), Value.Member("dueOn", .date(due.day))] + reason
    let event = Event(
      subjectKind: ArticleReviewNews.articleKind, subject: article, seq: due.version, type: ArticleReviewNews.sourceChanged,
      payload: .object(payload), occurredAt: now)
    transaction.record(event, for: ["notifications"], tenant: provider.id, actor: actor, at: now)
  }

  /// What all customers read, or are to read, is for those who may act for all of them.
  func requireReach(of row: ArticleRow) throws(Failure) {
    let isForCustomers = row.audience == ArticleAudience.customers.rawValue || row.draft?.content.audience == .customers
    guard row.onlyTenant != nil || !isForCustomers || access.tenants == nil else { throw Failure(.denied, KnowledgeMessages.forAllOnly) }
  }

  /// Makes the draft the newest version.
  func publish(_ row: ArticleRow, _ life: ArticleLife, bypassReason: String?) async throws {
    guard let draft = row.draft else { throw beaten }
    try requireReach(of: row)
    let seq = (row.publishedSeq ?? 0) + 1
    transaction.enqueue(
      InsertArticleVersion(article: row.id, seq: seq, draft: draft, reviewer: Writer(principal), bypassReason: bypassReason, now: now))
    transaction.enqueue(KeepPublished(row: row, seq: seq, content: draft.content, now: now))
    transaction.enqueue(DropDraft(article: row.id))
    var update = UpdateArticle(row, life)
    update.content = draft.content
    update.publishedSeq = seq
    update.reviewDueOn = ArticleRule.reviewDay(after: day, months: row.reviewMonths)
    try await save(update, of: row, bypassReason == nil ? "published" : "bypassed")
  }

  /// The day, as exactly as a review needs it: in UTC.
  var day: CalendarDate { now.utcDay }
}

extension OperationContext {
  /// Begins an article with its first draft. Bound to the provider, be it besides another tenant.
  /// - Returns: its row.
  package func beginArticle(
    _ content: ArticleContent, onlyTenant: TenantId?, reviewMonths: Int64 = 12
  ) async throws -> (row: Int64, id: PublicId) {
    let id = self.id(.article, random.publicIdBits())
    guard let number = try await transaction.first(NextNumber("article", of: provider.id)),
      let row = try await transaction.first(
        InsertArticle(
          publicId: id, number: number, content: content, onlyTenant: onlyTenant, reviewMonths: reviewMonths, author: Writer(principal), now: now))
    else { throw beaten }
    noteArticle(row, 1, "created", id)
    return (row, id)
  }
}
