import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@Suite struct VisibilityTests {
  @Test func customersSeeNoInternalCommentAndNobodysAssignment() async throws {
    let world = try await DeskWorld()
    let user = try await world.database.user(.customerManager, of: world.acme)
    let team = try await world.database.call("team.create", ["name": "First line"], as: world.manager)
    var incident = try await world.open()
    incident = try await world.act("assign", on: incident, ["team": team["id"] ?? .null])
    try await world.act("comment", on: incident, ["body": "The CANARY forgot his password again.", "visibility": "internal"])
    try await world.act("comment", on: incident, ["body": "We are on it.", "visibility": "public"])
    try await world.act("comment", on: incident, ["body": "Thank you."], as: user)

    let internalView = try await world.list("comments", of: incident)
    #expect(internalView.compactMap { $0["visibility"] } == ["internal", "public", "public"])
    let comments = try await world.list("comments", of: incident, as: user)
    #expect(comments.compactMap { $0["body"] } == ["We are on it.", "Thank you."])
    let history = try await world.list("history", of: incident, as: user)
    #expect(history.compactMap { $0["type"] } == ["incident.opened", "incident.assigned", "incident.commented", "incident.commented"])
    #expect(history.compactMap { $0["actor"] } == [.null, .null, .null, .null])
    let seen = try await world.read(incident, as: user)
    let all = "\(comments)\(history)\(seen)\(try await world.explain(incident, "response", as: user))"
    #expect(!all.contains("CANARY") && !all.contains("internal") && !all.contains("team_") && !all.contains("stf_"))
    // The staff see who it was.
    #expect(try await world.list("history", of: incident).first?["actor"]?.text?.hasPrefix("stf_") == true)
    await expectFailure(.invalid) { try await world.act("comment", on: incident, ["body": "x", "visibility": "internal"], as: user) }
  }

  /// What staff write reaches a customer only when they say so.
  @Test func whatStaffWriteIsInternalUnlessTheySayOtherwise() async throws {
    let world = try await DeskWorld()
    let user = try await world.database.user(.customerManager, of: world.acme)
    let incident = try await world.open()
    #expect(try await world.act("comment", on: incident, ["body": "The CANARY again."])["visibility"] == "internal")
    #expect(try await world.read(incident)["respondedAt"] == .null, "no response")
    #expect(try await world.act("comment", on: incident, ["body": "Any news?"], as: user)["visibility"] == "public")
    let resolved = try await world.act("resolve", on: try await world.read(incident), ["resolution": "Done."])
    let reopened = try await world.act("reopen", on: resolved, ["reason": "He lied, says the CANARY"])
    try await world.act("reopen", on: try await world.act("resolve", on: reopened, ["resolution": "Done."]), ["comment": "We look again."])
    #expect(try await world.list("comments", of: incident, as: user).compactMap { $0["body"] } == ["Any news?", "We look again."])
    #expect(try await world.list("comments", of: incident).compactMap { $0["visibility"] } == ["internal", "public", "internal", "public"])
  }

  @Test func aCustomerWhoClosesKeepsTheTeamHeCannotSee() async throws {
    let world = try await DeskWorld()
    let user = try await world.database.user(.customerManager, of: world.acme)
    let team = try await world.database.call("team.create", ["name": "First line"], as: world.manager)
    var incident = try await world.open(as: user)
    incident = try await world.act("assign", on: incident, ["team": team["id"] ?? .null])
    incident = try await world.act("resolve", on: incident, ["resolution": "Done."])
    let closed = try await world.act("close", on: incident, as: user)
    #expect(closed["team"] == .null)
    #expect(try await world.read(incident)["team"] == team["id"])
    #expect(try await world.read(incident)["state"] == "closed")
  }

  @Test func aRequesterSeesAndActsOnHisOwnOnly() async throws {
    let world = try await DeskWorld()
    let anna = try await world.database.user(.requester, of: world.acme, .own)
    let ben = try await world.database.user(.requester, of: world.acme, .own)
    let foreigner = try await world.database.user(.customerManager, of: world.other)
    let incident = try await world.open(as: anna)
    #expect(incident["requester"] != .null)
    #expect(try await world.database.call("incident.list", as: anna)["items"]?.column("id") == [incident["id"] ?? .null])
    #expect(try await world.database.call("incident.list", as: ben)["items"] == .array([]))
    for stranger in [ben, foreigner] {
      await expectFailure(.notFound) { try await world.read(incident, as: stranger) }
      await expectFailure(.notFound) { try await world.act("comment", on: incident, ["body": "x"], as: stranger) }
      await expectFailure(.notFound) { try await world.list("comments", of: incident, as: stranger) }
      await expectFailure(.notFound) { try await world.list("history", of: incident, as: stranger) }
      await expectFailure(.notFound) { try await world.explain(incident, "response", as: stranger) }
    }
    // For somebody else he cannot open; and working on it is the engineers' affair.
    await expectFailure(.invalid) {
      try await world.database.call("incident.open", ["title": "x", "requester": incident["requester"] ?? .null], as: ben)
    }
    for verb in ["start", "resume"] { await expectFailure(.denied) { try await world.act(verb, on: incident, as: anna) } }
    await expectFailure(.denied) { try await world.act("resolve", on: incident, ["resolution": "x"], as: anna) }
    await expectFailure(.denied) { try await world.act("start", on: incident, as: world.manager) }
    let done = try await world.act("resolve", on: incident, ["resolution": "Done."])
    await expectFailure(.notFound) { try await world.act("close", on: done, as: ben) }
    #expect(try await world.act("close", on: done, as: anna)["state"] == "closed")
  }

  @Test func aUnitScopeCoversItsUnits() async throws {
    let world = try await DeskWorld()
    var units: [Value] = []
    for name in ["Hamburg", "Kiel"] {
      units.append(
        try await world.database.call(
          "unit.add", ["customer": .id(world.acme.publicId), "kind": "site", "name": .text(name)], as: world.manager)["id"] ?? .null)
    }
    let hamburg = try #require(units.first?.text.flatMap { PublicId($0) })
    let id = try await world.database.superuser.transaction { try await $0.query(UnitId(publicId: hamburg.random)) }
    let lead = try await world.database.user(.customerManager, of: world.acme, .unit, units: Set(id))
    for unit in units {
      try await world.database.call(
        "incident.open", ["customer": .id(world.acme.publicId), "title": "x", "unit": unit], as: world.engineer)
    }
    #expect(try await world.database.call("incident.list", as: lead)["items"]?.column("unit") == [units[0]])
    _ = try await world.database.call("incident.open", ["title": "x", "unit": units[0]], as: lead)
    await expectFailure(.invalid) { try await world.database.call("incident.open", ["title": "x", "unit": units[1]], as: lead) }
    await expectFailure(.invalid) { try await world.database.call("incident.open", ["title": "x"], as: lead) }
  }
}
