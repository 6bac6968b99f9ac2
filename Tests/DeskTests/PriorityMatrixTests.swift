import Kernel
import Operations
import TestSupport
import Testing

/// The matrix of priorities: the provider's, and what a customer has of its own.
@Suite struct PriorityMatrixTests {
  private func set(_ world: DeskWorld, _ cells: [(Int64, Int64, Int64?)], customer: Value = .null, as principal: Principal? = nil) async throws -> Value {
    let cells = cells.map { Value.object(["impact": .integer($0.0), "urgency": .integer($0.1), "priority": .integer($0.2)]) }
    return try await world.database.set("priority_matrix.set", ["customer": customer, "cells": .array(cells)], as: principal ?? world.manager)
  }

  @Test func aChangeIsForTicketsThatAreOpenedOrClassifiedFromThenOn() async throws {
    let world = try await DeskWorld()
    let before = try await world.open()
    #expect(before["priority"] == 3)
    let matrix = try await set(world, [(2, 2, 2)])
    #expect(matrix["cells"]?.array?.count == 9)
    #expect(matrix["cells"]?.array?.first { $0["impact"] == 2 && $0["urgency"] == 2 }?["priority"] == 2)
    #expect(try await world.read(before)["priority"] == 3)
    #expect(try await world.open()["priority"] == 2)
    let classified = try await world.act("classify", on: before, ["impact": 2])
    #expect(classified["priority"] == 2)
  }

  @Test func aCustomersOwnCellGoesBeforeTheProviders() async throws {
    let world = try await DeskWorld()
    let acme = Value.id(world.acme.publicId)
    let own = try await set(world, [(2, 2, 1), (3, 3, 4)], customer: acme)
    #expect(own["cells"]?.array?.filter { $0["own"] == .bool(true) }.count == 2)
    #expect(own["customer"] == acme)
    #expect(try await world.open()["priority"] == 1)
    #expect(try await world.open(for: world.other)["priority"] == 3)
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let seen = try await world.database.call("priority_matrix.read", [:], as: manager)
    #expect(seen["cells"] == own["cells"])
    _ = try await set(world, [(2, 2, nil)], customer: acme)
    #expect(try await world.open()["priority"] == 3)
    let provider = try await world.database.call("priority_matrix.read", [:], as: world.engineer)
    #expect(provider["customer"] == .null && provider["cells"]?.array?.contains { $0["own"] == .bool(true) } == false)
  }

  /// Also where nobody has set anything yet; the provider's and a customer's count for themselves.
  @Test func ofTwoWhoSetItAtOnceOneWins() async throws {
    let world = try await DeskWorld()
    let (database, manager) = (world.database, world.manager)
    let outcomes = await withTaskGroup(of: Failure.Kind?.self) { group in
      for priority in [1, 4] as [Int64] {
        group.addTask {
          let cell = Value.object(["impact": 2, "urgency": 2, "priority": .integer(priority)])
          do throws(Failure) {
            try await database.call("priority_matrix.set", ["cells": .array([cell])], as: manager, version: 1)
            return nil
          } catch { return error.kind }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == nil }.count == 1 && outcomes.filter { $0 == .versionMismatch }.count == 1)
    #expect(try await database.call("priority_matrix.read", as: manager)["version"] == 2)
    let own = try await database.call("priority_matrix.read", ["customer": .id(world.acme.publicId)], as: manager)
    #expect(own["version"] == 1)
  }

  @Test func whatMakesNoMatrixIsRefused() async throws {
    let world = try await DeskWorld()
    await expectFailure(.invalid) { try await set(world, [(2, 2, nil)]) }
    await expectFailure(.invalid) { try await set(world, [(2, 2, 1), (2, 2, 2)]) }
    // The lists have neither.
    await expectFailure(.invalid) { try await set(world, [(2, 2, 6)]) }
    await expectFailure(.invalid) { try await set(world, [(4, 2, 1)]) }
    await expectFailure(.invalid) { try await set(world, [(2, 4, 1)], customer: .id(world.acme.publicId)) }
    await expectFailure(.invalid) { try await set(world, [(2, 4, nil)], customer: .id(world.acme.publicId)) }
    await #expect(throws: Failure.self) { try await set(world, [(2, 2, 1)], as: world.engineer) }
    let manager = try await world.database.user(.customerManager, of: world.acme)
    await #expect(throws: Failure.self) { try await set(world, [(2, 2, 1)], as: manager) }
    #expect(try await world.open()["priority"] == 3)
  }
}
