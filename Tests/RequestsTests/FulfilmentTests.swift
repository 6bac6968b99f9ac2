import Jobs
import Kernel
import Operations
import Postgres
import Requests
import TestSupport
import Tenancy
import Testing

/// What teams do for a request, until it is fulfilled, stopped or taken back.
@Suite struct FulfilmentTests {
  static func task(_ name: String, step: Int64, team: String = "Service Desk") -> Value {
    .object(["name": RequestsWorld.name(name), "step": .integer(step), "team": .text(team)])
  }

  private func queue(_ world: RequestsWorld, _ filter: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws -> [Value] {
    try await world.call("task.queue", filter, as: principal ?? world.engineer).at("items").array ?? []
  }

  private func names(_ tasks: [Value]) -> [String] { tasks.compactMap { $0.at("name.en").text } }

  private func complete(_ world: RequestsWorld, _ task: Value, as principal: Principal? = nil) async throws {
    try await world.call("task.complete", ["id": task.at("id"), "result": "done"], as: principal ?? world.engineer)
  }

  private func site(_ world: RequestsWorld) async throws -> Value {
    try await world.offering(
      "SITE",
      [
        "tasks": .array([
          Self.task("Survey", step: 1, team: "Network"), Self.task("Order lines", step: 2, team: "Network"), Self.task("Tell the desk", step: 2),
          Self.task("Hand over", step: 3),
        ])
      ], soldTo: [world.acme, world.other])
  }

  @Test func stepsFollowOneAnotherThroughTheTeamsQueues() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await site(world))
    #expect(made.at("state") == "fulfilling" && made.at("tasks").array?.map { $0.at("state") } == ["ready", "waiting", "waiting", "waiting"])
    var open = try await queue(world)
    #expect(names(open) == ["Survey"])
    let network = open[0].at("team")
    let taken = try await world.call("task.claim", ["id": open[0].at("id")], as: world.engineer)
    let own = try await world.ids(of: world.engineer).account
    #expect(taken.at("state") == "active" && taken.at("assignee") == own)
    #expect(names(try await queue(world, ["mine": .bool(true)])) == ["Survey"])
    #expect(names(try await queue(world, ["unclaimed": .bool(true)])) == [])
    let second = try await world.database.staff(.engineer)
    #expect(await refusal { try await world.call("task.complete", ["id": open[0].at("id")], as: second) } == ["task.claimed_by_another"])
    try await world.call("task.claim", ["id": open[0].at("id"), "takeOver": .bool(true)], as: second)
    try await complete(world, open[0], as: second)
    open = try await queue(world)
    #expect(names(open) == ["Order lines", "Tell the desk"])
    #expect(names(try await queue(world, ["team": network])) == ["Order lines"])
    #expect(try await world.request(made).at("tasksDone") == 1)
    for task in open { try await complete(world, task) }
    let last = try await queue(world)
    #expect(names(last) == ["Hand over"])
    try await complete(world, last[0])
    let fulfilled = try await world.request(made)
    #expect(fulfilled.at("state") == "fulfilled" && fulfilled.at("partlyFulfilled") == .bool(false) && fulfilled.at("tasksDone") == 4)
    #expect(try await queue(world).isEmpty)
    let events = try await world.history(made)
    #expect(events.filter { $0 == "task_completed" }.count == 4 && events.last == "fulfilled")
    #expect(events.count { $0 == "task_taken_over" } == 1, "somebody else took it from who was at it")
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let closed = try await world.call("request.close", ["id": made.at("id")], as: customer, version: fulfilled.at("version"))
    #expect(closed.at("state") == "closed")
  }

  /// The last two tasks of a step are completed at once, by two people on two connections: neither loses the other's word, and the next step
  /// opens once.
  @Test func twoCompleteTheLastTwoTasksAtOnce() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering(
      "PAIRS", ["tasks": .array((1...6).map { Self.task("T\($0)", step: ($0 + 1) / 2) })])
    let people = [world.engineer, try await world.database.staff(.engineer)]
    for round in 1...4 {
      let made = try await world.submit(offering)
      for step in 1...3 {
        let tasks = try await world.request(made).at("tasks").array?.filter { $0.at("step") == .integer(Int64(step)) } ?? []
        try await withThrowingTaskGroup(of: Void.self) { group in
          for (task, person) in zip(tasks, people) { group.addTask { try await complete(world, task, as: person) } }
          try await group.waitForAll()
        }
      }
      #expect(try await world.request(made).at("state") == "fulfilled", "round \(round)")
      let events = try await world.history(made)
      #expect(events.filter { $0 == "task_opened" }.count == 6 && events.filter { $0 == "fulfilled" }.count == 1, "round \(round): \(events)")
    }
  }

  /// The same word twice at once is one word.
  @Test func oneTaskIsCompletedOnce() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await site(world))
    let task = made.at("tasks.0")
    let outcomes = await withTaskGroup(of: [String].self) { group in
      for _ in 1...2 { group.addTask { await refusal { try await world.call("task.complete", ["id": task.at("id")], as: world.engineer) } } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(outcomes) == [["accepted"], ["task.wrong_state"]])
  }

  @Test func whatFailsIsSkippedAndTheRestIsPart() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await site(world))
    let first = made.at("tasks.0")
    try await world.call("task.fail", ["id": first.at("id"), "reason": "No access"], as: world.engineer)
    #expect(try await queue(world, ["state": "failed"]).map { $0.at("result") } == ["No access"])
    #expect(await refusal { try await world.call("task.complete", ["id": first.at("id")], as: world.engineer) } == ["task.wrong_state"])
    try await world.call("task.retry", ["id": first.at("id")], as: world.engineer)
    #expect(await refusal { try await world.call("task.skip", ["id": first.at("id")], as: world.engineer) } == ["reason input.required"])
    try await world.call("task.skip", ["id": first.at("id"), "reason": "There is a plan"], as: world.engineer)
    for _ in 1...2 { for task in try await queue(world) { try await complete(world, task) } }
    let fulfilled = try await world.request(made)
    #expect(fulfilled.at("state") == "fulfilled" && fulfilled.at("tasksDone") == 3 && fulfilled.at("tasksSkipped") == 1)
    #expect(fulfilled.at("partlyFulfilled") == .bool(true))
  }

  @Test func itIsCancelledInTheMiddle() async throws {
    let world = try await RequestsWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let made = try await world.submit(try await site(world), as: customer)
    #expect(made.at("state") == "approved")
    try await world.sweep()
    try await complete(world, try await queue(world)[0])
    let version = try await world.request(made).at("version")
    #expect(
      await refusal { try await world.call("request.withdraw", ["id": made.at("id")], as: customer, version: version) } == ["request.work_has_begun"])
    await expectFailure(.denied) { try await world.call("request.cancel", ["id": made.at("id"), "reason": "x"], as: customer, version: version) }
    let ended = try await world.call("request.cancel", ["id": made.at("id"), "reason": "The site closes"], as: world.engineer, version: version)
    #expect(ended.at("state") == "cancelled" && ended.at("reason") == "The site closes" && ended.at("partlyFulfilled") == .bool(true))
    #expect(ended.at("tasks").array?.map { $0.at("state") } == ["done", "cancelled", "cancelled", "cancelled"])
    #expect(try await queue(world).isEmpty)
    await expectFailure(.versionMismatch) {
      try await world.call("request.cancel", ["id": made.at("id"), "reason": "again"], as: world.engineer, version: version)
    }
    // As long as nobody has begun, whoever ordered it takes it back.
    let fresh = try await world.submit(try await world.offering("PLAIN", ["tasks": .array([Self.task("Do", step: 1)])]), as: customer)
    try await world.sweep()
    let started = try await world.request(fresh, as: customer)
    #expect(started.at("state") == "fulfilling")
    let taken = try await world.call("request.withdraw", ["id": fresh.at("id")], as: customer, version: started.at("version"))
    #expect(taken.at("state") == "withdrawn" && taken.at("partlyFulfilled") == .bool(false))
    #expect(try await queue(world).isEmpty)
  }

  /// An offering that names no task has one: what is in no queue would be found by nobody.
  @Test func whatNamesNoTaskIsInTheQueueAsWell() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await world.offering("PLAIN", [:]))
    let open = try await queue(world, ["unclaimed": .bool(true)])
    #expect(names(open) == ["Fulfil: PLAIN"] && open[0].at("team") == .null && open[0].at("request") == made.at("id"))
    try await complete(world, open[0])
    #expect(try await world.request(made).at("state") == "fulfilled")
  }

  /// One that cannot be moved, at the head of all, holds up no other, and is told of.
  @Test func oneThatCannotBeMovedStopsNoOther() async throws {
    let world = try await RequestsWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let offering = try await world.offering("PLAIN", [:])
    for _ in 1...3 {
      _ = try await world.submit(offering, as: customer)
      world.database.clock.advance(seconds: 1)
    }
    try await world.database.superuser.transaction { _ = try await $0.query(PoisonFirst()) }
    let sweep = RequestSweep(batch: 1)
    let fault = await #expect(throws: LeftUndone.self) { try await sweep.run(at: world.database.clock.now(), world.database.tenancy) }
    #expect(fault?.faults.count == 1)
    #expect(try await world.count("approved") == 1)
    #expect(try await world.count("fulfilling") == 2)
  }

  @Test func tasksAreTheStaffsAndOfTheirCustomers() async throws {
    let world = try await RequestsWorld()
    let offering = try await site(world)
    let (mine, theirs) = (try await world.submit(offering), try await world.submit(offering, of: world.other))
    let one = try await world.database.staff(.engineer, for: [world.acme])
    #expect(try await queue(world, as: one).map { $0.at("request") } == [mine.at("id")])
    #expect(try await queue(world).count == 2)
    await expectFailure(.notFound) { try await world.call("task.claim", ["id": theirs.at("tasks.0.id")], as: one) }
    let customer = try await world.database.user(.customerManager, of: world.acme)
    await expectFailure(.denied) { try await world.call("task.read", ["id": mine.at("tasks.0.id")], as: customer) }
    // A program does no task in nobody's name.
    #expect(await refusal { try await world.call("task.claim", ["id": mine.at("tasks.0.id")], as: world.database.root) } == ["task.needs_staff"])
  }

  /// What was submitted before there was a process may have been delivered long ago: it stays until staff begin it, as the rule of its
  /// version says, or close it.
  @Test func whatWasOnlyRecordedWaitsForTheStaff() async throws {
    let world = try await RequestsWorld()
    let approval = Value.object(["rule": "all", "roles": .array([RequestsWorld.name("IT manager")]), "ownRequests": .bool(true)])
    let price = Value.object(["name": RequestsWorld.name("Device"), "amount": "400.00", "currency": "EUR", "per": "once"])
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let strict = try await world.submit(
      try await world.offering("ASKED", ["approval": approval, "prices": .array([price])]), as: customer)
    let place = try await site(world)
    let (free, delivered) = (try await world.submit(place), try await world.submit(place))
    try await world.database.superuser.withConnection { connection in
      _ = try await connection.query(ForgetApprovals())
      _ = try await connection.query(ForgetTasks())
      _ = try await connection.query(ForgetProcess())
    }
    try await world.sweep()
    #expect(try await world.count("submitted") == 3, "nobody is asked, and no team, for what may be over")
    func begin(_ made: Value, as principal: Principal) async throws -> Value {
      let version = try await world.request(made).at("version")
      return try await world.call("request.begin", ["id": made.at("id"), "reason": "Still wanted"], as: principal, version: version)
    }
    await expectFailure(.denied) { try await begin(strict, as: customer) }
    let asked = try await begin(strict, as: world.engineer)
    #expect(asked.at("state") == "awaiting_approval" && asked.at("approvals").array?.count == 1 && asked.at("reason") == "Still wanted")
    #expect(asked.at("value") == .decimal("400.00"), "what the limit was judged by")
    try await world.call("approval.approve", ["id": asked.at("approvals.0.id")], as: customer)
    let working = try await begin(free, as: world.engineer)
    #expect(working.at("state") == "fulfilling" && working.at("tasks").array?.count == 4)
    #expect(await refusal { try await begin(free, as: world.engineer) } == ["request.wrong_state"])
    let version = try await world.request(delivered).at("version")
    func close(_ reason: Value, as principal: Principal) async -> [String] {
      await refusal { try await world.call("request.close", ["id": delivered.at("id"), "reason": reason], as: principal, version: version) }
    }
    #expect(await close("done", as: customer) == ["request.only_recorded"])
    #expect(await close(.null, as: world.engineer) == ["reason input.required_here"])
    #expect(await close("Delivered in 2025", as: world.engineer) == ["accepted"])
    let closed = try await world.request(delivered)
    #expect(closed.at("state") == "closed" && closed.at("reason") == "Delivered in 2025" && closed.at("endedAt") == closed.at("closedAt"))
  }
}

/// The tasks of the first request cannot be written.
private struct PoisonFirst: Statement {
  static let sql = """
    do $$
    begin
      create function public.poison() returns trigger language plpgsql as
        'begin if new.request_id = (select min(id) from requests.request) then raise exception ''poison''; end if; return new; end';
      create trigger poison before insert on requests.task for each row execute function public.poison();
    end
    $$
    """
}

private struct ForgetApprovals: Statement {
  static let sql = "delete from requests.approval"
  func bind(to parameters: inout Parameters) {}
}

private struct ForgetTasks: Statement {
  static let sql = "delete from requests.task"
  func bind(to parameters: inout Parameters) {}
}

private struct ForgetProcess: Statement {
  static let sql = """
    update requests.request set state = 'submitted', asked_at = null, decided_at = null, started_at = null, tasks_total = 0,
      value_minor = null, value_currency = null, own_approval = false
    """
  func bind(to parameters: inout Parameters) {}
}
