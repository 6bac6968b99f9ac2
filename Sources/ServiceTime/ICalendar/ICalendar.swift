import Kernel

/// Reads the whole-day events of an iCalendar file (RFC 5545): public holidays, as states, towns and firms publish them.
///
/// What cannot be read exactly is an error that names its line; nothing is guessed and nothing is left out. Where files
/// in use depart from the standard, one rule holds for all of them:
/// - only whole days: an event that begins at a time of day is refused;
/// - an end is exclusive. One with a time of day counts as its date, and one that is not after the start makes one day;
/// - UNTIL, EXDATE, RDATE and RECURRENCE-ID name days: of a local time, and of midnight UTC, the written date counts; any other
///   time of UTC is refused, for it lies in another day somewhere;
/// - the first day must be one that the recurrence rule gives (the standard leaves the other case undefined);
/// - a component with RECURRENCE-ID takes the place of that one occurrence of the event of the same UID; of several for one
///   occurrence the one with the highest SEQUENCE counts, the later one among equals. It goes with a cancelled event, and
///   must name an occurrence where the file has the event;
/// - what has STATUS:CANCELLED is not there.
///
/// Time zones, alarms, to-dos and journals are passed over, for they say nothing about whole days.
package enum ICalendar {
  package struct Day: Hashable, Sendable {
    package let date: CalendarDate
    /// SUMMARY; empty when there is none.
    package let name: String

    package init(date: CalendarDate, name: String) {
      self.date = date
      self.name = name
    }
  }

  /// A country's holidays of twenty years take some 100 KB.
  package static let byteLimit = 2 << 20
  package static let eventLimit = 10_000
  /// Days that come out, after repetition.
  package static let dayLimit = 20_000
  /// The longest event: school holidays fit.
  package static let lengthLimit: Int64 = 366
  package static let yearsLimit: Int64 = 50
  /// Candidates that all rules of a file may look at: hostile rules end here, after some hundred milliseconds.
  package static let effortLimit = 2_000_000
  /// As many problems are told at once.
  package static let problemLimit = 20

  /// The days within `years`, by date, those of one date in the order of the file.
  ///
  /// Throws a ``Failure`` of kind `invalid`; each violation names the line in its argument `line`.
  package static func days(_ bytes: some Collection<UInt8>, years: ClosedRange<Int64>) throws(Failure) -> [Day] {
    guard let first = CalendarDate(year: years.lowerBound, month: 1, day: 1), let last = CalendarDate(year: years.upperBound, month: 12, day: 31),
      years.upperBound - years.lowerBound < yearsLimit
    else { throw failure([ICalendarProblem(0, ICalendarMessages.badYears, ["limit": String(yearsLimit)])]) }
    guard bytes.count <= byteLimit else { throw failure([ICalendarProblem(0, ICalendarMessages.tooLarge, ["limit": String(byteLimit)])]) }
    var reader = ICalendarReader()
    let events = reader.events(Array(bytes))
    guard reader.problems.isEmpty else { throw failure(reader.problems) }
    do throws(ICalendarProblem) {
      return try ICalendarOccurrences(events, within: first...last).days()
    } catch {
      throw failure([error])
    }
  }

  private static func failure(_ problems: [ICalendarProblem]) -> Failure {
    let violations = problems.prefix(problemLimit).map { Failure.Violation(path: "", $0.message, $0.arguments) }
    return Failure(.invalid, KernelMessages.invalidInput, violations: violations)
  }
}

/// What is wrong, and where. Line 0 stands for the file as a whole.
struct ICalendarProblem: Error, Hashable {
  let line: Int
  let message: Message
  let arguments: [String: String]

  init(_ line: Int, _ message: Message, _ arguments: [String: String] = [:]) {
    self.line = line
    self.message = message
    self.arguments = arguments.merging(["line": String(line)]) { own, _ in own }
  }

  static func == (left: ICalendarProblem, right: ICalendarProblem) -> Bool {
    left.line == right.line && left.message.key == right.message.key && left.arguments == right.arguments
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(line)
    hasher.combine(message.key)
  }
}
