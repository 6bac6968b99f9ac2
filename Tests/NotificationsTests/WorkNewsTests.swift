import Kernel
import Operations
import Requests
import TestSupport
import Testing

@testable import Notifications

/// What becomes of problems and tasks, what is said of problems and changes, and that an article was of use: who answers for it hears.
@Suite struct WorkNewsTests {
  private func problem(_ world: NotificationsWorld) async throws -> Value {
    try await world.call(
      "problem.open", ["customer": .id(world.acme.publicId), "title": "Leak", "description": "x", "impact": 2, "urgency": 2], as: world.engineer)
  }

  private func act(
    _ verb: String, on record: Value, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal, _ world: NotificationsWorld
  ) async throws -> Value {
    let members = [Value.Member("id", record["id"] ?? .null)] + more.map { Value.Member($0.key, $0.value) }
    world.database.clock.advance(seconds: 1)
    return try await world.database.dispatcher.invoke(
      "problem.\(verb)", .object(members), as: principal, Call(requestId: "test", expectedVersion: record["version"]?.integer)
    ).value
  }

  @Test func theLifeOfAProblemReachesItsOwner() async throws {
    let world = try await NotificationsWorld()
    var record = try await problem(world)
    record = try await act("record_cause", on: record, ["cause": "A worn seal"], as: world.colleague, world)
    record = try await act("record_workaround", on: record, ["workaround": "A bucket"], as: world.colleague, world)
    record = try await act("declare_known_error", on: record, as: world.colleague, world)
    record = try await act("resolve", on: record, ["solution": "A new seal"], as: world.colleague, world)
    record = try await act("close", on: record, ["outcome": "removed"], as: world.colleague, world)
    record = try await act("reopen", on: record, ["reason": "Wet again"], as: world.colleague, world)
    _ = try await act("cancel", on: record, ["reason": "It was rain"], as: world.colleague, world)
    for _ in 0..<2 { try await world.make() }
    let told = try await world.inbox(world.engineer)
    #expect(
      told.compactMap { $0["event"]?.text }.sorted() == [
        "problem.cancelled", "problem.cause_recorded", "problem.closed", "problem.known_error_declared", "problem.reopened", "problem.resolved",
        "problem.workaround_recorded",
      ])
    let workaround = told.first { $0["event"] == "problem.workaround_recorded" }
    #expect(workaround?["subject"] == "[PROV-PRB-000001] Has a workaround: Leak" && workaround?["about"] == record["id"])
    #expect(workaround?["body"]?.text?.contains("A bucket") == true)
    #expect(try await world.events(world.colleague) == [], "nobody is told what he did himself")
    #expect(try await world.events(world.requester) == [], "the staff's own affair")
    #expect(try await world.left() == 0)
  }

  /// Guard: without the rules of what staff may read, who may not see the customer's problem would hear of it.
  @Test func commentsReachWhoAnswersAndMayRead() async throws {
    let world = try await NotificationsWorld()
    let record = try await problem(world)
    let servesOther = try await NotificationsWorld.staff("Otto", world.database, .engineer, for: [world.other])
    try await world.retireStockRules()
    try await world.rule(
      "problem.commented", ["audience": .array(["owner"]), "staff": .array([servesOther.1]), "channels": .array(["inbox"])])
    try await world.call("problem.comment", ["id": record["id"] ?? .null, "body": "The third floor too"], as: world.colleague)
    try await world.call("problem.comment", ["id": record["id"] ?? .null, "body": "I look"], as: world.engineer)
    for _ in 0..<2 { try await world.make() }
    let told = try await world.inbox(world.engineer)
    #expect(told.count == 1 && told.first?["body"]?.text?.contains("The third floor too") == true, "not her own word")
    #expect(try await world.events(servesOther.0) == [], "he serves another customer")
  }

  @Test func commentsOnAChangeReachWhoAnswersForIt() async throws {
    let world = try await OrderWorld()
    let change = try await world.submittedChange()
    try await world.base.call("change.comment", ["id": change["id"] ?? .null, "body": "Mind the cable"], as: world.base.colleague)
    for _ in 0..<2 { try await world.base.make() }
    let told = try #require(try await world.base.inbox(world.base.engineer).first { $0["event"] == "change.commented" })
    #expect(told["subject"] == "[PROV-CHG-000001] Note of a colleague: New switch" && told["body"]?.text?.contains("Mind the cable") == true)
    #expect(try await world.base.events(world.base.colleague) == ["change.approval_asked"], "not his own word")
    #expect(try await world.base.left() == 0)
  }

  /// Guard: who answers for a problem would have to look himself whether the change that is to remove it is done.
  @Test func whatBecomesOfAChangeReachesWhoAnswersForItsProblem() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let record = try await problem(base)
    let change = try await world.agreedChange()
    try await base.call("change.link_problem", ["id": change, "problem": record["id"] ?? .null], as: base.colleague)
    base.database.clock.advance(seconds: 3700)
    try await world.act("start", on: change)
    try await world.act("complete", on: change, ["outcome": "failed"])
    try await world.act("back_out", on: change, ["reason": "Slower"])
    for _ in 0..<2 { try await base.make() }
    let told = try await base.inbox(base.engineer).filter { $0["event"] == "problem.change_ended" }
    #expect(
      told.compactMap { $0["subject"]?.text }.sorted() == [
        "[PROV-PRB-000001] Change PROV-CHG-000001 is backed out: Leak",
        "[PROV-PRB-000001] Change PROV-CHG-000001 is done, without success: Leak",
      ])
    #expect(told.allSatisfy { $0["about"] == record["id"] })
    #expect(try await base.events(base.colleague).filter { $0 == "problem.change_ended" } == [], "he did it")
    #expect(try await base.events(base.requester) == [], "the staff's own affair")
    #expect(try await base.left() == 0)
  }

  /// A request's task: who took the request hears that it failed and that it is done; who was at it, that he is not any more.
  @Test func tasksAreTold() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let id = try await world.submit(try await world.offering("Mouse", []))["id"] ?? .null
    let seen = try await base.call("request.read", ["id": id], as: base.engineer)
    try await base.call("request.take", ["id": id], as: base.engineer, version: seen["version"]?.integer)
    try await RequestSweep().run(at: base.database.clock.now(), base.database.tenancy)
    let task = try await base.call("request.read", ["id": id], as: base.engineer)["tasks"]?.array?.first?["id"] ?? .null
    let third = try await NotificationsWorld.staff("Tina", base.database).0
    try await base.call("task.claim", ["id": task], as: base.colleague)
    try await base.call("task.claim", ["id": task, "takeOver": .bool(true)], as: third)
    for _ in 0..<2 { try await base.make() }
    #expect(try await base.events(base.colleague) == ["request.task_taken_over"])
    #expect(try await base.inbox(base.colleague).first?["subject"] == "[ACME-REQ-000001] Not yours any more: Mouse")
    for other in [third, base.engineer] { #expect(try await base.events(other) == [], "\(other.name)") }
    try await base.call("task.fail", ["id": task, "reason": "Sold out"], as: third)
    for _ in 0..<2 { try await base.make() }
    let failed = try #require(try await base.inbox(base.engineer).first)
    #expect(failed["event"] == "request.task_failed" && failed["about"] == task && failed["body"]?.text?.contains("Sold out") == true)
    try await base.call("task.retry", ["id": task], as: third)
    try await base.call("task.complete", ["id": task, "result": "On the desk"], as: third)
    for _ in 0..<2 { try await base.make() }
    #expect(try await base.events(base.engineer).sorted() == ["request.task_completed", "request.task_failed"])
    #expect(try await base.events(world.orderer) == ["request.fulfilled"], "tasks are the provider's own affair")
    #expect(try await base.left() == 0)
  }

  /// Who was at a task hears it as well when it goes to another team; of a change as of a request.
  @Test func whoWasAtATaskHearsThatAnotherTeamHasIt() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let team = try await base.call("team.create", ["name": "Vans"])["id"] ?? .null
    let order = try await world.submit(try await world.offering("Mouse", []))["id"] ?? .null
    try await RequestSweep().run(at: base.database.clock.now(), base.database.tenancy)
    let task = try await base.call("request.read", ["id": order], as: base.engineer)["tasks"]?.array?.first?["id"] ?? .null
    let change = try await world.agreedChange(tasks: [.object(["name": .object(["en": "Swap"]), "step": 1])])
    base.database.clock.advance(seconds: 3600)
    try await world.act("start", on: change)
    let part = try await base.call("change.read", ["id": change], as: base.engineer)["tasks"]?.array?.first?["id"] ?? .null
    func taken(_ principal: Principal) async throws -> [String] {
      for _ in 0..<2 { try await base.make() }
      return try await base.events(principal).filter { $0.hasSuffix(".task_taken_over") }.sorted()
    }
    func version(_ operation: String, _ id: Value) async throws -> Int64? {
      try await base.call(operation, ["id": id], as: base.engineer)["tasks"]?.array?.first?["version"]?.integer
    }
    // Nobody was at them: nobody is told.
    for (verb, id) in [("task", task), ("change_task", part)] { try await base.call("\(verb).claim", ["id": id], as: base.colleague) }
    #expect(try await taken(base.colleague) == [])
    try await base.call("change_task.claim", ["id": part, "takeOver": .bool(true)], as: base.engineer)
    try await base.call("task.give", ["id": task, "team": team], as: base.engineer, version: try await version("request.read", order))
    #expect(try await taken(base.colleague) == ["change.task_taken_over", "request.task_taken_over"])
    try await base.call("change_task.give", ["id": part, "team": team], as: base.colleague, version: try await version("change.read", change))
    #expect(try await taken(base.engineer) == ["change.task_taken_over"])
    // She has it again before anybody is told: there is nothing to tell her.
    for principal in [base.engineer, base.colleague, base.engineer] {
      try await base.call("task.claim", ["id": task, "takeOver": .bool(true)], as: principal)
    }
    #expect(try await taken(base.engineer) == ["change.task_taken_over"])
    #expect(try await taken(base.colleague) == ["change.task_taken_over", "request.task_taken_over", "request.task_taken_over"])
    #expect(try await base.left() == 0)
  }

  /// What was tried again before anybody was told is not told to have failed.
  @Test func whatIsTriedAgainHasNotFailed() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let id = try await world.submit(try await world.offering("Mouse", []))["id"] ?? .null
    let seen = try await base.call("request.read", ["id": id], as: base.engineer)
    try await base.call("request.take", ["id": id], as: base.engineer, version: seen["version"]?.integer)
    try await RequestSweep().run(at: base.database.clock.now(), base.database.tenancy)
    let task = try await base.call("request.read", ["id": id], as: base.engineer)["tasks"]?.array?.first?["id"] ?? .null
    try await base.call("task.fail", ["id": task, "reason": "Sold out"], as: base.colleague)
    try await base.call("task.retry", ["id": task], as: base.colleague)
    try await base.make()
    #expect(try await base.events(base.engineer) == [])
    #expect(try await base.left() == 0)
  }

  /// Once a day of one customer; not of what the author noted himself, and not that it was merely of use.
  @Test func theAuthorHearsThatHisArticleSolvedATicket() async throws {
    let world = try await NotificationsWorld()
    let draft = try await world.call(
      "article.create",
      ["kind": "how_to", "audience": "internal", "title": .object(["en": "Paper jam"]), "body": .object(["en": "Open the back."])], as: world.engineer)
    let submitted = try await world.call("article.submit", ["id": draft["id"] ?? .null], as: world.engineer, version: draft["version"]?.integer)
    try await world.call("article.publish", ["id": draft["id"] ?? .null], as: world.colleague, version: submitted["version"]?.integer)
    func cite(_ use: String, _ title: String, as principal: Principal) async throws -> Value {
      world.database.clock.advance(seconds: 1)
      let incident = try await world.incident(title)
      try await world.call("incident.cite", ["id": incident, "article": draft["id"] ?? .null, "use": .text(use)], as: principal)
      return incident
    }
    func told() async throws -> [Value] {
      for _ in 0..<2 { try await world.make() }
      return try await world.inbox(world.engineer).filter { $0["event"] == "article.solved" }
    }
    _ = try await cite("solved", "Mine", as: world.engineer)
    _ = try await cite("used", "Read", as: world.colleague)
    #expect(try await told() == [])
    let third = try await cite("solved", "Third", as: world.colleague)
    _ = try await cite("solved", "Fourth", as: world.colleague)
    let first = try await told()
    #expect(first.count == 1 && first.first?["subject"] == "[KB-000001] Your article solved ACME-INC-000003")
    #expect(first.first?["about"] == third && first.first?["customer"] == .id(world.acme.publicId))
    world.database.clock.advance(seconds: 86_400)
    try await world.call("incident.cite", ["id": third, "article": draft["id"] ?? .null, "use": "solved"], as: world.colleague)
    #expect(try await told().count == 1, "of that ticket it is known")
    _ = try await cite("solved", "Tomorrow", as: world.colleague)
    #expect(try await told().count == 2)
    #expect(try await world.events(world.colleague) == [])
    #expect(try await world.left() == 0)
  }

  @Test func rulesOfWork() async throws {
    let world = try await NotificationsWorld()
    func answer(_ event: String, _ more: [String: Value]) async -> String {
      await refusal { try await world.rule(event, more, name: "\(event) \(more.keys)") }
    }
    #expect(await answer("problem.commented", ["audience": .array(["owner"])]) == "accepted")
    #expect(await answer("problem.resolved", ["audience": .array(["requester"])]) == "audience notification_rule.no_such_audience")
    #expect(
      await answer("change.task_failed", ["audience": .array(["owner"]), "customer": .id(world.acme.publicId)]) == "customer notification_rule.of_no_customer")
    #expect(await answer("request.task_failed", ["audience": .array(["owner"]), "customer": .id(world.acme.publicId)]) == "accepted")
  }
}
