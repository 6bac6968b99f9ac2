import Kernel
import TestSupport
import Testing

/// Problems through their operations, beside the table of what is possible.
@Suite struct ProblemWalkTests {
  private enum Act: CaseIterable { case rename, investigate, cause, workaround, declare, resolve, close, reopen, cancel }

  private struct Model: Hashable {
    var state = "new"
    /// Whether a cause or a workaround is written down.
    var isKnown = false
    var isDeclared = false
    var reopened: Int64 = 0
  }

  /// Written apart from the code. What is open is written at besides.
  private static let table: [String: [Act: String]] = [
    "new": [.investigate: "investigating", .declare: "known_error", .resolve: "resolved", .cancel: "cancelled"],
    "investigating": [.declare: "known_error", .resolve: "resolved", .cancel: "cancelled"],
    "known_error": [.investigate: "investigating", .resolve: "resolved", .cancel: "cancelled"],
    "resolved": [.close: "closed", .reopen: "investigating"], "closed": [.reopen: "investigating"], "cancelled": [.reopen: "investigating"],
  ]

  private static func expected(_ model: Model, _ act: Act) -> Model? {
    var next = model
    switch act {
    case .rename, .cause, .workaround:
      guard ["new", "investigating", "known_error"].contains(model.state) else { return nil }
      next.isKnown = model.isKnown || act != .rename
    default:
      guard let state = table[model.state]?[act], act != .declare || model.isKnown else { return nil }
      next.state = state
      if act == .reopen { next.reopened += 1 }
      if [.declare, .investigate, .reopen].contains(act) { next.isDeclared = act == .declare }
    }
    return next
  }

  @Test func problemsGoWhereTheTableLetsThem() async throws {
    let world = try await ProblemsWorld()
    // An incident has at most five problems behind it.
    var incidents: [Value] = []
    let walk = OperationWalk<Model, Act>(
      expected: Self.expected,
      perform: { act, seen in
        // Nothing is written twice the same: that would be refused.
        let text = Value.text("Text \(seen.at("version").integer ?? 0)")
        switch act {
        case .rename: try await world.act("change", on: seen, ["title": text])
        case .investigate: try await world.act("investigate", on: seen)
        case .cause: try await world.act("record_cause", on: seen, ["cause": text])
        case .workaround: try await world.act("record_workaround", on: seen, ["workaround": text])
        case .declare: try await world.act("declare_known_error", on: seen)
        case .resolve: try await world.act("resolve", on: seen, ["solution": text])
        case .close: try await world.act("close", on: seen, ["outcome": "removed"])
        case .reopen: try await world.act("reopen", on: seen, ["reason": text])
        case .cancel: try await world.act("cancel", on: seen, ["reason": text])
        }
      }, read: { try await world.call("problem.read", ["id": $0.at("id")]) },
      agrees: { model, read in
        read.at("state") == .text(model.state) && read.at("reopenCount") == .integer(model.reopened)
          && (read.at("cause") != .null || read.at("workaround") != .null) == model.isKnown
          && (read.at("knownErrorAt") != .null) == model.isDeclared
          && (read.at("resolvedAt") != .null) == ["resolved", "closed"].contains(model.state)
          && (read.at("closedAt") != .null) == ["closed", "cancelled"].contains(model.state)
      })
    let reached = try await walk.run(
      seeds: [1, 2, 3], walks: 5, steps: 20,
      begin: {
        incidents.append(try await world.incident("The same again"))
        return (Model(), try await world.problem("Walked", of: world.acme, incidents: incidents.suffix(1)))
      }, pause: { world.database.clock.advance(seconds: 60) })
    #expect(Set(reached.map(\.state)) == Set(Self.table.keys), "\(reached)")
    // All of it can be told, each news once.
    try await world.tell()
    func news() async throws -> [[String]] {
      var news: [[String]] = []
      for incident in incidents { news.append(try await world.news(of: incident)) }
      return news
    }
    let told = try await news()
    try await world.tell()
    let again = try await news()
    #expect(told.contains { !$0.isEmpty } && again == told)
  }
}
