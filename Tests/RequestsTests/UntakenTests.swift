import Kernel
import Operations
import TestSupport
import Testing

/// What a review revoked, or an order is to take, is found until somebody has taken it.
@Suite struct UntakenTests {
  private let world: RequestsWorld
  private let grant: Value
  private let revoke: Value

  init() async throws {
    world = try await RequestsWorld()
    grant = try await world.offering("ERP", ["access": .object(["action": "grant", "resource": "erp"])])
    let tasks = Value.array([
      .object(["name": RequestsWorld.name("Remove"), "step": 1, "team": "Service Desk", "access": .bool(true)]),
      .object(["name": RequestsWorld.name("Tell"), "step": 2, "team": "Service Desk"]),
    ])
    revoke = try await world.offering("ERP-OFF", ["access": .object(["action": "revoke", "resource": "erp"]), "tasks": tasks])
  }

  private func given(to person: Value) async throws {
    let made = try await world.submit(grant, for: person)
    try await world.call("task.complete", ["id": made.at("tasks.0.id")], as: world.engineer)
  }

  private func untaken(as principal: Principal? = nil) async throws -> [Value] {
    try await world.call("entitlement.list", ["customer": .id(world.acme.publicId), "untaken": .bool(true)], as: principal).at("items").array ?? []
  }

  /// Of all that stands, what is about this person is revoked, and all else confirmed.
  private func reviewed(revoking person: Value) async throws -> Value {
    let review = try await world.call("access_review.open", ["customer": .id(world.acme.publicId), "dueOn": "2026-03-09"])
    for item in try await world.call("access_review.items", ["id": review.at("id")]).at("items").array ?? [] {
      let result: Value = item.at("entitlement.person") == person ? "revoked" : "confirmed"
      try await world.call("access_review.decide", ["id": review.at("id"), "entitlement": item.at("entitlement.id"), "result": result])
    }
    return review.at("id")
  }

  private func left(of review: Value) async throws -> Value {
    let reviews = try await world.call("access_review.list", ["customer": .id(world.acme.publicId)]).at("items").array ?? []
    return reviews.first { $0.at("id") == review }?.at("untaken") ?? .null
  }

  /// Guard: without what the task of the order writes the entry would be found for ever, and without the look at reviews never.
  @Test func whatAReviewRevokedIsFoundUntilAnOrderTookIt() async throws {
    let (mia, ben) = (try await world.person("Mia"), try await world.person("Ben"))
    for person in [mia, ben] { try await given(to: person) }
    #expect(try await untaken().isEmpty)
    let review = try await reviewed(revoking: mia)
    let found = try await untaken()
    #expect(found.count == 1 && found[0].at("person") == mia && found[0].at("held") == .bool(false) && found[0].at("endedByReview") == review)
    #expect(try await left(of: review) == 1)
    let ordered = try await world.submit(revoke, for: mia)
    // One that is skipped takes nothing.
    let skipped = try await world.submit(revoke, for: mia)
    try await world.call("task.skip", ["id": skipped.at("tasks.0.id"), "reason": "The other one does it"], as: world.engineer)
    #expect(try await untaken().count == 1)
    try await world.call("task.complete", ["id": ordered.at("tasks.0.id")], as: world.engineer)
    #expect(try await untaken().isEmpty)
    #expect(try await left(of: review) == 0)
    let all = try await world.call("entitlement.list", ["customer": .id(world.acme.publicId), "person": mia, "all": .bool(true)]).at("items.0")
    #expect(all.at("takenByRequest") == ordered.at("id") && all.at("takenAt") != .null && all.at("untaken") == .bool(false))
    #expect(all.at("endedByReview") == review, "the review ended it all the same")
  }

  @Test func whatIsGivenAnewIsNotToBeTaken() async throws {
    let mia = try await world.person("Mia")
    try await given(to: mia)
    let review = try await reviewed(revoking: mia)
    try await given(to: mia)
    #expect(try await untaken().isEmpty)
    #expect(try await left(of: review) == 0)
  }

  /// What was revoked is not had any more: an order to change it gives nothing and takes nothing.
  @Test func aChangeOfWhatWasRevokedTakesNothing() async throws {
    let mia = try await world.person("Mia")
    try await given(to: mia)
    let review = try await reviewed(revoking: mia)
    let change = try await world.offering("ERP-ROLE", ["access": .object(["action": "change", "resource": "erp"])])
    let ordered = try await world.submit(change, for: mia)
    try await world.call("task.complete", ["id": ordered.at("tasks.0.id")], as: world.engineer)
    #expect(try await untaken().map { $0.at("held") } == [.bool(false)])
    #expect(try await left(of: review) == 1)
  }

  /// What is held, and an order that was agreed to is to take: until the task that takes it is over, or the order is.
  @Test func whatAnOrderIsToTakeIsFound() async throws {
    let (mia, ben) = (try await world.person("Mia"), try await world.person("Ben"))
    for person in [mia, ben] { try await given(to: person) }
    let first = try await world.submit(revoke, for: mia)
    let found = try await untaken()
    #expect(found.map { $0.at("person") } == [mia] && found[0].at("held") == .bool(true))
    let version = try await world.request(first).at("version")
    try await world.call("request.cancel", ["id": first.at("id"), "reason": "She stays"], as: world.engineer, version: version)
    #expect(try await untaken().isEmpty)
    let second = try await world.submit(revoke, for: mia)
    #expect(try await untaken().count == 1)
    try await world.call("task.complete", ["id": second.at("tasks.0.id")], as: world.engineer)
    #expect(try await untaken().isEmpty, "it is taken, whether she was told or not")
  }

  /// Guard: by the task that was skipped alone it would be taken for settled, though the one that puts it right is to take it.
  @Test func whatAReopenedOrderIsToTakeIsFound() async throws {
    let mia = try await world.person("Mia")
    try await given(to: mia)
    let ordered = try await world.submit(revoke, for: mia)
    for task in ["tasks.0.id", "tasks.1.id"] {
      try await world.call("task.skip", ["id": ordered.at(task), "reason": "She stays a while"], as: world.engineer)
    }
    let fulfilled = try await world.request(ordered, as: world.engineer)
    #expect(fulfilled.at("state") == "fulfilled")
    #expect(try await untaken().isEmpty, "nobody is to take it")
    // Of the customer's word its task is opened by the sweep.
    let boss = try await world.database.user(.customerManager, of: world.acme)
    try await world.call("request.reopen", ["id": ordered.at("id"), "reason": "She is gone"], as: boss, version: fulfilled.at("version"))
    #expect(try await untaken().map { $0.at("person") } == [mia])
    try await world.sweep()
    #expect(try await untaken(as: boss).map { $0.at("held") } == [.bool(true)])
    let open = try await world.request(ordered, as: world.engineer)
    try await world.call("task.complete", ["id": open.at("tasks.2.id"), "result": "Removed"], as: world.engineer)
    #expect(try await untaken().isEmpty)
    let ended = try await world.call("entitlement.list", ["customer": .id(world.acme.publicId), "all": .bool(true)]).at("items.0")
    #expect(ended.at("held") == .bool(false) && ended.at("endedAt") != .null)
  }

  /// Another customer's people are told nothing of it, and whoever sees his own only what is his.
  @Test func eachSeesHisOwn() async throws {
    let mia = try await world.person("Mia")
    try await given(to: mia)
    _ = try await reviewed(revoking: mia)
    let boss = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await untaken(as: boss).count == 1)
    let own = try await world.database.user(.requester, of: world.acme, .own)
    #expect(try await untaken(as: own).isEmpty)
    let stranger = try await world.database.user(.customerManager, of: world.other)
    #expect(await refusal { .array(try await untaken(as: stranger)) } != ["accepted"])
  }
}
