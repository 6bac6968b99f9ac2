import Foundation
import Kernel
import ServiceTime
import TestSupport
import Testing

/// What a reader of files from anywhere must bear: it ends, within limits, and never traps.
@Suite struct ICalendarHostileTests {
  @Test func limitsHold() {
    let limit = ICalendar.byteLimit
    #expect(ICalendarText.read(Array(repeating: UInt8(ascii: "x"), count: limit + 1)) == ["!0 ics.too_large"])
    let event = ["BEGIN:VEVENT", "DTSTART:20260101", "END:VEVENT"]
    let events = Array(repeating: event, count: ICalendar.eventLimit + 1).flatMap { $0 }
    #expect(ICalendarText.read(ICalendarText.file(events)) == ["!30003 ics.too_many_events"])
    #expect(ICalendarText.read(ICalendarText.file(Array(events.dropLast(3)))).count == ICalendar.eventLimit)
    let long = ["BEGIN:VEVENT", "DTSTART:19700101", "RRULE:FREQ=DAILY", "END:VEVENT"]
    #expect(ICalendarText.read(ICalendarText.file(long + long), 1976...2025) == ["!7 ics.too_many_days"])
  }

  /// Each of these rules alone is cheap to write and dear to follow.
  @Test(arguments: [
    "FREQ=DAILY;COUNT=100000;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;COUNT=100000", "FREQ=MONTHLY;COUNT=100000;BYMONTHDAY=1;BYDAY=1MO",
    "FREQ=YEARLY;COUNT=100000;BYDAY=MO,TU,WE,TH,FR,SA,SU,1MO,2MO,3MO,-1MO,-2MO;BYSETPOS=366,-366,1",
  ]) func effortIsBounded(rule: String) {
    let event = ["BEGIN:VEVENT", "DTSTART:00010101", "RRULE:\(rule)", "END:VEVENT"]
    let bytes = ICalendarText.file(Array(repeating: event, count: 2000).flatMap { $0 })
    let clock = ContinuousClock()
    let started = clock.now
    let result = ICalendarText.read(bytes)
    // Generous, for a debug build on a loaded machine; without the limit it would be hours.
    #expect(clock.now - started < .seconds(120))
    #expect(result.allSatisfy { $0.hasSuffix("ics.too_much_effort") || $0.hasSuffix("ics.start_outside_rule") } && !result.isEmpty, "\(result.prefix(2))")
  }

  /// Places count as effort: all of them, looked for every day of 27 years, are refused.
  @Test func placesCountAsEffort() {
    let places = (1...366).flatMap { ["\($0)", "-\($0)"] }.joined(separator: ",")
    let rule = "FREQ=DAILY;COUNT=10000;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS="
    #expect(ICalendarText.read(ICalendarText.event("DTSTART:00010101", "RRULE:\(rule)\(places)")) == ["!5 ics.too_much_effort"])
    #expect(ICalendarText.read(ICalendarText.event("DTSTART:00010101", "RRULE:\(rule)1,-1")) == [])
  }

  @Test func manyNamesOfOneDateAreOneDay() throws {
    let days = (0..<ICalendar.dayLimit).map { ICalendar.Day(date: CalendarDate(daysSinceEpoch: 20_000), name: "\($0 % 10_000)") }
    let set = try HolidaySet(days, language: .english)
    #expect(set.days.count == 1 && set.days.first?.name[.english]?.hasPrefix("0 / 1 / 2 / ") == true)
  }

  /// Bytes of real files, cut, joined, flipped: whatever comes of it is days or problems.
  @Test(arguments: 1...6) func mutatedFilesNeverTrap(seed: UInt64) throws {
    guard let folder = RealData.url("holidays/ics") else { return }
    var generator = SplitMix64(seed: seed)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".ics") && $0 != "ChinaHolidays.ics" }.sorted()
    let files = try names.map { [UInt8](try Data(contentsOf: folder.appending(path: $0))) }
    #expect(files.count == 8)
    let words = [
      "RRULE:FREQ=DAILY;COUNT=99999", "BYDAY=-53SU", "BYSETPOS=-366", "INTERVAL=1000", "DTSTART:00010101", "DTEND:99991231", "RECURRENCE-ID:20220101", ";",
      "BEGIN:VEVENT\n", "END:VEVENT\n", "\n ", "DURATION:P366D", "9999", "\\",
    ].map { Array($0.utf8) }
    let events = files.flatMap { file in
      String(decoding: file, as: UTF8.self).components(separatedBy: "BEGIN:VEVENT").dropFirst()
        .compactMap { $0.components(separatedBy: "END:VEVENT").first }.map { Array("BEGIN:VEVENT\($0)END:VEVENT\n".utf8) }
    }
    var read = 0
    for _ in 0..<200 {
      // Some whole events, and few changes: enough gets past the frame to reach dates and rules.
      var bytes = Array("BEGIN:VCALENDAR\n".utf8)
      for _ in 0..<Int.random(in: 1...6, using: &generator) { bytes += try #require(events.randomElement(using: &generator)) }
      for _ in 0..<Int.random(in: 0...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: bytes.removeSubrange(place..<min(bytes.count - 1, place + 40))
        case 2: bytes.insert(contentsOf: try #require(words.randomElement(using: &generator)), at: place)
        default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 300)], at: place)
        }
      }
      bytes += Array("END:VCALENDAR\n".utf8)
      do throws(Failure) {
        let days = try ICalendar.days(bytes, years: 2000...2030)
        #expect(days.count <= ICalendar.dayLimit + Int(ICalendar.lengthLimit))
        read += 1
      } catch {
        #expect(!error.violations.isEmpty && error.violations.count <= ICalendar.problemLimit)
        for violation in error.violations { #expect(!violation.message.text(.english, violation.arguments).contains("{")) }
      }
    }
    #expect(read > 20 && read < 200)
  }
}
