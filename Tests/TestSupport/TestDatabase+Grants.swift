import Kernel
import Operations
import Tenancy

extension TestDatabase {
  /// Takes a member of the staff all grants, and gives him one for these customers alone; for none: nothing.
  package func narrow(_ account: Value, to customers: [TenantEntry] = [], _ role: StockRole = .engineer) async throws {
    for grant in try await call("staff_grant.list", ["account": account], as: root)["items"]?.array ?? [] where grant["revokedAt"] == .null {
      try await call("staff_grant.revoke", ["id": grant["id"] ?? .null], as: root)
    }
    guard !customers.isEmpty else { return }
    let listed = Value.array(customers.map { .id($0.publicId) })
    try await call("staff_grant.add", ["account": account, "role": .text(role.rawValue), "customers": listed], as: root)
  }
}
