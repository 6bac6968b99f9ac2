import Kernel
import Operations
import TestSupport
import Testing

@Suite struct IncidentTests {
  @Test func aSimpleIncidentIsRecordedAndResolvedInOneCall() async throws {
    let world = try await DeskWorld()
    try world.at("2026-03-02T10:00:00Z")
    let incident = try await world.database.call(
      "incident.open",
      [
        "customer": .id(world.acme.publicId), "title": "Password forgotten", "resolution": "Reset.", "closureCode": "solved",
        "openedAt": "2026-03-02T09:30:00Z",
      ], as: world.engineer)
    #expect(incident["state"] == "resolved")
    #expect(incident["openedAt"] == "2026-03-02T09:30:00Z")
    #expect(incident["respondedAt"] == "2026-03-02T10:00:00Z")
    #expect(incident["resolvedAt"] == "2026-03-02T10:00:00Z")
    #expect(incident["clocks"]?.column("verdict") == ["met", "met"])
    #expect(try await world.explain(incident, "resolution")["consumedSeconds"] == 1800)
    let events = try await world.list("history", of: incident).compactMap { $0["type"] }
    #expect(events == ["incident.opened", "incident.owner_changed", "incident.resolved"])
    let read = try await world.read(incident)
    #expect(read["version"] == incident["version"] && read["clocks"] == incident["clocks"] && read["resolution"] == incident["resolution"])
    #expect(read["impactName"]?["en"] == "Medium" && read["priorityName"]?["en"] == "Medium" && incident["impactName"] == .null)
  }

  @Test func onlyStaffResolveAndBackDateAndOnlyAMonth() async throws {
    let world = try await DeskWorld()
    let manager = try await world.database.user(.customerManager, of: world.acme)
    await expectFailure(.invalid) { try await world.database.call("incident.open", ["title": "A", "resolution": "B"], as: manager) }
    await expectFailure(.invalid) { try await world.database.call("incident.open", ["title": "A", "openedAt": "2026-03-01T00:00:00Z"], as: manager) }
    for instant in ["2026-01-01T00:00:00Z", "2026-03-02T08:00:01Z"] {
      await expectFailure(.invalid) {
        try await world.database.call(
          "incident.open", ["customer": .id(world.acme.publicId), "title": "A", "openedAt": .text(instant)], as: world.engineer)
      }
    }
    // An account manager may open, not work.
    await expectFailure(.invalid) {
      try await world.database.call("incident.open", ["customer": .id(world.acme.publicId), "title": "A", "resolution": "B"], as: world.manager)
    }
  }

  @Test func numbersCountByCustomer() async throws {
    let world = try await DeskWorld()
    var numbers: [Value] = []
    for customer in [world.acme, world.acme, world.other] { numbers.append(try await world.open(for: customer)["number"] ?? .null) }
    #expect(numbers == ["ACME-INC-000001", "ACME-INC-000002", "OTHER-INC-000001"])
  }

  @Test func whatTheStateForbidsIsRefused() async throws {
    let world = try await DeskWorld()
    var incident = try await world.open()
    await expectFailure(.conflict) { try await world.act("close", on: incident) }
    await expectFailure(.conflict) { try await world.act("resume", on: incident) }
    incident = try await world.act("resolve", on: incident, ["resolution": "Done."])
    await expectFailure(.conflict) { try await world.act("assign", on: incident, ["assignee": .null]) }
    incident = try await world.act("close", on: incident)
    await expectFailure(.conflict) { try await world.act("change", on: incident, ["title": "New"]) }
    await expectFailure(.conflict) { try await world.act("classify", on: incident, ["impact": 1]) }
    await expectFailure(.invalid) { try await world.act("change", on: incident) }
  }

  @Test func aLostUpdateIsRefused() async throws {
    let world = try await DeskWorld()
    let first = try await world.open()
    try await world.act("change", on: first, ["title": "One", "category": "device/printer"])
    await expectFailure(.versionMismatch) { try await world.act("change", on: first, ["title": "Two"]) }
    let now = try await world.read(first)
    #expect(now["title"] == "One")
    #expect(now["category"] == "device/printer")
    await expectFailure(.versionRequired) {
      try await world.database.call("incident.start", ["id": first["id"] ?? .null], as: world.engineer)
    }
    let changed = try await world.list("history", of: first).last
    #expect(changed?["payload"]?["fields"] == .array(["title", "category"]))
  }

  /// What each field was and became; of what people wrote the event itself holds nothing.
  @Test func theHistoryTellsFieldByField() async throws {
    let world = try await DeskWorld()
    let user = try await world.database.user(.customerManager, of: world.acme)
    var incident = try await world.open("Printer of CANARY-ANNA")
    incident = try await world.act("change", on: incident, ["title": "Printer", "source": "email", "nature": .null])
    incident = try await world.act("change", on: incident, ["description": "Second floor", "category": "device/printer"])
    for reader in [nil, user] {
      let told = try await world.list("history", of: incident, as: reader).filter { $0["type"] == "incident.changed" }
      #expect(
        told.compactMap { $0["payload"]?["changes"] } == [
          .array([
            .object(["key": "title", "was": "Printer of CANARY-ANNA", "became": "Printer"]), .object(["key": "source", "was": .null, "became": "email"]),
          ]),
          .array([
            .object(["key": "description", "was": "", "became": "Second floor"]),
            .object(["key": "category", "was": .null, "became": "device/printer"]),
          ]),
        ])
    }
    let stored = try await world.database.superuser.transaction { try await $0.query(StoredPayloads(type: "incident.changed")) }
    #expect(stored.count == 2)
    for payload in stored {
      let text = JSON.text(payload)
      #expect(!text.contains("Printer") && !text.contains("floor"), "\(text)")
    }
    // What was erased is told no more; that it changed is.
    try await world.database.runAsSuperuser("update operations.text_change set was = null, became = null")
    let erased = try await world.list("history", of: incident).first { $0["type"] == "incident.changed" }
    #expect(erased?["payload"]?["fields"] == .array(["title", "source"]))
    #expect(erased?["payload"]?["changes"]?.array?.first == .object(["key": "title", "was": .null, "became": .null]))
  }

  @Test func ofTwoWhoResolveAtOnceOneWins() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open()
    let outcomes = await withTaskGroup(of: Failure.Kind?.self) { group in
      for text in ["One", "Two", "Three", "Four"] {
        group.addTask {
          do {
            try await world.act("resolve", on: incident, ["resolution": .text(text)])
            return nil
          } catch { return (error as? Failure)?.kind ?? .internal }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == nil }.count == 1)
    #expect(outcomes.filter { $0 == .versionMismatch }.count == 3)
    #expect(try await world.explain(incident, "resolution")["verdicts"]?.array?.count == 1)
  }

  @Test func aPublicCommentByTheStaffAnswersAnInternalOneDoesNot() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open()
    try await world.act("comment", on: incident, ["body": "Hm.", "visibility": "internal"])
    var now = try await world.read(incident)
    #expect(now["respondedAt"] == .null)
    // A comment that answers nothing takes nobody's version away.
    #expect(now["version"] == incident["version"])
    world.database.clock.advance(seconds: 600)
    try await world.act("comment", on: incident, ["body": "We are on it.", "visibility": "public"])
    now = try await world.read(incident)
    #expect(now["respondedAt"] == "2026-03-02T08:10:00Z")
    #expect(try await world.explain(incident, "response")["consumedSeconds"] == 600)
    world.database.clock.advance(seconds: 600)
    now = try await world.act("start", on: now)
    #expect(now["respondedAt"] == "2026-03-02T08:10:00Z")
  }

  @Test func everyActLeavesAnEventAndWorkForTheScorecard() async throws {
    let world = try await DeskWorld()
    let team = try await world.database.call("team.create", ["name": "First line"], as: world.manager)
    var incident = try await world.open()
    incident = try await world.act("assign", on: incident, ["team": team["id"] ?? .null])
    #expect(incident["team"] == team["id"])
    incident = try await world.act("start", on: incident)
    incident = try await world.act("hold", on: incident, ["reason": "scheduled", "evidence": "call 4711"])
    incident = try await world.act("resume", on: incident)
    incident = try await world.act("resolve", on: incident, ["resolution": "Secret words"])
    incident = try await world.act("close", on: incident)
    let events = try await world.list("history", of: incident)
    #expect(events.compactMap { $0["seq"]?.integer } == Array(1...9))
    #expect(events.compactMap { $0["type"]?.text }.filter { $0 == "incident.accepted" }.count == 1)
    #expect(events.compactMap { $0["type"]?.text }.suffix(3) == ["incident.resumed", "incident.resolved", "incident.closed"])
    #expect(!"\(events)".contains("Secret words"))
    let subjects = try await world.database.superuser.transaction { try await $0.query(OutboxSubjects()) }
    #expect(subjects == ["ticket"])
  }
}
