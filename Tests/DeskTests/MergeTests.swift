import Kernel
import Operations
import TestSupport
import Testing

/// Merged tickets, and those that are recorded when they are over.
@Suite struct MergeTests {
  @Test func aMergedTicketIsWithdrawnWithALink() async throws {
    let world = try await DeskWorld()
    let survivor = try await world.open("First")
    var merged = try await world.open("Second")
    try world.at("2026-03-02T09:00:00Z")
    merged = try await world.act("merge", on: merged, ["into": survivor["id"] ?? .null])
    #expect(merged["state"] == "closed" && merged["mergedInto"] == survivor["id"] && merged["closureCode"] == "duplicate")
    #expect(merged["clocks"] == .array([]) && merged["dueAt"] == .null)
    let explained = try await world.database.call("incident.explain", ["id": merged["id"] ?? .null], as: world.engineer)
    let clocks = explained["clocks"]?.array ?? []
    #expect(clocks.count == 2)
    for clock in clocks {
      #expect(clock["state"] == "withdrawn" && clock["verdicts"]?.column("verdict") == ["withdrawn"] && clock["verdicts"]?.column("detail") == ["merged"])
    }
    // The other one goes on as it was, and knows where the first one came from.
    let after = try await world.read(survivor)
    #expect(after["state"] == "new" && after["version"] == survivor["version"] && after["dueAt"] == survivor["dueAt"])
    #expect(try await world.list("history", of: survivor).compactMap { $0["type"]?.text } == ["incident.opened", "incident.absorbed"])
    #expect(try await world.list("history", of: merged).compactMap { $0["type"]?.text } == ["incident.opened", "incident.merged"])
    // Nothing escalates, and it does not come back.
    try world.at("2026-03-09T09:00:00Z")
    try await world.sweep()
    await expectFailure(.conflict) { try await world.act("reopen", on: merged, ["reason": "Still broken."]) }
  }

  /// Nothing of the duplicate is lost: its CIs, with the targets that they give, watchers, links, children and owner go along.
  @Test func whatTheDuplicateHadGoesAlong() async throws {
    let world = try await CiWorld()
    let platinum = try await world.ci("core-01", tier: "platinum")
    let (survivor, parent, child, cause) = (
      try await world.open([:]), try await world.open([:]), try await world.open([:]), try await world.open([:])
    )
    let duplicate = try await world.desk.act("take", on: try await world.open(["cis": .array([platinum])]))
    func link(_ from: Value, _ kind: Value, _ to: Value) async throws {
      let input: KeyValuePairs<String, Value> = ["id": from["id"] ?? .null, "kind": kind, "to": to["id"] ?? .null]
      _ = try await world.desk.database.call("incident.link", input, as: world.desk.engineer)
    }
    try await link(child, "child_of", duplicate)
    try await link(survivor, "child_of", duplicate)
    try await link(duplicate, "child_of", parent)
    try await link(duplicate, "caused_by", cause)
    _ = try await world.desk.database.call("incident.watch", ["id": duplicate["id"] ?? .null], as: world.desk.engineer)
    let before = try await world.desk.read(duplicate)
    _ = try await world.desk.act("merge", on: before, ["into": survivor["id"] ?? .null])
    let after = try await world.desk.read(survivor)
    #expect(after["ciTier"] == "platinum" && world.due(after, "resolution") == "2026-03-02T08:30:00Z")
    #expect(try await world.desk.list("cis", of: after).compactMap { $0["id"] } == [platinum])
    #expect(after["owner"] == before["owner"] && after["owner"]?.text != nil)
    #expect(try await world.desk.list("watchers", of: after).count == 1)
    let links = try await world.desk.list("links", of: after).map { "\($0["kind"]?.text ?? "") \($0["incident"]?.text ?? "")" }
    let expected = [("parent_of", child), ("child_of", parent), ("caused_by", cause), ("duplicated_by", duplicate)]
    #expect(Set(links) == Set(expected.map { "\($0.0) \($0.1["id"]?.text ?? "")" }))
    let queued = try await world.desk.database.call("incident.queue", ["ci": platinum], as: world.desk.engineer)["items"]?.column("id")
    #expect(queued == [after["id"] ?? .null])
  }

  @Test func whatWasMissedBeforeStaysMissed() async throws {
    let world = try await DeskWorld()
    let survivor = try await world.open("First")
    let merged = try await world.open("Second", impact: 1, urgency: 1)
    try world.at("2026-03-02T14:00:00Z")
    let done = try await world.act("merge", on: merged, ["into": survivor["id"] ?? .null])
    #expect(done["clocks"]?.column("verdict") == ["missed", "missed"] && done["clocks"]?.column("state") == ["withdrawn", "withdrawn"])
    #expect(try await world.read(done)["clocks"] == done["clocks"])
    let explained = try await world.database.call("incident.explain", ["id": done["id"] ?? .null], as: world.engineer)
    let clocks = explained["clocks"]?.array ?? []
    #expect(clocks.count == 2)
    for clock in clocks { #expect(clock["state"] == "withdrawn" && clock["verdict"] == "missed" && clock["verdicts"]?.column("verdict") == ["missed"]) }
  }

  @Test func whatCannotBeMergedIsRefused() async throws {
    let world = try await DeskWorld()
    let first = try await world.open("First")
    var second = try await world.open("Second")
    let foreign = try await world.open("Theirs", for: world.other)
    func refused(_ into: Value?) async -> Failure.Kind? {
      do {
        try await world.act("merge", on: second, ["into": into ?? .null])
        return nil
      } catch {
        return (error as? Failure)?.kind
      }
    }
    #expect(await refused(second["id"]) == .invalid)
    #expect(await refused(foreign["id"]) == .invalid)
    _ = try await world.act("resolve", on: first, ["resolution": "Done."])
    #expect(await refused(first["id"]) == .invalid)
    second = try await world.act("resolve", on: second, ["resolution": "Done."])
    second = try await world.act("close", on: second)
    let third = try await world.open("Third")
    #expect(await refused(third["id"]) == .conflict)
  }

  @Test func aSplitTicketKeepsTheTimesOfItsOrigin() async throws {
    let world = try await DeskWorld()
    var origin = try await world.open("Printer and phone")  // Monday 09:00, 16 h
    try world.at("2026-03-02T09:00:00Z")
    origin = try await world.act("start", on: origin)
    origin = try await world.act("hold", on: origin, ["reason": "scheduled", "evidence": "mail 1"])
    try world.at("2026-03-02T12:00:00Z")
    let made = try await world.database.call(
      "incident.split", ["id": origin["id"] ?? .null, "title": "Phone"], as: world.engineer)
    #expect(made["openedAt"] == origin["openedAt"] && made["respondedAt"] == origin["respondedAt"] && made["splitFrom"] == origin["id"])
    #expect(made["state"] == "active" && made["number"] == "ACME-INC-000002" && made["contractLine"] == origin["contractLine"])
    // One hour was used before the wait of three: 15 are left from 13:00 on.
    let clock = try await world.explain(made, "resolution")
    #expect(clock["intervals"]?.column("state") == ["running", "paused"] && clock["consumedSeconds"] == 3600 && clock["startedAt"] == origin["openedAt"])
    #expect(clock["dueAt"] == "2026-03-04T11:00:00Z" && made["dueAt"] == clock["dueAt"])
    let response = try await world.explain(made, "response")
    #expect(response["verdict"] == "met" && response["observedAt"] == "2026-03-02T09:00:00Z")
    // The first one goes on waiting, and knows.
    let after = try await world.read(origin)
    #expect(after["state"] == "pending" && after["version"] == origin["version"] && after["splitFrom"] == .null)
    #expect(try await world.list("history", of: origin).compactMap { $0["type"]?.text }.last == "incident.split")
    // A clock that only comes into being later counts through the same past.
    var changed = try await world.act("classify", on: made, ["impact": 3])
    changed = try await world.act("classify", on: changed, ["impact": 2])
    let again = try await world.explain(changed, "resolution")
    #expect(again["dueAt"] == clock["dueAt"] && again["consumedSeconds"] == 3600)
  }

  @Test func aTicketRecordedWhenItIsOverIsJudgedAtOnce() async throws {
    let world = try await DeskWorld()
    try world.at("2026-03-02T14:00:00Z")
    let inTime = try await world.database.call(
      "incident.open",
      [
        "customer": .id(world.acme.publicId), "title": "By phone", "impact": 1, "urgency": 1, "openedAt": "2026-03-02T13:50:00Z",
        "resolution": "Told them.",
      ], as: world.engineer)
    #expect(inTime["state"] == "resolved")
    #expect(inTime["clocks"]?.column("verdict") == ["met", "met"])
    let late = try await world.database.call(
      "incident.open",
      ["customer": .id(world.acme.publicId), "title": "By phone", "impact": 1, "urgency": 1, "openedAt": "2026-03-02T08:00:00Z", "resolution": "Told them."],
      as: world.engineer)
    // A back-dated entry gives no time back.
    #expect(late["clocks"]?.column("verdict") == ["missed", "missed"])
  }
}
