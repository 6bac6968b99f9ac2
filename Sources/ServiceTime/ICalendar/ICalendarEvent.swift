import Kernel

/// A VEVENT of whole days.
struct ICalendarEvent {
  /// Of its BEGIN.
  let line: Int
  let uid: String?
  let name: String
  let start: CalendarDate
  /// Days from `start` on, at least one.
  let length: Int64
  let rule: RecurrenceRule?
  let added: [CalendarDate]
  let removed: Set<CalendarDate>
  /// The occurrence of the event of the same UID whose place this one takes.
  let replaces: CalendarDate?
  let sequence: Int64
  let isCancelled: Bool

  init(line: Int, _ properties: [ICalendarProperty]) throws(ICalendarProblem) {
    var single: [String: ICalendarProperty] = [:]
    var added: [CalendarDate] = []
    var removed: Set<CalendarDate> = []
    for property in properties {
      switch property.name {
      case "RDATE": added += try Self.dates(property)
      case "EXDATE": removed.formUnion(try Self.dates(property))
      case "EXRULE": throw property.problem(ICalendarMessages.unsupported, ["part": property.name])
      case "UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "RRULE", "RECURRENCE-ID", "SEQUENCE", "STATUS":
        guard single.updateValue(property, forKey: property.name) == nil else { throw property.problem(ICalendarMessages.duplicate) }
      default: break
      }
    }
    guard let begin = single["DTSTART"] else { throw ICalendarProblem(line, ICalendarMessages.missing, ["property": "DTSTART"]) }
    guard let start = ICalendarDate(begin.value) else { throw begin.unreadable }
    guard !start.hasTime else { throw begin.problem(ICalendarMessages.timedEvent) }
    self.line = line
    self.start = start.date
    self.added = added
    self.removed = removed
    uid = single["UID"].map(\.text)
    name = single["SUMMARY"].map(\.text) ?? ""
    length = try Self.length(from: start.date, single["DTEND"], single["DURATION"])
    rule = try Self.rule(single["RRULE"])
    replaces = try Self.date(single["RECURRENCE-ID"])
    sequence = single["SEQUENCE"].flatMap { Int64($0.value) } ?? 0
    isCancelled = single["STATUS"]?.value.uppercased() == "CANCELLED"
    if let property = single["RECURRENCE-ID"], uid == nil { throw property.problem(ICalendarMessages.missing, ["property": "UID"]) }
    if let property = single["RECURRENCE-ID"], rule != nil || !added.isEmpty {
      throw property.problem(ICalendarMessages.unsupported, ["part": "RECURRENCE-ID + RRULE"])
    }
  }

  private static func date(_ property: ICalendarProperty?) throws(ICalendarProblem) -> CalendarDate? {
    guard let property else { return nil }
    return try whole(property, property.value)
  }

  private static func whole(_ property: ICalendarProperty, _ text: some StringProtocol) throws(ICalendarProblem) -> CalendarDate {
    guard let date = ICalendarDate(text) else { throw property.unreadable }
    guard date.isDay else { throw property.problem(ICalendarMessages.utcTime) }
    return date.date
  }

  private static func dates(_ property: ICalendarProperty) throws(ICalendarProblem) -> [CalendarDate] {
    var dates: [CalendarDate] = []
    for part in property.value.split(separator: ",", omittingEmptySubsequences: false) {
      dates.append(try whole(property, part))
    }
    return dates
  }

  private static func rule(_ property: ICalendarProperty?) throws(ICalendarProblem) -> RecurrenceRule? {
    guard let property else { return nil }
    return try RecurrenceRule(property.value, line: property.line)
  }

  private static func length(
    from start: CalendarDate, _ end: ICalendarProperty?, _ duration: ICalendarProperty?
  ) throws(ICalendarProblem) -> Int64 {
    var length: Int64 = 1
    if let end {
      if let duration { throw duration.problem(ICalendarMessages.duplicate, ["property": "DTEND / DURATION"]) }
      guard let date = ICalendarDate(end.value) else { throw end.unreadable }
      guard date.date >= start else { throw end.problem(ICalendarMessages.endsBeforeStart) }
      length = max(1, date.date.daysSinceEpoch - start.daysSinceEpoch)
    } else if let duration {
      guard let days = ICalendarDate.days(inDuration: duration.value) else { throw duration.unreadable }
      length = days
    }
    guard length <= ICalendar.lengthLimit else {
      throw (end ?? duration)?.problem(ICalendarMessages.tooLong, ["limit": String(ICalendar.lengthLimit)])
        ?? ICalendarProblem(0, ICalendarMessages.tooLong, ["limit": String(ICalendar.lengthLimit)])
    }
    return length
  }
}

/// `20261225` or `20261225T090000Z`.
struct ICalendarDate {
  let date: CalendarDate
  let hasTime: Bool
  /// Whether it names a day: a time of UTC other than midnight lies in another day somewhere, and which one is meant nobody
  /// can tell.
  let isDay: Bool

  init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard let year = Self.number(bytes, 0..<4), let month = Self.number(bytes, 4..<6), let day = Self.number(bytes, 6..<8),
      let date = CalendarDate(year: year, month: month, day: day)
    else { return nil }
    self.date = date
    hasTime = bytes.count > 8
    isDay = bytes.last != UInt8(ascii: "Z") || bytes.suffix(7) == Array("000000Z".utf8)[...]
    guard hasTime else { return }
    guard bytes.count == 15 || (bytes.count == 16 && bytes[15] == UInt8(ascii: "Z")), bytes[8] == UInt8(ascii: "T"),
      let hour = Self.number(bytes, 9..<11), hour < 24, let minute = Self.number(bytes, 11..<13), minute < 60,
      let second = Self.number(bytes, 13..<15), second <= 60
    else { return nil }
  }

  private static func number(_ bytes: [UInt8], _ range: Range<Int>) -> Int64? {
    guard range.upperBound <= bytes.count else { return nil }
    var number: Int64 = 0
    for byte in bytes[range] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      number = number * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return number
  }

  /// The whole days of `P1D`, `P2W` or `PT24H`, at least one; nil for what is not a number of whole days.
  static func days(inDuration text: String) -> Int64? {
    var rest = Array(text.utf8)[...]
    if rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    guard rest.popFirst() == UInt8(ascii: "P"), !rest.isEmpty else { return nil }
    var seconds: Int64 = 0
    var isTime = false
    while let first = rest.first {
      if first == UInt8(ascii: "T"), !isTime {
        isTime = true
        rest = rest.dropFirst()
        guard !rest.isEmpty else { return nil }
        continue
      }
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard (1...6).contains(digits.count), let number = number(Array(digits), 0..<digits.count) else { return nil }
      rest = rest.dropFirst(digits.count)
      guard let unit = rest.popFirst(), let length = length(of: unit, isTime: isTime) else { return nil }
      seconds += number * length
    }
    return seconds > 0 && seconds % 86_400 == 0 ? seconds / 86_400 : nil
  }

  private static func length(of unit: UInt8, isTime: Bool) -> Int64? {
    switch (unit, isTime) {
    case (UInt8(ascii: "W"), false): 7 * 86_400
    case (UInt8(ascii: "D"), false): 86_400
    case (UInt8(ascii: "H"), true): 3600
    case (UInt8(ascii: "M"), true): 60
    case (UInt8(ascii: "S"), true): 1
    default: nil
    }
  }
}
