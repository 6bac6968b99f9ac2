import Kernel
import ServiceTime

/// How a log writes its instants. The order of day and month is part of the name of a format: read the other way round,
/// most dates still are dates.
package enum LogDateFormat: String, Sendable, CaseIterable {
  /// `29/2/2016 01:16`, with or without leading zeros.
  case dayMonthYear = "d/m/yyyy HH:MM"
  /// `2/29/2016 01:16`, with or without leading zeros.
  case monthDayYear = "m/d/yyyy HH:MM"
  /// `2016-02-29 01:16:00`, as ServiceNow exports it by itself.
  case iso = "yyyy-mm-dd HH:MM:SS"
  /// `2016-02-29T01:16:00+01:00`: an instant by itself, whatever the log's zone.
  case offset = "yyyy-mm-ddTHH:MM:SS+HH:MM"

  /// The wall clock's seconds since 1970-01-01T00:00, as if the zone were UTC; nil for what is not exactly such a text.
  package func wallClockSeconds(_ text: UnsafeRawBufferPointer) -> Int64? {
    var scanner = Scanner(bytes: text)
    let date: CalendarDate?
    switch self {
    case .dayMonthYear, .monthDayYear:
      guard let first = scanner.number(1...2), scanner.skip("/"), let second = scanner.number(1...2), scanner.skip("/"), let year = scanner.number(4...4)
      else { return nil }
      date = self == .dayMonthYear ? CalendarDate(year: year, month: second, day: first) : CalendarDate(year: year, month: first, day: second)
    case .offset: return nil
    case .iso:
      guard let year = scanner.number(4...4), scanner.skip("-"), let month = scanner.number(2...2), scanner.skip("-"), let day = scanner.number(2...2)
      else { return nil }
      date = CalendarDate(year: year, month: month, day: day)
    }
    guard let date, date.daysSinceEpoch >= 0, scanner.skip(" "), let hour = scanner.number(1...2), hour < 24, scanner.skip(":"),
      let minute = scanner.number(2...2), minute < 60
    else { return nil }
    var second: Int64 = 0
    if self == .iso {
      guard scanner.skip(":"), let read = scanner.number(2...2), read < 60 else { return nil }
      second = read
    }
    guard scanner.isAtEnd else { return nil }
    return date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second
  }

  private struct Scanner {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    init(bytes: UnsafeRawBufferPointer) {
      self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    mutating func number(_ digits: ClosedRange<Int>) -> Int64? {
      var number: Int64 = 0
      var count = 0
      while count < digits.upperBound, position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
        number = number * 10 + Int64(bytes[position] - UInt8(ascii: "0"))
        position += 1
        count += 1
      }
      return count >= digits.lowerBound ? number : nil
    }
  }
}
