import Kernel
import Operations
import Postgres

/// A stay at a gate as it is told.
struct PassageRow: Sendable {
  let id: Int64
  let gate: [UInt8]
  let gateName: LocalText
  let step: String
  let subjectKind: String
  let subject: [UInt8]
  let cameAt: Instant
  let stops: Int64
  let firstStoppedAt: Instant?
  let lastStoppedAt: Instant?
  let stoppedName: String?
  let reason: String?
  let bypassName: String?
  let outcome: String
  let endedAt: Instant?
  let endedName: String?
  /// The files that let it pass.
  let files: [[UInt8]]

  /// What stays at a gate that was retired does not wait for it any more, nor does what was resolved or closed by who is asked by no
  /// gate, nor who was about to open an incident so long ago. $2 is an hour before now.
  static let isOver = """
    (g.retired_at is not null or p.subject_kind = 'opening' and p.last_stopped_at < $2 or p.subject_kind = 'incident' and exists (
      select from desk.pub_ticket t where t.tenant_id = p.tenant_id and t.public_id = p.subject
        and (t.state = 'closed' or t.state = 'resolved' and g.step <> 'incident.close'))
      or p.subject_kind = 'request' and exists (
        select from requests.pub_request r where r.tenant_id = p.tenant_id and r.public_id = p.subject and r.ended_at is not null))
    """
  static let outcome = "case when p.outcome is not null then p.outcome when \(isOver) then 'left' else 'waiting' end"
  /// Whether a stay in the provider's own processes is of what concerns the customer $1, at a gate of which those who serve him may know.
  static let concernsCustomer = """
    ((g.only_tenant_id is null or g.only_tenant_id = $1) and (
      p.subject_kind = 'problem' and exists (
        select from problems.pub_problem b where b.tenant_id = p.tenant_id and b.public_id = p.subject and b.customer_id = $1)
      or p.subject_kind in \(Concerned.kinds) and exists (
        select from \(Concerned.rows) n
        where n.kind = p.subject_kind and n.tenant_id = p.tenant_id and n.public_id = p.subject and n.customer_id = $1)))
    """
  static let select = """
    select p.id, g.public_id, g.name, g.step, p.subject_kind, p.subject, p.came_at, p.stops, p.first_stopped_at, p.last_stopped_at, p.stopped_name,
      p.reason, p.bypass_name, \(outcome), p.ended_at, p.ended_name, p.files
    from gates.passage p join gates.gate g on g.id = p.gate_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    gate = try row.next()
    gateName = LocalText(try row.next() as Value)
    step = try row.next()
    subjectKind = try row.next()
    subject = try row.next()
    cameAt = try row.next()
    stops = try row.next()
    firstStoppedAt = try row.next()
    lastStoppedAt = try row.next()
    stoppedName = try row.next()
    reason = try row.next()
    bypassName = try row.next()
    outcome = try row.next()
    endedAt = try row.next()
    endedName = try row.next()
    files = try row.next()
  }
}

/// The stays that began in a period of what goes through a tenant's processes, and through the provider's for it; the newest first.
struct PassagePage: Statement {
  let provider: TenantId
  let tenant: TenantId
  let from: Instant
  let until: Instant
  let gate: Int64?
  let outcome: String?
  let onlyStopped: Bool
  let before: (cameAt: Instant, id: Int64)
  let limit: Int64
  let now: Instant

  private static let isMeant = """
    p.came_at >= $3 and p.came_at < $4 and ($5::bigint is null or p.gate_id = $5)
      and ($6::text is null or \(PassageRow.outcome) = $6) and (not $7 or p.stops > 0) and (p.came_at, p.id) < ($8, $9)
    """
  // Each has its own order by the index, so that none of the past is read beyond the page.
  static let sql = """
    (\(PassageRow.select) where p.tenant_id = $1 and \(isMeant) order by p.came_at desc, p.id desc limit $10)
    union all
    (\(PassageRow.select) where $1 <> $11 and p.tenant_id = $11 and \(isMeant) and \(PassageRow.concernsCustomer)
     order by p.came_at desc, p.id desc limit $10)
    order by came_at desc, id desc limit $10
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now.adding(seconds: -GateSubject.openingSeconds))
    parameters.append(from)
    parameters.append(until)
    parameters.append(gate)
    parameters.append(outcome)
    parameters.append(onlyStopped)
    parameters.append(before.cameAt)
    parameters.append(before.id)
    parameters.append(limit)
    parameters.append(provider)
  }

  static func decode(_ row: inout RowReader) throws -> PassageRow { try PassageRow(&row) }
}

/// The newest stays of one subject, at gates of these customers and at those of all.
struct PassagesOfSubject: Statement {
  let tenant: TenantId
  let subject: GateSubject
  /// Nil: of everybody.
  let customers: [Int64]?
  let now: Instant

  static let most: Int64 = 100
  static let sql = """
    \(PassageRow.select) where p.tenant_id = $1 and p.subject_kind = $3 and p.subject = $4
      and ($6::bigint[] is null or g.only_tenant_id is null or g.only_tenant_id = any ($6))
    order by p.id desc limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now.adding(seconds: -GateSubject.openingSeconds))
    parameters.append(subject.kind)
    parameters.append(subject.key)
    parameters.append(Self.most)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> PassageRow { try PassageRow(&row) }
}
