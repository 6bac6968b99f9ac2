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

private struct HeldTeams: Statement {
  static let sql = "select id from desk.team for update"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
