import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import MajorIncidents

/// Who of the staff wants to be told what happens to a major incident.
@Suite struct WatcherTests {
  /// An engineer whom the database grants what he holds: for all customers or for these.
  private func colleague(_ world: MajorWorld, for customers: [TenantEntry]? = nil) async throws -> (principal: Principal, id: Value) {
    let principal = try await world.database.staff(.engineer, for: customers)
    let own = LeadByAccount(provider: world.database.provider.id, account: principal.actor.id)
    let found = try await world.database.tenancy.transaction(binding: [world.database.provider.id], side: .staff, readOnly: true) { transaction in
      try await transaction.first(own)
    }
    let id = Value.id(world.database.provider.id("stf", try #require(found).lead.publicId))
    if let customers {
      try await world.database.narrow(id, to: customers)
    } else {
      try await world.call("staff_grant.add", ["account": id, "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
    }
    return (principal, id)
  }

  @discardableResult
  private func watch(_ verb: String, _ major: Value, _ staff: Value = .null, as principal: Principal? = nil, _ world: MajorWorld) async throws -> Value {
    try await world.call("major_incident.\(verb)", ["id": major["id"] ?? .null, "staff": staff], as: principal)
  }

  private func watchers(of major: Value, _ world: MajorWorld) async throws -> [Value] {
    try await world.list("major_incident.watchers", major["id"]).map { $0["staff"] ?? .null }
  }

  /// A second time changes nothing, and is not told.
  @Test func oneWatchesAndWatchesNoMore() async throws {
    let world = try await MajorWorld()
    let (mia, ben) = (try await colleague(world), try await colleague(world, for: [world.acme]))
    let major = try await world.declare([(try await world.incident("Slow"), world.acme)])
    for _ in 0..<2 { try await watch("watch", major, as: mia.principal, world) }
    try await watch("watch", major, ben.id, as: mia.principal, world)
    #expect(try await watchers(of: major, world) == [mia.id, ben.id])
    for _ in 0..<2 { try await watch("unwatch", major, as: mia.principal, world) }
    #expect(try await watchers(of: major, world) == [ben.id])
    let events = try await world.list("major_incident.history", major["id"]).compactMap { $0["type"]?.text }
    #expect(events.suffix(3) == ["major_incident.watched", "major_incident.watched", "major_incident.unwatched"])
    let read = try await world.call("major_incident.read", ["id": major["id"] ?? .null])
    #expect(read["version"] == major["version"], "it stands beside it")
  }

  /// Who serves a customer of an incident that is part of it sees it, and so do its lead and whom it is offered; nobody else is told or shown.
  @Test func whoSeesItWatchesIt() async throws {
    let world = try await MajorWorld()
    let (acmes, theirs) = (try await colleague(world, for: [world.acme]), try await colleague(world, for: [world.other]))
    let incident = try await world.incident("Slow")
    let major = try await world.declare([(incident, world.acme)])
    #expect(await refusal { try await watch("watch", major, theirs.id, world) } == "staff watcher.may_not_see")
    for verb in ["watch", "unwatch"] {
      #expect(await refusal { try await watch(verb, major, as: theirs.principal, world) } == "not_found")
      #expect(await refusal { try await watch(verb, major, as: world.acmesManager, world) } == "denied")
      #expect(await refusal { try await watch(verb, major, as: world.database.root, world) } == " watcher.who_of_staff")
    }
    try await watch("watch", major, as: acmes.principal, world)
    #expect(try await watchers(of: major, world) == [acmes.id])
    // No incident of his customers is part of it any more.
    try await world.call("major_incident.unlink", ["id": major["id"] ?? .null, "incident": incident, "reason": "Another fault"])
    #expect(try await watchers(of: major, world) == [])
    #expect(await refusal { try await watch("watch", major, acmes.id, world) } == "staff watcher.may_not_see")
    // Who declared it sees it all the same.
    let own = try await world.call("major_incident.declare", ["title": "Power"], as: acmes.principal)
    try await watch("watch", own, acmes.id, world)
    #expect(try await watchers(of: own, world) == [acmes.id])
    try await world.call("staff.disable", ["id": acmes.id], as: world.database.root)
    #expect(try await watchers(of: own, world) == [])
    try await watch("unwatch", own, acmes.id, world)
  }
}
