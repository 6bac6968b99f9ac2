import Kernel
import Operations
import TestSupport
import Testing

@testable import Changes

/// The history of a problem tells which change is to remove it, and what became of that.
@Suite struct ProblemNewsTests {
  private func problem(_ title: String, _ world: ChangesWorld) async throws -> Value {
    try await world.call(
      "problem.open", ["customer": .id(world.acme.publicId), "title": .text(title), "description": "x", "impact": 2, "urgency": 2])
  }

  private func news(of problem: Value, _ world: ChangesWorld) async throws -> [Value] {
    let items = try await world.call("problem.history", ["id": problem.at("id"), "limit": 200]).at("items").array ?? []
    return items.filter { $0.at("type").text?.hasPrefix("problem.change_") ?? false }
  }

  private func types(of problem: Value, _ world: ChangesWorld) async throws -> [String] {
    try await news(of: problem, world).compactMap { $0.at("type").text.map { String($0.dropFirst("problem.change_".count)) } }
  }

  /// Guard: the history of the change alone told it.
  @Test func aProblemIsToldWhatBecomesOfItsChange() async throws {
    let world = try await ChangesWorld()
    let (one, other) = (try await problem("One", world), try await problem("Other", world))
    let change = try await world.change()
    for problem in [one, other] { try await world.call("change.link_problem", ["id": change.at("id"), "problem": problem.at("id")]) }
    try await world.call("change.unlink_problem", ["id": change.at("id"), "problem": other.at("id")])
    // What is refused is told to nobody.
    let again = await refusal { try await world.call("change.link_problem", ["id": change.at("id"), "problem": one.at("id")]) }
    #expect(again == "change.linked_already")
    #expect(try await types(of: one, world) == ["linked"])
    #expect(try await types(of: other, world) == ["linked", "unlinked"])
    let linked = try await news(of: one, world).first
    #expect(linked?.at("payload.change") == change.at("id") && linked?.at("payload.number") == change.at("number"))

    let started = try await world.act("change.start", on: try await world.approved(change))
    let done = try await world.act("change.complete", on: started, ["outcome": "failed"])
    let told = try await news(of: one, world).last
    #expect(told?.at("type") == "problem.change_implemented" && told?.at("payload.outcome") == "failed")
    #expect(told?.at("payload.change") == change.at("id") && told?.at("actorKind") == "staff")
    try await world.act("change.back_out", on: done, ["reason": "Slower than before"])
    #expect(try await types(of: one, world) == ["linked", "implemented", "backed_out"])
    #expect(try await types(of: other, world) == ["linked", "unlinked"])
    // It takes nobody's version away.
    #expect(try await world.call("problem.read", ["id": one.at("id")]).at("version") == one.at("version"))
  }

  @Test func aProblemIsToldThatItsChangeIsGivenUp() async throws {
    let world = try await ChangesWorld()
    let problems = [try await problem("One", world), try await problem("Other", world)]
    let change = try await world.change()
    for problem in problems { try await world.call("change.link_problem", ["id": change.at("id"), "problem": problem.at("id")]) }
    try await world.act("change.cancel", on: change, ["reason": "Not needed"])
    for problem in problems { #expect(try await types(of: problem, world) == ["linked", "cancelled"]) }
    #expect(try await news(of: problems[0], world).last?.at("payload.outcome").isNull == true)
  }
}
