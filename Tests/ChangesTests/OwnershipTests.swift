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
    let own = AccountOfStaff(provider: world.database.provider.id, account: principal.actor.id)
    let found = try await world.database.tenancy.transaction(binding: [world.database.provider.id], side: .staff, readOnly: true) { transaction in
      try await transaction.first(own)
    }
    let id = Value.id(world.database.provider.id("stf", try #require(found).account.publicId))
    try await world.call("staff_grant.add", ["account": id, "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
    return id
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
    #expect(try await world.read(theirs).at("owner") == peer)
    #expect(try await world.read(kept).at("owner") == lead)
    #expect(try await world.call("change.handovers", ["id": offered.at("id")]).texts("outcome") == ["withdrawn"])
    #expect(await refusal { try await world.act("change.accept_offer", on: world.read(kept), as: world.peer) } == "owner.not_offered")
  }
}
