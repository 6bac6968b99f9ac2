import Kernel
import Operations
import Postgres
import TestSupport
import Testing

/// OLAs that no team works by any more.
@Suite struct RetiredOlaTests {
  @Test func oneThatTeamsWorkByIsNotRetiredAndNoTeamAgreesToARetiredOne() async throws {
    let world = try await AgreementWorld()
    let (database, manager) = (world.database, world.desk.manager)
    func retire() async throws -> Value {
      try await database.call("sla.retire", ["id": world.ola["id"] ?? .null], as: manager, version: world.ola["version"]?.integer)
    }
    func refusal() async -> Failure? {
      do {
        _ = try await retire()
        return nil
      } catch { return error as? Failure }
    }
    let first = await refusal()
    #expect(first?.code == "sla.agreed_by_teams" && first?.arguments["teams"] == "First line, Second line", "\(String(describing: first))")
    let agreements = try await database.call("team_agreement.list", [:], as: manager)["items"]?.array ?? []
    #expect(agreements.count == 2)
    for (agreement, end) in zip(agreements, ["2026-03-02T07:00:00Z", "2026-03-03T00:00:00Z"]) {
      try await database.call(
        "team_agreement.end", ["id": agreement["id"] ?? .null, "endedAt": .text(end)], as: manager, version: agreement["version"]?.integer)
    }
    #expect(await refusal()?.arguments["teams"] == "Second line", "until tomorrow")
    database.clock.advance(seconds: 86_400)
    #expect(try await retire()["state"] == "retired")
    do {
      _ = try await database.call("team_agreement.add", ["team": world.first["id"] ?? .null, "ola": world.ola["id"] ?? .null], as: manager)
      Issue.record("a retired OLA was agreed to")
    } catch {
      #expect(error.violations.map { "\($0.path) \($0.message.key)" } == ["ola sla.retired"], "it is there, but retired")
    }
  }

  /// An OLA that is being agreed to is held: who retires it waits, and finds the team.
  @Test func anAgreementAndARetirementTakeTurns() async throws {
    let world = try await AgreementWorld()
    let (database, manager, team) = (world.database, world.desk.manager, world.first["id"] ?? .null)
    let targets: Value = .array([.object(["metric": "resolution", "budgetSeconds": 3600, "calendar": world.desk.calendar["id"] ?? .null])])
    let spare = try await database.call("sla.create", ["name": "Spare", "kind": "ola", "targets": targets], as: manager)
    let id = spare["id"] ?? .null
    let (added, retired) = try await database.superuser.transaction { holder in
      _ = try await holder.query(HeldTeams())
      let added = Task { try await database.call("team_agreement.add", ["team": team, "ola": id], as: manager) }
      try await holder.waitForLocks(1)
      let retired = Task { try await database.call("sla.retire", ["id": id], as: manager, version: spare["version"]?.integer) }
      try await holder.waitForLocks(2)
      return (added, retired)
    }
    #expect(try await added.value["ola"] == id)
    await expectFailure(.conflict) { try await retired.value }
  }
}

extension RetiredOlaTests {
  /// Live work refers to its team all the time: neither waits for the other.
  @Test func anAgreementIsAddedWhileItsTeamIsReferredTo() async throws {
    let world = try await AgreementWorld()
    let (database, manager, team) = (world.database, world.desk.manager, world.first["id"] ?? .null)
    try await database.superuser.transaction { holder in
      _ = try await holder.query(ReferredTeams())
      let added = try await database.call("team_agreement.add", ["team": team, "ola": world.ola["id"] ?? .null], as: manager)
      #expect(added["ola"] == world.ola["id"])
    }
  }

  /// A turn begins with what stands: not with what was withdrawn before it began.
  @Test func aTurnBeginsWithTheVersionThatStands() async throws {
    let world = try await AgreementWorld()
    let (database, manager, ola) = (world.database, world.desk.manager, world.ola["id"] ?? .null)
    let target: Value = .object(["metric": "resolution", "budgetSeconds": 3600, "calendar": world.desk.calendar["id"] ?? .null])
    let from: Value = "2026-03-03T00:00:00Z"
    _ = try await database.call("sla.revise", ["id": ola, "targets": .array([target]), "validFrom": from], as: manager, version: 1)
    _ = try await database.call("sla.withdraw", ["id": ola, "reason": "Not agreed"], as: manager, version: 2)
    try world.desk.at("2026-03-03T08:00:00Z")
    let incident = try await world.assign(try await world.desk.open(), to: world.first)
    #expect(incident["agreements"]?.array?.first?.clock("resolution")["dueAt"] == "2026-03-03T16:00:00Z")
  }

  /// A turn that has begun keeps its terms, though their version was withdrawn at that instant.
  @Test func aTurnKeepsTheTermsThatItBeganWith() async throws {
    let world = try await AgreementWorld(olaMore: ["supplierWaitsPause": .bool(true)])
    var incident = try await world.assign(try await world.desk.open(), to: world.first)
    try await world.database.runAsSuperuser("update contracts.sla_version set withdrawn = true where supplier_waits_pause")
    incident = try await world.desk.act("hold", on: incident, ["reason": "awaiting_supplier", "evidence": "mail 1"])
    #expect(incident["agreements"]?.array?.first?.clock("resolution")["state"] == "paused")
  }
}

/// As a foreign key does.
private struct ReferredTeams: Statement {
  static let sql = "select id from desk.team for key share"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct HeldTeams: Statement {
  static let sql = "select id from desk.team for update"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
