import Jobs
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Knowledge

/// That an article is to be looked through is left to be told once for each day that is set.
@Suite struct ArticleReviewTests {
  private func told(_ world: KnowledgeWorld) async throws -> [String] {
    try await world.database.superuser.transaction { try await $0.query(ToldReviews()) }
  }

  /// Whatever the size of a batch; one that cannot be told holds up no other; workers at once tell nothing twice.
  @Test func eachIsToldOnce() async throws {
    let world = try await KnowledgeWorld()
    for number in 1...5 { _ = try await world.published("A\(number)") }
    try await world.database.runAsSuperuser(
      "alter table knowledge.article add constraint poison check (number <> 2 or review_told_on is null) not valid")
    world.database.clock.set(try #require(Instant("2027-03-02T00:00:00Z")))
    let (now, tenancy) = (world.database.clock.now(), world.database.tenancy)
    await #expect(throws: LeftUndone.self) { try await ArticleReviewSweep(batch: 2).run(at: now, tenancy) }
    await #expect(throws: LeftUndone.self) { try await ArticleReviewSweep(batch: 1).run(at: now, tenancy) }
    #expect(try await told(world) == ["A1", "A3", "A4", "A5"])
    try await world.database.runAsSuperuser("alter table knowledge.article drop constraint poison")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 { group.addTask { try await ArticleReviewSweep().run(at: now, tenancy) } }
      try await group.waitForAll()
    }
    #expect(try await told(world).sorted() == ["A1", "A2", "A3", "A4", "A5"])
  }

  /// With tens of thousands of articles what is to be told is found by index.
  @Test func whatIsToBeToldIsFoundByIndex() async throws {
    let world = try await KnowledgeWorld()
    _ = try await world.published("A")
    try await world.database.runAsSuperuser(
      """
      insert into knowledge.article (public_id, number, kind, audience, title, state, published_seq, review_months, review_due_on, review_told_on,
        author_name, recorded_at)
      select substr(sha256(i::text::bytea), 1, 12), 1000 + i, a.kind, a.audience, a.title, a.state, 1, 12, a.review_due_on + i % 4000,
        case when i % 50 > 0 then a.review_due_on + i % 4000 end, a.author_name, a.recorded_at
      from knowledge.article a, generate_series(1, 30000) i;
      analyze knowledge.article
      """)
    let today = try #require(CalendarDate("2027-03-10"))
    let plan = try await world.database.tenancy.transaction(binding: [world.database.provider.id], side: .staff) { transaction in
      try await transaction.query(ExplainedReviews(statement: ArticlesToTell(on: today, after: 0, limit: 200)))
    }
    #expect(!plan.contains { $0.contains("Seq Scan") }, "\(plan)")
  }
}

private struct ToldReviews: Statement {
  static let sql = """
    select a.title ->> 'en' from operations.outbox o join knowledge.article a on a.id = o.subject_id
    where o.consumer = 'notifications' and o.subject_kind = 'article_review' order by o.id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct ExplainedReviews: Statement {
  let statement: ArticlesToTell

  static let sql = "explain \(ArticlesToTell.sql)"
  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
