import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

/// What is with a supplier when its ticket goes into another one.
@Suite struct DispatchMergeTests {
  @Test func whatIsWithSuppliersGoesAlong() async throws {
    let world = try await AgreementWorld()
    let user = try await world.database.user(.customerManager, of: world.desk.acme)
    let doomed = try await world.desk.open("Doomed", as: user)
    let survivor = try await world.desk.open("Survivor", as: user)
    let sent = try await world.dispatch(doomed, ["reason": "x", "wait": .bool(true)])
    try world.desk.at("2026-03-02T08:30:00Z")
    let merged = try await world.desk.act("merge", on: try await world.desk.read(doomed), ["into": survivor["id"] ?? .null])
    #expect(merged["state"] == "closed" && merged["agreements"] == .array([]))
    let moved = try await world.call("dispatch.read", [("id", sent["id"] ?? .null)])
    #expect(moved["incident"] == survivor["id"] && moved["outcome"] == .null && moved["dispatchedAt"] == sent["dispatchedAt"])
    #expect(moved["clocks"] == sent["clocks"], "the supplier's time runs on")
    #expect(try await world.desk.read(survivor)["agreements"]?.column("dispatch") == [sent["id"] ?? .null])
    let listed = try await world.call("dispatch.list", [("incident", survivor["id"] ?? .null)])
    #expect(listed["items"]?.array == [moved])
    // Both histories tell it, to the staff.
    let told = [sent["id"], doomed["id"], survivor["id"]]
    for incident in [doomed, survivor] {
      let history = try await world.desk.list("history", of: incident)
      #expect(history.filter { $0["type"] == "incident.dispatch_moved" }.map { event in ["dispatch", "from", "to"].map { event["payload"]?[$0] } } == [told])
      #expect(try await !"\(world.desk.list("history", of: incident, as: user))".contains("dispatch"))
    }
    // And work goes on with it there.
    let answered = try await world.act("answer", onDispatch: moved, ["at": "2026-03-02T08:20:00Z"])
    #expect(answered.clock("response")["verdict"] == "met")
    try world.desk.at("2026-03-02T12:00:00Z")
    let returned = try await world.act("return", onDispatch: answered)
    #expect(returned["outcome"] == "done" && returned.clock("resolution")["verdict"] == "met")
    #expect(try await world.agreements(survivor).last?.clock("resolution")["consumedSeconds"] == 14_400)
  }

  /// While the supplier works for the ticket that is left, that one waits as the other did.
  @Test func theWaitGoesAlong() async throws {
    let world = try await AgreementWorld()
    let target = Value.object(["metric": "resolution", "priority": 3, "budgetSeconds": 28_800, "calendar": world.desk.calendar["id"] ?? .null])
    try await world.database.call(
      "sla.revise",
      [
        "id": world.desk.sla["id"] ?? .null, "targets": .array([target]), "validFrom": "2026-01-01T00:00:00Z", "supplierWaitsPause": .bool(true),
      ], as: world.desk.manager, version: 1)
    func merge(waits: Bool, into survivor: Value) async throws -> (survivor: Value, dispatch: Value) {
      let doomed = try await world.desk.open("Doomed")
      let sent = try await world.dispatch(doomed, ["reason": "x", "wait": .bool(waits)])
      try await world.desk.act("merge", on: try await world.desk.read(doomed), ["into": survivor["id"] ?? .null])
      return (try await world.desk.read(survivor), try await world.call("dispatch.read", [("id", sent["id"] ?? .null)]))
    }
    let survivor = try await world.desk.open("Survivor")
    try world.desk.at("2026-03-02T08:30:00Z")
    let (waiting, dispatch) = try await merge(waits: true, into: survivor)
    #expect(waiting["pendingReason"] == "awaiting_supplier" && waiting["version"] != survivor["version"])
    #expect(try await world.desk.explain(waiting, "resolution")["state"] == "paused")
    try world.desk.at("2026-03-02T12:00:00Z")
    _ = try await world.act("return", onDispatch: dispatch)
    let resumed = try await world.desk.read(survivor)
    #expect(resumed["state"] == "active")
    let resolution = try await world.desk.explain(resumed, "resolution")
    #expect(resolution["intervals"]?.column("evidence").last == dispatch["id"] && resolution["dueAt"] == "2026-03-03T11:30:00Z")
    // Whoever did not wait does not begin to, and whoever waits for somebody else goes on to.
    let (idle, second) = try await merge(waits: false, into: resumed)
    #expect(idle["state"] == "active")
    _ = try await world.act("return", onDispatch: second)
    let asked = try await world.desk.act("hold", on: idle, ["reason": "awaiting_requester", "evidence": "mail 1"])
    let (held, third) = try await merge(waits: true, into: asked)
    #expect(held["pendingReason"] == "awaiting_requester")
    _ = try await world.act("return", onDispatch: third)
    #expect(try await world.desk.read(held)["pendingReason"] == "awaiting_requester")
  }

  /// A return ends the wait that a dispatch began, and no other: somebody else may still owe.
  @Test func aReturnEndsOnlyTheWaitThatADispatchBegan() async throws {
    let world = try await AgreementWorld()
    let survivor = try await world.desk.act(
      "hold", on: try await world.desk.open("Survivor"), ["reason": "awaiting_supplier", "evidence": "call 4"])
    let doomed = try await world.desk.open("Doomed")
    let sent = try await world.dispatch(doomed, ["reason": "x", "wait": .bool(true)])
    try await world.desk.act("merge", on: try await world.desk.read(doomed), ["into": survivor["id"] ?? .null])
    _ = try await world.act("return", onDispatch: try await world.call("dispatch.read", [("id", sent["id"] ?? .null)]))
    let waiting = try await world.desk.read(survivor)
    #expect(waiting["pendingReason"] == "awaiting_supplier", "call 4 was not answered")
    // A dispatch that is sent to be waited for joins the wait.
    for joins in [false, true] {
      let again = try await world.dispatch(try await world.desk.read(survivor), ["reason": "x", "wait": .bool(joins)])
      _ = try await world.act("return", onDispatch: again)
      #expect(try await world.desk.read(survivor)["state"] == (joins ? "active" : "pending"))
    }
  }

  @Test func twoDispatchesByOneContractAreOneTooMany() async throws {
    let world = try await AgreementWorld()
    let doomed = try await world.desk.open("Doomed")
    let survivor = try await world.desk.open("Survivor")
    let own = try await world.dispatch(doomed, ["reason": "x"])
    let other = try await world.dispatch(survivor, ["reason": "x"])
    let now = try await world.desk.read(doomed)
    do {
      try await world.desk.act("merge", on: now, ["into": survivor["id"] ?? .null])
      Issue.record("merged")
    } catch let failure as Failure {
      #expect(failure.kind == .conflict && failure.message.key == "dispatch.twice")
      let text = failure.text(.english)
      for word in ["Canary Hosting", "UC-1", own["id"]?.text ?? "?", other["id"]?.text ?? "?"] { #expect(text.contains(word), "\(text)") }
    }
    #expect(try await world.desk.read(doomed) == now)
    _ = try await world.act("return", onDispatch: other, ["outcome": "recalled"])
    try await world.desk.act("merge", on: now, ["into": survivor["id"] ?? .null])
    #expect(try await world.call("dispatch.read", [("id", own["id"] ?? .null)])["incident"] == survivor["id"])
  }

  /// Whoever looked at the dispatch before the merge acts on the ticket on which it is by then.
  @Test func whoWaitedForAMergeActsOnTheOtherTicket() async throws {
    let world = try await AgreementWorld()
    let doomed = try await world.desk.open("Doomed")
    let survivor = try await world.desk.open("Survivor")
    let sent = try await world.dispatch(doomed, ["reason": "x"])
    let answer = try await world.database.superuser.transaction { holder in
      _ = try await holder.query(HeldTicket(title: "Doomed"))
      let answer = Task { try await world.act("answer", onDispatch: sent) }
      try await holder.waitForLocks(1)
      _ = try await holder.query(MoveDispatches(title: "Survivor"))
      return answer
    }
    #expect(try await answer.value["incident"] == survivor["id"])
  }

  /// An act that waited for another one sees what that left, also in what the ticket only names.
  @Test func whoWaitedForTheTicketSeesItsNewTeam() async throws {
    let world = try await AgreementWorld()
    let incident = try await world.assign(try await world.desk.open(), to: world.first)
    let comment = try await world.database.superuser.transaction { holder in
      _ = try await holder.query(HeldTicket(title: "Printer on fire"))
      let started = Task { try await world.desk.act("start", on: incident) }
      try await holder.waitForLocks(1)
      _ = try await holder.query(GiveTo(team: "Second line"))
      return started
    }
    #expect(try await comment.value["team"] == world.second["id"])
  }

  /// The second wall: a customer's transaction reads no dispatch, and only by its policy.
  @Test func aCustomersSideReadsNoDispatch() async throws {
    let world = try await AgreementWorld()
    _ = try await world.dispatch(try await world.desk.open(), ["reason": "They are cheap.", "reference": "CASE-7"])
    func seen(_ side: Side) async throws -> [String] {
      try await world.database.tenancy.transaction(binding: [world.desk.acme.id], side: side, readOnly: true) {
        try await $0.query(DispatchTexts(tenant: world.desk.acme.id))
      }
    }
    #expect(try await seen(.staff) == ["They are cheap. CASE-7"])
    #expect(try await seen(.customer) == [])
    try await world.database.runAsSuperuser("drop policy staff_only on desk.dispatch")
    #expect(try await seen(.customer) == ["They are cheap. CASE-7"], "it is the policy that hides it")
  }
}

private struct HeldTicket: Statement {
  let title: String

  static let sql = "select id from desk.ticket where title = $1 for update"
  func bind(to parameters: inout Parameters) { parameters.append(title) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct MoveDispatches: Statement {
  let title: String

  static let sql = "update desk.dispatch set ticket_id = (select id from desk.ticket where title = $1) returning id"
  func bind(to parameters: inout Parameters) { parameters.append(title) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct GiveTo: Statement {
  let team: String

  static let sql = "update desk.ticket set team_id = (select id from desk.team where name = $1) returning id"
  func bind(to parameters: inout Parameters) { parameters.append(team) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct DispatchTexts: Statement {
  let tenant: TenantId

  static let sql = "select choice_reason || ' ' || supplier_reference from desk.dispatch where tenant_id = $1"
  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
