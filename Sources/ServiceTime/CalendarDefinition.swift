import Kernel

/// When a service is covered (服务时间): a zone, weekly openings and dated exceptions.
///
/// A definition is one immutable version of a calendar. An edited calendar is another definition; the caller knows from
/// when on it holds. Every value of this type is valid; openings are sorted, and those that overlap or touch are one.
///
/// The one rule of open time: **a moment is open when the wall clock of the zone shows, at that moment, a time within the
/// openings of the date it shows.** Lengths are elapsed seconds. It follows that
/// - an edge in the hour that a forward change skips takes effect at the change itself;
/// - in the hour that a backward change repeats, a time that is open by the wall clock is open both times it comes, and
///   one that is closed is closed both times: 01:00-02:30 on such a night is open until the first 02:30 and again from the
///   second 02:00 to the second 02:30, two hours in all;
/// - an opening that holds the whole changed hour is an hour shorter or longer than on other days;
/// - a date that the zone skipped (Pacific/Apia, 2011-12-30) has no open time.
package struct CalendarDefinition: Hashable, Sendable {
  package let zone: Zone
  /// Openings by weekday; a weekday without any is absent.
  package let week: [Weekday: [Opening]]
  /// Sorted by date, each date at most once.
  package let exceptions: [Exception]

  /// A stretch of wall-clock time within one date, in minutes after 00:00, half open. The end may be 1440 (24:00).
  package struct Opening: Hashable, Sendable {
    package let start: Int
    package let end: Int

    package init(_ start: Int, _ end: Int) {
      self.start = start
      self.end = end
    }

    package static let wholeDay = Opening(0, 1440)
  }

  /// A date whose openings replace those of its weekday. Without openings it is a holiday.
  package struct Exception: Hashable, Sendable {
    package let date: CalendarDate
    /// What users read: `Christmas Day`, 圣诞节. May be empty.
    package let name: [Language: String]
    package let openings: [Opening]

    package init(date: CalendarDate, name: [Language: String] = [:], openings: [Opening] = []) {
      self.date = date
      self.name = name
      self.openings = openings
    }
  }

  /// A calendar comes from outside and is compiled whole. Real ones have two or three openings a day.
  package static let openingsPerDayLimit = 24
  /// Holidays and half days of several regions for decades; 250 countries have 10 to 40 a year.
  package static let exceptionLimit = 4000
  package static let nameLimit = 200

  /// Throws one ``Failure`` of kind `invalid` with a violation for every wrong field, by the paths of the stored form:
  /// `zone`, `week.mon[0]`, `exceptions[3].open[0]`.
  package init(zone: String, week: [Weekday: [Opening]], exceptions: [Exception] = []) throws(Failure) {
    var check = DefinitionCheck()
    let foundZone = check.zone(zone)
    var merged: [Weekday: [Opening]] = [:]
    for day in Weekday.allCases {
      let openings = check.openings(week[day] ?? [], at: "week.\(day.rawValue)")
      if !openings.isEmpty { merged[day] = openings }
    }
    let checked = check.exceptions(exceptions)
    guard let foundZone, check.violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: check.violations) }
    self.zone = foundZone
    self.week = merged
    self.exceptions = checked
  }

  /// Always open.
  package static func always(zone: String) throws(Failure) -> CalendarDefinition {
    try CalendarDefinition(zone: zone, week: Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [.wholeDay]) }))
  }

  /// 5x8: Monday to Friday, 09:00 to 17:00.
  package static func fiveByEight(zone: String, exceptions: [Exception] = []) throws(Failure) -> CalendarDefinition {
    try CalendarDefinition(zone: zone, week: workingDays([Opening(9 * 60, 17 * 60)]), exceptions: exceptions)
  }

  /// 5x12: Monday to Friday, 08:00 to 20:00.
  package static func fiveByTwelve(zone: String, exceptions: [Exception] = []) throws(Failure) -> CalendarDefinition {
    try CalendarDefinition(zone: zone, week: workingDays([Opening(8 * 60, 20 * 60)]), exceptions: exceptions)
  }

  /// The same openings from Monday to Friday.
  package static func workingDays(_ openings: [Opening]) -> [Weekday: [Opening]] {
    Dictionary(uniqueKeysWithValues: Weekday.allCases.prefix(5).map { ($0, openings) })
  }
}

/// A day of the week; the raw value is its name in stored calendars.
package enum Weekday: String, CaseIterable, Hashable, Sendable {
  case monday = "mon"
  case tuesday = "tue"
  case wednesday = "wed"
  case thursday = "thu"
  case friday = "fri"
  case saturday = "sat"
  case sunday = "sun"
}

/// Checks the parts of a definition, brings them into their one form, and collects what is wrong.
private struct DefinitionCheck {
  private(set) var violations: [Failure.Violation] = []

  private mutating func refuse(_ path: String, _ message: Message, _ arguments: [String: String] = [:]) {
    violations.append(Failure.Violation(path: path, message, arguments))
  }

  mutating func zone(_ identifier: String) -> Zone? {
    guard let zone = Zone.named(identifier) else {
      refuse("zone", ServiceTimeMessages.unknownZone, ["zone": String(identifier.prefix(64))])
      return nil
    }
    return zone
  }

  mutating func openings(_ openings: [CalendarDefinition.Opening], at path: String) -> [CalendarDefinition.Opening] {
    guard openings.count <= CalendarDefinition.openingsPerDayLimit else {
      refuse(path, ServiceTimeMessages.tooManyOpenings, ["limit": String(CalendarDefinition.openingsPerDayLimit)])
      return []
    }
    for (index, opening) in openings.enumerated() {
      if !(0...1440).contains(opening.start) || !(0...1440).contains(opening.end) {
        refuse("\(path)[\(index)]", ServiceTimeMessages.badTime)
      } else if opening.start >= opening.end {
        refuse("\(path)[\(index)]", ServiceTimeMessages.openingOrder)
      }
    }
    var merged: [CalendarDefinition.Opening] = []
    for opening in openings.sorted(by: { $0.start < $1.start }) {
      if let last = merged.last, opening.start <= last.end {
        merged[merged.count - 1] = CalendarDefinition.Opening(last.start, max(last.end, opening.end))
      } else {
        merged.append(opening)
      }
    }
    return merged
  }

  mutating func exceptions(_ exceptions: [CalendarDefinition.Exception]) -> [CalendarDefinition.Exception] {
    guard exceptions.count <= CalendarDefinition.exceptionLimit else {
      refuse("exceptions", ServiceTimeMessages.tooManyExceptions, ["limit": String(CalendarDefinition.exceptionLimit)])
      return []
    }
    var dates: Set<CalendarDate> = []
    var checked: [CalendarDefinition.Exception] = []
    for (index, exception) in exceptions.enumerated() {
      let path = "exceptions[\(index)]"
      if !(0...Zone.end / 86_400 - 1).contains(exception.date.daysSinceEpoch) { refuse("\(path).date", ServiceTimeMessages.badDate) }
      if !dates.insert(exception.date).inserted { refuse("\(path).date", ServiceTimeMessages.duplicateDate, ["date": exception.date.description]) }
      if exception.name.values.contains(where: { $0.isEmpty || $0.count > CalendarDefinition.nameLimit }) {
        refuse("\(path).name", ServiceTimeMessages.badName, ["limit": String(CalendarDefinition.nameLimit)])
      }
      let openings = openings(exception.openings, at: "\(path).open")
      checked.append(CalendarDefinition.Exception(date: exception.date, name: exception.name, openings: openings))
    }
    return checked.sorted { $0.date < $1.date }
  }
}
