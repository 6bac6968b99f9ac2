import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Changes

/// Who of the staff wants to be told what happens to a change or a release.
@Suite struct WatcherTests {
  /// An engineer whom the database grants what he holds: for all customers or for these.
  private func colleague(_ world: ChangesWorld, for customers: [TenantEntry]? = nil) async throws -> (principal: Principal, id: Value) {
    let principal = try await world.database.staff(.engineer, for: customers)
    guard let customers else { return (principal, try await world.grant(principal, .engineer)) }
    let id = try await world.staffId(principal)
    try await world.database.narrow(id, to: customers)
    return (principal, id)
  }

  @discardableResult
  private func say(_ operation: String, _ thing: Value, _ staff: Value = .null, as principal: Principal? = nil, _ world: ChangesWorld) async throws -> Value {
    try await world.call(operation, ["id": thing.at("id"), "staff": staff], as: principal)
  }

  private func watchers(_ noun: String, of thing: Value, _ world: ChangesWorld) async throws -> [Value] {
    (try await world.call("\(noun).watchers", ["id": thing.at("id")]).at("items").array ?? []).map { $0.at("staff") }
  }

  private func watching(_ noun: String, of thing: Value, _ world: ChangesWorld) async throws -> [String] {
    try await world.call("\(noun).history", ["id": thing.at("id"), "limit": 100]).texts("type").filter { $0.hasSuffix("watched") }
  }

  /// A release with a change that concerns ACME; or the change.
  private func thing(_ noun: String, _ world: ChangesWorld) async throws -> Value {
    let change = try await world.change()
    guard noun == "release" else { return change }
    let release = try await world.call("release.open", ["title": "Spring"])
    return try await world.act("release.add_change", on: release, ["change": change.at("id")])
  }

  /// A second time changes nothing, and is not told.
  @Test(arguments: ["change", "release"]) func oneWatchesAndWatchesNoMore(noun: String) async throws {
    let world = try await ChangesWorld()
    let (mia, ben) = (try await colleague(world), try await colleague(world, for: [world.acme]))
    let thing = try await thing(noun, world)
    for _ in 0..<2 { try await say("\(noun).watch", thing, as: mia.principal, world) }
    try await say("\(noun).watch", thing, ben.id, as: mia.principal, world)
    #expect(try await watchers(noun, of: thing, world) == [mia.id, ben.id])
    for _ in 0..<2 { try await say("\(noun).unwatch", thing, as: mia.principal, world) }
    #expect(try await watchers(noun, of: thing, world) == [ben.id])
    #expect(try await watching(noun, of: thing, world) == ["\(noun).watched", "\(noun).watched", "\(noun).unwatched"])
    #expect(try await world.call("\(noun).read", ["id": thing.at("id")]).at("version") == thing.at("version"), "it stands beside it")
    // A change and a release may have the same row number: each has its own list.
    let other = try await self.thing(noun == "change" ? "release" : "change", world)
    #expect(try await watchers(noun == "change" ? "release" : "change", of: other, world) == [])
  }

  /// Nobody watches what he may not see, and who sees it no more is shown nowhere.
  @Test(arguments: ["change", "release"]) func whoSeesItWatchesIt(noun: String) async throws {
    let world = try await ChangesWorld()
    let (acmes, theirs) = (try await colleague(world, for: [world.acme]), try await colleague(world, for: [world.other]))
    let thing = try await thing(noun, world)
    #expect(await refusal { try await say("\(noun).watch", thing, theirs.id, world) } == "staff watcher.may_not_see")
    for verb in ["watch", "unwatch"] {
      #expect(await refusal { try await say("\(noun).\(verb)", thing, as: theirs.principal, world) } == "not_found")
      #expect(await refusal { try await say("\(noun).\(verb)", thing, as: world.manager, world) } == "denied")
      #expect(await refusal { try await say("\(noun).\(verb)", thing, as: world.database.root, world) } == " watcher.who_of_staff")
    }
    #expect(await refusal { try await world.call("\(noun).watchers", ["id": thing.at("id")], as: theirs.principal) } == "not_found")
    // Who serves one of those whom it concerns needs not serve all to watch it.
    try await say("\(noun).watch", thing, as: acmes.principal, world)
    #expect(try await watchers(noun, of: thing, world) == [acmes.id])
    try await world.database.narrow(acmes.id, to: [world.other])
    #expect(try await watchers(noun, of: thing, world) == [])
    try await world.database.narrow(acmes.id, to: [world.acme])
    try await world.call("staff.disable", ["id": acmes.id], as: world.database.root)
    #expect(try await watchers(noun, of: thing, world) == [])
    #expect(await refusal { try await say("\(noun).watch", thing, acmes.id, world) } == "staff input.unknown_reference")
    try await say("\(noun).unwatch", thing, acmes.id, world)
    #expect(try await watching(noun, of: thing, world) == ["\(noun).watched", "\(noun).unwatched"])
  }

  /// What concerns nobody yet is for who serves all, and a release for who opened it as well.
  @Test func whatConcernsNobodyYet() async throws {
    let world = try await ChangesWorld()
    let (all, opener, acmes) = (
      try await colleague(world), try await colleague(world, for: [world.acme]), try await colleague(world, for: [world.acme])
    )
    let release = try await world.call("release.open", ["title": "Spring"], as: opener.principal)
    try await say("release.watch", release, as: opener.principal, world)
    try await say("release.watch", release, all.id, world)
    #expect(await refusal { try await say("release.watch", release, acmes.id, world) } == "staff watcher.may_not_see")
    #expect(try await watchers("release", of: release, world) == [opener.id, all.id])
    let change = try await world.call("change.open", ["kind": "normal", "title": "Rewire"], as: world.administrator)
    try await say("change.watch", change, all.id, world)
    #expect(await refusal { try await say("change.watch", change, acmes.id, world) } == "staff watcher.may_not_see")
    #expect(try await watchers("change", of: change, world) == [all.id])
  }
}
