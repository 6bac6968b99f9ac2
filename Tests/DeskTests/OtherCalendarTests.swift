import Contracts
import Desk
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

/// Tickets that are classified under a target of another calendar once they are resolved.
@Suite struct OtherCalendarTests {
  /// Three business days: of office hours, and for the service VIP of a calendar that is always open.
  private func world() async throws -> DeskWorld {
    let world = try await DeskWorld()
    try await world.database.catalogueService("VIP")
    let always = try await world.database.call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"], as: world.manager)
    let sla = try await world.database.call(
      "sla.create",
      [
        "name": "Days",
        "targets": .array([
          .object(["metric": "resolution", "businessDays": 3, "calendar": world.calendar["id"] ?? .null]),
          .object(["metric": "resolution", "businessDays": 3, "calendar": always["id"] ?? .null, "service": "VIP"]),
        ]),
      ], as: world.manager)
    _ = try await world.database.call(
      "contract_line.revise", ["id": world.contract["lines"]?.array?.first?["id"] ?? .null, "sla": sla["id"] ?? .null, "validFrom": "2026-01-02T00:00:00Z"],
      as: world.manager, version: 1)
    return world
  }

  private func budgets(_ world: DeskWorld) async throws -> [Int64?] {
    try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) {
      try await $0.query(ShownBudgets(tenant: world.acme.id))
    }
  }

  @Test func theBudgetBesideAVerdictIsTheOneThatItRestsOn() async throws {
    let world = try await world()
    // Thursday; three office days end on Tuesday at 16:00, three days that are always open with Sunday.
    try world.at("2026-03-05T08:00:00Z")
    let opened = try await world.database.call("incident.open", ["customer": .id(world.acme.publicId), "title": "Down"], as: world.engineer)
    try world.at("2026-03-10T09:00:00Z")
    let resolved = try await world.act("resolve", on: opened, ["resolution": "Done"])
    #expect(try await world.explain(resolved, "resolution")["verdict"] == "met")
    try world.at("2026-03-10T10:00:00Z")
    let vip = try await world.act("classify", on: resolved, ["service": "VIP"])
    let missed = try await world.explain(vip, "resolution")
    // Two office days lie before that Sunday.
    #expect(missed["verdict"] == "missed" && missed["consumedSeconds"] == 90_000 && missed["budgetOpenSeconds"] == 57_600, "\(missed)")
    #expect(try await budgets(world) == [57_600, 57_600])
    let back = try await world.act("classify", on: vip, ["service": .null])
    let met = try await world.explain(back, "resolution")
    #expect(met["verdict"] == "met" && met["budgetOpenSeconds"] == 115_200, "\(met)")
    #expect(try await budgets(world) == [115_200, 115_200])
    // It is kept with the clock by which calendar it runs when it is reopened.
    let again = try await world.act("classify", on: back, ["service": "VIP"])
    let reopened = try await world.act("reopen", on: again, ["reason": "Still broken."])
    let running = try await world.explain(reopened, "resolution")
    #expect(running["state"] == "running" && running["calendarName"] == "Always", "\(running)")
  }
}

/// What the views of clocks show to other modules.
private struct ShownBudgets: Statement {
  let tenant: TenantId

  static let sql = """
    select budget_open_seconds from service_levels.pub_clock where tenant_id = $1 and metric = 'resolution'
    union all select budget_open_seconds from service_levels.pub_standing where tenant_id = $1 and metric = 'resolution'
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Int64? { try row.next() }
}
