import Kernel
import Operations

/// Back-testing: what a draft SLA would have meant for past tickets. It reads tickets, clocks and credits, which is why it is
/// above all of them, and writes nothing.
package enum BacktestModule: OperationModule {
  package static let operations: [any Operation.Type] = [BacktestSla.self, ListBacktestTickets.self]
  package static let messages = BacktestMessages.all
  package static let constraints: [String: Message] = [:]
}
