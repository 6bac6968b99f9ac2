import Kernel
import TestSupport
import Testing

/// Changes and releases through their operations, beside tables of what is possible.
@Suite struct ChangeWalkTests {
  private typealias Act = ChangeAct

  private struct Model: Hashable {
    var state = "draft"
    var outcome: String?
    var isReviewed = false
    var wasSubmitted = false
  }

  /// Of a normal change whose window is open and that one engineer is asked about; written apart from the code.
  private static let table: [String: [Act: String]] = [
    "draft": [.write: "draft", .assess: "assessed", .cancel: "cancelled"],
    "assessed": [.write: "draft", .assess: "assessed", .submit: "awaiting_approval", .cancel: "cancelled"],
    "awaiting_approval": [.approve: "approved", .reject: "rejected", .revise: "draft", .cancel: "cancelled"],
    "approved": [.revise: "draft", .start: "implementing", .cancel: "cancelled"],
    "implementing": [.succeed: "implemented", .fail: "implemented", .backOut: "backed_out"],
    "implemented": [.backOut: "backed_out", .review: "implemented", .close: "closed"],
    "backed_out": [.review: "backed_out", .close: "closed"],
    "rejected": [.revise: "draft", .cancel: "cancelled"],
    "closed": [:], "cancelled": [:],
  ]

  private static func expected(_ model: Model, _ act: Act) -> Model? {
    guard let state = table[model.state]?[act] else { return nil }
    // What did not work is looked back on first.
    if act == .close, model.outcome != "success", !model.isReviewed { return nil }
    var next = model
    next.state = state
    switch act {
    case .submit: next.wasSubmitted = true
    case .succeed: next.outcome = "success"
    case .fail: next.outcome = "failed"
    case .backOut: (next.outcome, next.isReviewed) = ("backed_out", false)
    case .review: next.isReviewed = true
    default: break
    }
    return next
  }

  @Test func changesGoWhereTheTableLetsThem() async throws {
    let world = try await ChangesWorld()
    let peer = Value.object(["name": .object(["en": "Another engineer"]), "role": "engineer"])
    let manager = Value.object(["name": .object(["en": "Change manager"]), "role": "administrator"])
    func all(_ approver: Value) -> Value { .object(["rule": "all", "approvers": .array([approver])]) }
    try await world.call(
      "change_policy.change",
      [
        "low": all(peer), "medium": all(manager), "high": all(manager),
        "emergency": .object(["rule": "all", "approvers": .array([manager]), "hours": 48]),
      ], as: world.account, version: 1)
    let walk = OperationWalk<Model, Act>(
      expected: Self.expected, perform: { try await world.perform($0, on: $1, asking: world.peer) }, read: { try await world.read($0) },
      agrees: { model, read in
        read.at("state") == .text(model.state) && read.at("outcome").text == model.outcome && (read.at("review") != .null) == model.isReviewed
      },
      comparesVersion: { $0 != .approve && $0 != .reject }, isPossible: { model, act in (act != .approve && act != .reject) || model.wasSubmitted })
    let reached = try await walk.run(
      seeds: [1, 2, 3], walks: 6, steps: 18,
      begin: {
        let change = try await world.change("Walked", from: 1, hours: 48)
        world.database.clock.advance(seconds: 2 * 3600)
        return (Model(), change)
      }, pause: { world.database.clock.advance(seconds: 60) })
    #expect(Set(reached.map(\.state)) == Set(Self.table.keys), "\(reached)")
  }

  private enum ReleaseAct: CaseIterable { case write, meet, miss, pilot, pass, fail, sign, deploy, close, cancel }

  private struct Release: Hashable {
    var state = "planning"
    var criterion = "open"
    var pilot: String?
  }

  private static let releases: [String: [ReleaseAct: String]] = [
    "planning": [.write: "planning", .meet: "planning", .miss: "planning", .pilot: "piloting", .sign: "signed_off", .cancel: "cancelled"],
    "piloting": [
      .write: "piloting", .meet: "piloting", .miss: "piloting", .pilot: "piloting", .pass: "piloting", .fail: "piloting", .sign: "signed_off",
      .cancel: "cancelled",
    ],
    "signed_off": [.deploy: "deployed", .cancel: "cancelled"], "deployed": [.deploy: "deployed", .close: "closed"], "closed": [:], "cancelled": [:],
  ]

  private static func expected(_ model: Release, _ act: ReleaseAct) -> Release? {
    guard let state = releases[model.state]?[act] else { return nil }
    if act == .sign, model.criterion != "met" || (model.state == "piloting" && model.pilot != "passed") { return nil }
    var next = model
    next.state = state
    switch act {
    case .meet: next.criterion = "met"
    case .miss: next.criterion = "not_met"
    case .pilot: next.pilot = nil
    case .pass: next.pilot = "passed"
    case .fail: next.pilot = "failed"
    default: break
    }
    return next
  }

  @Test func releasesGoWhereTheTableLetsThem() async throws {
    let world = try await ChangesWorld()
    let walk = OperationWalk<Release, ReleaseAct>(
      expected: Self.expected,
      perform: { act, seen in
        let text = Value.text("Text \(seen.at("version").integer ?? 0)")
        switch act {
        case .write: try await world.act("release.change", on: seen, ["title": text])
        case .meet, .miss:
          try await world.act(
            "release.judge_criterion", on: seen, ["criterion": 1, "state": act == .meet ? "met" : "not_met", "evidence": text], as: world.peer)
        case .pilot: try await world.act("release.pilot", on: seen, ["scope": text])
        case .pass, .fail: try await world.act("release.record_pilot", on: seen, ["result": act == .pass ? "passed" : "failed", "note": text])
        case .sign: try await world.act("release.sign_off", on: seen, as: world.account)
        case .deploy: try await world.act("release.deploy", on: seen, ["what": text, "where": "ACME", "result": "succeeded"])
        case .close: try await world.act("release.close", on: seen)
        case .cancel: try await world.act("release.cancel", on: seen, ["reason": text])
        }
      }, read: { try await world.call("release.read", ["id": $0.at("id")]) },
      agrees: { model, read in
        read.at("state") == .text(model.state) && read.at("criteria.0.state") == .text(model.criterion) && read.at("pilotResult").text == model.pilot
          && (read.at("signedAt") != .null) == ["signed_off", "deployed", "closed"].contains(model.state)
      })
    let reached = try await walk.run(
      seeds: [1, 2, 3], walks: 6, steps: 16,
      begin: {
        let release = try await world.call("release.open", ["title": "Spring"])
        return (Release(), try await world.act("release.add_criterion", on: release, ["text": "No data is lost"]))
      }, pause: { world.database.clock.advance(seconds: 60) })
    #expect(Set(reached.map(\.state)) == Set(Self.releases.keys), "\(reached)")
  }
}
