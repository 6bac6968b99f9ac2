import Contracts
import Desk
import Kernel
import Operations
import Postgres
import ServiceLevels
import TestSupport
import Testing

/// Clocks that say when a share of their budget was used.
@Suite struct WarningTests {
  /// Four hours for the resolution, with warnings at a half and at three quarters of them; one hour for the service VIP.
  private func world() async throws -> DeskWorld {
    let world = try await DeskWorld()
    try await world.database.catalogueService("VIP")
    let calendar = world.calendar["id"] ?? .null
    let targets: [Value] = [
      .object(["metric": "resolution", "budgetSeconds": 14_400, "calendar": calendar, "warnPercents": .array([50, 75])]),
      .object(["metric": "resolution", "service": "VIP", "budgetSeconds": 3600, "calendar": calendar, "warnPercents": .array([50, 75])]),
    ]
    let sla = try await world.database.call("sla.create", ["name": "Warned", "targets": .array(targets)], as: world.manager)
    _ = try await world.database.call(
      "contract_line.revise", ["id": world.contract["lines"]?.array?.first?["id"] ?? .null, "sla": sla["id"] ?? .null, "validFrom": "2026-01-02T00:00:00Z"],
      as: world.manager, version: 1)
    return world
  }

  private func clock(_ incident: Value) -> Value { incident["clocks"]?.array?.first ?? .null }

  /// Percent and instant of every warning so far.
  private func warnings(_ world: DeskWorld) async throws -> [String] {
    try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) { try await $0.query(Warnings(tenant: world.acme.id)) }
  }

  @Test func eachShareIsRecordedOnceAtItsInstantHoweverLate() async throws {
    let world = try await world()
    let opened = try await world.open()
    #expect(clock(opened)["nextWarnAt"] == "2026-03-02T10:00:00Z")
    try await world.warnSweep()
    #expect(try await warnings(world).isEmpty)
    // Both have passed, and the budget with them; the sweep of breaches comes first.
    try world.at("2026-03-02T15:00:00Z")
    try await world.sweep()
    try await world.warnSweep()
    let expected = ["50 2026-03-02T10:00:00Z", "75 2026-03-02T11:00:00Z"]
    #expect(try await warnings(world) == expected)
    try await world.warnSweep()
    #expect(try await warnings(world) == expected, "once")
    let read = try await world.read(opened)
    #expect(clock(read)["warnedPercent"] == 75)
    #expect(clock(read)["nextWarnAt"] == .null)
  }

  @Test func pausesAndNewTargetsMoveIt() async throws {
    let world = try await world()
    let opened = try await world.open()
    try world.at("2026-03-02T09:00:00Z")
    let held = try await world.act("hold", on: opened, ["reason": "awaiting_requester", "comment": "Which one?"])
    #expect(clock(held)["nextWarnAt"] == .null)
    try world.at("2026-03-02T10:00:00Z")
    try await world.warnSweep()
    #expect(try await warnings(world).isEmpty, "a clock that waits uses nothing")
    let resumed = try await world.act("resume", on: held)
    #expect(clock(resumed)["nextWarnAt"] == "2026-03-02T11:00:00Z")
    // Of one hour the one that was used is all: both shares are passed with the change.
    try world.at("2026-03-02T10:00:01Z")
    _ = try await world.act("classify", on: resumed, ["service": "VIP"])
    try world.at("2026-03-02T12:00:00Z")
    try await world.warnSweep()
    #expect(try await warnings(world) == ["50 2026-03-02T10:00:01Z", "75 2026-03-02T10:00:01Z"])
  }

  /// The used time was counted by the calendar before: only what is left runs by the new one.
  @Test(arguments: [true, false]) func aTargetWithAnotherCalendarWarnsOfWhatIsLeft(lowers: Bool) async throws {
    let world = try await DeskWorld()
    try await world.database.catalogueService("VIP")
    let always = try await world.database.call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"], as: world.manager)
    let (office, round) = (world.calendar["id"] ?? .null, always["id"] ?? .null)
    let targets: [Value] = [
      .object(["metric": "resolution", "budgetSeconds": 57_600, "calendar": lowers ? round : office, "warnPercents": .array([75])]),
      .object([
        "metric": "resolution", "service": "VIP", "budgetSeconds": .integer(lowers ? 57_600 : 14_400), "calendar": lowers ? office : round,
        "warnPercents": .array([lowers ? 90 : 50]),
      ]),
    ]
    let sla = try await world.database.call("sla.create", ["name": "Warned", "targets": .array(targets)], as: world.manager)
    _ = try await world.database.call(
      "contract_line.revise", ["id": world.contract["lines"]?.array?.first?["id"] ?? .null, "sla": sla["id"] ?? .null, "validFrom": "2026-01-02T00:00:00Z"],
      as: world.manager, version: 1)
    // Friday, 23:00 in Berlin; or 16:00, an hour before closing.
    try world.at(lowers ? "2026-03-06T22:00:00Z" : "2026-03-06T15:00:00Z")
    let opened = try await world.open()
    try world.at(lowers ? "2026-03-07T10:00:00Z" : "2026-03-07T12:00:00Z")
    let changed = try await world.act("classify", on: opened, ["service": "VIP"])
    // Twelve of sixteen hours are used, and 14.4 h are 90 %: 2.4 h of Monday morning. Or one of four hours, and two are a half.
    #expect(clock(changed)["nextWarnAt"] == .text(lowers ? "2026-03-09T10:24:00Z" : "2026-03-07T13:00:00Z"))
    #expect(clock(changed)["dueAt"] == .text(lowers ? "2026-03-09T12:00:00Z" : "2026-03-07T15:00:00Z"))
    try world.at(lowers ? "2026-03-09T10:30:00Z" : "2026-03-07T14:00:00Z")
    try await world.warnSweep()
    let warned = try await warnings(world)
    #expect(warned.last == (lowers ? "90 2026-03-09T10:24:00Z" : "50 2026-03-07T13:00:00Z"))
  }

  /// A version of a calendar that took effect makes the job of warnings find a miss before it: told as the other job tells it.
  @Test func aMissThatTheJobOfWarningsFindsIsTold() async throws {
    let world = try await world()
    let opened = try await world.open()
    let hours = Value.array([.array(["09:00", "17:00"])])
    let week = Value.object(["mon": hours, "tue": hours, "wed": hours, "thu": hours])
    _ = try await world.database.call(
      "calendar.revise",
      ["id": world.calendar["id"] ?? .null, "definition": .object(["zone": "Europe/Berlin", "week": week]), "validFrom": "2026-03-02T14:00:00Z"],
      as: world.manager, version: 1)
    try world.at("2026-03-02T15:00:00Z")
    try await world.warnSweep()
    try await world.sweep()
    let read = try await world.read(opened)
    #expect(clock(read)["breachedAt"] == "2026-03-02T12:00:00Z")
    let told = try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) {
      try await $0.query(Breaches(tenant: world.acme.id))
    }
    #expect(told == [Instant("2026-03-02T12:00:00Z")])
  }
}

private struct Breaches: Statement {
  let tenant: TenantId

  static let sql = "select occurred_at from operations.event where tenant_id = $1 and type = 'sla.breached'"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Instant? { try row.next() }
}

private struct Warnings: Statement {
  let tenant: TenantId

  static let sql = """
    select payload ->> 'percent', occurred_at from operations.event
    where tenant_id = $1 and type = 'sla.warned' order by occurred_at, (payload ->> 'percent')::bigint
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> String {
    let percent: String = try row.next()
    let at: Instant = try row.next()
    return "\(percent) \(at)"
  }
}
