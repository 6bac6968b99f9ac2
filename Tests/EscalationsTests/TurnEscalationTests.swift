import Desk
import Jobs
import Kernel
import Operations
import Postgres
import ServiceLevels
import Tenancy
import TestSupport
import Testing

@testable import Escalations

/// Escalation by what teams (OLA) and suppliers (underpinning contract) promise for their turns. The customer of most is promised nothing, so that
/// whatever is escalated is theirs.
@Suite struct TurnEscalationTests {
  @Test func aTeamsTurnGoesToTheNextLine() async throws {
    let world = try await EscalationsWorld()
    try await world.promiseOfTeams()
    let staff = Value.array([world.leadId])
    try await world.rule(
      ["percent": 80, "agreement": "ola", "metric": "response", "team": world.firstLine, "toTeam": world.secondLine, "staff": staff])
    try await world.rule(["percent": 50, "staff": staff], name: "Of customers")
    try await world.rule(["percent": 50, "agreement": "uc", "staff": staff], name: "Of suppliers")
    try await world.rule(["percent": 50, "agreement": "ola", "metric": "resolution", "staff": staff], name: "Another metric")
    let incident = try await world.incident(of: world.other)
    try world.at("2026-03-02T08:47:00Z")
    try await world.work()
    #expect(try await world.escalations(world.other) == [], "half of it is no concern of the rule")

    try world.at("2026-03-02T08:48:10Z")
    try await world.work()
    let records = try await world.escalations(world.other)
    #expect(records.map { $0["ruleName"] } == ["Rule"])
    let record = try #require(records.first)
    #expect(record["state"] == "done" && record["agreement"] == "ola" && record["percent"] == 80 && record["metric"] == "response")
    #expect(record["fromTeam"] == world.firstLine && record["toTeam"] == world.secondLine)
    #expect(record["occurredAt"] == "2026-03-02T08:48:00Z")
    #expect(try await world.read(incident)["team"] == world.secondLine)
    #expect(try await world.told() == ["incident.escalated_by_rule"])
    let told = try await world.database.call("notification.list", as: world.lead)["items"]?.array?.first?["body"]?.text ?? ""
    #expect(told.hasSuffix("by the rule \"Rule\". 80 % of the team's time for response (OLA) has passed."), "\(told)")
  }

  /// Each turn once, however many of its shares pass; and each turn anew.
  @Test func eachTurnIsEscalatedOnce() async throws {
    let world = try await EscalationsWorld()
    try await world.promiseOfTeams()
    try await world.rule(["percent": 50, "agreement": "ola", "staff": .array([world.leadId])])
    let incident = try await world.incident(of: world.other)
    for instant in ["2026-03-02T08:31:00Z", "2026-03-02T08:32:00Z", "2026-03-02T08:50:00Z"] {
      try world.at(instant)
      try await world.work()
      #expect(try await world.states(world.other) == ["done"], "\(instant)")
    }
    try await world.act("assign", incident, ["team": world.secondLine])
    try world.at("2026-03-02T09:05:00Z")
    try await world.work()
    #expect(try await world.states(world.other) == ["done"], "the first line's time is over, the second's is not half used")
    try world.at("2026-03-02T09:21:00Z")
    try await world.work()
    #expect(try await world.states(world.other) == ["done", "done"])
    try await world.act("assign", incident, ["team": world.firstLine])
    try world.at("2026-03-02T10:30:00Z")
    try await world.work()
    try await world.work()
    #expect(try await world.states(world.other) == ["done", "done", "done"])
  }

  /// A share of a turn that somebody has ended meanwhile is nobody's affair: neither one that was not looked at yet, nor one that waits.
  @Test func afterAHandOverTheOldTurnIsNotTold() async throws {
    let world = try await EscalationsWorld()
    try await world.promiseOfTeams()
    let staff = Value.array([world.leadId])
    try await world.rule(["percent": 50, "agreement": "ola", "staff": staff, "calendar": try await world.afternoon()], name: "Waits")
    let waiting = try await world.incident("Waiting", of: world.other)
    try world.at("2026-03-02T08:31:00Z")
    try await world.work()
    #expect(try await world.states(world.other) == ["waiting"])
    try world.at("2026-03-02T08:40:00Z")
    try await world.act("assign", waiting, ["team": world.secondLine])
    try await world.act("start", waiting)

    try await world.rule(["percent": 50, "agreement": "ola", "staff": staff], name: "At once")
    let handedOver = try await world.incident("Handed over", of: world.other)
    try world.at("2026-03-02T09:11:00Z")
    try await WarnSweep(keepers: [.assignment: TurnKeeper()]).run(at: world.database.clock.now(), world.database.tenancy)
    try await world.act("assign", handedOver, ["team": world.secondLine])
    try await world.act("start", handedOver)
    try await world.escalate()
    #expect(try await world.states(world.other) == ["waiting"])
    try world.at("2026-03-02T13:00:01Z")
    try await world.work()
    #expect(try await world.states(world.other) == ["dropped"])
    #expect(try await world.told() == [])
  }

  @Test func aBrokenPromiseOfATurnThatIsOverIsNotTold() async throws {
    let world = try await EscalationsWorld()
    try await world.promiseOfTeams()
    try await world.rule(["percent": 100, "agreement": "ola", "staff": .array([world.leadId]), "calendar": try await world.afternoon()])
    let incident = try await world.incident(of: world.other)
    try world.at("2026-03-02T09:05:00Z")
    try await world.work()
    #expect(try await world.states(world.other) == ["waiting"])
    try await world.act("assign", incident, ["team": world.secondLine])
    try await world.act("start", incident)
    try world.at("2026-03-02T13:00:01Z")
    try await world.work()
    #expect(try await world.states(world.other) == ["dropped"])
  }

  /// Who takes the ticket on too late finds the promise broken before any sweep does.
  @Test func aPromiseOfATeamBrokenByAnActEscalates() async throws {
    let world = try await EscalationsWorld()
    try await world.promiseOfTeams()
    try await world.rule(["percent": 100, "agreement": "ola", "staff": .array([world.leadId])])
    let late = try await world.incident(of: world.other)
    try world.at("2026-03-02T09:30:00Z")
    try await world.act("start", late)
    try await world.escalate()
    let record = try #require(try await world.escalations(world.other).first)
    #expect(record["percent"] == 100 && record["agreement"] == "ola" && record["occurredAt"] == "2026-03-02T09:00:00Z")
    // It was told: neither another act nor the sweep tells it again.
    try await world.act("assign", late, ["assignee": world.leadId])
    try await world.work()
    #expect(try await world.states(world.other) == ["done"])
  }

  @Test func aSuppliersTurnIsEscalatedUntilItReturns() async throws {
    let world = try await EscalationsWorld()
    let contract = try await world.promiseOfSupplier()
    try await world.rule(["percent": 50, "agreement": "uc", "toTeam": world.secondLine], name: "Half")
    try await world.rule(["percent": 100, "agreement": "uc", "staff": .array([world.leadId])], name: "Broken")
    let (sent, back) = (try await world.incident("Sent", of: world.other), try await world.incident("Back", of: world.other))
    _ = try await world.dispatch(sent, by: contract)
    let returning = try await world.dispatch(back, by: contract)
    try world.at("2026-03-02T08:30:10Z")
    try await world.work()
    let records = try await world.escalations(world.other)
    #expect(records.map { $0["ruleName"] } == ["Half", "Half"])
    #expect(records.allSatisfy { $0["agreement"] == "uc" && $0["occurredAt"] == "2026-03-02T08:30:00Z" })
    #expect(try await world.read(sent)["team"] == world.secondLine)

    let id = returning["id"] ?? .null
    let version = try await world.database.call("dispatch.read", ["id": id], as: world.engineer)["version"]?.integer
    try await world.database.call("dispatch.return", ["id": id], as: world.engineer, version: version)
    try world.at("2026-03-02T09:05:00Z")
    try await world.work()
    #expect(try await world.escalations(world.other).map { $0["ruleName"] } == ["Broken", "Half", "Half"])
    #expect(try await world.escalations(world.other, of: back).map { $0["ruleName"] } == ["Half"])
    let told = try await world.told()
    #expect(told == ["incident.escalated_by_rule"])
    let body = try await world.database.call("notification.list", as: world.lead)["items"]?.array?.first?["body"]?.text ?? ""
    #expect(body.hasSuffix("The supplier's promise of response (UC) is broken."), "\(body)")
  }

  /// What was told of a supplier's turn is told no second time when a merge moves it to another ticket.
  @Test func aTurnThatAMergeMovedIsNotToldAgain() async throws {
    let world = try await EscalationsWorld()
    let contract = try await world.promiseOfSupplier()
    try await world.rule(["percent": 100, "agreement": "uc", "staff": .array([world.leadId])])
    let (sent, survivor) = (try await world.incident("Sent", of: world.other), try await world.incident("Survivor", of: world.other))
    _ = try await world.dispatch(sent, by: contract)
    try world.at("2026-03-02T09:05:00Z")
    try await world.work()
    try await world.act("merge", sent, ["into": survivor["id"] ?? .null])
    try await world.work()
    #expect(try await world.states(world.other) == ["done"])
  }

  /// Of one share that sets off several rules, those that only tell people come first: with the turn over, nothing of it would be left to tell.
  @Test func whoIsToBeToldIsToldBeforeItIsGivenAway() async throws {
    let world = try await EscalationsWorld()
    try await world.promiseOfTeams()
    try await world.rule(["percent": 70, "agreement": "ola", "toTeam": world.secondLine], name: "Gives")
    try await world.rule(["percent": 70, "agreement": "ola", "team": world.firstLine, "staff": .array([world.leadId])], name: "Tells")
    let incident = try await world.incident(of: world.other)
    try world.at("2026-03-02T08:48:10Z")
    try await world.work()
    #expect(try await world.states(world.other) == ["done", "done"])
    #expect(try await world.told() == ["incident.escalated_by_rule"])
    #expect(try await world.read(incident)["team"] == world.secondLine)
  }

  @Test func aRuleForOneCustomerMeansNoOther() async throws {
    let world = try await EscalationsWorld()
    try await world.promiseOfTeams()
    try await world.rule(["percent": 50, "agreement": "ola", "toTeam": world.secondLine, "customer": .id(world.other.publicId)])
    let (theirs, acmes) = (try await world.incident(of: world.other), try await world.incident())
    try world.at("2026-03-02T08:31:00Z")
    try await world.work()
    #expect(try await world.read(theirs)["team"] == world.secondLine)
    #expect(try await world.read(acmes)["team"] == world.firstLine)
    #expect(try await world.escalations() == [])
    // What belongs to the one is not to be found from the other.
    let entry = try #require(try await world.escalations(world.other, of: theirs).first)
    #expect(entry["state"] == "done")
    await expectFailure(.invalid) { try await world.escalations(world.acme, of: theirs) }
  }

  @Test func anAgeIsNobodysPromise() async throws {
    let world = try await EscalationsWorld()
    let staff = Value.array([world.leadId])
    await expectFailure(.invalid) { try await world.rule(["ageMinutes": 60, "agreement": "uc", "staff": staff]) }
    let made = try await world.rule(["percent": 80, "agreement": "ola", "staff": staff])
    #expect(made["agreement"] == "ola")
    let root = world.database.root
    let id = made["id"] ?? .null
    await expectFailure(.invalid) {
      try await world.database.call("escalation_rule.change", ["id": id, "percent": .null, "ageMinutes": 60], as: root, version: 1)
    }
    let aged = try await world.database.call(
      "escalation_rule.change", ["id": id, "percent": .null, "agreement": .null, "ageMinutes": 60], as: root, version: 1)
    #expect(aged["agreement"]?.isNull == true && aged["ageMinutes"] == 60)
    let plain = try await world.rule(["percent": 80, "staff": staff], name: "Plain")
    #expect(plain["agreement"] == "sla")
  }

  /// Twenty thousand turns that are over: the one whose share passed is found by its clock.
  @Test func aTurnIsFoundByItsClock() async throws {
    let world = try await EscalationsWorld()
    try await world.promiseOfTeams()
    _ = try await world.incident(of: world.other)
    try world.at("2026-03-02T08:31:00Z")
    try await WarnSweep(keepers: [.assignment: TurnKeeper()]).run(at: world.database.clock.now(), world.database.tenancy)
    for script in [
      """
      insert into desk.assignment
      select (jsonb_populate_record(a, jsonb_build_object('id', 100000 + n, 'seq', 100 + n, 'ended_at', a.started_at, 'end_cause', 'handed_over'))).*
      from desk.assignment a cross join generate_series(1, 20000) n
      """,
      """
      insert into service_levels.clock
      select (jsonb_populate_record(c, jsonb_build_object('id', 100000 + n, 'subject_id', 100000 + n))).*
      from service_levels.clock c cross join generate_series(1, 20000) n where c.subject_kind = 'assignment'
      """,
      "analyze desk.assignment; analyze service_levels.clock",
    ] { try await world.script(script) }
    let waiting = WaitingOutbox(tenant: world.other.id, consumer: EscalationSweep.consumer, after: 0, limit: 200)
    for table in ["desk.assignment", "service_levels.clock"] {
      let scans = try await world.database.scans(of: table) { transaction in
        let work = try await transaction.query(waiting)
        // Often enough for the plan that holds for all arguments.
        for _ in 0..<7 {
          let passed = try await transaction.query(PassedThresholds(tenant: world.other.id, work: work))
          #expect(passed.map(\.threshold.percent) == [50] && passed.map(\.threshold.agreement) == [.ola])
        }
      }
      #expect(scans.sequential == 0, "\(table): \(scans)")
    }
  }
}

extension EscalationsWorld {
  /// Both lines promise to take a ticket on within an hour of office time, and warn at half and at four fifths of it.
  func promiseOfTeams() async throws {
    let target = Value.object(["metric": "response", "budgetSeconds": 3600, "calendar": office, "warnPercents": .array([50, 80])])
    let ola = try await database.call("sla.create", ["name": "OLA", "kind": "ola", "targets": .array([target])], as: database.root)
    for team in [firstLine, secondLine] {
      try await database.call(
        "team_agreement.add", ["team": team, "ola": ola["id"] ?? .null, "validFrom": "2026-01-01T00:00:00Z"], as: database.root)
    }
  }

  /// A supplier answers within an hour of office time, of half of which its clock warns.
  fileprivate func promiseOfSupplier() async throws -> Value {
    let supplier = try await database.call("supplier.create", ["code": "HOST", "name": "Hosting", "zone": "UTC"], as: database.root)
    let target = Value.object(["metric": "response", "budgetSeconds": 3600, "warnPercents": .array([50])])
    let contract = try await database.call(
      "underpinning_contract.create",
      [
        "supplier": supplier["id"] ?? .null, "reference": "UC-1", "name": "Hosting", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "calendar": office, "targets": .array([target]),
      ], as: database.root)
    #expect(contract["targets"]?.array?.first?["warnPercents"] == .array([50]))
    return contract["id"] ?? .null
  }

  fileprivate func dispatch(_ incident: Value, by contract: Value) async throws -> Value {
    try await database.call(
      "incident.dispatch", ["id": incident["id"] ?? .null, "underpinningContract": contract, "reason": "Nobody else knows it."], as: engineer,
      version: incident["version"]?.integer)
  }
}
