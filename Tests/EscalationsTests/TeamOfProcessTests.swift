import Kernel
import Operations
import TestSupport
import Testing

@testable import Escalations

/// Problems and changes have a team: rules are for those of one, and hand them on to the next line.
@Suite struct TeamOfProcessTests {
  /// Guard: a rule for one team would mean them all, or none; and nobody would have it at the next line.
  @Test func aProblemGoesToTheNextLineAndItsLeadIsTold() async throws {
    let world = try await EscalationsWorld()
    try await world.rule([
      "process": "problem", "ageMinutes": 60, "team": world.firstLine, "toTeam": world.secondLine, "staff": .array([world.leadId]),
    ])
    let (ours, theirs, nobodys) = (try await world.problem(team: world.firstLine), try await world.problem(team: world.secondLine), try await world.problem())
    try world.at("2026-03-02T08:59:00Z")
    try await world.escalate()
    #expect(try await world.ofProvider() == [])
    try world.at("2026-03-02T09:00:30Z")
    for _ in 0..<3 { try await world.escalate(batch: 1) }
    let records = try await world.ofProvider()
    #expect(records.count == 1)
    let record = try #require(records.first)
    #expect(record["problem"] == ours["id"] && record["state"] == "done" && record["tasksGiven"]?.isNull == true)
    #expect(record["occurredAt"] == "2026-03-02T09:00:00Z" && record["fromTeam"] == world.firstLine && record["toTeam"] == world.secondLine)
    let given = try await world.read("problem", ours)
    #expect(given["team"] == world.secondLine && given["owner"] == ours["owner"], "who answers for it goes on to")
    #expect(try await world.read("problem", theirs)["version"] == theirs["version"])
    #expect(try await world.read("problem", nobodys)["team"]?.isNull == true)
    let history = try await world.database.call("problem.history", ["id": ours["id"] ?? .null], as: world.engineer)["items"]?.array ?? []
    #expect(history.contains { $0["type"] == "problem.assigned" && $0["actorKind"] == "system" })
    #expect(try await world.told() == ["process.escalated_by_rule"])
    // Once, whatever comes.
    try await world.database.call(
      "problem.assign", ["id": ours["id"] ?? .null, "team": world.firstLine], as: world.engineer, version: given["version"]?.integer)
    try world.at("2026-03-03T09:00:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await world.ofProvider().count == 1)
    #expect(try await world.read("problem", ours)["team"] == world.firstLine)
  }

  /// A rule for no team means what nobody has, too; the team hears that it has it now.
  @Test(arguments: ["problem", "change"]) func theNextLineHearsOfIt(process: String) async throws {
    let world = try await EscalationsWorld()
    try await world.database.call("team.add_member", ["id": world.secondLine, "staff": world.leadId], as: world.database.root, version: 1)
    try await world.rule(["process": .text(process), "ageMinutes": 60, "toTeam": world.secondLine])
    let record = process == "problem" ? try await world.problem() : try await world.change()
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await world.read(process, record)["team"] == world.secondLine)
    #expect(try await world.told() == ["\(process).assigned"])
  }

  /// Guard: nobody would hear as the lead of a problem's team, or the lead of another one would.
  @Test func theLeadsOfItsTeamAreTold() async throws {
    let world = try await EscalationsWorld()
    try await world.database.call("team.add_member", ["id": world.firstLine, "staff": world.leadId], as: world.database.root, version: 1)
    try await world.database.call(
      "team.set_lead", ["id": world.firstLine, "staff": world.leadId, "lead": .bool(true)], as: world.database.root, version: 2)
    for process in ["problem", "change"] {
      try await world.rule(["process": .text(process), "ageMinutes": 60, "leads": .bool(true)], name: process)
    }
    _ = (try await world.problem(team: world.firstLine), try await world.problem(team: world.secondLine))
    _ = (try await world.change(team: world.firstLine), try await world.change(team: world.secondLine))
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    let told = try await world.told().filter { $0 == "process.escalated_by_rule" }
    #expect(told.count == 2)
  }

  /// Guard: of a problem that is about no one customer the act would be refused again and again, and people told after an hour.
  @Test(arguments: [true, false]) func aTeamThatMayNotWorkForThemDoesNotGetIt(ofAcme: Bool) async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "problem", "ageMinutes": 60, "toTeam": world.secondLine, "staff": .array([world.leadId])])
    let problem = try await world.problem(team: world.firstLine, ofAcme: ofAcme)
    if !ofAcme {
      let incident = try await world.incident()["id"] ?? .null
      try await world.database.call("problem.link_incident", ["id": problem["id"] ?? .null, "incident": incident], as: world.engineer)
    }
    try await world.database.call(
      "delivery_model.set", ["customer": .id(world.acme.publicId), "teams": .array([world.firstLine])], as: world.database.root, version: 1)
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    let records = try await world.ofProvider()
    #expect(records.count == 1 && records.first?["state"] == "done" && records.first?["fault"] == "delivery_model.team_not_allowed")
    #expect(records.first?["toTeam"]?.isNull == true && records.first?["attempts"] == 0)
    #expect(try await world.read("problem", problem)["team"] == world.firstLine)
    #expect(try await world.told().filter { $0 == "process.escalated_by_rule" }.count == 1)
  }

  /// Guard: a rule for one team would take a change from another one for a task of its own, or leave the task.
  @Test func ofAChangeGoesWhatTheTeamHas() async throws {
    let world = try await EscalationsWorld()
    let third = try await world.database.call("team.create", ["name": "Third line"], as: world.database.root)["id"] ?? .null
    try await world.rule(["process": "change", "ageMinutes": 60, "team": world.firstLine, "toTeam": world.secondLine])
    let draft = try await world.change(team: world.firstLine)
    let whole = try await world.change(implementing: true, team: world.firstLine)
    let part = try await world.change(implementing: true, team: third)
    let none = try await world.change(team: third)
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    let records = try await world.ofProvider()
    func given(_ change: Value) -> Value? { records.first { $0["change"] == change["id"] }?["tasksGiven"] }
    #expect(records.count == 3 && records.allSatisfy { $0["fromTeam"] == world.firstLine && $0["toTeam"] == world.secondLine })
    #expect(given(draft)?.isNull == true && given(whole) == 1 && given(part) == 1)
    func teams(_ change: Value) async throws -> [Value?] {
      let read = try await world.read("change", change)
      return [read["team"]] + (read["tasks"]?.array ?? []).map { $0["team"] }
    }
    #expect(try await teams(draft) == [world.secondLine])
    #expect(try await teams(whole) == [world.secondLine, world.secondLine])
    #expect(try await teams(part) == [third, world.secondLine])
    #expect(try await teams(none) == [third])
  }

  /// What goes, by who had it when it was found, and who has it now.
  @Test func whatSomebodyGaveOnMeanwhileStaysWhereItIs() {
    func named(_ team: Int64?) -> EscalationRule.Named? { team.map { EscalationRule.Named(id: $0, publicId: [UInt8](repeating: UInt8($0), count: 12)) } }
    func gives(_ process: EscalationProcess, of team: Int64?, has: Int64?, had: Int64?, tasks: [Int64?] = []) -> [Int] {
      var rule = EscalationRule(name: "Rule", process: process, staff: [])
      (rule.team, rule.toTeam) = (named(team), named(2))
      var ticket = EscalatedTicket(
        process: process, id: 1, publicId: [], priority: 3, team: named(has), assignee: nil, isOpen: true, version: 1, recordedAt: Instant(seconds: 0),
        isImported: false)
      ticket.tasks = tasks.map { EscalatedTicket.Task(publicId: [], team: $0, version: 1) }
      let given = rule.gives(ticket, foundWith: had)
      return [given.whole ? 1 : 0, given.tasks.count]
    }
    for process in [EscalationProcess.incident, .problem, .change] {
      #expect(gives(process, of: 1, has: 1, had: 1) == [1, 0], "\(process)")
      #expect(gives(process, of: nil, has: nil, had: nil) == [1, 0], "\(process): whoever has it")
      #expect(gives(process, of: nil, has: 3, had: 1) == [0, 0], "\(process): somebody gave it to yet another one")
      #expect(gives(process, of: nil, has: 2, had: 2) == [0, 0], "\(process): it is there already")
    }
    #expect(gives(.change, of: 1, has: 3, had: 3, tasks: [1, 2, nil]) == [0, 1])
    #expect(gives(.change, of: nil, has: 3, had: 3, tasks: [1, 2, nil]) == [1, 2])
    for process in [EscalationProcess.request, .release, .majorIncident] { #expect(gives(process, of: nil, has: nil, had: nil) == [0, 0], "\(process)") }
    #expect(gives(.request, of: nil, has: nil, had: nil, tasks: [nil]) == [0, 1])
  }

  /// Guard: a rule of notification up to a priority would tell of all that is escalated, or of nothing.
  @Test func theUrgentAloneAreToldOf() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "problem", "ageMinutes": 60, "staff": .array([world.leadId])])
    _ = try await world.problem()
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await world.told().count == 1)
    let rules = try await world.database.call("notification_rule.list", ["limit": 200], as: world.database.root)["items"]?.array ?? []
    let stock = try #require(rules.first { $0["event"] == "process.escalated_by_rule" })
    try await world.database.call(
      "notification_rule.change", ["id": stock["id"] ?? .null, "priorityTo": 2], as: world.database.root, version: stock["version"]?.integer)
    _ = (try await world.problem(level: 3), try await world.problem(level: 1))
    try world.at("2026-03-02T10:20:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await world.ofProvider().count == 3)
    #expect(try await world.told().count == 2)
  }

  @Test func rulesForATeamAreKeptAndChanged() async throws {
    let world = try await EscalationsWorld()
    let made = try await world.rule(["process": "problem", "ageMinutes": 60, "team": world.firstLine, "toTeam": world.secondLine, "leads": .bool(true)])
    #expect(made["team"] == world.firstLine && made["toTeam"] == world.secondLine && made["leads"] == .bool(true))
    let changed = try await world.database.call(
      "escalation_rule.change", ["id": made["id"] ?? .null, "team": .null, "toTeam": .null], as: world.database.root, version: 1)
    #expect(changed["team"]?.isNull == true && changed["toTeam"]?.isNull == true)
  }
}
