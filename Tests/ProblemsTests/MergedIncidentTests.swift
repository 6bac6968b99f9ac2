import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Problems

/// An incident that another one goes into is linked to the problems behind that one.
@Suite struct MergedIncidentTests {
  @Test func itsProblemsAreBehindTheOtherToo() async throws {
    let world = try await ProblemsWorld()
    let (duplicate, survivor) = (try await world.incident("Same"), try await world.incident("First"))
    let (problem, known, cancelled) = (
      try await world.problem("Index", of: world.acme), try await world.problem("Disk"), try await world.problem("None", of: world.acme)
    )
    for one in [problem, known, cancelled] { try await world.link(duplicate, to: one) }
    try await world.link(survivor, to: known)
    try await world.act("cancel", on: cancelled, ["reason": "It was none"])
    try await world.tell()
    try await world.merge(duplicate, into: survivor)
    #expect(try await world.call("incident.problems", ["id": survivor]).texts("title").sorted() == ["Disk", "Index"])
    #expect(try await world.call("incident.problems", ["id": duplicate]).texts("title").count == 3, "its own stay")
    #expect(try await world.events(of: problem) == ["opened", "incident_linked", "incident_linked"])
    #expect(try await world.events(of: known) == ["opened", "incident_linked", "incident_linked"], "it was linked before")
    #expect(try await world.news(of: survivor) == ["linked", "linked"])
    #expect(try await world.news(of: survivor, as: world.manager).isEmpty, "it is the provider's own affair")
    #expect(try await world.call("problem.read", ["id": problem.at("id")]).at("version") == problem.at("version"), "a link raises no version")
    // And it hears what becomes of it.
    try await world.act("record_workaround", on: problem, ["workaround": "Restart it"])
    try await world.tell()
    #expect(try await world.news(of: survivor) == ["linked", "linked", "workaround"])
  }

  /// Whoever reads the survivor finds by which article it is a known error.
  @Test func aKnownErrorIsSeenThere() async throws {
    let world = try await ProblemsWorld()
    let (duplicate, survivor) = (try await world.incident("Same"), try await world.incident("First"))
    var problem = try await world.problem("VPN drops", of: world.acme, incidents: [duplicate])
    problem = try await world.act("record_workaround", on: problem, ["workaround": "Install the new profile"])
    problem = try await world.act("draft_known_error", on: problem, ["audience": "internal"])
    let draft = try await world.call("article.inspect", ["id": problem.at("article")])
    let submitted = try await world.call("article.submit", ["id": problem.at("article")], version: draft.at("version"))
    try await world.call("article.publish", ["id": problem.at("article")], as: world.servesAcme, version: submitted.at("version"))
    try await world.tell()
    try await world.merge(duplicate, into: survivor)
    let seen = try await world.call("incident.known_errors", ["id": survivor]).at("knownErrors").array ?? []
    #expect(seen.map { $0.at("title.en").text } == ["VPN drops"])
  }

  /// Whoever merges need not serve the others that a problem is behind, nor does the number of problems stop him.
  @Test func neitherOthersNorTheirNumberAreInTheWay() async throws {
    let world = try await ProblemsWorld()
    let (duplicate, survivor) = (try await world.incident("Same"), try await world.incident("First"))
    let foreign = try await world.incident("Theirs", of: world.other)
    let shared = try await world.problem("Shared", incidents: [])
    for incident in [foreign, duplicate] { try await world.link(incident, to: shared) }
    for number in 1...5 { _ = try await world.problem("Problem \(number)", of: world.acme, incidents: [survivor]) }
    try await world.merge(duplicate, into: survivor, as: world.servesAcme)
    #expect(try await world.call("incident.problems", ["id": survivor]).texts("title").count == 6)
    #expect(try await world.call("problem.incidents", ["id": shared.at("id")], as: world.servesAcme).texts("title") == ["Same", "First"])
    #expect(try await world.call("problem.incidents", ["id": shared.at("id")]).texts("title").count == 3)
  }

  /// Whoever acts on a problem and its incidents locks the problem first. Guard: were the incidents locked before it, each would wait for the other.
  @Test func whoWaitsForAProblemHoldsNoIncident() async throws {
    let world = try await ProblemsWorld()
    let (duplicate, survivor) = (try await world.incident("Same"), try await world.incident("First"))
    _ = try await world.problem("Index", of: world.acme, incidents: [duplicate])
    let merging: Task<Value, any Error> = try await world.database.superuser.transaction { holder in
      _ = try await holder.query(HoldEveryProblem())
      let merging = Task { try await world.merge(duplicate, into: survivor) }
      try await holder.waitForLocks(1)
      let free = try await holder.query(HoldEveryTicket())
      #expect(free.count == 2)
      return merging
    }
    #expect(try await merging.value.at("state") == "closed")
    #expect(try await world.call("incident.problems", ["id": survivor]).texts("title") == ["Index"])
  }
}

extension ProblemsWorld {
  @discardableResult
  fileprivate func merge(_ duplicate: Value, into survivor: Value, as principal: Principal? = nil) async throws -> Value {
    try await call("incident.merge", ["id": duplicate, "into": survivor], as: principal, version: 1)
  }
}

private struct HoldEveryProblem: Statement {
  static let sql = "select p.id from problems.problem p for update"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct HoldEveryTicket: Statement {
  static let sql = "select t.id from desk.ticket t for update nowait"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
