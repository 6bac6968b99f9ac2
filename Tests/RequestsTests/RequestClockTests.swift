import Jobs
import Kernel
import Operations
import Postgres
import Requests
import ServiceLevels
import TestSupport
import Testing

/// Requests against an SLA that counts every hour: an answer within one hour, a word every two, fulfilled within four. All begin at 8:00.
@Suite struct RequestClockTests {
  private static let keepers: [ClockSubject.Kind: any ClockSubjectKeeper] = [.request: RequestKeeper()]

  /// An offering that a line with such an SLA sells.
  /// - Parameters:
  ///   - roles: who is asked to agree, one after the other.
  ///   - hours: after which each counts as refused.
  ///   - warns: the shares that each promise warns of.
  static func offering(
    _ world: RequestsWorld, _ code: String, approvers roles: [String] = [], hours: Int64 = 1000, type: Value = "request", warns: [Int64] = []
  ) async throws -> Value {
    let approvers = roles.map { Value.object(["name": RequestsWorld.name($0), "role": .text($0)]) }
    let approval: Value =
      roles.isEmpty ? .object(["rule": "none"]) : .object(["rule": "sequence", "approvers": .array(approvers), "hours": .integer(hours)])
    let offering = try await world.offering(
      code, ["approval": approval, "tasks": .array([FulfilmentTests.task("Deliver", step: 1)])], soldTo: [])
    let calendar = try await world.call("calendar.create", ["name": .text("Always \(code)"), "stock": "24x7", "zone": "UTC"])
    let targets = [("response", 3600), ("update", 7200), ("resolution", 14400)].map { metric, seconds in
      Value.object([
        "metric": .text(metric), "ticketType": type, "budgetSeconds": .integer(Int64(seconds)), "calendar": calendar.at("id"),
        "warnPercents": .array(warns.map { .integer($0) }),
      ])
    }
    let sla = try await world.call("sla.create", ["name": .text("Orders \(code)"), "targets": .array(targets)])
    try await world.call(
      "contract.create",
      [
        "customer": .id(world.acme.publicId), "name": .text("Orders \(code)"), "state": "active", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Orders", "sla": sla.at("id"), "offering": offering])]),
      ])
    return offering
  }

  private func at(_ world: RequestsWorld, _ time: String) throws { world.database.clock.set(try #require(Instant("2026-03-02T\(time):00Z"))) }

  /// Where the clock of a metric stands: its state, what was judged, and when it is due.
  private func clock(_ request: Value, _ metric: String) -> [Value] {
    let clock = request.at("clocks").array?.first { $0.at("metric") == .text(metric) } ?? .null
    return [clock.at("state"), clock.at("verdict"), clock.at("dueAt")]
  }

  private func breaches(_ world: RequestsWorld) async throws {
    try await BreachSweep(keepers: Self.keepers).run(at: world.database.clock.now(), world.database.tenancy)
  }

  private func warnings(_ world: RequestsWorld) async throws {
    try await WarnSweep(keepers: Self.keepers).run(at: world.database.clock.now(), world.database.tenancy)
  }

  /// The metrics of which such an event was recorded, in order.
  private func told(_ type: String, _ world: RequestsWorld) async throws -> [String] {
    try await world.database.superuser.transaction { try await $0.query(ToldMetrics(type: type)) }
  }

  /// Guard: without the acts of tasks in the process nothing answers and nothing ends, and every promise is missed in time.
  @Test func itIsAnsweredByWorkAndResolvedByItsFulfilment() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await Self.offering(world, "DESK"))
    #expect(clock(made, "response") == ["running", .null, "2026-03-02T09:00:00Z"])
    #expect(clock(made, "resolution") == ["running", .null, "2026-03-02T12:00:00Z"])
    #expect(made.at("dueAt") == "2026-03-02T09:00:00Z" && made.at("respondedAt") == .null)
    try at(world, "08:30")
    try await world.call("task.claim", ["id": made.at("tasks.0.id")], as: world.engineer)
    let begun = try await world.request(made)
    #expect(clock(begun, "response") == ["stopped", "met", .null] && begun.at("respondedAt") == "2026-03-02T08:30:00Z")
    // The first answer is a word as well.
    #expect(begun.at("dueAt") == "2026-03-02T10:30:00Z")
    try at(world, "10:00")
    try await world.call("request.comment", ["id": made.at("id"), "body": "On its way", "visibility": "public"], as: world.engineer)
    #expect(try await world.request(made).at("dueAt") == "2026-03-02T12:00:00Z", "the next word is due as late as the order")
    try at(world, "11:59")
    try await world.call("task.complete", ["id": made.at("tasks.0.id"), "result": "done"], as: world.engineer)
    let done = try await world.request(made)
    #expect(done.at("state") == "fulfilled" && done.at("dueAt") == .null)
    for metric in ["response", "update", "resolution"] { #expect(clock(done, metric) == ["stopped", "met", .null], "\(metric)") }
  }

  /// Guard: without the wait the three hours of the customer's manager are the provider's, and it is due at 12:00.
  @Test func theCustomersOwnApprovalIsNobodyElsesTime() async throws {
    let world = try await RequestsWorld()
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    let offering = try await Self.offering(world, "LAPTOP", approvers: ["customer_manager"])
    let made = try await world.call("request.submit", ["offering": offering, "published": 1], as: requester)
    #expect(made.at("state") == "awaiting_approval" && made.at("dueAt") == .null)
    #expect(clock(made, "response") == [.null, .null, .null] && clock(made, "resolution") == ["paused", .null, .null])
    try at(world, "11:00")
    try await breaches(world)
    try await world.call("approval.approve", ["id": made.at("approvals.0.id")], as: boss)
    try await world.sweep()
    let agreed = try await world.request(made)
    #expect(agreed.at("state") == "fulfilling" && clock(agreed, "resolution") == ["running", .null, "2026-03-02T15:00:00Z"])
    #expect(clock(agreed, "update") == ["running", .null, "2026-03-02T13:00:00Z"])
    #expect(clock(agreed, "response") == ["running", .null, "2026-03-02T12:00:00Z"] && agreed.at("dueAt") == "2026-03-02T12:00:00Z")
    let explained = try await world.call("request.explain", ["id": made.at("id")], as: requester)
    let resolution = try #require(explained.at("clocks").array?.first { $0.at("metric") == "resolution" })
    #expect(resolution.at("lineReason") == "customer" && resolution.at("targetReason") == "ticket_type" && resolution.at("priority") == 3)
    #expect(resolution.at("intervals").array?.map { $0.at("cause") } == ["awaiting_approval"], "\(resolution.at("intervals"))")
  }

  /// Guard: were the question an answer, the hour that nobody used would be kept.
  @Test func aQuestionToTheCustomersOwnPeopleAnswersNobody() async throws {
    let world = try await RequestsWorld()
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let made = try await world.submit(try await Self.offering(world, "CAMERA", approvers: ["customer_manager"]))
    #expect(made.at("respondedAt") == .null)
    try at(world, "11:00")
    try await world.call("approval.approve", ["id": made.at("approvals.0.id")], as: boss)
    try await world.sweep()
    try at(world, "12:30")
    try await breaches(world)
    let late = try await world.request(made)
    let response = try #require(late.at("clocks").array?.first { $0.at("metric") == "response" })
    #expect(response.at("verdict") == "missed" && response.at("breachedAt") == "2026-03-02T12:00:00Z" && late.at("respondedAt") == .null)
  }

  /// Guard: without its clock taken up again nothing is judged of an answer that came while none was owed.
  @Test func whoAnswersWhileTheCustomerDecidesHasAnswered() async throws {
    let world = try await RequestsWorld()
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let made = try await world.submit(try await Self.offering(world, "PRINTER", approvers: ["customer_manager"]))
    try at(world, "10:00")
    try await world.call("request.comment", ["id": made.at("id"), "body": "The order is in", "visibility": "public"], as: world.engineer)
    let answered = try await world.request(made)
    #expect(clock(answered, "response") == ["stopped", "met", .null] && answered.at("respondedAt") == "2026-03-02T10:00:00Z")
    try at(world, "11:00")
    try await world.call("approval.approve", ["id": made.at("approvals.0.id")], as: boss)
    try await world.sweep()
    #expect(clock(try await world.request(made), "response") == ["stopped", "met", .null])
  }

  /// The provider's own people decide first. Guard: were the clock begun anew, the customer's answer would be due a whole hour later.
  @Test func aFirstAnswerGoesOnWithWhatTheProviderHasUsed() async throws {
    let world = try await RequestsWorld()
    let (finance, boss) = (try await world.database.staff(.finance), try await world.database.user(.customerManager, of: world.acme))
    let offering = try await Self.offering(world, "SERVER", approvers: ["finance", "customer_manager"], warns: [40])
    let (made, slow) = (try await world.submit(offering), try await world.submit(offering))
    try at(world, "08:30")
    try await warnings(world)
    try await world.call("approval.approve", ["id": made.at("approvals.0.id")], as: finance)
    #expect(clock(try await world.request(made), "response") == [.null, .null, .null])
    try at(world, "09:30")
    try await world.call("approval.approve", ["id": slow.at("approvals.0.id")], as: finance)
    // What was broken before the customer was asked stays so, and says when it was answered.
    #expect(clock(try await world.request(slow), "response") == ["running", "missed", "2026-03-02T09:00:00Z"])
    try await world.call("request.comment", ["id": slow.at("id"), "body": "Your turn", "visibility": "public"], as: world.engineer)
    #expect(clock(try await world.request(slow), "response") == ["stopped", "missed", .null])
    try at(world, "11:00")
    try await world.call("approval.approve", ["id": made.at("approvals.1.id")], as: boss)
    try await world.sweep()
    try await warnings(world)
    #expect(clock(try await world.request(made), "response") == ["running", .null, "2026-03-02T11:30:00Z"])
    #expect(try await told("sla.warned", world).count { $0 == "response" } == 2, "each request warns of it once")
  }

  /// All was away while its approval ran out at 11:00: what was due before that is broken, what would have been due at 12:00 is not. Guard: without the
  /// expiry in the keeper's hold the sweep of breaches, where it comes first, records the resolution as missed.
  @Test(arguments: [false, true]) func whatWasOverBeforeItWasDueIsNotBroken(isMovedFirst: Bool) async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await Self.offering(world, "TABLET", approvers: ["finance"], hours: 3))
    try at(world, "13:00")
    if isMovedFirst { try await world.sweep() }
    try await breaches(world)
    try await world.sweep()
    let over = try await world.request(made)
    #expect(over.at("state") == "rejected" && over.at("endedAt") == "2026-03-02T11:00:00Z" && over.at("dueAt") == .null)
    #expect(clock(over, "response") == ["withdrawn", "missed", .null] && clock(over, "update") == ["withdrawn", "missed", .null])
    #expect(clock(over, "resolution") == [.null, .null, .null])
    #expect(over.at("clocks.0.breachedAt") == "2026-03-02T09:00:00Z" && over.at("clocks.1.breachedAt") == "2026-03-02T10:00:00Z")
    #expect(try await told("sla.breached", world) == ["response", "update"], "each once")
    #expect(try await world.history(made).count { $0 == "rejected" } == 1)
  }

  /// Guard: as above, of the sweep that warns.
  @Test func whatIsOverWarnsOfNothing() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await Self.offering(world, "DOCK", approvers: ["finance"], hours: 3, warns: [90]))
    try at(world, "11:50")
    try await warnings(world)
    #expect(try await world.request(made).at("state") == "rejected")
    #expect(try await told("sla.warned", world).isEmpty, "at 11:36 it had been over for long")
  }

  /// Guard: without the standing beside the due time the queue shows neither.
  @Test func theQueueTellsTheShareThatWasWarnedOf() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await Self.offering(world, "MOUSE", warns: [50]))
    try at(world, "08:40")
    try await warnings(world)
    func shown() async throws -> [Value] {
      let queue = try await world.call("request.queue", [:], as: world.engineer)
      return ["dueMetric", "warnedPercent"].map { queue.at("items.0.\($0)") }
    }
    #expect(try await shown() == ["response", 50])
    #expect(try await world.request(made).at("version") == made.at("version"))
    try await world.call("task.claim", ["id": made.at("tasks.0.id")], as: world.engineer)
    // What it warned of was answered, and the next word has its whole time.
    #expect(try await shown() == ["update", .null])
  }

  /// Guard: were every approval a wait, it would be due at no time here.
  @Test func anApprovalOfTheProvidersOwnIsItsTime() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await Self.offering(world, "LICENCE", approvers: ["finance"]))
    #expect(made.at("state") == "awaiting_approval" && made.at("respondedAt") == .null)
    #expect(clock(made, "response") == ["running", .null, "2026-03-02T09:00:00Z"])
    #expect(clock(made, "resolution") == ["running", .null, "2026-03-02T12:00:00Z"])
  }

  /// Guard: if any comment were a word, the internal one would have answered in time.
  @Test func whatTimeBreaksIsRecordedWhenItBroke() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await Self.offering(world, "CHAIR"))
    try await world.call("request.comment", ["id": made.at("id"), "body": "Who does this?", "visibility": "internal"], as: world.engineer)
    try at(world, "10:30")
    try await breaches(world)
    let late = try await world.request(made)
    let response = try #require(late.at("clocks").array?.first { $0.at("metric") == "response" })
    #expect(response.at("verdict") == "missed" && response.at("breachedAt") == "2026-03-02T09:00:00Z", "a word among the staff answers nobody")
    #expect(late.at("version") == made.at("version"))
    let queue = try await world.call("request.queue", ["overdue": .bool(true)], as: world.engineer)
    #expect(queue.at("items").array?.map { $0.at("id") } == [made.at("id")] && queue.at("items.0.dueMetric") == "response")
    let stranger = try await world.database.staff(.engineer, for: [world.other])
    await expectFailure(.notFound) { try await world.call("request.explain", ["id": made.at("id")], as: stranger) }
    let foreign = try await world.database.user(.customerManager, of: world.other)
    await expectFailure(.notFound) { try await world.call("request.explain", ["id": made.at("id")], as: foreign) }
  }

  @Test func whatIsCancelledCountsNoMore() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await Self.offering(world, "PHONE"))
    try at(world, "08:30")
    try await world.call("request.comment", ["id": made.at("id"), "body": "We look at it", "visibility": "public"], as: world.engineer)
    try await world.call("request.cancel", ["id": made.at("id"), "reason": "sold out"], as: world.engineer, version: made.at("version"))
    let over = try await world.request(made)
    // What was kept by then stays so.
    #expect(over.at("dueAt") == .null && clock(over, "response") == ["stopped", "met", .null] && clock(over, "resolution") == [.null, .null, .null])
    let explained = try await world.call("request.explain", ["id": made.at("id")], as: world.engineer)
    #expect(explained.at("clocks").array?.last?.at("state") == "withdrawn")
  }

  /// Guard: without the ticket type in the facts a target of incidents would count.
  @Test func aTargetOfIncidentsIsNoneOfARequests() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await Self.offering(world, "SCREEN", type: "incident"))
    #expect(made.at("clocks") == .array([]) && made.at("dueAt") == .null)
  }

  @Test func theQueueShowsWhatIsDueNextInFront() async throws {
    let world = try await RequestsWorld()
    let unpromised = try await world.submit(try await Self.offering(world, "OLD", type: "incident"))
    let timed = try await Self.offering(world, "NEW")
    let first = try await world.submit(timed)
    try at(world, "08:10")
    let second = try await world.submit(timed)
    try at(world, "08:20")
    // Its answer is given: its next word is due later than the second's answer.
    try await world.call("task.claim", ["id": first.at("tasks.0.id")], as: world.engineer)
    func numbers(_ filter: KeyValuePairs<String, Value> = [:]) async throws -> [Value] {
      try await world.call("request.queue", filter, as: world.engineer).at("items").array?.map { $0.at("id") } ?? []
    }
    let all = [second, first, unpromised].map { $0.at("id") }
    #expect(try await numbers() == all)
    var paged: [Value] = []
    var cursor: Value = .null
    repeat {
      let page = try await world.call("request.queue", ["limit": 1, "cursor": cursor], as: world.engineer)
      paged += page.at("items").array?.map { $0.at("id") } ?? []
      cursor = page.at("next")
    } while cursor != .null && paged.count < 9
    #expect(paged == all)
    #expect(try await numbers(["dueBefore": "2026-03-02T09:30:00Z"]) == [second.at("id")])
    #expect(try await numbers(["overdue": .bool(true)]).isEmpty)
    #expect(try await numbers(["customers": .array([.id(world.acme.publicId)])]) == all)
    try await world.call("request.take", ["id": second.at("id")], as: world.engineer, version: second.at("version"))
    let owner = try await world.ids(of: world.engineer).account
    #expect(try await numbers(["owner": owner]) == [second.at("id")])
    #expect(try await numbers(["unowned": .bool(true)]) == [first.at("id"), unpromised.at("id")])
    let teams = try await world.call("team.list", ["limit": 10]).at("items").array ?? []
    let desk = try #require(teams.first { $0.at("name") == "Service Desk" })
    let network = try #require(teams.first { $0.at("name") == "Network" })
    #expect(try await numbers(["team": desk.at("id")]) == all)
    #expect(try await numbers(["team": network.at("id")]).isEmpty)
    let ours = Value.array([.id(world.acme.publicId)])
    #expect(try await numbers(["team": desk.at("id"), "customers": ours]) == all)
    #expect(try await numbers(["team": desk.at("id"), "customers": ours, "unowned": .bool(true)]) == [first.at("id"), unpromised.at("id")])
    #expect(try await numbers(["team": desk.at("id"), "customers": .array([.id(world.other.publicId)])]).isEmpty)
    let stranger = try await world.database.staff(.engineer, for: [world.other])
    #expect(try await world.call("request.queue", ["team": desk.at("id")], as: stranger).at("items") == .array([]))
  }
}

/// Of which promises such an event told, in order.
private struct ToldMetrics: Statement {
  let type: String

  static let sql = "select e.payload ->> 'metric' from operations.event e where e.type = $1 order by 1"

  func bind(to parameters: inout Parameters) { parameters.append(type) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
