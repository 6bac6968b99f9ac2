import Kernel
import ServiceTime

/// The tag of calendar version ids.
package enum CalendarVersion {}

/// One version of a calendar, ready for arithmetic.
package struct Coverage: Sendable {
  package let version: Id<CalendarVersion>
  package let calendar: CompiledCalendar

  package init(version: Id<CalendarVersion>, calendar: CompiledCalendar) {
    self.version = version
    self.calendar = calendar
  }
}
