import Kernel
import Operations
import Requests
import TestSupport
import Testing

/// Who is named to look at who has what is waited for only as long as he can decide.
@Suite struct NamedReviewerTests {
  private func grant(_ world: RequestsWorld, to people: [Value]) async throws {
    let offering = try await world.offering("ERP", ["access": .object(["action": "grant", "resource": "erp"])])
    for person in people {
      let made = try await world.submit(offering, for: person)
      try await world.call("task.complete", ["id": made.at("tasks.0.id")], as: world.engineer)
    }
  }

  private func open(_ world: RequestsWorld, for reviewer: Value) async throws -> (id: Value, items: [Value]) {
    let review = try await world.call(
      "access_review.open", ["customer": .id(world.acme.publicId), "reviewer": reviewer, "dueOn": "2026-03-31"])
    let items = try await world.call("access_review.items", ["id": review.at("id")]).at("items").array ?? []
    return (review.at("id"), items.map { $0.at("entitlement.id") })
  }

  private func decide(_ world: RequestsWorld, _ review: Value, _ item: Value, as principal: Principal) async -> [String] {
    await refusal {
      try await world.call("access_review.decide", ["id": review, "entitlement": item, "result": "confirmed"], as: principal)
    }
  }

  /// Guard: he may not, and if nobody else might, the review would never close.
  @Test func whatTheReviewerHasHimselfAnotherOneDecidesOn() async throws {
    let world = try await RequestsWorld()
    let boss = try await world.reviewer()
    try await grant(world, to: [boss.person, try await world.person("Mia")])
    let review = try await open(world, for: boss.person)
    try #require(review.items.count == 2)
    let (own, hers) = (review.items[0], review.items[1])
    #expect(await decide(world, review.id, own, as: boss.principal) == ["access_review.own"])
    #expect(await decide(world, review.id, hers, as: world.manager) == ["access_review.other_reviewer"])
    #expect(await decide(world, review.id, own, as: world.manager) == ["accepted"])
    #expect(await decide(world, review.id, hers, as: boss.principal) == ["accepted"])
    #expect(try await world.call("access_review.list", ["customer": .id(world.acme.publicId)]).at("items.0.closedAt") != .null)
  }

  private enum Way: CaseIterable {
    case login, grant, expiry, left
  }

  /// Guard: a review of somebody who can decide no more would stay open for good.
  @Test func whoeverMayDecidesOnceTheReviewerCannot() async throws {
    let world = try await RequestsWorld()
    try await grant(world, to: [try await world.person("Mia")])
    for way in Way.allCases {
      let named = try await world.reviewer(until: way == .expiry ? "2026-03-03T00:00:00Z" : .null)
      let review = try await open(world, for: named.person)
      let item = try #require(review.items.first)
      #expect(await decide(world, review.id, item, as: world.manager) == ["access_review.other_reviewer"], "\(way)")
      switch way {
      case .login: try await world.call("account.disable", ["id": named.account], as: world.database.root)
      case .grant: try await world.call("account_grant.revoke", ["id": named.grant], as: world.database.root)
      case .expiry: world.database.clock.advance(seconds: 86_400)
      case .left:
        try await world.call("account.disable", ["id": named.account], as: world.database.root)
        try await world.call("person.change", ["id": named.person, "left": .bool(true)], as: world.database.root, version: 1)
      }
      #expect(await decide(world, review.id, item, as: world.manager) == ["accepted"], "\(way)")
    }
  }

  /// Guard: a login that is only for its own person's affairs, or of another customer, decides on nobody's access.
  @Test func whoMayNotDecideIsNotNamed() async throws {
    let world = try await RequestsWorld()
    try await grant(world, to: [try await world.person("Mia")])
    let principal = try await world.database.user(.requester, of: world.acme, .own)
    let login = try await world.ids(of: principal)
    func named(_ person: Value) async -> [String] {
      await refusal {
        try await world.call(
          "access_review.open", ["customer": .id(world.acme.publicId), "reviewer": person, "dueOn": "2026-03-31"])
      }
    }
    #expect(await named(login.person) == ["reviewer access_review.reviewer_may_not"], "a login without a role")
    for (role, scope) in [("requester", "tenant"), ("customer_manager", "own")] {
      try await world.call("account_grant.add", ["account": login.account, "role": .text(role), "scope": .text(scope)], as: world.database.root)
      #expect(await named(login.person) == ["reviewer access_review.reviewer_may_not"], "\(role) \(scope)")
    }
    let stranger = try await world.ids(of: try await world.database.user(.customerManager, of: world.other))
    try await world.call(
      "account_grant.add", ["account": stranger.account, "role": "customer_manager", "scope": "tenant"], as: world.database.root)
    #expect(await named(stranger.person) == ["reviewer input.unknown_reference"])
    try await world.call(
      "account_grant.add", ["account": login.account, "role": "customer_manager", "scope": "tenant"], as: world.database.root)
    #expect(await named(login.person) == ["accepted"])
  }
}
