import Catalog
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Leaves the news that a handbook is to be looked through: on its day where the provider is, or as soon after as a worker runs; of each day once.
package struct HandbookReviewSweep: Sweep {
  package static let kind = "handbooks.reviews"
  package static let everySeconds: Int64 = 300
  package static let mayBeScheduled = true

  private let batch: Int64

  /// - Parameter batch: how many are looked up at once.
  package init(batch: Int64 = 200) { self.batch = batch }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    try await OneByOne.run(of: provider.id, tenancy, limit: batch) { behind in
      HandbooksToTell(on: provider.day(at: now), after: behind, limit: batch)
    } number: {
      $0.id
    } name: {
      "the review of handbook \($0.id)"
    } work: { due, transaction in
      guard try await transaction.first(TakeHandbookReview(due: due)) != nil else { return }
      transaction.remind(HandbookReviewNews.due, of: HandbookReviewNews.subjectKind, due.id, dueOn: due.day, tenant: provider.id, at: now)
    }
  }
}

/// That a handbook is to be looked through is told to who answers for its process, and who runs it.
package enum HandbookReviewNews {
  package static let due = "handbook.review_due"
  /// The kind of its subject: a handbook, by its row.
  package static let subjectKind = "handbook_review"
}
