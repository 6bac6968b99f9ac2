import Kernel
import Operations
import TestSupport
import Testing

/// A new version of a calendar while clocks run. Office hours are 9 to 17 in Berlin, Monday to Friday; 2 March 2026 is a Monday.
@Suite struct CalendarVersionTests {
  private static let longWeek: Value = {
    let hours = Value.array([.array(["08:00", "20:00"])])
    return .object(["mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours])
  }()

  private func revise(_ world: DeskWorld, _ week: Value = longWeek, from: String, version: Int64 = 1, exceptions: Value = .array([])) async throws {
    _ = try await world.database.call(
      "calendar.revise",
      [
        "id": world.calendar["id"] ?? .null, "validFrom": .text(from),
        "definition": .object(["zone": "Europe/Berlin", "week": week, "exceptions": exceptions]),
      ], as: world.manager, version: version)
  }

  @Test func usedTimeStaysAndTheRestIsCountedByTheNewVersion() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open()  // Monday 09:00, priority 3: 16 h for the resolution
    try await revise(world, from: "2026-03-03T11:00:00Z")  // Tuesday noon
    #expect(try await world.explain(incident, "resolution")["dueAt"] == "2026-03-03T16:00:00Z")
    // Nothing happens before it holds.
    try world.at("2026-03-03T10:59:00Z")
    try await world.calendarSweep()
    #expect(try await world.explain(incident, "resolution")["intervals"] == .array([]))
    // The sweep comes a quarter of an hour later; the boundary lies where the version begins.
    try world.at("2026-03-03T11:15:00Z")
    try await world.calendarSweep()
    let clock = try await world.explain(incident, "resolution")
    #expect(clock["intervals"]?.column("to") == ["2026-03-03T11:00:00Z"] && clock["intervals"]?.column("workingSeconds") == [.integer(11 * 3600)])
    #expect(clock["stateSince"] == "2026-03-03T11:00:00Z" && clock["cause"] == "change_calendar" && clock["calendarFrom"] == "2026-03-03T11:00:00Z")
    // Five hours are left, all before 20:00.
    #expect(clock["dueAt"] == "2026-03-03T16:00:00Z" && clock["breachAt"] == "2026-03-03T16:00:00Z" && clock["verdicts"] == .array([]))
    // The queue shows the next clock due.
    #expect(try await world.read(incident)["dueAt"] == "2026-03-02T12:00:00Z")
    // What is done is not found again.
    let before = try await world.explain(incident, "resolution")
    try await world.calendarSweep()
    #expect(try await world.explain(incident, "resolution") == before)
  }

  @Test func theQueueFollows() async throws {
    let world = try await DeskWorld()
    var incident = try await world.open()
    incident = try await world.act("start", on: incident)
    #expect(incident["dueAt"] == "2026-03-03T16:00:00Z")
    let holiday: Value = .array([.object(["date": "2026-03-03", "name": .object(["en": "Works outing"]), "open": .array([])])])
    let week = Value.object(["mon": .array([.array(["09:00", "17:00"])]), "wed": .array([.array(["09:00", "17:00"])])])
    try await revise(world, week, from: "2026-03-02T12:00:00Z", exceptions: holiday)
    try world.at("2026-03-02T12:00:30Z")
    try await world.calendarSweep()
    let read = try await world.read(incident)
    #expect(read["dueAt"] == "2026-03-04T16:00:00Z")
    // It moved by itself: whoever read the ticket before may still act on it.
    #expect(read["version"] == incident["version"])
    #expect(try await world.act("resolve", on: incident, ["resolution": "Done."])["state"] == "resolved")
  }

  /// An act, or the breach sweep, that comes before the sweep of calendars counts by the new version all the same.
  @Test func nobodyDependsOnTheSweep() async throws {
    let world = try await DeskWorld()
    var acted = try await world.open(impact: 1, urgency: 1)  // 4 h: due at 13:00
    let judged = try await world.open(impact: 1, urgency: 1)
    for each in [acted, judged] { _ = try await world.act("start", on: each) }
    acted = try await world.read(acted)
    // From 11:00 (10:00Z) on there is no coverage until Wednesday.
    let week = Value.object(["wed": .array([.array(["09:00", "17:00"])])])
    try await revise(world, week, from: "2026-03-02T10:00:00Z")
    try world.at("2026-03-02T15:00:00Z")
    acted = try await world.act("resolve", on: acted, ["resolution": "Done."])
    let resolved = try await world.explain(acted, "resolution")
    #expect(resolved["verdict"] == "met" && resolved["consumedSeconds"] == 7200)
    #expect(resolved["intervals"]?.column("workingSeconds") == [7200, 0])
    try await world.sweep()
    let running = try await world.explain(judged, "resolution")
    #expect(running["verdict"] == .null && running["dueAt"] == "2026-03-04T10:00:00Z")
    // After a downtime of days the miss dates from its own instant.
    try world.at("2026-03-09T08:00:00Z")
    try await world.sweep()
    let missed = try await world.explain(judged, "resolution")
    #expect(missed["verdict"] == "missed" && missed["verdicts"]?.column("breachedAt") == ["2026-03-04T10:00:00Z"])
  }

  @Test func severalVersionsTakeEffectEachAtItsInstant() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open()
    try await revise(world, from: "2026-03-02T11:00:00Z")
    let never = Value.object(["sun": .array([.array(["09:00", "17:00"])])])
    try await revise(world, never, from: "2026-03-02T18:00:00Z", version: 2)
    try world.at("2026-03-20T08:00:00Z")
    try await world.sweep()
    let clock = try await world.explain(incident, "resolution")
    // 3 h until noon, 7 until 19:00, and 8 of the next Sunday of which 6 are left: due at 15:00 (14:00Z).
    #expect(clock["intervals"]?.column("workingSeconds") == [.integer(3 * 3600), .integer(7 * 3600)])
    #expect(clock["verdict"] == "missed" && clock["verdicts"]?.column("breachedAt") == ["2026-03-08T14:00:00Z"])
  }

  /// A holiday that is declared after the miss that it undoes: the verdict is superseded, with its cause, and then stands anew.
  @Test func aVersionRecordedAfterTheMissJudgesAgain() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open(impact: 1, urgency: 1)
    _ = try await world.act("start", on: incident)
    try world.at("2026-03-02T13:00:00Z")
    try await world.sweep()
    #expect(try await world.explain(incident, "resolution")["verdict"] == "missed")
    let holiday: Value = .array([.object(["date": "2026-03-02", "open": .array([])])])
    let hours = Value.array([.array(["09:00", "17:00"])])
    try await revise(world, .object(["mon": hours, "tue": hours]), from: "2026-03-02T10:00:00Z", exceptions: holiday)
    try await world.calendarSweep()
    let clock = try await world.explain(incident, "resolution")
    #expect(clock["verdict"] == .null && clock["consumedSeconds"] == 7200 && clock["dueAt"] == "2026-03-03T10:00:00Z")
    #expect(clock["verdicts"]?.column("verdict") == ["missed", .null] && clock["verdicts"]?.column("cause") == ["exceeded", "calendar_changed"])
    #expect(clock["verdicts"]?.column("supersedes") == [.null, 1] && clock["verdicts"]?.column("calculation") == [2, 2])
    #expect(try await world.read(incident)["dueAt"] == "2026-03-03T10:00:00Z")
  }

  /// What has been observed stays judged as it was.
  @Test func aStoppedClockKeepsItsVerdict() async throws {
    let world = try await DeskWorld()
    var incident = try await world.open(impact: 1, urgency: 1)
    try world.at("2026-03-02T09:00:00Z")
    incident = try await world.act("resolve", on: incident, ["resolution": "Done."])
    try await revise(world, .object(["sun": .array([.array(["09:00", "10:00"])])]), from: "2026-03-02T08:30:00Z")
    try await world.calendarSweep()
    #expect(try await world.explain(incident, "resolution")["verdicts"]?.column("verdict") == ["met"])
    // Should it run again, it runs by the new version: three hours are left, of one on Sundays.
    incident = try await world.act("reopen", on: incident, ["reason": "Still broken."])
    #expect(try await world.explain(incident, "resolution")["dueAt"] == "2026-03-22T09:00:00Z")
  }

  @Test func aBackDatedTicketIsCountedThroughTheVersionsOfItsTime() async throws {
    let world = try await DeskWorld()
    try await revise(world, from: "2026-03-02T11:00:00Z")
    try world.at("2026-03-03T08:00:00Z")
    let incident = try await world.database.call(
      "incident.open",
      ["customer": .id(world.acme.publicId), "title": "Late", "impact": 2, "urgency": 2, "openedAt": "2026-03-02T08:00:00Z"], as: world.engineer)
    let clock = try await world.explain(incident, "resolution")
    // 3 h until noon, then 12-hour days: 8 on Monday, 5 on Tuesday until 13:00.
    #expect(clock["intervals"]?.column("workingSeconds") == [.integer(3 * 3600)])
    #expect(clock["dueAt"] == "2026-03-03T12:00:00Z" && clock["startedAt"] == "2026-03-02T08:00:00Z")
  }

  @Test func manyTicketsOfManyCustomersAreRetimed() async throws {
    let world = try await DeskWorld()
    _ = try await DeskWorld.contract(of: world.other, world.sla, world.database, world.manager)
    var incidents: [Value] = []
    for number in 0..<12 { incidents.append(try await world.open("N \(number)", for: number % 2 == 0 ? world.acme : world.other)) }
    try await revise(world, from: "2026-03-02T09:00:00Z")
    try world.at("2026-03-02T10:00:00Z")
    try await world.calendarSweep()
    for incident in incidents { #expect(try await world.explain(incident, "resolution")["intervals"]?.column("workingSeconds") == [3600]) }
  }
}
