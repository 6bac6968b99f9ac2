import Kernel
import Operations
import TestSupport
import Testing

@testable import Desk

/// Levels of impact and urgency, and priorities, that a provider adds.
extension CodeTests {
  private func cells(_ world: CiWorld, customer: Value = .null) async throws -> [Value] {
    try await world.desk.database.call("priority_matrix.read", ["customer": customer], as: world.desk.manager)["cells"]?.array ?? []
  }

  private func set(_ cells: [(Int64, Int64, Int64)], _ world: CiWorld, customer: Value = .null) async throws -> Value {
    let cells = cells.map { Value.object(["impact": .integer($0.0), "urgency": .integer($0.1), "priority": .integer($0.2)]) }
    return try await world.desk.database.set("priority_matrix.set", ["customer": customer, "cells": .array(cells)], as: world.desk.manager)
  }

  private func priorities(_ cells: [Value], impact: Value) -> [Value] { cells.filter { $0["impact"] == impact }.compactMap { $0["priority"] } }

  @Test func aLevelHasItsCellsAtOnce() async throws {
    let world = try await CiWorld()
    let acme = Value.id(world.desk.acme.publicId)
    _ = try await set([(3, 1, 1)], world, customer: acme)
    let made = try await create("impact", "4", world)
    #expect(made["key"] == "4" && made["position"] == 40 && made["state"] == "active")
    let matrix = try await world.desk.database.call("priority_matrix.read", [:], as: world.desk.manager)
    #expect(matrix["cells"]?.array?.count == 12 && matrix["version"] == 2)
    #expect(priorities(matrix["cells"]?.array ?? [], impact: 4) == [3, 4, 5], "as of the nearest level")
    // The customer's own cell is of the level that he has it for.
    #expect(priorities(try await cells(world, customer: acme), impact: 3) == [1, 4, 5])
    #expect(priorities(try await cells(world, customer: acme), impact: 4) == [3, 4, 5])

    let ticket = try await world.open(["impact": 4, "urgency": 1])
    #expect(ticket["impact"] == 4 && ticket["priority"] == 3)
    #expect(try await world.desk.read(ticket)["impactName"]?["en"] == "4")
    _ = try await set([(4, 1, 5)], world)
    _ = try await set([(4, 2, 2)], world, customer: acme)
    #expect(try await world.open(["impact": 4, "urgency": 1])["priority"] == 5)
    #expect(try await world.open(["impact": 4, "urgency": 2])["priority"] == 2)

    // Retired it is for no new use, and its cells may still be set.
    try await act("retire", made, world)
    #expect(await world.refused { try await world.open(["impact": 4]) } == ["impact code.retired"])
    let kept = try await world.desk.act("classify", on: ticket, ["urgency": 3])
    #expect(kept["impact"] == 4 && kept["priority"] == 5)
    _ = try await set([(4, 3, 4)], world)
    #expect(try await world.desk.act("classify", on: kept, ["urgency": 2])["priority"] == 2)
    #expect(try await cells(world).count == 12)
  }

  /// Guard: of two that do not see one another's level, their own pair would have no priority.
  @Test func levelsThatAreAddedAtOnceMeet() async throws {
    let world = try await CiWorld()
    let refused = await withTaskGroup(of: [String].self) { group in
      for (list, key) in [("impact", "4"), ("urgency", "4"), ("urgency", "9"), ("impact", "9")] {
        group.addTask { await world.refused { try await self.create(list, key, world) } }
      }
      return await group.reduce(into: [[String]]()) { $0.append($1) }
    }
    #expect(refused == Array(repeating: ["accepted"], count: 4))
    let matrix = try await cells(world)
    let levels: [Int64] = [1, 2, 3, 4, 9]
    let expected = levels.flatMap { impact in levels.map { urgency in [Value.integer(impact), Value.integer(urgency)] } }
    #expect(matrix.map { [$0["impact"] ?? .null, $0["urgency"] ?? .null] } == expected)
    #expect(try await world.open(["impact": 9, "urgency": 9])["priority"] == 5)
  }

  /// A cell that is new gives no priority that is for no new use.
  @Test func aNewCellGivesAPriorityInUse() async throws {
    let world = try await CiWorld()
    try await act("retire", try await code("5", "priority", world), world)
    _ = try await create("urgency", "4", world)
    let found = try await cells(world).filter { $0["urgency"] == 4 || $0["impact"] == 3 && $0["urgency"] == 3 }
    #expect(found.compactMap { $0["priority"] } == [3, 4, 5, 4], "the cell of 3 and 3 gives it still")
  }

  @Test func whatTheListDoesNotHaveIsRefused() async throws {
    let world = try await CiWorld()
    let ticket = try await world.open([:])
    for field in ["impact", "urgency"] {
      let told: KeyValuePairs<String, Value> = field == "impact" ? ["impact": 7] : ["urgency": 7]
      let failure = await #expect(throws: Failure.self) { try await world.open(told) }
      #expect(failure?.violations.map(\.path) == [field] && failure?.violations.first?.message.key == "code.unknown")
      #expect(failure?.violations.first?.arguments["others"] == "1, 2, 3")
      #expect(await world.refused { try await world.desk.act("classify", on: ticket, told) } == ["\(field) code.unknown"])
    }
    #expect(await world.refused { try await world.open(["impact": 10]) } == ["impact input.range"])
    #expect(await world.refused { try await world.open(["impact": 0]) } == ["impact input.range"])
    #expect(await world.refused { try await set([(1, 1, 1), (1, 7, 1)], world) } == ["cells[1].urgency code.unknown"])
    #expect(await world.refused { try await set([(1, 1, 6)], world) } == ["cells[0].priority code.unknown"])
    #expect(try await cells(world).count == 9)
    _ = try await create("impact", "7", world)
    #expect(try await world.open(["impact": 7])["impact"] == 7)
    let manager = try await world.desk.database.user(.customerManager, of: world.desk.acme)
    #expect(await world.refused { try await world.desk.database.call("code.create", ["list": "impact", "key": "8"], as: manager) } != ["accepted"])
    #expect(try await cells(world).count == 12)
  }

  /// A priority for which the SLA says nothing makes a ticket without clocks, and says so in words.
  @Test func aPriorityWithoutATargetIsToldAsSuch() async throws {
    let world = try await CiWorld()
    // An SLA that names its priorities one by one.
    _ = try await world.desk.database.call(
      "contract_line.revise",
      [
        "id": world.desk.contract["lines"]?.array?.first?["id"] ?? .null, "sla": world.desk.sla["id"] ?? .null, "validFrom": "2026-01-03T00:00:00Z",
      ], as: world.desk.manager, version: 2)
    let made = try await create("priority", "6", world)
    #expect(made["position"] == 60)
    #expect(try await cells(world).count == 9, "no cell gives it until one is set")
    _ = try await set([(3, 3, 6)], world)
    let ticket = try await world.open(["impact": 3, "urgency": 3])
    #expect(ticket["priority"] == 6 && ticket["clocks"]?.array?.isEmpty == true)
    let read = try await world.desk.read(ticket)
    #expect(read["priorityName"]?["en"] == "6")
    let explained = try await world.explain(ticket)
    let (english, chinese) = (explained["resolution"]?["english"]?.array ?? [], explained["resolution"]?["chinese"]?.array ?? [])
    #expect(english.count { $0.text?.contains("no target for priority 6") ?? false } == 3, "\(english)")
    #expect(chinese.count { $0.text?.contains("优先级 6 没有目标") ?? false } == 3, "\(chinese)")
    let asked = try await world.desk.database.call("sla.explain", ["id": world.desk.sla["id"] ?? .null, "priority": 6], as: world.desk.manager)
    #expect(asked["targets"]?.array?.isEmpty == true && "\(asked["english"] ?? .null)".contains("no target for priority 6"))
    let listed = try await world.desk.database.call(
      "incident.list", ["customer": .id(world.desk.acme.publicId), "priority": 6], as: world.desk.engineer)
    #expect(listed["items"]?.column("id") == [ticket["id"] ?? .null])

    // A target that names none is for it too, and so is one that is added.
    let calendar = world.desk.calendar["id"] ?? .null
    func revise(_ targets: [Value]) async throws {
      let sla = try await world.desk.database.call("sla.read", ["id": world.desk.sla["id"] ?? .null], as: world.desk.manager)
      world.desk.database.clock.advance(seconds: 60)
      _ = try await world.desk.database.call(
        "sla.revise", ["id": sla["id"] ?? .null, "targets": .array(targets)], as: world.desk.manager, version: sla["version"]?.integer)
      world.desk.database.clock.advance(seconds: 60)
    }
    let any = Value.object(["metric": "response", "budgetSeconds": 7200, "calendar": calendar])
    try await revise([any])
    let promised = try await world.open(["impact": 3, "urgency": 3])
    #expect(promised["clocks"]?.column("metric") == ["response"])
    try await revise([any, .object(["metric": "resolution", "priority": 6, "budgetSeconds": 72_000, "calendar": calendar])])
    let resolved = try await world.open(["impact": 3, "urgency": 3])
    #expect(resolved["clocks"]?.array?.count == 2)
    // Its clocks follow out of it and back.
    let graver = try await world.desk.act("classify", on: resolved, ["impact": 1])
    #expect(graver["priority"] == 3)
    #expect(try await world.desk.act("classify", on: graver, ["impact": 3])["priority"] == 6)

    try await act("retire", made, world)
    #expect(try await world.open(["impact": 3, "urgency": 3])["priority"] == 6, "the cell gives it still")
    #expect(await world.refused { try await set([(2, 3, 6)], world) } == ["cells[0].priority code.retired"])
  }
}
