import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Changes

/// What the staff say to each other about a change.
@Suite struct CommentTests {
  @Test func theStaffSpeakAndNobodyElse() async throws {
    let world = try await ChangesWorld()
    let (change, hidden) = (try await world.change(), try await world.change("Elsewhere", of: world.other))
    let said = try await world.call("change.comment", ["id": change.at("id"), "body": "Is the rack free?"])
    #expect(said.at("visibility") == "internal" && said.at("authorKind") == "staff")
    try await world.call("change.comment", ["id": change.at("id"), "body": "It is"], as: world.servesAcme)
    #expect(try await world.call("change.comments", ["id": change.at("id")], as: world.account).texts("body") == ["Is the rack free?", "It is"])
    #expect(try await world.events(of: change).filter { $0 == "commented" }.count == 2)
    #expect(try await world.read(change).at("version") == change.at("version"))
    for operation in ["change.comments", "change.read"] {
      #expect(await refusal { try await world.call(operation, ["id": hidden.at("id")], as: world.servesAcme) } == "not_found")
    }
    #expect(await refusal { try await world.call("change.comment", ["id": hidden.at("id"), "body": "x"], as: world.servesAcme) } == "not_found")
    #expect(await refusal { try await world.call("change.comments", ["id": change.at("id")], as: world.manager) } != "accepted")
    #expect(await refusal { try await world.call("change.comment", ["id": change.at("id"), "body": "x"], as: world.manager) } != "accepted")
    #expect(await refusal { try await world.call("change.comment", ["id": change.at("id"), "body": ""]) } == "body input.length")
  }
}
