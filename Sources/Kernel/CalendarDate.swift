/// A date of the proleptic Gregorian calendar, without a zone.
package struct CalendarDate: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Days since 1970-01-01.
  package let daysSinceEpoch: Int64

  package init(daysSinceEpoch: Int64) {
    self.daysSinceEpoch = daysSinceEpoch
  }

  /// Nil for a date that does not exist or a year outside 1...9999.
  package init?(year: Int64, month: Int64, day: Int64) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.length(ofMonth: month, year: year) else { return nil }
    // Days from civil, after H. Hinnant, "chrono-compatible low-level date algorithms": years begin in March, so that
    // the leap day is the last of its year.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted.flooredQuotient(by: 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    daysSinceEpoch = era * 146_097 + dayOfEra - 719_468
  }

  /// Reads `yyyy-mm-dd`.
  package init?(_ text: String) {
    var scanner = DigitScanner(text)
    guard let date = scanner.date(), scanner.isAtEnd else { return nil }
    self = date
  }

  package var parts: (year: Int64, month: Int64, day: Int64) {
    let shifted = daysSinceEpoch + 719_468
    let era = shifted.flooredQuotient(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// ISO 8601: 1 is Monday, 7 is Sunday.
  package var weekday: Int { Int((daysSinceEpoch + 3).flooredRemainder(by: 7)) + 1 }

  package func adding(days: Int64) -> CalendarDate { CalendarDate(daysSinceEpoch: daysSinceEpoch + days) }

  package static func < (left: CalendarDate, right: CalendarDate) -> Bool { left.daysSinceEpoch < right.daysSinceEpoch }

  package static func length(ofMonth month: Int64, year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  package var description: String {
    let (year, month, day) = parts
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
  }
}

/// A month of a year, the period of scorecards and invoices.
package struct CalendarMonth: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let firstDay: CalendarDate

  package init?(year: Int64, month: Int64) {
    guard let firstDay = CalendarDate(year: year, month: month, day: 1) else { return nil }
    self.firstDay = firstDay
  }

  package init(containing date: CalendarDate) {
    firstDay = date.adding(days: 1 - date.parts.day)
  }

  /// Reads `yyyy-mm`.
  package init?(_ text: String) {
    var scanner = DigitScanner(text)
    guard let year = scanner.number(digits: 4), scanner.skip("-"), let month = scanner.number(digits: 2), scanner.isAtEnd else { return nil }
    self.init(year: year, month: month)
  }

  /// The first day of the following month: months are half-open ranges of days.
  package var end: CalendarDate {
    let (year, month, _) = firstDay.parts
    return firstDay.adding(days: CalendarDate.length(ofMonth: month, year: year))
  }

  package static func < (left: CalendarMonth, right: CalendarMonth) -> Bool { left.firstDay < right.firstDay }

  package var description: String { String(firstDay.description.prefix(7)) }
}

/// Reads the fixed-width numbers of dates and times.
struct DigitScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) {
    rest = text[...].utf8
  }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func number(digits: Int) -> Int64? {
    guard rest.count >= digits else { return nil }
    var number: Int64 = 0
    for byte in rest.prefix(digits) {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      number = number * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    rest = rest.dropFirst(digits)
    return number
  }

  /// One to `digits` decimals, scaled to exactly `digits`.
  mutating func fraction(digits: Int) -> Int64? {
    var number: Int64 = 0
    var count = 0
    while count < digits, let digit = self.number(digits: 1) {
      number = number * 10 + digit
      count += 1
    }
    guard count > 0 else { return nil }
    for _ in count..<digits { number *= 10 }
    return number
  }

  mutating func date() -> CalendarDate? {
    guard let year = number(digits: 4), skip("-"), let month = number(digits: 2), skip("-"), let day = number(digits: 2) else { return nil }
    return CalendarDate(year: year, month: month, day: day)
  }
}
