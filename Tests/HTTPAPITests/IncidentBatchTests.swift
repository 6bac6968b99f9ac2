import Contracts
import Desk
import Kernel
import Operations
import Postgres
import ServiceLevels
import TestSupport
import Testing

/// A morning's acts on incidents as one batch: given to a team, said a word of, resolved.
@Suite struct IncidentBatchTests {
  private static func act(_ operation: String, _ input: KeyValuePairs<String, Value>, version: Int64? = nil) -> Value {
    .object(
      [Value.Member("operation", .text(operation)), Value.Member("input", .object(input))] + (version.map { [Value.Member("version", .integer($0))] } ?? []))
  }

  /// Sends it, again and again under its key, until nothing of it is left.
  private static func send(_ acts: some Sequence<Value>, key: String, token: String, _ api: TestAPI) async throws -> [Value] {
    let body = JSON.text(.object(["acts": .array(Array(acts))]))
    for _ in 0..<20 {
      let reply = try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", key)], json: body)
      #expect(reply.status == 200, "\(reply.text)")
      guard reply.json?["left"] == 0 else { continue }
      return reply.json?["items"]?.array ?? []
    }
    Issue.record("there is always something left")
    return []
  }

  private static func statuses(_ items: [Value]) -> [Int64] { items.compactMap { $0["status"]?.integer } }

  @Test func eachIsDoneOnceWhateverIsRefusedAndHoweverOftenItIsSent() async throws {
    try await TestAPI.with([PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self]) { api in
      let token = try await api.administrator()
      let acme = try await api.database.customer("ACME")
      let team = try await api.database.call("team.create", ["name": "Second line"], as: api.database.root)["id"] ?? .null
      let count = 66
      let opened = try await Self.send(
        (0..<count).map { Self.act("incident.open", ["customer": .id(acme.publicId), "title": .text("Printer \($0)")]) }, key: "open", token: token, api)
      #expect(Self.statuses(opened) == [Int64](repeating: 201, count: count))
      let ids = opened.compactMap { $0["value"]?["id"] }
      #expect(Set(ids).count == count)

      // One was seen in a version that it does not have; and one has the same word twice.
      let stale = 30
      var acts = ids.enumerated().flatMap { index, id in
        [
          Self.act("incident.assign", ["id": id, "team": team], version: 1),
          Self.act("incident.comment", ["id": id, "body": .text("Seen \(index)"), "visibility": "internal"]),
          Self.act("incident.resolve", ["id": id, "resolution": "Switched on"], version: index == stale ? 7 : 2),
        ]
      }
      let word = Self.act("incident.comment", ["id": ids.first ?? .null, "body": "And again", "visibility": "internal"])
      acts += [word, word]
      #expect(acts.count == 200)

      // The connection ends after a part of it: the whole goes on from there.
      let part = try await Self.send(acts.prefix(50), key: "morning", token: token, api)
      #expect(Self.statuses(part).allSatisfy { $0 < 300 } && part.count == 50)
      let whole = try await Self.send(acts, key: "morning", token: token, api)
      let refused = stale * 3 + 2
      let outcomes = Self.statuses(whole)
      #expect(outcomes.count == 200 && outcomes.indices.filter { outcomes[$0] >= 300 } == [refused], "\(outcomes)")
      let report = whole.indices.contains(refused) ? whole[refused] : .null
      #expect(report["operation"] == "incident.resolve" && report["status"] == 412 && report["problem"]?["detail"]?.text?.isEmpty == false, "\(report)")
      #expect(whole.prefix(50).allSatisfy { $0["replayed"] == .bool(true) })
      // And again: nothing is done, and each is told what became of it.
      let again = try await Self.send(acts, key: "morning", token: token, api)
      #expect(Self.statuses(again) == outcomes)
      #expect(again.map { $0["replayed"] == .bool(true) } == outcomes.map { $0 < 300 })
      #expect(again.map { $0["value"] } == whole.map { $0["value"] })

      let tickets = try await api.database.superuser.transaction { try await $0.query(TicketsByState()) }
      #expect(tickets.map { "\($0.state) \($0.version) \($0.count)" } == ["new 2 1", "resolved 3 65"])
      let comments = try await api.database.superuser.transaction { try await $0.query(CommentsByCount()) }
      #expect(comments.map { "\($0.comments): \($0.tickets)" } == ["1: 65", "3: 1"])
      let done = try await api.database.superuser.transaction { try await $0.query(IncidentActsDone()) }
      #expect(
        done.map { "\($0.operation) \($0.count)" } == ["incident.assign 66", "incident.comment 68", "incident.open 66", "incident.resolve 65"])
    }
  }
}

private struct TicketsByState: Statement {
  static let sql = "select state, version, count(*) from desk.ticket group by state, version order by state, version"
  static func decode(_ row: inout RowReader) throws -> (state: String, version: Int64, count: Int64) { (try row.next(), try row.next(), try row.next()) }
}

/// How many tickets have how many comments.
private struct CommentsByCount: Statement {
  static let sql = """
    select n, count(*) from (select count(*) as n from desk.comment group by tenant_id, ticket_id) c group by n order by n
    """
  static func decode(_ row: inout RowReader) throws -> (comments: Int64, tickets: Int64) { (try row.next(), try row.next()) }
}

private struct IncidentActsDone: Statement {
  static let sql = """
    select operation, count(*) from operations.audit where outcome = 'done' and operation like 'incident.%' group by operation order by operation
    """
  static func decode(_ row: inout RowReader) throws -> (operation: String, count: Int64) { (try row.next(), try row.next()) }
}
