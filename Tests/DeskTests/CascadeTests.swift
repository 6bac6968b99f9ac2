import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Desk

/// Tickets that end with their parent.
@Suite struct CascadeTests {
  @Test func childrenEndWithTheirParentEachByItself() async throws {
    let world = try await DeskWorld()
    let (parent, child, grandchild, over) = (
      try await world.open("Mail"), try await world.open("No mail"), try await world.open("None either"), try await world.open("Was slow")
    )
    for (one, above) in [(child, parent), (grandchild, child), (over, parent)] { try await world.link(one, below: above) }
    let before = try await world.act("resolve", on: over, ["resolution": "Went away"])
    let resolved = try await world.act("resolve", on: parent, ["resolution": "Restarted the server", "closureCode": "workaround", "cascade": .bool(true)])
    #expect(resolved["openChildren"] == 2)
    #expect(try await world.read(child)["state"] == "new", "the act waits for none of them")
    #expect(try await world.list("cascade", of: parent).compactMap { $0["state"] } == ["waiting", "waiting"])
    try world.at("2026-03-02T08:00:05Z")
    for _ in 0..<2 { try await world.cascade() }
    for one in [child, grandchild] {
      let read = try await world.read(one)
      #expect(read["state"] == "resolved" && read["resolution"] == "Restarted the server" && read["closureCode"] == "workaround")
      #expect(read["resolvedAt"] == "2026-03-02T08:00:05Z" && read["owner"] == resolved["owner"])
      let events = try await world.list("history", of: one)
      #expect(events.filter { $0["type"] == "incident.resolved" }.count == 1)
      let with = events.filter { $0["type"] == "incident.ended_with" }
      #expect(with.count == 1 && with.first?["payload"]?["with"] == parent["id"] && with.first?["payload"]?["number"] == "ACME-INC-000001")
      #expect(try await world.explain(one, "resolution")["verdict"] == "met", "by its own clock")
    }
    #expect(try await world.read(over)["version"] == before["version"], "it was over before")
    #expect(Set(try await world.list("cascade", of: parent).compactMap { $0["state"] }) == ["done"])
    // The customer sees his own tickets, and nothing of what they ended with.
    let user = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await world.list("history", of: child, as: user).allSatisfy { $0["type"] != "incident.ended_with" })
    await expectFailure(.denied) { try await world.list("cascade", of: parent, as: user) }
  }

  /// Guard: what nobody said of the parent counts for its children as said by nobody either, before gates that ask how it ended.
  @Test(arguments: [false, true]) func theCodeIsSaidWhereItWasSaidOfTheParent(_ isSaid: Bool) async throws {
    let world = try await DeskWorld()
    let (parent, child) = (try await world.open("Mail"), try await world.open("No mail"))
    try await world.link(child, below: parent)
    let code: Value = isSaid ? "solved" : .null
    _ = try await world.act("resolve", on: parent, ["resolution": "Restarted", "closureCode": code, "cascade": .bool(true)])
    try await world.cascade()
    #expect(try await world.read(child)["closureCode"] == "solved")
    let resolved = try await world.list("history", of: child).first { $0["type"] == "incident.resolved" }
    #expect(resolved?["payload"]?["codeSaid"] == (isSaid ? Value.bool(true) : nil))
  }

  @Test func whoDoesNotAskIsTold() async throws {
    let world = try await DeskWorld()
    let (parent, child) = (try await world.open("Mail"), try await world.open("No mail"))
    try await world.link(child, below: parent)
    let resolved = try await world.act("resolve", on: parent, ["resolution": "Restarted"])
    #expect(resolved["openChildren"] == 1)
    try await world.cascade()
    #expect(try await world.read(child)["state"] == "new")
    #expect(try await world.read(parent)["openChildren"] == .null, "nobody counted")
  }

  /// What cannot be closed is left as it was, with the reason; the others go on.
  @Test func whatCannotEndIsLeft() async throws {
    let world = try await DeskWorld()
    let (parent, open, done) = (try await world.open("Mail"), try await world.open("No mail"), try await world.open("Nor here"))
    for one in [open, done] { try await world.link(one, below: parent) }
    try await world.act("resolve", on: done, ["resolution": "Restarted"])
    let resolved = try await world.act("resolve", on: parent, ["resolution": "Restarted"])
    let closed = try await world.act("close", on: resolved, ["cascade": .bool(true)])
    #expect(closed["openChildren"] == 2)
    try await world.cascade()
    #expect(try await world.read(open)["state"] == "new")
    #expect(try await world.read(done)["state"] == "closed")
    let report = try await world.list("cascade", of: parent)
    let left = report.first { $0["incident"] == open["id"] }
    #expect(left?["state"] == "left" && left?["fault"] == "ticket.state", "\(report)")
    #expect(left?["reason"]?.text?.contains("Possible: start, hold, resolve, merge") == true, "\(String(describing: left))")
    #expect(report.first { $0["incident"] == done["id"] }?["state"] == "done")
    let user = try await world.database.user(.customerManager, of: world.acme)
    let mine = try await world.act("resolve", on: try await world.open(as: user), ["resolution": "Done"])
    await expectFailure(.invalid) { try await world.act("close", on: mine, ["cascade": .bool(true)], as: user) }
  }

  @Test func aParentThatComesBackTakesNobodyAlong() async throws {
    let world = try await DeskWorld()
    let (parent, child) = (try await world.open("Mail"), try await world.open("No mail"))
    try await world.link(child, below: parent)
    let resolved = try await world.act("resolve", on: parent, ["resolution": "Restarted", "cascade": .bool(true)])
    try await world.act("reopen", on: resolved, ["reason": "No"])
    try await world.cascade()
    #expect(try await world.read(child)["state"] == "new")
    #expect(try await world.list("cascade", of: parent).compactMap { $0["fault"] } == ["cascade.parent_goes_on"])
  }

  /// What is taken out from below it before its turn goes on; what went into another one that goes on is not done.
  @Test func whoIsNoChildAnyMoreIsLeft() async throws {
    let world = try await DeskWorld()
    let (parent, out, merged, into) = (
      try await world.open("Mail"), try await world.open("No mail"), try await world.open("None either"), try await world.open("Printer")
    )
    for one in [out, merged] { try await world.link(one, below: parent) }
    _ = try await world.act("resolve", on: parent, ["resolution": "Restarted", "cascade": .bool(true)])
    try await world.database.call(
      "incident.unlink", ["id": out["id"] ?? .null, "kind": "child_of", "to": parent["id"] ?? .null], as: world.engineer)
    let version = try await world.read(merged)["version"]?.integer
    try await world.database.call("incident.merge", ["id": merged["id"] ?? .null, "into": into["id"] ?? .null], as: world.engineer, version: version)
    try await world.cascade()
    for one in [out, into] { #expect(try await world.read(one)["state"] == "new") }
    let report = try await world.list("cascade", of: parent)
    #expect(report.first { $0["incident"] == out["id"] }?["fault"] == "cascade.not_part", "\(report)")
    #expect(report.first { $0["incident"] == merged["id"] }?["fault"] == "cascade.went_into", "\(report)")
  }

  /// One that a worker cannot get at holds up no other, and is tried again.
  @Test func whatIsHeldIsTriedAgain() async throws {
    let world = try await DeskWorld()
    let parent = try await world.open("Mail")
    let children = [try await world.open("A"), try await world.open("B"), try await world.open("C")]
    for one in children { try await world.link(one, below: parent) }
    _ = try await world.act("resolve", on: parent, ["resolution": "Restarted", "cascade": .bool(true)])
    let held = try await world.database.superuser.transaction { try await $0.query(TicketRow(title: "B")) }
    let id = try #require(held.first)
    try await world.database.application.transaction(
      TransactionOptions(settings: [.integers("app.tenants", [world.acme.id.rawValue]), .word("app.side", "staff")])
    ) { transaction in
      _ = try await transaction.query(HoldTicket(tenant: world.acme.id, id: id))
      await #expect(throws: (any Error).self) { try await world.cascade() }
    }
    for index in [0, 2] { #expect(try await world.read(children[index])["state"] == "resolved") }
    #expect(try await world.read(children[1])["state"] == "new")
    try await world.cascade()
    #expect(try await world.read(children[1])["state"] == "resolved")
  }

  /// One at which something is at fault is left after some tries, and its report says to end it by hand.
  @Test func aPoisonedOneIsLeftAfterSomeTries() async throws {
    let world = try await DeskWorld()
    let (parent, child) = (try await world.open("Mail"), try await world.open("Poison"))
    try await world.link(child, below: parent)
    _ = try await world.act("resolve", on: parent, ["resolution": "Restarted", "cascade": .bool(true)])
    try await world.database.runAsSuperuser("alter table desk.ticket add constraint poison check (title <> 'Poison' or state <> 'resolved') not valid")
    for _ in 0..<CascadeSweep.mostAttempts {
      #expect(try await world.list("cascade", of: parent).first?["state"] == "waiting")
      await #expect(throws: (any Error).self) { try await world.cascade() }
    }
    try await world.cascade()
    let left = try await world.list("cascade", of: parent).first
    #expect(left?["state"] == "left" && left?["fault"] == "cascade.at_fault", "\(String(describing: left))")
    #expect(left?["reason"]?.text?.contains("by hand") == true)
  }

  /// A thousand end with one at the most.
  @Test func tooManyAreRefused() async throws {
    let world = try await DeskWorld()
    let (parent, child) = (try await world.open("Mail"), try await world.open("No mail"))
    try await world.link(child, below: parent)
    try await world.database.runAsSuperuser(
      """
      insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
        last_seq, recorded_at, updated_at)
      select t.tenant_id, substr(sha256(n::text::bytea), 1, 12), t.type, 100 + n, 'Many', '', t.line_reason, 2, 2, 3, 'new', t.opened_at, 1,
        t.recorded_at, t.updated_at
      from desk.ticket t cross join generate_series(1, 1000) n where t.title = 'No mail';
      insert into desk.ticket_link (tenant_id, from_id, to_id, kind, actor_kind, actor_id, recorded_at)
      select l.tenant_id, t.id, l.to_id, l.kind, l.actor_kind, l.actor_id, l.recorded_at
      from desk.ticket_link l join desk.ticket t on t.tenant_id = l.tenant_id and t.title = 'Many'
      """)
    do {
      _ = try await world.act("resolve", on: parent, ["resolution": "Restarted", "cascade": .bool(true)])
      Issue.record("all of them")
    } catch let failure as Failure {
      #expect(failure.code == "cascade.too_many" && failure.arguments["most"] == "1000")
    }
    #expect(try await world.read(parent)["state"] == "new")
  }

  @Test func workersShareIt() async throws {
    let world = try await DeskWorld()
    let parent = try await world.open("Mail")
    var children: [Value] = []
    for number in 1...8 {
      children.append(try await world.open("\(number)"))
      try await world.link(children[number - 1], below: parent)
    }
    _ = try await world.act("resolve", on: parent, ["resolution": "Restarted", "cascade": .bool(true)])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 { group.addTask { try? await world.cascade(batch: 2) } }
      try await group.waitForAll()
    }
    try await world.cascade()
    for child in children {
      let events = try await world.list("history", of: child).compactMap { $0["type"]?.text }
      #expect(events.filter { $0 == "incident.resolved" }.count == 1 && events.filter { $0 == "incident.ended_with" }.count == 1, "\(events)")
    }
  }

  /// By the rule alone: all states of both, against what it says in words.
  @Test func theRuleOfSteps() {
    for act in CascadeAct.allCases {
      for state in TicketState.allCases {
        for survivor in [nil] + TicketState.allCases.map(Optional.some) {
          for standing in CascadeStanding.allCases {
            let worksOn = survivor ?? state
            let isOver = act == .resolve ? !worksOn.isOpen : worksOn == .closed
            var expected: CascadeStep = survivor == nil ? .act : .leaveMerged
            if standing == .goesOn { expected = .leave }
            if standing == .apart, survivor == nil { expected = .leaveApart }
            if isOver { expected = .nothing }
            #expect(
              CascadeStep(act, on: state, survivor: survivor, with: standing) == expected, "\(act) \(state) \(String(describing: survivor)) \(standing)")
          }
        }
      }
    }
  }
}

extension DeskWorld {
  func link(_ child: Value, below parent: Value) async throws {
    try await database.call("incident.link", ["id": child["id"] ?? .null, "kind": "child_of", "to": parent["id"] ?? .null], as: engineer)
  }

  func cascade(batch: Int64 = 200) async throws {
    try await CascadeSweep(database.dispatcher, batch: batch, majors: { _, _ in .goesOn }).run(at: database.clock.now(), database.tenancy)
  }
}

private struct TicketRow: Statement {
  let title: String

  static let sql = "select id from desk.ticket where title = $1"

  func bind(to parameters: inout Parameters) { parameters.append(title) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
