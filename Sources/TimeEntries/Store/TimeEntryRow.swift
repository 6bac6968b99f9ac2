import Kernel
import Operations
import Postgres

/// A time entry, approved or not.
struct TimeEntryRow: Sendable {
  struct Reference: Sendable {
    let id: Int64
    let publicId: [UInt8]
  }

  /// Whom it belongs to.
  struct Customer: Sendable {
    let tenant: TenantId
    let handle: TenantHandle
    let publicId: [UInt8]
    let code: String
    let name: String
  }

  let customer: Customer
  let id: Int64
  let publicId: [UInt8]
  let state: TimeEntryState
  let isReversal: Bool
  let staff: StaffRow
  let workType: Int64
  let workTypeCode: String
  let ticket: Reference?
  let ticketNumber: Int64?
  let purpose: TimePurpose
  let line: Reference?
  let worked: WorkedTime
  let billable: Bool
  /// Nil: it follows from the line's rule or the kind of work.
  let billableSaid: Bool?
  let hasNoCoverage: Bool
  let rateClass: Int64?
  let rateClassCode: String?
  let note: String
  let invoiceText: String?
  let isParallel: Bool
  let source: String
  let lateMinutes: Int64
  let returnReason: String?
  let author: Party
  let authorName: String
  let corrects: Reference?
  let withdraws: Bool
  let correctionReason: String?
  let reverses: Reference?
  let reversedBy: [UInt8]?
  let countsOn: CalendarDate?
  let rule: Int64?
  let rounding: TimeRounding?
  let billedMinutes: Int64?
  let approverName: String?
  let approvedAt: Instant?
  let recordedAt: Instant
  let version: Int64

  var isByStaff: Bool { author.kind == Actor.Kind.staff.rawValue }

  static let select = """
    select e.tenant_id, n.handle, n.public_id, n.code, n.name, e.id, e.public_id, e.state, e.kind = 'reversal', e.staff_id, e.staff_public_id,
      e.staff_person_id, e.staff_name, e.work_type_id, w.code, e.ticket_id, t.public_id, t.number, e.contract_line_id, l.public_id, e.began_at, e.ended_at,
      e.work_date, e.minutes, e.billable, e.billable_said, e.no_coverage, e.rate_class_id, r.code, e.note, e.invoice_text, e.is_parallel, e.source,
      e.late_minutes, e.return_reason,
      e.author_kind, e.author_id, e.author_person_id, e.author_name, e.corrects, o.public_id, e.withdraws, e.correction_reason, e.reverses, v.public_id,
      x.public_id, e.counts_on, e.rule_id, e.step_minutes, e.minimum_minutes, e.billed_minutes, e.approver_name, e.approved_at, e.recorded_at, e.version,
      e.request_id, q.public_id, e.problem_public_id, e.change_public_id, e.release_public_id, e.major_public_id
    """
  static let joins = """
    join tenancy.tenant n on n.id = e.tenant_id
    join time_entries.code w on w.id = e.work_type_id
    left join time_entries.code r on r.id = e.rate_class_id
    left join desk.pub_ticket t on t.tenant_id = e.tenant_id and t.ticket_id = e.ticket_id
    left join requests.pub_request q on q.tenant_id = e.tenant_id and q.request_id = e.request_id
    left join contracts.pub_line l on l.tenant_id = e.tenant_id and l.line_id = e.contract_line_id
    left join time_entries.entry o on o.tenant_id = e.tenant_id and o.id = e.corrects
    left join time_entries.entry v on v.tenant_id = e.tenant_id and v.id = e.reverses
    left join time_entries.entry x on e.state = 'approved' and x.tenant_id = e.tenant_id and x.reverses = e.id
    """

  init(_ row: inout RowReader) throws {
    customer = Customer(
      tenant: try row.next(), handle: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)), publicId: try row.next(), code: try row.next(),
      name: try row.next())
    id = try row.next()
    publicId = try row.next()
    state = TimeEntryState(rawValue: try row.next()) ?? .approved
    isReversal = try row.next()
    staff = StaffRow(id: try row.next(), publicId: try row.next(), person: try row.next(), name: try row.next())
    workType = try row.next()
    workTypeCode = try row.next()
    ticket = try Self.reference(&row)
    ticketNumber = try row.next()
    line = try Self.reference(&row)
    worked = WorkedTime(beganAt: try row.next(), endedAt: try row.next(), date: try row.next(), minutes: try row.next())
    billable = try row.next()
    billableSaid = try row.next()
    hasNoCoverage = try row.next()
    rateClass = try row.next()
    rateClassCode = try row.next()
    note = try row.next()
    invoiceText = try row.next()
    isParallel = try row.next()
    source = try row.next()
    lateMinutes = try row.next()
    returnReason = try row.next()
    author = Party(kind: try row.next(), id: try row.next(), person: try row.next())
    authorName = try row.next()
    corrects = try Self.reference(&row)
    withdraws = try row.next()
    correctionReason = try row.next()
    reverses = try Self.reference(&row)
    reversedBy = try row.next()
    countsOn = try row.next()
    rule = try row.next()
    let (step, minimum): (Int64?, Int64?) = (try row.next(), try row.next())
    rounding = step.flatMap { step in minimum.map { TimeRounding(step: step, minimum: $0) } }
    billedMinutes = try row.next()
    approverName = try row.next()
    approvedAt = try row.next()
    recordedAt = try row.next()
    version = try row.next()
    purpose = TimePurpose(request: try Self.reference(&row), things: try ProvidersThing.read(&row))
  }

  private static func reference(_ row: inout RowReader) throws -> Reference? {
    let id: Int64? = try row.next()
    let publicId: [UInt8]? = try row.next()
    return id.flatMap { id in publicId.map { Reference(id: id, publicId: $0) } }
  }
}

struct TimeEntryByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(TimeEntryRow.select) from time_entries.any_entry e \(TimeEntryRow.joins) where e.tenant_id = $1 and e.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> TimeEntryRow { try TimeEntryRow(&row) }
}
