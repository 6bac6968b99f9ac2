import Kernel
import Operations
import TestSupport
import Testing

/// Things of all processes by their numbers, and who may not see them.
@Suite struct HiddenNumberTests {
  /// Guard: whoever may not see a thing is told of its number what he is told of one that nobody has.
  @Test func aHiddenNumberIsLikeNone() async throws {
    let site = try await LiveSite()
    let (acme, other) = (try await site.customer("ACME"), try await site.customer("OTHER"))
    let offering = try await site.offering(soldTo: [acme])
    let contracts = try await site.call("contract.list", ["customer": .id(acme.publicId)])["items"]?.array ?? []
    let things: [(operation: String, id: Value)] = [
      ("contract.read", contracts.first?["id"] ?? .null), ("incident.read", try await site.incident(of: acme)),
      ("request.read", try await site.request(offering, of: acme, requester: site.person(of: acme))),
      ("problem.read", try await site.problem(of: acme)), ("change.read", try await site.change(of: acme)),
    ]
    let (serves, stranger) = (try await site.staff(.accountManager, for: [[acme]]), try await site.staff(.accountManager, for: [[other]]))
    for (operation, id) in things {
      let number = try #require(try await site.call(operation, ["id": id])["number"]?.text)
      #expect(try await site.call(operation, ["id": .text(number.lowercased())], as: serves)["id"] == id)
      var answers: Set<String> = []
      let unknown = "\(number.dropLast(6))000777"
      let tail = number.drop { $0 != "-" }
      let nobodys = "NOBODY\(tail)"
      for name in [number, unknown, nobodys] {
        answers.insert(await answer { try await site.call(operation, ["id": .text(name)], as: stranger) })
      }
      #expect(answers == [KernelMessages.notFound.key], "\(operation)")
    }
  }

  private func answer(_ body: () async throws -> Value) async -> String {
    do {
      _ = try await body()
      return "accepted"
    } catch {
      return (error as? Failure)?.code ?? "\(error)"
    }
  }
}
