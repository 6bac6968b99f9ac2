import Contracts
import Kernel
import Operations
import Postgres
import TestSupport
import Testing

/// SLAs that nobody sells any more.
@Suite struct RetiredSlaTests {
  private struct World {
    let base: ContractsWorld

    init() async throws { base = try await ContractsWorld() }

    @discardableResult
    func call(_ operation: String, _ input: KeyValuePairs<String, Value>, _ version: Value? = nil) async throws -> Value {
      try await base.database.call(operation, input, as: base.manager, version: version?.integer)
    }

    func sla(_ name: String) async throws -> Value {
      try await call("sla.create", ["name": .text(name), "targets": .array([ContractsWorld.target(base.calendar)])])
    }

    func retire(_ sla: Value) async throws -> Value {
      let id = sla.at("id")
      return try await call("sla.retire", ["id": id], try await call("sla.read", ["id": id]).at("version"))
    }

    func refusal(_ sla: Value) async -> Failure? {
      do {
        _ = try await retire(sla)
        return nil
      } catch { return error as? Failure }
    }
  }

  @Test func oneThatIsPromisedIsNotRetiredAndTheRefusalNamesTheLines() async throws {
    let world = try await World()
    let contract = try await world.base.contract()
    let refusal = await world.refusal(world.base.sla)
    #expect(refusal?.code == "sla.in_use" && refusal?.kind == .conflict)
    #expect(refusal?.arguments["count"] == "1" && refusal?.arguments["lines"] == "ACME / Support / Service desk", "\(String(describing: refusal))")
    #expect(try await world.call("sla.read", ["id": world.base.sla.at("id")]).at("state") == "active")
    // From July on the line promises another one: until then it is in use, and the other one is by then.
    let gold = try await world.sla("Gold")
    let line = contract.at("lines.0")
    try await world.call(
      "contract_line.revise", ["id": line.at("id"), "sla": gold.at("id"), "validFrom": "2026-07-01T00:00:00Z"], line.at("version"))
    #expect(await world.refusal(world.base.sla)?.code == "sla.in_use")
    #expect(await world.refusal(gold)?.code == "sla.in_use")
    world.base.database.clock.set(try #require(Instant("2026-07-01T00:00:00Z")))
    #expect(try await world.retire(world.base.sla).at("state") == "retired")
    // A contract that ended promises nothing.
    try await world.call(
      "contract.change", ["id": contract.at("id"), "event": "end", "validFrom": "2026-09-01T00:00:00Z"], contract.at("version"))
    #expect(await world.refusal(gold)?.code == "sla.in_use")
    world.base.database.clock.set(try #require(Instant("2026-09-01T00:00:00Z")))
    #expect(try await world.retire(gold).at("state") == "retired")
  }

  @Test func aRetiredOneIsInNoNewLineUntilItIsRestored() async throws {
    let world = try await World()
    let contract = try await world.base.contract()
    let old = try await world.sla("Old")
    let retired = try await world.retire(old)
    await expectFailure(.conflict) { try await world.retire(old) }
    let line: KeyValuePairs<String, Value> = ["contract": contract.at("id"), "name": "More", "sla": old.at("id")]
    #expect(await violations { try await world.call("contract_line.add", line) } == ["sla sla.retired"])
    let first = contract.at("lines.0")
    #expect(
      await violations { try await world.call("contract_line.revise", ["id": first.at("id"), "sla": old.at("id")], first.at("version")) }
        == ["sla sla.retired"])
    #expect(
      await violations {
        try await world.call(
          "contract_template.create",
          ["name": "T", "currency": "EUR", "lines": .array([.object(["name": "Desk", "sla": old.at("id"), "monthlyFee": "1"])])])
      } == ["lines[0].sla sla.retired"])
    let listed = try await world.call("sla.list", [:]).at("items").array ?? []
    #expect(listed.map { $0.at("state") } == ["retired", "active"], "both are listed")
    let restored = try await world.call("sla.restore", ["id": old.at("id")], retired.at("version"))
    #expect(restored.at("state") == "active")
    await expectFailure(.conflict) { try await world.call("sla.restore", ["id": old.at("id")], restored.at("version")) }
    _ = try await world.call("contract_line.add", line)
  }

  /// What is active beyond its term may be extended late: until somebody ends it, it may come to promise again.
  @Test func aContractThatMayStillBeExtendedKeepsItsSla() async throws {
    let world = try await World()
    let contract = try await world.call(
      "contract.create",
      [
        "customer": .id(world.base.acme.publicId), "name": "Term", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "endsAt": "2026-06-01T00:00:00Z", "lines": .array([.object(["name": "Desk", "sla": world.base.sla.at("id")])]),
      ])
    world.base.database.clock.set(try #require(Instant("2026-06-05T00:00:00Z")))
    let refusal = await world.refusal(world.base.sla)
    #expect(refusal?.code == "sla.in_use" && refusal?.arguments["lines"] == "ACME / Term / Desk", "\(String(describing: refusal))")
    let extended = try await world.call("contract.change", ["id": contract.at("id"), "endsAt": "2028-01-01T00:00:00Z"], contract.at("version"))
    world.base.database.clock.advance(seconds: 60)
    try await world.call("contract.change", ["id": contract.at("id"), "event": "end"], extended.at("version"))
    world.base.database.clock.advance(seconds: 60)
    #expect(try await world.retire(world.base.sla).at("state") == "retired")
  }

  /// A template makes lines of what it names; a contract is not refused for a field that nobody sent.
  @Test func oneThatATemplateNamesIsNotRetired() async throws {
    let world = try await World()
    let template = try await world.call(
      "contract_template.create",
      ["name": "Standard", "currency": "EUR", "lines": .array([.object(["name": "Desk", "sla": world.base.sla.at("id"), "monthlyFee": "1"])])])
    let refusal = await world.refusal(world.base.sla)
    #expect(refusal?.code == "sla.in_templates" && refusal?.arguments["templates"] == "Standard", "\(String(describing: refusal))")
    let old = try await world.call("contract_template.revise", ["id": template.at("id"), "state": "retired"], template.at("version"))
    _ = try await world.retire(world.base.sla)
    #expect(
      await violations { try await world.call("contract_template.revise", ["id": template.at("id"), "state": "active"], old.at("version")) }
        == ["lines[0].sla sla.retired"])
    // What is wrong with a template all the same is told as the template's.
    try await world.base.database.runAsSuperuser("update contracts.contract_template set state = 'active'")
    #expect(
      await violations {
        try await world.call(
          "contract.create",
          ["customer": .id(world.base.acme.publicId), "template": template.at("id"), "startsAt": "2026-01-01T00:00:00Z"])
      } == ["template.lines[0].sla sla.retired"])
  }

  /// The lines of an SLA are looked up over all customers while it is held.
  @Test func theLinesOfAnSlaAreFoundByAnIndex() async throws {
    let world = try await World()
    let plan = try await world.base.database.superuser.transaction { transaction in
      try await transaction.execute(WithoutScans())
      return try await transaction.query(LinesPlan())
    }
    #expect(plan.contains { $0.contains("contract_line_version_sla") }, "\(plan.joined(separator: "\n"))")
  }

  /// What an SLA or OLA would mean for a ticket is told without a customer, with what was chosen from and why.
  @Test func anOlaTellsWhichOfItsTargetsCounts() async throws {
    let world = try await World()
    let calendar = world.base.calendar.at("id")
    let ola = try await world.call(
      "sla.create",
      [
        "name": "Second line", "kind": "ola",
        "targets": .array([
          .object(["metric": "resolution", "budgetSeconds": 28_800, "calendar": calendar]),
          .object(["metric": "resolution", "priority": 1, "budgetSeconds": 7200, "calendar": calendar]),
        ]),
      ])
    let told = try await world.call("sla.explain", ["id": ola.at("id"), "priority": 1, "start": "2026-03-02T08:00:00Z"])
    #expect(told.at("kind") == "ola" && told.at("targets").array?.count == 2, "\(told)")
    #expect(told.at("targets.0.standing") == "chosen" && told.at("targets.0.names") == "priority" && told.at("targets.0.dueAt") == "2026-03-02T10:00:00Z")
    #expect(told.at("targets.1.standing") == "less_specific" && told.at("targets.1.names") == "any")
    #expect(told.at("english").array?.count == Metric.allCases.count && told.at("chinese").array?.count == Metric.allCases.count)
    let other = try await world.call("sla.explain", ["id": ola.at("id"), "priority": 3])
    #expect(other.at("targets").array?.count == 1 && other.at("targets.0.names") == "any")
    #expect(
      await violations { try await world.call("sla.explain", ["id": ola.at("id"), "priority": 3, "service": "NONE"]) }
        == ["service input.unknown_reference"])
  }

  /// A line that is being written while its SLA is retired: one of the two is refused.
  @Test func aLineAndARetirementTakeTurns() async throws {
    let world = try await World()
    let contract = try await world.base.contract()
    for round in 0..<6 {
      let sla = try await world.sla("Race \(round)")
      async let added = violations {
        try await world.call("contract_line.add", ["contract": contract.at("id"), "name": .text("R\(round)"), "sla": sla.at("id")])
      }
      async let retired = violations { try await world.retire(sla) }
      let outcome = (await added, await retired)
      #expect(
        outcome == (["accepted"], ["sla.in_use"]) || outcome == (["sla sla.retired"], ["accepted"]), "round \(round): \(outcome)")
    }
  }
}

private struct WithoutScans: Statement {
  static let sql = "set local enable_seqscan = off"
}

private struct LinesPlan: Statement {
  static let sql = "explain select tenant_id, contract_line_id from contracts.standing_line_version where sla_id = 1"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
