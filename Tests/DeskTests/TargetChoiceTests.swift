import Contracts
import Desk
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

/// Tickets whose targets follow their service and CI tier, until somebody locks them.
@Suite struct TargetChoiceTests {
  /// The world's SLA, with ten minutes for the service VIP, half an hour for platinum, and nothing for the service LAB.
  private func world() async throws -> DeskWorld {
    let world = try await DeskWorld()
    try await world.database.catalogueService("VIP")
    try await world.database.catalogueService("LAB")
    let calendar = world.calendar["id"] ?? .null
    func target(_ metric: String, _ seconds: Int64, _ more: KeyValuePairs<String, Value>) -> Value {
      .object(
        [("metric", .text(metric)), ("budgetSeconds", .integer(seconds)), ("calendar", calendar)].map { Value.Member($0.0, $0.1) }
          + more.map { Value.Member($0.key, $0.value) })
    }
    let sla = try await world.database.call(
      "sla.create",
      [
        "name": "By service",
        "targets": .array([
          target("response", 14_400, [:]), target("resolution", 57_600, [:]), target("response", 600, ["service": "VIP"]),
          target("resolution", 7200, ["service": "VIP"]), target("resolution", 1800, ["ciTier": "platinum"]),
          .object(["metric": "resolution", "service": "LAB", "explicitlyNone": .bool(true)]),
        ]),
      ], as: world.manager)
    _ = try await world.database.call(
      "contract_line.revise", ["id": world.contract["lines"]?.array?.first?["id"] ?? .null, "sla": sla["id"] ?? .null, "validFrom": "2026-01-02T00:00:00Z"],
      as: world.manager, version: 1)
    return world
  }

  private func due(_ incident: Value, _ metric: String) -> Value {
    incident["clocks"]?.array?.first { $0["metric"] == .text(metric) }?["dueAt"] ?? .null
  }

  private func open(_ world: DeskWorld, service: Value = .null, ciTier: Value = .null, as principal: Principal? = nil) async throws(Failure) -> Value {
    try await world.database.call(
      "incident.open", ["customer": .id(world.acme.publicId), "title": "Down", "service": service, "ciTier": ciTier], as: principal ?? world.engineer)
  }

  @Test func aTicketIsJudgedByTheTargetsOfItsServiceAndTier() async throws {
    let world = try await world()
    let vip = try await open(world, service: "VIP")
    #expect(vip["service"] == "VIP")
    #expect(due(vip, "response") == "2026-03-02T08:10:00Z")
    #expect(due(vip, "resolution") == "2026-03-02T10:00:00Z")
    #expect(try await world.explain(vip, "response")["targetReason"] == "service")
    // A service goes before a tier.
    let both = try await open(world, service: "VIP", ciTier: "platinum")
    #expect(due(both, "resolution") == "2026-03-02T10:00:00Z")
    #expect(due(try await open(world, ciTier: "platinum"), "resolution") == "2026-03-02T08:30:00Z")
    let lab = try await open(world, service: "LAB")
    #expect(due(lab, "response") == "2026-03-02T12:00:00Z")
    #expect(lab["clocks"]?.array?.count == 1, "for the resolution nothing is promised")
    let listed = try await world.database.call("incident.list", ["customer": .id(world.acme.publicId)], as: world.engineer)
    #expect(listed["items"]?.column("service") == ["LAB", .null, "VIP", "VIP"])
    for (service, tier): (Value, Value) in [("GONE", .null), (.null, "tin")] {
      await #expect(throws: Failure.self) { try await open(world, service: service, ciTier: tier) }
    }
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    await #expect(throws: Failure.self, "a customer names what its lines sell") { try await open(world, service: "VIP", as: requester) }
    await #expect(throws: Failure.self, "how critical a thing is, the staff say") { try await open(world, ciTier: "gold", as: requester) }
  }

  @Test func targetsFollowServiceAndTierAndUsedTimeStaysUsed() async throws {
    let world = try await world()
    let opened = try await open(world)
    #expect(due(opened, "resolution") == "2026-03-03T16:00:00Z")
    try world.at("2026-03-02T09:00:00Z")
    let vip = try await world.act("classify", on: opened, ["service": "VIP"])
    #expect(due(vip, "resolution") == "2026-03-02T10:00:00Z", "of the two hours one is used")
    let held = try await world.act("hold", on: vip, ["reason": "awaiting_requester", "comment": "Which one?"])
    try world.at("2026-03-02T10:00:00Z")
    let resumed = try await world.act("resume", on: held)
    #expect(due(resumed, "resolution") == "2026-03-02T11:00:00Z", "an hour's wait used nothing")
    let lab = try await world.act("classify", on: resumed, ["service": "LAB"])
    #expect(lab["clocks"]?.column("metric") == ["response"])
    let back = try await world.act("classify", on: lab, ["service": .null, "ciTier": "platinum"])
    #expect(back["service"] == .null)
    let resolution = try await world.explain(back, "resolution")
    #expect(resolution["targetReason"] == "ci_tier")
    #expect(resolution["verdict"] == "missed", "two hours less one of waiting are more than half an hour")
  }

  @Test func lockedTargetsStayUntilTheyAreUnlocked() async throws {
    let world = try await world()
    let opened = try await open(world)
    await #expect(throws: Failure.self, "it is no engineer's decision") { try await world.act("lock_targets", on: opened, ["reason": "Agreed"]) }
    let locked = try await world.act("lock_targets", on: opened, ["reason": "Agreed by phone"], as: world.manager)
    #expect(locked["targetsLocked"] == .bool(true))
    await #expect(throws: Failure.self) { try await world.act("lock_targets", on: locked, ["reason": "Again"], as: world.manager) }
    let vip = try await world.act("classify", on: locked, ["service": "VIP", "impact": 1, "urgency": 1])
    #expect(vip["service"] == "VIP")
    #expect(vip["priority"] == 1)
    #expect(due(vip, "response") == due(opened, "response"))
    #expect(due(vip, "resolution") == due(opened, "resolution"))
    await #expect(throws: Failure.self, "nor does another line take its place") {
      try await world.act("classify", on: vip, ["contractLine": .null])
    }
    let explained = try await explain(world, vip, as: world.engineer)
    #expect(explained["lock"]?["reason"] == "Agreed by phone")
    #expect(explained["lock"]?["lockedBy"]?.text?.contains("account_manager") == true)
    #expect(explained["resolution"]?["targets"]?.array?.first?["names"] == "service", "what would be chosen now")
    #expect(explained["clocks"]?.array?.first?["targetReason"] == "any", "what was chosen")
    let customer = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await explain(world, vip, as: customer)["lock"]?["reason"] == .null)
    let unlocked = try await world.act("unlock_targets", on: vip, ["reason": "A mistake"], as: world.manager)
    #expect(due(unlocked, "response") == "2026-03-02T08:10:00Z")
    #expect(due(unlocked, "resolution") == "2026-03-02T10:00:00Z")
    let types = try await world.list("history", of: unlocked).compactMap { $0["type"]?.text }
    #expect(types == ["incident.opened", "incident.targets_locked", "incident.classified", "incident.targets_unlocked"])
    await #expect(throws: Failure.self) { try await world.act("unlock_targets", on: unlocked, ["reason": "Again"], as: world.manager) }
  }

  /// Promises that were broken stay broken, whatever the ticket is classified as; and the record says why nothing is promised now.
  @Test func aMissStaysWhenNothingIsPromisedAnyMore() async throws {
    let world = try await world()
    let vip = try await open(world, service: "VIP")
    try world.at("2026-03-02T11:00:00Z")
    try await world.sweep()
    let lab = try await world.act("classify", on: vip, ["service": "LAB"])
    let explained = try await explain(world, lab, as: world.engineer)
    let withdrawn = try #require(explained["clocks"]?.array?.first { $0["metric"] == "resolution" })
    #expect(withdrawn["state"] == "withdrawn" && withdrawn["cause"] == "explicitly_none")
    #expect(withdrawn["verdict"] == "missed" && withdrawn["verdicts"]?.column("verdict") == ["missed"])
    #expect(try await judged(world) == ["resolution missed"], "the response had its time back")
    #expect(try await world.list("history", of: lab).last?["payload"]?["explicitlyNone"] == .array(["resolution"]))
    let born = try await open(world, service: "LAB")
    #expect(try await world.list("history", of: born).first?["payload"]?["explicitlyNone"] == .array(["resolution"]))
    // A target again: the clock that counts from the opening counts, and not both.
    try await world.act("classify", on: lab, ["service": "VIP"])
    try await world.sweep()
    #expect(try await judged(world) == ["resolution missed", "response missed"])
    // What was not missed is withdrawn, for the same reason.
    let fresh = try await world.act("classify", on: try await open(world), ["service": "LAB"])
    let last = try await explain(world, fresh, as: world.engineer)["clocks"]?.array?.first { $0["metric"] == "resolution" }
    #expect(last?["verdicts"]?.column("verdict") == ["withdrawn"] && last?["verdicts"]?.column("detail") == ["explicitly_none"])
  }

  private func judged(_ world: DeskWorld) async throws -> [String] {
    try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) {
      try await $0.query(JudgedOf(tenant: world.acme.id))
    }
  }

  /// A line that is recorded later, and would have been chosen: the ticket keeps its own, as it does when it is classified.
  @Test func whatIsRecordedLaterIsToldAndNotChosen() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open()
    let target = Value.object(["metric": "resolution", "budgetSeconds": 60, "calendar": world.calendar["id"] ?? .null])
    let sla = try await world.database.call("sla.create", ["name": "Quick", "targets": .array([target])], as: world.manager)
    try await world.database.call(
      "contract.create",
      [
        "customer": .id(world.acme.publicId), "name": "Newer", "currency": "EUR", "startsAt": "2026-02-01T00:00:00Z",
        "lines": .array([.object(["name": "Quick desk", "sla": sla["id"] ?? .null])]),
      ], as: world.manager)
    let resolution = try await explain(world, incident, as: world.engineer)["resolution"]
    #expect(resolution?["lines"]?.column("standing") == ["chosen", "preferred"])
    #expect(resolution?["lines"]?.column("contractLineName") == ["Service desk", "Quick desk"])
    #expect(resolution?["lines"]?.column("reason") == ["customer", .null])
    #expect(resolution?["targets"]?.array?.filter { $0["standing"] == "chosen" }.map { $0["budgetSeconds"] } == [14_400, 57_600])
    #expect(resolution?["english"]?.array?.first?.text?.contains("Service desk") == true)
    let classified = try await world.act("classify", on: incident, ["impact": 1])
    #expect(classified["contractLine"] == incident["contractLine"])
    // A ticket for which nothing was in force has no line, whatever holds by now.
    let bare = try await world.open("Theirs", for: world.other)
    _ = try await DeskWorld.contract(of: world.other, world.sla, world.database, world.manager)
    let none = try await explain(world, bare, as: world.engineer)["resolution"]
    #expect(none?["lines"]?.column("standing") == ["preferred"] && none?["targets"] == .array([]))
  }

  @Test func aRequesterSeesOnlyTheLineThatCountsForHim() async throws {
    let world = try await world()
    _ = try await world.database.call(
      "contract.create",
      [
        "customer": .id(world.acme.publicId), "name": "Board", "currency": "EUR", "startsAt": "2026-01-03T00:00:00Z",
        "lines": .array([.object(["name": "Secret board line", "sla": world.sla["id"] ?? .null])]),
      ], as: world.manager)
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    let incident = try await world.act("classify", on: try await open(world, as: requester), ["service": "VIP"])
    func lines(_ principal: Principal) async throws -> (lines: Int, targets: [Value]) {
      let resolution = try await explain(world, incident, as: principal)["resolution"]
      return (resolution?["lines"]?.array?.count ?? 0, resolution?["targets"]?.column("standing") ?? [])
    }
    let all = try await lines(world.engineer)
    #expect(all.lines == 2)
    let own = try await lines(requester)
    #expect(own.lines == 1 && !own.targets.contains("less_specific"))
    let manager = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await lines(manager).lines == 2, "he reads the contracts")
  }

  @Test func aPartThatIsSplitOffKeepsLockedTargets() async throws {
    let world = try await world()
    let opened = try await open(world, service: "VIP")
    let locked = try await world.act("lock_targets", on: opened, ["reason": "Agreed by phone"], as: world.manager)
    let changed = try await world.act("classify", on: locked, ["service": .null])
    let part = try await world.database.call("incident.split", ["id": changed["id"] ?? .null, "title": "A part"], as: world.engineer)
    #expect(part["targetsLocked"] == .bool(true) && part["service"] == .null)
    #expect(due(part, "resolution") == due(opened, "resolution"))
    #expect(try await explain(world, part, as: world.engineer)["lock"]?["reason"] == "Agreed by phone")
  }

  private func explain(_ world: DeskWorld, _ incident: Value, as principal: Principal) async throws -> Value {
    try await world.database.call("incident.explain", ["id": incident["id"] ?? .null], as: principal)
  }
}

private struct JudgedOf: Statement {
  let tenant: TenantId

  static let sql = "select metric || ' ' || verdict from service_levels.pub_judged where tenant_id = $1 order by 1"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
