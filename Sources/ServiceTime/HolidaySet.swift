import Kernel

/// Dated days on which coverage is less than usual: the public holidays of a country or region, a customer's works holidays.
/// Sorted by date, each date once. Calendars of different hours share a set, so a day says what may stay open:
/// ``CalendarDefinition/Exception/openings`` without any closes the whole day, 00:00-12:00 closes it from noon on.
///
/// A set only takes time away. What opens where the week is closed (a Saturday that people work instead) is an exception of
/// the calendar itself, and that beats every set.
package struct HolidaySet: Hashable, Sendable {
  package let days: [CalendarDefinition.Exception]

  package static let none = HolidaySet(checked: [])

  private init(checked: [CalendarDefinition.Exception]) { days = checked }

  /// Throws one ``Failure`` of kind `invalid` with a violation for every wrong field: `days[3].open[0]`.
  package init(_ days: [CalendarDefinition.Exception]) throws(Failure) {
    do throws(Failure) {
      self.days = try CalendarDefinition(zone: "UTC", week: [:], exceptions: days).exceptions
    } catch {
      throw Self.renamed(error)
    }
  }

  /// Reads the stored form: an array of days as calendars have their exceptions.
  package init(_ value: Value) throws(Failure) {
    do throws(Failure) {
      days = try CalendarDefinition(.object(["zone": "UTC", "exceptions": value])).exceptions
    } catch {
      throw Self.renamed(error)
    }
  }

  package var value: Value { .array(days.map(\.value)) }

  private static func renamed(_ failure: Failure) -> Failure {
    let violations = failure.violations.map { violation in
      let path = violation.path.hasPrefix("exceptions") ? "days" + violation.path.dropFirst("exceptions".count) : violation.path
      return Failure.Violation(path: path, violation.message, violation.arguments)
    }
    return Failure(failure.kind, failure.message, failure.arguments, violations: violations)
  }
}

extension HolidaySet {
  /// The days of an iCalendar file, closed all day. Events of one date become one day, with their names joined.
  /// - Parameters:
  ///   - language: of the names in the file.
  ///   - skipping: names of events that are not to be holidays: memorial days, work days.
  package init(_ days: [ICalendar.Day], language: Language, skipping: Set<String> = []) throws(Failure) {
    var names: [CalendarDate: [String]] = [:]
    var seen: Set<ICalendar.Day> = []
    for day in days where !skipping.contains(day.name) && seen.insert(day).inserted {
      names[day.date, default: []] += day.name.isEmpty ? [] : [day.name]
    }
    try self.init(
      names.map { date, names in
        let name = String(names.joined(separator: " / ").prefix(CalendarDefinition.nameLimit))
        return CalendarDefinition.Exception(date: date, name: name.isEmpty ? [:] : [language: name])
      })
  }

  /// How this set differs from an older one, by date.
  package struct Difference: Hashable, Sendable {
    package let added: [CalendarDate]
    package let removed: [CalendarDate]
    /// In both, with other names or hours.
    package let changed: [CalendarDate]

    package var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }
  }

  package func difference(from older: HolidaySet) -> Difference {
    let old = Dictionary(older.days.map { ($0.date, $0) }) { first, _ in first }
    let new = Dictionary(days.map { ($0.date, $0) }) { first, _ in first }
    return Difference(
      added: days.map(\.date).filter { old[$0] == nil }, removed: older.days.map(\.date).filter { new[$0] == nil },
      changed: days.filter { day in old[day.date].map { $0 != day } ?? false }.map(\.date))
  }
}

extension CalendarDefinition {
  /// This calendar with the days of holiday sets made into exceptions. On a date of several sets only what all of them leave
  /// open is open, and the first name counts. The calendar's own exceptions stay as they are.
  package func observing(_ sets: [HolidaySet]) throws(Failure) -> CalendarDefinition {
    let own = Set(exceptions.map(\.date))
    var days: [CalendarDate: Exception] = [:]
    for day in sets.flatMap(\.days) where !own.contains(day.date) {
      let before = days[day.date]
      let open = before?.openings ?? week[Weekday.allCases[day.date.weekday - 1]] ?? []
      days[day.date] = Exception(
        date: day.date, name: before.map { $0.name.isEmpty ? day.name : $0.name } ?? day.name, openings: Self.common(open, day.openings))
    }
    return try CalendarDefinition(zone: zone.identifier, week: week, exceptions: exceptions + days.values)
  }

  /// What lies in openings of both lists, each of which is sorted and without overlap.
  private static func common(_ left: [Opening], _ right: [Opening]) -> [Opening] {
    left.flatMap { left in
      right.compactMap { right in
        let (start, end) = (max(left.start, right.start), min(left.end, right.end))
        return start < end ? Opening(start, end) : nil
      }
    }
  }
}
