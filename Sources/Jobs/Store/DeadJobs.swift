import Kernel
import Postgres
import Tenancy

/// Jobs that were given up, by their kinds and across tenants.
package struct DeadJobs: Statement {
  package struct Found: Sendable, Equatable {
    package let kind: String
    /// A thousand stands for more.
    package let count: Int64
    /// The one that was left last.
    package let tenant: TenantId
    package let id: Int64
  }

  package init() {}

  package static let sql = "select kind, dead, tenant_id, id from finder.dead_jobs(100)"

  package static func decode(_ row: inout RowReader) throws -> Found {
    Found(kind: try row.next(), count: try row.next(), tenant: try row.next(), id: try row.next())
  }
}

/// Why the last attempts of jobs failed, by their kinds.
struct ErrorsOfJobs: Statement {
  let jobs: [DeadJobs.Found]

  static let sql = """
    select j.kind, coalesce(j.last_error, '') from unnest($1::bigint[], $2::bigint[]) d (tenant_id, id)
    join jobs.job j on j.tenant_id = d.tenant_id and j.id = d.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(jobs.map(\.tenant.rawValue))
    parameters.append(jobs.map(\.id))
  }

  static func decode(_ row: inout RowReader) throws -> (kind: String, error: String) { (try row.next(), try row.next()) }
}

extension DeadJobs {
  /// What was given up, each kind in a few words with why its last one failed: `test.work (3): Trouble`.
  package static func inWords(_ tenancy: Tenancy) async throws -> [String] {
    let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(DeadJobs()) }
    let tenants = Set(found.map(\.tenant)).sorted()
    let errors = try await tenancy.transaction(binding: tenants, side: .staff, readOnly: true) { try await $0.query(ErrorsOfJobs(jobs: found)) }
    let errorOf = Dictionary(errors.map { ($0.kind, $0.error) }) { first, _ in first }
    return found.map { one in "\(one.kind) (\(one.count)): \(errorOf[one.kind] ?? "")" }
  }
}
