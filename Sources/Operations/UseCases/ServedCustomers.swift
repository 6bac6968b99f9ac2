import Kernel
import Postgres
import Tenancy

/// To which of the customers that the caller serves a look over all of them is narrowed.
package enum ServedCustomers {
  package static let field = Field.list(
    "customers", of: Field.id("customer", .customer, "A customer.", "客户。"), count: 1...100, "Only those of these customers.", "仅限这些客户。"
  ).optional
}

extension OperationContext {
  /// The customers that are meant, for the finder; nil: all. Never one that the caller does not serve, whatever he named once. For staff.
  package func served(_ customers: [PublicId]?) async throws -> [Int64]? {
    guard let customers else { return reachableCustomers }
    let named = try await transaction.query(TenantsByHandle(handles: customers.map(\.handle)))
    let served = reachableCustomers.map { Set($0) }
    return named.filter { served?.contains($0) ?? true }
  }

  /// What is known of tenants by their internal ids, within a transaction that may read them. For staff.
  package func entries(of tenants: [TenantId]) async throws -> [TenantId: TenantEntry] {
    let found = try await transaction.query(TenantsById(tenants: tenants))
    return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
  }
}

/// Tenants by their handles.
struct TenantsByHandle: Statement {
  let handles: [TenantHandle]

  static let sql = "select id from tenancy.tenant where handle = any ($1) order by id"

  func bind(to parameters: inout Parameters) { parameters.append(handles.map { Int64($0.rawValue) }) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct TenantsById: Statement {
  let tenants: [TenantId]

  static let sql = "select id, handle, public_id, kind, code, name, zone, language, state, version from tenancy.tenant where id = any ($1)"

  func bind(to parameters: inout Parameters) { parameters.append(tenants.map(\.rawValue)) }

  static func decode(_ row: inout RowReader) throws -> TenantEntry { try TenantEntry(&row) }
}
