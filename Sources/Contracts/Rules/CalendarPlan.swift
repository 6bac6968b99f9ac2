import Kernel
import ServiceTime

/// A calendar's version before it is stored: what it says itself, and with the days of its holiday sets.
struct CalendarPlan: Sendable {
  let own: CalendarDefinition
  /// Internal ids of the revisions of holiday sets, in their order.
  let holidays: [Int64]
  /// What clocks count by.
  let definition: CalendarDefinition

  /// As many regions as one calendar may stand for.
  static let holidaySetLimit = 20

  init(own: CalendarDefinition, holidays: [(version: Int64, days: HolidaySet)]) throws(Failure) {
    self.own = own
    self.holidays = holidays.map(\.version)
    definition = holidays.isEmpty ? own : try own.observing(holidays.map(\.days))
  }
}
