import Kernel
import Operations
import Testing
import TestSupport

@Suite struct CustomerTests {
  @Test func aCustomerIsMadeReadChangedAndListed() async throws {
    let database = try await TestDatabase.make()
    let created = try await database.call("customer.create", ["code": "ACME", "name": "Acme", "zone": "Europe/Berlin"], as: database.root)
    let id = try #require(created["id"]?.text)
    #expect(try await database.call("customer.read", ["id": .text(id)], as: database.root) == created)
    let changed = try await database.call("customer.change", ["id": .text(id), "name": "Acme 2"], as: database.root, version: 1)
    #expect(changed["name"] == "Acme 2")
    #expect(changed["version"] == .integer(2))
    await expectFailure(.versionMismatch) {
      try await database.call("customer.change", ["id": .text(id), "name": "Acme 3"], as: database.root, version: 1)
    }
    await expectFailure(.versionRequired) {
      try await database.call("customer.change", ["id": .text(id), "name": "Acme 3"], as: database.root)
    }
    await expectFailure(.conflict) {
      try await database.call("customer.create", ["code": "ACME", "name": "Acme", "zone": "Europe/Berlin"], as: database.root)
    }
  }
}
