@testable import Events
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// Whose an event is, and what is expected of it.
@Suite struct TriageTests {
  @Test func rulesSayWhoseAnEventIs() async throws {
    let world = try await EventsWorld()
    let rules: Value = .array([
      .object(["label": "site", "value": "Berlin", "customer": .id(world.acme.publicId)]),
      .object(["label": "site", "value": "Rome", "customer": .id(world.other.publicId)]),
      .object(["label": "team", "value": "acme", "customer": .id(world.other.publicId)]),
    ])
    let source = try await world.source(["customer": .null, "rules": rules])
    try await world.deliver(
      source.id,
      [
        EventsWorld.alert("A", ["site": "Berlin", "team": "acme"]), EventsWorld.alert("B", ["site": "Rome"]), EventsWorld.alert("C", ["team": "acme"]),
        EventsWorld.alert("D", ["site": "Paris"]),
      ])
    try await world.sweep()
    #expect(try await world.alerts().compactMap { $0["title"]?.text } == ["A is wrong"], "the first rule that fits")
    #expect(try await world.alerts(of: world.other).compactMap { $0["title"]?.text }.sorted() == ["B is wrong", "C is wrong"])
    #expect(try await world.triage().compactMap { $0["title"]?.text } == ["D is wrong"])
    #expect(world.figures.inTriage == 1)
    let record = try await world.call("event_source.read", ["id": source.id])
    #expect(record["rules"]?.array?.count == 3 && record["customer"] == .null)
  }

  @Test func somebodySaysWhoseItIsAndItBecomesARule() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["customer": .null]).id
    try await world.deliver(source, [EventsWorld.alert("A", ["site": "Berlin"]), EventsWorld.alert("B", ["site": "Berlin"]), EventsWorld.alert("C")])
    try await world.sweep()
    let waiting = try await world.triage()
    #expect(waiting.count == 3)
    let first = try #require(waiting.first?["id"])
    await expectFailure(.invalid) {
      try await world.call("event.assign", ["id": first, "customer": .id(world.acme.publicId), "label": "nothing"])
    }
    // A rule is for who manages sources.
    let ruled: [String: Value] = ["id": first, "customer": .id(world.acme.publicId), "label": "site"]
    await expectFailure(.denied) { try await world.call("event.assign", ruled, as: world.engineer) }
    let assigned = try await world.call("event.assign", ruled)
    #expect(assigned["events"] == 2)
    await expectFailure(.conflict) {
      try await world.call("event.assign", ["id": first, "customer": .id(world.other.publicId)], as: world.engineer)
    }
    try await world.deliver(source, [EventsWorld.alert("D", ["site": "Berlin"])])
    try await world.sweep()
    #expect(try await world.alerts().count == 3)
    let last = try #require(try await world.triage().first?["id"])
    #expect(try await world.call("event.ignore", ["id": last], as: world.engineer)["events"] == 1)
    #expect(try await world.triage().isEmpty)
    #expect(try await world.received() == ["settled": 3, "ignored": 1])
    #expect(try await world.call("event_source.read", ["id": source])["rules"]?.array?.count == 1)
  }

  /// Assigned without a rule, and after a rule has changed: what began is ended where it began.
  @Test func theEndGoesWhereTheBeginningWent() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["customer": .null]).id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    let event = try #require(try await world.triage().first?["id"])
    try await world.call("event.assign", ["id": event, "customer": .id(world.acme.publicId)], as: world.engineer)
    try await world.sweep()
    #expect(try await world.alerts().map { $0["state"] } == ["firing"])
    let version = try await world.call("event_source.read", ["id": source])["version"]?.integer
    let rule = Value.object(["label": "alertname", "value": "A", "customer": .id(world.other.publicId)])
    try await world.call("event_source.change", ["id": source, "rules": .array([rule])], version: version)
    world.database.clock.advance(seconds: 600)
    try await world.deliver(source, [EventsWorld.alert("A", resolved: true)])
    try await world.sweep()
    #expect(try await world.alerts().map { $0["state"] } == ["resolved"])
    #expect(try await world.alerts(of: world.other).isEmpty)
    #expect(try await world.triage().isEmpty)
  }

  /// What nobody sorts is not kept for ever.
  @Test func whatNobodySortsIsIgnoredInTheEnd() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["customer": .null]).id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    world.database.clock.advance(seconds: ForgetDeliveries.lifetimeSeconds - 60)
    try await ForgetDeliveries().run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await world.triage().count == 1)
    world.database.clock.advance(seconds: 120)
    try await ForgetDeliveries().run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await world.received() == ["ignored": 1])
  }

  /// What is nobody's yet is for those who serve all; a customer's people see nothing of it, nor alerts.
  @Test func othersSeeNothing() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["customer": .null]).id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    let event = try #require(try await world.triage().first?["id"])
    let listed = try await world.database.staff(.engineer, for: [world.acme])
    let manager = try await world.database.user(.customerManager, of: world.acme)
    for principal in [listed, manager] {
      await expectFailure(.denied) { try await world.call("event.triage", as: principal) }
      await expectFailure(.denied) { try await world.call("event.ignore", ["id": event], as: principal) }
      await expectFailure(.denied) { try await world.call("event_source.read", ["id": source], as: principal) }
    }
    await expectFailure(.denied) { try await world.call("alert.list", as: manager) }
    await expectFailure(.invalid) { try await world.call("alert.list", ["customer": .id(world.other.publicId)], as: listed) }
  }

  @Test func aSourceHasOneCustomerOrRules() async throws {
    let world = try await EventsWorld()
    let rule = Value.object(["label": "site", "value": "Berlin", "customer": .id(world.other.publicId)])
    await expectFailure(.invalid) { try await world.source(["rules": .array([rule])]) }
    await expectFailure(.invalid) { try await world.source(["customer": .null, "rules": .array([rule, rule])]) }
    let source = try await world.source()
    await expectFailure(.conflict) { try await world.source() }
    await expectFailure(.versionRequired) { try await world.call("event_source.change", ["id": source.id, "name": "New"]) }
    await expectFailure(.invalid) { try await world.call("event_source.change", ["id": source.id, "name": "Prometheus"], version: 1) }
    let changed = try await world.call(
      "event_source.change", ["id": source.id, "customer": .null, "rules": .array([rule]), "stormLimit": 3, "severities": .array([])], version: 1)
    #expect(changed["version"] == 2 && changed["stormLimit"] == 3 && changed["severities"] == .array([]) && changed["rules"]?.array?.count == 1)
    await expectFailure(.versionMismatch) { try await world.call("event_source.retire", ["id": source.id], version: 1) }
    let retired = try await world.call("event_source.retire", ["id": source.id], version: 2)
    #expect(retired["state"] == "retired")
    await expectFailure(.conflict) { try await world.deliver(source.id, [EventsWorld.alert("A")]) }
  }

  /// What a severity means already it goes on meaning when that is retired: no alert is lost by it.
  @Test func aRetiredImpactIsForNoNewSeverity() async throws {
    let world = try await EventsWorld()
    func severity(_ value: String) -> Value { .array([.object(["value": .text(value), "impact": 1, "urgency": 3])]) }
    let source = try await world.source(["severities": severity("critical")]).id
    let codes = try await world.call("code.list", ["list": "impact"])["items"]?.array ?? []
    let high = try #require(codes.first { $0["key"] == "1" })
    try await world.call("code.retire", ["id": high["id"] ?? .null], version: high["version"]?.integer)
    await expectFailure(.invalid) { try await world.source(["severities": severity("critical")], name: "Other") }
    await expectFailure(.invalid) { try await world.call("event_source.change", ["id": source, "severities": severity("page")], version: 1) }
    let wider = Value.array([.object(["value": "critical", "impact": 1, "urgency": 3]), .object(["value": "page", "impact": 2, "urgency": 3])])
    try await world.call("event_source.change", ["id": source, "severities": wider], version: 1)
    try await world.deliver(source, [EventsWorld.alert("A", ["severity": "critical"])])
    try await world.sweep()
    #expect(try await world.incidents().compactMap { $0["impact"] } == [1])
  }

  /// What a severity means is a level that there is.
  @Test func aSeverityMeansALevelOfTheLists() async throws {
    let world = try await EventsWorld()
    let lowest = Value.array([.object(["value": "info", "impact": 5, "urgency": 3])])
    await expectFailure(.invalid) { try await world.source(["severities": lowest]) }
    try await world.call("code.create", ["list": "impact", "key": "5", "name": .object(["en": "Nobody"])])
    let source = try await world.source(["severities": lowest]).id
    try await world.deliver(source, [EventsWorld.alert("A", ["severity": "info"])])
    try await world.sweep()
    let incidents = try await world.incidents()
    #expect(incidents.compactMap { $0["impact"] } == [5] && incidents.compactMap { $0["priority"] } == [5])
  }

  @Test func aMaintenanceWindowSuppresses() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    let window = try await world.call(
      "maintenance_window.create",
      ["customer": .id(world.acme.publicId), "reason": "New switch", "endsAt": "2026-03-02T10:00:00Z", "label": "site", "value": "Berlin"], as: world.engineer)
    try await world.deliver(
      source, [EventsWorld.alert("A", ["site": "Berlin"]), EventsWorld.alert("B", ["site": "Berlin"]), EventsWorld.alert("C", ["site": "Rome"])])
    try await world.sweep()
    let incidents = try await world.incidents()
    #expect(incidents.count == 1 && incidents.first?["title"] == "C is wrong")
    #expect(try await world.alerts(["state": "suppressed"]).map { $0["window"] } == [window["id"], window["id"]])
    // B is over before the window is: nobody is told.
    try await world.deliver(source, [EventsWorld.alert("B", ["site": "Berlin"], resolved: true)])
    world.database.clock.advance(seconds: 2 * 3600 - 1)
    try await world.sweep()
    #expect(try await world.alerts(["state": "suppressed"]).count == 1)
    world.database.clock.advance(seconds: 1)
    try await world.sweep()
    #expect(try await world.alerts(["state": "suppressed"]).isEmpty)
    #expect(try await world.alerts(["incident": incidents.first?["id"] ?? .null]).count == 2, "A goes where its sender had put it")
    #expect(try await world.comments(incidents.first ?? .null).count == 1)
  }

  @Test func aWindowThatEndsEarlyWakesWhatItCovered() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["ciLabel": "host"]).id
    let ci =
      try await world.call(
        "ci.create", ["customer": .id(world.acme.publicId), "type": "server", "name": "erp-01", "ciTier": "gold"], as: world.engineer)["id"] ?? .null
    let input: [String: Value] = ["customer": .id(world.acme.publicId), "reason": "Reboot", "endsAt": "2026-03-03T08:00:00Z", "ci": ci]
    let window = try await world.call("maintenance_window.create", input, as: world.engineer)
    try await world.deliver(source, [EventsWorld.alert("A", ["host": "erp-01"])])
    try await world.sweep()
    #expect(try await world.incidents().isEmpty)
    let ended = try await world.call("maintenance_window.end", ["id": window["id"] ?? .null], as: world.engineer, version: 1)
    #expect(ended["endsAt"] == "2026-03-02T08:00:00Z" && ended["version"] == 2)
    await expectFailure(.conflict) { try await world.call("maintenance_window.end", ["id": window["id"] ?? .null], as: world.engineer, version: 2) }
    try await world.sweep()
    #expect(try await world.incidents().count == 1)
    await expectFailure(.invalid) {
      try await world.call("maintenance_window.create", input.merging(["endsAt": "2026-03-02T07:00:00Z"]) { $1 }, as: world.engineer)
    }
    await expectFailure(.invalid) {
      try await world.call("maintenance_window.create", input.merging(["endsAt": "2026-09-01T07:00:00Z"]) { $1 }, as: world.engineer)
    }
    await expectFailure(.invalid) { try await world.call("maintenance_window.create", input.merging(["label": "x"]) { $1 }, as: world.engineer) }
  }
}
