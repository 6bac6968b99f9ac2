import Kernel
import Operations
import Postgres

/// A member of the staff, also one who has left: for a filter, or to be taken off a list.
package struct StaffToFilterBy: Statement {
  let provider: TenantId
  let publicId: PublicId

  package init(provider: TenantId, publicId: PublicId) { (self.provider, self.publicId) = (provider, publicId) }

  package static let sql = "select id from tenancy.account where tenant_id = $1 and public_id = $2 and kind = 'staff'"

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
