import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Escalations
@testable import ServiceLevels

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
    try await world.promiseWithPauses()
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

  /// While it waits for the customer it becomes urgent, and 40 minutes are most of 45. Guard: taken for told before the wait, the share is lost.
  @Test func whatAHigherPriorityMakesOfAWaitPassesWhenItIsOver() async throws {
    let world = try await EscalationsWorld()
    try await world.promiseWithPauses()
    try await world.rule(["percent": 85, "staff": .array([world.leadId])])
    let incident = try await world.incident(of: world.other)
    try await world.act("start", incident)
    try world.at("2026-03-02T08:40:00Z")
    try await world.act("hold", incident, ["reason": "awaiting_requester", "comment": "Which one?"])
    try world.at("2026-03-02T08:50:00Z")
    try await world.act("classify", incident, ["impact": 1])
    for _ in 0..<2 { try await world.work() }
    #expect(try await world.escalations(world.other) == [], "it waits")
    try world.at("2026-03-02T09:00:00Z")
    try await world.act("resume", incident)
    try world.at("2026-03-02T09:01:00Z")
    for _ in 0..<2 { try await world.work() }
    let records = try await world.escalations(world.other)
    #expect(records.map { $0["percent"] } == [85] && records.first?["occurredAt"] == "2026-03-02T09:00:00Z")
  }

  /// Guard: what was used before it was resolved would pass anew when it is reopened, though there was no rule then.
  @Test func aRuleThatIsMadeWhileItIsResolvedMeansNothingOfBefore() async throws {
    let world = try await EscalationsWorld()
    try await world.promiseWithPauses()
    let incident = try await world.incident(of: world.other)
    try await world.act("start", incident)
    try world.at("2026-03-02T08:45:00Z")
    try await world.act("resolve", incident, ["resolution": "Done"])
    try world.at("2026-03-02T08:50:00Z")
    try await world.rule(["percent": 60, "staff": .array([world.leadId])], name: "Before")
    try await world.rule(["percent": 90, "staff": .array([world.leadId])], name: "To come")
    try world.at("2026-03-02T09:00:00Z")
    try await world.act("reopen", incident, ["reason": "Again"])
    try world.at("2026-03-02T09:01:00Z")
    for _ in 0..<2 { try await world.work() }
    #expect(try await world.escalations(world.other) == [])
    // Nine of its fifteen minutes are used by then.
    try world.at("2026-03-02T09:09:01Z")
    for _ in 0..<2 { try await world.work() }
    #expect(Set(try await world.escalations(world.other).compactMap { $0["occurredAt"]?.text }) == ["2026-03-02T09:09:00Z"])
  }

  /// Whoever splits gains no time. Guard: were the rules not read with the part, what it passed of them would be taken for older than they are.
  @Test func aPartHasPassedWhatTheWholeHas() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["percent": 60, "staff": .array([world.leadId])])
    let incident = try await world.incident()
    try world.at("2026-03-02T08:40:00Z")
    let part = try await world.database.call("incident.split", ["id": incident["id"] ?? .null, "title": "A part"], as: world.engineer)
    for _ in 0..<2 { try await world.work() }
    for one in [incident, part] {
      #expect(try await world.escalations(of: one).map { $0["occurredAt"] } == ["2026-03-02T08:36:00Z"])
    }
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

  /// Guard: with each change counted, all clocks that run are worked out anew for a name.
  @Test func whatChangesNoShareConcernsNoClock() async throws {
    let world = try await EscalationsWorld()
    let staff = Value.array([world.leadId])
    let rule = try await world.rule(["percent": 60, "staff": staff])
    _ = try await world.incident()
    try await world.work()
    func unwatched() async throws -> Int {
      try await world.database.tenancy.transaction(binding: [], side: .staff, readOnly: true) {
        try await $0.query(UnwatchedClocks(changedSince: nil, after: .first, limit: 10)).count
      }
    }
    #expect(try await unwatched() == 0)
    try await world.rule(["percent": 100, "staff": staff], name: "Broken")
    try await world.rule(["ageMinutes": 60, "staff": staff], name: "Old")
    var version: Int64 = 1
    for members in [["name": "Sixty"], ["toTeam": world.secondLine], ["priorityTo": 4]] as [[String: Value]] {
      try await change(rule, members, version, world)
      version += 1
      #expect(try await unwatched() == 0, "\(members)")
    }
    for members in [["percent": 70], ["metric": "response"], ["customer": .id(world.acme.publicId)], ["percent": 100]] as [[String: Value]] {
      try await change(rule, members, version, world)
      version += 1
      #expect(try await unwatched() == 1, "\(members)")
      try await world.work()
      #expect(try await unwatched() == 0)
    }
    try await change(rule, ["metric": .null], version, world)
    #expect(try await unwatched() == 0, "when it is broken no share is watched")
  }

  private func change(_ rule: Value, _ members: [String: Value], _ version: Int64, _ world: EscalationsWorld) async throws {
    let input = Value.object([Value.Member("id", rule["id"] ?? .null)] + members.map { Value.Member($0.key, $0.value) })
    _ = try await world.database.dispatcher.invoke(
      "escalation_rule.change", input, as: world.database.root, Call(requestId: "test", expectedVersion: version))
  }

  /// Rules for each of thousands of customers: a clock is looked at with those of its own.
  @Test func onlyRulesOfItsCustomerAreReadWithAClock() async throws {
    let world = try await EscalationsWorld()
    for (name, customer) in [("Acme", world.acme), ("Other", world.other)] {
      try await world.rule(["percent": 60, "customer": .id(customer.publicId), "staff": .array([world.leadId])], name: name)
    }
    try await world.rule(["percent": 70, "staff": .array([world.leadId])], name: "All")
    func read(_ customers: [TenantEntry]) async throws -> WatchedShares {
      try await world.database.tenancy.transaction(binding: customers.map(\.id), side: .staff, readOnly: true) {
        WatchedShares(try await $0.query(ReadWatchedShares()))
      }
    }
    for customer in [world.acme, world.other] {
      let found = try await read([customer])
      #expect(found.shares.map(\.customer) == [customer.id, nil] && found.revision(of: customer.id) == 3)
    }
    // Who does something for several at once has for each his own.
    try await world.rule(["percent": 65, "customer": .id(world.acme.publicId), "staff": .array([world.leadId])], name: "Acme later")
    let both = try await read([world.acme, world.other])
    #expect(both.shares.count == 4 && both.revision(of: world.acme.id) == 4 && both.revision(of: world.other.id) == 3)
    #expect(WatchedShares.unread.revision(of: world.acme.id) == nil)
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
  /// The other customer is promised a resolution within an hour, and of what is urgent within 45 minutes; waits for him do not count.
  fileprivate func promiseWithPauses() async throws {
    func target(_ seconds: Int64, _ more: [Value.Member] = []) -> Value {
      let members = [
        Value.Member("metric", "resolution"), Value.Member("budgetSeconds", .integer(seconds)), Value.Member("calendar", office),
        Value.Member("pauses", .bool(true)),
      ]
      return .object(members + more)
    }
    let targets = [target(3600, [Value.Member("priority", 3)]), target(2700)]
    let sla = try await database.call("sla.create", ["name": "Gold", "targets": .array(targets)], as: database.root)
    try await database.call(
      "contract.create",
      [
        "customer": .id(other.publicId), "name": "Support", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Service desk", "sla": sla["id"] ?? .null])]),
      ], as: database.root)
  }

  /// Something of Acme's that is promised an answer within an hour.
  fileprivate func promised(_ process: String) async throws -> Value {
    try await (process == "request" ? order() : incident())
  }

  /// Of how many clocks a share is due at which a rule acts.
  fileprivate func sharesToCome() async throws -> Int64 {
    try await database.superuser.transaction { try await $0.query(SharesToCome()).first ?? -1 }
  }
}

private struct SharesToCome: Statement {
  static let sql = "select count(*) from service_levels.clock where next_share_at is not null"

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
