import Kernel
import Operations

/// The clocks behind promises. It has no operations of its own: the modules whose subjects are timed send it events.
package enum ServiceLevelsModule: OperationModule {
  package static let operations: [any Operation.Type] = []
  package static let messages: [Message] = ServiceLevelsMessages.all
  package static let constraints: [String: Message] = [:]
}
