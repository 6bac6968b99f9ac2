import Foundation
import Kernel

/// When tickets arrive: by local hour and weekday as in a real service desk, mornings and Mondays first.
enum DemoYear {
  private static let hourWeights = [1, 1, 1, 1, 1, 2, 5, 14, 26, 30, 28, 22, 14, 20, 24, 22, 18, 12, 6, 4, 3, 2, 1, 1]
  private static let weekdayWeights = [26, 22, 20, 19, 17, 3, 2]

  /// Arrival instants in the year that ends at `end`, in order.
  static func arrivals(count: Int, until end: Instant, zone: TimeZone, random: inout DemoRandom) -> [Instant] {
    let firstDay = end.seconds / 86_400 - 364
    let hours = hourWeights.enumerated().map { ($0.offset, weight: $0.element) }
    var arrivals: [Instant] = []
    while arrivals.count < count {
      let day = CalendarDate(daysSinceEpoch: firstDay + Int64.random(in: 0..<364, using: &random))
      guard random.chance(percent: weekdayWeights[day.weekday - 1] * 100 / 26) else { continue }
      let hour = Int64(random.pick(hours) ?? 9)
      let local = day.daysSinceEpoch * 86_400 + hour * 3600 + Int64.random(in: 0..<3600, using: &random)
      // Near enough for a story: the offset of that moment taken for UTC.
      let instant = Instant(seconds: local - Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(local)))))
      if instant < end { arrivals.append(instant) }
    }
    return arrivals.sorted()
  }
}
