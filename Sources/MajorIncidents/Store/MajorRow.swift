import Attributes
import Kernel
import Operations
import Postgres

/// A major incident as it lies in the database.
struct MajorRow: Sendable {
  struct Lead: Sendable, Equatable {
    let id: Int64
    let publicId: [UInt8]
  }

  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  var title: String
  var description: String
  var lead: Lead?
  var leadName: String?
  var process: MajorProcess
  let declaredAt: Instant
  var lastSeq: Int64
  /// The event with which it was last reopened; 0: never.
  var reopenedSeq: Int64
  var updatedAt: Instant
  var version: Int64
  /// Who answers for what nobody leads: by the rule of incidents.
  let standIn: Accountable?
  /// Read with a major incident alone, not with those of a list.
  var attributes = HeldAttributes()

  /// Nil where somebody leads it, or it was looked back on.
  var leadingByRule: Accountable? { lead == nil && process.state != .reviewed ? standIn : nil }
  /// Who leads it: whoever declared, took or accepted it; else, until it was looked back on, by the provider's rule.
  var leading: Lead? { lead ?? leadingByRule.map { Lead(id: $0.id, publicId: $0.publicId) } }
  var leadingName: String? { leadName ?? leadingByRule?.name }
  var leadBy: Accountable.Rule? { lead == nil ? leadingByRule?.rule : .person }

  static let columns = """
    m.id, m.public_id, m.number, m.title, m.description, m.lead_id, m.lead_public_id, a.name, m.state, m.mitigation, m.resolution, m.review,
      m.mitigated_at, m.resolved_at, m.reviewed_at, m.reopen_count, m.declared_at, m.last_seq, m.reopened_seq, m.updated_at, m.version,
      (select h.owner_id from handbooks.pub_accountable h where h.process = 'incident'),
      (select h.owner_public_id from handbooks.pub_accountable h where h.process = 'incident'),
      (select h.owner_name from handbooks.pub_accountable h where h.process = 'incident'),
      (select h.rule from handbooks.pub_accountable h where h.process = 'incident')
    """
  static let tables = """
    from major_incidents.major_incident m
    left join tenancy.account a on a.tenant_id = m.tenant_id and a.id = m.lead_id
    """
  static let select = "select \(columns) \(tables)"

  /// $1 the provider; $2 the customers whom the reader serves, null: all; $3 the reader. It is there for who serves a customer of an incident that is
  /// part of it, who leads it or is offered to, and who declared it.
  static let isVisible = """
    m.tenant_id = $1 and ($2::bigint[] is null or m.lead_id = $3 or m.declarer_id = $3 or m.id in (
      select o.subject_id from desk.pub_told_offer o
      where o.tenant_id = $1 and o.subject_kind = 'major_incident' and o.outcome is null and o.to_id = $3) or exists (
      select from major_incidents.child v
      where v.tenant_id = m.tenant_id and v.major_id = m.id and v.ended_seq is null and v.other_tenant_id = any ($2)))
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    title = try row.next()
    description = try row.next()
    let (account, bits): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    if let account, let bits { lead = Lead(id: account, publicId: bits) }
    leadName = try row.next()
    process = try MajorProcess(&row)
    declaredAt = try row.next()
    lastSeq = try row.next()
    reopenedSeq = try row.next()
    updatedAt = try row.next()
    version = try row.next()
    standIn = try Accountable(&row)
  }
}

extension MajorProcess {
  fileprivate init(_ row: inout RowReader) throws {
    state = MajorState(rawValue: try row.next()) ?? .reviewed
    mitigation = try row.next()
    resolution = try row.next()
    review = try row.next()
    mitigatedAt = try row.next()
    resolvedAt = try row.next()
    reviewedAt = try row.next()
    reopenCount = try row.next()
  }
}

/// Who reads: what of major incidents he may see.
struct MajorReader: Sendable {
  let provider: TenantId
  /// Nil: all.
  let customers: [Int64]?
  /// His account; nil: somebody without one.
  let account: Int64?
}

extension Parameters {
  /// `$1`, `$2`, `$3` of ``MajorRow/isVisible``.
  mutating func append(_ reader: MajorReader) {
    append(reader.provider)
    append(reader.customers)
    append(reader.account)
  }
}
