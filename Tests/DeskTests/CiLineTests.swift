import Contracts
import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Desk

extension CiWorld {
  /// A line of the contract with a resolution time of its own.
  func line(_ name: String, _ seconds: Int64, _ more: KeyValuePairs<String, Value> = [:]) async throws -> Value {
    let sla = try await desk.database.call(
      "sla.create",
      [
        "name": .text(name),
        "targets": .array([
          .object([
            "metric": "resolution", "budgetSeconds": .integer(seconds), "calendar": desk.calendar["id"] ?? .null, "pauses": .bool(true),
          ])
        ]),
      ], as: desk.manager)
    let input = [
      Value.Member("contract", desk.contract["id"] ?? .null), Value.Member("name", .text(name)), Value.Member("sla", sla["id"] ?? .null),
      Value.Member("validFrom", "2026-01-02T00:00:00Z"),
    ]
    return try await desk.database.dispatcher.invoke(
      "contract_line.add", .object(input + more.map { Value.Member($0.key, $0.value) }), as: desk.manager, Call(requestId: "test")
    ).value["id"] ?? .null
  }

  func cover(_ ci: Value, by line: Value, from day: String = "2026-01-02") async throws {
    let row = try await desk.database.call("ci.read", ["id": ci], as: desk.manager)
    _ = try await desk.database.call("ci.cover", ["id": ci, "line": line, "on": .text(day)], as: desk.manager, version: row["version"]?.integer)
  }

  /// The lines in force with their standings, as the ticket is explained.
  func standings(_ ticket: Value, as principal: Principal? = nil) async throws -> [String] {
    let lines = try await explain(ticket, as: principal)["resolution"]?["lines"]?.array ?? []
    return lines.map { "\($0["contractLineName"]?.text ?? "") \($0["standing"]?.text ?? "") \($0["reason"]?.text ?? "-")" }
  }
}

/// Which contract line a ticket has from its CIs.
@Suite struct CiLineTests {
  @Test func aTicketIsJudgedUnderTheLineThatCoversItsCi() async throws {
    let world = try await CiWorld()
    let servers = try await world.line("Servers", 900, ["onlyCoveredCis": .bool(true)])
    let (covered, other) = (try await world.ci("db-01"), try await world.ci("pc-01"))
    try await world.cover(covered, by: servers)
    let ticket = try await world.open(["cis": .array([covered])])
    #expect(ticket["contractLine"] == servers && ticket["lineReason"] == "ci")
    #expect(world.due(ticket, "resolution") == "2026-03-02T08:15:00Z")
    #expect(try await world.standings(ticket) == ["Servers chosen ci", "Service desk less_specific -"])
    let words = try await world.explain(ticket)["resolution"]
    #expect(words?["english"]?.array?.first == "Line “Servers” of “Support”: it covers a configuration item that the ticket names.")
    #expect(words?["chinese"]?.array?.first == "合同“Support”的合同行“Servers”：覆盖了工单所涉及的配置项。")
    // For nothing else is the line: it would be the newest one for the whole customer.
    for plain in [try await world.open([:]), try await world.open(["cis": .array([other])])] {
      #expect(plain["lineReason"] == "customer")
      #expect(try await world.standings(plain) == ["Service desk chosen customer", "Servers other_cis -"])
    }
  }

  @Test func theLineFollowsTheCisAndUsedTimeStaysUsed() async throws {
    let world = try await CiWorld()
    let servers = try await world.line("Servers", 900, ["onlyCoveredCis": .bool(true)])
    let covered = try await world.ci("db-01")
    try await world.cover(covered, by: servers)
    let opened = try await world.open([:])
    try world.desk.at("2026-03-02T08:10:00Z")
    let named = try await world.desk.act("add_ci", on: opened, ["ci": covered])
    #expect(named["contractLine"] == servers && named["lineReason"] == "ci")
    #expect(world.due(named, "resolution") == "2026-03-02T08:15:00Z", "ten minutes of the fifteen are used")
    let told = try await world.desk.list("history", of: named).last
    #expect(told?["type"] == "incident.classified" && told?["payload"]?["to"]?["contractLine"] == servers)
    #expect(told?["payload"]?["from"]?["lineReason"] == "customer")
    let removed = try await world.desk.act("remove_ci", on: named, ["ci": covered])
    #expect(removed["contractLine"] == opened["contractLine"] && removed["lineReason"] == "customer")
    #expect(world.due(removed, "resolution") == world.due(opened, "resolution"))
    // In one act with the rest of the classification.
    let classified = try await world.desk.act("classify", on: removed, ["cis": .array([covered]), "impact": 1])
    #expect(classified["contractLine"] == servers)
    #expect(try await world.standings(classified).first == "Servers chosen ci")
  }

  /// The newest line of the customer sells one service: it takes the tickets about that, and no other.
  @Test func aLineThatSellsAServiceIsForTicketsAboutIt() async throws {
    let world = try await CiWorld()
    let general = world.desk.contract["lines"]?.array?.first?["id"]
    let bits = Array((Array("VIP".utf8) + [UInt8](repeating: 0, count: 12)).prefix(12))
    let vip = try await world.line("VIP desk", 600, ["service": .id(world.desk.database.provider.id("svc", bits))])
    #expect(try await world.open(["service": "VIP"])["contractLine"] == vip)
    #expect(try await world.open(["service": "LAB"])["contractLine"] == general)
    let opened = try await world.open([:])
    #expect(opened["contractLine"] == general && opened["lineReason"] == "customer")
    #expect(try await world.standings(opened) == ["Service desk chosen customer", "VIP desk less_specific -"])
    let named = try await world.desk.act("classify", on: opened, ["service": "VIP"])
    #expect(named["contractLine"] == vip && world.due(named, "resolution") == "2026-03-02T08:10:00Z")
    let back = try await world.desk.act("classify", on: named, ["service": "LAB"])
    #expect(back["contractLine"] == general)
    #expect(try await world.standings(back) == ["Service desk chosen customer", "VIP desk other_services -"])
    let locked = try await world.desk.act("lock_targets", on: back, ["reason": "Agreed"], as: world.desk.manager)
    let held = try await world.desk.act("classify", on: locked, ["service": "VIP"])
    #expect(held["contractLine"] == general)
    let unlocked = try await world.desk.act("unlock_targets", on: held, ["reason": "Over"], as: world.desk.manager)
    #expect(unlocked["contractLine"] == vip)
    let explicit = try await world.desk.act("classify", on: unlocked, ["contractLine": general ?? .null])
    #expect(try await world.desk.act("classify", on: explicit, ["service": .null])["contractLine"] == general, "somebody named it")
  }

  @Test func aLineThatSomebodyNamedStaysAndALockHolds() async throws {
    let world = try await CiWorld()
    let (servers, vip) = (try await world.line("Servers", 900), try await world.line("VIP", 1200, ["onlyCoveredCis": .bool(true)]))
    let covered = try await world.ci("db-01")
    try await world.cover(covered, by: servers)
    let named = try await world.open(["contractLine": vip])
    #expect(named["lineReason"] == "explicit")
    let kept = try await world.desk.act("add_ci", on: named, ["ci": covered])
    #expect(kept["contractLine"] == vip && kept["lineReason"] == "explicit")
    let cleared = try await world.desk.act("classify", on: kept, ["contractLine": .null])
    #expect(cleared["contractLine"] == servers && cleared["lineReason"] == "ci", "the table is asked with the CIs that are there")

    let locked = try await world.desk.act("lock_targets", on: try await world.open(["contractLine": .null]), ["reason": "Agreed"], as: world.desk.manager)
    let held = try await world.desk.act("add_ci", on: locked, ["ci": covered])
    #expect(held["contractLine"] == locked["contractLine"] && held["lineReason"] == locked["lineReason"])
    let unlocked = try await world.desk.act("unlock_targets", on: held, ["reason": "Over"], as: world.desk.manager)
    #expect(unlocked["contractLine"] == servers && unlocked["lineReason"] == "ci")
    #expect(world.due(unlocked, "resolution") == "2026-03-02T08:15:00Z")
    #expect(try await world.desk.list("history", of: unlocked).last?["payload"]?["to"]?["contractLine"] == servers)
  }

  @Test func onlyALineThatCoversItOnTheDayAndIsInForceCounts() async throws {
    let world = try await CiWorld()
    let servers = try await world.line("Servers", 900)
    let (later, over) = (try await world.ci("db-01"), try await world.ci("db-02"))
    try await world.cover(later, by: servers, from: "2026-03-03")
    #expect(try await world.open(["cis": .array([later])])["lineReason"] == "customer_newest")
    let old = try await world.line("Old servers", 300, ["onlyCoveredCis": .bool(true)])
    try await world.cover(over, by: old)
    _ = try await world.desk.database.call("contract_line.end", ["id": old, "validFrom": "2026-02-01T00:00:00Z"], as: world.desk.manager, version: 1)
    #expect(try await world.open(["cis": .array([over])])["lineReason"] == "customer_newest")
    // What is recorded since takes no place of a line that a ticket has: a change of something else leaves it.
    let ticket = try await world.open(["cis": .array([later])])
    try await world.cover(later, by: servers, from: "2026-01-03")
    #expect(try await world.desk.act("classify", on: ticket, ["impact": 1])["lineReason"] == "customer_newest")
  }

  /// A ticket that takes up another one names its CIs, and is about them from then on.
  @Test func theLineFollowsAMerge() async throws {
    let world = try await CiWorld()
    let servers = try await world.line("Servers", 900, ["onlyCoveredCis": .bool(true)])
    let covered = try await world.ci("db-01")
    try await world.cover(covered, by: servers)
    let (first, second) = (try await world.open([:]), try await world.open(["cis": .array([covered])]))
    _ = try await world.desk.act("merge", on: second, ["into": first["id"] ?? .null])
    let after = try await world.desk.read(first)
    #expect(after["contractLine"] == servers && after["lineReason"] == "ci")
    let part = try await world.desk.act("split", on: after, ["title": "The other half"])
    #expect(part["contractLine"] == servers && part["lineReason"] == "ci")
  }

  /// Which of several CIs counts: the primary one, then the one with the most critical tier, then the first. What acts hold in memory and
  /// what is read of a ticket agree.
  @Test func ofSeveralCisTheOrderIsThatOfTheService() async throws {
    let world = try await CiWorld()
    var random = SplitMix64(seed: 11)
    let tiers: [String?] = ["platinum", "gold", nil]
    var cis: [(id: Value, line: Value?, rank: Int)] = []
    for number in 0..<6 {
      let rank = Int.random(in: 0...2, using: &random)
      let ci = try await world.ci("ci-\(number)", tier: tiers[rank])
      let line: Value? = number == 5 ? nil : try await world.line("Line \(number)", 600 + Int64(number), ["onlyCoveredCis": .bool(true)])
      if let line { try await world.cover(ci, by: line) }
      cis.append((ci, line, rank))
    }
    for _ in 0..<25 {
      let named = Array(cis.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random)))
      let primary = Bool.random(using: &random) ? named.randomElement(using: &random) : nil
      let ticket = try await world.open(["cis": .array(named.map(\.id)), "primaryCi": primary?.id ?? .null])
      let counts = named.enumerated().filter { $0.element.line != nil }.min {
        ($0.element.id == primary?.id ? 0 : 1, $0.element.rank, $0.offset) < ($1.element.id == primary?.id ? 0 : 1, $1.element.rank, $1.offset)
      }
      #expect(ticket["contractLine"] == (counts?.element.line ?? world.desk.contract["lines"]?.array?.first?["id"]))
      #expect(try await world.standings(ticket).filter { $0.contains("chosen") || $0.contains("preferred") }.count == 1)
    }
  }

  @Test func beforeThereIsATicketTheCoveringLineMayBeNamed() async throws {
    let world = try await CiWorld()
    let servers = try await world.line("Servers", 900, ["onlyCoveredCis": .bool(true)])
    func resolved(_ line: Value) async throws -> Value {
      try await world.desk.database.call(
        "sla.resolve", ["customer": .id(world.desk.acme.publicId), "priority": 3, "coveringLine": line, "start": "2026-03-02T08:00:00Z"],
        as: world.desk.manager)
    }
    #expect(try await resolved(servers)["lines"]?.array?.first?["reason"] == "ci")
    #expect(try await resolved(.null)["lines"]?.array?.first?["reason"] == "customer")
    let foreign = try await DeskWorld.contract(of: world.desk.other, world.desk.sla, world.desk.database, world.desk.manager)
    #expect(
      await world.refused { try await resolved(foreign["lines"]?.array?.first?["id"] ?? .null) } == ["coveringLine input.unknown_reference"])
  }
}
