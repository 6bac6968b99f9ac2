import Kernel

/// Why an event cannot happen to a clock.
package enum ClockRefusal: Error, Hashable, Sendable {
  /// It lies before the last event. Equal times are fine.
  case outOfOrder(at: Instant, last: Instant)
  case notPossible(ClockEvent.Kind, in: Clock.State)
  /// A pause must say why.
  case reasonMissing
  /// A budget is not negative.
  case badBudget

  package var failure: Failure {
    switch self {
    case .outOfOrder(let at, let last):
      Failure(.conflict, ServiceLevelsMessages.outOfOrder, ["at": at.description, "last": last.description])
    case .notPossible(let event, let state):
      Failure(.conflict, ServiceLevelsMessages.notPossible, ["event": event.rawValue, "state": state.rawValue])
    case .reasonMissing: .invalid("reason", ServiceLevelsMessages.reasonMissing)
    case .badBudget: .invalid("budget", ServiceLevelsMessages.badBudget)
    }
  }
}

package enum ServiceLevelsMessages: MessageCatalog {
  package static let outOfOrder = Message(
    "clock.out_of_order", "{at} is before the clock's last event at {last}.", zh: "{at} 早于该时钟的上一事件时间 {last}。")
  package static let notPossible = Message(
    "clock.not_possible", "“{event}” is not possible while the clock is {state}.", zh: "时钟状态为 {state} 时不能执行“{event}”。")
  package static let reasonMissing = Message("clock.reason_missing", "A pause needs a reason.", zh: "暂停计时必须说明原因。")
  package static let badBudget = Message("clock.bad_budget", "A budget is zero or more.", zh: "时限不能为负数。")

  package static let all = [outOfOrder, notPossible, reasonMissing, badBudget]
}
