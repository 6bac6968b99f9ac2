import Contracts
import Jobs
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// What the provider chooses of when sweeps run.
@Suite struct SweepScheduleTests {
  private let world: ContractsWorld
  private let administrator: Principal
  private let runner: JobRunner

  private static let partitions = PartitionSweep.kind

  init() async throws {
    world = try await ContractsWorld()
    administrator = try await world.database.staff(.administrator)
    runner = JobRunner(
      tenancy: world.database.tenancy, sweeps: [PartitionSweep(), RenewalSweep()], calendars: CoverageDays(), logger: TestDatabase.logger)
    try await runner.declareSchedules()
  }

  private func listed(_ language: Language = .english) async throws -> Value {
    let call = Call(requestId: "test", language: language)
    let page = try await world.database.dispatcher.invoke("sweep.list", .object([]), as: administrator, call).value
    return try #require(page["items"]?.array?.first { $0["kind"]?.text == Self.partitions })
  }

  @discardableResult
  private func schedule(_ input: KeyValuePairs<String, Value>, as principal: Principal? = nil) async throws -> Value {
    try await act("schedule", input, as: principal ?? administrator)
  }

  /// By the version that the list tells.
  @discardableResult
  private func act(_ verb: String, _ input: KeyValuePairs<String, Value>, as principal: Principal) async throws -> Value {
    let kind = input.first { $0.key == "kind" }?.value
    let listed = try await world.database.call("sweep.list", as: administrator)["items"]?.array?.first { $0["kind"] == kind }
    return try await world.database.call("sweep.\(verb)", input, as: principal, version: listed?["version"]?.integer ?? 1)
  }

  private func tick(at instant: String) async throws {
    world.database.clock.set(try #require(Instant(instant)))
    try await runner.tick()
  }

  @Test func theListTellsItInWords() async throws {
    let before = try await listed()
    #expect(before["schedule"] == "Every 86400 seconds")
    #expect(before["nextRun"] == "On 2026-03-02 at 08:00 (UTC)")
    #expect(before["mayBeScheduled"] == .bool(true) && before["time"] == .null)

    let daily = try await schedule(["kind": .text(Self.partitions), "time": "02:30"])
    #expect(daily["zone"] == "Europe/Berlin", "the provider's")
    #expect(daily["nextAt"] == "2026-03-03T01:30:00Z" && daily["calendar"] == .null)
    #expect(try await listed()["schedule"] == "Every day at 02:30 (Europe/Berlin)")

    let calendar = world.calendar["id"] ?? .null
    let open = try await schedule(["kind": .text(Self.partitions), "time": "23:15", "zone": "America/New_York", "calendar": calendar])
    #expect(open["calendar"] == calendar && open["time"] == "23:15")
    let after = try await listed()
    #expect(after["schedule"] == "At 23:15 (America/New_York) on the open days of Office")
    #expect(after["nextRun"] == "On 2026-03-02 at 23:15 (America/New_York)")
    #expect(after["nextAt"] == "2026-03-03T04:15:00Z" && after["behindSeconds"] == 0)
    #expect(after["calendar"] == "Office" && after["time"] == "23:15" && after["zone"] == "America/New_York")
    let chinese = try await listed(.chinese)
    #expect(chinese["schedule"] == "在“Office”的服务日 23:15（America/New_York）")
    #expect(chinese["nextRun"] == "定于 2026-03-02 23:15（America/New_York）")

    try await act("unschedule", ["kind": .text(Self.partitions)], as: administrator)
    let back = try await listed()
    #expect(back["schedule"] == "Every 86400 seconds" && back["time"] == .null && back["calendar"] == .null)
    #expect(back["nextAt"] == "2026-03-02T08:00:00Z")
    let told = try await world.database.call("audit.list", ["operation": "sweep.schedule", "outcome": "done"], as: administrator)
    #expect(told["items"]?.array?.count == 2)
  }

  /// Of two who saw the same, the second is refused, whether a time is given or taken away.
  @Test func whoSawAnotherTimeSetsNone() async throws {
    let input: KeyValuePairs<String, Value> = ["kind": .text(Self.partitions), "time": "02:30"]
    await expectFailure(.versionRequired) { try await world.database.call("sweep.schedule", input, as: administrator) }
    #expect(try await listed()["version"] == 1)
    #expect(try await world.database.call("sweep.schedule", input, as: administrator, version: 1)["version"] == 2)
    await expectFailure(.versionMismatch) { try await world.database.call("sweep.schedule", input, as: administrator, version: 1) }
    await expectFailure(.versionMismatch) {
      try await world.database.call("sweep.unschedule", ["kind": .text(Self.partitions)], as: administrator, version: 1)
    }
    let told = try await listed()
    #expect(told["time"] == "02:30" && told["version"] == 2)
  }

  @Test func onlyAdministratorsAndOnlyWhatMayWait() async throws {
    await expectFailure(.denied) { try await schedule(["kind": .text(Self.partitions), "time": "02:30"], as: world.manager) }
    await expectFailure(.denied) { try await act("unschedule", ["kind": .text(Self.partitions)], as: world.manager) }
    let refused = await violations { try await schedule(["kind": .text(RenewalSweep.kind), "time": "02:30"]) }
    #expect(refused == ["kind sweep.not_schedulable"])
    #expect(await violations { try await schedule(["kind": "no.such", "time": "02:30"]) } == ["kind sweep.not_schedulable"])
    let unscheduled = await violations { try await act("unschedule", ["kind": .text(RenewalSweep.kind)], as: administrator) }
    #expect(unscheduled == ["kind sweep.not_schedulable"])
    #expect(try await listed()["schedule"] == "Every 86400 seconds")
  }

  @Test func whatIsNoTimeZoneOrCalendarIsRefused() async throws {
    let kind = Value.text(Self.partitions)
    #expect(await violations { try await schedule(["kind": kind, "time": "24:00"]) } == ["time sweep.not_a_time"])
    #expect(await violations { try await schedule(["kind": kind, "time": "02:30", "zone": "Mars/Base"]) } == ["zone calendar.unknown_zone"])
    let other = world.sla["id"] ?? .null
    #expect(await violations { try await schedule(["kind": kind, "time": "02:30", "calendar": other]) } == ["calendar input.unknown_reference"])
    // One that is only open on a day that is over soon.
    let definition = Value.object([
      "zone": "Europe/Berlin", "week": .object([]),
      "exceptions": .array([.object(["date": "2026-03-04", "open": .array([.array(["09:00", "17:00"])])])]),
    ])
    let once = try await world.database.call("calendar.create", ["name": "Once", "definition": definition], as: world.manager)
    try await schedule(["kind": kind, "time": "02:30", "calendar": once["id"] ?? .null])
    #expect(try await listed()["nextAt"] == "2026-03-04T01:30:00Z")
    world.database.clock.set(try #require(Instant("2026-03-05T00:00:00Z")))
    #expect(
      await violations { try await schedule(["kind": kind, "time": "02:30", "calendar": once["id"] ?? .null]) } == ["calendar sweep.never_open"])
  }

  /// By the calendar as it is when the time comes.
  @Test func itRunsOnTheOpenDaysOfTheCalendar() async throws {
    try await tick(at: "2026-03-02T08:00:00Z")
    let calendar = world.calendar["id"] ?? .null
    try await schedule(["kind": .text(Self.partitions), "time": "02:30", "calendar": calendar])
    // Thursday and Friday.
    try await tick(at: "2026-03-05T01:30:00Z")
    try await tick(at: "2026-03-06T01:30:00Z")
    #expect(try await listed()["lastBeganAt"] == "2026-03-06T01:30:00Z")
    #expect(try await listed()["nextAt"] == "2026-03-09T01:30:00Z")
    try await tick(at: "2026-03-07T01:30:00Z")
    #expect(try await listed()["lastBeganAt"] == "2026-03-06T01:30:00Z", "closed on Saturday")
    // From Saturday on it is open every day.
    try await world.database.call("calendar.revise", ["id": calendar, "stock": "24x7", "zone": "Europe/Berlin"], as: world.manager, version: 1)
    try await tick(at: "2026-03-08T01:30:00Z")
    #expect(try await listed()["lastBeganAt"] == "2026-03-08T01:30:00Z", "and so on Sunday")
    #expect(try await listed()["nextAt"] == "2026-03-09T01:30:00Z")
  }
}
