import Kernel
import Operations
import TestSupport
import Testing

@Suite struct RaceTests {
  /// Each of two dependencies is fine by itself; both would be a circle. Of calls at once, one is refused.
  @Test func twoDependenciesAtOnceMakeNoCircle() async throws {
    let world = try await CatalogWorld()
    let name = Value.object(["en": "Part"])
    let family = try await world.found("service_family.list", "NETWORK")
    for round in 0..<10 {
      func create(_ code: String) async throws -> Value {
        try await world.call(
          "service.create",
          [
            "code": .text("\(code)\(round)"), "family": family.at("id"), "name": name, "mode": "managed", "owner": name,
            "stages": .object(["design": "2026-01-01"]),
          ]
        ).at("id")
      }
      let (one, other) = (try await create("A"), try await create("B"))
      @Sendable func depend(_ id: Value, _ needs: Value) async -> [String] {
        await violations { try await world.call("service.depend", ["id": id, "needs": needs], version: 1) }
      }
      async let first = depend(one, other)
      async let second = depend(other, one)
      let answers = await [first, second]
      #expect(answers.filter { $0 == ["accepted"] }.count == 1 && answers.contains(["needs service.circle"]), "\(answers)")
    }
  }
}
