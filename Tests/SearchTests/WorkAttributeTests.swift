import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

/// The queue over all processes shows what holds a value of a custom attribute.
@Suite struct WorkAttributeTests {
  private static let processes = ["incident", "request", "problem", "change"]
  private static let emea = Value.Member("attribute", "region:emea")

  /// The id of something of a process that holds this region; nil: none.
  private func open(_ process: String, _ region: Value?, for customer: TenantEntry, team: Value = .null, _ world: SearchWorld) async throws -> Value {
    world.database.clock.advance(seconds: 60)
    let (customer, attributes) = (Value.id(customer.publicId), region.map { Value.object(["region": $0]) } ?? .null)
    let made =
      switch process {
      case "incident":
        try await world.call("incident.open", ["customer": customer, "title": "T", "impact": 2, "urgency": 2, "attributes": attributes])
      case "request":
        try await world.call(
          "request.submit",
          ["customer": customer, "offering": world.laptop, "published": 1, "answers": .object(["purpose": "T"]), "attributes": attributes])
      case "problem":
        try await world.call("problem.open", ["customer": customer, "title": "T", "impact": 2, "urgency": 2, "team": team, "attributes": attributes])
      default:
        try await world.call("change.open", ["customer": customer, "kind": "normal", "title": "T", "team": team, "attributes": attributes])
      }
    return made["id"] ?? .null
  }

  /// What the queue shows page by page.
  private func walk(_ input: [Value.Member], as principal: Principal? = nil, _ world: SearchWorld) async throws -> [Value] {
    var (walked, cursor): ([Value], Value) = ([], .null)
    repeat {
      let paging = [Value.Member("limit", 3), Value.Member("cursor", cursor)]
      let page = try await world.database.dispatcher.invoke(
        "work.queue", .object(input + paging), as: principal ?? world.engineer, Call(requestId: "test")
      ).value
      walked += (page["items"]?.array ?? []).map { $0["id"] ?? .null }
      cursor = page["next"] ?? .null
    } while !cursor.isNull && walked.count < 100
    return walked
  }

  private func counts(_ input: KeyValuePairs<String, Value>, as principal: Principal? = nil, _ world: SearchWorld) async throws -> [String: Int64] {
    let counted = try await world.call("work.count", input, as: principal)["processes"]?.array ?? []
    return Dictionary(counted.map { ($0["process"]?.text ?? "", $0["count"]?.integer ?? -1) }) { first, _ in first }
  }

  /// Guard: without a look of its own each process would be shown whole; without the process, what another one holds at the same place.
  @Test func whatHoldsTheValueStandsInTheOrderOfTheQueue() async throws {
    let world = try await SearchWorld()
    for process in Self.processes { try await world.defineRegion(of: process, visible: process == "request") }
    var (ofAcme, ofOther): (Set<Value>, Set<Value>) = ([], [])
    for process in Self.processes {
      ofAcme.insert(try await open(process, "emea", for: world.acme, world))
      _ = try await open(process, "apac", for: world.acme, world)
      _ = try await open(process, nil, for: world.acme, world)
      ofOther.insert(try await open(process, "emea", for: world.other, world))
    }
    var held = ofAcme.union(ofOther)
    #expect(try await Set(walk([Self.emea], world)) == held)
    #expect(try await Set(walk([Self.emea], as: world.servesAcme, world)) == ofAcme)
    #expect(try await counts(["attribute": "region:emea"], world) == ["incident": 2, "request": 2, "problem": 2, "change": 2])
    #expect(try await counts(["attribute": "region:apac"], as: world.servesOther, world) == ["incident": 0, "request": 0, "problem": 0, "change": 0])
    // A team has some of what holds it, and some of what does not.
    let team = try await world.call("team.create", ["name": "First line"], as: world.database.root)["id"] ?? .null
    for process in ["problem", "change"] {
      held.insert(try await open(process, "emea", for: world.acme, team: team, world))
      _ = try await open(process, "apac", for: world.acme, team: team, world)
    }
    // Whatever else narrows it, it is what the queue shows without it, in the same order.
    let others: [[Value.Member]] = [
      [], [Value.Member("unowned", .bool(true))], [Value.Member("mine", .bool(true))], [Value.Member("priority", 3)], [Value.Member("overdue", .bool(false))],
      [Value.Member("customers", .array([.id(world.acme.publicId)]))], [Value.Member("processes", .array(["problem", "change", "task"]))],
      [Value.Member("offered", .bool(true))], [Value.Member("myTeams", .bool(true))], [Value.Member("team", team)],
    ]
    for other in others {
      let shown = try await walk(other, world)
      #expect(try await walk(other + [Self.emea], world) == shown.filter { held.contains($0) }, "\(other)")
    }
    #expect(try await walk([Self.emea, Value.Member("customers", .array([.id(world.acme.publicId)]))], world).count == 6)
    #expect(try await walk([Self.emea, Value.Member("team", team)], world).count == 2)
    #expect(try await walk([Self.emea, Value.Member("processes", .array(["task"]))], world).isEmpty)
  }

  /// A process that has no such attribute has nothing of it; where none that is asked for has it, what was meant is refused.
  @Test func aProcessWithoutTheAttributeIsLeftOut() async throws {
    let world = try await SearchWorld()
    for process in Self.processes { _ = try await open(process, nil, for: world.acme, world) }
    func refused(_ text: String, _ more: [Value.Member] = []) async -> [String] {
      let input = [Value.Member("attribute", .text(text))] + more
      let failure = await #expect(throws: Failure.self) { try await walk(input, world) }
      return failure?.violations.map { "\($0.path) \($0.message.key)" } ?? []
    }
    #expect(await refused("region:emea") == ["attribute attribute.unknown"])
    try await world.defineRegion(of: "problem")
    let problem = try await open("problem", "emea", for: world.acme, world)
    #expect(try await walk([Self.emea], world) == [problem])
    #expect(try await counts(["attribute": "region:emea"], world) == ["problem": 1])
    // Rather for the value than because an incident has no such attribute.
    #expect(await refused("region:moon") == ["attribute attribute.not_a_choice"])
    #expect(await refused("region") == ["attribute attribute.filter_form"])
    #expect(await refused("region:emea", [Value.Member("processes", .array(["incident", "request"]))]) == ["attribute attribute.unknown"])
  }

  @Test func aFilterKeepsIt() async throws {
    let world = try await SearchWorld()
    for process in ["incident", "change"] { try await world.defineRegion(of: process) }
    let held = [try await open("incident", "emea", for: world.acme, world), try await open("change", "emea", for: world.other, world)]
    _ = try await open("incident", "apac", for: world.acme, world)
    func save(_ attribute: Value) async throws -> Value {
      try await world.call(
        "queue_filter.save", ["name": "Europe", "queue": "work", "criteria": .object([Value.Member("attribute", attribute)])])
    }
    let refused = await #expect(throws: Failure.self) { try await save("region:moon") }
    #expect(refused?.violations.map { "\($0.path) \($0.message.key)" } == ["criteria.attribute attribute.not_a_choice"])
    let saved = try await save("region:emea")
    #expect(saved["criteria"]?["attribute"] == "region:emea" && saved["queue"] == "work")
    let filter = Value.Member("filter", saved["id"] ?? .null)
    #expect(try await Set(walk([filter], world)) == Set(held))
    #expect(try await counts(["filter": saved["id"] ?? .null], world) == ["incident": 1, "change": 1])
  }
}
