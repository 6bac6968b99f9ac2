import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// Gates ask for the custom attributes of whatever goes through them, as long as somebody can tell them.
@Suite struct AttributesOfProcessesTests {
  private static let asked: (name: String, value: Value) = ("attributes", .array(["region"]))
  private static let told = Value.Member("attributes", .object(["region": "emea"]))

  @discardableResult
  private func define(of process: String, _ world: GatesWorld, _ more: [Value.Member] = []) async throws -> Value {
    let members = [
      Value.Member("process", .text(process)), Value.Member("key", "region"), Value.Member("type", "text"),
      Value.Member("label", .object(["en": "Region", "zh-Hans": "区域"])),
    ]
    return try await world.invoke("attribute.create", members + more, as: world.account)
  }

  /// Something that may take the step but for its gate.
  private func subject(of process: GateProcess, _ world: GatesWorld) async throws -> Value {
    switch process {
    case .incident: try await world.open()
    case .request: try await world.read("request", try await world.order())
    case .problem: try await world.problem(for: world.acme)
    case .change: try await world.change(for: [world.acme])
    case .release: try await world.release(for: [world.acme])
    case .majorIncident: try await world.major(for: [world.acme])
    }
  }

  private func tell(_ seen: Value, _ process: GateProcess, _ world: GatesWorld) async throws -> Value {
    switch process {
    case .change:
      // What is written is assessed anew.
      let answers = Value.object(["impact": "few", "outage": "none", "experience": "often", "back_out": "easy", "tested": "fully"])
      let written = try await world.step("change.change", on: seen, [Self.told])
      return try await world.step("change.assess", on: written, [Value.Member("answers", answers)])
    case .release: return try await world.step("release.change", on: seen, [Self.told], as: world.database.root)
    case .incident, .request, .problem, .majorIncident: return try await world.step("\(process.rawValue).change", on: seen, [Self.told])
    }
  }

  private func take(_ step: GateStep, _ seen: Value, _ world: GatesWorld) async throws -> Value {
    let more =
      switch step.rawValue {
      case "major_incident.resolve": GatesWorld.resolution
      case "problem.resolve": [Value.Member("solution", "Replaced")]
      default: [Value.Member]()
      }
    let found = try await step.process == .request ? world.task(0, of: seen) : seen
    return try await world.step(step.rawValue, on: found, more)
  }

  private func missing(_ step: GateStep, _ seen: Value, _ world: GatesWorld) async throws -> [Value] {
    let situation = try await world.invoke("\(step.process.rawValue).gates", [Value.Member("id", seen.at("id"))], as: world.engineer)
    return situation["ahead"]?.column("missing") ?? []
  }

  /// Guard: a process that does not look at its attributes would be stopped for good.
  @Test(arguments: GateStep.allCases.filter { $0.process != .incident && $0.takesAttributes })
  func aGateAsksForAnAttribute(step: GateStep) async throws {
    let world = try await GatesWorld()
    try await define(of: step.process.rawValue, world)
    let gate = try await world.gate(step.rawValue, Self.asked)
    #expect(gate["attributes"] == .array(["region"]) && gate["kind"] == "field" && gate["fields"] == .array([]))
    let seen = try await subject(of: step.process, world)
    let failure = try await world.stopped { try await take(step, seen, world) }
    #expect(failure.violations.map { "\($0.path) \($0.message.key)" } == ["attributes.region gate.field_missing"])
    #expect(try await missing(step, seen, world) == [.array(["attributes.region"])])
    let told = try await tell(seen, step.process, world)
    #expect(try await missing(step, told, world) == [.array([])])
    _ = try await take(step, told, world)
    #expect(try await world.passages().column("outcome") == ["passed"])
  }

  /// What nobody can tell any more stops nothing for good.
  @Test(arguments: GateProcess.allCases.filter { $0 != .incident })
  func whatCannotBeToldIsNotAskedFor(process: GateProcess) async throws {
    let world = try await GatesWorld()
    let made = try await define(of: process.rawValue, world)
    let step = try #require(GateStep.steps(of: process).first { $0.takesAttributes })
    try await world.gate(step.rawValue, Self.asked)
    let seen = try await subject(of: process, world)
    try await world.stopped { try await take(step, seen, world) }
    _ = try await world.invoke("attribute.retire", [Value.Member("id", made.at("id"))], as: world.account, version: 1)
    #expect(try await missing(step, seen, world) == [.array([])])
    _ = try await take(step, seen, world)
    #expect(try await world.passages().column("outcome") == ["passed"])
  }

  /// Guard: an attribute of another process, or of other customers, nobody could tell of what comes to the gate.
  @Test func aGateNamesWhatAllBeforeItCanHave() async throws {
    let world = try await GatesWorld()
    func refused(_ step: String, forAll: Bool = false) async -> String {
      do {
        try await world.gate(step, Self.asked, forAll: forAll)
        return "accepted"
      } catch let failure as Failure {
        return failure.violations.map { "\($0.path) \($0.message.key)" }.joined(separator: ", ")
      } catch { return "\(error)" }
    }
    try await define(of: "incident", world)
    for step in ["task.claim", "problem.declare_known_error", "change.submit", "release.sign_off", "major_incident.resolve"] {
      #expect(await refused(step) == "attributes[0] attribute.unknown", "\(step)")
    }
    for step in ["problem.close", "change.start", "change.close", "release.deploy", "release.close"] {
      #expect(await refused(step) == "attributes gate.no_attributes_before", "\(step)")
    }
    try await define(of: "problem", world, [Value.Member("customers", .array([.id(world.other.publicId)]))])
    #expect(await refused("problem.declare_known_error") == "attributes[0] attribute.unknown")
    try await define(of: "request", world, [Value.Member("customers", .array([.id(world.acme.publicId)]))])
    #expect(await refused("task.complete", forAll: true) == "attributes[0] attribute.unknown")
    #expect(await refused("task.complete") == "accepted")
  }
}
