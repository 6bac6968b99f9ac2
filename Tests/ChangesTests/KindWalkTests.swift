import Kernel
import TestSupport
import Testing

/// What is done about a change by its operations.
enum ChangeAct: CaseIterable { case write, assess, submit, approve, reject, revise, start, succeed, fail, backOut, review, close, cancel }

extension ChangesWorld {
  /// Acts on a change as it was last seen; who is asked to agree is `approver`.
  func perform(_ act: ChangeAct, on seen: Value, asking approver: Principal) async throws {
    let text = Value.text("Text \(seen.at("version").integer ?? 0)")
    switch act {
    case .write: try await self.act("change.change", on: seen, ["plan": text])
    case .assess: try await self.act("change.assess", on: seen, ["answers": Self.lowest])
    case .submit: try await self.act("change.submit", on: seen)
    case .approve, .reject:
      let approvals = seen.at("approvals").array ?? []
      let approval = approvals.first { $0.at("state") == "asked" } ?? approvals.last
      try await call("change_approval.\(act)", ["id": approval?.at("id") ?? .null, "reason": text], as: approver)
    case .revise: try await self.act("change.revise", on: seen, ["reason": text])
    case .start: try await self.act("change.start", on: seen)
    case .succeed: try await self.act("change.complete", on: seen, ["outcome": "success"])
    case .fail: try await self.act("change.complete", on: seen, ["outcome": "failed"])
    case .backOut: try await self.act("change.back_out", on: seen, ["reason": text])
    case .review: try await self.act("change.review", on: seen, ["review": text])
    case .close: try await self.act("change.close", on: seen)
    case .cancel: try await self.act("change.cancel", on: seen, ["reason": text])
    }
  }
}

/// Emergencies and standard changes through their operations, beside tables of what is possible: each differs from a normal change.
@Suite struct ChangeKindWalkTests {
  private struct Model: Hashable {
    var state: String
    var approval = "none"
    var outcome: String?
    var isReviewed = false
    var wasAsked = false

    func after(_ act: ChangeAct) -> Model {
      var next = self
      switch act {
      case .approve: next.approval = "approved"
      case .reject: next.approval = "rejected"
      case .revise: next.approval = "none"
      case .cancel: if approval == "pending" { next.approval = "none" }
      case .succeed: next.outcome = "success"
      case .fail: next.outcome = "failed"
      case .backOut: (next.outcome, next.isReviewed) = ("backed_out", false)
      case .review: next.isReviewed = true
      case .write, .assess, .submit, .start, .close: break
      }
      return next
    }

    func agrees(_ read: Value) -> Bool {
      guard read.at("state") == .text(state), read.at("approval") == .text(approval) else { return false }
      return read.at("outcome").text == outcome && (read.at("review") != .null) == isReviewed
    }
  }

  /// Without the answers of those who are asked, which may come at any time until it is closed. Written apart from the code.
  private static let emergencies: [String: [ChangeAct: String]] = [
    "draft": [.write: "draft", .assess: "assessed", .cancel: "cancelled"],
    "assessed": [.write: "draft", .assess: "assessed", .submit: "awaiting_approval", .cancel: "cancelled"],
    // It does not wait for them.
    "awaiting_approval": [.revise: "draft", .start: "implementing", .cancel: "cancelled"],
    "approved": [.revise: "draft", .start: "implementing", .cancel: "cancelled"],
    "implementing": [.succeed: "implemented", .fail: "implemented", .backOut: "backed_out"],
    "implemented": [.backOut: "backed_out", .review: "implemented", .close: "closed"],
    "backed_out": [.review: "backed_out", .close: "closed"],
    "rejected": [.revise: "draft", .cancel: "cancelled"],
    "closed": [:], "cancelled": [:],
  ]

  private static func ofEmergency(_ model: Model, _ act: ChangeAct) -> Model? {
    var next = model.after(act)
    if act == .approve || act == .reject {
      guard model.approval == "pending" else { return nil }
      if model.state == "awaiting_approval" { next.state = next.approval }
      return next
    }
    guard let state = emergencies[model.state]?[act] else { return nil }
    // What was refused is no success for who did it; it is closed when all have answered, and it was looked back on.
    if act == .succeed, model.approval == "rejected" { return nil }
    if act == .close, model.approval != "approved" || !model.isReviewed { return nil }
    next.state = state
    if act == .submit { (next.approval, next.wasAsked) = ("pending", true) }
    return next
  }

  @Test func emergenciesGoWhereTheTableLetsThem() async throws {
    let world = try await ChangesWorld()
    let manager = Value.object(["name": .object(["en": "Change manager"]), "role": "administrator"])
    let rule = Value.object(["rule": "all", "approvers": .array([manager])])
    let late = Value.object(["rule": "all", "approvers": .array([manager]), "hours": 48])
    try await world.call("change_policy.change", ["low": rule, "medium": rule, "high": rule, "emergency": late], as: world.account, version: 1)
    let walk = OperationWalk<Model, ChangeAct>(
      expected: Self.ofEmergency, perform: { try await world.perform($0, on: $1, asking: world.administrator) }, read: { try await world.read($0) },
      agrees: { $0.agrees($1) }, comparesVersion: { $0 != .approve && $0 != .reject },
      isPossible: { model, act in (act != .approve && act != .reject) || model.wasAsked })
    var number = 0
    let reached = try await walk.run(
      seeds: [1, 2, 3, 4], walks: 6, steps: 18,
      begin: {
        let opened = try await world.call("change.open", ["customer": .id(world.acme.publicId), "kind": "emergency", "title": "Patch now"])
        let incident = try await world.call("incident.open", ["customer": .id(world.acme.publicId), "title": "Down", "impact": 2, "urgency": 2])
        try await world.call("change.link_incident", ["id": opened.at("id"), "incident": incident.at("id")])
        // Half of them begin where others are asked: what comes after that is as long a way again.
        number += 1
        guard number.isMultiple(of: 2) else { return (Model(state: "draft"), try await world.read(opened)) }
        for act in [ChangeAct.assess, .submit] { try await world.perform(act, on: try await world.read(opened), asking: world.administrator) }
        return (Model(state: "awaiting_approval", approval: "pending", wasAsked: true), try await world.read(opened))
      }, pause: { world.database.clock.advance(seconds: 60) })
    #expect(Set(reached.map(\.state)) == Set(Self.emergencies.keys), "\(reached)")
    #expect(reached.contains { $0.state == "implementing" && $0.approval == "pending" }, "begun before all have agreed")
  }

  /// Of one by a model: nobody is asked, and what the model says is not written anew.
  private static let standards: [String: [ChangeAct: String]] = [
    "assessed": [.submit: "approved", .cancel: "cancelled"],
    // Taken back, it is judged by its model again.
    "approved": [.revise: "assessed", .start: "implementing", .cancel: "cancelled"],
    "implementing": [.succeed: "implemented", .fail: "implemented", .backOut: "backed_out"],
    "implemented": [.backOut: "backed_out", .review: "implemented", .close: "closed"],
    "backed_out": [.review: "backed_out", .close: "closed"],
    "closed": [:], "cancelled": [:],
  ]

  private static func ofStandard(_ model: Model, _ act: ChangeAct) -> Model? {
    guard let state = standards[model.state]?[act] else { return nil }
    if act == .close, model.outcome != "success", !model.isReviewed { return nil }
    var next = model.after(act)
    next.state = state
    if act == .submit { next.approval = "approved" }
    return next
  }

  @Test func standardChangesGoWhereTheTableLetsThem() async throws {
    let world = try await ChangesWorld()
    let content: Value = .object([
      "description": "Reboot", "plan": "Reboot it", "backOut": "Restore", "answers": ChangesWorld.lowest, "ciTypes": .array(["server"]),
    ])
    let made = try await world.call(
      "change_model.create", ["code": "REBOOT", "name": .object(["en": "Reboot"]), "content": content], as: world.account)
    try await world.act("change_model.approve", on: made, as: world.administrator)
    var number = 0
    let walk = OperationWalk<Model, ChangeAct>(
      expected: Self.ofStandard, perform: { try await world.perform($0, on: $1, asking: world.peer) }, read: { try await world.read($0) },
      agrees: { $0.agrees($1) },
      // There is nobody who could answer.
      isPossible: { _, act in act != .approve && act != .reject })
    let reached = try await walk.run(
      seeds: [1, 2], walks: 5, steps: 14,
      begin: {
        number += 1
        let opened = try await world.call(
          "change.open",
          [
            "customer": .id(world.acme.publicId), "kind": "standard", "title": "Reboot", "model": made.at("id"), "startsAt": world.instant(1),
            "endsAt": world.instant(49), "cis": .array([try await world.ci("s\(number)")]),
          ])
        world.database.clock.advance(seconds: 2 * 3600)
        return (Model(state: "assessed"), try await world.read(opened))
      }, pause: { world.database.clock.advance(seconds: 60) })
    #expect(Set(reached.map(\.state)) == Set(Self.standards.keys), "\(reached)")
  }
}
