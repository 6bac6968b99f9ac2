import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// What concerns several customers: whoever serves some of them knows nothing of the others' gates, and lets nothing pass for them.
@Suite struct ServingTests {
  private static let told: (name: String, value: Value) = ("checklist", .array([.object(["value": "told", "name": .object(["en": "User told"])])]))
  private static let checked = Value.Member("checked", .array(["told"]))

  private func types(_ process: String, _ seen: Value, _ world: GatesWorld, as principal: Principal) async throws -> [String] {
    let history = try await world.invoke("\(process).history", [Value.Member("id", seen.at("id"))], as: principal)
    return (history["items"]?.column("type") ?? []).compactMap(\.text).filter { $0.contains(".gate_") }
  }

  @Test func theOthersGatesOfAChangeAreNotThere() async throws {
    let world = try await GatesWorld()
    let (acmes, others) = (try await world.gate("change.submit", Self.told), try await world.gate("change.submit", Self.told, customer: world.other))
    let all = try await world.gate("change.submit", Self.told, forAll: true)
    let change = try await world.change(for: [world.acme, world.other])
    try await world.stopped { try await world.step("change.submit", on: change) }
    let id = [Value.Member("id", change.at("id"))]
    let whole = try await world.invoke("change.gates", id, as: world.engineer)
    #expect(whole["ahead"]?.column("id") == [acmes.at("id"), others.at("id"), all.at("id")])
    #expect(whole["passages"]?.array?.count == 3)
    let seen = try await world.invoke("change.gates", id, as: world.servesOther)
    #expect(seen["ahead"]?.column("id") == [others.at("id"), all.at("id")])
    #expect(seen["passages"]?.column("gate") == [all.at("id"), others.at("id")])
    // Nor does the history tell of them.
    let reason = [Value.Member("gate", acmes.at("id")), Value.Member("reason", "Theirs alone")]
    _ = try await world.step("change.bypass_gate", on: change, reason, as: world.account)
    _ = try await world.step("change.submit", on: change, [Self.checked])
    // What was let pass and has all that is asked for passes.
    let passed = Array(repeating: "change.gate_passed", count: 3)
    #expect(try await types("change", change, world, as: world.engineer) == ["change.gate_bypassed"] + passed)
    #expect(try await types("change", change, world, as: world.servesOther) == ["change.gate_passed", "change.gate_passed"])
  }

  /// It is another's problem as well from now on, and the gate that has stopped it stands there until it passes.
  @Test func aGateThatHasStoppedAProblemHoldsOnWhenThatIsWidened() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate("problem.declare_known_error", Self.told)
    let problem = try await world.problem(for: world.acme)
    try await world.stopped { try await world.step("problem.declare_known_error", on: problem) }
    let wide = try await world.step("problem.widen", on: problem, [Value.Member("reason", "OTHER has it too")])
    let id = [Value.Member("id", wide.at("id"))]
    #expect(try await world.invoke("problem.gates", id, as: world.engineer)["ahead"]?.column("id") == [gate.at("id")])
    let seen = try await world.invoke("problem.gates", id, as: world.servesOther)
    #expect(seen["ahead"] == .array([]) && seen["passages"] == .array([]))
    try await world.stopped { try await world.step("problem.declare_known_error", on: wide) }
    _ = try await world.step("problem.declare_known_error", on: wide, [Self.checked])
    #expect(try await types("problem", wide, world, as: world.engineer) == ["problem.gate_passed"])
    #expect(try await types("problem", wide, world, as: world.servesOther) == [])
    // What it has not stopped before, it does not stop.
    let another = try await world.problem(for: world.acme)
    let widened = try await world.step("problem.widen", on: another, [Value.Member("reason", "OTHER has it too")])
    #expect(try await world.step("problem.declare_known_error", on: widened)["state"] == "known_error")
  }

  /// Whoever answers for a problem of several goes on with it; what all customers' gates ask he does not waive for them.
  @Test func whoAnswersForAWideProblemLetsItPassOnlyWhereHeServesAll() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate("problem.declare_known_error", Self.told, forAll: true)
    let problem = try await world.problem(for: nil)
    let owner = try await world.approver(.administrator, for: [world.other])
    let offered = try await world.step("problem.offer", on: problem, [Value.Member("staff", owner.id)])
    _ = try await world.step("problem.accept_offer", on: offered, as: owner.principal)
    let reason = [Value.Member("gate", gate.at("id")), Value.Member("reason", "x")]
    await expectFailure(.denied) { try await world.step("problem.bypass_gate", on: problem, reason, as: owner.principal) }
    _ = try await world.step("problem.bypass_gate", on: problem, reason, as: world.account)
  }
}
