import Desk
import Kernel
import TestSupport
import Testing

/// Incidents through their operations, beside the table of what is possible.
@Suite struct IncidentWalkTests {
  private enum Act: CaseIterable { case start, hold, resume, resolve, close, reopen, merge }

  private struct Model: Hashable {
    var state: String
    var isMerged = false
  }

  /// Written apart from the code.
  private static let table: [String: [Act: String]] = [
    "new": [.start: "active", .hold: "pending", .resolve: "resolved", .merge: "closed"],
    "active": [.hold: "pending", .resolve: "resolved", .merge: "closed"],
    "pending": [.resume: "active", .resolve: "resolved", .merge: "closed"],
    "resolved": [.close: "closed", .reopen: "active", .merge: "closed"],
    "closed": [.reopen: "active"],
  ]

  @Test func incidentsGoWhereTheTableLetsThem() async throws {
    let world = try await DeskWorld()
    let sink = try await world.open("What the others go into")
    let walk = OperationWalk<Model, Act>(
      expected: { model, act in
        guard !model.isMerged, let next = Self.table[model.state]?[act] else { return nil }
        return Model(state: next, isMerged: act == .merge)
      },
      perform: { act, seen in
        switch act {
        case .start: try await world.act("start", on: seen)
        case .hold: try await world.act("hold", on: seen, ["reason": "awaiting_requester", "comment": "Which printer?"])
        case .resume: try await world.act("resume", on: seen)
        case .resolve: try await world.act("resolve", on: seen, ["resolution": "Done"])
        case .close: try await world.act("close", on: seen)
        case .reopen: try await world.act("reopen", on: seen, ["reason": "Still broken"])
        case .merge: try await world.act("merge", on: seen, ["into": sink["id"] ?? .null])
        }
      }, read: { try await world.read($0) },
      agrees: { model, read in
        read["state"] == .text(model.state) && (read["mergedInto"] != .null) == model.isMerged && (read["pendingReason"] != .null) == (model.state == "pending")
          && (read["closedAt"] != .null) == (model.state == "closed")
      })
    let reached = try await walk.run(
      seeds: [1, 2, 3], walks: 5, steps: 20, begin: { (Model(state: "new"), try await world.open()) }, pause: { world.database.clock.advance(seconds: 600) })
    #expect(Set(reached.map(\.state)) == Set(Self.table.keys) && reached.contains { $0.isMerged }, "\(reached)")
  }
}
