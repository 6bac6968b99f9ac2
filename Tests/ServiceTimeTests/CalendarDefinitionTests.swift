import Kernel
import ServiceTime
import Testing

@Suite struct CalendarDefinitionTests {
  private func read(_ json: String) throws -> CalendarDefinition { try CalendarDefinition(JSON.read(json)) }

  /// `path code` of every violation.
  private func violations(_ json: String) throws -> [String] {
    do {
      _ = try read(json)
      return []
    } catch let failure as Failure {
      #expect(failure.kind == .invalid)
      return failure.violations.map { "\($0.path) \($0.message.key)" }
    }
  }

  @Test func writesWhatItReads() throws {
    let stored =
      #"{"zone":"Europe/Berlin","week":{"mon":[["09:00","12:30"],["13:00","17:00"]],"sun":[["00:00","24:00"]]},"exceptions":"#
      + #"[{"date":"2026-12-24","open":[["09:00","12:00"]]},{"date":"2026-12-25","name":{"en":"Christmas Day","zh-Hans":"圣诞节"},"open":[]}]}"#
    let definition = try read(stored)
    #expect(JSON.text(definition.value) == stored)
    #expect(definition.week[.monday] == [.init(540, 750), .init(780, 1020)])
    #expect(definition.exceptions[1].name == [.english: "Christmas Day", .chinese: "圣诞节"])
  }

  @Test func oneFormForOneCalendar() throws {
    let messy = #"{"zone":"UTC","week":{"tue":[],"mon":[["12:00","14:00"],["09:00","12:00"],["10:00","11:00"]]},"exceptions":["#
    let definition = try read(messy + #"{"date":"2026-02-02","open":[]},{"date":"2026-01-01","open":[["10:00","11:00"],["10:30","12:00"]]}]}"#)
    #expect(
      JSON.text(definition.value) == #"{"zone":"UTC","week":{"mon":[["09:00","14:00"]]},"exceptions":["#
        + #"{"date":"2026-01-01","open":[["10:00","12:00"]]},{"date":"2026-02-02","open":[]}]}"#)
    #expect(try read(#"{"zone":"UTC"}"#) == CalendarDefinition(zone: "UTC", week: [:]))
  }

  @Test func roundTripsAtRandom() throws {
    var generator = SeededGenerator(1)
    for _ in 0..<200 {
      let zone = RandomCalendar.zones.randomElement(using: &generator) ?? "UTC"
      let definition = try RandomCalendar.definition(zone: zone, around: CalendarDate(daysSinceEpoch: 20_000), days: 40, &generator)
      #expect(try CalendarDefinition(JSON.read(JSON.write(definition.value))) == definition)
    }
  }

  @Test(arguments: [
    (#"[]"#, [" calendar.wrong_type"]),
    (#"{}"#, ["zone calendar.missing"]),
    (#"{"zone":7}"#, ["zone calendar.wrong_type"]),
    (#"{"zone":"Mars/Olympus"}"#, ["zone calendar.unknown_zone"]),
    (#"{"zone":"PST"}"#, ["zone calendar.unknown_zone"]),
    (#"{"zone":"GMT+1"}"#, ["zone calendar.unknown_zone"]),
    (#"{"zone":"../etc/passwd"}"#, ["zone calendar.unknown_zone"]),
    (#"{"zone":"UTC","color":1}"#, ["color calendar.unknown_field"]),
    (#"{"zone":"UTC","week":{"monday":[]}}"#, ["week.monday calendar.unknown_field"]),
    (#"{"zone":"UTC","week":{"mon":{}}}"#, ["week.mon calendar.wrong_type"]),
    (#"{"zone":"UTC","week":{"mon":[["09:00","17:00"],["09:00"]]}}"#, ["week.mon[1] calendar.bad_opening"]),
    (#"{"zone":"UTC","week":{"mon":[["9:00","24:01"]]}}"#, ["week.mon[0][0] calendar.bad_time", "week.mon[0][1] calendar.bad_time"]),
    (#"{"zone":"UTC","week":{"mon":[["09:60",17]]}}"#, ["week.mon[0][0] calendar.bad_time", "week.mon[0][1] calendar.bad_time"]),
    (
      #"{"zone":"UTC","week":{"mon":[["24:00","24:00"]],"tue":[["22:00","06:00"]]}}"#,
      ["week.mon[0] calendar.opening_order", "week.tue[0] calendar.opening_order"]
    ),
    (#"{"zone":"UTC","exceptions":[{"date":"2026-02-29","open":[]}]}"#, ["exceptions[0].date calendar.bad_date"]),
    (#"{"zone":"UTC","exceptions":[{"date":"1969-12-31","open":[]}]}"#, ["exceptions[0].date calendar.bad_date"]),
    (#"{"zone":"UTC","exceptions":[{"date":"2026-01-01"}]}"#, ["exceptions[0].open calendar.missing"]),
    (
      #"{"zone":"UTC","exceptions":[{"date":"2026-01-01","open":[]},{"date":"2026-01-01","open":[["10:00","09:00"]]}]}"#,
      ["exceptions[1].date calendar.duplicate_date", "exceptions[1].open[0] calendar.opening_order"]
    ),
    (#"{"zone":"UTC","exceptions":[{"date":"2026-01-01","name":{},"open":[]}]}"#, ["exceptions[0].name calendar.bad_name"]),
    (#"{"zone":"UTC","exceptions":[{"date":"2026-01-01","name":{"en":""},"open":[]}]}"#, ["exceptions[0].name calendar.bad_name"]),
    (#"{"zone":"UTC","exceptions":[{"date":"2026-01-01","name":{"de":"x"},"open":[]}]}"#, ["exceptions[0].name.de calendar.unknown_field"]),
  ])
  func refuses(json: String, expected: [String]) throws {
    #expect(try violations(json) == expected, "\(json)")
  }

  @Test func refusesTheSameFieldTwice() throws {
    let twice = Value.object([Value.Member("zone", .text("UTC")), Value.Member("zone", .text("Europe/Berlin"))])
    #expect(throws: Failure.self) { try CalendarDefinition(twice) }
  }

  @Test func limits() throws {
    let many = Array(repeating: CalendarDefinition.Opening(0, 1), count: 25)
    #expect(throws: Failure.self) { try CalendarDefinition(zone: "UTC", week: [.monday: many]) }
    let dates = (0...4000).map { CalendarDefinition.Exception(date: CalendarDate(daysSinceEpoch: $0)) }
    #expect(throws: Failure.self) { try CalendarDefinition(zone: "UTC", week: [:], exceptions: dates) }
    #expect(throws: Never.self) { try CalendarDefinition(zone: "UTC", week: [:], exceptions: Array(dates.dropLast())) }
    #expect(throws: Failure.self) { try CalendarDefinition(zone: "UTC", week: [.monday: [.init(.min, .max)]]) }
    #expect(throws: Failure.self) { try CalendarDefinition(zone: "UTC", week: [:], exceptions: [.init(date: CalendarDate(daysSinceEpoch: .max))]) }
    #expect(throws: Failure.self) { try CalendarDefinition(zone: "UTC", week: [:], exceptions: [.init(date: CalendarDate(daysSinceEpoch: .min))]) }
  }

  @Test func stockCalendars() throws {
    let week = try (#require(Instant("2026-06-01T00:00:00Z")), #require(Instant("2026-06-08T00:00:00Z")))
    func hours(_ definition: CalendarDefinition) -> Int64 { CompiledCalendar(definition).elapsed(from: week.0, to: week.1) / 3600 }
    #expect(try hours(.always(zone: "Asia/Shanghai")) == 168)
    #expect(try hours(.fiveByEight(zone: "UTC")) == 40)
    #expect(try hours(.fiveByTwelve(zone: "UTC")) == 60)
  }

  @Test func messagesHaveBothLanguagesAndTheSameArguments() {
    #expect(Set(ServiceTimeMessages.all.map(\.key)).count == ServiceTimeMessages.all.count)
    for message in ServiceTimeMessages.all {
      #expect(message.placeholders(.english) == message.placeholders(.chinese) && !message.chinese.isEmpty, "\(message.key)")
    }
  }
}
