import Kernel
import Requests
import TestSupport
import Testing

/// Requests with their approval and tasks through their operations, beside a model of what is possible.
@Suite struct RequestWalkTests {
  private enum Act: CaseIterable { case approve, reject, begin, claim, complete, fail, retry, skip, withdraw, cancel, close, reopen, wait }

  private struct Model: Hashable {
    var state = "awaiting_approval"
    /// Two, one after the other; none before somebody agreed.
    var tasks: [String] = []
    /// Somebody was at it, though it is to be done by anybody again.
    var wasRetried = false

    /// The task whose turn it is, or the last.
    var turn: Int { tasks.firstIndex { !["done", "skipped"].contains($0) } ?? tasks.count - 1 }
    var hasBegun: Bool { wasRetried || tasks.contains { !["waiting", "ready", "cancelled"].contains($0) } }
  }

  /// Written apart from the code.
  private static let tasks: [String: [Act: String]] = [
    "ready": [.claim: "active", .complete: "done", .fail: "failed", .skip: "skipped"],
    // Claimed again by the same it stays his.
    "active": [.claim: "active", .complete: "done", .fail: "failed", .skip: "skipped"],
    "failed": [.retry: "ready", .skip: "skipped"],
  ]

  private static func expected(_ model: Model, _ act: Act) -> Model? {
    var next = model
    switch (act, model.state) {
    case (.approve, "awaiting_approval"): (next.state, next.tasks) = ("fulfilling", ["ready", "waiting"])
    case (.reject, "awaiting_approval"): next.state = "rejected"
    case (.withdraw, "awaiting_approval"): next.state = "withdrawn"
    case (.withdraw, "fulfilling") where !model.hasBegun: next.state = "withdrawn"
    case (.cancel, "awaiting_approval"), (.cancel, "fulfilling"): next.state = "cancelled"
    case (.close, "fulfilled"), (.wait, "fulfilled"): next.state = "closed"
    // It is agreed to still; one more task is to be done.
    case (.reopen, "fulfilled"), (.reopen, "closed"): (next.state, next.tasks) = ("fulfilling", model.tasks + ["ready"])
    case (.wait, _): break
    case (.claim, "fulfilling"), (.complete, "fulfilling"), (.fail, "fulfilling"), (.retry, "fulfilling"), (.skip, "fulfilling"):
      guard let after = tasks[model.tasks[model.turn]]?[act] else { return nil }
      next.tasks[model.turn] = after
      if act == .retry { next.wasRetried = true }
      if ["done", "skipped"].contains(after), next.tasks[next.turn] == "waiting" { next.tasks[next.turn] = "ready" }
      if next.tasks.allSatisfy({ ["done", "skipped"].contains($0) }) { next.state = "fulfilled" }
    default: return nil
    }
    if next.state == "withdrawn" || next.state == "cancelled" {
      next.tasks = next.tasks.map { ["done", "skipped"].contains($0) ? $0 : "cancelled" }
    }
    return next
  }

  @Test func requestsGoWhereTheTableLetsThem() async throws {
    let world = try await RequestsWorld()
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let offering = try await world.offering(
      "LAPTOP",
      [
        "approval": .object(["rule": "all", "roles": .array([RequestsWorld.name("IT manager")])]),
        "tasks": .array([FulfilmentTests.task("Order", step: 1), FulfilmentTests.task("Deliver", step: 2)]),
      ])
    try await world.database.set("ticket_policy.set", ["closeRequestsAfterDays": 1], as: world.manager)
    let walk = OperationWalk<Model, Act>(
      expected: Self.expected,
      perform: { act, seen in
        let (id, version) = (seen.at("id"), seen.at("version"))
        let tasks = seen.at("tasks").array ?? []
        let task = (tasks.first { !["done", "skipped"].contains($0.at("state").text ?? "") } ?? tasks.last)?.at("id") ?? .null
        switch act {
        case .approve, .reject:
          try await world.call("approval.\(act)", ["id": seen.at("approvals.0.id"), "reason": "Seen"], as: boss)
          // What a customer agreed to, the sweep begins.
          try await world.sweep()
        case .begin: try await world.call("request.begin", ["id": id, "reason": "r"], as: world.engineer, version: version)
        case .claim, .complete, .retry: try await world.call("task.\(act)", ["id": task], as: world.engineer)
        case .fail, .skip: try await world.call("task.\(act)", ["id": task, "reason": "r"], as: world.engineer)
        case .withdraw: try await world.call("request.withdraw", ["id": id], version: version)
        case .cancel: try await world.call("request.cancel", ["id": id, "reason": "r"], as: world.engineer, version: version)
        case .close: try await world.call("request.close", ["id": id], version: version)
        case .reopen: try await world.call("request.reopen", ["id": id, "reason": "r"], as: world.engineer, version: version)
        case .wait:
          world.database.clock.advance(seconds: 86_400)
          try await world.sweep()
        }
      }, read: { try await world.request($0) },
      agrees: { model, read in
        read.at("state") == .text(model.state) && read.at("tasks").array?.map { $0.at("state") } == model.tasks.map { .text($0) }
      },
      comparesVersion: { [.begin, .withdraw, .cancel, .close, .reopen].contains($0) },
      // Twice reopened is often enough.
      isPossible: { model, act in
        act == .reopen ? model.tasks.count < 4 : ![.claim, .complete, .fail, .retry, .skip].contains(act) || !model.tasks.isEmpty
      })
    let reached = try await walk.run(
      seeds: [1, 4, 7], walks: 8, steps: 14, begin: { (Model(), try await world.submit(offering)) }, pause: { world.database.clock.advance(seconds: 60) })
    // It is never seen agreed to and not begun, nor as an earlier version recorded it.
    #expect(Set(reached.map(\.state)) == Set(RequestState.allCases.map(\.rawValue)).subtracting(["submitted", "approved"]), "\(reached)")
  }
}
