import Kernel
import Operations
import TestSupport
import Testing

@testable import Notifications

/// Who of the staff watches a problem, a change, a release or a major incident hears what becomes of it, as long as he may see it.
@Suite struct WatcherNewsTests {
  private func act(
    _ operation: String, on record: Value, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal, _ world: NotificationsWorld
  ) async throws -> Value {
    let members = [Value.Member("id", record["id"] ?? .null)] + more.map { Value.Member($0.key, $0.value) }
    world.database.clock.advance(seconds: 1)
    return try await world.database.dispatcher.invoke(
      operation, .object(members), as: principal, Call(requestId: "test", expectedVersion: record["version"]?.integer)
    ).value
  }

  private func watch(_ noun: String, _ record: Value, _ staff: Value, _ world: NotificationsWorld, verb: String = "watch") async throws {
    try await world.call("\(noun).\(verb)", ["id": record["id"] ?? .null, "staff": staff])
  }

  private func problem(_ world: NotificationsWorld, ofAcme: Bool = true) async throws -> Value {
    let customer = ofAcme ? Value.id(world.acme.publicId) : .null
    return try await world.call(
      "problem.open", ["customer": customer, "title": "Leak", "description": "x", "impact": 2, "urgency": 2], as: world.engineer)
  }

  private func declare(_ world: NotificationsWorld) async throws -> (major: Value, incident: Value) {
    let customer = Value.id(world.acme.publicId)
    let incident = try await world.call("incident.open", ["customer": customer, "title": "Slow", "impact": 2, "urgency": 2], as: world.engineer)
    let incidents = Value.array([incident["id"] ?? .null])
    let major = try await world.call("major_incident.declare", ["customer": customer, "title": "Storage", "incidents": incidents], as: world.engineer)
    return (major, incident["id"] ?? .null)
  }

  private func told(_ principal: Principal, _ world: NotificationsWorld) async throws -> [String] {
    for _ in 0..<2 { try await world.make() }
    return try await world.events(principal).sorted()
  }

  @Test func whoWatchesAProblemHears() async throws {
    let world = try await NotificationsWorld()
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    var record = try await problem(world)
    for id in [world.colleagueId, tinaId] { try await watch("problem", record, id, world) }
    record = try await act("problem.record_cause", on: record, ["cause": "A worn seal"], as: world.colleague, world)
    #expect(try await told(tina, world) == ["problem.cause_recorded"])
    #expect(try await told(world.colleague, world) == [], "nobody is told what he did himself")
    #expect(try await told(world.engineer, world) == ["problem.cause_recorded"], "its owner, once")
    try await watch("problem", record, tinaId, world, verb: "unwatch")
    record = try await act("problem.record_workaround", on: record, ["workaround": "A bucket"], as: world.engineer, world)
    #expect(try await told(world.colleague, world) == ["problem.workaround_recorded"])
    #expect(try await told(tina, world) == ["problem.cause_recorded"], "she watches it no more")
    #expect(try await told(world.requester, world) == [], "the staff's own affair")
    // Who owns it and watches it is told once.
    try await watch("problem", record, world.engineerId, world)
    _ = try await act("problem.resolve", on: record, ["solution": "A new seal"], as: tina, world)
    #expect(try await told(world.engineer, world) == ["problem.cause_recorded", "problem.resolved"])
    #expect(try await world.left() == 0)
  }

  /// Guard: who serves its customer no more would hear of his affairs. What is about no one customer all of the staff hear.
  @Test(arguments: [true, false]) func whoMayNotSeeAProblemHearsNothing(ofAcme: Bool) async throws {
    let world = try await NotificationsWorld()
    let record = try await problem(world, ofAcme: ofAcme)
    try await watch("problem", record, world.colleagueId, world)
    try await world.database.narrow(world.colleagueId, to: [world.other])
    try await world.call("problem.comment", ["id": record["id"] ?? .null, "body": "Wet"], as: world.engineer)
    #expect(try await told(world.colleague, world) == (ofAcme ? [] : ["problem.commented"]))
    try await world.call("staff.disable", ["id": world.colleagueId])
    try await world.call("problem.comment", ["id": record["id"] ?? .null, "body": "Dry"], as: world.engineer)
    #expect(try await told(world.colleague, world).count == (ofAcme ? 0 : 1))
    #expect(try await world.left() == 0)
  }

  @Test func whoWatchesAChangeHears() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", base.database)
    let (olaf, olafId) = try await NotificationsWorld.staff("Olaf", base.database)
    let change = try await base.call(
      "change.open", ["customer": .id(base.acme.publicId), "kind": "normal", "title": "New switch"], as: base.engineer)
    for id in [tinaId, olafId] { try await watch("change", change, id, base) }
    try await base.database.narrow(olafId, to: [base.other])
    try await base.call("change.comment", ["id": change["id"] ?? .null, "body": "Mind the cable"], as: base.colleague)
    #expect(try await told(tina, base) == ["change.commented"])
    _ = try await act("change.cancel", on: change, ["reason": "Not needed"], as: tina, base)
    #expect(try await told(tina, base) == ["change.commented"], "not what she did herself")
    #expect(try await told(base.engineer, base) == ["change.cancelled", "change.commented"])
    #expect(try await told(olaf, base) == [], "he serves none of those whom it concerns any more")
    #expect(try await base.left() == 0)
  }

  /// Guard: when no incident of his customers is part of it any more, who watched it would go on to hear of it, as who leads it does.
  @Test func whoWatchesAMajorIncidentHearsAsLongAsHeSeesIt() async throws {
    let world = try await NotificationsWorld()
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    let (anton, antonId) = try await NotificationsWorld.staff("Anton", world.database, .engineer, for: [world.acme])
    let (major, incident) = try await declare(world)
    for id in [tinaId, antonId] { try await watch("major_incident", major, id, world) }
    _ = try await act("major_incident.log", on: major, ["body": "Vendor called", "audience": "internal"], as: world.colleague, world)
    for principal in [tina, anton] { #expect(try await told(principal, world) == ["major_incident.logged"], "\(principal.name)") }
    try await world.call("major_incident.unlink", ["id": major["id"] ?? .null, "incident": incident, "reason": "Another fault"], as: world.engineer)
    _ = try await act("major_incident.log", on: major, ["body": "It is the vendor's", "audience": "internal"], as: world.colleague, world)
    #expect(try await told(tina, world) == ["major_incident.logged", "major_incident.logged"])
    #expect(try await told(anton, world) == ["major_incident.logged"])
    #expect(try await told(world.engineer, world).filter { $0 == "major_incident.logged" }.count == 2, "its lead hears on")
    #expect(try await told(world.requester, world) == [])
    #expect(try await world.left() == 0)
  }

  @Test func whoWatchesAReleaseHears() async throws {
    let world = try await NotificationsWorld()
    let tina = try await NotificationsWorld.staff("Tina", world.database).0
    var record = try await world.call("release.open", ["title": "Spring"], as: world.engineer)
    try await watch("release", record, world.colleagueId, world)
    record = try await act("release.add_criterion", on: record, ["text": "Safe"], as: world.engineer, world)
    record = try await act("release.judge_criterion", on: record, ["criterion": 1, "state": "met", "evidence": "Tried"], as: world.engineer, world)
    record = try await act("release.pilot", on: record, ["scope": "The office"], as: world.engineer, world)
    record = try await act("release.record_pilot", on: record, ["result": "passed", "note": "Nothing seen"], as: world.engineer, world)
    record = try await act("release.sign_off", on: record, as: tina, world)
    record = try await act("release.deploy", on: record, ["what": "1.0", "where": "All", "result": "succeeded"], as: world.engineer, world)
    _ = try await act("release.close", on: record, as: world.engineer, world)
    let events = ["release.closed", "release.deployed", "release.pilot_recorded", "release.piloted", "release.signed_off"]
    #expect(try await told(world.colleague, world) == events)
    #expect(try await told(world.engineer, world) == ["release.signed_off"], "its owner, and not what he did himself")
    #expect(try await told(tina, world) == [], "she neither answers for it nor watches it")
    #expect(try await told(world.requester, world) == [], "the staff's own affair")
    let deployed = try #require(try await world.inbox(world.colleague).first { $0["event"] == "release.deployed" })
    #expect(deployed["subject"] == "[PROV-REL-000001] Deployed (success): Spring" && deployed["about"] == record["id"])
    #expect(try await world.left() == 0)
  }

  /// A word on a release reaches who answers for it and who watches it, with what was said, and not who said it.
  @Test func whatIsSaidOfAReleaseIsTold() async throws {
    let world = try await NotificationsWorld()
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    let record = try await world.call("release.open", ["title": "Spring"], as: world.engineer)
    for id in [tinaId, world.colleagueId] { try await watch("release", record, id, world) }
    try await world.call("release.comment", ["id": record["id"] ?? .null, "body": "Mind the cable"], as: world.colleague)
    for principal in [tina, world.engineer] { #expect(try await told(principal, world) == ["release.commented"], "\(principal.name)") }
    #expect(try await told(world.colleague, world) == [], "not his own word")
    #expect(try await told(world.requester, world) == [], "the staff's own affair")
    let said = try #require(try await world.inbox(tina).first)
    #expect(said["subject"] == "[PROV-REL-000001] Note of a colleague: Spring" && said["about"] == record["id"])
    #expect(said["body"]?.text?.contains("Mind the cable") == true)
    #expect(try await world.left() == 0)
  }

  /// Guard: who serves none of those whom it concerns would go on to hear of a release, and of one that concerns nobody, which is for who serves all.
  @Test(arguments: [true, false]) func whoSeesAReleaseNoMoreHearsNothing(concernsAcme: Bool) async throws {
    let world = try await NotificationsWorld()
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    let (nina, ninaId) = try await NotificationsWorld.staff("Nina", world.database)
    var record = try await world.call("release.open", ["title": "Spring"], as: world.engineer)
    if concernsAcme {
      let customer = Value.id(world.acme.publicId)
      let change = try await world.call("change.open", ["customer": customer, "kind": "normal", "title": "New switch"], as: world.engineer)
      record = try await act("release.add_change", on: record, ["change": change["id"] ?? .null], as: world.engineer, world)
    }
    for id in [tinaId, ninaId] { try await watch("release", record, id, world) }
    try await world.database.narrow(ninaId, to: [world.other])
    _ = try await act("release.cancel", on: record, ["reason": "The vendor withdrew it"], as: world.colleague, world)
    #expect(try await told(nina, world) == [])
    #expect(try await told(tina, world) == ["release.cancelled"])
    #expect(try await world.inbox(tina).first?["body"]?.text?.contains("The vendor withdrew it") == true)
    #expect(try await told(world.engineer, world) == ["release.cancelled"], "her own release")
    #expect(try await world.left() == 0)
  }

  /// Guard: mail that waited would go to who watched what concerns nobody in particular, also when he does not serve all any more.
  @Test(arguments: [true, false]) func whatWaitedIsSentToWhoSeesItStill(servesAll: Bool) async throws {
    let world = try await NotificationsWorld()
    let ninaId = try await NotificationsWorld.staff("Nina", world.database).1
    let record = try await world.call("release.open", ["title": "Spring"], as: world.engineer)
    try await watch("release", record, ninaId, world)
    _ = try await act("release.cancel", on: record, ["reason": "Withdrawn"], as: world.colleague, world)
    for _ in 0..<2 { try await world.make() }
    if !servesAll { for id in [ninaId, world.engineerId] { try await world.database.narrow(id, to: [world.other]) } }
    try await world.deliver(.mail { _, _ in .sent })
    let mails = try await world.rows("email").filter { $0.event == "release.cancelled" }
    let refused = mails.filter { $0.fault == "the receiver may not be told any more" }.map(\.address)
    #expect(mails.count == 2)
    #expect(refused == (servesAll ? [] : ["nina@provider.test"]), "who opened it and answers for it is told all the same")
  }

  @Test func rulesNameThoseWhoWatch() async throws {
    let world = try await NotificationsWorld()
    func answer(_ event: String) async -> String {
      await refusal { try await world.rule(event, ["audience": .array(["watchers"])], name: event) }
    }
    for event in [
      "problem.resolved", "problem.commented", "change.closed", "change.commented", "release.deployed", "release.commented", "major_incident.logged",
    ] {
      #expect(await answer(event) == "accepted", "\(event)")
    }
    // A hand-over speaks to those who have it.
    for event in ["problem.offered", "change.owner_changed", "release.owner_changed", "change.task_failed", "change.approval_asked"] {
      #expect(await answer(event) == "audience notification_rule.no_such_audience", "\(event)")
    }
  }
}
