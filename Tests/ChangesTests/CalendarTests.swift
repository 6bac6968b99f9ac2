import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Changes

@Suite struct CalendarTests {
  /// Random relations, windows and CIs: what the operation finds is what comparing every pair finds.
  @Test(arguments: [1, 2] as [UInt64]) func clashesAsEveryPairTells(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    let world = try await ChangesWorld()
    var cis: [Value] = []
    for number in 0..<8 { cis.append(try await world.ci("ci-\(number)")) }
    // i needs j, only upwards in number: no circles to think of.
    var needs = Array(repeating: Set<Int>(), count: cis.count)
    for left in 0..<cis.count {
      for right in (left + 1)..<cis.count where below(4) == 0 {
        try await relate(cis[left], to: cis[right], in: world)
        needs[left].insert(right)
      }
    }
    func reach(_ start: Int, _ next: (Int) -> Set<Int>, _ depth: Int) -> Set<Int> {
      var (seen, frontier): (Set<Int>, Set<Int>) = ([start], [start])
      for _ in 0..<depth {
        frontier = Set(frontier.flatMap { next($0) }).subtracting(seen)
        seen.formUnion(frontier)
      }
      return seen
    }
    func up(_ ci: Int) -> Set<Int> { Set(cis.indices.filter { needs[$0].contains(ci) }) }
    var plans: [(from: Int64, hours: Int64, cis: Set<Int>, change: Value)] = []
    for number in 0..<10 {
      let (from, hours) = (Int64(1 + below(12)), Int64(1 + below(4)))
      let named = Set((0...below(2)).map { _ in below(cis.count) })
      let change = try await world.change("c\(number)", cis: named.sorted().map { cis[$0] }, from: from, hours: hours)
      plans.append((from, hours, named, change))
    }
    // What is given up clashes with nothing.
    try await world.act("change.cancel", on: plans[9].change, ["reason": "No"])
    for depth in 0...3 {
      for (index, plan) in plans.enumerated() {
        let touched = plan.cis.reduce(into: Set<Int>()) { touched, ci in
          touched.formUnion(reach(ci, { needs[$0] }, depth))
          touched.formUnion(reach(ci, up, depth))
        }
        let expected = plans.indices.filter { other in
          other != index && other != 9 && plans[other].from < plan.from + plan.hours && plan.from < plans[other].from + plans[other].hours
            && !plans[other].cis.isDisjoint(with: touched)
        }.map { "c\($0)" }
        let found = try await world.call("change.clashes", ["id": plan.change.at("id"), "depth": .integer(Int64(depth))])
        #expect(Set(found.texts("title")) == Set(expected), "c\(index) at \(depth)")
        // What is told unasked reaches as far.
        if depth == 2, index != 9 {
          #expect(try await world.read(plan.change).at("clashCount") == .integer(Int64(expected.count)), "c\(index)")
        }
        // Whether one relation more would lead on, up or down.
        func all(_ depth: Int, _ edges: (Int) -> Set<Int>) -> Set<Int> { plan.cis.reduce(into: Set<Int>()) { $0.formUnion(reach($1, edges, depth)) } }
        let isCut = depth > 0 && (all(depth, { needs[$0] }) != all(depth + 1, { needs[$0] }) || all(depth, up) != all(depth + 1, up))
        #expect(found.at("isCut") == .bool(isCut), "c\(index) at \(depth)")
      }
    }
  }

  @Test func aClashTellsWhatBothTouchAndHidesOthers() async throws {
    let world = try await ChangesWorld()
    let shared = try await world.sharedCi("core", affecting: [world.acme, world.other])
    let theirs = try await world.ci("theirs", of: world.other)
    _ = try await world.change("Theirs", of: world.other, cis: [theirs])
    let first = try await world.change("First", sharedCis: [shared])
    let second = try await world.change("Second", of: world.other, cis: [theirs], sharedCis: [shared])
    let (toAll, toOne) = (try await world.read(second), try await world.read(second, as: world.servesAcme))
    #expect(toAll.at("clashCount") == 2 && toOne.at("clashCount") == 1 && toOne.at("clashes") == .array([first.at("id")]))
    let clashes = try await world.call("change.clashes", ["id": first.at("id")], as: world.servesAcme)
    #expect(clashes.texts("title") == ["Second"])
    #expect(clashes.at("items.0.cis").array?.map { $0.at("name") } == ["core"])
    // Back to back is no clash.
    let after = try await world.change("After", sharedCis: [shared], from: 3)
    #expect(try await world.call("change.clashes", ["id": after.at("id")]).texts("title") == [])
    let bare = try await world.call("change.open", ["customer": .id(world.acme.publicId), "kind": "emergency", "title": "No window"])
    #expect(try await world.call("change.clashes", ["id": bare.at("id")]).texts("title") == [])
  }

  /// Guard: whoever is to agree sees without asking that there are others at the same time.
  @Test func whoIsToAgreeIsToldOfClashes() async throws {
    let world = try await ChangesWorld()
    let (core, theirs) = (try await world.ci("core"), try await world.ci("theirs", of: world.other))
    let shared = try await world.sharedCi("san", affecting: [world.acme, world.other])
    let first = try await world.change("First", cis: [core], sharedCis: [shared])
    let second = try await world.change("Second", cis: [core])
    _ = try await world.change("Later", cis: [core], from: 9)
    let third = try await world.change("Theirs", of: world.other, cis: [theirs], sharedCis: [shared])
    let submitted = try await world.submitted(first)
    #expect(submitted.at("clashCount") == 2)
    let waiting = try await world.call("change_approval.list", [:], as: world.peer)
    #expect(waiting.at("items.0.change") == first.at("id") && waiting.at("items.0.clashCount") == 2)
    let read = try await world.read(first)
    #expect(read.at("clashCount") == 2 && read.at("clashes") == .array([second.at("id"), third.at("id")]))
    #expect(read.at("approvals.0.clashCount") == 2)
    let decided = try await world.call("change_approval.approve", ["id": waiting.at("items.0.id"), "reason": "Seen"], as: world.peer)
    #expect(decided.at("clashCount") == 2)
    try await world.act("change.cancel", on: second, ["reason": "No"])
    #expect(try await world.read(submitted).at("clashes") == .array([third.at("id")]))
    // What is over clashes with nothing.
    #expect(try await world.read(second).at("clashCount") == 0)
  }

  /// Guard: also of those on what rests on it and on what it rests on, as far as change.clashes looks; and no farther.
  @Test func whoIsToAgreeIsToldOfClashesOfWhatIsRelated() async throws {
    let world = try await ChangesWorld()
    var cis: [Value] = []
    for number in 0..<4 { cis.append(try await world.ci("ci-\(number)")) }
    for number in 0..<3 { try await relate(cis[number], to: cis[number + 1], in: world) }
    var changes: [Value] = []
    for (number, ci) in cis.enumerated() { changes.append(try await world.change("c\(number)", cis: [ci])) }
    // c0 rests on c1, that on c2, that on c3: three relations are too far.
    for (number, expected) in [2, 3, 3, 2].enumerated() {
      #expect(try await world.read(changes[number]).at("clashCount") == .integer(Int64(expected)), "c\(number)")
    }
    let submitted = try await world.submitted(changes[0])
    #expect(submitted.at("clashCount") == 2)
    let waiting = try await world.call("change_approval.list", [:], as: world.peer)
    #expect(waiting.at("items.0.clashCount") == 2)
    let named = try await world.read(changes[0])
    #expect(named.at("clashes") == .array([changes[1].at("id"), changes[2].at("id")]) && named.at("approvals.0.clashCount") == 2)
    #expect(try await world.call("change_approval.approve", ["id": waiting.at("items.0.id"), "reason": "Seen"], as: world.peer).at("clashCount") == 2)
    // Whoever serves the customer is told the same; what is retired leads nowhere.
    #expect(try await world.read(changes[0], as: world.servesAcme).at("clashCount") == 2)
    try await world.database.runAsSuperuser("update assets.ci set state = 'retired' where name = 'ci-1'")
    #expect(try await world.read(changes[0]).at("clashCount") == 0)
  }

  /// Guard: what stands in relations to shared CIs is for those who serve all customers.
  @Test func relationsOfSharedCisAreForThoseWhoServeAll() async throws {
    let world = try await ChangesWorld()
    let (low, high) = (try await world.sharedCi("low", affecting: [world.acme]), try await world.sharedCi("high", affecting: [world.acme]))
    try await relate(high, to: low, in: world)
    let first = try await world.change("First", sharedCis: [low])
    let second = try await world.change("Second", sharedCis: [high])
    for one in [first, second] {
      #expect(try await world.read(one).at("clashCount") == 1)
      #expect(try await world.read(one, as: world.servesAcme).at("clashCount") == 0)
    }
  }

  /// Guard: the walk is bounded, whatever rests on a CI; and it is the staff's.
  @Test func theReachOfClashesIsBounded() async throws {
    let world = try await ChangesWorld()
    let hub = try await world.ci("hub")
    let change = try await world.change("Hub", cis: [hub])
    try await world.database.runAsSuperuser(
      """
      with copy as (
        insert into assets.ci (tenant_id, public_id, type_id, name, name_key, state, attributes, confirmed_at, recorded_at, type_seq)
        select c.tenant_id, substr(sha256(n::text::bytea), 1, 12), c.type_id, 'leaf', 'leaf', c.state, c.attributes, c.confirmed_at, c.recorded_at, c.type_seq
        from assets.ci c cross join generate_series(1, 600) n where c.name = 'hub' returning tenant_id, id)
      insert into assets.relation (tenant_id, from_id, to_id, kind, recorded_at)
      select y.tenant_id, y.id, c.id, 'depends_on', c.recorded_at from copy y join assets.ci c on c.tenant_id = y.tenant_id and c.name = 'hub'
      """)
    #expect(try await world.database.asStaff(ReachOfAll(most: 500)) == [501])
    #expect(try await world.database.asStaff(ReachOfAll(most: 10)) == [11])
    // Nobody raises the bound.
    #expect(try await world.database.asStaff(ReachOfAll(most: 5000)) == [501])
    let sideless = try await world.database.superuser.transaction { try await $0.query(ReachOfAll(most: 500)) }
    #expect(sideless == [0])
    #expect(try await world.read(change).at("clashCount") == 0)
  }

  private func relate(_ ci: Value, to other: Value, in world: ChangesWorld) async throws {
    let version = try await world.call("ci.read", ["id": ci], as: world.database.root).at("version")
    try await world.call("ci.relate", ["id": ci, "kind": "depends_on", "to": other], as: world.database.root, version: version)
  }

  /// Guard: whoever serves one customer of many gets his own page, also when it is asked for by customer.
  @Test func aPageOfFewCustomersIsTheirs() async throws {
    let world = try await ChangesWorld()
    let shared = try await world.sharedCi("san", affecting: [world.acme, world.other])
    for number in 0..<3 {
      _ = try await world.change("Mine \(number)")
      _ = try await world.change("Theirs \(number)", of: world.other)
      world.database.clock.advance(seconds: 60)
    }
    _ = try await world.change("Both", sharedCis: [shared])
    let mine = ["Both", "Mine 2", "Mine 1", "Mine 0"]
    var (titles, cursor): ([String], Value) = ([], .null)
    repeat {
      let page = try await world.call("change.list", ["limit": 3, "cursor": cursor], as: world.servesAcme)
      titles += page.texts("title")
      cursor = page.at("next")
    } while cursor != .null
    #expect(titles == mine)
    let named = try await world.call("change.list", ["customer": .id(world.acme.publicId)])
    #expect(named.texts("title") == mine)
    let all = try await world.call("change.list", [:])
    #expect(all.texts("title").count == 7)
  }

  @Test func aPeriodIsPaged() async throws {
    let world = try await ChangesWorld()
    for number in 0..<5 { _ = try await world.change("c\(number)", from: Int64(10 - number), hours: 2) }
    var (titles, cursor): ([String], Value) = ([], .null)
    repeat {
      let page = try await world.call(
        "change.calendar", ["from": world.instant(7), "to": world.instant(10), "limit": 2, "cursor": cursor])
      titles += page.texts("title")
      cursor = page.at("next")
    } while cursor != .null
    // 6 to 8 and 9 to 11 overlap; what begins at 10 does not.
    #expect(titles == ["c4", "c3", "c2", "c1"])
    let window: KeyValuePairs<String, Value> = ["from": world.instant(7), "to": world.instant(7)]
    #expect(await refusal { try await world.call("change.calendar", window) } == "to change.window_order")
  }

  /// Beside a page of the calendar: those of its time, and of its customer those for all as well.
  @Test func freezesOfAPeriodAreListed() async throws {
    let world = try await ChangesWorld()
    for (reason, customer, from, to) in [
      ("all", nil, 10, 12), ("acme", world.acme, 11, 14), ("other", world.other, 11, 14), ("late", nil, 20, 22),
    ] as [(String, TenantEntry?, Int64, Int64)] {
      let concerned: Value = customer.map { .id($0.publicId) } ?? .null
      try await world.call(
        "freeze.create", ["customer": concerned, "reason": .text(reason), "startsAt": world.instant(from), "endsAt": world.instant(to)],
        as: world.account)
    }
    let now = world.database.clock.now()
    func listed(_ from: Int64?, _ to: Int64?, _ customer: TenantEntry? = nil, as principal: Principal? = nil) async throws -> [String] {
      func at(_ hours: Int64?) -> Value { hours.map { .instant(now.adding(seconds: $0 * 3600)) } ?? .null }
      let input: KeyValuePairs<String, Value> = ["from": at(from), "to": at(to), "customer": customer.map { .id($0.publicId) } ?? .null]
      return try await world.call("freeze.list", input, as: principal).texts("reason")
    }
    #expect(try await listed(nil, nil).count == 4)
    // One that ends when the period begins, or begins when it ends, is none of it.
    #expect(try await listed(12, 20) == ["other", "acme"])
    #expect(try await listed(11, nil, world.acme) == ["late", "acme", "all"])
    #expect(try await listed(nil, 11, world.other) == ["all"])
    #expect(try await listed(nil, nil, as: world.servesAcme) == ["late", "acme", "all"])
    #expect(await refusal { .integer(Int64(try await listed(nil, nil, world.other, as: world.servesAcme).count)) } != "accepted")
    #expect(await refusal { .integer(Int64(try await listed(7, 7).count)) } == "to change.window_order")
  }

  @Test func nothingIsPlannedForAFreeze() async throws {
    let world = try await ChangesWorld()
    func freeze(_ customer: Value = .null, from: Int64, to: Int64, as principal: Principal? = nil) async throws -> Value {
      try await world.call(
        "freeze.create", ["customer": customer, "reason": "Year end", "startsAt": world.instant(from), "endsAt": world.instant(to)],
        as: principal ?? world.account)
    }
    func submit(_ from: Int64, of customer: TenantEntry? = nil) async throws -> String {
      let change = try await world.change(of: customer, from: from, hours: 2)
      return await refusal { try await world.submitted(change) }
    }
    let mine = try await freeze(.id(world.other.publicId), from: 10, to: 12)
    #expect(try await submit(10) == "accepted")
    #expect(try await submit(11, of: world.other) == "change.frozen")
    // It ends where the freeze begins, begins where that ends.
    #expect(try await submit(8, of: world.other) == "accepted")
    #expect(try await submit(12, of: world.other) == "accepted")
    #expect(await refusal { try await freeze(from: 1, to: 2, as: world.servesAcme) } == "denied")
    let limited = try await world.database.staff(.accountManager, for: [world.acme])
    #expect(await refusal { try await freeze(from: 1, to: 2, as: limited) } == "change.serves_all")
    #expect(try await world.call("freeze.list", [:], as: limited).at("items").array?.isEmpty == true)
    #expect(await refusal { try await world.act("freeze.end", on: mine, as: limited) } == "not_found")
    try await world.act("freeze.end", on: mine, as: world.account)
    #expect(try await submit(10, of: world.other) == "accepted")
    #expect(await refusal { try await world.act("freeze.end", on: mine, as: world.account) } == "version.mismatch")

    // Declared after it was agreed to: it is not begun, unless somebody lets it pass; an emergency is, and that is recorded.
    let agreed = try await world.approved(try await world.change(from: 20))
    _ = try await freeze(from: -1, to: 5)
    #expect(await refusal { try await world.act("change.start", on: agreed) } == "change.frozen")
    #expect(await refusal { try await world.act("change.override_freeze", on: agreed, ["reason": "Must"]) } == "denied")
    let passed = try await world.act("change.override_freeze", on: agreed, ["reason": "Must"], as: world.administrator)
    #expect(passed.at("freezeReason") == "Must")
    // One that is declared since was not let pass.
    _ = try await freeze(.id(world.acme.publicId), from: -1, to: 5)
    #expect(await refusal { try await world.act("change.start", on: passed) } == "change.frozen")
    let both = try await world.act("change.override_freeze", on: passed, ["reason": "Must"], as: world.administrator)
    let started = try await world.act("change.start", on: both)
    #expect(started.at("state") == "implementing")
    #expect(await refusal { try await world.act("change.override_freeze", on: started, ["reason": "x"], as: world.administrator) } == "change.wrong_state")
    let emergency = try await world.emergency("Now")
    try await world.act("change.start", on: emergency)
    #expect(try await world.events(of: emergency).contains("in_freeze"))
  }

  /// A freeze that is called off lets go what was planned for its time: nothing is done any more in what has passed of a window.
  @Test func whatHasPassedOfAFreezeHindersNothing() async throws {
    let world = try await ChangesWorld()
    let agreed = try await world.approved(try await world.change(from: 20))
    let freeze = try await world.call(
      "freeze.create", ["customer": .null, "reason": "Year end", "startsAt": world.instant(-1), "endsAt": world.instant(5)], as: world.account)
    let late = try await world.change("Begun late", from: -1, hours: 4)
    world.database.clock.advance(seconds: 600)
    #expect(await refusal { try await world.act("change.start", on: agreed) } == "change.frozen")
    #expect(await refusal { try await world.submitted(late) } == "change.frozen")
    try await world.act("freeze.end", on: freeze, as: world.account)
    #expect(try await world.act("change.start", on: agreed).at("state") == "implementing")
    let assessed = try await world.read(late)
    #expect(try await world.act("change.submit", on: assessed).at("state") == "awaiting_approval")
  }

  @Test func whatIsWrittenAfterwardsWasNotLetPass() async throws {
    let world = try await ChangesWorld()
    try await world.call(
      "freeze.create", ["customer": .null, "reason": "Year end", "startsAt": world.instant(0), "endsAt": world.instant(9)], as: world.account)
    let passed = try await world.act("change.override_freeze", on: try await world.change(), ["reason": "Must"], as: world.administrator)
    let moved = try await world.act("change.change", on: passed, ["startsAt": world.instant(3), "endsAt": world.instant(4)])
    #expect(moved.at("freezeReason") == .null)
    #expect(await refusal { try await world.submitted(moved) } == "change.frozen")
  }

  @Test func whatIsBeingDoneClashesUntilItIsDone() async throws {
    let world = try await ChangesWorld()
    let ci = try await world.ci("core")
    let late = try await world.act("change.start", on: try await world.approved(try await world.change("Late", cis: [ci])))
    let next = try await world.change("Next", cis: [ci], from: 3)
    #expect(try await world.call("change.clashes", ["id": next.at("id")]).texts("title") == [])
    world.database.clock.advance(seconds: 4 * 3600)
    #expect(try await world.call("change.clashes", ["id": next.at("id")]).texts("title") == ["Late"])
    try await world.act("change.complete", on: late, ["outcome": "success"])
    #expect(try await world.call("change.clashes", ["id": next.at("id")]).texts("title") == [])
  }
}

/// How many CIs all changes reach.
private struct ReachOfAll: Statement {
  let most: Int64

  static let sql = """
    select count(*) from finder.clash_reach(
      (select array_agg(c.id) from changes.change c), null, 2, $1, array['planned', 'ordered', 'in_stock', 'in_use', 'under_maintenance'])
    """

  func bind(to parameters: inout Parameters) { parameters.append(most) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
