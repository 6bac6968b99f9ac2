import Kernel
import Postgres

/// An act that is refused, of which something is to be recorded all the same. What the act did is rolled back as for any
/// ``Failure``; then `record` runs in a small transaction of its own, bound alike. It runs at most once for a call, and not at all
/// where an earlier call with the same idempotency key has done the act, or where the act is part of the transaction of a sweep that
/// does not record it itself. It is best effort: a refusal that cannot be recorded is still one.
package struct RecordedRefusal: Error {
  package let failure: Failure
  /// Whether somebody asked for what he may not: audited as a denial is.
  package let isDenial: Bool
  package let record: @Sendable (Transaction) async throws -> Void

  package init(_ failure: Failure, isDenial: Bool = false, record: @escaping @Sendable (Transaction) async throws -> Void) {
    self.failure = failure
    self.isDenial = isDenial
    self.record = record
  }
}
