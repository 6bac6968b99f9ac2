import Kernel

/// An RRULE (RFC 5545, 3.3.10) as far as it makes dates from dates. What depends on week numbers, days of the year or the
/// time of day is refused.
struct RecurrenceRule: Hashable {
  enum Frequency: String, CaseIterable {
    case yearly = "YEARLY"
    case monthly = "MONTHLY"
    case weekly = "WEEKLY"
    case daily = "DAILY"
  }

  /// `MO`, `2MO`, `-1MO`.
  struct WeekdayRule: Hashable {
    /// The n-th of the month or year, from the end when negative; nil: every one.
    let ordinal: Int64?
    /// ISO 8601: 1 is Monday.
    let weekday: Int
  }

  var frequency = Frequency.yearly
  var interval: Int64 = 1
  var count: Int64?
  /// The last date on which an occurrence may begin.
  var until: CalendarDate?
  var months: [Int64] = []
  /// From the end of the month when negative.
  var monthDays: [Int64] = []
  var weekdays: [WeekdayRule] = []
  /// Places in the set of each period, from its end when negative.
  var positions: [Int64] = []
  var weekStart = 1
  let line: Int
  let text: String

  static let weekdayNames = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

  init(_ text: String, line: Int) throws(ICalendarProblem) {
    self.line = line
    self.text = String(text.prefix(200))
    var seen: Set<Substring> = []
    for part in text.uppercased().split(separator: ";") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = pair.first, let value = pair.last, pair.count == 2, seen.insert(name).inserted else { throw bad(part) }
      try set(name, value, part)
    }
    guard seen.contains("FREQ") else { throw bad("RRULE") }
    try checkCombination()
  }

  private func bad(_ part: some StringProtocol) -> ICalendarProblem {
    ICalendarProblem(line, ICalendarMessages.badRule, ["part": String(part.prefix(80))])
  }

  private func unsupported(_ part: some StringProtocol) -> ICalendarProblem {
    ICalendarProblem(line, ICalendarMessages.unsupportedRule, ["part": String(part.prefix(80))])
  }

  private mutating func set(_ name: Substring, _ value: Substring, _ part: Substring) throws(ICalendarProblem) {
    switch name {
    case "FREQ":
      guard let found = Frequency(rawValue: String(value)) else { throw unsupported(part) }
      frequency = found
    case "INTERVAL": interval = try readNumber(value, 1...1000, part)
    case "COUNT": count = try readNumber(value, 1...100_000, part)
    case "UNTIL":
      guard let date = ICalendarDate(value) else { throw bad(part) }
      guard date.isDay else { throw ICalendarProblem(line, ICalendarMessages.utcTime, ["property": "RRULE", "value": String(part)]) }
      until = date.date
    case "BYMONTH": months = try readNumbers(value, 1...12, part, signed: false)
    case "BYMONTHDAY": monthDays = try readNumbers(value, 1...31, part, signed: true)
    case "BYSETPOS": positions = try readNumbers(value, 1...366, part, signed: true)
    case "BYDAY": weekdays = try readWeekdays(value, part)
    case "WKST":
      guard let index = Self.weekdayNames.firstIndex(of: String(value)) else { throw bad(part) }
      weekStart = index + 1
    default: throw unsupported(part)
    }
  }

  private func readNumber(_ text: Substring, _ range: ClosedRange<Int64>, _ part: Substring) throws(ICalendarProblem) -> Int64 {
    guard text.utf8.count <= 7, let number = Int64(text), range.contains(number) else { throw bad(part) }
    return number
  }

  private func readNumbers(_ text: Substring, _ range: ClosedRange<Int64>, _ part: Substring, signed: Bool) throws(ICalendarProblem) -> [Int64] {
    var numbers: Set<Int64> = []
    for element in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard element.utf8.count <= 4, let number = Int64(element), range.contains(signed ? abs(number) : number) else { throw bad(part) }
      numbers.insert(number)
    }
    return numbers.sorted()
  }

  private func readWeekdays(_ text: Substring, _ part: Substring) throws(ICalendarProblem) -> [WeekdayRule] {
    var rules: [WeekdayRule] = []
    for element in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let index = Self.weekdayNames.firstIndex(of: String(element.suffix(2))) else { throw bad(part) }
      let digits = element.dropLast(2)
      var ordinal: Int64?
      if !digits.isEmpty {
        guard digits.utf8.count <= 3, let number = Int64(digits), (1...53).contains(abs(number)) else { throw bad(part) }
        ordinal = number
      }
      let rule = WeekdayRule(ordinal: ordinal, weekday: index + 1)
      if !rules.contains(rule) { rules.append(rule) }
    }
    return rules
  }

  /// What the standard forbids, or gives no meaning.
  private func checkCombination() throws(ICalendarProblem) {
    if count != nil, until != nil { throw bad("COUNT;UNTIL") }
    if frequency == .weekly, !monthDays.isEmpty { throw bad("FREQ=WEEKLY;BYMONTHDAY") }
    if frequency == .weekly || frequency == .daily, weekdays.contains(where: { $0.ordinal != nil }) { throw bad("FREQ=\(frequency.rawValue);BYDAY") }
    if !positions.isEmpty, months.isEmpty, monthDays.isEmpty, weekdays.isEmpty { throw bad("BYSETPOS") }
  }
}
