import Kernel
import Operations
import Requests
import Tenancy
import TestSupport
import Testing

/// Fulfilled requests that nobody objects to are closed by time.
@Suite struct ClosingTests {
  private static let day: Int64 = 86_400

  /// A request of whoever orders it, fulfilled now.
  private func fulfilled(_ world: RequestsWorld, of customer: TenantEntry? = nil) async throws -> (request: Value, orderer: Principal) {
    let customer = customer ?? world.acme
    let orderer = try await world.database.user(.requester, of: customer, .own)
    let offering = try await world.offering("LAPTOP-\(customer.code)-\(orderer.actor.id)", [:], soldTo: [customer])
    let ordered = try await world.call("request.submit", ["offering": offering, "published": 1], as: orderer)
    try await world.sweep()
    let task = try await world.request(ordered, as: world.engineer).at("tasks.0.id")
    try await world.call("task.complete", ["id": task, "result": "Delivered"], as: world.engineer)
    return (try await world.request(ordered, as: orderer), orderer)
  }

  private func close(_ world: RequestsWorld, _ request: Value, as principal: Principal) async -> [String] {
    await refusal { try await world.call("request.close", ["id": request.at("id")], as: principal, version: request.at("version")) }
  }

  private func due(_ world: RequestsWorld, days: Int64) -> Value { .instant(world.database.clock.now().adding(seconds: days * Self.day)) }

  @Test func itIsClosedOnceAsOfItsTime() async throws {
    let world = try await RequestsWorld()
    let (request, orderer) = try await fulfilled(world)
    let at = due(world, days: 7)
    #expect(request.at("state") == "fulfilled" && request.at("closesAt") == at)
    world.database.clock.advance(seconds: 7 * Self.day - 1)
    try await world.sweep()
    #expect(try await world.request(request).at("state") == "fulfilled")
    world.database.clock.advance(seconds: 3600)
    for _ in 0..<2 { try await world.sweep() }
    let closed = try await world.request(request, as: orderer)
    #expect(closed.at("state") == "closed" && closed.at("closedAt") == at && closed.at("closesAt") == .null)
    #expect(closed.at("endedAt") == request.at("endedAt"), "it was fulfilled when it was")
    // Others who have it open must read it again.
    #expect(closed.at("version").integer == (request.at("version").integer ?? 0) + 1)
    let events = try await world.call("request.history", ["id": request.at("id"), "limit": 200], as: orderer).at("items").array ?? []
    let closings = events.filter { $0.at("type") == "request.closed" }
    #expect(closings.count == 1 && closings.first?.at("actorKind") == "system" && closings.first?.at("occurredAt") == at)
    #expect(await close(world, closed, as: orderer) == ["request.wrong_state"])
  }

  /// Before the sweep has come by, whoever acts on it finds it closed.
  @Test func nobodyActsOnWhatTimeHasClosed() async throws {
    let world = try await RequestsWorld()
    let (request, orderer) = try await fulfilled(world)
    world.database.clock.advance(seconds: 8 * Self.day)
    #expect(await close(world, request, as: orderer) == ["request.wrong_state"])
    try await world.call("request.comment", ["id": request.at("id"), "body": "Too late?"], as: orderer)
    let closed = try await world.request(request, as: orderer)
    #expect(closed.at("state") == "closed" && closed.at("closedAt") == request.at("closesAt"))
    #expect(try await world.history(request).suffix(2) == ["closed", "commented"])
  }

  /// Who ordered it says that something is missing: the time begins anew. A word of the staff is no objection.
  @Test func aWordOfTheCustomerBeginsTheTimeAnew() async throws {
    let world = try await RequestsWorld()
    let (request, orderer) = try await fulfilled(world)
    world.database.clock.advance(seconds: 5 * Self.day)
    try await world.call("request.comment", ["id": request.at("id"), "body": "Is all well?", "visibility": "public"], as: world.engineer)
    #expect(try await world.request(request).at("closesAt") == request.at("closesAt"))
    try await world.call("request.comment", ["id": request.at("id"), "body": "The charger is missing"], as: orderer)
    #expect(try await world.request(request).at("closesAt") == due(world, days: 7))
    world.database.clock.advance(seconds: 3 * Self.day)
    try await world.sweep()
    #expect(try await world.request(request).at("state") == "fulfilled")
    // He confirms it: time has nothing left to do.
    let version = try await world.request(request, as: orderer).at("version")
    let closed = try await world.call("request.close", ["id": request.at("id")], as: orderer, version: version)
    #expect(closed.at("state") == "closed" && closed.at("closesAt") == .null && closed.at("closedAt") == .instant(world.database.clock.now()))
    world.database.clock.advance(seconds: 30 * Self.day)
    try await world.sweep()
    #expect(try await world.history(request).filter { $0 == "closed" }.count == 1)
  }

  /// Of the contract, else of the customer, else of the provider; each customer his own.
  @Test func thePolicySaysWhen() async throws {
    let world = try await RequestsWorld()
    try await world.database.set("ticket_policy.set", ["customer": .id(world.acme.publicId), "closeRequestsAfterDays": 2], as: world.manager)
    let (first, _) = try await fulfilled(world)
    #expect(first.at("closesAt") == due(world, days: 2))
    let (foreign, _) = try await fulfilled(world, of: world.other)
    #expect(foreign.at("closesAt") == due(world, days: 7), "another customer's policy")
    try await world.database.set("ticket_policy.set", ["closeRequestsAfterDays": 3], as: world.manager)
    #expect(try await fulfilled(world, of: world.other).request.at("closesAt") == due(world, days: 3))
    #expect(try await world.request(foreign).at("closesAt") == due(world, days: 7), "what was told stays")
    try await world.database.set("ticket_policy.set", ["customer": .id(world.acme.publicId), "closeRequestsAfterDays": 0], as: world.manager)
    let (never, orderer) = try await fulfilled(world)
    #expect(never.at("closesAt") == .null)
    // A word plans nothing where there is no time.
    try await world.call("request.comment", ["id": never.at("id"), "body": "Thanks"], as: orderer)
    world.database.clock.advance(seconds: 40 * Self.day)
    try await world.sweep()
    #expect(try await world.request(never).at("state") == "fulfilled")
    #expect(try await world.request(first).at("state") == "closed")
  }

  /// The contract whose line covers the request comes before its customer.
  @Test func aContractHasItsOwn() async throws {
    let world = try await RequestsWorld()
    let orderer = try await world.database.user(.requester, of: world.acme, .own)
    let offering = try await world.offering("PHONE", [:])
    let contract = try await world.call("contract.list", ["customer": .id(world.acme.publicId)]).at("items.0.id")
    try await world.database.set("ticket_policy.set", ["customer": .id(world.acme.publicId), "closeRequestsAfterDays": 2], as: world.manager)
    try await world.database.set(
      "ticket_policy.set", ["customer": .id(world.acme.publicId), "contract": contract, "closeRequestsAfterDays": 9], as: world.manager)
    let ordered = try await world.call("request.submit", ["offering": offering, "published": 1], as: orderer)
    try await world.sweep()
    let task = try await world.request(ordered, as: world.engineer).at("tasks.0.id")
    try await world.call("task.skip", ["id": task, "reason": "There was one left"], as: world.engineer)
    #expect(try await world.request(ordered).at("closesAt") == due(world, days: 9))
  }
}
