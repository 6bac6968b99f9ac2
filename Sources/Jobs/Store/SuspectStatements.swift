import Kernel
import Postgres

/// Jobs that are to be tried alone: whose worker went silent, and those of which that is known. First what was begun least often.
struct SuspectJobs: Statement {
  /// So many are looked at before the next look.
  static let most: Int32 = 16

  let now: Instant
  let kinds: [String]

  static let sql = "select tenant_id, id, fence from finder.suspect_jobs($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(kinds)
    parameters.append(Self.most)
  }

  static func decode(_ row: inout RowReader) throws -> DueJobs.Found {
    DueJobs.Found(tenant: try row.next(), id: try row.next(), fence: try row.next(), turn: nil)
  }
}

/// Keeps a job that is to be tried alone for as long as the transaction lasts: no claim, so that one that is not begun after all is as it was. No row:
/// another worker keeps it, or has had it.
struct HoldSuspect: Statement {
  let found: DueJobs.Found
  let now: Instant

  static let sql = """
    select attempts >= max_attempts from jobs.job
    where tenant_id = $1 and id = $2 and fence = $3 and (state = 'ready' and suspect or state = 'running' and lease_until <= $4)
    for update skip locked
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(found.tenant)
    parameters.append(found.id)
    parameters.append(found.fence)
    parameters.append(now)
  }

  /// Whether it has used up its attempts.
  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// Jobs that are tried alone, or about to be, by their kinds and across tenants.
package struct SuspectKinds: Statement {
  package struct Found: Sendable, Equatable {
    package let kind: String
    package let count: Int64
  }

  let now: Instant

  package init(now: Instant) { self.now = now }

  package static let sql = "select kind, suspects from finder.suspect_kinds($1, 100)"

  package func bind(to parameters: inout Parameters) { parameters.append(now) }

  package static func decode(_ row: inout RowReader) throws -> Found { Found(kind: try row.next(), count: try row.next()) }
}
