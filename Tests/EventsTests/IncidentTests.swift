@testable import Events
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

/// From an event to an incident, and back.
@Suite struct IncidentTests {
  @Test func anAlertOpensAnIncidentWithItsCiAndPriority() async throws {
    let world = try await EventsWorld()
    let ci = try await world.call(
      "ci.create", ["customer": .id(world.acme.publicId), "type": "server", "name": "ERP-01", "ciTier": "gold"], as: world.engineer)
    let source = try await world.source(["ciLabel": "instance"])
    let taken = try await world.deliver(source.id, [EventsWorld.alert("Down", ["instance": "erp-01:9100", "severity": "critical"])])
    #expect(taken["taken"] == 1 && taken["known"] == 0)
    try await world.sweep()
    let opened = try #require(try await world.incidents().first)
    let incident = try await world.incident(opened["id"] ?? .null)
    #expect(incident["title"] == "Down is wrong" && incident["source"] == "monitoring" && incident["nature"] == "event")
    #expect(incident["impact"] == 1 && incident["urgency"] == 1 && incident["ciTier"] == "gold" && incident["owner"] == .null)
    #expect(incident["description"]?.text?.contains("http://prometheus.example/graph") == true)
    let cis = try await world.call("incident.cis", ["id": opened["id"] ?? .null], as: world.engineer)
    #expect(JSON.text(cis).contains(ci["id"]?.text ?? "?"))
    let alert = try #require(try await world.alerts().first)
    #expect(alert["incident"] == opened["id"] && alert["state"] == "firing" && alert["occurrences"] == 1)
    #expect(try await world.call("alert.read", ["id": alert["id"] ?? .null], as: world.engineer) == alert)
    // It is on record as the source's act.
    let history = try await world.call("incident.history", ["id": opened["id"] ?? .null], as: world.engineer)
    #expect(JSON.text(history).contains("service"))
    let sourceRecord = try await world.call("event_source.read", ["id": source.id])
    let audit = try await world.call("audit.list", ["customer": .id(world.acme.publicId), "limit": 200])
    #expect(JSON.text(audit).contains("incident.open") && JSON.text(audit).contains(sourceRecord["account"]?.text ?? "?"), "\(JSON.text(audit))")
  }

  @Test func whatIsToldAgainOpensNothing() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    let alert = EventsWorld.alert("Down")
    for round in 0..<3 {
      let taken = try await world.deliver(source, [alert, alert])
      #expect(taken["taken"] == (round == 0 ? 1 : 0) && taken["known"] == (round == 0 ? 1 : 2))
      try await world.sweep()
    }
    // The same alert, told otherwise: the summary has other words.
    try await world.deliver(source, [EventsWorld.alert("Down", summary: "Still down")])
    try await world.sweep()
    #expect(try await world.incidents().count == 1)
    #expect(try await world.received() == ["settled": 2])
    let alerts = try await world.alerts()
    #expect(alerts.count == 1 && alerts.first?["title"] == "Still down" && alerts.first?["occurrences"] == 1)
  }

  @Test func oneGroupIsOneIncident() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    try await world.deliver(source, [EventsWorld.alert("A"), EventsWorld.alert("B")])
    try await world.sweep()
    let opened = try #require(try await world.incidents().first)
    #expect(opened["title"] == "A is wrong and 1 more" || opened["title"] == "B is wrong and 1 more")
    world.database.clock.advance(seconds: 61)
    try await world.deliver(source, [EventsWorld.alert("C")])
    try await world.deliver(source, [EventsWorld.alert("D")], groupKey: "another")
    try await world.sweep()
    let incidents = try await world.incidents()
    #expect(incidents.count == 2)
    let comments = try await world.comments(opened)
    #expect(comments.count == 1 && comments.first?["visibility"] == "internal" && comments.first?["authorName"] == "Prometheus")
    #expect(comments.first?["body"]?.text?.contains("3 go on") == true, "\(comments)")
    #expect(try await world.alerts(["incident": opened["id"] ?? .null]).count == 3)
    // By the source's own labels, whatever the sender groups by.
    let own = try await world.source(["groupLabels": .array(["site"])], name: "By site").id
    try await world.deliver(own, [EventsWorld.alert("E", ["site": "Berlin"]), EventsWorld.alert("F", ["site": "Rome"])])
    try await world.deliver(own, [EventsWorld.alert("G", ["site": "Berlin"])], groupKey: "another")
    try await world.sweep()
    #expect(try await world.incidents().count == 4)
  }

  @Test func anUntouchedIncidentIsResolvedWhenAllIsOver() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    try await world.deliver(source, [EventsWorld.alert("A"), EventsWorld.alert("B")])
    try await world.sweep()
    let id = try #require(try await world.incidents().first?["id"])
    try await world.deliver(source, [EventsWorld.alert("A", resolved: true)])
    try await world.sweep()
    #expect(try await world.incident(id)["state"] == "new", "B goes on")
    try await world.deliver(source, [EventsWorld.alert("B", resolved: true)])
    try await world.sweep()
    let resolved = try await world.incident(id)
    #expect(resolved["state"] == "resolved" && resolved["closureCode"] == "solved" && resolved["owner"] == .null)
    #expect(try await world.alerts().map { $0["state"] } == ["resolved", "resolved"])
    #expect(world.figures.snapshot[.resolved] == 1)
  }

  /// Guard: without the look at who has touched it, the first case is resolved.
  @Test(arguments: ["incident.start", "incident.comment", "incident.take", "incident.watch"])
  func aTouchedIncidentStaysOpen(act: String) async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    let id = try #require(try await world.incidents().first?["id"])
    let input: [String: Value] = act == "incident.comment" ? ["id": id, "body": "I look", "visibility": "internal"] : ["id": id]
    try await world.call(act, input, as: world.engineer, version: 1)
    try await world.deliver(source, [EventsWorld.alert("A", resolved: true)])
    try await world.sweep()
    let incident = try await world.incident(id)
    #expect(incident["state"] == (act == "incident.start" ? "active" : "new"))
    #expect(try await world.comments(incident).last?["body"]?.text?.contains("are over") == true)
  }

  @Test func aSourceThatDoesNotResolveLeavesThatToPeople() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["resolves": .bool(false)]).id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    try await world.deliver(source, [EventsWorld.alert("A", resolved: true)])
    try await world.sweep()
    #expect(try await world.incidents().map { $0["state"] } == ["new"])
  }

  @Test func whatComesBackSoonOpensTheSameIncidentAgain() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["flapMinutes": 30]).id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    try await world.deliver(source, [EventsWorld.alert("A", resolved: true)])
    try await world.sweep()
    world.database.clock.advance(seconds: 29 * 60)
    try await world.deliver(source, [EventsWorld.alert("A", from: "2026-03-02T08:20:00Z")])
    try await world.sweep()
    let incidents = try await world.incidents()
    #expect(incidents.count == 1 && incidents.first?["state"] == "active" && incidents.first?["reopenCount"] == 1)
    #expect(try await world.alerts().first?["occurrences"] == 2)
    // Over again, untouched still: and after half an hour it is another one.
    try await world.deliver(source, [EventsWorld.alert("A", resolved: true, from: "2026-03-02T08:20:00Z", to: "2026-03-02T08:30:00Z")])
    try await world.sweep()
    world.database.clock.advance(seconds: 30 * 60)
    try await world.deliver(source, [EventsWorld.alert("A", from: "2026-03-02T09:00:00Z")])
    try await world.sweep()
    #expect(try await world.incidents().map { $0["state"] } == ["resolved", "new"])
  }

  /// What comes and goes is resolved and opened again three times; then a person has to end it. It hears of it once an hour.
  @Test func whatFlapsStaysOpen() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["flapMinutes": 30]).id
    for round in 0..<6 {
      let from = "2026-03-02T08:\(10 + round):00Z"
      try await world.deliver(source, [EventsWorld.alert("A", from: from)])
      try await world.sweep()
      world.database.clock.advance(seconds: 300)
      try await world.deliver(source, [EventsWorld.alert("A", resolved: true, from: from, to: "2026-03-02T08:\(10 + round):30Z")])
      try await world.sweep()
      world.database.clock.advance(seconds: 300)
    }
    let incident = try #require(try await world.incidents().first)
    #expect(incident["state"] == "active" && incident["reopenCount"] == 3)
    #expect(try await world.alerts().first?["occurrences"] == 6)
    // Of the three returns, the last of which says so; then nothing more within the hour.
    let bodies = try await world.comments(incident).compactMap { $0["body"]?.text }
    #expect(bodies.count == 3 && bodies.map { $0.contains("comes and goes") } == [false, false, true], "\(bodies)")
    world.database.clock.advance(seconds: 3600)
    try await world.deliver(source, [EventsWorld.alert("A", from: "2026-03-02T09:30:00Z")])
    try await world.sweep()
    #expect(try await world.comments(incident).count == 4)
  }

  /// Guard: when the word that came too soon after the last was dropped, nobody learnt of C.
  @Test func whatCameTooSoonAfterTheLastWordIsToldLater() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    let incident = try #require(try await world.incidents().first)
    world.database.clock.advance(seconds: 20)
    try await world.deliver(source, [EventsWorld.alert("B"), EventsWorld.alert("C"), EventsWorld.alert("D")])
    try await world.sweep()
    world.database.clock.advance(seconds: 20)
    try await world.deliver(source, [EventsWorld.alert("D", resolved: true), EventsWorld.alert("E")])
    try await world.sweep()
    #expect(try await world.comments(incident).isEmpty)
    world.database.clock.advance(seconds: 20)
    try await world.sweep()
    let told = try await world.comments(incident).compactMap { $0["body"]?.text }
    #expect(told.count == 1 && told.first?.contains("reports 3 more alerts; 4 go on") == true, "\(told)")
    #expect(["B", "C", "E"].allSatisfy { told.first?.contains("- \($0) is wrong") == true } && told.first?.contains("- D is") == false, "\(told)")
    world.database.clock.advance(seconds: 600)
    try await world.sweep()
    #expect(try await world.comments(incident).count == 1)
  }

  @Test func whatWentIntoAnotherIncidentIsFollowed() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    let id = try #require(try await world.incidents().first?["id"])
    let whole = try await world.call("incident.open", ["customer": .id(world.acme.publicId), "title": "All is down"], as: world.engineer)
    try await world.call("incident.merge", ["id": id, "into": whole["id"] ?? .null], as: world.engineer, version: 1)
    world.database.clock.advance(seconds: 61)
    try await world.deliver(source, [EventsWorld.alert("B")])
    try await world.sweep()
    #expect(try await world.incidents().count == 2)
    #expect(try await world.comments(whole).last?["body"]?.text?.contains("B is wrong") == true)
  }

  @Test func theCustomersLanguageIsSpoken() async throws {
    let world = try await EventsWorld()
    let made = try await world.call(
      "customer.create", ["code": "ZHONG", "name": "Zhong", "zone": "Asia/Shanghai", "language": "zh-Hans"], as: world.database.root)
    let source = try await world.source(["customer": made["id"] ?? .null]).id
    try await world.deliver(source, [EventsWorld.alert("A"), EventsWorld.alert("B")])
    try await world.sweep()
    let listed = try await world.call("incident.list", ["customer": made["id"] ?? .null], as: world.engineer)
    #expect(listed["items"]?.array?.first?["title"]?.text?.contains("项告警") == true, "\(listed)")
  }
}
