import Contracts
import Kernel
import ServiceTime
import TestSupport

@testable import Assurance

/// Time in steps of a quarter of an hour: calendars, deadlines and business days counted one step after the other. It shares
/// nothing with the code under test but the zone's wall clock.
struct QuarterHours {
  static let step: Int64 = 900

  let start: Int64
  private var isOpen: [Bool] = []
  /// The date that the wall clock shows, of each step.
  private var dates: [Int64] = []
  /// The end of the last opening of each date that has one.
  private var closings: [(date: Int64, end: Int64)] = []

  init(_ definition: CalendarDefinition, from start: Int64, steps: Int) {
    self.start = start
    for index in 0..<steps {
      let local = definition.zone.wallClockSeconds(at: Instant(seconds: start + Int64(index) * Self.step))
      let day = local.flooredQuotient(by: 86_400)
      let minute = Int(local.flooredRemainder(by: 86_400) / 60)
      let date = CalendarDate(daysSinceEpoch: day)
      let openings = definition.exceptions.first { $0.date == date }?.openings ?? definition.week[Weekday.allCases[date.weekday - 1]] ?? []
      isOpen.append(openings.contains { $0.start <= minute && minute < $0.end })
      dates.append(day)
    }
    findClosings()
  }

  private mutating func findClosings() {
    closings = []
    for index in isOpen.indices where isOpen[index] {
      let end = start + Int64(index + 1) * Self.step
      if closings.last?.date == dates[index] { closings[closings.count - 1].end = end } else { closings.append((dates[index], end)) }
    }
  }

  /// Several that stand in for one another.
  func union(_ other: QuarterHours) -> QuarterHours {
    var copy = self
    copy.isOpen = zip(isOpen, other.isOpen).map { $0 || $1 }
    copy.findClosings()
    return copy
  }

  /// What a later version says from a step on.
  func then(_ other: QuarterHours, from second: Int64) -> QuarterHours {
    var copy = self
    for index in isOpen.indices where start + Int64(index) * Self.step >= second {
      copy.isOpen[index] = other.isOpen[index]
      copy.dates[index] = other.dates[index]
    }
    copy.findClosings()
    return copy
  }

  private func index(_ second: Int64) -> Int { Int((second - start) / Self.step) }

  func isOpen(at second: Int64) -> Bool { isOpen[index(second)] }

  /// The last second at which no more than `seconds` have passed in the open.
  func breach(from second: Int64, _ seconds: Int64) -> Int64? {
    var (left, position) = (seconds, second)
    while index(position) < isOpen.count {
      let end = start + Int64(index(position) + 1) * Self.step
      if isOpen[index(position)] {
        if end - position > left { return position + left }
        left -= end - position
      }
      position = end
    }
    return nil
  }

  func businessDayEnd(from second: Int64, _ days: Int64) -> Int64? {
    let today = dates[index(second)]
    if days == 0 { return closings.first { $0.date >= today && $0.end > second }?.end }
    let later = closings.filter { $0.date > today }
    return Int(days) <= later.count ? later[Int(days) - 1].end : nil
  }
}

extension SplitMix64 {
  /// A calendar with edges on quarter hours, open at least once a week.
  mutating func calendar(_ zone: String, around date: CalendarDate) throws -> CalendarDefinition {
    var week: [Weekday: [CalendarDefinition.Opening]] = [:]
    if Int.random(in: 0..<6, using: &self) == 0 {
      for day in Weekday.allCases { week[day] = [.wholeDay] }
    } else {
      for day in Weekday.allCases where Int.random(in: 0..<10, using: &self) < 7 { week[day] = openings() }
      week[.wednesday] = [.init(9 * 60, 17 * 60)]
    }
    var exceptions: [CalendarDefinition.Exception] = []
    for offset in -1...40 where Int.random(in: 0..<12, using: &self) == 0 {
      exceptions.append(.init(date: date.adding(days: Int64(offset)), openings: Bool.random(using: &self) ? [] : openings()))
    }
    return try CalendarDefinition(zone: zone, week: week, exceptions: exceptions)
  }

  private mutating func openings() -> [CalendarDefinition.Opening] {
    var edges: Set<Int> = []
    while edges.count < 2 * Int.random(in: 1...2, using: &self) { edges.insert(15 * Int.random(in: 0...96, using: &self)) }
    let sorted = edges.sorted()
    return stride(from: 0, to: sorted.count - 1, by: 2).map { CalendarDefinition.Opening(sorted[$0], sorted[$0 + 1]) }
  }
}
