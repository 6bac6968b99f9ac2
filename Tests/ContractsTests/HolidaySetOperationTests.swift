import Contracts
import Foundation
import Kernel
import Operations
import ServiceTime
import TestSupport
import Testing

/// Holiday sets, the calendars made from them and the trial calculation, through the dispatcher.
@Suite struct HolidaySetOperationTests {
  private static let christmas: Value = .object(["date": "2026-12-25", "name": .object(["en": "Christmas Day", "zh-Hans": "圣诞节"])])
  private static let eve: Value = .object(["date": "2026-12-24", "closedFrom": "12:00"])

  private func create(_ world: ContractsWorld, _ name: String = "Germany", _ days: Value...) async throws -> Value {
    try await world.database.call(
      "holiday_set.create", ["name": .text(name), "region": "DE", "days": .array(days.isEmpty ? [Self.christmas, Self.eve] : days)], as: world.manager)
  }

  @Test func aSetIsMadeReadRevisedAndListed() async throws {
    let world = try await ContractsWorld()
    let made = try await create(world)
    #expect(made.at("number") == 1 && made.at("source") == "dates" && made.at("region") == "DE")
    #expect(made.at("days.0.date") == "2026-12-24" && made.at("days.0.open") == .array([.array(["00:00", "12:00"])]))
    #expect(made.at("days.1.name.zh-Hans") == "圣诞节" && made.at("days.1.open") == .array([]))
    let id = made.at("id")
    let same = try await world.database.call(
      "holiday_set.revise", ["id": id, "name": "Deutschland", "days": .array([Self.eve, Self.christmas])], as: world.manager, version: 1)
    #expect(same.at("number") == 1 && same.at("name") == "Deutschland" && same.at("version") == 2)
    let revised = try await world.database.call("holiday_set.revise", ["id": id, "days": .array([Self.christmas])], as: world.manager, version: 2)
    #expect(revised.at("number") == 2 && revised.at("days").array?.count == 1)
    let first = try await world.database.call("holiday_set.read", ["id": id, "number": 1], as: world.manager)
    #expect(first.at("days").array?.count == 2)
    await expectFailure(.notFound) { try await world.database.call("holiday_set.read", ["id": id, "number": 3], as: world.manager) }
    let listed = try await world.database.call("holiday_set.list", ["region": "DE"], as: world.manager)
    #expect(listed.at("items").array?.count == 1 && listed.at("items.0.number") == 2)
    #expect(try await world.database.call("holiday_set.list", ["region": "FR"], as: world.manager).at("items") == .array([]))
  }

  @Test func wrongSetsAreRefusedByPath() async throws {
    let world = try await ContractsWorld()
    func refused(_ input: KeyValuePairs<String, Value>) async -> [String] {
      await violations { try await world.database.call("holiday_set.create", input, as: world.manager) }
    }
    #expect(await refused(["name": "A"]) == ["days holiday_set.days_or_file"])
    #expect(await refused(["name": "A", "days": .array([Self.eve]), "ics": "x"]) == ["ics holiday_set.days_or_file"])
    #expect(await refused(["name": "A", "days": .array([])]) == ["days holiday_set.no_days"])
    #expect(await refused(["name": "A", "days": .array([Self.eve, Self.eve])]) == ["days[1].date calendar.duplicate_date"])
    let both: Value = .object(["date": "2026-12-24", "closedFrom": "12:00", "open": .array([.array(["09:00", "12:00"])])])
    #expect(await refused(["name": "A", "days": .array([both])]) == ["days[0].closedFrom holiday_set.open_or_closed_from"])
    for time in ["24:01", "12:60", "00:00", "ab:cd", "１２:00"] {
      let day: Value = .object(["date": "2026-12-24", "closedFrom": .text(time)])
      #expect(await refused(["name": "A", "days": .array([day])]) == ["days[0].closedFrom calendar.bad_time"], "\(time)")
    }
    let backwards: Value = .object(["date": "2026-12-24", "open": .array([.array(["12:00", "09:00"])])])
    #expect(await refused(["name": "A", "days": .array([backwards])]) == ["days[0].open[0] calendar.opening_order"])
    _ = try await create(world)
    #expect(await refused(["name": "Germany", "days": .array([Self.eve])]) == ["holiday_set.name_taken"])
  }

  @Test func aSetIsMadeFromAFile() async throws {
    let world = try await ContractsWorld()
    let text = [
      "BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20250101", "SUMMARY:元旦", "RRULE:FREQ=YEARLY", "END:VEVENT", "BEGIN:VEVENT",
      "DTSTART:20260214", "SUMMARY:上班", "END:VEVENT", "END:VCALENDAR",
    ].joined(separator: "\r\n")
    let made = try await world.database.call(
      "holiday_set.create",
      ["name": "China", "ics": .text(text), "firstYear": 2026, "lastYear": 2028, "language": "zh-Hans", "skip": .array(["上班"])], as: world.manager)
    #expect(made.at("source") == "ics" && made.at("days").array?.compactMap { $0["date"]?.text } == ["2026-01-01", "2027-01-01", "2028-01-01"])
    #expect(made.at("days.0.name.zh-Hans") == "元旦")
    func refused(_ input: KeyValuePairs<String, Value>) async -> [String] {
      await violations { try await world.database.call("holiday_set.create", input, as: world.manager) }
    }
    #expect(await refused(["name": "B", "ics": .text(text)]) == ["firstYear holiday_set.years"])
    #expect(await refused(["name": "B", "ics": .text(text), "firstYear": 2026, "lastYear": 2200]) == ["ics ics.years"])
    #expect(
      await refused(["name": "B", "ics": .text(text), "firstYear": 2026, "lastYear": 2027, "skip": .array(["Fest"])])
        == ["skip[0] holiday_set.nothing_to_skip"])
    let weeks = text.replacingOccurrences(of: "FREQ=YEARLY", with: "FREQ=YEARLY;BYWEEKNO=1")
    #expect(await refused(["name": "B", "ics": .text(weeks), "firstYear": 2026, "lastYear": 2027]) == ["ics ics.unsupported_rule"])
    #expect(await refused(["name": "B", "ics": "BEGIN:VCALENDAR\nEND:VCALENDAR", "firstYear": 2026, "lastYear": 2027]) == ["ics holiday_set.no_days"])
  }

  /// Who serves one customer does not see the calendars of another by way of a set that they share.
  @Test func dueShowsOnlyCalendarsThatTheCallerMaySee() async throws {
    let world = try await ContractsWorld()
    let set = try await create(world)
    _ = try await world.database.call(
      "calendar.create",
      ["name": "Theirs", "stock": "24x7", "zone": "UTC", "holidaySets": .array([set.at("id")]), "onlyFor": .id(world.other.publicId)], as: world.manager)
    _ = try await world.database.call("holiday_set.revise", ["id": set.at("id"), "days": .array([Self.eve])], as: world.manager, version: 1)
    let reader = try await world.database.staff(.accountManager, for: [world.acme])
    #expect(try await world.database.call("holiday_set.due", ["id": set.at("id")], as: reader).at("calendars") == .array([]))
    #expect(try await world.database.call("holiday_set.due", ["id": set.at("id")], as: world.manager).at("calendars").array?.count == 1)
  }

  @Test func aCalendarPinsTheRevisionsItWasMadeFrom() async throws {
    let world = try await ContractsWorld()
    let set = try await create(world)
    let calendar = try await world.database.call(
      "calendar.create", ["name": "Berlin", "stock": "5x8", "zone": "Europe/Berlin", "holidaySets": .array([set.at("id")])], as: world.manager)
    #expect(calendar.at("definition.exceptions.0.date") == "2026-12-24" && calendar.at("definition.exceptions.0.open") == .array([.array(["09:00", "12:00"])]))
    #expect(calendar.at("holidaySets.0.id") == set.at("id") && calendar.at("holidaySets.0.number") == 1)
    // Customers to whom something was promised in it see the calendar's days and not the provider's sets.
    let sla = try await world.database.call("sla.create", ["name": "Berlin", "targets": .array([ContractsWorld.target(calendar)])], as: world.manager)
    _ = try await world.contract(sla: sla)
    let reader = try await world.database.user(.customerManager, of: world.acme)
    let read = try await world.database.call("calendar.read", ["id": calendar.at("id")], as: reader)
    #expect(read.at("definition") == calendar.at("definition") && read.at("holidaySets") == .array([]))

    // A new revision changes no calendar, until it is rolled out; what that does is shown before.
    let easter: Value = .object(["date": "2027-03-29"])
    _ = try await world.database.call(
      "holiday_set.revise", ["id": set.at("id"), "days": .array([Self.christmas, easter])], as: world.manager, version: 1)
    #expect(try await world.database.call("calendar.read", ["id": calendar.at("id")], as: world.manager).at("definition") == calendar.at("definition"))
    let due = try await world.database.call("holiday_set.due", ["id": set.at("id")], as: world.manager)
    #expect(due.at("calendars").array?.count == 1 && due.at("calendars.0.calendar") == calendar.at("id") && due.at("calendars.0.number") == 1)
    #expect(due.at("calendars.0.added") == .array(["2027-03-29"]) && due.at("calendars.0.removed") == .array(["2026-12-24"]))
    #expect(due.at("calendars.0.changed") == .array([]) && due.at("number") == 2)
    let done = try await world.database.call(
      "holiday_set.roll_out", ["id": set.at("id"), "validFrom": "2026-06-01T00:00:00Z"], as: world.manager, version: 2)
    #expect(done.at("calendars").array?.count == 1 && done.at("hasMore") == .bool(false))
    let after = try await world.database.call("calendar.read", ["id": calendar.at("id"), "asOf": "2026-06-01T00:00:00Z"], as: world.manager)
    #expect(after.at("holidaySets.0.number") == 2 && after.at("definition.exceptions").array?.compactMap { $0["date"]?.text } == ["2026-12-25", "2027-03-29"])
    #expect(try await world.database.call("holiday_set.due", ["id": set.at("id")], as: world.manager).at("calendars") == .array([]))
    await expectFailure(.conflict) { try await world.database.call("holiday_set.roll_out", ["id": set.at("id")], as: world.manager, version: 3) }
  }

  @Test func revisingACalendarKeepsWhatIsNotNamed() async throws {
    let world = try await ContractsWorld()
    let set = try await create(world)
    let made = try await world.database.call(
      "calendar.create", ["name": "Berlin", "stock": "5x8", "zone": "Europe/Berlin", "holidaySets": .array([set.at("id")])], as: world.manager)
    let id = made.at("id")
    // Other hours, the same holidays.
    let longer = try await world.database.call(
      "calendar.revise", ["id": id, "stock": "5x12", "zone": "Europe/Berlin", "validFrom": "2026-04-01T00:00:00Z"], as: world.manager, version: 1)
    #expect(longer.at("definition.week.mon") == .array([.array(["08:00", "20:00"])]))
    #expect(longer.at("holidaySets").array?.count == 1 && longer.at("definition.exceptions.0.open") == .array([.array(["08:00", "12:00"])]))
    // No holidays, the same hours.
    let without = try await world.database.call(
      "calendar.revise", ["id": id, "holidaySets": .array([]), "validFrom": "2026-05-01T00:00:00Z"], as: world.manager, version: 2)
    #expect(without.at("definition.exceptions") == .array([]) && without.at("definition.week.mon") == .array([.array(["08:00", "20:00"])]))
    #expect(
      await violations { try await world.database.call("calendar.revise", ["id": id, "validFrom": "2026-06-01T00:00:00Z"], as: world.manager, version: 3) }
        == ["stock calendar.definition_or_stock"])
    #expect(
      await violations {
        try await world.database.call(
          "calendar.revise", ["id": id, "holidaySets": .array([.id(world.unknown(.holidaySet))]), "validFrom": "2026-06-01T00:00:00Z"], as: world.manager,
          version: 3)
      } == ["holidaySets[0] input.unknown_reference"])
  }

  @Test func aRollOutIsRefusedWholeOrDone() async throws {
    let world = try await ContractsWorld()
    let set = try await create(world)
    func calendar(_ name: String) async throws -> Value {
      try await world.database.call(
        "calendar.create", ["name": .text(name), "stock": "24x7", "zone": "UTC", "holidaySets": .array([set.at("id")])], as: world.manager)
    }
    let first = try await calendar("A")
    let other = try await calendar("B")
    _ = try await world.database.call(
      "calendar.revise", ["id": other.at("id"), "stock": "24x7", "zone": "UTC", "validFrom": "2027-01-01T00:00:00Z"], as: world.manager, version: 1)
    _ = try await world.database.call("holiday_set.revise", ["id": set.at("id"), "days": .array([Self.christmas])], as: world.manager, version: 1)
    #expect(
      await violations {
        try await world.database.call("holiday_set.roll_out", ["id": set.at("id"), "validFrom": "2026-06-01T00:00:00Z"], as: world.manager, version: 2)
      } == ["validFrom holiday_set.calendar_not_later"])
    #expect(try await world.database.call("holiday_set.due", ["id": set.at("id")], as: world.manager).at("calendars").array?.count == 2)
    let one = try await world.database.call(
      "holiday_set.roll_out", ["id": set.at("id"), "validFrom": "2026-06-01T00:00:00Z", "calendars": .array([first.at("id")])], as: world.manager, version: 2)
    #expect(one.at("calendars").array?.compactMap { $0["name"]?.text } == ["A"])
    #expect(
      await violations {
        try await world.database.call("holiday_set.roll_out", ["id": set.at("id"), "calendars": .array([first.at("id")])], as: world.manager, version: 3)
      } == ["calendars[0] holiday_set.not_due"])
    await expectFailure(.versionMismatch) { try await world.database.call("holiday_set.roll_out", ["id": set.at("id")], as: world.manager, version: 1) }
    let engineer = try await world.database.staff(.engineer)
    await expectFailure(.denied) { try await world.database.call("holiday_set.roll_out", ["id": set.at("id")], as: engineer, version: 3) }
  }

  /// Whoever names calendars reaches each of them, also those beyond what one call shows.
  @Test func aRollOutReachesACalendarBeyondTheFirstPage() async throws {
    let world = try await ContractsWorld()
    let set = try await create(world)
    var last = Value.null
    for number in 1000...1201 {
      last = try await world.database.call(
        "calendar.create", ["name": .text("C \(number)"), "stock": "24x7", "zone": "UTC", "holidaySets": .array([set.at("id")])], as: world.manager)
    }
    _ = try await world.database.call("holiday_set.revise", ["id": set.at("id"), "days": .array([Self.christmas])], as: world.manager, version: 1)
    let done = try await world.database.call(
      "holiday_set.roll_out", ["id": set.at("id"), "validFrom": "2026-06-01T00:00:00Z", "calendars": .array([last.at("id")])], as: world.manager, version: 2)
    #expect(done.at("calendars").array?.compactMap { $0["name"]?.text } == ["C 1201"])
  }

  /// A calendar without a week opens on its own dates only; a version that begins after them would never open.
  @Test func aVersionThatNeverOpensIsRefused() async throws {
    let world = try await ContractsWorld()
    let once: Value = .object(["zone": "UTC", "exceptions": .array([.object(["date": "2026-12-31", "open": .array([.array(["00:00", "01:00"])])])])])
    let made = try await world.database.call("calendar.create", ["name": "Once", "definition": once], as: world.manager)
    #expect(
      await violations {
        try await world.database.call(
          "calendar.revise", ["id": made.at("id"), "holidaySets": .array([]), "validFrom": "2027-01-01T00:00:00Z"], as: world.manager, version: 1)
      } == ["validFrom calendar.never_open"])
  }

  @Test func aTrialShowsDeadlineAndOpenings() async throws {
    let world = try await ContractsWorld()
    let set = try await create(world)
    let trial = try await world.database.call(
      "calendar.try",
      [
        "stock": "5x8", "zone": "Europe/Berlin", "holidaySets": .array([set.at("id")]), "start": "2026-12-23T15:00:00Z", "budgetSeconds": 18_000, "weeks": 1,
      ], as: world.manager)
    // One hour on the 23rd, three on the 24th until noon, one on Monday the 28th.
    #expect(trial.at("dueAt") == "2026-12-28T09:00:00Z" && trial.at("breachAt") == "2026-12-28T09:00:00Z" && trial.at("isOpen") == .bool(true))
    #expect(trial.at("counted").array?.compactMap { $0["seconds"]?.integer } == [3600, 10_800, 3600])
    #expect(trial.at("counted").array?.compactMap { $0["usedSeconds"]?.integer } == [3600, 14_400, 18_000])
    #expect(trial.at("counted.1.from") == "2026-12-24T08:00:00Z" && trial.at("counted.1.date") == "2026-12-24" && trial.at("isCut") == .bool(false))
    #expect(trial.at("openings").array?.compactMap { $0["date"]?.text } == ["2026-12-23", "2026-12-24", "2026-12-28", "2026-12-29", "2026-12-30"])
    // A stored calendar; a budget in days; one that goes on for years is exact, its list is cut.
    let stored = try await world.database.call(
      "calendar.try", ["calendar": world.calendar.at("id"), "start": "2026-03-06T09:00:00Z", "businessDays": 1], as: world.manager)
    #expect(stored.at("dueAt") == "2026-03-09T16:00:00Z" && stored.at("openings").array?.count == 11)
    let long = try await world.database.call(
      "calendar.try", ["calendar": world.calendar.at("id"), "start": "2026-03-02T08:00:00Z", "budgetSeconds": .integer(28_800 * 261)], as: world.manager)
    #expect(long.at("dueAt") == "2027-03-01T16:00:00Z" && long.at("isCut") == .bool(true) && long.at("counted").array?.count == 87)
    func refused(_ input: KeyValuePairs<String, Value>) async -> [String] {
      await violations { try await world.database.call("calendar.try", input, as: world.manager) }
    }
    #expect(await refused([:]) == ["stock calendar.definition_or_stock"])
    #expect(await refused(["calendar": world.calendar.at("id"), "stock": "5x8", "zone": "UTC"]) == ["calendar calendar.definition_or_stock"])
    #expect(await refused(["calendar": .id(world.unknown(.calendar))]) == ["calendar input.unknown_reference"])
    #expect(await refused(["calendar": world.calendar.at("id"), "budgetSeconds": 1, "businessDays": 1]) == ["businessDays sla.one_budget"])
  }

  /// Every holiday file of the real world becomes a set.
  @Test func realFilesBecomeSets() async throws {
    guard let folder = RealData.url("holidays/ics") else { return }
    let world = try await ContractsWorld()
    for (file, years) in [("UKHolidays", 2026...2030), ("USHolidays", 2026...2030), ("GermanHolidays", 2020...2025), ("JapanHolidays", 2015...2020)] {
      let text = try String(contentsOf: folder.appending(path: "\(file).ics"), encoding: .utf8)
      let made = try await world.database.call(
        "holiday_set.create",
        ["name": .text(file), "ics": .text(text), "firstYear": .integer(Int64(years.lowerBound)), "lastYear": .integer(Int64(years.upperBound))],
        as: world.manager)
      #expect((made.at("days").array?.count ?? 0) > 30, "\(file)")
    }
  }
}
