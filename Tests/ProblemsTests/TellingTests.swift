import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Problems

/// Incidents are told what becomes of the problem behind them.
@Suite struct TellingTests {
  @Test func everyLinkedIncidentIsToldOnce() async throws {
    let world = try await ProblemsWorld()
    var incidents: [Value] = []
    for number in 1...5 { incidents.append(try await world.incident("Slow \(number)")) }
    incidents.append(try await world.incident("Elsewhere", of: world.other))
    var problem = try await world.problem("Index")
    for incident in incidents { try await world.link(incident, to: problem) }
    let over = incidents[0]
    try await world.call("incident.resolve", ["id": over, "resolution": "gone"], version: 1)
    problem = try await world.act("record_workaround", on: problem, ["workaround": "Web client"], key: "w")
    problem = try await world.act("resolve", on: problem, ["solution": "Rebuilt"])
    problem = try await world.act("close", on: problem)
    // Nothing is told in the acts themselves: a problem behind ten thousand incidents is closed as fast as any other.
    #expect(try await world.news(of: incidents[1]) == ["linked"])
    for _ in 0..<2 { try await world.tell() }
    for incident in incidents.dropFirst() {
      #expect(try await world.news(of: incident) == ["linked", "workaround", "resolved", "closed"])
    }
    #expect(try await world.news(of: over) == ["linked", "resolved", "closed"], "what helps meanwhile is for those that are open")
    #expect(try await world.news(of: incidents[1], as: world.manager) == [])
    #expect(try await world.left() == 0)
  }

  /// The same call again, by its key, tells nobody again.
  @Test func aRepetitionTellsNothing() async throws {
    let world = try await ProblemsWorld()
    let incident = try await world.incident("Slow")
    let problem = try await world.problem("Index", of: world.acme, incidents: [incident])
    for _ in 0..<3 {
      try await world.act("resolve", on: problem, ["solution": "Rebuilt"], key: "the-same")
      try await world.tell()
    }
    #expect(try await world.news(of: incident) == ["linked", "resolved"])
  }

  /// Who was linked when it happened is told of it: what was unlinked before the sweep came too, what was linked after it not.
  @Test func whoWasLinkedIsTold() async throws {
    let world = try await ProblemsWorld()
    let (before, after) = (try await world.incident("Before"), try await world.incident("After"))
    let problem = try await world.problem("Index", of: world.acme, incidents: [before])
    try await world.act("record_workaround", on: problem, ["workaround": "Wait"])
    try await world.call("problem.unlink_incident", ["id": problem.at("id"), "incident": before, "reason": "No"])
    try await world.link(after, to: problem)
    try await world.tell()
    #expect(try await world.news(of: before) == ["linked", "unlinked", "workaround"])
    #expect(try await world.news(of: after) == ["linked"])
  }

  /// A run that breaks off between two incidents leaves the place up to which it came; the next one goes on from there.
  @Test func whatWasBegunIsGoneOnWith() async throws {
    let world = try await ProblemsWorld()
    var incidents: [Value] = []
    for number in 1...4 { incidents.append(try await world.incident("Slow \(number)")) }
    let problem = try await world.problem("Index", of: world.acme, incidents: incidents)
    try await world.act("resolve", on: problem, ["solution": "Rebuilt"])
    // The third one is in somebody's hands: the lock times out, and the run fails with the first two told.
    try await world.whileHeld(2) { await #expect(throws: (any Error).self) { try await world.tell() } }
    #expect(try await world.left() == 1)
    for _ in 0..<2 { try await world.tell() }
    for incident in incidents { #expect(try await world.news(of: incident) == ["linked", "resolved"]) }
    #expect(try await world.left() == 0)
  }

  /// Guard: when a problem was told to the end before the next one's turn, the small one came last.
  @Test func aLargeProblemHoldsUpNoOther() async throws {
    let world = try await ProblemsWorld()
    var incidents: [Value] = []
    for number in 1...6 { incidents.append(try await world.incident("Slow \(number)")) }
    let large = try await world.problem("Index", of: world.acme, incidents: incidents)
    let small = try await world.problem("Cable", of: world.acme, incidents: [try await world.incident("Alone")])
    for problem in [large, small] { try await world.act("resolve", on: problem, ["solution": "Rebuilt"]) }
    try await world.tell()
    #expect(try await world.left() == 0)
    let isBefore = try await world.database.superuser.transaction { try await $0.query(ToldBeforeTheLast(title: "Alone")) }
    #expect(isBefore == [true])
  }

  /// Several workers at once share the work, and tell nobody twice.
  @Test func workersShareIt() async throws {
    let world = try await ProblemsWorld()
    var incidents: [Value] = []
    for number in 1...12 { incidents.append(try await world.incident("Slow \(number)")) }
    let problem = try await world.problem("Index", of: world.acme, incidents: incidents)
    try await world.act("resolve", on: problem, ["solution": "Rebuilt"])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 { group.addTask { try await world.tell(piece: 1) } }
      try await group.waitForAll()
    }
    try await world.tell()
    for incident in incidents { #expect(try await world.news(of: incident) == ["linked", "resolved"]) }
  }
}

extension ProblemsWorld {
  /// How many events are still to be told.
  fileprivate func left() async throws -> Int64 {
    try await database.superuser.transaction { try await $0.query(TellingsLeft()).first ?? -1 }
  }

  /// Runs `body` while another connection holds ACME's ticket at this place.
  fileprivate func whileHeld(_ place: Int64, _ body: () async throws -> Void) async throws {
    try await database.application.transaction(
      TransactionOptions(settings: [.integers("app.tenants", [acme.id.rawValue]), .word("app.side", "staff")])
    ) { transaction in
      _ = try await transaction.query(HoldTicketAt(tenant: acme.id, place: place))
      try await body()
    }
  }
}

private struct TellingsLeft: Statement {
  static let sql = "select count(*) from problems.telling"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct HoldTicketAt: Statement {
  let tenant: TenantId
  let place: Int64

  static let sql = "select id from desk.ticket where tenant_id = $1 and number = $2 + 1 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(place)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Whether an incident was told by a transaction before the one that told the last.
private struct ToldBeforeTheLast: Statement {
  let title: String

  static let sql = """
    select min(e.xmin::text::bigint) filter (where t.title = $1) < max(e.xmin::text::bigint)
    from operations.event e join desk.ticket t on t.tenant_id = e.tenant_id and t.id = e.subject_id
    where e.subject_kind = 'ticket' and e.type = 'incident.problem_resolved'
    """

  func bind(to parameters: inout Parameters) { parameters.append(title) }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}
