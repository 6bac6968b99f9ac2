@testable import Assets
import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@Suite struct RelationTests {
  @Test func relationsAreSeenFromBothEnds() async throws {
    let world = try await AssetsWorld()
    let (app, host) = (try await world.server("app"), try await world.server("host"))
    let related = try await world.relate(app, "runs_on", host)
    #expect(related.at("version") == 2)
    let seen = try await world.call("ci.relations", ["id": app.at("id")]).at("items.0")
    #expect(seen.at("words") == .object(["en": "runs on", "zh-Hans": "运行于"]) && seen.at("name") == "host" && seen.at("isLeft") == .bool(true))
    let back = try await world.call("ci.relations", ["id": host.at("id")]).at("items.0")
    #expect(back.at("words") == .object(["en": "runs", "zh-Hans": "承载"]) && back.at("ci") == app.at("id") && back.at("isLeft") == .bool(false))
    #expect(await violations { try await world.relate(app, "runs_on", host) } == ["ci.related_already"])
    #expect(await violations { try await world.relate(app, "uses", app) } == ["to ci.to_itself"])
    #expect(
      await violations {
        try await world.call("ci.unrelate", ["id": app.at("id"), "kind": "uses", "to": host.at("id")], version: 2)
      } == ["ci.not_related"])
    try await world.call("ci.unrelate", ["id": app.at("id"), "kind": "runs_on", "to": host.at("id")], version: 2)
    #expect(try await world.call("ci.relations", ["id": host.at("id")]).at("items") == .array([]))
    // What was taken away stands in the history of both.
    for ci in [app, host] {
      let fields = try await world.call("ci.history", ["id": ci.at("id")]).at("items").each("field")
      #expect(fields.prefix(2) == ["relation", "relation"], "\(fields)")
    }
  }

  @Test func whatIsPartOfWhatMakesNoCircle() async throws {
    let world = try await AssetsWorld()
    let (blade, chassis, rack) = (try await world.server("blade"), try await world.server("chassis"), try await world.server("rack"))
    try await world.relate(blade, "part_of", chassis)
    try await world.relate(chassis, "part_of", rack)
    #expect(await violations { try await world.relate(rack, "part_of", blade) } == ["ci.circle"])
    #expect(await violations { try await world.relate(chassis, "part_of", blade) } == ["ci.circle"])
    // Other kinds may go round: machines do depend on one another.
    try await world.relate(rack, "depends_on", blade)
    // Each of two parts is fine by itself; both would be a circle. Of calls at once, one is refused.
    for round in 0..<5 {
      let (one, other) = (try await world.server("one \(round)"), try await world.server("other \(round)"))
      @Sendable func join(_ ci: Value, _ to: Value) async -> [String] {
        await violations { try await world.call("ci.relate", ["id": ci.at("id"), "kind": "part_of", "to": to.at("id")], version: 1) }
      }
      async let first = join(one, other)
      async let second = join(other, one)
      let answers = await [first, second]
      #expect(answers.filter { $0 == ["accepted"] }.count == 1 && answers.contains(["ci.circle"]), "\(answers)")
    }
  }

  /// By the operation, and by the database itself.
  @Test func noRelationCrossesCustomers() async throws {
    let world = try await AssetsWorld()
    let (mine, theirs) = (try await world.server("mine"), try await world.server("theirs", of: world.other))
    #expect(await violations { try await world.relate(mine, "uses", theirs) } == ["to input.unknown_reference"])
    let ids = try await world.database.superuser.transaction { try await $0.query(CiIds()) }
    let (one, other) = (try #require(ids["mine"]), try #require(ids["theirs"]))
    let crossing = InsertRelations(
      tenant: world.acme.id, relations: [Relation(from: one, kind: .uses, to: other)], now: TestDatabase.start)
    do {
      try await world.database.tenancy.transaction(binding: [world.acme.id, world.other.id], side: .staff) { _ = try await $0.first(crossing) }
      Issue.record("the database took a relation between two customers")
    } catch let error as PostgresError {
      #expect(error.sqlState == "23503" && error.constraint == "relation_to_fk")
    }
  }

  /// The impact walk against the closure of random graphs, found by trying every pair until nothing is new.
  @Test func theWalkAgreesWithTheClosure() async throws {
    var random = SplitMix64(seed: 11)
    for _ in 0..<400 {
      let count = Int.random(in: 2...12, using: &random)
      var edges: [(from: Int64, to: Int64, kind: RelationKind)] = []
      for _ in 0..<Int.random(in: 0...24, using: &random) {
        let (from, to) = (Int64.random(in: 1...Int64(count), using: &random), Int64.random(in: 1...Int64(count), using: &random))
        if from != to { edges.append((from, to, RelationKind.allCases.randomElement(using: &random) ?? .uses)) }
      }
      let isUp = Bool.random(using: &random)
      let (most, depth) = (Int.random(in: 1...14, using: &random), Int.random(in: 1...6, using: &random))
      let walk = Self.walk(edges, isUp: isUp, most: most, depth: depth)
      let reachable = Self.closure(edges, isUp: isUp, count: count)
      let distances = reachable.filter { $0.value <= depth }
      #expect(walk.steps.count == min(most, distances.count))
      #expect(walk.steps.allSatisfy { distances[$0.ci] == $0.depth })
      #expect(walk.steps.map(\.depth) == walk.steps.map(\.depth).sorted() && Set(walk.steps.map(\.ci)).count == walk.steps.count)
      if distances.count <= most { #expect(Set(walk.steps.map(\.ci)) == Set(distances.keys)) }
      #expect(walk.isCut == (reachable.count > walk.steps.count))
      for step in walk.steps {
        let path = walk.path(to: step.ci)
        #expect(path.first == 1 && path.last == step.ci && path.count == step.depth + 1)
        #expect(zip(path, path.dropFirst()).allSatisfy { pair in edges.contains { Self.need($0, isUp) == [pair.0, pair.1] } })
      }
    }
  }

  private static func walk(_ edges: [(from: Int64, to: Int64, kind: RelationKind)], isUp: Bool, most: Int, depth: Int) -> ImpactWalk {
    var walk = ImpactWalk(start: 1, most: most)
    func next() -> [Int64: (from: Int64, to: Int64, kind: RelationKind)] {
      var found: [Int64: (from: Int64, to: Int64, kind: RelationKind)] = [:]
      for edge in edges {
        let need = need(edge, isUp)
        if walk.frontier.contains(need[0]), !walk.seen.contains(need[1]) { found[need[1]] = (need[0], need[1], edge.kind) }
      }
      return found
    }
    while !walk.isOver, walk.depth < depth { walk.take(Array(next().sorted { $0.key < $1.key }.map(\.value).prefix(walk.room))) }
    if !walk.isOver { walk.stop(hasMore: !next().isEmpty) }
    return walk
  }

  /// Where a walk goes along an edge: up from what is needed to what needs it.
  private static func need(_ edge: (from: Int64, to: Int64, kind: RelationKind), _ isUp: Bool) -> [Int64] {
    (edge.kind == .partOf) == isUp ? [edge.from, edge.to] : [edge.to, edge.from]
  }

  /// The distances from 1, by relaxing every edge as often as there are CIs.
  private static func closure(_ edges: [(from: Int64, to: Int64, kind: RelationKind)], isUp: Bool, count: Int) -> [Int64: Int] {
    var distances: [Int64: Int] = [1: 0]
    for _ in 0..<count {
      for edge in edges {
        let (here, there) = (edge.kind == .partOf) == isUp ? (edge.from, edge.to) : (edge.to, edge.from)
        if let distance = distances[here] { distances[there] = min(distances[there] ?? .max, distance + 1) }
      }
    }
    return distances.filter { $0.key != 1 }
  }

  /// The same through the operation, with what is affected.
  @Test func anOutageIsFollowedUpAndDown() async throws {
    let world = try await AssetsWorld()
    try await world.database.catalogueService("MAIL")
    let (disk, host, mail, team, spare) = (
      try await world.server("disk"), try await world.server("host"), try await world.server("mail"), try await world.server("team"),
      try await world.server("spare")
    )
    try await world.relate(disk, "part_of", host)
    try await world.relate(mail, "runs_on", host)
    try await world.relate(team, "uses", mail)
    try await world.relate(spare, "connected_to", team)
    let current = try await world.call("ci.read", ["id": mail.at("id")])
    try await world.call("ci.change", ["id": mail.at("id"), "service": "MAIL"], version: current.at("version"))
    let up = try await world.call("ci.impact", ["id": disk.at("id"), "direction": "up"])
    #expect(up.at("reached").each("name") == ["host", "mail", "team", "spare"])
    #expect(up.at("reached.2.path") == .array([disk, host, mail, team].map { $0.at("id") }) && up.at("reached.2.kind") == "uses")
    #expect(up.at("services").each("code") == ["MAIL"] && up.at("services.0.cis") == .array([mail.at("id")]))
    #expect(up.at("isCut") == .bool(false) && up.at("customers") == .array([]))
    let down = try await world.call("ci.impact", ["id": team.at("id"), "direction": "down"])
    #expect(down.at("reached").each("name") == ["mail", "host", "disk"])
    let near = try await world.call("ci.impact", ["id": disk.at("id"), "direction": "up", "depth": 2])
    #expect(near.at("reached").each("name") == ["host", "mail"] && near.at("isCut") == .bool(true))
    let few = try await world.call("ci.impact", ["id": disk.at("id"), "direction": "up", "most": 3])
    #expect(few.at("reached").each("name") == ["host", "mail", "team"] && few.at("isCut") == .bool(true))
    let exact = try await world.call("ci.impact", ["id": disk.at("id"), "direction": "up", "depth": 4])
    #expect(exact.at("reached").array?.count == 4 && exact.at("isCut") == .bool(false))
    // What has had its life is not reached, and nothing is reached through it.
    let last = try await world.call("ci.read", ["id": mail.at("id")])
    try await world.call("ci.transition", ["id": mail.at("id"), "state": "retired"], version: last.at("version"))
    let alive = try await world.call("ci.impact", ["id": disk.at("id"), "direction": "up"])
    #expect(alive.at("reached").each("name") == ["host"] && alive.at("isCut") == .bool(false))
    let all = try await world.call("ci.impact", ["id": disk.at("id"), "direction": "up", "withRetired": .bool(true)])
    #expect(all.at("reached").each("name") == ["host", "mail", "team", "spare"])
    let published = try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) {
      try await $0.query(PublishedNeeds(tenant: world.acme.id))
    }
    #expect(published.sorted() == ["host needs disk", "mail needs host", "spare needs team", "team needs mail"])
  }

  /// What the provider shares: its name and type are for the customers that it affects.
  @Test func aSharedCiIsSeenWhereItAffects() async throws {
    let world = try await AssetsWorld()
    let provider = Value.id(world.database.provider.publicId)
    let shared = try await world.call("ci.create", ["customer": provider, "type": "network_device", "name": "Core switch", "serial": "SECRET"])
    let cloud = try await world.call("ci.create", ["customer": provider, "type": "application", "name": "Cloud"])
    try await world.relate(cloud, "runs_on", shared)
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let stranger = try await world.database.user(.customerManager, of: world.other)
    try await world.call("shared_ci.affect", ["id": cloud.at("id"), "customer": .id(world.acme.publicId)])
    #expect(
      await violations { try await world.call("shared_ci.affect", ["id": cloud.at("id"), "customer": .id(world.acme.publicId)]) }
        == ["ci.affects_already"])
    let seen = try await world.call("shared_ci.list", [:], as: manager).at("items")
    #expect(seen.each("name") == ["Cloud"] && seen.each("type") == ["application"] && seen.array?.first?.members?.count == 4)
    #expect(try await world.call("shared_ci.list", [:], as: stranger).at("items") == .array([]))
    await expectFailure(.notFound) { try await world.call("ci.read", ["id": cloud.at("id")], as: manager) }
    let impact = try await world.call("ci.impact", ["id": shared.at("id"), "direction": "up"])
    #expect(impact.at("customers").each("code") == ["ACME"] && impact.at("customers.0.cis") == .array([cloud.at("id")]))
    #expect(impact.at("customersCut") == .bool(false))
    #expect(try await world.call("shared_ci.customers", ["id": cloud.at("id")]).at("items").each("code") == ["ACME"])
    let own = try await world.server("own")
    #expect(
      await violations { try await world.call("shared_ci.affect", ["id": own.at("id"), "customer": .id(world.acme.publicId)]) } == ["id ci.only_shared"])
    let listed = try await world.database.staff(.engineer, for: [world.acme])
    await expectFailure(.denied) {
      try await world.call("shared_ci.affect", ["id": shared.at("id"), "customer": .id(world.acme.publicId)], as: listed)
    }
    try await world.call("shared_ci.release", ["id": cloud.at("id"), "customer": .id(world.acme.publicId)])
    #expect(try await world.call("shared_ci.list", [:], as: manager).at("items") == .array([]))
  }

  /// Who is not among the customers that an impact tells is told to be missing, and listed page by page.
  @Test func moreCustomersThanOneAnswerHolds() async throws {
    let world = try await AssetsWorld()
    let provider = Value.id(world.database.provider.publicId)
    let shared = try await world.call("ci.create", ["customer": provider, "type": "application", "name": "Platform"])
    let count = Int64(ImpactSearch.mostCustomers) + 1
    _ = try await world.database.superuser.transaction { try await $0.execute(ManyCustomers(count: count)) }
    let impact = try await world.call("ci.impact", ["id": shared.at("id"), "direction": "up"])
    #expect(impact.at("customers").array?.count == 1000 && impact.at("customersCut") == .bool(true))
    var codes: Set<String> = []
    var cursor: Value = .null
    repeat {
      let page = try await world.call("shared_ci.customers", ["id": shared.at("id"), "limit": 200, "cursor": cursor])
      codes.formUnion(page.at("items").each("code"))
      cursor = page.at("next")
    } while !cursor.isNull
    #expect(codes.count == Int(count))
    // What is disposed of affects nobody any more.
    var current = try await world.call("ci.read", ["id": shared.at("id")])
    for state in ["retired", "disposed"] {
      current = try await world.call("ci.transition", ["id": shared.at("id"), "state": .text(state)], version: current.at("version"))
    }
    #expect(try await world.call("ci.impact", ["id": shared.at("id"), "direction": "up"]).at("customers") == .array([]))
  }
}

/// Customers of which nothing is known but that a CI affects them.
private struct ManyCustomers: Statement {
  let count: Int64

  static let sql = """
    with made as (
      insert into tenancy.tenant (handle, public_id, kind, code, name, zone, language, recorded_at)
      select 4000000 + n, substr(sha256(n::text::bytea), 1, 12), 'customer', 'C' || n, 'Customer ' || n, 'UTC', 'en', '2026-01-01T00:00:00Z'
      from generate_series(1, $1) n returning id)
    insert into assets.affected_customer (tenant_id, ci_id, customer_id, recorded_at)
    select c.tenant_id, c.id, made.id, '2026-01-01T00:00:00Z' from assets.ci c, made where c.name = 'Platform'
    """

  func bind(to parameters: inout Parameters) { parameters.append(count) }
}

private struct CiIds: Statement {
  static let sql = "select name, id from assets.ci"

  static func decode(_ row: inout RowReader) throws -> (String, Int64) { (try row.next(), try row.next()) }
}

extension [(String, Int64)] {
  fileprivate subscript(_ name: String) -> Int64? { first { $0.0 == name }?.1 }
}

/// As the modules above read it.
private struct PublishedNeeds: Statement {
  let tenant: TenantId

  static let sql = """
    select c.name || ' needs ' || n.name from assets.pub_need x
    join assets.pub_ci c on c.tenant_id = x.tenant_id and c.ci_id = x.ci_id
    join assets.pub_ci n on n.tenant_id = x.tenant_id and n.ci_id = x.needs_id
    where x.tenant_id = $1
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
