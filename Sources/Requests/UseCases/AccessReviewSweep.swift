import Catalog
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Leaves the news that an access review is overdue: once, on the day after its last one, by the calendar of the customer.
package struct AccessReviewSweep: Sweep {
  package static let kind = "requests.reviews"
  package static let everySeconds: Int64 = 300
  package static let mayBeScheduled = true

  /// So far ahead of UTC is the first zone in which a day begins.
  private static let furthestSeconds: Int64 = 14 * 3600
  private let batch: Int64

  /// - Parameter batch: how many are looked up at once.
  package init(batch: Int64 = 200) { self.batch = batch }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    let latest = now.adding(seconds: Self.furthestSeconds).utcDay
    try await OneByOne.run(limit: batch) { behind in
      let look = OverdueReviewsToTell(before: latest, after: behind, limit: Int32(clamping: batch))
      return try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
    } number: {
      $0.review
    } name: {
      "the access review \($0.review) of tenant \($0.tenant)"
    } work: { found in
      try await tenancy.transaction(binding: [found.tenant], side: .staff) { transaction in
        guard let tenant = try await transaction.first(TenantById(tenant: found.tenant)) else { return }
        let take = TakeOverdueReview(tenant: tenant.id, review: found.review, today: tenant.day(at: now), now: now)
        guard let dueOn = try await transaction.first(take) else { return }
        transaction.remind(
          AccessReviewNews.overdue, of: AccessReviewNews.reminderKind, found.review, dueOn: dueOn, seq: 1, tenant: tenant.id, at: now)
      }
    }
  }
}

/// What is told of an access review to who is to look.
package enum AccessReviewNews {
  package static let opened = "access_review.opened"
  package static let overdue = "access_review.overdue"
  /// The kinds of their subjects: a review, by its row.
  package static let subjectKind = "access_review"
  package static let reminderKind = "access_review_reminder"

  static let consumers = ["notifications"]
}
