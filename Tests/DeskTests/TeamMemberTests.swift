import Desk
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Operations

/// Teams have members: what a team is offered they answer.
@Suite struct TeamMemberTests {
  /// An engineer with a grant on record, for all customers or for these.
  private func worker(_ world: DeskWorld, for customers: [TenantEntry]? = nil) async throws -> (principal: Principal, id: Value) {
    let principal = try await world.database.staff(.engineer, for: customers)
    let id = try await id(principal, world)
    let scope: Value.Member =
      if let customers { Value.Member("customers", .array(customers.map { .id($0.publicId) })) } else { Value.Member("everyCustomer", .bool(true)) }
    _ = try await world.database.dispatcher.invoke(
      "staff_grant.add", .object([Value.Member("account", id), Value.Member("role", "engineer"), scope]), as: world.database.root, Call(requestId: "test"))
    return (principal, id)
  }

  private func id(_ principal: Principal, _ world: DeskWorld) async throws -> Value {
    let bits = try await world.database.superuser.transaction { try await $0.query(StaffBits(account: principal.actor.id)) }
    return .id(world.database.provider.id("stf", try #require(bits.first)))
  }

  private func team(_ world: DeskWorld, _ members: Value...) async throws -> Value {
    var team = try await world.database.call("team.create", ["name": "Network"], as: world.manager)
    for member in members { team = try await add(member, to: team, world) }
    return team
  }

  @discardableResult
  private func add(_ staff: Value, to team: Value, _ world: DeskWorld, as principal: Principal? = nil) async throws -> Value {
    try await world.database.call(
      "team.add_member", ["id": team["id"] ?? .null, "staff": staff], as: principal ?? world.manager, version: team["version"]?.integer)
  }

  private func offered(to team: Value, _ world: DeskWorld) async throws -> Value {
    let taken = try await world.act("take", on: try await world.open())
    return try await world.act("offer", on: taken, ["team": team["id"] ?? .null])
  }

  private func refusal(_ body: () async throws -> Value) async -> String {
    do {
      _ = try await body()
      return "accepted"
    } catch let failure as Failure {
      return failure.violations.first.map { "\($0.path) \($0.message.key)" } ?? failure.code
    } catch {
      return "\(error)"
    }
  }

  /// Guard: any engineer would accept, or return, what a team of others is offered.
  @Test func onlyMembersAnswerWhatTheirTeamIsOffered() async throws {
    let world = try await DeskWorld()
    let (member, stranger) = (try await worker(world), try await worker(world))
    let team = try await team(world, member.id)
    let ticket = try await offered(to: team, world)
    #expect(await refusal { try await world.act("accept_offer", on: ticket, as: stranger.principal) } == "owner.offered_to_team")
    let returning = await refusal { try await world.act("return_offer", on: ticket, ["reason": "Not ours"], as: stranger.principal) }
    #expect(returning == "owner.offered_to_team")
    let returned = try await world.act("return_offer", on: ticket, ["reason": "Not ours"], as: member.principal)
    let again = try await world.act("offer", on: returned, ["team": team["id"] ?? .null])
    let withdrawn = try await world.act("return_offer", on: again, ["reason": "Thought again"])
    #expect(try await world.list("handovers", of: withdrawn).compactMap { $0["outcome"] } == ["returned", "withdrawn"], "who offered it is no member")
    let last = try await world.act("offer", on: withdrawn, ["team": team["id"] ?? .null])
    #expect(try await world.act("accept_offer", on: last, as: member.principal)["owner"] == member.id)
  }

  @Test func whoMayHandOverForOthersAnswersToo() async throws {
    let world = try await DeskWorld()
    let administrator = try await world.database.staff(.administrator)
    let ticket = try await offered(to: try await team(world, try await worker(world).id), world)
    #expect(try await world.act("accept_offer", on: ticket, as: administrator)["owner"] == id(administrator, world))
  }

  /// Guard: what is offered to a team whose members all left, or do not serve the customer, would wait for nobody.
  @Test func aTeamOfWhichNobodyMayWorkIsAsOneWithoutMembers() async throws {
    let world = try await DeskWorld()
    let (member, stranger) = (try await worker(world), try await worker(world))
    let team = try await team(world, member.id)
    let first = try await offered(to: team, world)
    let input: KeyValuePairs<String, Value> = ["id": team["id"] ?? .null]
    func members() async throws -> Value? { try await world.database.call("team.read", input, as: world.engineer)["members"] }
    #expect(try await members() == 1)
    try await world.database.narrow(member.id, to: [world.other])
    #expect(try await members() == 1, "he works for another customer")
    #expect(try await world.act("accept_offer", on: first, as: stranger.principal)["owner"] == stranger.id)
    try await world.database.narrow(member.id)
    #expect(try await members() == 0)
    let listed = try await world.database.call("team.members", input, as: world.engineer)["items"]
    #expect(listed?.column("staff") == [member.id] && listed?.column("mayWork") == [.bool(false)])
    let second = try await offered(to: team, world)
    #expect(try await world.act("accept_offer", on: second, as: stranger.principal)["owner"] == stranger.id)
  }

  /// Guard: what is offered to a team of which nobody serves the customer any more would stand in nobody's list. One without members is everybody's.
  @Test func anOfferThatNobodyOfTheTeamMayAcceptEnds() async throws {
    let world = try await DeskWorld()
    let (owner, member, leaver) = (try await worker(world), try await worker(world), try await worker(world))
    let network = try await team(world, member.id, leaver.id)
    let servers = try await add(leaver.id, to: try await world.database.call("team.create", ["name": "Servers"], as: world.manager), world)
    func offer(to team: Value) async throws -> Value {
      let taken = try await world.act("take", on: try await world.open(), as: owner.principal)
      return try await world.act("offer", on: taken, ["team": team["id"] ?? .null], as: owner.principal)
    }
    let (lost, everybodys) = (try await offer(to: network), try await offer(to: servers))
    func outcomes(_ ticket: Value) async throws -> [String] { try await world.list("handovers", of: ticket).compactMap { $0["outcome"]?.text } }
    func sweep() async throws {
      for _ in 0..<2 { try await OwnerSweep([TicketOwners()], batch: 1).run(at: world.database.clock.now(), world.database.tenancy) }
    }
    try await world.database.narrow(leaver.id)
    try await sweep()
    #expect(try await outcomes(lost) == [], "one of them still may")
    try await world.database.narrow(member.id, to: [world.other])
    try await sweep()
    #expect(try await outcomes(lost) == ["withdrawn"])
    #expect(try await outcomes(everybodys) == [])
    let events = try await world.list("history", of: lost)
    #expect(events.last?["type"] == "incident.ownership_returned" && events.last?["payload"]?["mayNotWork"] == .bool(true))
    #expect(try await world.read(lost)["owner"] == owner.id)
  }

  /// Guard: for each that is about to end, the teams of all others would be asked about once more.
  @Test func anOfferThatIsToEndIsLookedAtAlone() async throws {
    let world = try await DeskWorld()
    let member = try await worker(world)
    let team = try await team(world, member.id)
    for _ in 0..<3 { _ = try await offered(to: team, world) }
    try await world.database.narrow(member.id, to: [world.other])
    func look(again found: OffersToNobody.Found? = nil) async throws -> [OffersToNobody.Found] {
      let look = OffersToNobody(process: "incident", permission: "incident.work", now: world.database.clock.now(), after: 0, limit: 10, found: found)
      return try await world.database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
    }
    let all = try await look()
    #expect(all.count == 3)
    for one in all { #expect(try await look(again: one).map(\.id) == [one.id]) }
  }

  /// Guard: what only people of another customer's could accept would be offered to them.
  @Test func aTeamIsOfferedWhatOneOfItMayTakeOn() async throws {
    let world = try await DeskWorld()
    let member = try await worker(world, for: [world.other])
    let team = try await team(world, member.id)
    let taken = try await world.act("take", on: try await world.open())
    let offer: KeyValuePairs<String, Value> = ["team": team["id"] ?? .null]
    #expect(await refusal { try await world.act("offer", on: taken, offer) } == "team owner.team_may_not_work")
    try await world.database.narrow(member.id, to: [world.acme])
    #expect(try await world.act("offer", on: taken, offer)["owner"] == taken["owner"])
  }

  /// Guard: what other teams are offered would stand in everybody's list of what waits for him; what is everybody's is in each.
  @Test func whatIsOfferedIsListedToWhoMayAnswer() async throws {
    let world = try await DeskWorld()
    let (member, stranger) = (try await worker(world), try await worker(world))
    _ = try await offered(to: try await team(world, member.id), world)
    let everybodys = try await offered(to: try await world.database.call("team.create", ["name": "Servers"], as: world.manager), world)
    func listed(_ worker: (principal: Principal, id: Value)) async throws -> Int? {
      try await world.database.call("incident.queue", ["offered": .bool(true)], as: worker.principal)["items"]?.array?.count
    }
    #expect(try await listed(member) == 2)
    #expect(try await listed(stranger) == 1)
    let counted = try await world.database.call("incident.count", ["offered": .bool(true)], as: stranger.principal)
    #expect(counted["count"] == 1)
    #expect(try await world.act("accept_offer", on: everybodys, as: stranger.principal)["owner"] == stranger.id)
    #expect(try await listed(stranger) == 0)
    // A team of people who may not work any more has no members.
    try await world.database.narrow(member.id)
    #expect(try await listed(stranger) == 1)
  }

  /// Guard: the queue of one's teams is that of all of them, in one order, and of no other team.
  @Test func theQueueOfOnesTeamsIsThatOfAllOfThem() async throws {
    let world = try await DeskWorld()
    let (member, stranger) = (try await worker(world), try await worker(world))
    let network = try await team(world, member.id)
    let servers = try await world.database.call("team.create", ["name": "Servers"], as: world.manager)
    let printers = try await world.database.call("team.create", ["name": "Printers"], as: world.manager)
    try await add(member.id, to: servers, world)
    try await add(stranger.id, to: printers, world)
    for (title, team) in [("first", servers), ("second", network), ("theirs", printers), ("third", servers)] {
      world.database.clock.advance(seconds: 60)
      try await world.act("assign", on: try await world.open(title), ["team": team["id"] ?? .null])
    }
    _ = try await world.open("nobody's")
    func titles(_ input: KeyValuePairs<String, Value>, as principal: Principal) async throws -> [Value]? {
      try await world.database.call("incident.queue", input, as: principal)["items"]?.column("title")
    }
    #expect(try await titles(["myTeams": .bool(true)], as: member.principal) == ["first", "second", "third"])
    #expect(try await titles(["myTeams": .bool(true)], as: stranger.principal) == ["theirs"])
    #expect(try await titles(["myTeams": .bool(true)], as: world.manager) == [], "he is in no team")
    #expect(try await titles(["myTeams": .bool(true), "team": network["id"] ?? .null], as: member.principal) == ["second"])
    #expect(try await titles(["myTeams": .bool(true), "team": printers["id"] ?? .null], as: member.principal) == [])
    let ordered: KeyValuePairs<String, Value> = ["myTeams": .bool(true), "team": printers["id"] ?? .null, "order": "team_due"]
    #expect(try await titles(ordered, as: member.principal) == [])
    let counted = try await world.database.call("incident.count", ["myTeams": .bool(true)], as: member.principal)
    #expect(counted["count"] == 3)
    // Page by page it goes on behind the last one, whichever team's it was.
    let page = try await world.database.call("incident.queue", ["myTeams": .bool(true), "limit": 2], as: member.principal)
    #expect(page["items"]?.column("title") == ["first", "second"])
    #expect(
      try await titles(["myTeams": .bool(true), "limit": 2, "cursor": page["next"] ?? .null], as: member.principal) == ["third"])
    // A saved filter means the teams of whoever looks, as they are then.
    let saved = try await world.database.call(
      "queue_filter.save", ["name": "Teams", "criteria": .object(["myTeams": .bool(true)])], as: member.principal)
    #expect(saved["criteria"]?["myTeams"] == .bool(true))
    let left = try await world.database.call("team.read", ["id": servers["id"] ?? .null], as: world.manager)
    try await world.database.call(
      "team.remove_member", ["id": left["id"] ?? .null, "staff": member.id], as: world.manager, version: left["version"]?.integer)
    #expect(try await titles(["filter": saved["id"] ?? .null], as: member.principal) == ["second"])
  }

  @Test func aMemberLeadsHisTeam() async throws {
    let world = try await DeskWorld()
    let (member, stranger) = (try await worker(world), try await worker(world))
    let team = try await team(world, member.id)
    func lead(_ staff: Value, _ lead: Bool, version: Value?, as principal: Principal) async throws -> Value {
      try await world.database.call(
        "team.set_lead", ["id": team["id"] ?? .null, "staff": staff, "lead": .bool(lead)], as: principal, version: version?.integer)
    }
    func leads() async throws -> [Value]? {
      try await world.database.call("team.members", ["id": team["id"] ?? .null], as: world.engineer)["items"]?.column("lead")
    }
    #expect(try await leads() == [.bool(false)])
    #expect(await refusal { try await lead(stranger.id, true, version: team["version"], as: world.manager) } == "team.no_member")
    await expectFailure(.denied) { try await lead(member.id, true, version: team["version"], as: world.engineer) }
    let set = try await lead(member.id, true, version: team["version"], as: world.manager)
    #expect(try await leads() == [.bool(true)])
    await expectFailure(.versionMismatch) { try await lead(member.id, false, version: team["version"], as: world.manager) }
    _ = try await lead(member.id, false, version: set["version"], as: world.manager)
    #expect(try await leads() == [.bool(false)])
  }

  @Test func membersComeAndGo() async throws {
    let world = try await DeskWorld()
    let (member, other) = (try await worker(world), try await worker(world))
    let empty = try await team(world)
    #expect(empty["members"] == 0 && empty["version"] == 1)
    let idle = try await id(world.manager, world)
    #expect(await refusal { try await add(idle, to: empty, world) } == "staff team.may_not_work", "he has no grant to work")
    let one = try await add(member.id, to: empty, world)
    #expect(one["members"] == 1 && one["version"] == 2)
    #expect(await refusal { try await add(member.id, to: one, world) } == "team.member_already")
    await expectFailure(.versionMismatch) { try await add(other.id, to: empty, world) }
    await expectFailure(.denied) { try await add(other.id, to: one, world, as: world.engineer) }
    let customer = try await world.database.user(.customerManager, of: world.acme)
    for operation in ["team.read", "team.members"] {
      await expectFailure(.denied) { try await world.database.call(operation, ["id": one["id"] ?? .null], as: customer) }
    }
    let two = try await add(other.id, to: one, world)
    try await world.database.call("team.create", ["name": "Servers"], as: world.manager)
    let mine = try await world.database.call("team.list", ["mine": .bool(true)], as: other.principal)["items"]
    #expect(mine?.column("name") == ["Network"])
    let gone = try await world.database.call(
      "team.remove_member", ["id": two["id"] ?? .null, "staff": member.id], as: world.manager, version: two["version"]?.integer)
    #expect(gone["members"] == 1 && gone["version"] == 4)
    let again = await refusal {
      try await world.database.call(
        "team.remove_member", ["id": gone["id"] ?? .null, "staff": member.id], as: world.manager, version: gone["version"]?.integer)
    }
    #expect(again == "team.no_member")
    let listed = try await world.database.call("team.members", ["id": gone["id"] ?? .null], as: world.engineer)["items"]
    #expect(listed?.column("staff") == [other.id] && listed?.column("mayWork") == [.bool(true)])
  }
}
