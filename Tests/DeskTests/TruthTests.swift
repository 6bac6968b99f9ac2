import Kernel
import Operations
import Postgres
import TestSupport
import Testing

/// What is told late, what changes nothing, what is said on a ticket that is no more, and who did what.
@Suite struct TruthTests {
  // MARK: Told afterwards

  /// Friday's call, typed on Sunday: what was in time stays in time.
  @Test func whatWasInTimeIsRecordedSo() async throws {
    let world = try await DeskWorld()
    try world.at("2026-03-08T10:00:00Z")
    let input: KeyValuePairs<String, Value> = [
      "customer": .id(world.acme.publicId), "title": "Locked out", "openedAt": "2026-03-06T09:00:00Z", "respondedAt": "2026-03-06T09:05:00Z",
      "resolvedAt": "2026-03-06T09:20:00Z", "resolution": "Unlocked", "close": .bool(true),
    ]
    let incident = try await world.database.call("incident.open", input, as: world.engineer)
    #expect(incident["state"] == "closed" && incident["respondedAt"] == "2026-03-06T09:05:00Z" && incident["resolvedAt"] == "2026-03-06T09:20:00Z")
    #expect(incident["closedAt"] == "2026-03-06T09:20:00Z" && incident["closesAt"] == .null)
    #expect(incident["clocks"]?.column("verdict") == ["met", "met"])
    let resolution = try await world.explain(incident, "resolution")
    #expect(resolution["consumedSeconds"] == 1200 && resolution["observedAt"] == "2026-03-06T09:20:00Z", "\(resolution)")
    let events = try await world.list("history", of: incident)
    #expect(events.first { $0["type"] == "incident.started" }?["occurredAt"] == "2026-03-06T09:05:00Z")
    #expect(events.first { $0["type"] == "incident.resolved" }?["occurredAt"] == "2026-03-06T09:20:00Z")
    // Nobody is told of a breach that was none.
    try await world.sweep()
    let breaches = try await world.database.superuser.transaction { try await $0.query(Breaches()) }
    #expect(breaches == [0])
    // What was late is late, by its own instants.
    let late: KeyValuePairs<String, Value> = [
      "customer": .id(world.acme.publicId), "title": "Slow", "openedAt": "2026-03-05T08:00:00Z", "resolvedAt": "2026-03-06T15:00:00Z", "resolution": "Done",
    ]
    let missed = try await world.database.call("incident.open", late, as: world.engineer)
    #expect(missed["clocks"]?.column("verdict") == ["missed", "met"], "\(missed["clocks"] ?? .null)")
    #expect(missed["clocks"]?.array?.first?["breachedAt"] == "2026-03-05T12:00:00Z")
    #expect(missed["closesAt"] == "2026-03-15T10:00:00Z", "counted from when its customer was told")
  }

  @Test func timesComeInOrder() async throws {
    let world = try await DeskWorld()
    let user = try await world.database.user(.customerManager, of: world.acme)
    func refused(_ more: KeyValuePairs<String, Value>, as principal: Principal? = nil) async -> String {
      let members = [Value.Member("customer", .id(world.acme.publicId)), Value.Member("title", "Late")] + more.map { Value.Member($0.key, $0.value) }
      do throws(Failure) {
        _ = try await world.database.dispatcher.invoke("incident.open", .object(members), as: principal ?? world.engineer, Call(requestId: "test"))
        return "accepted"
      } catch { return error.violations.first.map { "\($0.path) \($0.message.key)" } ?? error.code }
    }
    let opened: Value = "2026-03-02T07:00:00Z"
    #expect(await refused(["openedAt": opened, "respondedAt": opened]) == "respondedAt ticket.times_need_resolution")
    #expect(await refused(["openedAt": opened, "resolution": "x", "respondedAt": "2026-03-02T06:59:59Z"]) == "respondedAt ticket.times_in_order")
    #expect(
      await refused(["openedAt": opened, "resolution": "x", "respondedAt": "2026-03-02T07:30:00Z", "resolvedAt": "2026-03-02T07:20:00Z"])
        == "resolvedAt ticket.times_in_order")
    #expect(await refused(["openedAt": opened, "resolution": "x", "resolvedAt": "2026-03-02T08:00:01Z"]) == "resolvedAt ticket.opened_in_future")
    #expect(await refused(["resolution": "x", "resolvedAt": opened], as: user) == "resolution ticket.staff_only")
    #expect(await refused(["openedAt": opened, "resolution": "x", "respondedAt": opened, "resolvedAt": opened]) == "accepted")
    // How it ended is not told of what goes on: it would be lost.
    #expect(await refused(["closureCode": "workaround"]) == "resolution input.required_here")
    #expect(await refused(["closureCode": "workaround", "resolution": "x"]) == "accepted")
  }

  // MARK: What changes nothing

  @Test func whatChangesNothingLeavesNoTrace() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open("Printer on fire")
    let events = try await world.list("history", of: incident).count
    let same = try await world.act("change", on: incident, ["title": "Printer on fire", "category": .null])
    let classified = try await world.act("classify", on: incident, ["impact": 2, "urgency": 2, "ciTier": .null])
    #expect(same["version"] == incident["version"] && classified["version"] == incident["version"])
    #expect(try await world.list("history", of: incident).count == events)
    // Of several fields the history names those that differ.
    let changed = try await world.act("change", on: incident, ["title": "Printer on fire", "description": "It smokes"])
    #expect(changed["version"] == 2)
    #expect(try await world.list("history", of: incident).last?["payload"]?["fields"] == .array(["description"]))
    let raised = try await world.act("classify", on: changed, ["impact": 1])
    #expect(raised["version"] == 3 && raised["priority"] == 2)
  }

  // MARK: Merged tickets

  @Test func whatIsSaidOnAMergedTicketReachesTheOther() async throws {
    let world = try await DeskWorld()
    let anna = try await world.database.user(.requester, of: world.acme, .own)
    let ben = try await world.database.user(.requester, of: world.acme, .own)
    let (first, second, last) = (try await world.open("First", as: ben), try await world.open("Second", as: anna), try await world.open("Last", as: ben))
    try await world.act("merge", on: second, ["into": first["id"] ?? .null, "reason": "The same fault"])
    try await world.act("merge", on: try await world.read(first), ["into": last["id"] ?? .null])
    let said = try await world.act("comment", on: second, ["body": "Still so"], as: anna)
    #expect(said["saidOn"] == second["id"] && said["incident"] == last["id"])
    // Anna reads her words on her own ticket, and nothing of the other's; the staff read them where they work.
    #expect(try await world.list("comments", of: second, as: anna).compactMap { $0["body"] } == ["The same fault", "Still so"])
    await expectFailure(.notFound) { try await world.list("comments", of: last, as: anna) }
    let there = try await world.list("comments", of: last)
    #expect(there.compactMap { $0["body"] } == ["Still so"] && there.first?["saidOn"] == second["id"])
    #expect(try await world.list("history", of: last).last?["payload"]?["saidOn"] == second["id"])
    #expect(try await world.list("comments", of: first) == [])
    let found = try await world.database.call("incident.search", ["customer": .id(world.acme.publicId), "text": "Still"], as: world.engineer)
    #expect(found["items"]?.column("id") == [last["id"] ?? .null])
  }

  /// Guard: whoever reported it may not see the other one. He reads on his own what the provider says there publicly and how it ends, and nothing of
  /// what the other one's people say.
  @Test func whatIsSaidOnTheOtherIsReadOnTheMergedOne() async throws {
    let world = try await DeskWorld()
    let anna = try await world.database.user(.requester, of: world.acme, .own)
    let ben = try await world.database.user(.requester, of: world.acme, .own)
    let (first, second, last) = (try await world.open("First", as: ben), try await world.open("Second", as: anna), try await world.open("Last", as: ben))
    try await world.act("comment", on: first, ["body": "Before", "visibility": "public"])
    world.database.clock.advance(seconds: 60)
    try await world.act("merge", on: second, ["into": first["id"] ?? .null])
    world.database.clock.advance(seconds: 60)
    try await world.act("comment", on: first, ["body": "We know", "visibility": "public"])
    world.database.clock.advance(seconds: 60)
    try await world.act("merge", on: try await world.read(first), ["into": last["id"] ?? .null])
    world.database.clock.advance(seconds: 60)
    try await world.act("comment", on: last, ["body": "Nearly done", "visibility": "public"])
    try await world.act("comment", on: last, ["body": "Between us"])
    try await world.act("comment", on: last, ["body": "My own affair"], as: ben)
    try await world.act("comment", on: second, ["body": "Still so"], as: anna)
    #expect(try await world.list("comments", of: second, as: anna).compactMap { $0["body"] } == ["We know", "Nearly done", "Still so"])
    #expect(try await world.list("comments", of: first, as: ben).compactMap { $0["body"] } == ["Before", "We know", "Nearly done"])
    #expect(try await world.read(second)["outcome"]?["state"] == "new")
    try await world.act("resolve", on: try await world.read(last), ["resolution": "A new driver"])
    let read = try await world.database.call("incident.read", ["id": second["id"] ?? .null], as: anna)
    #expect(read["state"] == "closed" && read["outcome"]?["state"] == "resolved" && read["outcome"]?["resolution"] == "A new driver")
    #expect(read["outcome"]?["closureCode"] == "solved" && read["outcome"]?["resolvedAt"] != .null)
    #expect(try await world.read(last)["outcome"] == .null)
  }

  @Test func actsOnAMergedTicketNameTheOther() async throws {
    let world = try await DeskWorld()
    let (first, second) = (try await world.open("First"), try await world.open("Second"))
    var merged = try await world.act("merge", on: second, ["into": first["id"] ?? .null])
    let acts: [(String, KeyValuePairs<String, Value>)] = [
      ("reopen", ["reason": "x"]), ("resolve", ["resolution": "x"]), ("close", [:]), ("start", [:]), ("change", ["title": "x"]),
      ("classify", ["impact": 1]), ("assign", ["team": .null]), ("split", ["title": "x"]), ("merge", ["into": first["id"] ?? .null]),
    ]
    for (verb, input) in acts {
      merged = try await world.read(second)
      do {
        try await world.act(verb, on: merged, input)
        Issue.record("\(verb) was taken")
      } catch let failure as Failure {
        #expect(failure.code == "ticket.merged" && failure.text(.english).contains("merged into ACME-INC-000001"), "\(verb): \(failure)")
      }
    }
    let third = try await world.open("Third")
    do {
      try await world.act("merge", on: third, ["into": second["id"] ?? .null])
      Issue.record("merged into what is no more")
    } catch let failure as Failure {
      let violation = failure.violations.first
      #expect(violation?.path == "into" && violation?.message.text(.chinese, violation?.arguments ?? [:]).contains("ACME-INC-000001") == true)
    }
  }

  // MARK: Words

  @Test func aRefusalSaysWhatIsPossible() async throws {
    let world = try await DeskWorld()
    let user = try await world.database.user(.customerManager, of: world.acme)
    let active = try await world.act("start", on: try await world.open(as: user))
    func words(_ verb: String, _ language: Language, as principal: Principal) async -> String {
      do throws(Failure) {
        let call = Call(requestId: "test", expectedVersion: active["version"]?.integer, language: language)
        _ = try await world.database.dispatcher.invoke("incident.\(verb)", .object(["id": active["id"] ?? .null]), as: principal, call)
        return "accepted"
      } catch { return error.text(language) }
    }
    #expect(
      await words("close", .english, as: world.engineer)
        == "A ticket that is active does not allow this (close). Possible: hold, resolve, merge.")
    #expect(await words("close", .chinese, as: world.engineer) == "工单处于“处理中”状态，不允许此操作（关闭 close）。可执行：挂起 hold、解决 resolve、合并 merge。")
    #expect(await words("close", .english, as: user) == "A ticket that is active does not allow this (close). Possible: nothing.")
  }

  @Test func theHistorySaysWhoActed() async throws {
    let world = try await DeskWorld()
    let user = try await world.database.user(.customerManager, of: world.acme)
    var incident = try await world.open(as: user)
    incident = try await world.act("start", on: incident)
    incident = try await world.act("resolve", on: incident, ["resolution": "Done"], as: world.database.root)
    try world.at("2026-03-10T08:00:00Z")
    try await world.close()
    func names(_ reader: Principal) async throws -> [Value] { try await world.list("history", of: incident, as: reader).compactMap { $0["actorName"] } }
    #expect(try await names(world.engineer) == ["Account", "Account", "Account", "The operator of the installation", "Steward"])
    #expect(try await names(user) == ["Account", "Provider", "Provider", "Provider"], "who answers for it is the provider's affair")
    try await world.database.set("ticket_policy.set", ["customer": .id(world.acme.publicId), "showsNames": .bool(true)], as: world.manager)
    #expect(try await names(user) == ["Account", "Account", "The operator of the installation", "Steward"])
    #expect(try await world.list("history", of: incident, as: user).allSatisfy { $0["actor"] == .null }, "ids of the staff stay the staff's")
  }
}

private struct Breaches: Statement {
  static let sql = "select count(*) from operations.event where type = 'sla.breached'"

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
