import Kernel
import Operations
import Postgres
import Requests
import TestSupport
import Tenancy
import Testing

/// Exactly one answers for a request until it is closed, whoever is at its tasks: who took it or accepted it, else whom the rule names.
@Suite struct OwnershipTests {
  @Test func aRequestIsAnsweredForUntilItIsOver() async throws {
    let world = try await RequestsWorld()
    let orderer = try await world.database.user(.requester, of: world.acme, .own)
    try await world.database.runAsSuperuser(
      """
      insert into handbooks.accountable (process, valid_from, owner_id, owner_public_id, owner_name, rule)
      select 'request', '2026-01-01', id, public_id, 'Pat', 'handbook' from tenancy.account where id = \(world.engineer.actor.id)
      """)
    let ruled = try await world.ids(of: world.engineer).account
    let request = try await world.call(
      "request.submit", ["offering": try await world.offering("LAPTOP", ["form": .array([])]), "published": 1], as: orderer)
    #expect(request.at("owner").isNull && request.at("ownerName").isNull && request.at("ownerBy").isNull, "that is the provider's own affair")
    let read = try await world.request(request)
    #expect(read.at("owner") == ruled && read.at("ownerName") == "Pat" && read.at("ownerBy") == "handbook")
    let listed = try await world.call("request.list", ["customer": .id(world.acme.publicId)])
    #expect(listed.at("items.0.owner") == ruled)
    let withdrawn = try await world.call("request.withdraw", ["id": request.at("id")], as: orderer, version: read.at("version"))
    #expect(withdrawn.at("state") == "withdrawn")
    #expect(try await world.request(request).at("owner").isNull)
  }

  /// An order by somebody of ACME's, that goes on.
  private func order(_ world: RequestsWorld) async throws -> (request: Value, orderer: Principal) {
    let orderer = try await world.database.user(.requester, of: world.acme, .own)
    let offering = try await world.offering("LAPTOP", ["form": .array([])])
    return (try await world.call("request.submit", ["offering": offering, "published": 1], as: orderer), orderer)
  }

  /// An engineer who may work for these customers; nil: for all.
  private func engineer(_ world: RequestsWorld, for customers: [TenantEntry]? = nil) async throws -> (principal: Principal, id: Value) {
    let principal = try await world.database.staff(.engineer, for: customers)
    let id = try await world.ids(of: principal).account
    if let customers {
      let listed = Value.array(customers.map { .id($0.publicId) })
      try await world.call("staff_grant.add", ["account": id, "role": "engineer", "customers": listed], as: world.database.root)
    } else {
      try await world.call("staff_grant.add", ["account": id, "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
    }
    return (principal, id)
  }

  @discardableResult
  private func act(
    _ verb: String, on request: Value, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal, _ world: RequestsWorld
  ) async throws -> Value {
    let input = [Value.Member("id", request.at("id"))] + more.map { Value.Member($0.key, $0.value) }
    let call = Call(requestId: "test", expectedVersion: request.at("version").integer)
    return try await world.database.dispatcher.invoke("request.\(verb)", .object(input), as: principal, call).value
  }

  @Test func theFormerOwnerAnswersUntilTheOfferIsAccepted() async throws {
    let world = try await RequestsWorld()
    let (first, second) = (try await engineer(world), try await engineer(world))
    let (ordered, orderer) = try await order(world)
    let request = try await world.request(ordered, as: first.principal)
    #expect(await refusal { try await act("offer", on: request, ["staff": second.id], as: first.principal, world) } == ["owner.nobody"])
    let taken = try await act("take", on: request, as: first.principal, world)
    #expect(taken.at("owner") == first.id && taken.at("ownerBy") == "person" && !taken.at("ownerName").isNull)
    #expect(await refusal { try await act("take", on: taken, as: second.principal, world) } == ["owner.taken"])
    #expect(await refusal { try await act("offer", on: taken, as: first.principal, world) } == ["staff owner.one_receiver"])
    #expect(await refusal { try await act("offer", on: taken, ["staff": first.id], as: first.principal, world) } == ["staff owner.offered_to_owner"])
    #expect(await refusal { try await act("offer", on: taken, ["staff": second.id], as: second.principal, world) } == ["owner.not_yours"])
    let offered = try await act("offer", on: taken, ["staff": second.id, "reason": "Knows the site"], as: first.principal, world)
    #expect(offered.at("owner") == first.id)
    #expect(try await world.call("request.queue", ["offered": .bool(true)], as: second.principal).at("items.0.id") == offered.at("id"))
    #expect(try await world.call("request.queue", ["offered": .bool(true)], as: first.principal).at("items").array?.count == 0)
    #expect(await refusal { try await act("offer", on: offered, ["staff": second.id], as: first.principal, world) } == ["owner.offered"])
    #expect(await refusal { try await act("accept_offer", on: offered, as: first.principal, world) } == ["owner.offered_to_another"])
    let returned = try await act("return_offer", on: offered, ["reason": "On leave"], as: second.principal, world)
    #expect(returned.at("owner") == first.id)
    #expect(await refusal { try await act("accept_offer", on: returned, as: second.principal, world) } == ["owner.not_offered"])
    let again = try await act("offer", on: returned, ["staff": second.id], as: world.database.root, world)
    let accepted = try await act("accept_offer", on: again, as: second.principal, world)
    #expect(accepted.at("owner") == second.id)
    let handovers = try await world.call("request.handovers", ["id": accepted.at("id")], as: second.principal)
    #expect(handovers.at("items.0.outcome") == "returned" && handovers.at("items.1.outcome") == "accepted")
    #expect(handovers.at("items.0.reason") == "Knows the site" && handovers.at("items.0.answerReason") == "On leave")
    #expect(handovers.at("items.1.from") == first.id && handovers.at("items.1.staff") == second.id)
    let told = try await world.history(accepted).filter { $0.hasPrefix("owner") }
    #expect(told == ["owner_changed", "ownership_offered", "ownership_returned", "ownership_offered", "owner_changed"])
    let shown = try await world.history(accepted, as: orderer).filter { $0.hasPrefix("owner") }
    #expect(shown == [], "that is the provider's own affair")
    #expect(try await world.request(accepted, as: orderer).at("owner").isNull)
    #expect(try await world.call("request.list", [:], as: orderer).at("items.0.ownerName").isNull)
  }

  /// Whom it is offered to may work for the customer; of a team whoever may accepts it.
  @Test func itIsOfferedToWhoMayWorkForTheCustomer() async throws {
    let world = try await RequestsWorld()
    let (first, servesOther) = (try await engineer(world), try await engineer(world, for: [world.other]))
    let second = try await engineer(world, for: [world.acme])
    let request = try await world.request(try await order(world).request, as: first.principal)
    let taken = try await act("take", on: request, as: first.principal, world)
    let refused = await refusal { try await act("offer", on: taken, ["staff": servesOther.id], as: first.principal, world) }
    #expect(refused == ["staff owner.may_not_work"])
    let teams = try await world.call("team.list", [:], as: first.principal)
    let offered = try await act("offer", on: taken, ["team": teams.at("items.0.id")], as: first.principal, world)
    #expect(try await world.call("request.queue", ["offered": .bool(true)], as: second.principal).at("items.0.id") == offered.at("id"))
    #expect(try await world.call("request.queue", ["offered": .bool(true)], as: servesOther.principal).at("items").array?.count == 0)
    let accepted = try await act("accept_offer", on: offered, as: second.principal, world)
    #expect(accepted.at("owner") == second.id)
    // A team has members: it is they who find it, and who answer.
    let team = try await world.call("team.create", ["name": "Field service"], as: world.database.root)
    try await world.call("team.add_member", ["id": team.at("id"), "staff": first.id], as: world.database.root, version: team.at("version"))
    let again = try await act("offer", on: accepted, ["team": team.at("id")], as: second.principal, world)
    #expect(try await world.call("request.queue", ["offered": .bool(true)], as: first.principal).at("items.0.id") == again.at("id"))
    #expect(try await world.call("request.queue", ["offered": .bool(true)], as: second.principal).at("items").array?.count == 0)
  }

  /// What somebody who left answered for, the rule's owner answers for until somebody takes it; what he had offered nobody accepts.
  @Test func whatIsLeftBehindIsAnsweredForByTheRule() async throws {
    let world = try await RequestsWorld()
    let (first, second) = (try await engineer(world), try await engineer(world))
    let request = try await world.request(try await order(world).request, as: first.principal)
    let taken = try await act("take", on: request, as: first.principal, world)
    try await act("offer", on: taken, ["staff": second.id], as: first.principal, world)
    try await world.call("staff.disable", ["id": first.id], as: world.database.root)
    for _ in 0..<2 { try await OwnerSweep([RequestOwners()], batch: 1).run(at: world.database.clock.now(), world.database.tenancy) }
    let left = try await world.request(request, as: second.principal)
    #expect(left.at("ownerBy") != "person")
    #expect(try await world.history(left).filter { $0.hasPrefix("owner") } == ["owner_changed", "ownership_offered", "owner_changed"])
    #expect(await refusal { try await act("accept_offer", on: left, as: second.principal, world) } == ["owner.not_offered"])
    #expect(try await act("take", on: left, as: second.principal, world).at("owner") == second.id)
  }

  /// Who takes his request back sees no offer; it ends all the same. What is over is neither taken nor offered.
  @Test func anOfferEndsWithTheRequest() async throws {
    let world = try await RequestsWorld()
    let (first, second) = (try await engineer(world), try await engineer(world))
    let (ordered, orderer) = try await order(world)
    let taken = try await act("take", on: try await world.request(ordered, as: first.principal), as: first.principal, world)
    let offered = try await act("offer", on: taken, ["staff": second.id], as: first.principal, world)
    try await world.call("request.withdraw", ["id": offered.at("id")], as: orderer, version: offered.at("version"))
    for _ in 0..<2 { try await OwnerSweep([RequestOwners()], batch: 1).run(at: world.database.clock.now(), world.database.tenancy) }
    let handovers = try await world.call("request.handovers", ["id": offered.at("id")], as: first.principal)
    #expect(handovers.at("items.0.outcome") == "withdrawn")
    let over = try await world.request(ordered, as: first.principal)
    #expect(over.at("owner") == first.id && over.at("ownerBy") == "person", "what is over keeps who answered for it")
    #expect(await refusal { try await act("accept_offer", on: over, as: second.principal, world) } == ["request.wrong_state"])
  }

  /// A grant that is narrowed to other customers ends ownership, and offers to whom it is; of who still may nothing is written.
  @Test func aLostGrantEndsOwnership() async throws {
    let world = try await RequestsWorld()
    func sweep() async throws {
      for _ in 0..<2 { try await OwnerSweep([RequestOwners()], batch: 1).run(at: world.database.clock.now(), world.database.tenancy) }
    }
    let (first, second) = (try await engineer(world), try await engineer(world, for: [world.acme]))
    let (ordered, orderer) = try await order(world)
    let taken = try await act("take", on: try await world.request(ordered, as: first.principal), as: first.principal, world)
    let offered = try await act("offer", on: taken, ["staff": second.id], as: first.principal, world)
    try await sweep()
    #expect(try await world.request(ordered, as: first.principal).at("version") == offered.at("version"))
    try await world.database.narrow(second.id, to: [world.other])
    try await sweep()
    #expect(try await world.request(ordered, as: first.principal).at("owner") == first.id)
    let handovers = try await world.call("request.handovers", ["id": offered.at("id")], as: first.principal)
    #expect(handovers.at("items.0.outcome") == "withdrawn")
    #expect(try await world.history(offered).filter { $0.hasPrefix("owner") } == ["owner_changed", "ownership_offered", "ownership_returned"])
    try await world.database.narrow(first.id, to: [world.other])
    try await sweep()
    let lost = try await world.request(ordered)
    #expect(lost.at("ownerBy") != "person")
    #expect(try await world.history(lost).filter { $0 == "owner_changed" }.count == 2)
    #expect(try await world.history(lost, as: orderer).filter { $0.hasPrefix("owner") } == [], "that is the provider's own affair")
  }

  /// Nobody of the team that it is offered to may accept it any more: the offer ends, as one to a person does.
  @Test func anOfferThatNobodyOfTheTeamMayAcceptEnds() async throws {
    let world = try await RequestsWorld()
    func sweep() async throws {
      for _ in 0..<2 { try await OwnerSweep([RequestOwners()], batch: 1).run(at: world.database.clock.now(), world.database.tenancy) }
    }
    let (first, second) = (try await engineer(world), try await engineer(world, for: [world.acme]))
    let team = try await world.call("team.create", ["name": "Field service"], as: world.database.root)
    try await world.call("team.add_member", ["id": team.at("id"), "staff": second.id], as: world.database.root, version: team.at("version"))
    let ordered = try await order(world).request
    let taken = try await act("take", on: try await world.request(ordered, as: first.principal), as: first.principal, world)
    let offered = try await act("offer", on: taken, ["team": team.at("id")], as: first.principal, world)
    func outcome() async throws -> Value {
      try await world.call("request.handovers", ["id": offered.at("id")], as: first.principal).at("items.0.outcome")
    }
    try await sweep()
    #expect(try await outcome().isNull, "he still may")
    try await world.database.narrow(second.id, to: [world.other])
    try await sweep()
    #expect(try await outcome() == "withdrawn")
    #expect(try await world.request(ordered, as: first.principal).at("owner") == first.id)
    #expect(try await world.history(offered).filter { $0.hasPrefix("owner") } == ["owner_changed", "ownership_offered", "ownership_returned"])
  }

  /// That a team has not answered for a day is noted once, and is none of the customer's affair.
  @Test func aTeamThatDoesNotAnswerIsNotedOnce() async throws {
    let world = try await RequestsWorld()
    let (first, second) = (try await engineer(world), try await engineer(world))
    let team = try await world.call("team.create", ["name": "Field service"], as: world.database.root)
    let joined = try await world.call(
      "team.add_member", ["id": team.at("id"), "staff": second.id], as: world.database.root, version: team.at("version"))
    let (ordered, orderer) = try await order(world)
    let taken = try await act("take", on: try await world.request(ordered, as: first.principal), as: first.principal, world)
    let offered = try await act("offer", on: taken, ["team": team.at("id")], as: first.principal, world)
    // Who leads it may be gone since the look: then it is not noted as told, for whoever leads it next is to hear of it.
    let offers = try await world.database.superuser.transaction { try await $0.query(NewestOffer()) }
    let offer = try #require(offers.first)
    let (tenant, provider) = (world.acme.id, world.database.provider.id)
    let told = try await world.database.tenancy.transaction(binding: [tenant, provider].sorted(), side: .staff) {
      try await RequestOwners().leadsToRemind(of: offer, of: tenant, provider: provider, at: world.database.clock.now(), in: $0)
    }
    #expect(told == [])
    try await world.call(
      "team.set_lead", ["id": team.at("id"), "staff": second.id, "lead": .bool(true)], as: world.database.root, version: joined.at("version"))
    for seconds in [86_399, 1, 86_400] as [Int64] {
      world.database.clock.advance(seconds: seconds)
      for _ in 0..<2 { try await OwnerSweep([RequestOwners()], batch: 1).run(at: world.database.clock.now(), world.database.tenancy) }
      let noted = try await world.history(offered).filter { $0 == "ownership_waiting" }
      #expect(noted.count == (seconds == 86_399 ? 0 : 1))
    }
    #expect(try await world.history(offered, as: orderer).filter { $0.hasPrefix("owner") } == [])
    #expect(try await world.request(offered, as: first.principal).at("version") == offered.at("version"), "nobody has to read it anew")
  }
}

private struct NewestOffer: Statement {
  static let sql = "select id from requests.handover order by id desc limit 1"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
