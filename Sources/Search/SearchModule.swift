import Kernel
import Operations

/// What looks over all processes at once, as far as the caller may read each: the search over tickets of every kind (incidents, requests, problems,
/// changes, releases and major incidents) by their words, and the queue of what is to be done.
package enum SearchModule: OperationModule {
  package static let operations: [any Operation.Type] = [SearchTickets.self, QueueWork.self, CountQueuedWork.self]

  package static let messages: [Message] = []

  package static let constraints: [String: Message] = [:]
}
