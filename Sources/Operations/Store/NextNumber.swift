import Kernel
import Postgres

/// The next number of a kind, for people. It holds the tenant's counter until the transaction ends, so it comes late.
package struct NextNumber: Statement {
  private let kind: String
  private let tenant: TenantId

  package init(_ kind: String, of tenant: TenantId) {
    self.kind = kind
    self.tenant = tenant
  }

  package static let sql = """
    insert into tenancy.counter (tenant_id, kind, last) values ($1, $2, 1)
    on conflict (tenant_id, kind) do update set last = counter.last + 1 returning last
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(kind)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
