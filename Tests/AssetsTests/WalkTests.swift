import Kernel
import TestSupport
import Testing

/// CIs through their operations, beside the table of what is possible.
@Suite struct CiWalkTests {
  private enum Act: String, CaseIterable {
    case planned, ordered
    case inStock = "in_stock"
    case inUse = "in_use"
    case underMaintenance = "under_maintenance"
    case retired, disposed
    case warrant, unwarrant, confirm
  }

  private struct Model: Hashable {
    var state = Act.planned
    var isWarranted = false
  }

  /// Written apart from the code.
  private static let table: [Act: Set<Act>] = [
    .planned: [.ordered, .inStock, .inUse, .retired],
    .ordered: [.inStock, .inUse, .retired],
    .inStock: [.inUse, .underMaintenance, .retired],
    .inUse: [.inStock, .underMaintenance, .retired],
    .underMaintenance: [.inUse, .inStock, .retired],
    .retired: [.inStock, .disposed],
    .disposed: [],
  ]

  private static func expected(_ model: Model, _ act: Act) -> Model? {
    var next = model
    switch act {
    case .confirm: break
    case .warrant, .unwarrant:
      next.isWarranted = act == .warrant
      // What is told already would change nothing.
      if next == model { return nil }
    default:
      guard table[model.state]?.contains(act) == true else { return nil }
      next.state = act
    }
    return next
  }

  @Test func cisGoWhereTheTableLetsThem() async throws {
    let world = try await AssetsWorld()
    let walk = OperationWalk<Model, Act>(
      expected: Self.expected,
      perform: { act, seen in
        let (id, version) = (seen.at("id"), seen.at("version"))
        switch act {
        case .confirm: try await world.call("ci.confirm", ["id": id], version: version)
        case .warrant: try await world.call("ci.change", ["id": id, "warrantyUntil": "2027-01-31"], version: version)
        case .unwarrant: try await world.call("ci.change", ["id": id, "warrantyUntil": .null], version: version)
        default: try await world.call("ci.transition", ["id": id, "state": .text(act.rawValue)], version: version)
        }
      }, read: { try await world.call("ci.read", ["id": $0.at("id")]) },
      agrees: { model, read in
        read.at("state") == .text(model.state.rawValue) && read.at("warrantyUntil") == .text(model.isWarranted ? "2027-01-31" : nil)
      })
    let reached = try await walk.run(
      seeds: [1, 2, 3], walks: 6, steps: 16,
      begin: {
        (Model(), try await world.call("ci.create", ["customer": .id(world.acme.publicId), "type": "server", "name": "Walked", "state": "planned"]))
      }, pause: { world.database.clock.advance(seconds: 60) })
    #expect(Set(reached.map(\.state)) == Set(Self.table.keys), "\(reached)")
  }
}
