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
    _ = try await world.database.superuser.withConnection { try await $0.runScript("drop policy staff_only on desk.dispatch") }
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
