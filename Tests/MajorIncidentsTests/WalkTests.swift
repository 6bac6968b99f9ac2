import Kernel
import Synchronization
import TestSupport
import Testing

/// Major incidents through their operations, beside the table of what is possible.
@Suite struct MajorWalkTests {
  private enum Act: CaseIterable { case rename, log, tell, link, unlink, mitigate, resolve, reopen, review }

  private struct Model: Hashable {
    var state = "declared"
    /// How many incidents are part of it.
    var incidents: Int64 = 0
    var isMitigated = false
    var reopened: Int64 = 0
  }

  /// Written apart from the code.
  private static let table: [String: [Act: String]] = [
    "declared": [
      .rename: "declared", .log: "declared", .tell: "declared", .link: "declared", .unlink: "declared", .mitigate: "mitigated", .resolve: "resolved",
    ],
    "mitigated": [
      .rename: "mitigated", .log: "mitigated", .tell: "mitigated", .link: "mitigated", .unlink: "mitigated", .resolve: "resolved", .reopen: "declared",
    ],
    "resolved": [.rename: "resolved", .log: "resolved", .tell: "resolved", .unlink: "resolved", .reopen: "declared", .review: "reviewed"],
    "reviewed": [.unlink: "reviewed"],
  ]

  private static func expected(_ model: Model, _ act: Act) -> Model? {
    guard let state = table[model.state]?[act] else { return nil }
    var next = model
    next.state = state
    switch act {
    case .link: next.incidents += 1
    case .unlink: next.incidents -= 1
    case .mitigate: next.isMitigated = true
    case .reopen: (next.isMitigated, next.reopened) = (false, model.reopened + 1)
    case .rename, .log, .tell, .resolve, .review: break
    }
    return next
  }

  @Test func majorIncidentsGoWhereTheTableLetsThem() async throws {
    let world = try await MajorWorld()
    let incidents = Mutex<[Value]>([])
    let walk = OperationWalk<Model, Act>(
      expected: Self.expected,
      perform: { act, seen in
        let id = seen["id"] ?? .null
        // Nothing is written twice the same.
        let text = Value.text("At \(world.database.clock.now())")
        switch act {
        case .rename: try await world.act("change", on: seen, ["title": text])
        case .log: try await world.act("log", on: seen, ["body": text, "audience": "internal"])
        case .tell: try await world.act("log", on: seen, ["body": text, "audience": "customers"])
        case .link:
          let incident = try await world.incident("One of it")
          incidents.withLock { $0.append(incident) }
          try await world.link(incident, to: seen)
        case .unlink:
          let linked = try await world.list("major_incident.incidents", id).first?["incident"] ?? .null
          try await world.call("major_incident.unlink", ["id": id, "incident": linked, "reason": text])
        case .mitigate: try await world.act("mitigate", on: seen, ["mitigation": text])
        case .resolve: try await world.act("resolve", on: seen, ["resolution": text])
        case .reopen: try await world.act("reopen", on: seen, ["reason": text])
        case .review: try await world.act("review", on: seen, ["review": text])
        }
      }, read: { try await world.call("major_incident.read", ["id": $0["id"] ?? .null]) },
      agrees: { model, read in
        let isOver = ["resolved", "reviewed"].contains(model.state)
        return read["state"] == .text(model.state) && read["incidents"] == .integer(model.incidents) && read["reopenCount"] == .integer(model.reopened)
          && (read["mitigatedAt"] != .null) == model.isMitigated && (read["resolvedAt"] != .null) == isOver
          && (read["reviewedAt"] != .null) == (model.state == "reviewed")
      },
      comparesVersion: { ![.log, .tell, .link, .unlink].contains($0) },
      isPossible: { model, act in act == .unlink ? model.incidents > 0 : act != .link || model.incidents < 2 })
    let reached = try await walk.run(
      seeds: [1, 2], walks: 4, steps: 16, begin: { (Model(), try await world.declare([])) }, pause: { world.database.clock.advance(seconds: 60) })
    #expect(Set(reached.map(\.state)) == Set(Self.table.keys), "\(reached)")
    // All that was written for customers can be told, each of it once.
    for _ in 0..<2 { try await world.tell() }
    #expect(try await world.left() == 0)
    for incident in incidents.withLock({ $0 }) {
      let said = try await world.said(on: incident)
      #expect(Set(said).count == said.count, "\(said)")
    }
  }
}
