import Kernel

/// A row that cannot be taken in: it stops the import before anything is written, unless it is to be skipped.
package struct UnreadableRow: Sendable, Equatable {
  package enum Reason: String, Sendable, CaseIterable {
    case columnCount = "column_count"
    case tooLong = "too_long"
    case badQuoting = "bad_quoting"
    case openQuote = "open_quote"
    case notText = "not_text"
    case missing
    case badDate = "bad_date"
    case badNumber = "bad_number"
    case unknownState = "unknown_state"
    case unknownPriority = "unknown_priority"
    case unknownImpact = "unknown_impact"
    case unknownUrgency = "unknown_urgency"
    case unknownVerdict = "unknown_verdict"
    case unknownServiceLevel = "unknown_service_level"
    /// Rows of the incident stand apart from one another.
    case apart
    // Of outages.
    case badInstant = "bad_instant"
    case unknownSeverity = "unknown_severity"
    case endsBeforeStart = "ends_before_start"
    case fieldTooLong = "field_too_long"
    /// Of configuration items.
    case unnamedColumn = "unnamed_column"
    case repeated
  }

  package let line: Int64
  package let reason: Reason
  /// The column at fault; nil when it is the row as a whole.
  package let column: String?
  /// What stands there, shortened; for a wrong number of columns, that number.
  package let found: String

  init(line: Int64, _ reason: Reason, column: String? = nil, found: String = "") {
    self.line = line
    self.reason = reason
    self.column = column
    self.found = String(found.prefix(60))
  }

  package func text(_ language: Language) -> String {
    reason.message.text(language, ["line": String(line), "column": column ?? "", "found": found])
  }

  package var value: Value {
    .object(["line": .integer(line), "reason": .text(reason.rawValue), "column": .text(column), "found": .text(found)])
  }

  static var messages: [Message] { Reason.allCases.map(\.message) }
}

extension UnreadableRow.Reason {
  var message: Message {
    switch self {
    case .columnCount:
      Message("import.row.column_count", "line {line}: another number of columns than the header ({found})", zh: "第 {line} 行：列数与标题行不同（{found}）")
    case .tooLong: Message("import.row.too_long", "line {line}: longer than a line may be", zh: "第 {line} 行：超过允许的长度")
    case .badQuoting:
      Message("import.row.bad_quoting", "line {line}: something follows a closing quotation mark", zh: "第 {line} 行：右引号之后还有内容")
    case .openQuote: Message("import.row.open_quote", "line {line}: a quotation mark is never closed", zh: "第 {line} 行：引号没有闭合")
    case .notText:
      Message(
        "import.row.not_text", "line {line}: {column} holds control characters, marks that nobody sees or that turn the direction of writing, or invalid UTF-8",
        zh: "第 {line} 行：{column} 含有控制字符、不可见或改变书写方向的字符，或无效的 UTF-8")
    case .missing: Message("import.row.missing", "line {line}: {column} is missing", zh: "第 {line} 行：缺少 {column}")
    case .badDate:
      Message("import.row.bad_date", "line {line}: {column} is no date of the profile's format: “{found}”", zh: "第 {line} 行：{column} 不符合配置的日期格式：“{found}”")
    case .badNumber: Message("import.row.bad_number", "line {line}: {column} is no number: “{found}”", zh: "第 {line} 行：{column} 不是数字：“{found}”")
    case .unknownState: Message("import.row.unknown_state", "line {line}: the profile has no state “{found}”", zh: "第 {line} 行：配置中没有状态“{found}”")
    case .unknownPriority:
      Message("import.row.unknown_priority", "line {line}: the profile has no priority “{found}”", zh: "第 {line} 行：配置中没有优先级“{found}”")
    case .unknownImpact: Message("import.row.unknown_impact", "line {line}: the profile has no impact “{found}”", zh: "第 {line} 行：配置中没有影响“{found}”")
    case .unknownUrgency:
      Message("import.row.unknown_urgency", "line {line}: the profile has no urgency “{found}”", zh: "第 {line} 行：配置中没有紧急度“{found}”")
    case .unknownVerdict:
      Message("import.row.unknown_verdict", "line {line}: the profile has no verdict “{found}” for {column}", zh: "第 {line} 行：配置中没有 {column} 的判定值“{found}”")
    case .unknownServiceLevel:
      Message(
        "import.row.unknown_service_level", "line {line}: the profile has no SLA for the service level “{found}”",
        zh: "第 {line} 行：配置中没有服务级别“{found}”的 SLA")
    case .apart:
      Message("import.row.apart", "line {line}: rows of {found} stand apart from one another", zh: "第 {line} 行：{found} 的各行不连续")
    case .badInstant:
      Message(
        "import.row.bad_instant", "line {line}: {column} is no instant such as 2026-03-01T08:00:00Z: “{found}”",
        zh: "第 {line} 行：{column} 不是 2026-03-01T08:00:00Z 这样的时刻：“{found}”")
    case .unknownSeverity:
      Message("import.row.unknown_severity", "line {line}: {column} is no known severity: “{found}”", zh: "第 {line} 行：{column} 不是已知的级别：“{found}”")
    case .endsBeforeStart:
      Message("import.row.ends_before_start", "line {line}: the outage ends before it begins: “{found}”", zh: "第 {line} 行：中断的结束早于开始：“{found}”")
    case .fieldTooLong:
      Message("import.row.field_too_long", "line {line}: {column} has too many characters ({found})", zh: "第 {line} 行：{column} 的字符数过多（{found}）")
    case .unnamedColumn:
      Message("import.row.unnamed_column", "line {line}: “{found}” stands in a column without a name", zh: "第 {line} 行：“{found}”所在的列没有标题")
    case .repeated:
      Message("import.row.repeated", "line {line}: the same outage stands in the file twice: “{found}”", zh: "第 {line} 行：同一中断在文件中重复出现：“{found}”")
    }
  }
}
