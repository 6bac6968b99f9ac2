import Catalog
import Changes
@testable import Events
import Kernel
import Knowledge
import Operations
import Postgres
import Problems
import Requests
import Tenancy
import TestSupport
import Testing

/// What is expected because a change says so.
@Suite struct ChangeWindowTests {
  /// A server of Acme's that is monitored, and two engineers: one who answers for changes, and one who agrees to them.
  private struct Scene {
    let world: EventsWorld
    let opener: Principal
    let peer: Principal
    let ci: Value
    let source: Value

    init() async throws {
      world = try await EventsWorld(and: [CatalogModule.self, KnowledgeModule.self, RequestsModule.self, ProblemsModule.self, ChangesModule.self])
      opener = try await world.database.staff(.engineer, isKnown: true)
      peer = try await world.database.staff(.engineer)
      ci = try await world.call("ci.create", ["customer": .id(world.acme.publicId), "type": "server", "name": "erp-01"])["id"] ?? .null
      source = try await world.source(["ciLabel": "host"]).id
    }

    /// A change of the next two hours.
    func draft(_ more: [String: Value] = [:], as principal: Principal? = nil) async throws -> Value {
      let now = world.database.clock.now()
      let given: [String: Value] = [
        "customer": .id(world.acme.publicId), "kind": "normal", "title": "New disks", "plan": "Swap", "backOut": "Swap back", "test": "Ping",
        "startsAt": .instant(now), "endsAt": .instant(now.adding(seconds: 7200)), "cis": .array([ci]), "suppressAlerts": .bool(true),
      ]
      return try await world.call("change.open", given.merging(more) { $1 }.filter { !$0.value.isNull }, as: principal ?? opener)
    }

    func act(_ operation: String, on change: Value, _ more: [String: Value] = [:], as principal: Principal? = nil) async throws -> Value {
      try await world.call(operation, more.merging(["id": change["id"] ?? .null]) { $1 }, as: principal ?? opener, version: change["version"]?.integer)
    }

    func approved(_ change: Value) async throws -> Value {
      let answers: Value = .object(["impact": "few", "outage": "none", "experience": "often", "back_out": "easy", "tested": "fully"])
      let submitted = try await act("change.submit", on: try await act("change.assess", on: change, ["answers": answers]))
      let approvals = try await world.call("change.read", ["id": submitted["id"] ?? .null], as: opener)["approvals"]?.array ?? []
      let approval = approvals.first { $0["state"] == "asked" && $0["roles"]?.array == ["engineer"] }
      try await world.call("change_approval.approve", ["id": approval?["id"] ?? .null], as: peer)
      return try await world.call("change.read", ["id": submitted["id"] ?? .null], as: opener)
    }

    /// What is wrong with the server is told.
    func deliver(_ name: String = "Down", host: String = "erp-01", to source: Value? = nil) async throws {
      try await world.deliver(source ?? self.source, [EventsWorld.alert(name, ["host": host])], groupKey: nil)
      try await world.sweep()
    }

    func states(of customer: TenantEntry? = nil) async throws -> [Value] { try await world.alerts(of: customer).compactMap { $0["state"] } }

    func sweep(after seconds: Int64) async throws {
      world.database.clock.advance(seconds: seconds)
      try await world.sweep()
    }

    /// What changes with every write of an alert that is expected, and with every lock on it.
    func rowVersions() async throws -> [String] {
      try await world.database.superuser.transaction { try await $0.query(RowVersions()) }
    }

    /// The opener with other rights: those of an engineer but the one to announce maintenance windows, which is for these customers.
    func planner(announcingFor customers: Set<TenantId>) -> Principal {
      let window: Set<String> = ["maintenance_window.manage"]
      return Principal(
        actor: opener.actor, tenant: opener.tenant, side: opener.side, name: opener.name, person: opener.person,
        grants: [
          Grant(role: "planner", permissions: world.database.permissions(of: .engineer).subtracting(window), scope: .all),
          Grant(role: "announcer", permissions: window, scope: .listed(customers)),
        ])
    }
  }

  @Test func anAgreedChangeSuppressesAlertsOfItsCis() async throws {
    let scene = try await Scene()
    let world = scene.world
    let change = try await scene.approved(try await scene.draft())
    #expect(change["suppressAlerts"] == .bool(true))
    try await scene.deliver()
    #expect(try await world.incidents().isEmpty)
    let alert = try #require(try await world.alerts().first)
    #expect(alert["state"] == "suppressed" && alert["change"] == change["id"] && alert["window"] == .null)
    #expect(try await world.call("alert.read", ["id": alert["id"] ?? .null], as: world.engineer)["change"] == change["id"])
    // What it does not touch is news: another server, what names none, and another customer's server of that name.
    try await scene.deliver("Full", host: "erp-02")
    let theirs = try await world.source(["customer": .id(world.other.publicId), "ciLabel": "host"], name: "Theirs").id
    try await world.call("ci.create", ["customer": .id(world.other.publicId), "type": "server", "name": "erp-01"])
    try await scene.deliver(to: theirs)
    #expect(try await world.incidents().map { $0["title"] } == ["Full is wrong"])
    #expect(try await world.incidents(of: world.other).count == 1)
    // Acts on the change have it looked at, and it is no news, nor suppressed anew.
    let counted = world.figures.snapshot[.suppressed]
    let started = try await scene.act("change.start", on: change)
    try await scene.sweep(after: 60)
    #expect(try await world.alerts(["state": "suppressed"]).map { $0["change"] } == [change["id"]])
    #expect(counted == 1 && world.figures.snapshot[.suppressed] == 1)
    // Done early, it covers nothing more.
    _ = try await scene.act("change.complete", on: started, ["outcome": "success"])
    try await world.sweep()
    #expect(try await world.alerts(["state": "suppressed"]).isEmpty)
    #expect(try await world.incidents().map { $0["title"] } == ["Full is wrong", "Down is wrong"])
    #expect(try await world.alerts().allSatisfy { $0["change"] == .null })
  }

  @Test(arguments: ["change.revise", "change.cancel", "change.back_out", "its window is over"])
  func whateverEndsTheChangeWakesWhatItCovered(_ how: String) async throws {
    let scene = try await Scene()
    var change = try await scene.approved(try await scene.draft())
    try await scene.deliver()
    #expect(try await scene.states() == ["suppressed"])
    switch how {
    case "its window is over":
      try await scene.sweep(after: 7199)
      #expect(try await scene.states() == ["suppressed"])
      scene.world.database.clock.advance(seconds: 1)
    case "change.back_out":
      change = try await scene.act("change.start", on: change)
      fallthrough
    default: _ = try await scene.act(how, on: change, ["reason": "It cannot be"])
    }
    try await scene.world.sweep()
    #expect(try await scene.states() == ["firing"])
    #expect(try await scene.world.incidents().count == 1)
  }

  /// Guard: looked at every minute, each alert that waits would be written every minute.
  @Test func whatWaitsIsNotWrittenWhileNothingChanges() async throws {
    let scene = try await Scene()
    let change = try await scene.approved(try await scene.draft())
    try await scene.deliver()
    let waiting = try await scene.rowVersions()
    #expect(waiting.count == 1)
    for _ in 0..<3 { try await scene.sweep(after: 600) }
    #expect(try await scene.rowVersions() == waiting)
    // An act on the change has it looked at once.
    _ = try await scene.act("change.start", on: change)
    try await scene.sweep(after: 2)
    let looked = try await scene.rowVersions()
    #expect(looked.count == 1 && looked != waiting)
    for _ in 0..<3 { try await scene.sweep(after: 600) }
    #expect(try await scene.rowVersions() == looked)
  }

  /// Guard: with one batch of each source in a run, a hundred thousand would take minutes.
  @Test func howeverManyWaitAreWokenInOneRun() async throws {
    let scene = try await Scene()
    let change = try await scene.approved(try await scene.draft())
    try await scene.world.deliver(scene.source, ["A", "B", "C", "D", "E"].map { EventsWorld.alert($0, ["host": "erp-01"]) }, groupKey: nil)
    try await scene.world.sweep()
    #expect(try await scene.states() == [Value](repeating: "suppressed", count: 5))
    _ = try await scene.act("change.cancel", on: change, ["reason": "It cannot be"])
    // A run whose time is over does a batch, and the next one goes on.
    try await scene.world.sweep(batch: 2, time: .zero)
    #expect(try await scene.states().filter { $0 == "firing" }.count == 2)
    try await scene.world.sweep(batch: 2)
    #expect(try await scene.states() == [Value](repeating: "firing", count: 5))
  }

  /// Guard: it would wait for the end that the window had when it began to wait.
  @Test(arguments: [3600, 10_800] as [Int64])
  func whatWaitsFollowsTheWindow(_ seconds: Int64) async throws {
    let scene = try await Scene()
    let end = scene.world.database.clock.now().adding(seconds: seconds)
    let change = try await scene.approved(try await scene.draft())
    try await scene.deliver()
    // Agreed to anew before anybody looks.
    let revised = try await scene.act("change.revise", on: change, ["reason": "It takes another time"])
    _ = try await scene.approved(try await scene.act("change.change", on: revised, ["endsAt": .instant(end)]))
    try await scene.sweep(after: seconds - 1)
    #expect(try await scene.states() == ["suppressed"])
    try await scene.sweep(after: 1)
    #expect(try await scene.states() == ["firing"])
  }

  /// Guard: whoever may write a change would silence the monitoring of what it touches.
  @Test func whoAnnouncesNoWindowsSuppressesNothing() async throws {
    let scene = try await Scene()
    let planner = scene.planner(announcingFor: [])
    #expect(try await refusedField { try await scene.draft(as: planner) } == "suppressAlerts")
    let own = try await scene.draft(["suppressAlerts": .bool(false)], as: planner)
    let say: [String: Value] = ["suppressAlerts": .bool(true)]
    #expect(try await refusedField { try await scene.act("change.change", on: own, say, as: planner) } == "suppressAlerts")
    // Of a change that says so he neither moves the window nor has it touch more.
    let change = try await scene.draft()
    let later = Value.instant(scene.world.database.clock.now().adding(seconds: 60))
    let server = try await scene.world.call("ci.create", ["customer": .id(scene.world.acme.publicId), "type": "server", "name": "erp-02"])["id"] ?? .null
    #expect(try await refusedField { try await scene.act("change.change", on: change, ["startsAt": later], as: planner) } == "startsAt")
    #expect(try await refusedField { try await scene.act("change.change", on: change, ["endsAt": later], as: planner) } == "endsAt")
    #expect(try await refusedField { try await scene.act("change.add_ci", on: change, ["ci": server], as: planner) } == "ci")
    // All else he writes, and lets alerts be heard again.
    let named = try await scene.act("change.change", on: change, ["title": "Newer disks", "suppressAlerts": .bool(true)], as: planner)
    #expect(named["suppressAlerts"] == .bool(true) && named["title"] == "Newer disks")
    let heard = try await scene.act("change.change", on: named, ["endsAt": later, "suppressAlerts": .bool(false)], as: planner)
    let more = try await scene.act("change.add_ci", on: heard, ["ci": server], as: planner)
    #expect(more["suppressAlerts"] == .bool(false) && more["endsAt"] == later)
    // Who may, for all whom it concerns.
    #expect(try await scene.act("change.change", on: more, say)["suppressAlerts"] == .bool(true))
  }

  /// Guard: who announces windows of one customer would silence another's monitoring.
  @Test func whoAnnouncesForSomeSuppressesTheirAlertsAlone() async throws {
    let scene = try await Scene()
    let world = scene.world
    let acmes = scene.planner(announcingFor: [world.acme.id])
    let change = try await scene.draft(as: acmes)
    #expect(change["suppressAlerts"] == .bool(true))
    let theirs = try await world.call("ci.create", ["customer": .id(world.other.publicId), "type": "server", "name": "erp-01"])["id"] ?? .null
    #expect(try await refusedField { try await scene.act("change.add_ci", on: change, ["ci": theirs], as: acmes) } == "ci")
    let others: [String: Value] = ["customer": .id(world.other.publicId), "cis": .array([theirs])]
    #expect(try await refusedField { try await scene.draft(others, as: acmes) } == "suppressAlerts")
    // What concerns nobody yet is for who announces for all.
    let nobodys: [String: Value] = ["customer": .null, "cis": .array([])]
    #expect(try await refusedField { try await scene.draft(nobodys, as: acmes) } == "suppressAlerts")
    #expect(try await refusedField { try await scene.draft(nobodys) } == nil)
  }

  /// The field for which an act is refused, by one who may not announce maintenance windows; nil: it is done.
  private func refusedField(_ body: () async throws -> Value) async throws -> String? {
    do {
      _ = try await body()
      return nil
    } catch let failure as Failure {
      let violation = try #require(failure.violations.first)
      #expect(violation.message.key == "change.may_not_suppress" && violation.arguments == ["permission": "maintenance_window.manage"])
      return violation.path
    }
  }

  @Test func whatIsNotSaidOrNotAgreedToSuppressesNothing() async throws {
    let scene = try await Scene()
    _ = try await scene.approved(try await scene.draft(["suppressAlerts": .null]))
    let draft = try await scene.draft()
    try await scene.deliver()
    #expect(try await scene.states() == ["firing"])
    #expect(try await scene.world.incidents().count == 1)
    // It is written like all else, and the history tells it.
    let written = try await scene.act("change.change", on: draft, ["suppressAlerts": .bool(false)])
    #expect(written["suppressAlerts"] == .bool(false) && written["version"] == 2)
    let history = JSON.text(try await scene.world.call("change.history", ["id": draft["id"] ?? .null], as: scene.opener))
    #expect(history.contains("suppressAlerts"))
  }

  @Test func aSharedCiIsExpectedOfAllWhomItAffects() async throws {
    let scene = try await Scene()
    let (world, provider) = (scene.world, scene.world.database.provider)
    let san = try await world.call("ci.create", ["customer": .id(provider.publicId), "type": "server", "name": "san-01"])["id"] ?? .null
    try await world.call("shared_ci.affect", ["id": san, "customer": .id(world.acme.publicId)])
    let change = try await scene.approved(try await scene.draft(["cis": .array([]), "sharedCis": .array([san])]))
    let own = try await world.source(["customer": .id(provider.publicId), "ciLabel": "host"], name: "Racks").id
    let theirs = try await world.source(["customer": .id(world.other.publicId), "ciLabel": "host"], name: "Theirs").id
    for source in [scene.source, own, theirs] { try await scene.deliver(host: "SAN-01:9100", to: source) }
    for tenant in [world.acme, provider] {
      #expect(try await world.alerts(of: tenant).map { $0["change"] } == [change["id"]])
      #expect(try await world.incidents(of: tenant).isEmpty)
    }
    #expect(try await scene.states(of: world.other) == ["firing"], "it does not affect them")
    // One of the customer's own that is called so is another thing: what begins now is news, and what waited waits for the end of the window.
    try await world.call("ci.create", ["customer": .id(world.acme.publicId), "type": "server", "name": "san-01"])
    try await scene.deliver("Full", host: "SAN-01:9100")
    #expect(try await world.alerts(["state": "firing"]).count == 1)
    for tenant in [world.acme, provider] { #expect(try await world.alerts(["state": "suppressed"], of: tenant).count == 1) }
  }
}

/// Work takes longer than was thought, or less.
@Suite struct WindowChangeTests {
  @Test func aWindowIsMovedWithWhatItCovers() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    let made = try await world.call(
      "maintenance_window.create", ["customer": .id(world.acme.publicId), "reason": "New disks", "endsAt": "2026-03-02T10:00:00Z"], as: world.engineer)
    let id = made["id"] ?? .null
    func change(_ members: [String: Value], version: Int64, as principal: Principal? = nil) async throws -> Value {
      try await world.call("maintenance_window.change", members.merging(["id": id]) { $1 }, as: principal ?? world.engineer, version: version)
    }
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    let longer = try await change(["endsAt": "2026-03-02T12:00:00Z", "reason": "New disks and fans"], version: 1)
    #expect(longer["endsAt"] == "2026-03-02T12:00:00Z" && longer["reason"] == "New disks and fans" && longer["version"] == 2)
    world.database.clock.advance(seconds: 2 * 3600)
    try await world.sweep()
    #expect(try await world.incidents().isEmpty, "it goes on")
    await expectFailure(.versionMismatch) { try await change(["reason": "Mine"], version: 1) }
    await expectFailure(.invalid) { try await change(["endsAt": "2026-03-02T09:59:00Z"], version: 2) }
    await expectFailure(.invalid) { try await change(["endsAt": "2026-09-02T10:00:00Z"], version: 2) }
    await expectFailure(.invalid) { try await change(["reason": "New disks and fans"], version: 2) }
    _ = try await change(["endsAt": "2026-03-02T10:01:00Z"], version: 2)
    world.database.clock.advance(seconds: 59)
    try await world.sweep()
    #expect(try await world.incidents().isEmpty)
    world.database.clock.advance(seconds: 1)
    try await world.sweep()
    #expect(try await world.incidents().count == 1, "it is over")
    await expectFailure(.conflict) { try await change(["endsAt": "2026-03-02T12:00:00Z"], version: 3) }
    // Who does not serve the customer finds none.
    let others = try await world.database.staff(.engineer, for: [world.other])
    await expectFailure(.notFound) { try await change(["reason": "Mine"], version: 3, as: others) }
  }

  /// A batch of each source in turn. Guard: a look through the alerts that are due would find those of one source alone.
  @Test func whatWaitsInMassesHoldsUpNoOtherSource() async throws {
    let world = try await EventsWorld()
    let storm = try await world.source(name: "Storm").id
    let calm = try await world.source(name: "Calm").id
    for (host, end) in [("storm", "2026-03-02T09:00:00Z"), ("calm", "2026-03-02T09:30:00Z")] {
      let window: [String: Value] = [
        "customer": .id(world.acme.publicId), "reason": "New disks", "label": "host", "value": .text(host), "endsAt": .text(end),
      ]
      try await world.call("maintenance_window.create", window, as: world.engineer)
    }
    try await world.deliver(storm, [EventsWorld.alert("A", ["host": "storm"])], groupKey: nil)
    try await world.sweep()
    try await world.database.superuser.transaction { try await $0.query(ManyLikeIt(copies: 1200)) }
    try await world.deliver(calm, [EventsWorld.alert("A", ["host": "calm"])], groupKey: nil)
    try await world.sweep()
    #expect(try await world.alerts(["state": "firing"]).isEmpty)
    world.database.clock.advance(seconds: 2 * 3600)
    try await world.sweep(batch: 2, time: .zero)
    #expect(try await world.alerts(["state": "firing"]).compactMap { $0["labels"]?["host"]?.text }.sorted() == ["calm", "storm", "storm"])
  }

  /// Who ends a window holds it, and then wakes what it covered. Guard: were alerts locked before windows, each would wait for the other.
  @Test func whoWaitsForAWindowHoldsNoAlert() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    let window: [String: Value] = ["customer": .id(world.acme.publicId), "reason": "New disks", "endsAt": "2026-03-02T10:00:00Z"]
    try await world.call("maintenance_window.create", window, as: world.engineer)
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    // The same once more would be taken for a repetition.
    world.database.clock.advance(seconds: 60)
    try await world.deliver(source, [EventsWorld.alert("A", summary: "Still")])
    let database = world.database
    let settling: Task<Void, any Error> = try await database.tenancy.transaction(binding: [world.acme.id], side: .staff) { transaction in
      _ = try await transaction.query(HoldWindows())
      let sweep = Task { try await world.sweep() }
      var waits = false
      for _ in 0..<6000 where !waits {
        let waiting = try await database.superuser.transaction { try await $0.query(CountWaiting()) }
        waits = waiting != [0]
        if !waits { try await Task.sleep(for: .milliseconds(5)) }
      }
      #expect(waits, "for the window")
      let held = try await transaction.query(HoldAlerts())
      #expect(held.count == 1)
      return sweep
    }
    _ = await settling.result
    #expect(try await world.alerts(["state": "suppressed"]).count == 1)
  }
}

private struct RowVersions: Statement {
  // xmax changes where a row is only locked.
  static let sql = """
    select a.xmin::text || ' ' || a.xmax::text || ' ' || a.ctid::text from events.alert a where a.state = 'suppressed' order by a.id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// More alerts like the one that there is.
private struct ManyLikeIt: Statement {
  let copies: Int64

  static let sql = """
    insert into events.alert select (jsonb_populate_record(a, jsonb_build_object(
        'id', a.id + 1000000 + n, 'fingerprint', 'copy ' || n, 'public_id', '\\x' || lpad(to_hex(n), 24, '0')))).*
    from events.alert a, generate_series(1, $1) n returning id
    """

  func bind(to parameters: inout Parameters) { parameters.append(copies) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct HoldWindows: Statement {
  static let sql = "select w.id from events.maintenance_window w for update"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct HoldAlerts: Statement {
  static let sql = "select a.id from events.alert a for update nowait"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct CountWaiting: Statement {
  static let sql = "select count(*) from pg_catalog.pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
