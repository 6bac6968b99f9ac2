import Kernel

/// What is odd in a log and yet can be read: known of the format, counted, and no reason to stop.
package enum Anomaly: String, Sendable, CaseIterable {
  /// The incident was closed and has no time of resolution.
  case noResolvedAt = "no_resolved_at"
  case reopened
  case severalClosedRows = "several_closed_rows"
  case priorityChanged = "priority_changed"
  /// The ticket is taken for one of the customer, or level of service, of its last row.
  case customerChanged = "customer_changed"
  case serviceLevelChanged = "service_level_changed"
  /// The first row is not in the state New: earlier rows are not in the log.
  case notBeginningAtNew = "not_beginning_at_new"
  /// Not closed at the end of the log.
  case notEndingClosed = "not_ending_closed"
  /// The sequence number jumps: rows are not in the log.
  case sequenceGap = "sequence_gap"
  case sequenceRepeated = "sequence_repeated"
  /// The rows had to be brought into the order of their sequence numbers.
  case outOfOrder = "out_of_order"
  /// A row was written before the one that it follows.
  case clockBackwards = "clock_backwards"
  case updatedBeforeOpened = "updated_before_opened"
  /// The state is a raw code that the source had no name for.
  case rawStateCode = "raw_state_code"
  /// Times that never come (the wall clock was set forward) or come twice.
  case ambiguousTime = "ambiguous_time"
  case blankLine = "blank_line"

  /// How often it occurred, and in how many incidents.
  package struct Count: Sendable, Equatable {
    package var occurrences: Int64 = 0
    package var incidents: Int64 = 0
  }

  var message: Message {
    switch self {
    case .noResolvedAt: Message("import.anomaly.no_resolved_at", "closed without a time of resolution", zh: "已关闭但没有解决时间")
    case .reopened: Message("import.anomaly.reopened", "reopened", zh: "重新打开过")
    case .severalClosedRows: Message("import.anomaly.several_closed_rows", "more than one row in state closed", zh: "有多行处于已关闭状态")
    case .priorityChanged: Message("import.anomaly.priority_changed", "priority changed", zh: "优先级有变更")
    case .customerChanged: Message("import.anomaly.customer_changed", "customer changed", zh: "客户有变更")
    case .serviceLevelChanged: Message("import.anomaly.service_level_changed", "service level changed", zh: "服务级别有变更")
    case .notBeginningAtNew: Message("import.anomaly.not_beginning_at_new", "does not begin in state new", zh: "首行不是新建状态")
    case .notEndingClosed: Message("import.anomaly.not_ending_closed", "not closed at the end of the log", zh: "日志结束时尚未关闭")
    case .sequenceGap: Message("import.anomaly.sequence_gap", "gap in the sequence numbers", zh: "序号有间断")
    case .sequenceRepeated: Message("import.anomaly.sequence_repeated", "sequence number repeated", zh: "序号重复")
    case .outOfOrder: Message("import.anomaly.out_of_order", "rows not in the order of their sequence numbers", zh: "各行未按序号排列")
    case .clockBackwards: Message("import.anomaly.clock_backwards", "row dated before the row that it follows", zh: "行的时间早于前一行")
    case .updatedBeforeOpened: Message("import.anomaly.updated_before_opened", "row dated before the opening", zh: "行的时间早于开单时间")
    case .rawStateCode: Message("import.anomaly.raw_state_code", "state is a raw code", zh: "状态为原始代码")
    case .ambiguousTime: Message("import.anomaly.ambiguous_time", "time in an hour that the clock skipped or repeated", zh: "时间落在时钟跳过或重复的小时内")
    case .blankLine: Message("import.anomaly.blank_line", "blank line", zh: "空行")
    }
  }

  /// As reports tell them, of incidents or of problems.
  static func members(_ counts: [Anomaly: Count], of things: String) -> [Value.Member] {
    allCases.compactMap { anomaly in
      counts[anomaly].map {
        Value.Member(anomaly.rawValue, .object([things: .integer($0.incidents), "occurrences": .integer($0.occurrences)]))
      }
    }
  }

  static func lines(_ counts: [Anomaly: Count], _ language: Language) -> [String] {
    allCases.compactMap { anomaly in
      counts[anomaly].map {
        "  \(ImportReport.right(String($0.incidents), 9)) \(ImportReport.right(String($0.occurrences), 9))  \(anomaly.message.text(language))"
      }
    }
  }

  static var messages: [Message] { allCases.map(\.message) }
}
