import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Escalations

/// Requests, problems, changes, releases and major incidents that go on too long.
@Suite struct ProcessTests {
  @Test func aRequestsTasksGoToTheNextLineAndItsLeadIsTold() async throws {
    let world = try await EscalationsWorld()
    try await world.rule([
      "process": "request", "ageMinutes": 60, "team": world.firstLine, "toTeam": world.secondLine, "staff": .array([world.leadId]),
    ])
    let (order, quiet) = (try await world.order(), try await world.order(team: "Second line"))
    let task = try await world.tasks(order)[0]
    _ = try await world.database.call("task.claim", ["id": task["id"] ?? .null], as: world.engineer)
    try world.at("2026-03-02T08:59:00Z")
    try await world.escalate()
    #expect(try await world.escalations() == [])
    try world.at("2026-03-02T09:00:30Z")
    for _ in 0..<3 { try await world.escalate(batch: 1) }
    let records = try await world.escalations()
    #expect(records.count == 1, "what the second line has is not the rule's")
    let record = try #require(records.first)
    #expect(record["request"] == order["id"] && record["incident"]?.isNull == true && record["state"] == "done" && record["tasksGiven"] == 1)
    #expect(record["occurredAt"] == "2026-03-02T09:00:00Z" && record["fromTeam"] == world.firstLine && record["toTeam"] == world.secondLine)
    let given = try await world.tasks(order)[0]
    #expect(given["team"] == world.secondLine && given["state"] == "ready" && given["assignee"]?.isNull == true)
    #expect(try await world.told() == ["process.escalated_by_rule"])
    let history = try await world.database.call("request.history", ["id": order["id"] ?? .null], as: world.engineer)["items"]?.array ?? []
    #expect(history.contains { $0["type"] == "request.task_given" && $0["actorKind"] == "system" })
    #expect(try await world.tasks(quiet)[0]["team"] == world.secondLine)
    // Once, whatever comes.
    try world.at("2026-03-03T09:00:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await world.escalations().count == 1)
    #expect(try await world.told() == ["process.escalated_by_rule"])
  }

  /// Guard: with a fixed priority of requests a rule up to one means all of them, or none.
  @Test func aRuleUpToAPriorityMeansTheUrgentRequests() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "request", "ageMinutes": 60, "staff": .array([world.leadId]), "priorityTo": 2])
    let (urgent, _) = (try await world.order(), try await world.order())
    let seen = try await world.request(urgent)
    try await world.database.call(
      "request.change", ["id": urgent["id"] ?? .null, "impact": 1, "urgency": 2], as: world.engineer, version: seen["version"]?.integer)
    try world.at("2026-03-02T09:00:30Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await world.escalations().map { $0["request"] ?? .null } == [urgent["id"] ?? .null])
  }

  /// Guard: by a rule the tasks would go to a team that the customer's delivery model does not name.
  @Test func aTeamThatMayNotWorkForTheCustomerGetsNoTasks() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "request", "ageMinutes": 60, "toTeam": world.secondLine, "staff": .array([world.leadId])])
    let order = try await world.order()
    try await world.database.call(
      "delivery_model.set", ["customer": .id(world.acme.publicId), "teams": .array([world.firstLine])], as: world.database.root, version: 1)
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    let records = try await world.escalations()
    #expect(records.count == 1 && records.first?["fault"] == "delivery_model.team_not_allowed" && records.first?["tasksGiven"]?.isNull == true)
    #expect(try await world.tasks(order)[0]["team"] == world.firstLine)
    #expect(try await world.told() == ["process.escalated_by_rule"])
  }

  @Test func problemsAndChangesAreToldOf() async throws {
    let world = try await EscalationsWorld()
    for process in ["problem", "change"] {
      try await world.rule(["process": .text(process), "ageMinutes": 60, "staff": .array([world.leadId])], name: process)
    }
    try await world.rule(
      ["process": "problem", "ageMinutes": 60, "staff": .array([world.leadId]), "customer": .id(world.other.publicId)], name: "Of another")
    try await world.rule(["process": "problem", "ageMinutes": 60, "staff": .array([world.leadId]), "priorityTo": 1], name: "Urgent")
    let problem = try await world.problem()
    let over = try await world.problem()
    let change = try await world.change()
    try await world.database.call("problem.cancel", ["id": over["id"] ?? .null, "reason": "x"], as: world.engineer, version: over["version"]?.integer)
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<3 { try await world.escalate(batch: 1) }
    let records = try await world.ofProvider()
    #expect(Set(records.compactMap { $0["problem"]?.text ?? $0["change"]?.text }) == Set([problem, change].compactMap { $0["id"]?.text }))
    #expect(records.count == 2 && records.allSatisfy { $0["state"] == "done" })
    #expect(try await world.told() == ["process.escalated_by_rule", "process.escalated_by_rule"])
    await expectFailure(.invalid) {
      try await world.database.dispatcher.invoke(
        "escalation.list", .object([Value.Member]()), as: try await world.database.staff(.engineer, for: [world.acme]), Call(requestId: "test"))
    }
  }

  /// Those of one customer too, where it concerns him; what is over by then is not.
  @Test func releasesAndMajorIncidentsAreToldOf() async throws {
    let world = try await EscalationsWorld()
    for process in ["release", "major_incident"] {
      for (name, customer) in [("all", .null), ("Acme", .id(world.acme.publicId)), ("another", .id(world.other.publicId))] as [(String, Value)] {
        try await world.rule(
          ["process": .text(process), "ageMinutes": 60, "staff": .array([world.leadId]), "customer": customer], name: "\(process) of \(name)")
      }
    }
    func call(_ operation: String, _ input: KeyValuePairs<String, Value>, version: Value? = nil) async throws -> Value {
      try await world.database.call(operation, input, as: world.engineer, version: version?.integer)
    }
    var release = try await call("release.open", ["title": "Spring"])
    release = try await call(
      "release.add_change", ["id": release["id"] ?? .null, "change": try await world.change()["id"] ?? .null], version: release["version"])
    let givenUp = try await call("release.open", ["title": "Summer"])
    _ = try await call("release.cancel", ["id": givenUp["id"] ?? .null, "reason": "No"], version: givenUp["version"])
    let major = try await call(
      "major_incident.declare",
      ["title": "Storage", "customer": .id(world.acme.publicId), "incidents": .array([try await world.incident()["id"] ?? .null])])
    let over = try await call("major_incident.declare", ["title": "Network"])
    _ = try await call(
      "major_incident.resolve", ["id": over["id"] ?? .null, "resolution": "Replaced"], version: over["version"])
    try world.at("2026-03-02T08:59:00Z")
    try await world.escalate()
    #expect(try await world.ofProvider() == [])
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<3 { try await world.escalate(batch: 1) }
    let records = try await world.ofProvider()
    #expect(
      Set(records.compactMap { $0["ruleName"]?.text }) == [
        "release of all", "release of Acme", "major_incident of all", "major_incident of Acme",
      ])
    #expect(records.count == 4 && records.allSatisfy { $0["state"] == "done" && $0["occurredAt"] == "2026-03-02T09:00:00Z" })
    #expect(Set(records.compactMap { $0["release"]?.text }) == Set([release["id"]?.text].compactMap { $0 }))
    #expect(Set(records.compactMap { $0["majorIncident"]?.text }) == Set([major["id"]?.text].compactMap { $0 }))
    #expect(try await world.told() == Array(repeating: "process.escalated_by_rule", count: 4))
    // Once, whatever comes.
    try world.at("2026-03-03T09:00:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await world.ofProvider().count == 4)
  }

  @Test func aChangeAndItsTasksGoToTheNextLine() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "change", "ageMinutes": 60, "toTeam": world.secondLine])
    let change = try await world.change(implementing: true)
    let waiting = try await world.change()
    try world.at("2026-03-02T09:10:00Z")
    try await world.escalate()
    try await world.escalate()
    let records = try await world.ofProvider()
    #expect(records.count == 2)
    #expect(records.first { $0["change"] == change["id"] }?["tasksGiven"] == 1)
    // What is not begun has no task that could go.
    #expect(records.first { $0["change"] == waiting["id"] }.map { $0["state"] == "done" && $0["tasksGiven"]?.isNull == true } == true)
    #expect(records.allSatisfy { $0["fromTeam"]?.isNull == true && $0["toTeam"] == world.secondLine })
    for one in [change, waiting] { #expect(try await world.read("change", one)["team"] == world.secondLine) }
    #expect(try await world.read("change", change)["tasks"]?.array?.first?["team"] == world.secondLine)
  }

  @Test func anAlertCalendarLetsItWaitAndWhatIsOverThenIsDropped() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "problem", "ageMinutes": 5, "staff": .array([world.leadId]), "calendar": try await world.afternoon()])
    let (open, over) = (try await world.problem(), try await world.problem())
    // The age counts by the calendar: from 14:00 in Berlin.
    try world.at("2026-03-02T13:04:00Z")
    try await world.escalate()
    #expect(try await world.ofProvider() == [])
    try world.at("2026-03-02T13:06:00Z")
    try await world.database.call("problem.cancel", ["id": over["id"] ?? .null, "reason": "x"], as: world.engineer, version: over["version"]?.integer)
    try await world.escalate()
    #expect(try await world.ofProvider().map { [$0["problem"], $0["state"], $0["occurredAt"]] } == [[open["id"], "done", "2026-03-02T13:05:00Z"]])
    // Found while it was open, and over when it could go out.
    let late = try await world.problem()
    try world.at("2026-03-02T14:30:00Z")
    try await world.script(
      """
      insert into escalations.escalation (tenant_id, public_id, ticket_id, ticket_public_id, rule_id, rule_public_id, rule_name, age_minutes, occurred_at, due_at,
        recorded_at, process)
      select p.tenant_id, p.public_id, p.id, p.public_id, r.id, r.public_id, r.name, 5, '2026-03-02T14:00:00Z', '2026-03-09T13:00:00Z', '2026-03-02T14:00:00Z',
        'problem' from problems.problem p cross join escalations.rule r where p.state = 'new' order by p.id desc limit 1
      """)
    try await world.database.call("problem.cancel", ["id": late["id"] ?? .null, "reason": "x"], as: world.engineer, version: late["version"]?.integer)
    try world.at("2026-03-09T13:01:00Z")
    try await world.escalate()
    #expect(try await world.ofProvider().first { $0["problem"] == late["id"] }?["state"] == "dropped")
    #expect(try await world.told().count == 1)
  }

  @Test func severalWorkersEscalateOnceAndOneThatDiedIsFollowed() async throws {
    let world = try await EscalationsWorld()
    try await world.rule([
      "process": "request", "ageMinutes": 60, "toTeam": world.secondLine, "staff": .array([world.leadId]),
    ])
    for _ in 0..<3 { _ = try await world.order() }
    try world.at("2026-03-02T09:10:00Z")
    // One is stopped anywhere in its work.
    let killed = Task { try await world.escalate(batch: 1) }
    try await Task.sleep(for: .milliseconds(30))
    killed.cancel()
    _ = try? await killed.value
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<3 { group.addTask { try? await world.escalate(batch: 2) } }
    }
    try world.at("2026-03-02T09:20:00Z")
    try await world.escalate()
    #expect(try await world.states() == ["done", "done", "done"])
    #expect(try await world.escalations().allSatisfy { $0["tasksGiven"] == 1 })
    #expect(try await world.told().count == 3)
  }

  /// Guard: the look by age has gone by it while it was over, up to what was recorded after it.
  @Test func whatCameToTheAgeWhileItWasOverIsEscalatedWhenItIsReopened() async throws {
    let world = try await EscalationsWorld()
    for process in ["request", "problem", "major_incident"] {
      try await world.rule(["process": .text(process), "ageMinutes": 60, "staff": .array([world.leadId])], name: process)
    }
    let (order, problem) = (try await world.order(), try await world.problem())
    let major = try await world.database.call("major_incident.declare", ["title": "Storage"], as: world.engineer)
    _ = (try await world.order(), try await world.problem())
    _ = try await world.database.call("major_incident.declare", ["title": "Network"], as: world.engineer)
    _ = try await world.database.call("task.complete", ["id": try await world.tasks(order)[0]["id"] ?? .null], as: world.engineer)
    let over = try await world.database.call(
      "problem.cancel", ["id": problem["id"] ?? .null, "reason": "x"], as: world.engineer, version: problem["version"]?.integer)
    let resolved = try await world.database.call(
      "major_incident.resolve", ["id": major["id"] ?? .null, "resolution": "Replaced"], as: world.engineer, version: major["version"]?.integer)
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await world.escalations().count == 1)
    #expect(try await world.ofProvider().count == 2)
    let fulfilled = try await world.database.call("request.read", ["id": order["id"] ?? .null], as: world.engineer)
    _ = try await world.database.call(
      "request.reopen", ["id": order["id"] ?? .null, "reason": "It does not hold"], as: world.engineer, version: fulfilled["version"]?.integer)
    _ = try await world.database.call(
      "problem.reopen", ["id": problem["id"] ?? .null, "reason": "It is one"], as: world.engineer, version: over["version"]?.integer)
    _ = try await world.database.call(
      "major_incident.reopen", ["id": major["id"] ?? .null, "reason": "It goes on"], as: world.engineer, version: resolved["version"]?.integer)
    for _ in 0..<2 { try await world.escalate() }
    let ofOrder = try await world.escalations().filter { $0["request"] == order["id"] }
    let ofProblem = try await world.ofProvider().filter { $0["problem"] == problem["id"] }
    let ofMajor = try await world.ofProvider().filter { $0["majorIncident"] == major["id"] }
    for records in [ofOrder, ofProblem, ofMajor] {
      #expect(records.map { [$0["state"], $0["occurredAt"]] } == [["done", "2026-03-02T09:00:00Z"]], "\(records)")
    }
  }

  @Test func whatAProcessHasNotIsRefused() async throws {
    let world = try await EscalationsWorld()
    func refused(_ members: [String: Value]) async -> String {
      do {
        try await world.rule(members)
        return "accepted"
      } catch let failure as Failure {
        return failure.violations.map { "\($0.path) \($0.message.key)" }.joined(separator: ", ")
      } catch { return "\(error)" }
    }
    let staff = Value.array([world.leadId])
    for process in ["problem", "change", "release", "major_incident"] {
      #expect(await refused(["process": .text(process), "percent": 80, "staff": staff]) == "percent escalation_rule.age_alone", "\(process)")
    }
    for process in ["release", "major_incident"] {
      let aged: [String: Value] = ["process": .text(process), "ageMinutes": 60]
      func refusedWith(_ more: [String: Value]) async -> String { await refused(aged.merging(more) { _, given in given }) }
      #expect(await refusedWith(["toTeam": world.secondLine]) == "toTeam escalation_rule.no_team")
      #expect(await refusedWith(["team": world.firstLine, "staff": staff]) == "team escalation_rule.no_team")
      #expect(await refusedWith(["leads": .bool(true)]) == "leads escalation_rule.no_team")
      #expect(await refusedWith(["priorityTo": 1, "staff": staff]) == "priorityTo escalation_rule.no_priority")
    }
    #expect(await refused(["process": "request", "percent": 80, "agreement": "ola", "staff": staff]) == "agreement escalation_rule.no_turns")
    #expect(
      await refused(["process": "change", "ageMinutes": 60, "priorityTo": 1, "staff": .array([world.leadId])]) == "priorityTo escalation_rule.no_priority")
    for process in ["problem", "request"] {
      let urgent: [String: Value] = ["name": .text("Urgent, \(process)"), "process": .text(process), "ageMinutes": 60, "priorityTo": 2, "staff": staff]
      #expect(await refused(urgent) == "accepted", "\(process)")
    }
  }

  /// By hand as well: who was at it is not any more.
  @Test func aTaskIsGivenToAnotherTeam() async throws {
    let world = try await EscalationsWorld()
    let task = try await world.tasks(try await world.order())[0]
    let input: KeyValuePairs<String, Value> = ["id": task["id"] ?? .null, "team": world.secondLine]
    let given = try await world.database.call("task.give", input, as: world.engineer, version: task["version"]?.integer)
    #expect(given["team"] == world.secondLine)
    await expectFailure(.versionMismatch) {
      try await world.database.call(
        "task.give", ["id": task["id"] ?? .null, "team": world.firstLine], as: world.engineer, version: task["version"]?.integer)
    }
    await expectFailure(.conflict) { try await world.database.call("task.give", input, as: world.engineer, version: given["version"]?.integer) }
    let done = try await world.database.call("task.complete", ["id": task["id"] ?? .null], as: world.engineer)
    await expectFailure(.conflict) {
      try await world.database.call(
        "task.give", ["id": task["id"] ?? .null, "team": world.firstLine], as: world.engineer, version: done["version"]?.integer)
    }
  }
}
