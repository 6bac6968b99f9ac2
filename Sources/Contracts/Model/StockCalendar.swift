import Kernel
import ServiceTime

/// The coverages (服务时间) that everybody sells, by the name under which they are sold.
package enum StockCalendar: String, Sendable, CaseIterable {
  case always = "24x7"
  /// Monday to Friday, 09:00 to 17:00.
  case fiveByEight = "5x8"
  /// Monday to Friday, 08:00 to 20:00.
  case fiveByTwelve = "5x12"

  package func definition(zone: String) throws(Failure) -> CalendarDefinition {
    switch self {
    case .always: try .always(zone: zone)
    case .fiveByEight: try .fiveByEight(zone: zone)
    case .fiveByTwelve: try .fiveByTwelve(zone: zone)
    }
  }
}
