import Desk
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

/// Exactly one answers for a ticket, once somebody took it.
@Suite struct OwnershipTests {
  /// The public id of a member of the staff.
  private func id(_ principal: Principal, _ world: DeskWorld) async throws -> Value {
    let bits = try await world.database.superuser.transaction { try await $0.query(StaffBits(account: principal.actor.id)) }
    return .id(world.database.provider.id("stf", try #require(bits.first)))
  }

  /// Another engineer, who may work for all customers.
  private func colleague(_ world: DeskWorld, for customers: [TenantEntry]? = nil) async throws -> Principal {
    let second = try await world.database.staff(.engineer, for: customers)
    let scope: [Value.Member] =
      if let customers { [Value.Member("customers", .array(customers.map { .id($0.publicId) }))] } else { [Value.Member("everyCustomer", .bool(true))] }
    let account = Value.Member("account", try await id(second, world))
    _ = try await world.database.dispatcher.invoke(
      "staff_grant.add", .object([account, Value.Member("role", "engineer")] + scope), as: world.database.root, Call(requestId: "test"))
    return second
  }

  private func queue(_ world: DeskWorld, _ filter: KeyValuePairs<String, Value>, as principal: Principal? = nil) async throws -> [Value] {
    try await world.database.call("incident.queue", filter, as: principal ?? world.engineer)["items"]?.column("id") ?? []
  }

  /// From the first of the staff who takes it on, one answers for it; that it is nobody's is found before.
  @Test func whoTakesItOnFirstAnswers() async throws {
    let world = try await DeskWorld()
    let second = try await colleague(world)
    let (first, other) = (try await id(world.engineer, world), try await id(second, world))
    var tickets: [Value] = []
    for _ in 0..<4 { tickets.append(try await world.open()) }
    let ids = tickets.map { $0["id"] ?? .null }
    #expect(try await queue(world, ["unowned": .bool(true)]) == ids)
    #expect(try await world.act("start", on: tickets[0])["owner"] == first)
    #expect(try await world.act("assign", on: tickets[1], ["assignee": other])["owner"] == other)
    let resolved = try await world.act("resolve", on: tickets[2], ["resolution": "done"], as: second)
    #expect(resolved["owner"] == other)
    #expect(try await world.act("resolve", on: try await world.read(tickets[0]), ["resolution": "done"], as: second)["owner"] == first, "he stays")
    #expect(try await queue(world, ["unowned": .bool(true)]) == [ids[3]])
    #expect(try await queue(world, ["owner": other]) == [ids[1]], "of the open ones")
    #expect(try await queue(world, ["owner": first]) == [])
  }

  /// Work is given to those who may do it.
  @Test func nobodyIsAssignedWhoMayNotWorkForTheCustomer() async throws {
    let world = try await DeskWorld()
    let stranger = try await colleague(world, for: [world.other])
    let ticket = try await world.open()
    let theirs = try await id(stranger, world)
    let refused = await #expect(throws: Failure.self) { try await world.act("assign", on: ticket, ["assignee": theirs]) }
    #expect(refused?.violations.map { "\($0.path) \($0.message.key)" } == ["assignee owner.may_not_work"])
    let own = try await id(try await colleague(world, for: [world.acme]), world)
    #expect(try await world.act("assign", on: ticket, ["assignee": own])["assignee"] == own)
  }

  /// Guard: whoever may not see the ticket would be on its list and never told anything.
  @Test func nobodyWatchesWhatHeMayNotSee() async throws {
    let world = try await DeskWorld()
    let ticket = try await world.open()
    let stranger = try await id(try await colleague(world, for: [world.other]), world)
    let refused = await #expect(throws: Failure.self) { try await world.act("watch", on: ticket, ["staff": stranger]) }
    #expect(refused?.violations.map { "\($0.path) \($0.message.key)" } == ["staff watcher.may_not_read"])
    let own = try await id(try await colleague(world, for: [world.acme]), world)
    try await world.act("watch", on: ticket, ["staff": own])
    #expect(try await world.list("watchers", of: ticket).compactMap { $0["staff"] } == [own])
  }

  /// What the operator offered is no programme's to take back, although neither is a member of the staff.
  @Test func whoeverOffersIsKnownByKind() async throws {
    let world = try await DeskWorld()
    let taken = try await world.act("take", on: try await world.open())
    let offered = try await world.act("offer", on: taken, ["staff": try await id(try await colleague(world), world)], as: world.database.root)
    let program = Principal(
      actor: Actor(kind: .service, id: 1_000_000, via: .http), tenant: world.database.provider.id, side: .staff, name: "monitor",
      grants: [Grant(role: StockRole.engineer.rawValue, permissions: world.database.permissions(of: .engineer), scope: .all)])
    await expectFailure(.conflict) { try await world.act("return_offer", on: offered, ["reason": "Mine?"], as: program) }
    let withdrawn = try await world.act("return_offer", on: offered, ["reason": "Thought again"], as: world.database.root)
    let offers = try await world.database.call("incident.handovers", ["id": withdrawn["id"] ?? .null], as: world.engineer)["items"]
    #expect(offers?.column("outcome") == ["withdrawn"])
  }

  /// What is offered is found by whom it is offered to; nobody is offered what he may not work on.
  @Test func anOfferIsFoundAndEndsWithTheWork() async throws {
    let world = try await DeskWorld()
    let (second, stranger) = (try await colleague(world), try await colleague(world, for: [world.other]))
    let taken = try await world.act("take", on: try await world.open())
    let theirs = try await id(stranger, world)
    await expectFailure(.invalid) { try await world.act("offer", on: taken, ["staff": theirs]) }
    let offered = try await world.act("offer", on: taken, ["staff": try await id(second, world)])
    #expect(try await queue(world, ["offered": .bool(true)], as: second) == [offered["id"] ?? .null])
    #expect(try await queue(world, ["offered": .bool(true)]) == [])
    let resolved = try await world.act("resolve", on: offered, ["resolution": "done"])
    await expectFailure(.conflict) { try await world.act("offer", on: resolved, ["staff": try await id(second, world)]) }
    let reopened = try await world.act("reopen", on: resolved, ["reason": "Still broken."])
    await expectFailure(.conflict) { try await world.act("accept_offer", on: reopened, as: second) }
    #expect(try await world.list("handovers", of: reopened).compactMap { $0["outcome"] } == ["withdrawn"])
  }

  @Test func theFormerOwnerAnswersUntilTheOfferIsAccepted() async throws {
    let world = try await DeskWorld()
    let second = try await colleague(world)
    let (first, other) = (try await id(world.engineer, world), try await id(second, world))
    let opened = try await world.open()
    #expect(opened["owner"] == .null)
    let taken = try await world.act("take", on: opened)
    #expect(taken["owner"] == first)
    await expectFailure(.conflict) { try await world.act("take", on: taken, as: second) }
    await expectFailure(.conflict) { try await world.act("offer", on: taken, ["staff": other], as: second) }
    let offered = try await world.act("offer", on: taken, ["staff": other, "reason": "Knows the system"])
    #expect(offered["owner"] == first)
    await expectFailure(.conflict) { try await world.act("accept_offer", on: offered) }
    await expectFailure(.conflict) { try await world.act("offer", on: offered, ["staff": other]) }
    let accepted = try await world.act("accept_offer", on: offered, as: second)
    #expect(accepted["owner"] == other)
    await expectFailure(.conflict) { try await world.act("accept_offer", on: accepted, as: second) }
    let handovers = try await world.list("handovers", of: accepted)
    #expect(handovers.first?["from"] == first && handovers.first?["staff"] == other)
    #expect(handovers.first?["outcome"] == "accepted" && handovers.first?["reason"] == "Knows the system")
    let events = try await world.list("history", of: accepted)
    #expect(
      events.compactMap { $0["type"] } == ["incident.opened", "incident.owner_changed", "incident.ownership_offered", "incident.owner_changed"])
    #expect(events.last?["payload"]?["owner"] == other && events.last?["payload"]?["from"] == first)
    #expect(!"\(events)".contains("Knows the system"))
  }

  @Test func whatIsReturnedStaysWithItsOwner() async throws {
    let world = try await DeskWorld()
    let second = try await colleague(world)
    let (first, other) = (try await id(world.engineer, world), try await id(second, world))
    let taken = try await world.act("take", on: try await world.open())
    let offered = try await world.act("offer", on: taken, ["staff": other])
    let third = try await world.database.staff(.engineer)
    await expectFailure(.conflict) { try await world.act("return_offer", on: offered, ["reason": "Not mine"], as: third) }
    let returned = try await world.act("return_offer", on: offered, ["reason": "On leave"], as: second)
    #expect(returned["owner"] == first)
    let again = try await world.act("offer", on: returned, ["staff": other])
    let withdrawn = try await world.act("return_offer", on: again, ["reason": "Solved meanwhile"])
    let handovers = try await world.list("handovers", of: withdrawn)
    #expect(handovers.compactMap { $0["outcome"] } == ["returned", "withdrawn"])
    #expect(handovers.compactMap { $0["answerReason"] } == ["On leave", "Solved meanwhile"])
    await expectFailure(.invalid) { try await world.act("return_offer", on: withdrawn) }
  }

  @Test func ofATeamWhoeverAcceptsAnswers() async throws {
    let world = try await DeskWorld()
    let team = try await world.database.call("team.create", ["name": "Network"], as: world.manager)
    let second = try await world.database.staff(.engineer)
    let opened = try await world.open()
    await expectFailure(.conflict) { try await world.act("offer", on: opened, ["team": team["id"] ?? .null]) }
    let taken = try await world.act("take", on: opened)
    await expectFailure(.invalid) { try await world.act("offer", on: taken) }
    await expectFailure(.invalid) { try await world.act("offer", on: taken, ["staff": try await id(world.engineer, world)]) }
    let offered = try await world.act("offer", on: taken, ["team": team["id"] ?? .null])
    let accepted = try await world.act("accept_offer", on: offered, as: second)
    #expect(try await accepted["owner"] == id(second, world))
    #expect(try await world.list("handovers", of: accepted).first?["team"] == team["id"])
  }

  @Test func ofTwoWhoTakeItAtOnceOneDoes() async throws {
    let world = try await DeskWorld()
    let second = try await world.database.staff(.engineer)
    let opened = try await world.open()
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for principal in [world.engineer, second] {
        group.addTask { (try? await world.act("take", on: opened, as: principal)) != nil }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 }.count == 1)
    #expect(try await world.read(opened)["owner"]?.text != nil)
  }

  @Test func aPartHasTheOwnerOfTheWhole() async throws {
    let world = try await DeskWorld()
    let taken = try await world.act("take", on: try await world.open())
    let part = try await world.act("split", on: taken, ["title": "A part"])
    #expect(part["owner"] == taken["owner"])
    #expect(try await world.read(part)["owner"] == taken["owner"])
  }

  /// Whom the rule names answers for what nobody has taken, until it is closed; the queue tells it, and nobody counts as having taken it.
  @Test func whatNobodyHasTakenIsAnsweredForByTheRule() async throws {
    let world = try await DeskWorld()
    let second = try await colleague(world)
    let lead = try await colleague(world)
    try await rule("Pat", is: lead, world)
    let (ruled, other) = (try await id(lead, world), try await id(second, world))
    let opened = try await world.open()
    #expect(opened["owner"] == ruled && opened["ownerBy"] == "default")
    #expect(try await queue(world, ["unowned": .bool(true)]) == [opened["id"] ?? .null])
    let line = try await world.database.call("incident.queue", as: world.engineer)["items"]?.array?.first
    #expect(line?["owner"] == ruled && line?["ownerName"] == "Pat" && line?["ownerBy"] == "default")
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let shown = try await world.read(opened, as: customer)
    #expect(shown["owner"] == .null && shown["ownerBy"] == .null)
    // He takes it before he offers it, as anybody.
    await expectFailure(.conflict) { try await world.act("offer", on: opened, ["staff": other], as: lead) }
    let taken = try await world.act("take", on: opened, as: lead)
    #expect(taken["owner"] == ruled && taken["ownerBy"] == "person")
    let offered = try await world.act("offer", on: taken, ["staff": other], as: lead)
    let accepted = try await world.act("accept_offer", on: offered, as: second)
    #expect(accepted["owner"] == other && accepted["ownerBy"] == "person")
  }

  /// What somebody who left answered for falls to the rule, each with an event, once; what is over keeps its owner.
  @Test func whatIsLeftBehindIsAnsweredForByTheRule() async throws {
    let world = try await DeskWorld()
    let second = try await colleague(world)
    try await rule("Pat", is: world.manager, world)
    let (ruled, other) = (try await id(world.manager, world), try await id(second, world))
    var tickets: [Value] = []
    for _ in 0..<3 { tickets.append(try await world.act("take", on: try await world.open(), as: second)) }
    let foreign = try await world.act("take", on: try await world.open(for: world.other), as: second)
    let third = try await id(try await colleague(world), world)
    tickets[1] = try await world.act("offer", on: tickets[1], ["staff": third], as: second)
    tickets[2] = try await world.act("resolve", on: tickets[2], ["resolution": "done"], as: second)
    let sweep = OwnerSweep([TicketOwners()], batch: 1)
    try await sweep.run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await world.read(tickets[0])["owner"] == other, "he is there")
    try await world.database.call("staff.disable", ["id": other], as: world.database.root)
    for _ in 0..<2 { try await sweep.run(at: world.database.clock.now(), world.database.tenancy) }
    for ticket in [tickets[0], tickets[1], foreign] {
      let read = try await world.read(ticket)
      #expect(read["owner"] == ruled && read["ownerBy"] == "default")
      await expectFailure(.versionMismatch) { try await world.act("start", on: ticket) }
      let events = try await world.list("history", of: ticket)
      #expect(events.compactMap { $0["type"] }.filter { $0 == "incident.owner_changed" }.count == 2)
      #expect(events.last?["payload"]?["from"] == other && events.last?["payload"]?["left"] == .bool(true))
    }
    #expect(try await world.list("handovers", of: tickets[1]).compactMap { $0["outcome"] } == ["withdrawn"], "nobody accepts what he offered")
    #expect(try await world.read(tickets[2])["owner"] == other)
    let reopened = try await world.act("reopen", on: tickets[2], ["reason": "Still broken."])
    try await sweep.run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await world.read(reopened)["owner"] == ruled)
  }

  private func sweep(_ world: DeskWorld) async throws {
    try await OwnerSweep([TicketOwners()], batch: 1).run(at: world.database.clock.now(), world.database.tenancy)
  }

  /// A grant that is revoked, narrowed to other customers, to reading, or that runs out ends ownership where it was for, once and with an event.
  /// Whoever still may goes on, and so does he where he still may.
  @Test func aLostGrantEndsOwnership() async throws {
    let world = try await DeskWorld()
    try await rule("Pat", is: world.manager, world)
    let ruled = try await id(world.manager, world)
    let losses: [(what: String, lose: (Value) async throws -> Void)] = [
      ("revoked", { try await world.database.narrow($0) }),
      ("other customers", { try await world.database.narrow($0, to: [world.other]) }),
      ("a role that does not work on incidents", { try await world.database.narrow($0, to: [world.acme, world.other], .accountManager) }),
    ]
    let stays = try await world.act("take", on: try await world.open(), as: try await colleague(world, for: [world.acme]))
    for (what, lose) in losses {
      let second = try await colleague(world)
      let other = try await id(second, world)
      let (ours, theirs) = (try await world.open(), try await world.open(for: world.other))
      for ticket in [ours, theirs] { try await world.act("take", on: ticket, as: second) }
      try await sweep(world)
      #expect(try await world.read(ours)["owner"] == other, "he still may")
      try await lose(other)
      for _ in 0..<2 { try await sweep(world) }
      let read = try await world.read(ours)
      #expect(read["owner"] == ruled && read["ownerBy"] == "default", "\(what)")
      let events = try await world.list("history", of: ours)
      #expect(events.compactMap { $0["type"] } == ["incident.opened", "incident.owner_changed", "incident.owner_changed"], "\(what)")
      #expect(events.last?["payload"]?["from"] == other && events.last?["payload"]?["mayNotWork"] == .bool(true))
      #expect(try await world.read(theirs)["owner"] == (what == "other customers" ? other : ruled), "\(what)")
    }
    #expect(try await world.read(stays)["owner"] == stays["owner"])
    #expect(try await world.read(stays)["version"] == stays["version"], "of who still may nothing is written")
  }

  /// Whom it is offered to cannot accept it any more: the offer ends, and its owner goes on. Who stays assigned without the right owns nothing anew.
  @Test func nobodyIsLeftWithAnOfferThatHeCannotAccept() async throws {
    let world = try await DeskWorld()
    let (first, second) = (try await colleague(world), try await colleague(world))
    let other = try await id(second, world)
    let taken = try await world.act("take", on: try await world.open(), as: first)
    let offered = try await world.act("offer", on: taken, ["staff": other], as: first)
    try await sweep(world)
    #expect(try await world.list("handovers", of: offered).compactMap { $0["outcome"]?.text } == [])
    let assigned = try await world.act("assign", on: try await world.open(), ["assignee": other])
    try await world.database.narrow(other, to: [world.other])
    for _ in 0..<2 { try await sweep(world) }
    #expect(try await world.list("handovers", of: offered).compactMap { $0["outcome"] } == ["withdrawn"])
    #expect(try await world.read(offered)["owner"] == taken["owner"])
    let events = try await world.list("history", of: offered).compactMap { $0["type"] }
    #expect(events.filter { $0 == "incident.ownership_returned" }.count == 1)
    let team = try await world.database.call("team.create", ["name": "Network"], as: world.database.root)["id"] ?? .null
    let moved = try await world.act("assign", on: try await world.read(assigned), ["team": team])
    #expect(moved["assignee"] == other && moved["ownerBy"] != "person")
  }

  /// As the sweep of handbooks leaves it.
  private func rule(_ name: String, is principal: Principal, _ world: DeskWorld) async throws {
    try await world.database.runAsSuperuser(
      """
      insert into handbooks.accountable (process, valid_from, owner_id, owner_public_id, owner_name, rule)
      select 'incident', '2026-01-01', id, public_id, '\(name)', 'default' from tenancy.account where id = \(principal.actor.id)
      """)
  }

  @Test func whoAnswersIsNoneOfTheCustomersAffair() async throws {
    let world = try await DeskWorld()
    let taken = try await world.act("take", on: try await world.open())
    let manager = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await world.read(taken, as: manager)["owner"] == .null)
    #expect(try await world.list("history", of: taken, as: manager).compactMap { $0["type"] } == ["incident.opened"])
    await #expect(throws: Failure.self) { try await world.list("handovers", of: taken, as: manager) }
  }
}
