import Contracts
import Kernel
import Renewals
import TestSupport
import Testing

@Suite struct ContractStateTests {
  /// Every pair, written down: what is not listed here cannot happen.
  static let transitions: [ContractState: [ContractState.Event: ContractState]] = [
    .draft: [.activate: .active, .end: .ended, .amend: .draft],
    .active: [.suspend: .suspended, .end: .ended, .amend: .active],
    .suspended: [.resume: .active, .end: .ended, .amend: .suspended],
    .ended: [:],
  ]

  @Test(arguments: ContractState.allCases, ContractState.Event.allCases)
  func everyPairGoesWhereTheTableSays(state: ContractState, event: ContractState.Event) {
    #expect(state.after(event) == Self.transitions[state]?[event])
  }

  /// What may be done to a contract in each state, as docs/contracts.md has it.
  @Test(arguments: [
    // state, in force, a line is added, revised, the name changes, the zone changes
    ("draft", false, ["done", "done", "done", "done"]),
    ("active", true, ["done", "done", "done", "contract.fixed_after_draft"]),
    ("suspended", false, ["done", "done", "done", "contract.fixed_after_draft"]),
    ("ended", false, ["contract.over", "contract.over", "contract.bad_transition", "contract.bad_transition"]),
  ])
  func whatEachStateAllows(state: String, isInForce: Bool, expected: [String]) async throws {
    let world = try await ContractsWorld()
    let database = world.database
    func call(_ operation: String, _ input: KeyValuePairs<String, Value>, _ version: Value? = nil) async throws -> Value {
      database.clock.advance(seconds: 1)
      return try await database.call(operation, input, as: world.manager, version: version?.integer)
    }
    let made = try await call(
      "contract.create",
      [
        "customer": .id(world.acme.publicId), "name": "Support", "currency": "EUR", "zone": "UTC", "startsAt": "2026-01-01T00:00:00Z", "state": "draft",
        "lines": .array([.object(["name": "Desk", "sla": world.sla.at("id")])]),
      ])
    let (id, line) = (made.at("id"), made.at("lines.0"))
    for event in ["active": ["activate"], "suspended": ["activate", "suspend"], "ended": ["activate", "end"]][state] ?? [] {
      let now = try await call("contract.read", ["id": id])
      _ = try await call("contract.change", ["id": id, "event": .text(event)], now.at("version"))
    }
    database.clock.advance(seconds: 1)
    let read = try await call("contract.read", ["id": id])
    #expect(read.at("state") == .text(state) && read.at("inForce") == .bool(isInForce))
    let resolved = try await call("sla.resolve", ["customer": .id(world.acme.publicId), "priority": 1])
    #expect(resolved.at("targets").array?.isEmpty == !isInForce, "\(resolved)")

    func outcome(_ act: () async throws -> Value) async -> String {
      let outcome = await violations(act)
      return outcome == ["accepted"] ? "done" : outcome.joined(separator: ", ")
    }
    var outcomes: [String] = []
    outcomes.append(await outcome { try await call("contract_line.add", ["contract": id, "name": "Second", "sla": world.sla.at("id")]) })
    outcomes.append(
      await outcome { try await call("contract_line.revise", ["id": line.at("id"), "name": "Service desk"], line.at("version")) })
    for change: (String, Value) in [("name", "Other"), ("zone", "Europe/Berlin")] {
      outcomes.append(
        await outcome {
          let now = try await call("contract.read", ["id": id])
          return try await call("contract.change", ["id": id, change.0: change.1], now.at("version"))
        })
    }
    #expect(outcomes == expected)
  }

  /// A contract that is to end is worked on until then, and not beyond.
  @Test func aPlannedEndLeavesItsLinesUntilThen() async throws {
    let world = try await ContractsWorld()
    let contract = try await world.contract()
    _ = try await world.database.call(
      "contract.change", ["id": contract.at("id"), "event": "end", "validFrom": "2026-08-01T00:00:00Z"], as: world.manager, version: 1)
    func revise(_ name: Value, _ from: Value, _ version: Int64) async throws -> Value {
      try await world.database.call(
        "contract_line.revise", ["id": contract.at("lines.0.id"), "name": name, "validFrom": from], as: world.manager, version: version)
    }
    #expect(await violations { try await revise("Too late", "2026-08-01T00:00:00Z", 1) } == ["contract.over"])
    #expect(try await revise("In time", "2026-07-01T00:00:00Z", 1).at("name") == "In time")
  }
}
