import Kernel
import Operations
import Requests
import TestSupport
import Tenancy
import Testing

/// Only teams that the customer's delivery model names work on his requests.
@Suite struct DeliveryModelTests {
  private func team(_ name: String, _ world: RequestsWorld) async throws -> Value {
    try await world.call("team.create", ["name": .text(name)], as: world.database.root).at("id")
  }

  /// ACME is worked for by this team alone.
  private func allow(_ team: Value, _ world: RequestsWorld) async throws {
    let input: KeyValuePairs<String, Value> = ["customer": .id(world.acme.publicId), "teams": .array([team])]
    try await world.call("delivery_model.set", input, as: world.database.root, version: 1)
  }

  private func site(_ world: RequestsWorld) async throws -> Value {
    try await world.offering(
      "SITE",
      [
        "tasks": .array([
          FulfilmentTests.task("Survey", step: 1, team: "Network"), FulfilmentTests.task("Prepare", step: 1, team: "Allowed"),
          FulfilmentTests.task("Order lines", step: 2, team: "Network"),
        ])
      ], soldTo: [world.acme, world.other])
  }

  /// Guard: an offering is written for all customers, and its tasks would go to teams that may not work for this one.
  @Test func aTaskThatIsPlannedForAnotherTeamIsOpenedOfNone() async throws {
    let world = try await RequestsWorld()
    let allowed = try await team("Allowed", world)
    let offering = try await site(world)
    try await allow(allowed, world)
    let request = try await world.submit(offering)
    let tasks = try await world.request(request).at("tasks").array ?? []
    #expect(tasks.map { $0.at("team").isNull } == [true, false, true] && tasks.map { $0.at("state") } == ["ready", "ready", "waiting"])
    #expect(tasks.map { $0.at("withheldTeamName") } == ["Network", .null, "Network"])
    let queued = try await world.call("task.queue", ["unclaimed": .bool(true)], as: world.engineer).at("items").array ?? []
    #expect(queued.count == 2 && queued.compactMap { $0.at("withheldTeamName").text } == ["Network"], "it waits for whoever may, and says so")
    #expect(try await world.history(request).count { $0 == "task_withheld" } == 2)
    // Whose model names none has all teams.
    let elsewhere = try await world.submit(offering, of: world.other)
    let others = try await world.request(elsewhere).at("tasks").array ?? []
    #expect(others.map { $0.at("teamName") } == ["Network", "Allowed", "Network"] && others.allSatisfy { $0.at("withheldTeam").isNull })
    #expect(try await world.history(elsewhere).contains("task_withheld") == false)
  }

  @Test func aTaskIsGivenToTeamsOfTheModelOnly() async throws {
    let world = try await RequestsWorld()
    let (allowed, forbidden) = (try await team("Allowed", world), try await team("Forbidden", world))
    let offering = try await site(world)
    try await allow(allowed, world)
    let task = try await world.request(try await world.submit(offering)).at("tasks.0")
    func give(_ task: Value, to team: Value) async throws -> Value {
      try await world.call("task.give", ["id": task.at("id"), "team": team], as: world.engineer, version: task.at("version"))
    }
    let refused = await #expect(throws: Failure.self) { try await give(task, to: forbidden) }
    let violation = refused?.violations.first
    #expect(violation?.path == "team" && violation?.message.key == "delivery_model.team_not_allowed")
    #expect(violation?.arguments == ["team": "Forbidden", "customer": "ACME Ltd", "allowed": "Allowed"])
    #expect(try await give(task, to: allowed).at("team") == allowed)
    let elsewhere = try await world.request(try await world.submit(offering, of: world.other)).at("tasks.0")
    #expect(try await give(elsewhere, to: forbidden).at("team") == forbidden)
  }

  @Test func aRequestIsOfferedToTeamsOfTheModelOnly() async throws {
    let world = try await RequestsWorld()
    let (allowed, forbidden) = (try await team("Allowed", world), try await team("Forbidden", world))
    try await allow(allowed, world)
    let engineer = try await world.database.staff(.engineer)
    let account = try await world.ids(of: engineer).account
    try await world.call("staff_grant.add", ["account": account, "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
    // Nobody approves or does it meanwhile.
    let request = try await world.submit(try await world.offering("LAPTOP", ["form": .array([])]))
    let read = try await world.request(request, as: engineer)
    let taken = try await world.call("request.take", ["id": read.at("id")], as: engineer, version: read.at("version"))
    func offer(_ team: Value) async throws -> Value {
      try await world.call("request.offer", ["id": taken.at("id"), "team": team], as: engineer, version: taken.at("version"))
    }
    #expect(await refusal { try await offer(forbidden) } == ["team delivery_model.team_not_allowed"])
    #expect(await refusal { try await offer(allowed) } == ["accepted"])
  }
}
