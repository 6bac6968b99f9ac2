import Assets
import Kernel
import Postgres

/// What comes back, over all customers that are permitted: keys and counts only (schema-rules 23). By the rule of the finder's function.
struct FindProblemCandidates: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    /// Of the customer or of the provider; nil: it is the category, and the service, that comes back.
    let ci: Int64?
    let incidents: Int64
    let reopened: Int64
    /// Of a CI: how many of them have the category that most have.
    let ofCategory: Int64
    let lastAt: Instant
    /// The newest of them.
    let tickets: [Int64]
  }

  /// Nil: every tenant.
  let tenants: [Int64]?
  let since: Instant
  let least: Int64
  let limit: Int64

  static let sql = """
    select tenant_id, ci_id, incidents, reopened, of_category, last_at, to_json(tickets) from finder.problem_candidates($1, $2, $3, $4)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(since)
    parameters.append(least)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      tenant: try row.next(), ci: try row.next(), incidents: try row.next(), reopened: try row.next(), ofCategory: try row.next(), lastAt: try row.next(),
      tickets: (try row.next() as Value).array?.compactMap(\.integer) ?? [])
  }
}

/// CIs by their rows, of tenants that are bound.
struct CandidateCis: Statement {
  let tenants: [TenantId]
  let cis: [Int64]

  static let sql = """
    select c.ci_id, c.tenant_id, e.handle, c.public_id, c.name, c.type_code, c.state
    from assets.pub_ci c join tenancy.tenant e on e.id = c.tenant_id where c.tenant_id = any ($1) and c.ci_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(cis)
  }

  static func decode(_ row: inout RowReader) throws -> NamedCis.Facts { try NamedCis.decode(&row) }
}

/// The codes of services.
struct ServiceCodes: Statement {
  struct Found: Sendable {
    let id: Int64
    let code: String
  }

  let services: [Int64]

  static let sql = "select s.service_id, s.code from catalog.pub_service s where s.service_id = any ($1)"

  func bind(to parameters: inout Parameters) { parameters.append(services) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), code: try row.next()) }
}
