import Kernel
import TestSupport
import Testing

/// The tasks of a change through their operations, beside a model of what is possible.
@Suite struct ChangeTaskWalkTests {
  private enum Act: CaseIterable { case claim, seize, complete, fail, retry, skip, succeed, giveUp, backOut }

  private struct Model: Hashable {
    var state = "implementing"
    /// Two, one after the other.
    var tasks = ["ready", "waiting"]
    /// Whether a colleague is at the task whose turn it is.
    var isPeers = false

    /// The task whose turn it is, or the last.
    var turn: Int { tasks.firstIndex { !Model.over.contains($0) } ?? tasks.count - 1 }
    var isDone: Bool { tasks.allSatisfy(Model.over.contains) }

    static let over: Set<String> = ["done", "skipped"]
  }

  /// Written apart from the code; of who is at it, or of anybody while nobody is.
  private static let table: [String: [Act: String]] = [
    "ready": [.claim: "active", .seize: "active", .complete: "done", .fail: "failed", .skip: "skipped"],
    // Claimed again by the same it stays his.
    "active": [.claim: "active", .seize: "active", .complete: "done", .fail: "failed", .skip: "skipped"],
    "failed": [.retry: "ready", .skip: "skipped"],
  ]

  private static func expected(_ model: Model, _ act: Act) -> Model? {
    var next = model
    switch act {
    case .succeed where model.state == "implementing" && model.isDone, .giveUp where model.state == "implementing": next.state = "implemented"
    case .backOut where model.state != "backed_out": next.state = "backed_out"
    case .succeed, .giveUp, .backOut: return nil
    case .claim, .seize, .complete, .fail, .retry, .skip:
      guard model.state == "implementing", let after = table[model.tasks[model.turn]]?[act] else { return nil }
      // What somebody else is at is his, unless it is taken from him.
      if model.isPeers, act != .seize { return nil }
      next.tasks[model.turn] = after
      next.isPeers = act == .seize
      if Model.over.contains(after), next.tasks[next.turn] == "waiting" { next.tasks[next.turn] = "ready" }
    }
    // What is not over will not be done.
    if next.state != "implementing" {
      next.tasks = next.tasks.map { Model.over.contains($0) ? $0 : "cancelled" }
      next.isPeers = false
    }
    return next
  }

  @Test func tasksGoWhereTheTableLetsThem() async throws {
    let world = try await ChangesWorld()
    let steps = Value.array([
      .object(["name": .object(["en": "Swap"]), "step": 1]), .object(["name": .object(["en": "Check"]), "step": 2]),
    ])
    let walk = OperationWalk<Model, Act>(
      expected: Self.expected,
      perform: { act, seen in
        let tasks = seen.at("tasks").array ?? []
        let task = (tasks.first { !Model.over.contains($0.at("state").text ?? "") } ?? tasks.last)?.at("id") ?? .null
        switch act {
        case .seize: try await world.call("change_task.claim", ["id": task, "takeOver": .bool(true)], as: world.peer)
        case .claim, .complete, .retry: try await world.call("change_task.\(act)", ["id": task])
        case .fail, .skip: try await world.call("change_task.\(act)", ["id": task, "reason": "r"])
        case .succeed: try await world.act("change.complete", on: seen, ["outcome": "success"])
        case .giveUp: try await world.act("change.complete", on: seen, ["outcome": "failed"])
        case .backOut: try await world.act("change.back_out", on: seen, ["reason": "r"])
        }
      }, read: { try await world.read($0) },
      agrees: { model, read in
        read.at("state") == .text(model.state) && read.at("tasks").array?.map { $0.at("state") } == model.tasks.map { .text($0) }
      }, comparesVersion: { [.succeed, .giveUp, .backOut].contains($0) })
    let reached = try await walk.run(
      seeds: [1, 2, 3], walks: 8, steps: 12,
      begin: {
        let planned = try await world.act("change.plan_tasks", on: try await world.change("Walked", from: 1, hours: 48), ["tasks": steps])
        return (Model(), try await world.act("change.start", on: try await world.approved(planned)))
      }, pause: { world.database.clock.advance(seconds: 60) })
    #expect(Set(reached.map(\.state)) == ["implementing", "implemented", "backed_out"], "\(reached)")
    #expect(Set(reached.flatMap(\.tasks)) == ["waiting", "ready", "active", "failed", "done", "skipped", "cancelled"], "\(reached)")
    #expect(reached.contains { $0.isPeers })
  }
}
