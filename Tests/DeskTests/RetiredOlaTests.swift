import Kernel
import Operations
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
    await expectFailure(.invalid) {
      try await database.call("team_agreement.add", ["team": world.first["id"] ?? .null, "ola": world.ola["id"] ?? .null], as: manager)
    }
  }
}
