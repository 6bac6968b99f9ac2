import Kernel
import Operations
import TestSupport
import Testing

/// Where what was ordered is to be done.
@Suite struct RequestPlaceTests {
  private func place(_ told: Value) -> [Value] { [told.at("unit"), told.at("unitName")] }

  @Test func whoFulfilsItSeesWhereToGo() async throws {
    let world = try await RequestsWorld()
    let (munich, berlin) = (try await world.unit("Munich"), try await world.unit("Berlin"))
    let mia = try await world.person("Mia", munich)
    let offering = try await world.offering("LAPTOP", [:])
    let usual = try await world.submit(offering, for: mia)
    #expect(place(usual) == [munich, "Munich"])
    let elsewhere = try await world.call(
      "request.submit", ["customer": .id(world.acme.publicId), "offering": offering, "published": 1, "requester": mia, "unit": berlin])
    let shown = try await [
      elsewhere, world.request(elsewhere, as: world.engineer), elsewhere.at("tasks.0"),
      world.call("task.read", ["id": elsewhere.at("tasks.0.id")], as: world.engineer),
    ]
    for told in shown { #expect(place(told) == [berlin, "Berlin"]) }
    for operation in ["request.queue", "task.queue"] {
      let items = try await world.call(operation, [:], as: world.engineer).at("items").array ?? []
      #expect(Set(items.map { $0.at("unitName") }) == ["Munich", "Berlin"], "\(operation)")
    }
    #expect(place(try await world.submit(offering)) == [.null, .null])
  }

  /// Guard: with the place in the look for the line, whoever names a site orders what is sold to others.
  @Test func whatCoversItGoesByWhoseItIs() async throws {
    let world = try await RequestsWorld()
    let (munich, berlin) = (try await world.unit("Munich"), try await world.unit("Berlin"))
    let mia = try await world.person("Mia", munich)
    let offering = try await world.offering("SITE", [:], units: [berlin])
    let refused = await #expect(throws: Failure.self) {
      try await world.call(
        "request.submit", ["customer": .id(world.acme.publicId), "offering": offering, "published": 1, "requester": mia, "unit": berlin])
    }
    #expect(refused?.violations.map { "\($0.path) \($0.message.key)" } == ["offering request.not_covered"])
  }

  @Test func theStaffCorrectIt() async throws {
    let world = try await RequestsWorld()
    let (munich, berlin) = (try await world.unit("Munich"), try await world.unit("Berlin"))
    let made = try await world.submit(try await world.offering("LAPTOP", [:]), for: try await world.person("Mia", munich))
    func change(_ unit: Value, _ seen: Value) async throws -> Value {
      try await world.call("request.change", ["id": made.at("id"), "unit": unit], as: world.engineer, version: seen.at("version"))
    }
    let moved = try await change(berlin, made)
    #expect(place(moved) == [berlin, "Berlin"] && moved.at("version") != made.at("version"))
    #expect(try await change(berlin, moved).at("version") == moved.at("version"), "it is there already")
    let back = try await change(.null, moved)
    #expect(place(back) == [munich, "Munich"])
    let events = try await world.call("request.history", ["id": made.at("id"), "limit": 200], as: world.engineer).at("items").array ?? []
    let told = events.filter { $0.at("type") == "request.unit_changed" }.map { [$0.at("payload.from"), $0.at("payload.to")] }
    #expect(told == [[.null, berlin], [berlin, .null]])
    let foreign = try await world.unit("Paris", of: world.other)
    await expectFailure(.invalid) { try await change(foreign, back) }
    await expectFailure(.versionMismatch) { try await change(berlin, made) }
  }

  /// Guard: without the look at the scope, who manages one site sends people to another.
  @Test func whoManagesASiteNamesHisOwn() async throws {
    let world = try await RequestsWorld()
    let (munich, berlin) = (try await world.unit("Munich"), try await world.unit("Berlin"))
    let rows = try await world.database.superuser.transaction { try await $0.query(UnitOfName(name: "Munich")) }
    let manager = try await world.database.user(.customerManager, of: world.acme, .unit, units: Set(rows))
    let mia = try await world.person("Mia", munich)
    let offering = try await world.offering("LAPTOP", [:])
    func order(at unit: Value) async throws -> Value {
      try await world.call("request.submit", ["offering": offering, "published": 1, "requester": mia, "unit": unit], as: manager)
    }
    #expect(place(try await order(at: munich)) == [munich, "Munich"])
    let refused = await #expect(throws: Failure.self) { try await order(at: berlin) }
    #expect(refused?.violations.map { "\($0.path) \($0.message.key)" } == ["unit request.outside_scope"])
  }
}
