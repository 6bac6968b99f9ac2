import Attributes
import Kernel
import Operations
import Postgres

struct InsertMajor: Statement {
  let provider: TenantId
  let publicId: PublicId
  let number: Int64
  let title: String
  let description: String
  let lead: MajorRow.Lead?
  let declarer: Int64
  let now: Instant

  static let sql = """
    insert into major_incidents.major_incident
      (tenant_id, public_id, number, title, description, lead_id, lead_public_id, declarer_id, declared_at, updated_at, last_seq)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 0) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(number)
    parameters.append(title)
    parameters.append(description)
    parameters.append(lead?.id)
    parameters.append(lead?.publicId)
    parameters.append(declarer)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Keeps other acts on it waiting until the transaction ends.
struct HoldMajor: Statement {
  let reader: MajorReader
  let publicId: PublicId

  static let sql = "select m.id from major_incidents.major_incident m where \(MajorRow.isVisible) and m.public_id = $4 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(reader)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct MajorByPublicId: Statement {
  let reader: MajorReader
  let publicId: PublicId

  static let sql = """
    select \(MajorRow.columns), \(HeldAttributes.columnsOfMajorIncident) \(MajorRow.tables) where \(MajorRow.isVisible) and m.public_id = $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(reader)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> MajorRow {
    var major = try MajorRow(&row)
    major.attributes = try HeldAttributes(&row)
    return major
  }
}

/// Writes what acts have made of it, which they hold.
struct UpdateMajor: Statement {
  let provider: TenantId
  let row: MajorRow

  static let sql = """
    update major_incidents.major_incident set title = $3, description = $4, state = $5, lead_id = $6, lead_public_id = $7, mitigation = $8, resolution = $9,
      review = $10, mitigated_at = $11, resolved_at = $12, reviewed_at = $13, reopen_count = $14, last_seq = $15, updated_at = $16, version = $17,
      reopened_seq = $18
    where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(row.id)
    parameters.append(row.title)
    parameters.append(row.description)
    parameters.append(row.process.state.rawValue)
    parameters.append(row.lead?.id)
    parameters.append(row.lead?.publicId)
    parameters.append(row.process.mitigation)
    parameters.append(row.process.resolution)
    parameters.append(row.process.review)
    parameters.append(row.process.mitigatedAt)
    parameters.append(row.process.resolvedAt)
    parameters.append(row.process.reviewedAt)
    parameters.append(row.process.reopenCount)
    parameters.append(row.lastSeq)
    parameters.append(row.updatedAt)
    parameters.append(row.version)
    parameters.append(row.reopenedSeq)
  }
}

/// Major incidents that the caller may see, the one declared last first.
struct MajorsOfProvider: Statement {
  let reader: MajorReader
  /// Nil: any.
  let states: [MajorState]?
  /// Only those that he leads.
  var lead: PublicId?
  /// Only what is offered to the reader, or to one of these teams.
  var isOffered = false
  var offeredTeams: [Int64] = []
  var attribute: AttributeFilter?
  /// Only those that are not looked back on and that nobody has taken.
  var isUnowned = false
  /// The position after which the page begins.
  let before: (declaredAt: Instant, id: Int64)?
  let limit: Int64

  static let sql = "\(MajorRow.select) where \(MajorRow.isVisible) and \(page)"

  static let page = """
    ($4::text[] is null or m.state = any ($4)) and ($8::bytea is null or m.lead_public_id = $8)
      and (not $9 or m.id in (
        select o.subject_id from desk.pub_told_offer o
        where o.tenant_id = $1 and o.subject_kind = 'major_incident' and o.outcome is null and (o.to_team_id = any ($11) or o.to_id = $3)))
      and (not $10 or m.lead_id is null and m.state <> 'reviewed')
      and \(AttributeFilter.condition(.majorIncident, "m.id", at: 12))
      and ($5::timestamptz is null or (m.declared_at, m.id) < ($5, $6))
    order by m.declared_at desc, m.id desc limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(reader)
    parameters.append(states?.map(\.rawValue))
    parameters.append(before?.declaredAt)
    parameters.append(before?.id ?? 0)
    parameters.append(limit)
    parameters.append(lead?.random)
    parameters.append(isOffered)
    parameters.append(isUnowned)
    parameters.append(offeredTeams)
    parameters.append(attribute)
  }

  static func decode(_ row: inout RowReader) throws -> MajorRow { try MajorRow(&row) }
}

/// Those of them of which incidents of some customers are part. Of a few they are found by these incidents, and not by looking through all the
/// others' major incidents.
struct MajorsOfCustomers: Statement {
  let majors: MajorsOfProvider
  let customers: [Int64]
  /// Whether also those that the reader leads, is offered or declared, whoever is part of them.
  let includesOwn: Bool

  static let sql = """
    \(MajorRow.select) where m.tenant_id = $1 and m.id in (
      select p.id from (
        select m.id from major_incidents.major_incident m
        where m.tenant_id = $1 and m.id in (
            select k.major_id from major_incidents.child k
            where k.tenant_id = $1 and k.other_tenant_id = any ($14) and k.ended_seq is null
              and ($2::bigint[] is null or k.other_tenant_id = any ($2))
            union all
            select l.id from major_incidents.major_incident l where $15 and l.tenant_id = $1 and l.lead_id = $3
            union all
            select d.id from major_incidents.major_incident d where $15 and d.tenant_id = $1 and d.declarer_id = $3
            union all
            select o.subject_id from desk.pub_told_offer o
            where $15 and o.tenant_id = $1 and o.subject_kind = 'major_incident' and o.outcome is null and o.to_id = $3)
          and \(MajorsOfProvider.page)) p)
    order by m.declared_at desc, m.id desc
    """

  func bind(to parameters: inout Parameters) {
    majors.bind(to: &parameters)
    parameters.append(customers)
    parameters.append(includesOwn)
  }

  static func decode(_ row: inout RowReader) throws -> MajorRow { try MajorRow(&row) }
}

/// A member of the staff by an account of his.
struct LeadByAccount: Statement {
  let provider: TenantId
  let account: Int64

  static let sql = "select a.id, a.public_id, a.name, true from tenancy.account a where a.tenant_id = $1 and a.id = $2 and a.kind = 'staff'"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> StaffToLead.Found { try StaffToLead.decode(&row) }
}

/// A member of the staff whom a body names, and whether he may work on major incidents and on incidents of each of these customers.
struct StaffToLead: Statement {
  struct Found: Sendable {
    let lead: MajorRow.Lead
    let name: String
    let mayLead: Bool
  }

  let provider: TenantId
  let publicId: PublicId
  let customers: [TenantId]
  let now: Instant

  static let sql = """
    select a.id, a.public_id, a.name,
      (select coalesce(bool_and(exists (
          select from tenancy.role_grant g
          where g.tenant_id = a.tenant_id and g.account_id = a.id and g.revoked_at is null and (g.expires_at is null or g.expires_at > $4)
            and exists (select from tenancy.role_permission q where q.role = g.role and q.permission = p.name)
            and (g.scope = 'all' or g.scope = 'listed' and (w.customer_id is null or exists (
              select from tenancy.role_grant_tenant l
              where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = w.customer_id))))), false)
        from unnest(array_append($3::bigint[], null::bigint)) w (customer_id) cross join unnest($5::text[]) p (name))
    from tenancy.account a where a.tenant_id = $1 and a.public_id = $2 and a.kind = 'staff' and a.state = 'active'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customers)
    parameters.append(now)
    parameters.append([MajorRights.work, MajorRights.atEach])
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(lead: MajorRow.Lead(id: try row.next(), publicId: try row.next()), name: try row.next(), mayLead: try row.next())
  }
}

/// An event in the history of a major incident of what is kept beside it.
package struct MajorNote: NoteStatement {
  package let note: EventNote

  package init(note: EventNote) { self.note = note }

  package static let sql = """
    with told as (
      update major_incidents.major_incident m set last_seq = m.last_seq + 1 where m.tenant_id = $1 and m.id = $2
      returning m.id, m.last_seq, 'major_incident'::text as kind)
    \(EventNote.insert)
    """
}
