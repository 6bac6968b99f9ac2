import Kernel

extension Field where Wrapped == String {
  /// One line of text, which is what it looks like.
  package static func text(_ name: String, _ length: ClosedRange<Int> = 1...200, _ english: String, _ chinese: String) -> Field {
    Field(name, .text(length: length, multiline: false), english, chinese) { value, path throws(FieldError) in
      let text = try readText(value, path, length, multiline: false)
      if let mark = text.unicodeScalars.first(where: \.deceives) {
        throw FieldError(path, InputMessages.deceivingMark, ["mark": mark.codePoint])
      }
      return text
    }
  }

  /// One line as it was typed, which nobody reads as it stands: a password, or what is cleaned afterwards.
  package static func typedText(_ name: String, _ length: ClosedRange<Int>, _ english: String, _ chinese: String) -> Field {
    Field(name, .text(length: length, multiline: false), english, chinese) { value, path throws(FieldError) in
      try readText(value, path, length, multiline: false)
    }
  }

  /// Text of several lines.
  package static func longText(_ name: String, _ length: ClosedRange<Int> = 1...20_000, _ english: String, _ chinese: String) -> Field {
    Field(name, .text(length: length, multiline: true), english, chinese) { value, path throws(FieldError) in
      try readText(value, path, length, multiline: true)
    }
  }

  package static func oneOf(_ name: String, _ allowed: [String], _ english: String, _ chinese: String) -> Field {
    Field(name, .oneOf(allowed), english, chinese) { value, path throws(FieldError) in
      guard let text = value.text, allowed.contains(text) else {
        throw FieldError(path, InputMessages.notAllowed, ["allowed": allowed.joined(separator: ", ")])
      }
      return text
    }
  }

  /// A language by its tag, such as `zh-CN`; read as one of ``Language``.
  package static func language(_ english: String, _ chinese: String) -> Field {
    let choice = Field.oneOf("language", Language.allCases.map(\.rawValue), english, chinese)
    return Field(choice.name, choice.type, english, chinese) { value, path throws(FieldError) in
      if let language = value.text.flatMap({ Language(tag: $0) }) { return language.rawValue }
      return try choice.read(value, path)
    }
  }

  /// A decimal amount; the use case reads it with its currency.
  package static func amount(_ name: String, _ english: String, _ chinese: String) -> Field {
    Field(name, .amount, english, chinese) { value, path throws(FieldError) in
      switch value {
      case .text(let text) where text.utf8.count <= 24: return text
      case .integer(let integer): return String(integer)
      case .decimal(let digits): return digits
      default: throw FieldError(path, InputMessages.wrongType, ["expected": "decimal"])
      }
    }
  }
}

extension Field where Wrapped == Int64 {
  package static func integer(_ name: String, _ range: ClosedRange<Int64>, _ english: String, _ chinese: String) -> Field {
    Field(name, .integer(range), english, chinese) { value, path throws(FieldError) in
      guard let integer = readInteger(value) else { throw FieldError(path, InputMessages.wrongType, ["expected": "integer"]) }
      guard range.contains(integer) else {
        throw FieldError(path, InputMessages.outOfRange, ["least": String(range.lowerBound), "most": String(range.upperBound)])
      }
      return integer
    }
  }
}

extension Field where Wrapped == Bool {
  package static func boolean(_ name: String, _ english: String, _ chinese: String) -> Field {
    Field(name, .boolean, english, chinese) { value, path throws(FieldError) in
      guard case .bool(let bool) = value else { throw FieldError(path, InputMessages.wrongType, ["expected": "true/false"]) }
      return bool
    }
  }
}

extension Field where Wrapped == Instant {
  package static func instant(_ name: String, _ english: String, _ chinese: String) -> Field {
    Field(name, .instant, english, chinese) { value, path throws(FieldError) in
      guard let instant = value.text.flatMap(Instant.init) else { throw FieldError(path, InputMessages.notAnInstant) }
      return instant
    }
  }
}

extension Field where Wrapped == CalendarDate {
  package static func date(_ name: String, _ english: String, _ chinese: String) -> Field {
    Field(name, .date, english, chinese) { value, path throws(FieldError) in
      guard let date = value.text.flatMap({ CalendarDate($0) }) else { throw FieldError(path, InputMessages.notADate) }
      return date
    }
  }
}

extension Field where Wrapped == CalendarMonth {
  package static func month(_ name: String, _ english: String, _ chinese: String) -> Field {
    Field(name, .month, english, chinese) { value, path throws(FieldError) in
      guard let month = value.text.flatMap({ CalendarMonth($0) }) else { throw FieldError(path, InputMessages.notAMonth) }
      return month
    }
  }
}

extension Field where Wrapped == PublicId {
  /// A reference. A text that is not an id of this kind, another tenant's id and an unknown one are answered alike.
  package static func id(_ name: String, _ kind: IdKind, _ english: String, _ chinese: String) -> Field {
    Field(name, .id(kind), english, chinese) { value, path throws(FieldError) in
      guard case .text(let text) = value else { throw FieldError(path, InputMessages.wrongType, ["expected": "id"]) }
      guard let id = PublicId(text), id.kind == kind.prefix else { throw FieldError(path, InputMessages.unknownReference) }
      return id
    }
  }
}

extension Field where Wrapped == Rate {
  package static func percent(_ name: String, _ english: String, _ chinese: String) -> Field {
    Field(name, .percent, english, chinese) { value, path throws(FieldError) in
      let text: String? =
        switch value {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .decimal(let digits): digits
        default: nil
        }
      guard let rate = text.flatMap({ Rate(percent: $0) }), (0...Rate.scale).contains(rate.units) else {
        throw FieldError(path, InputMessages.notAPercentage)
      }
      return rate
    }
  }
}

extension Field where Wrapped == Value {
  /// An object that a module's own rules check.
  package static func document(_ name: String, _ english: String, _ chinese: String) -> Field {
    Field(name, .document(Message("field.\(name)", english, zh: chinese)), english, chinese) { value, path throws(FieldError) in
      guard case .object = value else { throw FieldError(path, InputMessages.wrongType, ["expected": "object"]) }
      return value
    }
  }
}

extension Field {
  /// A list whose elements are read like `element` (whose name does not matter).
  package static func list<Element: Sendable>(
    _ name: String, of element: Field<Element>, count: ClosedRange<Int> = 0...100, _ english: String, _ chinese: String
  ) -> Field where Wrapped == [Element] {
    Field(name, .list(element.type, count: count), english, chinese) { value, path throws(FieldError) in
      guard let values = value.array else { throw FieldError(path, InputMessages.wrongType, ["expected": "list"]) }
      guard count.contains(values.count) else {
        throw FieldError(path, InputMessages.badCount, ["least": String(count.lowerBound), "most": String(count.upperBound)])
      }
      var elements: [Element] = []
      for (index, value) in values.enumerated() { elements.append(try element.read(value, "\(path)[\(index)]")) }
      return elements
    }
  }
}

extension Field where Wrapped: OperationInput {
  /// An object that is itself an input record.
  package static func object(_ name: String, _ english: String, _ chinese: String) -> Field {
    Field(name, .object(Wrapped.fields), english, chinese) { value, path throws(FieldError) in
      try InputValues.read(Wrapped.self, from: value, path: path)
    }
  }
}

/// `3.0` is an integer to JSON Schema, and what some languages write for one.
private func readInteger(_ value: Value) -> Int64? {
  guard case .decimal(let digits) = value else { return value.integer }
  let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
  guard parts.count == 2, parts[1].utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
  return Int64(parts[0])
}

private func readText(_ value: Value, _ path: String, _ length: ClosedRange<Int>, multiline: Bool) throws(FieldError) -> String {
  guard case .text(let text) = value else { throw FieldError(path, InputMessages.wrongType, ["expected": "text"]) }
  // Length in UTF-8 bytes first: counting the characters of a megabyte costs more than refusing it.
  guard text.utf8.count <= length.upperBound * 4, length.contains(text.unicodeScalars.count) else {
    guard length.lowerBound < length.upperBound else { throw FieldError(path, InputMessages.exactLength, ["count": String(length.lowerBound)]) }
    throw FieldError(path, InputMessages.badLength, ["least": String(length.lowerBound), "most": String(length.upperBound)])
  }
  for scalar in text.unicodeScalars where scalar.properties.generalCategory == .control || scalar.value == 0xfeff {
    guard multiline, scalar == "\n" || scalar == "\t" || scalar == "\r" else { throw FieldError(path, InputMessages.controlCharacter) }
  }
  // A reason that nobody can see is none.
  guard length.lowerBound == 0 || text.unicodeScalars.contains(where: \.isVisible) else { throw FieldError(path, InputMessages.blank) }
  return text
}

/// The values that a list of these accepts are told by name in one place.
package enum InputMessages: MessageCatalog {
  package static let required = Message("input.required", "This field must be given.", zh: "必须填写此字段。")
  /// What no schema tells of a field by itself: another field's value asks for it.
  package static let requiredHere = Message(
    "input.required_here", "With what the other fields say, this one must be given.", zh: "根据其他字段的内容，必须填写此字段。")
  package static let oneLanguage = Message("input.one_language", "Give the text in one language at least.", zh: "至少填写一种语言的文本。")
  package static let unknownField = Message("input.unknown_field", "There is no such field. Allowed: {allowed}.", zh: "没有此字段。可用字段：{allowed}。")
  package static let nullRefused = Message("input.null", "This field cannot be cleared.", zh: "此字段不能清空。")
  package static let wrongType = Message("input.type", "This must be: {expected}.", zh: "此处的类型必须是：{expected}。")
  package static let notJSON = Message(
    "input.field_not_json", "This is not valid JSON: {reason} (byte {offset}).", zh: "此处不是有效的 JSON：{reason}（第 {offset} 字节）。")
  package static let badLength = Message("input.length", "This must have {least} to {most} characters.", zh: "长度必须在 {least} 到 {most} 个字符之间。")
  package static let exactLength = Message("input.exact_length", "This must have {count} characters.", zh: "长度必须为 {count} 个字符。")
  package static let blank = Message("input.blank", "This must not be blank.", zh: "不能只包含空白字符。")
  package static let badCount = Message("input.count", "This must have {least} to {most} elements.", zh: "元素个数必须在 {least} 到 {most} 之间。")
  package static let outOfRange = Message("input.range", "This must be from {least} to {most}.", zh: "取值必须在 {least} 到 {most} 之间。")
  package static let controlCharacter = Message(
    "input.control_character", "Control characters are not allowed here.", zh: "此处不允许控制字符。")
  package static let deceivingMark = Message(
    "input.deceiving_mark", "{mark} is not allowed here: it turns the direction of what is written, ends the line, or nobody sees it.",
    zh: "此处不允许使用 {mark}：该字符会改变书写方向、换行或不可见。")
  package static let notAllowed = Message("input.choice", "This must be one of: {allowed}.", zh: "必须是下列之一：{allowed}。")
  package static let notAnInstant = Message(
    "input.instant", "This must be a date and time with zone, such as 2026-03-01T08:00:00Z, from 1970 to 9999.",
    zh: "必须是带时区的日期时间，例如 2026-03-01T08:00:00Z，年份在 1970 到 9999 之间。")
  package static let notADate = Message("input.date", "This must be a date such as 2026-03-01.", zh: "必须是日期，例如 2026-03-01。")
  package static let notAMonth = Message("input.month", "This must be a month such as 2026-03.", zh: "必须是月份，例如 2026-03。")
  package static let notAPercentage = Message(
    "input.percent", "This must be a percentage from 0 to 100 with at most four decimals.", zh: "必须是 0 到 100 的百分数，最多四位小数。")
  package static let notAnEmail = Message(
    "input.email", "This must be an e-mail address such as kim@example.com.", zh: "必须是电子邮件地址，例如 kim@example.com。")
  package static let unknownReference = Message(
    "input.unknown_reference", "There is no such thing, or you may not see it.", zh: "引用的对象不存在，或您无权查看。")

  package static let all = [
    required, requiredHere, oneLanguage, unknownField, nullRefused, wrongType, notJSON, badLength, exactLength, blank, badCount, outOfRange,
    controlCharacter, deceivingMark,
    notAllowed, notAnInstant, notADate, notAMonth, notAPercentage, notAnEmail, unknownReference,
  ]
}
