import Foundation
import Kernel
import ServiceTime
import Testing

/// The arithmetic against ``MinuteOracle`` on random calendars, in zones whose clocks do odd things.
@Suite struct CompiledCalendarOracleTests {
  @Test(arguments: RandomCalendar.zones)
  func agreesAroundTransitions(zone: String) throws {
    var generator = SeededGenerator(7, zone)
    var transitions = try Self.transitions(zone)
    transitions.shuffle(using: &generator)
    for second in transitions.prefix(5) {
      try compare(zone: zone, from: second / 60 - Int64.random(in: 100...3000, using: &generator), minutes: 5000, &generator)
    }
  }

  @Test(arguments: RandomCalendar.zones)
  func agreesInAnyYear(zone: String) throws {
    var generator = SeededGenerator(11, zone)
    for _ in 0..<2 {
      try compare(zone: zone, from: Int64.random(in: 2_000_000...70_000_000, using: &generator), minutes: 9000, &generator)
    }
    // Beyond the year 2100, where the spans come from another list.
    try compare(zone: zone, from: Int64.random(in: 68_374_080...4_000_000_000, using: &generator), minutes: 4000, &generator)
    try compare(zone: zone, from: 68_374_080 - 3000, minutes: 5000, &generator)
  }

  private static func transitions(_ identifier: String) throws -> [Int64] {
    let zone = try #require(TimeZone(identifier: identifier))
    var transitions: [Int64] = []
    // Since 1975: before, Liberia and the Netherlands had offsets that are no whole minutes, which the oracle cannot see.
    var date = Date(timeIntervalSince1970: 157_766_400)
    while let next = zone.nextDaylightSavingTimeTransition(after: date), next.timeIntervalSince1970 < 5_000_000_000 {
      transitions.append(Int64(next.timeIntervalSince1970))
      date = next
    }
    return transitions.isEmpty ? [1_700_000_040] : transitions
  }

  private func compare(zone: String, from firstMinute: Int64, minutes: Int, _ generator: inout SeededGenerator) throws {
    let date = CalendarDate(daysSinceEpoch: firstMinute / 1440)
    let definition = try RandomCalendar.definition(zone: zone, around: date, days: Int64(minutes / 1440), &generator)
    let calendar = CompiledCalendar(definition)
    let oracle = try MinuteOracle(definition, fromMinute: firstMinute, minutes: minutes)
    let seconds = oracle.start.seconds..<oracle.end.seconds
    let context: Comment = "\(JSON.text(definition.value)) from \(oracle.start)"

    for _ in 0..<60 {
      let start = Instant(seconds: Int64.random(in: seconds, using: &generator))
      let end = Instant(seconds: Int64.random(in: seconds, using: &generator))
      #expect(calendar.elapsed(from: start, to: end) == oracle.elapsed(from: start, to: end), context)

      let expected = oracle.nextOpening(at: start)
      let opening = calendar.nextOpening(at: start)
      if let expected { #expect(opening == expected, context) } else { #expect(opening.map { $0 >= oracle.end } ?? true, context) }
      #expect(calendar.isOpen(at: start) == (expected == start), context)

      let budget = Int64.random(in: 0...100_000, using: &generator)
      if let deadline = oracle.deadline(from: start, seconds: budget) {
        #expect(calendar.deadline(from: start, seconds: budget) == deadline, context)
        if let breach = oracle.nextOpening(at: min(deadline, oracle.end.adding(seconds: -1))), deadline < oracle.end {
          #expect(calendar.breach(from: start, seconds: budget) == breach, context)
        }
      }
      let days = Int.random(in: 0...3, using: &generator)
      if let closing = oracle.businessDayEnd(from: start, days: days) {
        #expect(calendar.businessDayEnd(from: start, days: Int64(days)) == closing, "\(days) days after \(start): \(context)")
      }
    }
    try expectPartition(calendar, oracle, context)
  }

  private func expectPartition(_ calendar: CompiledCalendar, _ oracle: MinuteOracle, _ context: Comment) throws {
    let start = oracle.start.adding(seconds: 17)
    let segments = calendar.segments(from: start, to: oracle.end)
    #expect(segments.first?.from == start && segments.last?.to == oracle.end, context)
    for (left, right) in zip(segments, segments.dropFirst()) {
      #expect(left.to == right.from && left.isOpen != right.isOpen, context)
    }
    for segment in segments {
      #expect(oracle.elapsed(from: segment.from, to: segment.to) == (segment.isOpen ? segment.to.seconds - segment.from.seconds : 0), context)
    }
  }
}
