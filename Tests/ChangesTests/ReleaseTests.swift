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
    // Neither who opened it, nor who judged, nor no person.
    #expect(await sign(world.engineer) == "release.own")
    #expect(await sign(world.peer) == "release.own")
    #expect(await sign(world.database.root) == "change.needs_person")
    #expect(
      await refusal { try await world.act("release.deploy", on: release, ["what": "1.0", "where": "ACME", "result": "succeeded"]) } == "release.wrong_state")
    release = try await world.act("release.sign_off", on: release, as: world.account)
    #expect(release.at("state") == "signed_off")
    #expect(await refusal { try await world.act("release.add_criterion", on: release, ["text": "Late"]) } == "release.wrong_state")
    #expect(
      await refusal {
        try await world.act("release.deploy", on: release, ["what": "1.0", "where": "ACME", "result": "succeeded", "deployedAt": world.instant(1)])
      } == "deployedAt release.in_future")
    for result in ["failed", "succeeded"] {
      release = try await world.act("release.deploy", on: release, ["what": "1.0", "where": "ACME", "result": .text(result)])
    }
    #expect(await refusal { try await world.act("release.close", on: release) } == "release.changes_open")
    try await world.act("change.cancel", on: try await world.read(change), ["reason": "In the end not"])
    release = try await world.act("release.close", on: release)
    let read = try await world.call("release.read", ["id": release.at("id")])
    #expect(read.texts("result", in: "deployments") == ["succeeded", "failed"] && read.texts("state", in: "criteria") == ["met", "met"])
    let history = try await world.call("release.history", ["id": release.at("id"), "limit": 100]).texts("type")
    #expect(history.first == "release.opened" && history.last == "release.closed" && history.count == 15)
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
    let over = try await world.act("release.cancel", on: apart, ["reason": "Not this year"])
    #expect(await refusal { try await world.act("release.change", on: over, ["title": "x"]) } == "release.wrong_state")
  }
}
