import Kernel
import ServiceLevels

/// Why a ticket waits. Waiting for the customer's side stops the clocks whose target says that it pauses; waiting for a
/// supplier does only where the SLA says so; what the provider itself waits for is its own time.
package enum PendingReason: String, Sendable, CaseIterable {
  /// The requester must answer or do something.
  case awaitingRequester = "awaiting_requester"
  /// An appointment that the requester asked for.
  case scheduled
  case awaitingSupplier = "awaiting_supplier"
  case awaitingChange = "awaiting_change"
  case awaitingParts = "awaiting_parts"

  /// Whose turn it is; nil: the provider's own.
  package var waitedFor: ClockAct.WaitedFor? {
    switch self {
    case .awaitingRequester, .scheduled: .customer
    case .awaitingSupplier: .supplier
    case .awaitingChange, .awaitingParts: nil
    }
  }

  /// What waiting for this means to clocks; nil where it is the provider's own time.
  func clockAct(evidence: String?) -> ClockAct? {
    waitedFor.map { .paused(cause: rawValue, on: $0, evidence: evidence) }
  }
}

/// How a ticket ended.
package enum ClosureCode: String, Sendable, CaseIterable {
  case solved, workaround
  case solvedByRequester = "solved_by_requester"
  case notReproducible = "not_reproducible"
  case duplicate, withdrawn
}
