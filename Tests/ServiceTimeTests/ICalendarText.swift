import Kernel
import ServiceTime

/// iCalendar files for tests.
enum ICalendarText {
  static func file(_ lines: String..., end: String = "\r\n") -> [UInt8] { file(lines, end: end) }

  static func file(_ lines: [String], end: String = "\r\n") -> [UInt8] {
    Array((["BEGIN:VCALENDAR", "VERSION:2.0"] + lines + ["END:VCALENDAR"]).map { $0 + end }.joined().utf8)
  }

  static func event(_ lines: String...) -> [UInt8] { file(["BEGIN:VEVENT"] + lines + ["END:VEVENT"]) }

  /// `2026-12-25 Christmas`, or `!17 ics.code` for each problem.
  static func read(_ bytes: [UInt8], _ years: ClosedRange<Int64> = 2026...2027) -> [String] {
    do throws(Failure) {
      return try ICalendar.days(bytes, years: years).map { $0.name.isEmpty ? $0.date.description : "\($0.date) \($0.name)" }
    } catch {
      return error.violations.map { "!\($0.arguments["line"] ?? "?") \($0.message.key)" }
    }
  }
}
