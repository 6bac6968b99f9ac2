import Kernel
import Operations

/// Search over tickets of all kinds: incidents, requests, problems, changes, releases and major incidents, by their words, as far as the caller may read each.
package enum SearchModule: OperationModule {
  package static let operations: [any Operation.Type] = [SearchTickets.self]

  package static let messages: [Message] = []

  package static let constraints: [String: Message] = [:]
}
