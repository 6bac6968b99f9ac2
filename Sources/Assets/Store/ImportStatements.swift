import Kernel
import Postgres

/// The persons of a tenant with these e-mail addresses who have not left.
struct PersonsByEmail: Statement {
  let tenant: TenantId
  let emails: [String]

  static let sql = "select p.email, p.id, p.public_id from tenancy.person p where p.tenant_id = $1 and p.email = any($2) and p.left_at is null"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(emails)
  }

  static func decode(_ row: inout RowReader) throws -> (email: String, person: CiContent.Reference) {
    (try row.next(), CiContent.Reference(row: try row.next(), bits: try row.next()))
  }
}

/// The sites and departments of a tenant: no customer has so many that reading them all would be felt.
struct UnitNames: Statement {
  let tenant: TenantId

  static let sql = "select u.name, u.id, u.public_id from tenancy.org_unit u where u.tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> (name: String, unit: CiContent.Reference) {
    (try row.next(), CiContent.Reference(row: try row.next(), bits: try row.next()))
  }
}
