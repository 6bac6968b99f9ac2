import Kernel

/// The stored form: `{"zone": "Europe/Berlin", "week": {"mon": [["09:00", "17:00"]]}, "exceptions": [{"date": "2026-12-25",
/// "name": {"en": "Christmas Day"}, "open": []}]}`. `week` and `exceptions` may be absent when reading, `name` always; a
/// field that is not one of these is refused.
extension CalendarDefinition {
  /// Throws one ``Failure`` of kind `invalid` with a violation for every wrong field.
  package init(_ value: Value) throws(Failure) {
    var reader = DefinitionReader()
    let parts = reader.definition(value)
    guard reader.violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: reader.violations) }
    try self.init(zone: parts.zone, week: parts.week, exceptions: parts.exceptions)
  }

  package var value: Value {
    .object([
      "zone": .text(zone.identifier),
      "week": .object(Weekday.allCases.compactMap { day in week[day].map { Value.Member(day.rawValue, .array($0.map(\.value))) } }),
      "exceptions": .array(exceptions.map(\.value)),
    ])
  }
}

extension CalendarDefinition.Opening {
  package var value: Value { .array([.text(Self.time(start)), .text(Self.time(end))]) }

  private static func time(_ minutes: Int) -> String { "\(pad(Int64(minutes / 60), 2)):\(pad(Int64(minutes % 60), 2))" }
}

extension CalendarDefinition.Exception {
  package var value: Value {
    var members = [Value.Member("date", .date(date))]
    if !name.isEmpty {
      members.append(Value.Member("name", .object(Language.allCases.compactMap { language in name[language].map { .init(language.rawValue, .text($0)) } })))
    }
    members.append(Value.Member("open", .array(openings.map(\.value))))
    return .object(members)
  }
}

/// Reads the stored form and collects what is wrong with its shape. What it returns is meaningful only without violations.
private struct DefinitionReader {
  private(set) var violations: [Failure.Violation] = []

  mutating func definition(
    _ value: Value
  ) -> (zone: String, week: [Weekday: [CalendarDefinition.Opening]], exceptions: [CalendarDefinition.Exception]) {
    guard let members = members(value, at: "", allowed: ["zone", "week", "exceptions"], required: ["zone"]) else { return ("", [:], []) }
    let zone = members["zone"].map { text($0, at: "zone") } ?? ""
    let week = members["week"].map { self.week($0) } ?? [:]
    let exceptions = elements(members["exceptions"] ?? .array([]), at: "exceptions").enumerated().compactMap {
      exception($0.element, at: "exceptions[\($0.offset)]")
    }
    return (zone, week, exceptions)
  }

  private mutating func refuse(_ path: String, _ message: Message, _ arguments: [String: String] = [:]) {
    violations.append(Failure.Violation(path: path, message, arguments))
  }

  private mutating func week(_ value: Value) -> [Weekday: [CalendarDefinition.Opening]] {
    let days = members(value, at: "week", allowed: Weekday.allCases.map(\.rawValue), required: []) ?? [:]
    var week: [Weekday: [CalendarDefinition.Opening]] = [:]
    for day in Weekday.allCases {
      if let openings = days[day.rawValue] { week[day] = self.openings(openings, at: "week.\(day.rawValue)") }
    }
    return week
  }

  private mutating func exception(_ value: Value, at path: String) -> CalendarDefinition.Exception? {
    guard let members = members(value, at: path, allowed: ["date", "name", "open"], required: ["date", "open"]) else { return nil }
    let openings = members["open"].map { self.openings($0, at: "\(path).open") } ?? []
    let name = members["name"].map { self.name($0, at: "\(path).name") } ?? [:]
    guard let text = members["date"] else { return nil }
    guard let date = text.text.flatMap({ CalendarDate($0) }) else {
      refuse("\(path).date", ServiceTimeMessages.badDate)
      return nil
    }
    return CalendarDefinition.Exception(date: date, name: name, openings: openings)
  }

  private mutating func name(_ value: Value, at path: String) -> [Language: String] {
    guard let members = members(value, at: path, allowed: Language.allCases.map(\.rawValue), required: []) else { return [:] }
    var name: [Language: String] = [:]
    for language in Language.allCases {
      if let value = members[language.rawValue] { name[language] = text(value, at: "\(path).\(language.rawValue)") }
    }
    if members.isEmpty { refuse(path, ServiceTimeMessages.badName, ["limit": String(CalendarDefinition.nameLimit)]) }
    return name
  }

  private mutating func openings(_ value: Value, at path: String) -> [CalendarDefinition.Opening] {
    elements(value, at: path).enumerated().compactMap { index, value in
      guard let pair = value.array, pair.count == 2 else {
        refuse("\(path)[\(index)]", ServiceTimeMessages.badOpening)
        return nil
      }
      let times = pair.enumerated().map { time($0.element, at: "\(path)[\(index)][\($0.offset)]") }
      return CalendarDefinition.Opening(times[0], times[1])
    }
  }

  /// `HH:MM` as minutes after midnight.
  private mutating func time(_ value: Value, at path: String) -> Int {
    let bytes = Array((value.text ?? "").utf8)
    let digits = [0, 1, 3, 4].compactMap { index -> Int? in
      guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) else { return nil }
      return Int(bytes[index] - UInt8(ascii: "0"))
    }
    guard digits.count == 4, digits[2] < 6, case let minutes = (digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3], minutes <= 1440 else {
      refuse(path, ServiceTimeMessages.badTime)
      return 0
    }
    return minutes
  }

  private mutating func text(_ value: Value, at path: String) -> String {
    if value.text == nil { refuse(path, ServiceTimeMessages.wrongType, ["expected": "text"]) }
    return value.text ?? ""
  }

  private mutating func elements(_ value: Value, at path: String) -> [Value] {
    if value.array == nil { refuse(path, ServiceTimeMessages.wrongType, ["expected": "array"]) }
    return value.array ?? []
  }

  private mutating func members(_ value: Value, at path: String, allowed: [String], required: [String]) -> [String: Value]? {
    guard let members = value.members else {
      refuse(path, ServiceTimeMessages.wrongType, ["expected": "object"])
      return nil
    }
    let prefix = path.isEmpty ? "" : path + "."
    var found: [String: Value] = [:]
    for member in members {
      if !allowed.contains(member.name) { refuse(prefix + member.name.prefix(64), ServiceTimeMessages.unknownField) }
      if found.updateValue(member.value, forKey: member.name) != nil { refuse(prefix + member.name.prefix(64), ServiceTimeMessages.duplicateField) }
    }
    for name in required where found[name] == nil { refuse(prefix + name, ServiceTimeMessages.missing) }
    return found
  }
}
