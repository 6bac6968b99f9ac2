import Kernel
import Requests
import TestSupport
import Testing

/// Reviews of access through their operations: each of three entitlements is decided on once, the last decision closes the review.
@Suite struct AccessReviewWalkTests {
  private enum Act: Int, CaseIterable {
    case confirmFirst, confirmSecond, confirmThird, revokeFirst, revokeSecond, revokeThird

    var index: Int { rawValue % 3 }
    var result: String { rawValue < 3 ? "confirmed" : "revoked" }
  }

  private struct Model: Hashable {
    var results: [String?] = [nil, nil, nil]

    var isClosed: Bool { !results.contains(nil) }
  }

  @Test func eachIsDecidedOnOnce() async throws {
    let world = try await RequestsWorld()
    let grant = try await world.offering("ERP", ["access": .object(["action": "grant", "resource": "erp"])])
    var people: [Value] = []
    for name in ["Mia", "Ben", "Eva"] { people.append(try await world.person(name)) }
    let walk = OperationWalk<Model, Act>(
      expected: { model, act in
        guard model.results[act.index] == nil else { return nil }
        var next = model
        next.results[act.index] = act.result
        return next
      },
      perform: { act, seen in
        let entitlement = seen.at("entitlements.\(act.index)")
        try await world.call(
          "access_review.decide", ["id": seen.at("id"), "entitlement": entitlement, "result": .text(act.result), "reason": "Asked"])
      },
      read: { seen in
        let items = try await world.call("access_review.items", ["id": seen.at("id")]).at("items").array ?? []
        let reviews = try await world.call("access_review.list", ["customer": .id(world.acme.publicId), "limit": 200]).at("items").array ?? []
        let review = reviews.first { $0.at("id") == seen.at("id") } ?? .null
        let held = try await world.call("entitlement.list", ["customer": .id(world.acme.publicId), "limit": 200]).at("items").array ?? []
        return .object([
          "id": seen.at("id"), "decided": review.at("decided"), "closedAt": review.at("closedAt"), "version": review.at("version"),
          "results": .array(items.map { $0.at("result") }), "entitlements": .array(items.map { $0.at("entitlement.id") }),
          "held": .array(held.map { $0.at("id") }),
        ])
      },
      agrees: { model, read in
        let held = Set(read.at("held").array ?? [])
        let left = zip(read.at("entitlements").array ?? [], model.results).filter { $0.1 != "revoked" }.map { $0.0 }
        guard (read.at("results").array ?? []).map(\.text) == model.results, held == Set(left) else { return false }
        return read.at("decided") == .integer(Int64(model.results.count { $0 != nil })) && (read.at("closedAt") != .null) == model.isClosed
      }, comparesVersion: { _ in false })
    let reached = try await walk.run(
      seeds: [1, 2], walks: 3, steps: 6,
      begin: {
        // What the walk before revoked is given again; what it confirmed gives way to the new entry.
        for person in people {
          let made = try await world.submit(grant, for: person)
          try await world.call("task.complete", ["id": made.at("tasks.0.id")], as: world.engineer)
        }
        return (Model(), try await world.call("access_review.open", ["customer": .id(world.acme.publicId), "dueOn": "2026-03-31"]))
      }, pause: { world.database.clock.advance(seconds: 60) })
    #expect(reached.contains { $0.isClosed } && reached.contains { !$0.isClosed })
  }
}
