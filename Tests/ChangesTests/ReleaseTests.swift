import Kernel
import Operations
import TestSupport
import Testing

@testable import Changes

@Suite struct ReleaseTests {
  @Test func aReleaseFromPlanToDeployment() async throws {
    let world = try await ChangesWorld()
    let change = try await world.change()
    var release = try await world.call("release.open", ["title": "Spring"])
    release = try await world.act("release.add_change", on: release, ["change": change.at("id")])
    #expect(await refusal { try await world.act("release.add_change", on: release, ["change": change.at("id")]) } == "release.change_taken")
    #expect(try await world.call("change.list", ["release": release.at("id")]).texts("title") == ["New switch"])
    func sign(_ principal: Principal) async -> String { await refusal { try await world.act("release.sign_off", on: release, as: principal) } }
    // Nothing to meet is not everything met.
    #expect(await sign(world.account) == "release.criteria_open")
    for text in ["No data is lost", "It can be undone"] { release = try await world.act("release.add_criterion", on: release, ["text": .text(text)]) }
    func judge(_ number: Value, _ state: Value) async throws {
      release = try await world.act(
        "release.judge_criterion", on: release, ["criterion": number, "state": state, "evidence": "Protocol 7"], as: world.peer)
    }
    // Whoever judged once has judged, whoever judges after him.
    release = try await world.act(
      "release.judge_criterion", on: release, ["criterion": 1, "state": "met", "evidence": "Seen"], as: world.administrator)
    try await judge(1, "met")
    #expect(await sign(world.account) == "release.criteria_open")
    try await judge(2, "not_met")
    #expect(await sign(world.account) == "release.criteria_open")
    #expect(
      await refusal { try await world.act("release.judge_criterion", on: release, ["criterion": 9, "state": "met", "evidence": "x"]) }
        == "criterion input.unknown_reference")
    try await judge(2, "met")
    release = try await world.act("release.pilot", on: release, ["scope": "ACME's test site"])
    #expect(await sign(world.account) == "release.pilot_not_passed")
    release = try await world.act("release.record_pilot", on: release, ["result": "failed", "note": "Slow"])
    #expect(await sign(world.account) == "release.pilot_not_passed")
    // Once more: what came of the first counts no more.
    release = try await world.act("release.pilot", on: release, ["scope": "Again"])
    #expect(await sign(world.account) == "release.pilot_not_passed")
    release = try await world.act("release.record_pilot", on: release, ["result": "passed", "note": "Fine"])
    // Nothing goes out that nobody agreed to.
    #expect(await sign(world.account) == "release.changes_unapproved")
    let agreed = try await world.decide(try await world.submitted(try await world.read(change)), role: "engineer", as: world.peer)
    // Neither who opened it, nor who judged, nor no person.
    #expect(await sign(world.administrator) == "release.own")
    #expect(await sign(world.engineer) == "release.own")
    #expect(await sign(world.peer) == "release.own")
    #expect(await sign(world.database.root) == "change.needs_person")
    #expect(
      await refusal { try await world.act("release.deploy", on: release, ["what": "1.0", "where": "ACME", "result": "succeeded"]) } == "release.wrong_state")
    release = try await world.act("release.sign_off", on: release, as: world.account)
    #expect(release.at("state") == "signed_off")
    #expect(await refusal { try await world.act("change.revise", on: agreed, ["reason": "x"]) } == "change.release_signed")
    #expect(await refusal { try await world.act("release.add_criterion", on: release, ["text": "Late"]) } == "release.wrong_state")
    #expect(
      await refusal {
        try await world.act("release.deploy", on: release, ["what": "1.0", "where": "ACME", "result": "succeeded", "deployedAt": world.instant(1)])
      } == "deployedAt release.in_future")
    #expect(
      await refusal {
        try await world.act("release.deploy", on: release, ["what": "1.0", "where": "ACME", "result": "succeeded", "deployedAt": world.instant(-1)])
      } == "deployedAt release.before_signed")
    for result in ["failed", "succeeded"] {
      release = try await world.act("release.deploy", on: release, ["what": "1.0", "where": "ACME", "result": .text(result)])
    }
    #expect(await refusal { try await world.act("release.close", on: release) } == "release.changes_open")
    try await world.act("change.cancel", on: try await world.read(change), ["reason": "In the end not"])
    release = try await world.act("release.close", on: release)
    let read = try await world.call("release.read", ["id": release.at("id")])
    #expect(read.texts("result", in: "deployments") == ["succeeded", "failed"] && read.texts("state", in: "criteria") == ["met", "met"])
    let history = try await world.call("release.history", ["id": release.at("id"), "limit": 100]).texts("type")
    #expect(history.first == "release.opened" && history.last == "release.closed" && history.count == 16)
  }

  @Test func otherChangesAreJudgedAnew() async throws {
    let world = try await ChangesWorld()
    var release = try await world.call("release.open", ["title": "Spring"])
    release = try await world.act("release.add_criterion", on: release, ["text": "Safe"])
    release = try await world.act("release.judge_criterion", on: release, ["criterion": 1, "state": "met", "evidence": "x"])
    release = try await world.act("release.pilot", on: release, ["scope": "Some"])
    release = try await world.act("release.record_pilot", on: release, ["result": "passed", "note": "x"])
    release = try await world.act("release.add_change", on: release, ["change": try await world.change().at("id")])
    #expect(release.at("pilotResult") == .null)
    #expect(try await world.call("release.read", ["id": release.at("id")]).at("criteria.0.state") == "open")
    let started = try await world.act("change.start", on: try await world.approved(try await world.change()))
    #expect(await refusal { try await world.act("release.add_change", on: release, ["change": started.at("id")]) } == "change release.change_begun")
  }

  @Test func aReleaseIsWithItsChanges() async throws {
    let world = try await ChangesWorld()
    let theirs = try await world.change("Theirs", of: world.other)
    let release = try await world.call("release.open", ["title": "Spring"], as: world.servesAcme)
    #expect(
      await refusal { try await world.act("release.add_change", on: release, ["change": theirs.at("id")], as: world.servesAcme) }
        == "change input.unknown_reference")
    let mine = try await world.act("release.add_change", on: release, ["change": try await world.change(as: world.servesAcme).at("id")], as: world.servesAcme)
    let both = try await world.act("release.add_change", on: mine, ["change": theirs.at("id")])
    // He reads it, and does nothing to it any more; the other change is not there for him.
    #expect(await refusal { try await world.act("release.cancel", on: both, ["reason": "x"], as: world.servesAcme) } == "change.serves_all")
    #expect(try await world.call("change.list", ["release": both.at("id")], as: world.servesAcme).texts("title") == ["New switch"])
    let apart = try await world.act("release.remove_change", on: both, ["change": theirs.at("id")])
    #expect(await refusal { try await world.act("release.remove_change", on: apart, ["change": theirs.at("id")]) } == "release.change_not_of")
    // One with another's changes alone is not there.
    let hidden = try await world.act("release.add_change", on: try await world.call("release.open", ["title": "Hidden"]), ["change": theirs.at("id")])
    #expect(await refusal { try await world.call("release.read", ["id": hidden.at("id")], as: world.servesAcme) } == "not_found")
    #expect(try await world.call("release.list", [:], as: world.servesAcme).texts("title") == ["Spring"])
    // Nor is it when that is taken out; nor a new one of somebody else.
    let emptied = try await world.act("release.remove_change", on: hidden, ["change": theirs.at("id")])
    let fresh = try await world.call("release.open", ["title": "Fresh"])
    for one in [emptied, fresh] {
      #expect(await refusal { try await world.call("release.read", ["id": one.at("id")], as: world.servesAcme) } == "not_found")
    }
    let over = try await world.act("release.cancel", on: apart, ["reason": "Not this year"])
    #expect(await refusal { try await world.act("release.change", on: over, ["title": "x"]) } == "release.wrong_state")
    // What was given up takes its changes along nowhere.
    let kept = try await world.call("change.list", ["release": over.at("id")]).at("items.0.id")
    #expect(try await world.act("release.add_change", on: fresh, ["change": kept]).at("state") == "planning")
  }
}
