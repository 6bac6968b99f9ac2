import Kernel

/// Why a ticket waits. Only waiting for the customer's side stops the clocks, and only those whose target says that it
/// pauses; what the provider or its suppliers wait for is the provider's own time.
package enum PendingReason: String, Sendable, CaseIterable {
  /// The requester must answer or do something.
  case awaitingRequester = "awaiting_requester"
  /// An appointment that the requester asked for.
  case scheduled
  case awaitingSupplier = "awaiting_supplier"
  case awaitingChange = "awaiting_change"
  case awaitingParts = "awaiting_parts"

  package var pausesClocks: Bool {
    switch self {
    case .awaitingRequester, .scheduled: true
    case .awaitingSupplier, .awaitingChange, .awaitingParts: false
    }
  }
}

/// How a ticket ended.
package enum ClosureCode: String, Sendable, CaseIterable {
  case solved, workaround
  case solvedByRequester = "solved_by_requester"
  case notReproducible = "not_reproducible"
  case duplicate, withdrawn
}
