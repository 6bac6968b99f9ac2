import Kernel
import Operations
import TestSupport
import Testing

@testable import Changes

@Suite struct ChangeTests {
  @Test func aNormalChangeFromDraftToClosed() async throws {
    let world = try await ChangesWorld()
    let ci = try await world.ci("core-1")
    let opened = try await world.change(cis: [ci])
    #expect(opened.at("number").text?.hasSuffix("-CHG-000001") == true)
    #expect(opened.at("state") == "draft" && opened.at("owner").text != nil)
    let planned = try await world.act(
      "change.plan_tasks", on: opened,
      ["tasks": .array([.object(["name": .object(["en": "Swap"]), "step": 1]), .object(["name": .object(["en": "Check"]), "step": 2])])])
    let asked = try await world.submitted(planned)
    #expect(asked.at("state") == "awaiting_approval" && asked.at("risk") == "low")
    let agreed = try await world.decide(asked, role: "engineer", as: world.peer)
    #expect(agreed.at("state") == "approved" && agreed.at("approval") == "approved")
    #expect(agreed.at("approvals").array?.map { $0.at("state") } == ["approved", "lapsed", "lapsed"])
    #expect(await refusal { try await world.act("change.start", on: agreed) } == "change.outside_window")
    world.database.clock.advance(seconds: 3600)
    let started = try await world.act("change.start", on: agreed)
    #expect(await refusal { try await world.act("change.complete", on: started, ["outcome": "success"]) } == "change.tasks_open")
    let tasks = try await world.read(started).at("tasks").array ?? []
    #expect(tasks.map { $0.at("state") } == ["ready", "waiting"])
    #expect(await refusal { try await world.call("change_task.claim", ["id": tasks[1].at("id")]) } == "task.wrong_state")
    try await world.call("change_task.claim", ["id": tasks[0].at("id")])
    #expect(await refusal { try await world.call("change_task.complete", ["id": tasks[0].at("id")], as: world.peer) } == "task.claimed_by_another")
    try await world.call("change_task.fail", ["id": tasks[0].at("id"), "reason": "Stuck"])
    try await world.call("change_task.retry", ["id": tasks[0].at("id")])
    try await world.call("change_task.complete", ["id": tasks[0].at("id"), "result": "Swapped"])
    try await world.call("change_task.skip", ["id": tasks[1].at("id"), "reason": "Checked already"])
    let done = try await world.act("change.complete", on: started, ["outcome": "success", "note": "Fine"])
    let closed = try await world.act("change.close", on: done)
    #expect(closed.at("state") == "closed" && closed.at("outcome") == "success")
    let events = try await world.events(of: closed)
    #expect(
      events == [
        "opened", "ci_added", "planned", "assessed", "submitted", "approval_asked", "approval_asked", "approval_asked", "approval_given",
        "approval_lapsed", "approval_lapsed", "approved", "started", "task_opened", "task_claimed", "task_failed", "task_retried", "task_completed",
        "task_opened", "task_skipped", "implemented", "closed",
      ])
  }

  @Test func historiesTellFieldByField() async throws {
    let world = try await ChangesWorld()
    let change = try await world.change()
    let written = try await world.act(
      "change.change", on: change, ["plan": "Replace both", "publicText": "Short break", "title": "New switch", "endsAt": world.instant(4)])
    let told = try await world.call("change.history", ["id": change.at("id"), "limit": 100]).at("items").array?.last
    #expect(told?.at("type") == "change.changed" && told?.at("payload.fields") == .array(["publicText", "plan", "endsAt"]))
    #expect(
      told?.at("payload.changes")
        == .array([
          .object(["key": "publicText", "was": .null, "became": "Short break"]), .object(["key": "plan", "was": "Replace it", "became": "Replace both"]),
          .object(["key": "endsAt", "was": change.at("endsAt"), "became": world.instant(4)]),
        ]))
    // What is said as it stands changes nothing: what was assessed stays so.
    let assessed = try await world.act("change.assess", on: written, ["answers": ChangesWorld.lowest])
    let same = try await world.act("change.change", on: assessed, ["plan": "Replace both"])
    #expect(same.at("state") == "assessed" && same.at("version") == assessed.at("version"))

    let release = try await world.call("release.open", ["title": "Spring"])
    let renamed = try await world.act("release.change", on: release, ["title": "Summer", "description": ""])
    let last = try await world.call("release.history", ["id": release.at("id"), "limit": 100]).at("items").array?.last
    #expect(last?.at("payload.changes") == .array([.object(["key": "title", "was": "Spring", "became": "Summer"])]))
    #expect(try await world.act("release.change", on: renamed, ["title": "Summer"]).at("version") == renamed.at("version"))
  }

  @Test func aNormalChangeIsWrittenWholeBeforeAnybodyIsAsked() async throws {
    let world = try await ChangesWorld()
    let bare = try await world.call("change.open", ["customer": .id(world.acme.publicId), "kind": "normal", "title": "Bare"])
    #expect(await refusal { try await world.act("change.submit", on: bare) } == "change.wrong_state")
    let judged = try await world.act("change.assess", on: bare, ["answers": ChangesWorld.lowest])
    do {
      try await world.act("change.submit", on: judged)
      Issue.record("submitted")
    } catch let failure as Failure {
      #expect(failure.violations.map(\.path) == ["plan", "backOut", "test", "startsAt", "endsAt"])
    }
    func window(_ from: Value, _ to: Value) async -> String {
      await refusal { try await world.act("change.change", on: judged, ["startsAt": from, "endsAt": to]) }
    }
    #expect(await window(world.instant(2), .null) == "endsAt change.window_whole")
    #expect(await window(world.instant(2), world.instant(2)) == "endsAt change.window_order")
    #expect(await window(world.instant(2), world.instant(3000)) == "endsAt change.window_too_long")
    #expect(await refusal { try await world.act("change.change", on: judged) } == "change.nothing_to_change")
    let written = try await world.act(
      "change.change", on: judged,
      ["plan": "p", "backOut": "b", "test": "t", "startsAt": world.instant(1), "endsAt": world.instant(2), "title": "Not bare"])
    #expect(await refusal { try await world.act("change.change", on: judged, ["title": "Late"]) } == "version.mismatch")
    // What was judged was another plan.
    #expect(await refusal { try await world.act("change.submit", on: written) } == "change.wrong_state")
    let asked = try await world.submitted(written)
    // What somebody is asked about is not written any more; taken back, it is, and he is asked again.
    #expect(await refusal { try await world.act("change.change", on: asked, ["title": "Other"]) } == "change.wrong_state")
    #expect(await refusal { try await world.act("change.add_ci", on: asked, ["ci": try await world.ci("late")]) } == "change.wrong_state")
    let agreed = try await world.decide(asked, role: "engineer", as: world.peer)
    let back = try await world.act("change.revise", on: agreed, ["reason": "More to do"])
    #expect(back.at("state") == "draft" && back.at("approval") == "none")
    let again = try await world.submitted(back)
    #expect(again.at("state") == "awaiting_approval")
    #expect(try await world.read(again).at("approvals").array?.map { $0.at("state") } == ["asked", "asked", "asked"])
  }

  @Test func aStandardChangeFollowsItsModel() async throws {
    let world = try await ChangesWorld()
    let content: Value = .object([
      "description": "Reboot", "plan": "Reboot it", "backOut": "Restore", "answers": ChangesWorld.lowest, "ciTypes": .array(["server"]),
      "tasks": .array([.object(["name": .object(["en": "Reboot"]), "step": 1])]),
    ])
    func model(_ code: Value, _ content: Value) async throws -> Value {
      try await world.call("change_model.create", ["code": code, "name": .object(["en": "Reboot"]), "content": content], as: world.account)
    }
    #expect(
      await refusal { try await model("BAD", .object(["description": "", "plan": "p", "backOut": "b", "answers": .object([])])) }
        == "answers.impact input.required")
    let made = try await model("REBOOT", content)
    #expect(await refusal { try await model("REBOOT", content) } == "change.code_taken")
    func open(_ ci: Value = .null) async throws -> Value {
      try await world.call(
        "change.open",
        [
          "customer": .id(world.acme.publicId), "kind": "standard", "title": "Reboot", "model": made.at("id"), "startsAt": world.instant(1),
          "endsAt": world.instant(2), "cis": ci.isNull ? .array([]) : .array([ci]),
        ])
    }
    #expect(await refusal { try await open() } == "model change.model_not_approved")
    // Four eyes: neither its author nor the operator at the machine agrees to it.
    #expect(await refusal { try await world.act("change_model.approve", on: made, as: world.account) } == "change.own_model")
    #expect(await refusal { try await world.act("change_model.approve", on: made, as: world.database.root) } == "change.needs_person")
    #expect(await refusal { try await world.act("change_model.approve", on: made, as: world.engineer) } == "denied")
    let inForce = try await world.act("change_model.approve", on: made, as: world.administrator)
    #expect(await refusal { try await world.act("change_model.approve", on: inForce, as: world.administrator) } == "change.model_approved_already")
    #expect(await refusal { try await open(try await world.ci("a", type: "application")) } == "cis[0] change.model_other_types")
    // It approves what it is for: not words of others, not what the provider shares, not nothing.
    #expect(await refusal { try await world.act("change.submit", on: try await open()) } == "change.model_needs_ci")
    let shared = try await world.sharedCi("core", affecting: [world.acme])
    func openWith(_ field: String, _ value: Value) async -> String {
      await refusal {
        try await world.database.dispatcher.invoke(
          "change.open",
          .object([
            Value.Member("customer", .id(world.acme.publicId)), Value.Member("kind", "standard"), Value.Member("title", "x"),
            Value.Member("model", made.at("id")), Value.Member(field, value),
          ]), as: world.engineer, Call(requestId: "test")
        ).value
      }
    }
    #expect(await openWith("sharedCis", .array([shared])) == "sharedCis[0] change.model_not_shared")
    #expect(await openWith("publicText", "x") == "publicText change.model_writes")
    #expect(await openWith("description", "x") == "description change.model_writes")
    let change = try await open(try await world.ci("s"))
    #expect(change.at("state") == "assessed" && change.at("risk") == "low" && change.at("plan") == "Reboot it" && change.at("modelVersion") == 1)
    // What a model says stands.
    #expect(await refusal { try await world.act("change.change", on: change, ["plan": "Other"]) } == "change.model_writes")
    #expect(await refusal { try await world.act("change.assess", on: change, ["answers": ChangesWorld.highest]) } == "change.model_writes")
    #expect(await refusal { try await world.act("change.plan_tasks", on: change, ["tasks": .array([])]) } == "change.model_writes")
    let agreed = try await world.act("change.submit", on: change)
    #expect(agreed.at("state") == "approved" && agreed.at("approval") == "approved")
    #expect(try await world.read(agreed).at("approvals").array?.isEmpty == true)
    // A later version, once agreed to, is for later changes.
    let revised = try await world.act(
      "change_model.revise", on: inForce, ["name": .object(["en": "Reboot"]), "content": content], as: world.account)
    #expect(revised.at("newest") == 2 && revised.at("inForce") == 1)
    #expect(try await open().at("modelVersion") == 1)
    // Moved to another hour: taken back, it is judged by the model again.
    let back = try await world.act("change.revise", on: agreed, ["reason": "Tomorrow"])
    #expect(back.at("state") == "assessed")
    let retired = try await world.act("change_model.retire", on: revised, as: world.account)
    #expect(await refusal { try await open() } == "model change.model_retired")
    #expect(await refusal { try await world.act("change_model.retire", on: retired, as: world.account) } == "change.model_retired")
    // What is retired approves nothing any more.
    #expect(await refusal { try await world.act("change.submit", on: back) } == "change.model_replaced")
  }

  @Test func anEmergencyIsBegunUnaskedAndLookedBackOn() async throws {
    let world = try await ChangesWorld()
    let bare = try await world.call("change.open", ["customer": .id(world.acme.publicId), "kind": "emergency", "title": "Why?"])
    #expect(await refusal { try await world.submitted(bare) } == "change.emergency_reason")
    let judged = try await world.read(bare)
    #expect(try await world.act("change.submit", on: judged, as: world.administrator).at("state") == "awaiting_approval")
    let asked = try await world.emergency(isRisky: true)
    #expect(asked.at("state") == "awaiting_approval")
    let started = try await world.act("change.start", on: asked)
    #expect(started.at("state") == "implementing" && started.at("approval") == "pending")
    #expect(started.at("startsAt") == .instant(world.database.clock.now()) && started.at("endsAt") == world.instant(1))
    let done = try await world.act("change.complete", on: started, ["outcome": "success"])
    let reviewed = try await world.act("change.review", on: done, ["review": "Learnt"])
    #expect(await refusal { try await world.act("change.close", on: reviewed) } == "change.approval_pending")
    let agreed = try await world.decide(reviewed, role: "account_manager", as: world.account)
    #expect(agreed.at("state") == "implemented" && agreed.at("approval") == "approved")
    #expect(try await world.act("change.close", on: agreed).at("state") == "closed")
    // One that nobody answers: by the sweep, at the instant at which it was due.
    let running = try await world.act("change.start", on: try await world.emergency("Again"))
    let due = world.database.clock.now().adding(seconds: 48 * 3600)
    world.database.clock.advance(seconds: 50 * 3600)
    try await world.sweep()
    let late = try await world.read(running)
    #expect(late.at("state") == "implementing" && late.at("approval") == "rejected")
    let history = try await world.call("change.history", ["id": late.at("id"), "limit": 200]).at("items").array ?? []
    let refused = history.first { $0.at("type") == "change.rejected" }
    #expect(refused?.at("occurredAt") == .instant(due) && refused?.at("actorKind") == "system")
    try await world.sweep()
    #expect(try await world.read(running).at("version") == late.at("version"))
    // What was refused is no success of him who did it, and is not closed by him.
    #expect(await refusal { try await world.act("change.complete", on: late, ["outcome": "success"]) } == "change.refused")
    let failed = try await world.act("change.complete", on: late, ["outcome": "failed"])
    let learnt = try await world.act("change.review", on: failed, ["review": "Ask first"])
    for person in [world.engineer, world.peer] { #expect(await refusal { try await world.act("change.close", on: learnt, as: person) } == "change.refused") }
    #expect(try await world.act("change.close", on: learnt, as: world.administrator).at("state") == "closed")
  }

  @Test func whatFailedOrWasBackedOutIsLookedBackOn() async throws {
    let world = try await ChangesWorld()
    let started = try await world.act("change.start", on: try await world.approved(try await world.change()))
    let failed = try await world.act("change.complete", on: started, ["outcome": "failed"])
    #expect(await refusal { try await world.act("change.close", on: failed) } == "change.review_missing")
    let reviewed = try await world.act("change.review", on: failed, ["review": "Why"])
    // Undone after all: what was learnt before is not what is learnt now.
    let undone = try await world.act("change.back_out", on: reviewed, ["reason": "Did not hold"])
    #expect(undone.at("state") == "backed_out" && undone.at("outcome") == "backed_out" && undone.at("review") == .null)
    #expect(await refusal { try await world.act("change.close", on: undone) } == "change.review_missing")
    let closed = try await world.act("change.close", on: try await world.act("change.review", on: undone, ["review": "Why"]))
    #expect(closed.at("state") == "closed" && closed.at("outcome") == "backed_out")
    #expect(await refusal { try await world.act("change.cancel", on: closed, ["reason": "Late"]) } == "change.wrong_state")
  }

  @Test func somebodyAnswersForIt() async throws {
    let world = try await ChangesWorld()
    let opened = try await world.change(as: world.database.root)
    #expect(opened.at("owner") == .null)
    #expect(await refusal { try await world.submitted(opened) } == "change.owner_missing")
    let judged = try await world.read(opened)
    #expect(await refusal { try await world.act("change.take", on: judged, as: world.database.root) } == "change.needs_person")
    let taken = try await world.act("change.take", on: judged, as: world.peer)
    #expect(taken.at("owner").text != nil)
    #expect(await refusal { try await world.act("change.take", on: taken) } == "change.owned")
    let over = try await world.act("change.cancel", on: taken, ["reason": "x"])
    #expect(await refusal { try await world.act("change.assign", on: over, ["staff": taken.at("owner")]) } == "change.wrong_state")
  }

  @Test func whatIsOverIsNotAskedAbout() async throws {
    let world = try await ChangesWorld()
    let asked = try await world.submitted(try await world.change())
    let judged = try await world.act("change.assess", on: try await world.change(), ["answers": ChangesWorld.lowest])
    world.database.clock.advance(seconds: 3 * 3600)
    #expect(await refusal { try await world.act("change.submit", on: judged) } == "endsAt change.window_over")
    #expect(await refusal { try await world.decide(asked, role: "engineer", as: world.peer) } == "change.window_over")
  }

  @Test func twoActsOnWhatOneSawAreOne() async throws {
    let world = try await ChangesWorld()
    let asked = try await world.submitted(try await world.change())
    let ends = await withTaskGroup(of: String.self) { group in
      for _ in 0..<6 { group.addTask { await refusal { try await world.act("change.cancel", on: asked, ["reason": "No"]) } } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(ends.count { $0 == "accepted" } == 1 && ends.count { $0 == "version.mismatch" } == 5, "\(ends)")
    // Two approvers of one step, at once: both words count, or the second finds that it is not asked any more.
    let risky = try await world.submitted(try await world.change(), isRisky: true)
    let approvals = try await world.read(risky).at("approvals").array ?? []
    #expect(approvals.count == 2)
    let words = await withTaskGroup(of: String.self) { group in
      for (approval, person) in zip(approvals, [world.administrator, world.account]) {
        group.addTask { await refusal { try await world.call("change_approval.approve", ["id": approval.at("id")], as: person) } }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(words == ["accepted", "accepted"])
    #expect(try await world.read(risky).at("state") == "approved")
  }
}
