import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Escalations

/// A rule acts when its own share of a promise passes, of an incident or a request. Acme is warned of 50 and 80 % of its hour.
@Suite struct ShareTests {
  private static let processes = ["incident", "request"]

  @Test(arguments: processes) func anOutageMovesNoShare(process: String) async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": .text(process), "percent": 85, "staff": .array([world.leadId])])
    _ = try await world.promised(process)
    try world.at("2026-03-02T12:00:00Z")
    for _ in 0..<2 { try await world.work() }
    let records = try await world.escalations()
    #expect(records.map { $0["percent"] } == [85] && records.first?["occurredAt"] == "2026-03-02T08:51:00Z")
    #expect(try await world.told() == [process == "incident" ? "incident.escalated_by_rule" : "process.escalated_by_rule"])
  }

  /// An act that comes before the sweep takes nothing away.
  @Test func whatWaitsSinceHasPassedItAllTheSame() async throws {
    let world = try await EscalationsWorld()
    let target = Value.object(["metric": "resolution", "budgetSeconds": 3600, "calendar": world.office, "pauses": .bool(true)])
    let sla = try await world.database.call("sla.create", ["name": "Gold", "targets": .array([target])], as: world.database.root)
    try await world.database.call(
      "contract.create",
      [
        "customer": .id(world.other.publicId), "name": "Support", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Service desk", "sla": sla["id"] ?? .null])]),
      ], as: world.database.root)
    try await world.rule(["percent": 85, "staff": .array([world.leadId])])
    let incident = try await world.incident(of: world.other)
    try await world.act("start", incident)
    try world.at("2026-03-02T08:55:00Z")
    try await world.act("hold", incident, ["reason": "awaiting_requester", "comment": "Which one?"])
    try world.at("2026-03-02T09:30:00Z")
    for _ in 0..<2 { try await world.work() }
    let records = try await world.escalations(world.other)
    #expect(records.map { $0["percent"] } == [85] && records.first?["occurredAt"] == "2026-03-02T08:51:00Z")
    #expect(records.first?["state"] == "done")
  }

  @Test(arguments: processes) func aRuleThatIsMadeMeanwhileIsKnownToWhatRuns(process: String) async throws {
    let world = try await EscalationsWorld()
    _ = try await world.promised(process)
    try world.at("2026-03-02T08:31:00Z")
    try await world.rule(["process": .text(process), "percent": 60, "staff": .array([world.leadId])], name: "To come")
    try await world.rule(["process": .text(process), "percent": 40, "staff": .array([world.leadId])], name: "Passed before")
    try await world.work()
    #expect(try await world.escalations() == [])
    try world.at("2026-03-02T08:36:01Z")
    for _ in 0..<2 { try await world.work() }
    let records = try await world.escalations()
    #expect(Set(records.compactMap { $0["ruleName"]?.text }) == ["To come", "Passed before"], "the next share that passes is the other's too")
    #expect(records.allSatisfy { $0["percent"] == 60 && $0["occurredAt"] == "2026-03-02T08:36:00Z" })
  }

  @Test(arguments: processes) func aRetiredRuleHasNoShare(process: String) async throws {
    let world = try await EscalationsWorld()
    let rule = try await world.rule(["process": .text(process), "percent": 70, "staff": .array([world.leadId])])
    _ = try await world.promised(process)
    #expect(try await world.sharesToCome() == 1)
    try world.at("2026-03-02T08:40:00Z")
    try await world.database.call("escalation_rule.retire", ["id": rule["id"] ?? .null], as: world.database.root, version: 1)
    try world.at("2026-03-02T08:43:00Z")
    try await world.work()
    #expect(try await world.escalations() == [])
    #expect(try await world.sharesToCome() == 0)
  }

  /// What is changed counts from then on, at its new share.
  @Test(arguments: processes) func aChangedShareIsWorkedOutAnew(process: String) async throws {
    let world = try await EscalationsWorld()
    let rule = try await world.rule(["process": .text(process), "percent": 70, "staff": .array([world.leadId])])
    _ = try await world.promised(process)
    try world.at("2026-03-02T08:40:00Z")
    try await world.database.call("escalation_rule.change", ["id": rule["id"] ?? .null, "percent": 75], as: world.database.root, version: 1)
    try world.at("2026-03-02T08:44:00Z")
    try await world.work()
    #expect(try await world.escalations() == [])
    try world.at("2026-03-02T08:46:00Z")
    try await world.work()
    #expect(try await world.escalations().map { $0["occurredAt"] } == ["2026-03-02T08:45:00Z"])
  }

  @Test func ofATeamsTurnTheSame() async throws {
    let world = try await EscalationsWorld()
    try await world.promiseOfTeams()
    try await world.rule(["percent": 65, "agreement": "ola", "toTeam": world.secondLine])
    let incident = try await world.incident(of: world.other)
    try world.at("2026-03-02T08:39:01Z")
    try await world.work()
    #expect(try await world.escalations(world.other).map { $0["occurredAt"] } == ["2026-03-02T08:39:00Z"])
    #expect(try await world.read(incident)["team"] == world.secondLine)
  }

  /// A clock wakes nobody at a share that no rule is for.
  @Test func onlySharesOfItsOwnRulesAreWatched() async throws {
    let table: [(members: [String: Value], shares: Int64)] = [
      (["percent": 60], 1), (["percent": 60, "metric": "response"], 1), (["percent": 60, "metric": "update"], 0), (["percent": 50], 0),
      (["percent": 100], 0), (["percent": 60, "agreement": "ola"], 0), (["ageMinutes": 60], 0), (["process": "request", "percent": 60], 0),
    ]
    let world = try await EscalationsWorld()
    for (index, one) in table.enumerated() {
      let rule = try await world.rule(one.members.merging(["staff": .array([world.leadId])]) { given, _ in given }, name: "Rule \(index)")
      _ = try await world.incident("Printer \(index)")
      try await world.work()
      #expect(try await world.sharesToCome() == one.shares * Int64(index + 1), "\(one.members)")
      try await world.database.call("escalation_rule.retire", ["id": rule["id"] ?? .null], as: world.database.root, version: 1)
    }
    try await world.rule(["percent": 60, "customer": .id(world.other.publicId), "staff": .array([world.leadId])], name: "Other")
    try await world.work()
    #expect(try await world.sharesToCome() == 0, "another customer's")
  }

  /// The day of an import would be a storm, and so would the day from which on requests are watched.
  @Test(arguments: processes) func whatAnImportBringsIsWatchedFromThenOn(process: String) async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": .text(process), "percent": 60, "staff": .array([world.leadId])], name: "Sixty")
    try await world.rule(["process": .text(process), "percent": 90, "staff": .array([world.leadId])], name: "Ninety")
    _ = try await world.promised(process)
    try world.at("2026-03-02T08:40:00Z")
    try await world.script("update service_levels.clock set share_revision = 0, next_share_at = null")
    try await world.work()
    #expect(try await world.escalations() == [])
    try world.at("2026-03-02T08:54:01Z")
    try await world.work()
    let records = try await world.escalations()
    #expect(Set(records.map { "\($0["ruleName"]?.text ?? "") \($0["percent"]?.integer ?? 0)" }) == ["Sixty 80", "Ninety 90"])
  }
}

extension EscalationsWorld {
  /// Something of Acme's that is promised an answer within an hour.
  fileprivate func promised(_ process: String) async throws -> Value {
    try await (process == "request" ? order() : incident())
  }

  /// Of how many clocks a share is due at which a rule acts.
  fileprivate func sharesToCome() async throws -> Int64 {
    try await database.superuser.withConnection { try await $0.query(SharesToCome()).first ?? -1 }
  }
}

private struct SharesToCome: Statement {
  static let sql = "select count(*) from service_levels.clock where next_share_at is not null"

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
