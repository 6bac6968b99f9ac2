import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Problems

/// Who of the staff wants to be told what happens to a problem.
@Suite struct WatcherTests {
  /// An engineer whom the database grants what he holds: for all customers or for these.
  private func colleague(_ world: ProblemsWorld, for customers: [TenantEntry]? = nil) async throws -> (principal: Principal, id: Value) {
    let principal = try await world.database.staff(.engineer, for: customers)
    let id = Value.id(world.database.provider.id("stf", try await world.bits(of: principal)))
    if let customers {
      try await world.database.narrow(id, to: customers)
    } else {
      try await world.call("staff_grant.add", ["account": id, "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
    }
    return (principal, id)
  }

  @discardableResult
  private func watch(_ verb: String, _ problem: Value, _ staff: Value = .null, as principal: Principal? = nil, _ world: ProblemsWorld) async throws -> Value {
    try await world.call("problem.\(verb)", ["id": problem.at("id"), "staff": staff], as: principal)
  }

  private func watchers(of problem: Value, _ world: ProblemsWorld) async throws -> [Value] {
    (try await world.call("problem.watchers", ["id": problem.at("id")]).at("items").array ?? []).map { $0.at("staff") }
  }

  /// A second time changes nothing, and is not told.
  @Test func oneWatchesAndWatchesNoMore() async throws {
    let world = try await ProblemsWorld()
    let (mia, ben) = (try await colleague(world), try await colleague(world))
    let problem = try await world.problem("Leak", of: world.acme)
    for _ in 0..<2 { try await watch("watch", problem, as: mia.principal, world) }
    try await watch("watch", problem, ben.id, as: mia.principal, world)
    let listed = try await world.call("problem.watchers", ["id": problem.at("id"), "limit": 1])
    #expect(listed.at("items.0.staff") == mia.id && !listed.at("items.0.name").isNull && !listed.at("items.0.since").isNull)
    let next = try await world.call("problem.watchers", ["id": problem.at("id"), "limit": 1, "cursor": listed.at("next")])
    #expect(next.at("items.0.staff") == ben.id && next.at("next") == .null)
    for _ in 0..<2 { try await watch("unwatch", problem, as: mia.principal, world) }
    #expect(try await watchers(of: problem, world) == [ben.id])
    #expect(try await world.events(of: problem) == ["opened", "watched", "watched", "unwatched"])
    #expect(try await world.call("problem.read", ["id": problem.at("id")]).at("version") == problem.at("version"), "it stands beside the problem")
  }

  /// Nobody watches what he may not see: he would be told nothing.
  @Test func whoMayNotSeeItDoesNotWatchIt() async throws {
    let world = try await ProblemsWorld()
    let (acmes, theirs, stranger) = (
      try await colleague(world, for: [world.acme]), try await colleague(world, for: [world.other]), try await colleague(world, for: [world.other])
    )
    try await world.database.narrow(stranger.id)
    let (problem, wide) = (try await world.problem("Leak", of: world.acme), try await world.problem("Heat"))
    #expect(await refusal { try await watch("watch", problem, theirs.id, world) } == "staff watcher.may_not_see")
    #expect(await refusal { try await watch("watch", problem, stranger.id, world) } == "staff watcher.may_not_see")
    try await watch("watch", problem, acmes.id, world)
    // What is about no one customer is there for all of the staff, but not for who holds nothing.
    try await watch("watch", wide, theirs.id, world)
    #expect(await refusal { try await watch("watch", wide, stranger.id, world) } == "staff watcher.may_not_see")
    #expect(try await watchers(of: problem, world) == [acmes.id])
    #expect(try await watchers(of: wide, world) == [theirs.id])
    for verb in ["watch", "unwatch"] {
      #expect(await refusal { try await watch(verb, problem, as: theirs.principal, world) } == "not_found")
      #expect(await refusal { try await watch(verb, problem, as: world.manager, world) } == "denied")
    }
    #expect(await refusal { try await world.call("problem.watchers", ["id": problem.at("id")], as: theirs.principal) } == "not_found")
    #expect(await refusal { try await world.call("problem.watchers", ["id": problem.at("id")], as: world.manager) } == "denied")
    let nobody = Value.id(world.database.provider.id("stf", [UInt8](repeating: 7, count: 12)))
    for verb in ["watch", "unwatch"] {
      #expect(await refusal { try await watch(verb, problem, nobody, world) } == "staff input.unknown_reference")
      // The operator at the machine is nobody who could be told.
      #expect(await refusal { try await watch(verb, problem, as: world.database.root, world) } == " watcher.who_of_staff")
    }
  }

  /// Guard: who lost the right, or left, was shown as if he were told.
  @Test func whoSeesItNoMoreIsShownNowhere() async throws {
    let world = try await ProblemsWorld()
    let (mia, ben, leaving) = (try await colleague(world), try await colleague(world), try await colleague(world))
    let problem = try await world.problem("Leak", of: world.acme)
    for one in [mia, ben, leaving] { try await watch("watch", problem, one.id, world) }
    try await world.database.narrow(ben.id, to: [world.other])
    try await world.call("staff.disable", ["id": leaving.id], as: world.database.root)
    #expect(try await watchers(of: problem, world) == [mia.id])
    #expect(await refusal { try await watch("watch", problem, leaving.id, world) } == "staff input.unknown_reference")
    // He is taken off all the same, and who may see it again watches it as before.
    try await watch("unwatch", problem, leaving.id, world)
    try await world.database.narrow(ben.id, to: [world.acme])
    #expect(try await watchers(of: problem, world) == [mia.id, ben.id])
    #expect(try await world.events(of: problem).filter { $0 == "unwatched" }.count == 1)
  }
}
