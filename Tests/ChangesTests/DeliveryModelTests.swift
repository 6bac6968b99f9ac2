import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Changes

/// What concerns several customers is worked on by teams that the delivery models of all of them allow.
@Suite struct DeliveryModelTests {
  private func team(_ name: String, _ world: ChangesWorld) async throws -> Value {
    try await world.call("team.create", ["name": .text(name)], as: world.database.root).at("id")
  }

  /// A customer is worked for by this team alone.
  private func allow(_ team: Value, for customer: TenantEntry, _ world: ChangesWorld) async throws {
    let input: KeyValuePairs<String, Value> = ["customer": .id(customer.publicId), "teams": .array([team])]
    try await world.call("delivery_model.set", input, as: world.database.root, version: 1)
  }

  private func task(_ team: Value) -> Value {
    .object([Value.Member("name", .object(["en": "Swap"])), Value.Member("step", .integer(1)), Value.Member("team", team)])
  }

  @Test func tasksArePlannedForAndGivenToTeamsOfTheModelOnly() async throws {
    let world = try await ChangesWorld()
    let (allowed, forbidden) = (try await team("Allowed", world), try await team("Forbidden", world))
    try await allow(allowed, for: world.acme, world)
    let opened = try await world.change()
    let refused = await refusal { try await world.act("change.plan_tasks", on: opened, ["tasks": .array([task(allowed), task(forbidden)])]) }
    #expect(refused == "tasks[1].team delivery_model.team_not_allowed_for")
    let planned = try await world.act("change.plan_tasks", on: opened, ["tasks": .array([task(.null)])])
    let started = try await world.act("change.start", on: try await world.approved(planned))
    let swap = try await world.read(started).at("tasks.0")
    func give(to team: Value) async -> String {
      await refusal { try await world.call("change_task.give", ["id": swap.at("id"), "team": team], version: swap.at("version")) }
    }
    #expect(await give(to: forbidden) == "team delivery_model.team_not_allowed_for")
    #expect(await give(to: allowed) == "accepted")
    #expect(await give(to: allowed) == "version.mismatch", "who has not seen whose it is takes it from nobody")
    // Of another customer's change every team is one that may.
    let other = try await world.change("Elsewhere", of: world.other, from: 5)
    #expect(await refusal { try await world.act("change.plan_tasks", on: other, ["tasks": .array([task(forbidden)])]) } == "accepted")
  }

  /// Guard: a model is written for all, and a task of it would go to a team that may not work for this customer.
  @Test func aModelsTaskForAnotherTeamIsOpenedOfNone() async throws {
    let world = try await ChangesWorld()
    let (allowed, forbidden) = (try await team("Allowed", world), try await team("Forbidden", world))
    let content: Value = .object([
      "description": "Reboot", "plan": "Reboot it", "backOut": "Restore", "answers": ChangesWorld.lowest, "ciTypes": .array(["server"]),
      "tasks": .array([task(forbidden), task(allowed)]),
    ])
    let made = try await world.call(
      "change_model.create", ["code": "REBOOT", "name": .object(["en": "Reboot"]), "content": content], as: world.account)
    try await world.act("change_model.approve", on: made, as: world.administrator)
    try await allow(allowed, for: world.acme, world)
    let change = try await world.call(
      "change.open",
      [
        "customer": .id(world.acme.publicId), "kind": "standard", "title": "Reboot", "model": made.at("id"), "startsAt": world.instant(1),
        "endsAt": world.instant(2), "cis": .array([try await world.ci("s")]),
      ])
    let agreed = try await world.act("change.submit", on: change)
    world.database.clock.advance(seconds: 3600)
    let started = try await world.act("change.start", on: agreed)
    let tasks = try await world.read(started).at("tasks").array ?? []
    #expect(tasks.map { $0.at("team") } == [.null, allowed] && tasks.map { $0.at("withheldTeam") } == [forbidden, .null])
    #expect(tasks.map { $0.at("state") } == ["ready", "ready"])
    #expect(try await world.events(of: started).count { $0 == "task_withheld" } == 1)
  }

  /// Guard: an emergency is begun although it concerns more than it did when it was planned. Whoever came since did not allow the team.
  @Test func anEmergencyBegunForMoreCustomersWithholdsWhatTheyDoNotAllow() async throws {
    let world = try await ChangesWorld()
    let (first, second) = (try await team("First", world), try await team("Second", world))
    let shared = try await world.sharedCi("core", affecting: [world.acme])
    let opened = try await world.change(kind: "emergency", sharedCis: [shared])
    let planned = try await world.act("change.plan_tasks", on: opened, ["tasks": .array([task(first), task(second), task(.null)])])
    let assessed = try await world.act("change.assess", on: planned, ["answers": ChangesWorld.lowest])
    let asked = try await world.act("change.submit", on: assessed, as: world.administrator)
    try await allow(second, for: world.other, world)
    let version = try await world.call("ci.read", ["id": shared], as: world.database.root).at("version")
    try await world.call("shared_ci.affect", ["id": shared, "customer": .id(world.other.publicId)], as: world.database.root, version: version)
    let started = try await world.act("change.start", on: asked)
    let tasks = try await world.read(started).at("tasks").array ?? []
    #expect(tasks.map { $0.at("team") } == [.null, second, .null] && tasks.map { $0.at("withheldTeam") } == [first, .null, .null])
    #expect(tasks.map { $0.at("state") } == ["ready", "ready", "ready"])
    let events = try await world.events(of: started)
    #expect(events.count { $0 == "task_withheld" } == 1 && events.contains("concerns_more"))
  }

  /// Who is named in the answer is whom the caller serves.
  @Test func ofSeveralCustomersAllHaveToAllowIt() async throws {
    let world = try await ChangesWorld()
    let (first, second) = (try await team("First", world), try await team("Second", world))
    let shared = try await world.sharedCi("core", affecting: [world.acme, world.other])
    let change = try await world.change(sharedCis: [shared])
    try await allow(first, for: world.acme, world)
    try await allow(second, for: world.other, world)
    for (named, customer) in [(first, "OTHER Ltd"), (second, "ACME Ltd")] {
      let refused = await #expect(throws: Failure.self) { try await world.act("change.offer", on: change, ["team": named]) }
      #expect(refused?.violations.first?.message.key == "delivery_model.team_not_allowed_for")
      #expect(refused?.violations.first?.arguments["customers"] == customer)
    }
    let both = try await team("Both", world)
    let refused = await #expect(throws: Failure.self) { try await world.act("change.offer", on: change, ["team": both]) }
    #expect(refused?.violations.first?.arguments == ["team": "Both", "customers": "ACME Ltd, OTHER Ltd"])
  }

  @Test func changesAndReleasesAreOfferedToTeamsOfTheModelOnly() async throws {
    let world = try await ChangesWorld()
    let (allowed, forbidden) = (try await team("Allowed", world), try await team("Forbidden", world))
    try await allow(allowed, for: world.acme, world)
    let change = try await world.change()
    let opened = try await world.call("release.open", ["title": "Spring"])
    let release = try await world.act("release.add_change", on: opened, ["change": change.at("id")])
    #expect(await refusal { try await world.act("release.offer", on: release, ["team": forbidden]) } == "team delivery_model.team_not_allowed_for")
    #expect(await refusal { try await world.act("release.offer", on: release, ["team": allowed]) } == "accepted")
    let read = try await world.read(change)
    #expect(await refusal { try await world.act("change.offer", on: read, ["team": forbidden]) } == "team delivery_model.team_not_allowed_for")
    #expect(await refusal { try await world.act("change.offer", on: read, ["team": allowed]) } == "accepted")
  }
}
