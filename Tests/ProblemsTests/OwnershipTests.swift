import Desk
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Problems

/// A problem is handed over by an offer that is accepted or returned, and while it is open it is never nobody's.
@Suite struct OwnershipTests {
  /// Another engineer, who may work for all customers or for these.
  private func colleague(_ world: ProblemsWorld, for customers: [TenantEntry]? = nil) async throws -> (principal: Principal, id: Value) {
    let principal = try await world.database.staff(.engineer, for: customers)
    let id = Value.id(world.database.provider.id("stf", try await world.bits(of: principal)))
    let scope: Value.Member =
      if let customers { Value.Member("customers", .array(customers.map { .id($0.publicId) })) } else { Value.Member("everyCustomer", .bool(true)) }
    _ = try await world.database.dispatcher.invoke(
      "staff_grant.add", .object([Value.Member("account", id), Value.Member("role", "engineer"), scope]), as: world.database.root, Call(requestId: "test"))
    return (principal, id)
  }

  private func sweep(_ world: ProblemsWorld) async throws {
    try await OwnerSweep([ProblemOwners()], batch: 1).run(at: world.database.clock.now(), world.database.tenancy)
  }

  @Test func theFormerOwnerAnswersUntilTheOfferIsAccepted() async throws {
    let world = try await ProblemsWorld()
    let second = try await colleague(world)
    let problem = try await world.problem("One", of: world.acme)
    #expect(problem.at("ownerBy") == "person")
    #expect(await refusal { try await world.act("offer", on: problem) } == "staff owner.one_receiver")
    let nowhere = Value.id(world.database.provider.id("team", [UInt8](repeating: 7, count: 12)))
    #expect(await refusal { try await world.act("offer", on: problem, ["staff": second.id, "team": nowhere]) } == "team input.unknown_reference")
    let offered = try await world.act("offer", on: problem, ["staff": second.id, "reason": "Knows the system"])
    #expect(offered.at("owner") == problem.at("owner"))
    #expect(try await world.call("problem.list", ["offered": .bool(true)], as: second.principal).texts("title") == ["One"])
    #expect(try await world.call("problem.list", ["offered": .bool(true)]).texts("title") == [])
    #expect(await refusal { try await world.act("accept_offer", on: offered) } == "owner.offered_to_another")
    #expect(await refusal { try await world.act("offer", on: offered, ["staff": second.id]) } == "owner.offered")
    let accepted = try await world.act("accept_offer", on: offered, as: second.principal)
    #expect(accepted.at("owner") == second.id)
    #expect(try await world.call("problem.list", ["offered": .bool(true)], as: second.principal).texts("title") == [])
    #expect(await refusal { try await world.act("accept_offer", on: accepted, as: second.principal) } == "owner.not_offered")
    #expect(await refusal { try await world.act("offer", on: accepted, ["staff": second.id], as: second.principal) } == "staff owner.offered_to_owner")
    let handovers = try await world.call("problem.handovers", ["id": accepted.at("id")])
    #expect(handovers.texts("outcome") == ["accepted"] && handovers.texts("reason") == ["Knows the system"])
    #expect(handovers.at("items.0.from") == problem.at("owner") && handovers.at("items.0.staff") == second.id)
    #expect(try await world.events(of: accepted) == ["opened", "ownership_offered", "owner_changed"])
  }

  /// Who does not answer for it hands nothing over, unless he keeps the contracts of its customer.
  @Test func onlyWhoAnswersHandsOver() async throws {
    let world = try await ProblemsWorld()
    let (second, third) = (try await colleague(world), try await colleague(world))
    let problem = try await world.problem("One", of: world.acme)
    #expect(await refusal { try await world.act("offer", on: problem, ["staff": third.id], as: second.principal) } == "problem.not_yours")
    let offered = try await world.act("offer", on: problem, ["staff": third.id], as: world.database.root)
    #expect(await refusal { try await world.act("return_offer", on: offered, ["reason": "Not mine"], as: second.principal) } == "owner.offered_to_another")
    let returned = try await world.act("return_offer", on: offered, ["reason": "On leave"], as: third.principal)
    #expect(returned.at("owner") == problem.at("owner"))
    let again = try await world.act("offer", on: returned, ["staff": second.id])
    let withdrawn = try await world.act("return_offer", on: again, ["reason": "Done already"])
    let handovers = try await world.call("problem.handovers", ["id": withdrawn.at("id")])
    #expect(handovers.texts("outcome") == ["returned", "withdrawn"] && handovers.texts("answerReason") == ["On leave", "Done already"])
  }

  /// An offer to a team is accepted by whoever may speak for all whom the problem may concern; it ends with the work.
  @Test func ofATeamWhoeverServesAllAccepts() async throws {
    let world = try await ProblemsWorld()
    let team = try await world.call("team.create", ["name": "Network"], as: world.database.root).at("id")
    let second = try await colleague(world)
    let offered = try await world.act("offer", on: try await world.problem("Wide"), ["team": team])
    #expect(await refusal { try await world.act("accept_offer", on: offered, as: world.servesAcme) } == "problem.serves_all")
    let returning = await refusal { try await world.act("return_offer", on: offered, ["reason": "Not ours"], as: world.servesAcme) }
    #expect(returning == "problem.serves_all", "who may not accept it for the team does not return it for the team")
    let accepted = try await world.act("accept_offer", on: offered, as: second.principal)
    #expect(accepted.at("owner") == second.id)
    let open = try await world.act("offer", on: accepted, ["team": team], as: second.principal)
    let resolved = try await world.act("resolve", on: open, ["solution": "Replaced"])
    let reopened = try await world.act("reopen", on: resolved, ["reason": "Again"])
    #expect(await refusal { try await world.act("accept_offer", on: reopened) } == "owner.not_offered")
    #expect(try await world.call("problem.handovers", ["id": reopened.at("id")]).texts("outcome") == ["accepted", "withdrawn"])
  }

  /// Guard: of a team with members, any engineer would answer for the team.
  @Test func ofATeamWithMembersOneOfThemAccepts() async throws {
    let world = try await ProblemsWorld()
    let (member, stranger) = (try await colleague(world), try await colleague(world))
    let team = try await world.call("team.create", ["name": "Network"], as: world.database.root).at("id")
    try await world.database.call("team.add_member", ["id": team, "staff": member.id], as: world.database.root, version: 1)
    let offered = try await world.act("offer", on: try await world.problem("One", of: world.acme), ["team": team])
    #expect(await refusal { try await world.act("accept_offer", on: offered, as: stranger.principal) } == "owner.offered_to_team")
    let returning = await refusal { try await world.act("return_offer", on: offered, ["reason": "Not ours"], as: stranger.principal) }
    #expect(returning == "owner.offered_to_team")
    #expect(try await world.call("problem.list", ["offered": .bool(true)], as: member.principal).texts("title") == ["One"])
    #expect(try await world.call("problem.list", ["offered": .bool(true)], as: stranger.principal).texts("title") == [])
    #expect(try await world.act("accept_offer", on: offered, as: member.principal).at("owner") == member.id)
  }

  /// Guard: it would stand in everybody's list of what waits for him, and be refused to him who answers.
  @Test func ofATeamOfWhichNobodyCountsEverybodyAccepts() async throws {
    let world = try await ProblemsWorld()
    let (member, stranger) = (try await colleague(world), try await colleague(world))
    let team = try await world.call("team.create", ["name": "Network"], as: world.database.root).at("id")
    try await world.database.call("team.add_member", ["id": team, "staff": member.id], as: world.database.root, version: 1)
    let offered = try await world.act("offer", on: try await world.problem("One", of: world.acme), ["team": team])
    // Its members may take problems on still, and count no more: they work on no tickets.
    try await world.database.runAsSuperuser("delete from tenancy.role_permission where role = 'engineer' and permission = 'incident.work'")
    #expect(try await world.call("problem.list", ["offered": .bool(true)], as: stranger.principal).texts("title") == ["One"])
    #expect(try await world.act("accept_offer", on: offered, as: stranger.principal).at("owner") == stranger.id)
  }

  /// Guard: by a right for any customer, a team that serves another one would be offered it, and keep everybody else from it.
  @Test func aTeamIsOfferedWhatOneOfItMayTakeOn() async throws {
    let world = try await ProblemsWorld()
    let (member, stranger) = (try await colleague(world, for: [world.other]), try await colleague(world))
    let team = try await world.call("team.create", ["name": "Network"], as: world.database.root).at("id")
    try await world.database.call("team.add_member", ["id": team, "staff": member.id], as: world.database.root, version: 1)
    let ours = try await world.problem("Ours", of: world.acme)
    #expect(await refusal { try await world.act("offer", on: ours, ["team": team]) } == "team owner.team_may_not_work")
    let wide = try await world.problem("Wide")
    #expect(await refusal { try await world.act("offer", on: wide, ["team": team]) } == "team owner.team_may_not_work")
    try await world.database.narrow(member.id, to: [world.acme, world.other])
    #expect(await refusal { try await world.act("offer", on: wide, ["team": team]) } == "team owner.team_may_not_work", "it may concern anybody")
    let offered = try await world.act("offer", on: ours, ["team": team])
    #expect(await refusal { try await world.act("accept_offer", on: offered, as: stranger.principal) } == "owner.offered_to_team")
    // Nobody of the team may take it on any more: it waits for nobody.
    try await world.database.narrow(member.id, to: [world.other])
    #expect(try await world.act("accept_offer", on: offered, as: stranger.principal).at("owner") == stranger.id)
  }

  /// What somebody who left answered for, the rule's owner answers for until somebody takes it; what is over keeps its owner.
  @Test func whatIsLeftBehindIsAnsweredForByTheRule() async throws {
    let world = try await ProblemsWorld()
    try await world.database.runAsSuperuser(
      """
      insert into handbooks.accountable (process, valid_from, owner_id, owner_public_id, owner_name, rule)
      select 'problem', '2026-01-01', id, public_id, 'Pat', 'handbook' from tenancy.account where id = \(world.engineer.actor.id)
      """)
    let ruled = Value.id(world.database.provider.id("stf", try await world.bits(of: world.engineer)))
    let second = try await colleague(world)
    let untaken = try await world.problem("Untaken", as: world.database.root)
    #expect(untaken.at("owner") == ruled && untaken.at("ownerName") == "Pat" && untaken.at("ownerBy") == "handbook")
    var problems: [Value] = []
    for title in ["One", "Two", "Over"] {
      let opened = try await world.problem(title, as: world.database.root)
      problems.append(try await world.act("assign", on: opened, ["staff": second.id]))
    }
    problems[2] = try await world.act("cancel", on: problems[2], ["reason": "None"])
    try await sweep(world)
    #expect(try await world.call("problem.read", ["id": problems[0].at("id")]).at("owner") == second.id, "he is there")
    try await world.call("staff.disable", ["id": second.id], as: world.database.root)
    for _ in 0..<2 { try await sweep(world) }
    for problem in problems.prefix(2) {
      let read = try await world.call("problem.read", ["id": problem.at("id")])
      #expect(read.at("owner") == ruled && read.at("ownerBy") == "handbook")
      #expect(try await world.events(of: read) == ["opened", "owner_changed", "owner_changed"])
      let events = try await world.call("problem.history", ["id": problem.at("id")])
      #expect(events.at("items.2.payload.from") == second.id && events.at("items.2.payload.left") == .bool(true))
      #expect(try await world.act("take", on: read).at("ownerBy") == "person")
    }
    let over = try await world.call("problem.read", ["id": problems[2].at("id")])
    #expect(over.at("owner") == second.id && over.at("ownerBy") == "person")
    let cancelled = try await world.act("cancel", on: untaken, ["reason": "None"])
    #expect(cancelled.at("owner").isNull && cancelled.at("ownerBy").isNull, "nobody ever answered for it in person")
  }

  /// A grant that is narrowed to other customers ends ownership of a problem of this one, and offers to whom it is; a problem that may concern anybody
  /// stays with who works for any.
  @Test func aLostGrantEndsOwnership() async throws {
    let world = try await ProblemsWorld()
    let (second, third) = (try await colleague(world), try await colleague(world))
    let ours = try await world.act("assign", on: try await world.problem("Ours", of: world.acme, as: world.database.root), ["staff": second.id])
    let wide = try await world.act("assign", on: try await world.problem("Wide", as: world.database.root), ["staff": second.id])
    let kept = try await world.act("assign", on: try await world.problem("Kept", of: world.acme, as: world.database.root), ["staff": third.id])
    let offered = try await world.act("offer", on: kept, ["staff": second.id], as: third.principal)
    try await sweep(world)
    #expect(try await world.call("problem.read", ["id": ours.at("id")]).at("version") == ours.at("version"), "he still may")
    try await world.database.narrow(second.id, to: [world.other])
    for _ in 0..<2 { try await sweep(world) }
    #expect(try await world.call("problem.read", ["id": ours.at("id")]).at("ownerBy") != "person")
    #expect(try await world.events(of: ours) == ["opened", "owner_changed", "owner_changed"])
    #expect(try await world.call("problem.history", ["id": ours.at("id")]).at("items.2.payload.mayNotWork") == .bool(true))
    #expect(try await world.call("problem.read", ["id": wide.at("id")]).at("owner") == second.id)
    #expect(try await world.call("problem.read", ["id": kept.at("id")]).at("owner") == third.id)
    #expect(try await world.call("problem.handovers", ["id": offered.at("id")]).texts("outcome") == ["withdrawn"])
    #expect(try await world.events(of: kept) == ["opened", "owner_changed", "ownership_offered", "ownership_returned"])
    try await world.database.narrow(second.id)
    try await sweep(world)
    #expect(try await world.call("problem.read", ["id": wide.at("id")]).at("ownerBy") != "person", "he works for nobody")
  }
}
