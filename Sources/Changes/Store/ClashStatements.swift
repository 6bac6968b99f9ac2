import Assets
import Kernel
import Operations
import Postgres

/// With which others each of some changes clashes that lie ahead: at the same time, on the same CIs, on what they need or what needs them, as far
/// as the reader may know of both.
struct ClashesOfChanges: Statement {
  struct Found: Sendable {
    let change: Int64
    /// The other one.
    let publicId: [UInt8]
    /// With how many there are in all.
    let total: Int64
  }

  let provider: TenantId
  let customers: [Int64]?
  let changes: [Int64]
  /// Until when what is being done lasts at least.
  let now: Instant
  /// How many are named of each.
  let named: Int64

  /// As far as `change.clashes` looks unless it is asked to look elsewhere, and at as many CIs.
  static let depth: Int64 = 2

  // From the CIs that these changes reach to what else touches them. A window has at most 90 days: what begins earlier is over.
  static let sql = """
    select x.change_id, x.public_id, x.total from (
      select d.change_id, d.public_id, row_number() over (partition by d.change_id order by d.starts_at, d.id) as place,
        count(*) over (partition by d.change_id) as total
      from (
        select distinct m.change_id, c.id, c.public_id, c.starts_at
        from finder.clash_reach($3, $2, $6, $7, $8) m
        join changes.change s on s.tenant_id = $1 and s.id = m.change_id
        join changes.ci_link l on l.tenant_id = s.tenant_id and l.ci_id = m.ci_id and l.change_id <> m.change_id
        join changes.change c on c.tenant_id = l.tenant_id and c.id = l.change_id
        where \(ChangeRow.isVisible)
          and s.state in ('draft', 'assessed', 'awaiting_approval', 'approved', 'implementing')
          and c.state in ('draft', 'assessed', 'awaiting_approval', 'approved', 'implementing')
          and c.starts_at > s.starts_at - interval '91 days' and c.starts_at < s.ends_at
          and (c.ends_at > s.starts_at or c.state = 'implementing' and $4::timestamptz > s.starts_at)) d) x
    where x.place <= $5 order by x.change_id, x.place
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(changes)
    parameters.append(now)
    parameters.append(named)
    parameters.append(Self.depth)
    parameters.append(OperationContext.mostReached)
    parameters.append(ImpactSearch.states)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(change: try row.next(), publicId: try row.next(), total: try row.next())
  }
}
