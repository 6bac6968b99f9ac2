import Desk
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Changes

/// A change is handed over by an offer that is accepted or returned, and until it is over it is never nobody's.
@Suite struct OwnershipTests {
  /// The id of a member of the staff, who may work for all customers.
  private func granted(_ principal: Principal, _ world: ChangesWorld) async throws -> Value {
    try await world.grant(principal, .engineer)
  }

  @Test func theFormerOwnerAnswersUntilTheOfferIsAccepted() async throws {
    let world = try await ChangesWorld()
    let peer = try await granted(world.peer, world)
    let change = try await world.change()
    let first = change.at("owner")
    #expect(change.at("ownerBy") == "person")
    #expect(await refusal { try await world.act("change.assign", on: change, ["staff": peer]) } == "change.owned")
    #expect(await refusal { try await world.act("change.offer", on: change, ["staff": peer], as: world.peer) } == "change.not_owners")
    #expect(await refusal { try await world.act("change.offer", on: change) } == "staff owner.one_receiver")
    let nowhere = Value.id(world.database.provider.id("team", [UInt8](repeating: 7, count: 12)))
    #expect(await refusal { try await world.act("change.offer", on: change, ["staff": peer, "team": nowhere]) } == "team input.unknown_reference")
    let offered = try await world.act("change.offer", on: change, ["staff": peer, "reason": "Knows the site"])
    #expect(offered.at("owner") == first)
    #expect(try await world.call("change.list", ["offered": .bool(true)], as: world.peer).at("items.0.id") == change.at("id"))
    #expect(try await world.call("change.list", ["offered": .bool(true)]).at("items").array?.count == 0)
    #expect(await refusal { try await world.act("change.accept_offer", on: offered) } == "owner.offered_to_another")
    let returned = try await world.act("change.return_offer", on: offered, ["reason": "On leave"], as: world.peer)
    #expect(returned.at("owner") == first)
    let again = try await world.act("change.offer", on: returned, ["staff": peer], as: world.administrator)
    let accepted = try await world.act("change.accept_offer", on: again, as: world.peer)
    #expect(accepted.at("owner") == peer)
    let handovers = try await world.call("change.handovers", ["id": accepted.at("id")])
    #expect(handovers.texts("outcome") == ["returned", "accepted"] && handovers.at("items.0.reason") == "Knows the site")
    let open = try await world.act("change.offer", on: accepted, ["staff": try await granted(world.administrator, world)], as: world.peer)
    try await world.act("change.cancel", on: open, ["reason": "Not needed"])
    #expect(try await world.call("change.handovers", ["id": open.at("id")]).texts("outcome") == ["returned", "accepted", "withdrawn"])
  }

  /// One person answers for a change: a team of which each member serves another of its customers has nobody for it. Guard: by a right for any of
  /// them it would be offered it.
  @Test(arguments: ["change", "release"]) func aTeamIsOfferedWhatOneOfItMayTakeOn(noun: String) async throws {
    let world = try await ChangesWorld()
    let (first, second) = (try await granted(world.servesAcme, world), try await granted(world.peer, world))
    try await world.database.narrow(first, to: [world.acme])
    try await world.database.narrow(second, to: [world.other])
    var team = try await world.call("team.create", ["name": "Network"], as: world.database.root)
    for member in [first, second] {
      team = try await world.database.call(
        "team.add_member", ["id": team.at("id"), "staff": member], as: world.database.root, version: team.at("version").integer)
    }
    let change = try await world.act("change.concern", on: try await world.change(), ["customer": .id(world.other.publicId)])
    let offered =
      if noun == "change" { change } else {
        try await world.act("release.add_change", on: try await world.call("release.open", ["title": "Spring"]), ["change": change.at("id")])
      }
    #expect(await refusal { try await world.act("\(noun).offer", on: offered, ["team": team.at("id")]) } == "team owner.team_may_not_work")
    try await world.database.narrow(second, to: [world.acme, world.other])
    #expect(try await world.act("\(noun).offer", on: offered, ["team": team.at("id")]).at("owner") == offered.at("owner"))
    let listed = try await world.call("\(noun).list", ["offered": .bool(true)], as: world.peer).at("items").array
    #expect(listed?.map { $0.at("id") } == [offered.at("id")])
    let strangers = try await world.call("\(noun).list", ["offered": .bool(true)], as: world.administrator).at("items").array
    #expect(strangers == [], "he is none of the team")
  }

  /// Guard: one would find what waits for other teams, or what waits for one's own and cannot be done yet.
  @Test func whatWaitsForOnesTeamsIsFound() async throws {
    let world = try await ChangesWorld()
    let peer = try await granted(world.peer, world)
    let network = try await world.call("team.create", ["name": "Network"], as: world.database.root).at("id")
    let servers = try await world.call("team.create", ["name": "Servers"], as: world.database.root).at("id")
    try await world.database.call("team.add_member", ["id": network, "staff": peer], as: world.database.root, version: 1)
    _ = try await world.change("Without")
    let task = Value.object([Value.Member("name", .object(["en": "Swap"])), Value.Member("step", .integer(1)), Value.Member("team", network)])
    let planned = try await world.act("change.plan_tasks", on: try await world.change(from: 5), ["tasks": .array([task])])
    func found(_ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws -> [String] {
      let input = [Value.Member("myTeams", .bool(true))] + more.map { Value.Member($0.key, $0.value) }
      return try await world.database.dispatcher.invoke("change.list", .object(input), as: principal ?? world.peer, Call(requestId: "test")).value
        .texts("title")
    }
    #expect(try await found() == [], "it is not begun")
    let started = try await world.act("change.start", on: try await world.approved(planned))
    #expect(try await found() == ["New switch"])
    #expect(try await found(["customer": .id(world.acme.publicId)]) == ["New switch"])
    #expect(try await found(["customer": .id(world.other.publicId)]) == [])
    #expect(try await found(["kind": "emergency"]) == [])
    #expect(try await found(as: world.administrator) == [], "he is in no team")
    let begun = try await world.read(started).at("tasks.0")
    try await world.call("change_task.give", ["id": begun.at("id"), "team": servers], version: begun.at("version"))
    #expect(try await found() == [])
    #expect(try await found(["customer": .id(world.acme.publicId)]) == [])
  }

  private func events(of release: Value, _ world: ChangesWorld) async throws -> [String] {
    try await world.call("release.history", ["id": release.at("id"), "limit": 100]).texts("type").map { String($0.dropFirst("release.".count)) }
  }

  /// Who opens a release answers for it, until somebody accepts it from him.
  @Test func aReleaseIsHandedOverByAnOffer() async throws {
    let world = try await ChangesWorld()
    let (first, peer) = (try await granted(world.engineer, world), try await granted(world.peer, world))
    let release = try await world.call("release.open", ["title": "Spring"])
    #expect(release.at("owner") == first && release.at("ownerBy") == "person")
    #expect(await refusal { try await world.act("release.take", on: release, as: world.peer) } == "release.owned")
    #expect(await refusal { try await world.act("release.assign", on: release, ["staff": peer]) } == "release.owned")
    #expect(await refusal { try await world.act("release.assign", on: release, ["staff": first]) } == "staff change.owned_already")
    #expect(await refusal { try await world.act("release.offer", on: release, ["staff": peer], as: world.peer) } == "release.not_owners")
    #expect(await refusal { try await world.act("release.offer", on: release) } == "staff owner.one_receiver")
    #expect(await refusal { try await world.act("release.offer", on: release, ["staff": first]) } == "staff owner.offered_to_owner")
    let offered = try await world.act("release.offer", on: release, ["staff": peer, "reason": "Knows the site"])
    #expect(offered.at("owner") == first)
    let read = try await world.call("release.read", ["id": release.at("id")], as: world.account)
    #expect(read.at("offer.staff") == peer && read.at("offer.reason") == "Knows the site" && read.at("offer.outcome") == .null)
    #expect(try await world.call("release.list", ["offered": .bool(true)], as: world.peer).texts("title") == ["Spring"])
    #expect(try await world.call("release.list", ["offered": .bool(true)]).texts("title") == [])
    #expect(await refusal { try await world.act("release.accept_offer", on: offered) } == "owner.offered_to_another")
    #expect(await refusal { try await world.act("release.accept_offer", on: offered, as: world.administrator) } == "owner.offered_to_another")
    let returned = try await world.act("release.return_offer", on: offered, ["reason": "On leave"], as: world.peer)
    #expect(returned.at("owner") == first)
    #expect(try await world.call("release.read", ["id": release.at("id")]).at("offer") == .null)
    // In his absence who manages changes offers it.
    let again = try await world.act("release.offer", on: returned, ["staff": peer], as: world.administrator)
    let accepted = try await world.act("release.accept_offer", on: again, as: world.peer)
    #expect(accepted.at("owner") == peer)
    #expect(try await world.call("release.list", ["owner": peer]).texts("title") == ["Spring"])
    #expect(try await world.call("release.list", ["owner": first]).texts("title") == [])
    let told = ["opened", "ownership_offered", "ownership_returned", "ownership_offered", "owner_changed"]
    #expect(try await events(of: accepted, world) == told)
    let handovers = try await world.call("release.handovers", ["id": accepted.at("id")])
    #expect(handovers.texts("outcome") == ["returned", "accepted"])
    // What is over is offered to nobody any more.
    let open = try await world.act("release.offer", on: accepted, ["staff": first], as: world.peer)
    let over = try await world.act("release.cancel", on: open, ["reason": "Not needed"], as: world.peer)
    #expect(try await world.call("release.handovers", ["id": over.at("id")]).texts("outcome") == ["returned", "accepted", "withdrawn"])
    #expect(await refusal { try await world.act("release.accept_offer", on: over) } == "release.wrong_state")
    #expect(await refusal { try await world.act("release.offer", on: over, ["staff": first], as: world.peer) } == "release.wrong_state")
    #expect(over.at("owner") == peer)
  }

  /// Whoever answers for a release may work for all whom it concerns; customers' people have nothing to do with it.
  @Test func aReleaseIsOfferedToWhoMayWorkOnIt() async throws {
    let world = try await ChangesWorld()
    let nobody = Value.id(world.database.provider.id("stf", [UInt8](repeating: 7, count: 12)))
    let own = AccountOfStaff(provider: world.database.provider.id, account: world.servesAcme.actor.id)
    let account = try await world.database.tenancy.transaction(binding: [world.database.provider.id], side: .staff, readOnly: true) { transaction in
      try await transaction.first(own)
    }
    let acmes = Value.id(world.database.provider.id("stf", try #require(account).account.publicId))
    try await world.database.narrow(acmes, to: [world.acme])
    #expect(await refusal { try await world.call("release.open", ["title": "x", "owner": nobody]) } == "owner input.unknown_reference")
    #expect(await refusal { try await world.call("release.open", ["title": "x", "owner": acmes]) } == "owner change.may_not")
    // Who opens one himself needs not serve all.
    #expect(try await world.call("release.open", ["title": "x", "owner": acmes], as: world.servesAcme).at("owner") == acmes)
    var release = try await world.call("release.open", ["title": "Spring"])
    #expect(await refusal { try await world.act("release.offer", on: release, ["staff": nobody]) } == "staff input.unknown_reference")
    #expect(await refusal { try await world.act("release.offer", on: release, ["staff": acmes]) } == "staff change.may_not")
    release = try await world.act("release.add_change", on: release, ["change": try await world.change().at("id")])
    release = try await world.act("release.offer", on: release, ["staff": acmes])
    for operation in ["release.read", "release.handovers"] {
      #expect(await refusal { try await world.call(operation, ["id": release.at("id")], as: world.manager) } == "denied")
    }
    #expect(await refusal { try await world.act("release.accept_offer", on: release, as: world.manager) } == "denied")
    release = try await world.act("release.accept_offer", on: release, as: world.servesAcme)
    #expect(release.at("owner") == acmes)
    // It comes to concern another one, for whom he may not work.
    let both = try await world.act("release.add_change", on: release, ["change": try await world.change(of: world.other).at("id")])
    #expect(await refusal { try await world.act("release.offer", on: both, ["staff": acmes], as: world.administrator) } == "staff change.may_not")
  }

  /// Of one that nobody has taken the rule of changes says who answers, and whoever is first takes it.
  @Test func aReleaseThatNobodyHasTakenIsAnsweredForByTheRule() async throws {
    let world = try await ChangesWorld()
    let lead = try await granted(world.administrator, world)
    try await world.database.runAsSuperuser(
      """
      insert into handbooks.accountable (process, valid_from, owner_id, owner_public_id, owner_name, rule)
      select 'change', '2026-01-01', id, public_id, 'Pat', 'default' from tenancy.account where id = \(world.administrator.actor.id)
      """)
    let untaken = try await world.call("release.open", ["title": "Spring"], as: world.database.root)
    #expect(untaken.at("owner") == lead && untaken.at("ownerName") == "Pat" && untaken.at("ownerBy") == "default")
    #expect(await refusal { try await world.act("release.offer", on: untaken, ["staff": lead], as: world.administrator) } == "release.owner_missing")
    #expect(await refusal { try await world.act("release.take", on: untaken, as: world.database.root) } == "change.needs_person")
    #expect(try await world.act("release.take", on: untaken).at("ownerBy") == "person")
  }

  /// Guard: who was given a release to answer for signs it off no more, though he had no other part in it.
  @Test func whoAnswersForAReleaseDoesNotSignItOff() async throws {
    let world = try await ChangesWorld()
    let lead = try await granted(world.administrator, world)
    var release = try await world.call("release.open", ["title": "Spring"])
    release = try await world.act("release.add_criterion", on: release, ["text": "Safe"])
    release = try await world.act("release.judge_criterion", on: release, ["criterion": 1, "state": "met", "evidence": "Seen"])
    release = try await world.act("release.offer", on: release, ["staff": lead])
    release = try await world.act("release.accept_offer", on: release, as: world.administrator)
    #expect(await refusal { try await world.act("release.sign_off", on: release, as: world.administrator) } == "release.own")
    #expect(try await world.act("release.sign_off", on: release, as: world.account).at("state") == "signed_off")
    var named = try await world.call("release.open", ["title": "Summer", "owner": lead])
    named = try await world.act("release.add_criterion", on: named, ["text": "Safe"])
    named = try await world.act("release.judge_criterion", on: named, ["criterion": 1, "state": "met", "evidence": "Seen"])
    #expect(await refusal { try await world.act("release.sign_off", on: named, as: world.administrator) } == "release.own")
    // Nor once another one answers for it.
    named = try await world.act("release.offer", on: named, ["staff": try await granted(world.peer, world)], as: world.administrator)
    named = try await world.act("release.accept_offer", on: named, as: world.peer)
    let passedOn = named
    #expect(await refusal { try await world.act("release.sign_off", on: passedOn, as: world.administrator) } == "release.own")
  }

  /// What somebody who left answered for, the rule's owner answers for until somebody takes it; what is over keeps its owner.
  @Test func whatIsLeftBehindIsAnsweredForByTheRule() async throws {
    let world = try await ChangesWorld()
    let (peer, lead) = (try await granted(world.peer, world), try await granted(world.administrator, world))
    try await world.database.runAsSuperuser(
      """
      insert into handbooks.accountable (process, valid_from, owner_id, owner_public_id, owner_name, rule)
      select 'change', '2026-01-01', id, public_id, 'Pat', 'default' from tenancy.account where id = \(world.administrator.actor.id)
      """)
    let untaken = try await world.change(as: world.database.root)
    #expect(untaken.at("owner") == lead && untaken.at("ownerName") == "Pat" && untaken.at("ownerBy") == "default")
    let (one, other) = (try await world.change(as: world.peer), try await world.change(as: world.peer))
    let over = try await world.act("change.cancel", on: other, ["reason": "x"])
    try await world.call("staff.disable", ["id": peer], as: world.database.root)
    for _ in 0..<2 { try await OwnerSweep([ChangeOwners()], batch: 1).run(at: world.database.clock.now(), world.database.tenancy) }
    let read = try await world.read(one)
    #expect(read.at("owner") == lead && read.at("ownerBy") == "default")
    #expect(try await world.events(of: read) == ["opened", "owner_changed"])
    let kept = try await world.read(over)
    #expect(kept.at("owner") == peer && kept.at("ownerBy") == "person")
    #expect(try await world.act("change.take", on: read).at("ownerBy") == "person")
  }

  /// Who serves one of those no more whom a change concerns does not answer for it, nor accept it; what concerns others stays with him.
  @Test func aLostGrantEndsOwnership() async throws {
    let world = try await ChangesWorld()
    let (peer, lead) = (try await granted(world.peer, world), try await granted(world.administrator, world))
    func sweep() async throws {
      for _ in 0..<2 { try await OwnerSweep([ChangeOwners()], batch: 1).run(at: world.database.clock.now(), world.database.tenancy) }
    }
    let (ours, theirs) = (try await world.change(as: world.peer), try await world.change(of: world.other, as: world.peer))
    let kept = try await world.change(as: world.administrator)
    let offered = try await world.act("change.offer", on: kept, ["staff": peer], as: world.administrator)
    try await sweep()
    #expect(try await world.read(ours).at("version") == ours.at("version"), "he still may")
    try await world.database.narrow(peer, to: [world.other])
    try await sweep()
    #expect(try await world.read(ours).at("ownerBy") != "person")
    #expect(try await world.events(of: ours) == ["opened", "owner_changed"])
    for reader in [world.engineer, world.servesAcme] {
      #expect(try await world.call("change.list", ["unowned": .bool(true)], as: reader).texts("id") == [ours.at("id").text ?? "-"])
    }
    #expect(try await world.read(theirs).at("owner") == peer)
    #expect(try await world.read(kept).at("owner") == lead)
    #expect(try await world.call("change.handovers", ["id": offered.at("id")]).texts("outcome") == ["withdrawn"])
    #expect(await refusal { try await world.act("change.accept_offer", on: world.read(kept), as: world.peer) } == "owner.not_offered")
  }

  /// What a release concerns, or ever did, counts: who serves one of those no more does not answer for it, nor accept it.
  @Test func aLostGrantEndsOwnershipOfReleases() async throws {
    let world = try await ChangesWorld()
    let (peer, lead) = (try await granted(world.peer, world), try await granted(world.administrator, world))
    func sweep() async throws {
      for _ in 0..<2 { try await OwnerSweep([ReleaseOwners()], batch: 1).run(at: world.database.clock.now(), world.database.tenancy) }
    }
    func release(of customer: TenantEntry?, as principal: Principal) async throws -> Value {
      let opened = try await world.call("release.open", ["title": "Spring"], as: principal)
      guard let customer else { return opened }
      let change = try await world.change(of: customer, as: principal)
      return try await world.act("release.add_change", on: opened, ["change": change.at("id")], as: principal)
    }
    func read(_ release: Value) async throws -> Value { try await world.call("release.read", ["id": release.at("id")]) }
    let (ours, theirs, bare) = (
      try await release(of: world.acme, as: world.peer), try await release(of: world.other, as: world.peer), try await release(of: nil, as: world.peer)
    )
    // It concerned ACME once.
    let change = try await world.change(as: world.peer)
    var once = try await world.act("release.add_change", on: try await release(of: world.other, as: world.peer), ["change": change.at("id")], as: world.peer)
    once = try await world.act("release.remove_change", on: once, ["change": change.at("id")], as: world.peer)
    // A change of it concerns nobody yet; and one that he did not open concerns nobody.
    let provided = try await world.call("change.open", ["kind": "normal", "title": "New core"], as: world.peer)
    let open = try await world.act(
      "release.add_change", on: try await release(of: world.other, as: world.peer), ["change": provided.at("id")], as: world.peer)
    let given = try await world.call("release.open", ["title": "Summer", "owner": peer])
    let handedOver = try await world.act("release.offer", on: try await release(of: world.acme, as: world.peer), ["staff": lead], as: world.peer)
    let over = try await world.act("release.cancel", on: try await release(of: world.acme, as: world.peer), ["reason": "x"], as: world.peer)
    let kept = try await release(of: world.acme, as: world.administrator)
    let offered = try await world.act("release.offer", on: kept, ["staff": peer], as: world.administrator)
    let all = [ours, once, open, given, handedOver, theirs, bare, over]
    try await sweep()
    for one in all { #expect(try await read(one).at("version") == one.at("version"), "he still may") }
    try await world.database.narrow(peer, to: [world.other])
    try await sweep()
    for lost in [ours, once, open, given, handedOver] {
      let found = try await read(lost)
      #expect(found.at("ownerBy") != "person" && found.at("version").integer == (lost.at("version").integer ?? 0) + 1)
      #expect(try await events(of: lost, world).filter { $0 == "owner_changed" }.count == 1)
    }
    for stays in [theirs, bare, over] {
      let found = try await read(stays)
      #expect(found.at("owner") == peer && found.at("version") == stays.at("version"))
    }
    let unowned = try await world.call("release.list", ["unowned": .bool(true)]).texts("id")
    #expect(Set(unowned) == Set([ours, once, open, given, handedOver].compactMap { $0.at("id").text }))
    #expect(try await world.call("release.list", ["unowned": .bool(true)], as: world.servesAcme).texts("id").count == 3, "those that concern ACME")
    #expect(try await world.call("release.handovers", ["id": handedOver.at("id")]).texts("outcome") == ["withdrawn"])
    #expect(try await world.call("release.handovers", ["id": offered.at("id")]).texts("outcome") == ["withdrawn"])
    #expect(try await events(of: offered, world).last == "ownership_returned")
    let stillHis = try await read(kept)
    #expect(stillHis.at("owner") == lead)
    #expect(await refusal { try await world.act("release.accept_offer", on: stillHis, as: world.peer) } == "owner.not_offered")
    #expect(try await world.act("release.take", on: read(ours)).at("ownerBy") == "person")
    // Whoever left keeps nothing that goes on.
    try await world.call("staff.disable", ["id": peer], as: world.database.root)
    try await sweep()
    for left in [theirs, bare] { #expect(try await read(left).at("ownerBy") != "person") }
    #expect(try await read(over).at("owner") == peer)
  }
}
