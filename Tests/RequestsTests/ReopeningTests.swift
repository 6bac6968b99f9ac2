import Kernel
import Operations
import Requests
import TestSupport
import Testing

/// What was done did not hold.
@Suite struct ReopeningTests {
  private static let day: Int64 = 86_400

  /// A request of whoever orders it, fulfilled now.
  private func fulfilled(_ world: RequestsWorld) async throws -> (request: Value, orderer: Principal) {
    let orderer = try await world.database.user(.requester, of: world.acme, .own)
    let offering = try await world.offering("LAPTOP", ["tasks": .array([FulfilmentTests.task("Deliver", step: 1)])])
    let ordered = try await world.call("request.submit", ["offering": offering, "published": 1], as: orderer)
    try await world.sweep()
    try await complete(world, ordered)
    return (try await world.request(ordered, as: orderer), orderer)
  }

  /// Does the task that is to be done.
  private func complete(_ world: RequestsWorld, _ request: Value) async throws {
    let tasks = try await world.request(request, as: world.engineer).at("tasks").array ?? []
    let task = try #require(tasks.first { $0.at("state") == "ready" })
    try await world.call("task.complete", ["id": task.at("id"), "result": "Done"], as: world.engineer)
  }

  @discardableResult
  private func reopen(_ world: RequestsWorld, _ request: Value, as principal: Principal) async throws -> Value {
    try await world.call("request.reopen", ["id": request.at("id"), "reason": "It does not start"], as: principal, version: request.at("version"))
  }

  private func at(_ world: RequestsWorld, _ time: String) throws { world.database.clock.set(try #require(Instant("2026-03-02T\(time):00Z"))) }

  /// Guards: without a task there would be nothing to do and it would be fulfilled at once; without the customer's wait for the sweep he would have to read
  /// the provider's teams.
  @Test func itsCustomerOpensItAgainAndSomebodyPutsItRight() async throws {
    let world = try await RequestsWorld()
    let (request, orderer) = try await fulfilled(world)
    let opened = try await reopen(world, request, as: orderer)
    #expect(opened.at("state") == "approved" && opened.at("endedAt") == .null && opened.at("closesAt") == .null)
    #expect(opened.at("startedAt") == request.at("startedAt"))
    #expect(await refusal { try await reopen(world, opened, as: orderer) } == ["request.wrong_state"])
    let taking = await refusal { try await world.call("request.withdraw", ["id": opened.at("id")], as: orderer, version: opened.at("version")) }
    #expect(taking == ["request.work_has_begun"], "what was delivered is not taken back")
    try await world.sweep()
    let open = try await world.request(request, as: world.engineer)
    let tasks = open.at("tasks").array ?? []
    #expect(open.at("state") == "fulfilling" && tasks.map { $0.at("state") } == ["done", "ready"] && open.at("tasksTotal") == 2)
    #expect(tasks.first?.at("team") == tasks.last?.at("team"))
    let said = try await world.call("request.comments", ["id": request.at("id")], as: world.engineer).at("items").array ?? []
    #expect(said.map { $0.at("body") } == ["It does not start"] && said.first?.at("visibility") == "public")
    try await complete(world, request)
    let again = try await world.request(request, as: orderer)
    #expect(again.at("state") == "fulfilled" && again.at("closesAt") == .instant(world.database.clock.now().adding(seconds: 7 * Self.day)))
    #expect(try await world.history(request, as: orderer).filter { ["reopened", "fulfilled"].contains($0) } == ["fulfilled", "reopened", "fulfilled"])
  }

  /// Guard: without the act of the clocks what was met stays met, however long it takes to put it right.
  @Test func itsClocksGoOnWithWhatIsLeft() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await RequestClockTests.offering(world, "SERVER"))
    try at(world, "08:30")
    try await complete(world, made)
    try at(world, "20:00")
    let opened = try await reopen(world, try await world.request(made), as: world.engineer)
    #expect(opened.at("state") == "fulfilling" && opened.at("dueAt") == "2026-03-02T22:00:00Z", "the next word")
    func clocks(_ request: Value) -> [[Value]] {
      request.at("clocks").array?.map { clock in ["metric", "state", "verdict", "dueAt"].map { clock.at($0) } } ?? []
    }
    #expect(
      clocks(opened) == [
        ["response", "stopped", "met", .null], ["update", "running", .null, "2026-03-02T22:00:00Z"],
        ["resolution", "running", .null, "2026-03-02T23:30:00Z"],
      ])
    #expect(opened.at("respondedAt") == "2026-03-02T08:30:00Z")
    try at(world, "21:00")
    try await complete(world, made)
    #expect(clocks(try await world.request(made)).map { $0[2] } == ["met", "met", "met"])
  }

  /// Guards: were the access carried each time, it would be given twice; were it never, nobody could mend a task that was skipped.
  @Test(arguments: ["task.complete", "task.skip"]) func itsAccessIsGivenOnce(first: String) async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("ERP", ["access": .object(["action": "grant", "resource": "erp"])])
    let made = try await world.submit(offering, for: try await world.person("Mia"))
    func given() async throws -> [Value] {
      try await world.call("entitlement.list", ["customer": .id(world.acme.publicId), "all": .bool(true)]).at("items").array ?? []
    }
    let word = first == "task.skip" ? "reason" : "result"
    let input = Value.object([Value.Member("id", made.at("tasks.0.id")), Value.Member(word, "So it was")])
    _ = try await world.database.dispatcher.invoke(first, input, as: world.engineer, Call(requestId: "test"))
    #expect(try await given().count == (first == "task.skip" ? 0 : 1))
    try await reopen(world, try await world.request(made), as: world.engineer)
    try await complete(world, made)
    #expect(try await given().count == 1)
  }

  /// Guards: without the policy's days what was closed years ago comes back; without who sees it, others open it.
  @Test func onlyForAsLongAsThePolicySaysAndByWhoSeesIt() async throws {
    let world = try await RequestsWorld()
    try await world.database.set("ticket_policy.set", ["customer": .id(world.acme.publicId), "reopenWithinDays": 1], as: world.manager)
    let (request, orderer) = try await fulfilled(world)
    let colleague = try await world.database.user(.requester, of: world.acme, .own)
    let foreign = try await world.database.user(.customerManager, of: world.other)
    for stranger in [colleague, foreign] { await expectFailure(.notFound) { try await reopen(world, request, as: stranger) } }
    let closed = try await world.call("request.close", ["id": request.at("id")], as: orderer, version: request.at("version"))
    await expectFailure(.versionMismatch) { try await reopen(world, request, as: orderer) }
    world.database.clock.advance(seconds: Self.day + 1)
    #expect(await refusal { try await reopen(world, closed, as: orderer) } == ["request.reopen_too_late"])
    #expect(await refusal { try await reopen(world, closed, as: world.engineer) } == ["request.reopen_too_late"])
    world.database.clock.advance(seconds: -1)
    let opened = try await reopen(world, closed, as: world.engineer)
    #expect(opened.at("state") == "fulfilling" && opened.at("closedAt") == .null)
    let stopped = try await world.call("request.cancel", ["id": opened.at("id"), "reason": "No"], as: world.engineer, version: opened.at("version"))
    #expect(await refusal { try await reopen(world, stopped, as: world.engineer) } == ["request.wrong_state"])
  }
}
