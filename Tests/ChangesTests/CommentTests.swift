import Kernel
import Operations
import Postgres
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

  /// Of a release speaks whoever of the staff sees it, also who may not act on it, and also when it is over.
  @Test func aReleaseIsSpokenOfAsWell() async throws {
    let world = try await ChangesWorld()
    let hidden = try await world.call("release.open", ["title": "Elsewhere"])
    let opened = try await world.call("release.open", ["title": "Spring"])
    let (mine, theirs) = (try await world.change(), try await world.change("Theirs", of: world.other))
    let half = try await world.act("release.add_change", on: opened, ["change": mine.at("id")])
    let release = try await world.act("release.add_change", on: half, ["change": theirs.at("id")])
    let said = try await world.call("release.comment", ["id": release.at("id"), "body": "Is the vendor ready?"])
    #expect(said.at("visibility") == "internal" && said.at("authorKind") == "staff" && said.at("body") == "Is the vendor ready?")
    #expect(await refusal { try await world.act("release.cancel", on: release, ["reason": "x"], as: world.servesAcme) } == "change.serves_all")
    try await world.call("release.comment", ["id": release.at("id"), "body": "They are"], as: world.servesAcme)
    let over = try await world.act("release.cancel", on: release, ["reason": "Not this year"])
    #expect(over.at("version").integer == release.at("version").integer.map { $0 + 1 }, "a word raises no version")
    try await world.call("release.comment", ["id": release.at("id"), "body": "Next year then"], as: world.account)
    let read = try await world.call("release.comments", ["id": release.at("id")], as: world.account)
    #expect(read.texts("body") == ["Is the vendor ready?", "They are", "Next year then"])
    #expect(read.at("items.0.id") == said.at("id") && read.at("items.0.at") == said.at("at"))
    let history = try await world.call("release.history", ["id": release.at("id"), "limit": 200])
    #expect(history.texts("type").filter { $0 == "release.commented" }.count == 3)
    #expect(!"\(history)".contains("vendor"), "the history holds ids, never what somebody wrote")
    // What one may not see is not there; customers see nothing of any.
    for body in [["id": hidden.at("id"), "body": "x"], ["id": hidden.at("id")]] as [KeyValuePairs<String, Value>] {
      let operation = body.count == 2 ? "release.comment" : "release.comments"
      #expect(await refusal { try await world.call(operation, body, as: world.servesAcme) } == "not_found")
      #expect(await refusal { try await world.call(operation, body, as: world.manager) } != "accepted")
    }
    #expect(await refusal { try await world.call("release.comment", ["id": release.at("id"), "body": ""]) } == "body input.length")
    #expect(try await world.call("release.comments", ["id": hidden.at("id")]).texts("body").isEmpty)
  }

  /// The second wall: a customer's transaction reads no word on a release, and only by its policy.
  @Test func aCustomersSideReadsNone() async throws {
    let world = try await ChangesWorld()
    let release = try await world.call("release.open", ["title": "Spring"])
    try await world.call("release.comment", ["id": release.at("id"), "body": "Between us"])
    let provider = world.database.provider.id
    func seen(_ side: Side) async throws -> [String] {
      try await world.database.tenancy.transaction(binding: [provider], side: side, readOnly: true) { try await $0.query(ReleaseWords(tenant: provider)) }
    }
    #expect(try await seen(.staff) == ["Between us"])
    #expect(try await seen(.customer) == [])
    try await world.database.runAsSuperuser("drop policy staff_only on changes.release_comment")
    #expect(try await seen(.customer) == ["Between us"], "it is the policy that hides it")
  }
}

private struct ReleaseWords: Statement {
  let tenant: TenantId

  static let sql = "select c.body from changes.release_comment c where c.tenant_id = $1"
  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
