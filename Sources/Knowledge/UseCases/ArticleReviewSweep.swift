import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Leaves the news that a published article is to be looked through: on its day, or as soon after as a worker runs; of each day that is set once.
package struct ArticleReviewSweep: Sweep {
  package static let kind = "knowledge.reviews"
  package static let everySeconds: Int64 = 300
  package static let mayBeScheduled = true

  private let batch: Int64

  /// - Parameter batch: how many are looked up at once.
  package init(batch: Int64 = 200) { self.batch = batch }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    // The day that the list goes by.
    let today = now.utcDay
    try await OneByOne.run(of: provider.id, tenancy, limit: batch) { behind in
      ArticlesToTell(on: today, after: behind, limit: batch)
    } number: {
      $0.id
    } name: {
      "the review of article \($0.id)"
    } work: { due, transaction in
      guard try await transaction.first(TakeArticleReview(due: due)) != nil else { return }
      transaction.remind(ArticleReviewNews.due, of: ArticleReviewNews.subjectKind, due.id, dueOn: due.day, tenant: provider.id, at: now)
    }
  }
}

/// That an article is to be looked through is told to who began it.
package enum ArticleReviewNews {
  package static let due = "article.review_due"
  /// The kind of its subject: an article, by its row, in the provider's tenant.
  package static let subjectKind = "article_review"
  /// The kind of an article's own events.
  package static let articleKind = "article"
  /// What a published article was written of is not as it was: it is to be looked through now.
  package static let sourceChanged = "article.source_changed"
}
