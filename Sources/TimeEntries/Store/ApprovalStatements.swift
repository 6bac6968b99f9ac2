import Kernel
import Operations
import Postgres

/// By what an entry counts, as it is approved.
struct TimeDecision: Sendable {
  let countsOn: CalendarDate
  /// Those of the ticket as it is by then.
  let line: Int64?
  let billable: Bool
  let hasNoCoverage: Bool
  let rule: Int64?
  let rounding: TimeRounding
  let billedMinutes: Int64
  let approver: Actor
  let approverName: String
  let now: Instant
}

/// Makes an approved entry of a submitted draft; no row when another change came first.
struct ApproveDraft: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let decision: TimeDecision

  static let sql = """
    with gone as (
      delete from time_entries.draft where tenant_id = $1 and id = $2 and version = $3 and state = 'submitted' and not withdraws returning *
    )
    insert into time_entries.entry
      (tenant_id, public_id, kind, staff_id, staff_public_id, staff_person_id, staff_name, work_type_id, ticket_id, contract_line_id, work_date, began_at,
       ended_at, minutes, billable, billable_said, no_coverage, rate_class_id, note, invoice_text, is_parallel, source, late_minutes, author_kind, author_id,
       author_person_id, author_name, corrects, correction_reason, counts_on, rule_id, step_minutes, minimum_minutes, billed_minutes, approver_kind, approver_id,
       approver_name, approved_at, recorded_at, version, request_id, problem_public_id, change_public_id, release_public_id, major_public_id)
    select g.tenant_id, g.public_id, 'work', g.staff_id, g.staff_public_id, g.staff_person_id, g.staff_name, g.work_type_id, g.ticket_id,
      $13, g.work_date, g.began_at, g.ended_at, g.minutes, $14, g.billable_said, $15, g.rate_class_id, g.note, g.invoice_text, g.is_parallel, g.source,
      g.late_minutes, g.author_kind, g.author_id, g.author_person_id, g.author_name, g.corrects, g.correction_reason, $4, $5, $6, $7, $8, $9, $10, $11, $12,
      g.recorded_at, g.version + 1, g.request_id, g.problem_public_id, g.change_public_id, g.release_public_id, g.major_public_id
    from gone g returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(decision.countsOn)
    parameters.append(decision.rule)
    parameters.append(decision.rounding.step)
    parameters.append(decision.rounding.minimum)
    parameters.append(decision.billedMinutes)
    parameters.append(decision.approver.kind.rawValue)
    parameters.append(decision.approver.id)
    parameters.append(decision.approverName)
    parameters.append(decision.now)
    parameters.append(decision.line)
    parameters.append(decision.billable)
    parameters.append(decision.hasNoCoverage)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Takes an approved entry back: the same with the opposite sign. A second one is refused by `entry_reverses_unique`.
struct InsertReversal: Statement {
  let tenant: TenantId
  let original: Int64
  let publicId: PublicId
  let countsOn: CalendarDate
  let reason: String?
  let author: Party
  let authorName: String
  let approver: Actor
  let approverName: String
  let now: Instant
  let version: Int64

  static let sql = """
    insert into time_entries.entry
      (tenant_id, public_id, kind, staff_id, staff_public_id, staff_person_id, staff_name, work_type_id, ticket_id, contract_line_id, work_date, began_at,
       ended_at, minutes, billable, billable_said, no_coverage, rate_class_id, note, invoice_text, is_parallel, source, late_minutes, author_kind, author_id,
       author_person_id, author_name, correction_reason, reverses, counts_on, rule_id, step_minutes, minimum_minutes, billed_minutes, approver_kind, approver_id,
       approver_name, approved_at, recorded_at, version, request_id, problem_public_id, change_public_id, release_public_id, major_public_id)
    select e.tenant_id, $3, 'reversal', e.staff_id, e.staff_public_id, e.staff_person_id, e.staff_name, e.work_type_id, e.ticket_id, e.contract_line_id,
      e.work_date, e.began_at, e.ended_at, -e.minutes, e.billable, e.billable_said, e.no_coverage, e.rate_class_id, e.note, e.invoice_text, e.is_parallel,
      'correction', e.late_minutes,
      $5, $6, $7, $8, $9, e.id, $4, e.rule_id, e.step_minutes, e.minimum_minutes, -e.billed_minutes, $10, $11, $12, $13, $13, $14,
      e.request_id, e.problem_public_id, e.change_public_id, e.release_public_id, e.major_public_id
    from time_entries.entry e where e.tenant_id = $1 and e.id = $2 and e.kind = 'work' returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(original)
    parameters.append(publicId.random)
    parameters.append(countsOn)
    parameters.append(author.kind)
    parameters.append(author.id)
    parameters.append(author.person)
    parameters.append(authorName)
    parameters.append(reason)
    parameters.append(approver.kind.rawValue)
    parameters.append(approver.id)
    parameters.append(approverName)
    parameters.append(now)
    parameters.append(version)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A stretch as it is billed.
struct TimeStretch: Sendable {
  let part: TimeSplit.Part
  let billedMinutes: Int64
  let rateClass: Int64
}

struct InsertStretches: Statement {
  let tenant: TenantId
  let entry: Int64
  let stretches: [TimeStretch]

  static let sql = """
    insert into time_entries.stretch
      (tenant_id, entry_id, seq, from_at, to_at, minutes, billed_minutes, situation, rate_class_id, calendar_version_id)
    select $1, $2, s.seq, s.from_at, s.to_at, s.minutes, s.billed_minutes, s.situation, s.rate_class_id, s.calendar_version_id
    from unnest($3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[])
      with ordinality as s (from_at, to_at, minutes, billed_minutes, situation, rate_class_id, calendar_version_id, seq)
    returning seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(entry)
    parameters.append(stretches.map(\.part.from))
    parameters.append(stretches.map(\.part.to))
    parameters.append(stretches.map(\.part.minutes))
    parameters.append(stretches.map(\.billedMinutes))
    parameters.append(stretches.map(\.part.situation.rawValue))
    parameters.append(stretches.map(\.rateClass))
    parameters.append(stretches.map(\.part.version))
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertReversedStretches: Statement {
  let tenant: TenantId
  let original: Int64
  let reversal: Int64

  static let sql = """
    insert into time_entries.stretch
      (tenant_id, entry_id, seq, from_at, to_at, minutes, billed_minutes, situation, rate_class_id, calendar_version_id)
    select s.tenant_id, $3, s.seq, s.from_at, s.to_at, -s.minutes, -s.billed_minutes, s.situation, s.rate_class_id, s.calendar_version_id
    from time_entries.stretch s where s.tenant_id = $1 and s.entry_id = $2 returning seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(original)
    parameters.append(reversal)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Lets a bill have what was approved.
struct InsertOpenSources: Statement {
  let tenant: TenantId
  let entry: Int64

  static let sql = """
    insert into time_entries.open_source (tenant_id, entry_id, seq, counts_on, entry_public_id)
    select s.tenant_id, s.entry_id, s.seq, e.counts_on, e.public_id
    from time_entries.stretch s join time_entries.entry e on e.tenant_id = s.tenant_id and e.id = s.entry_id
    where s.tenant_id = $1 and s.entry_id = $2 and e.billable and s.billed_minutes <> 0 returning seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(entry)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Takes what no bill has of an entry that is taken back off the list; what a bill has is to be credited.
struct ReverseOpenSources: Statement {
  let tenant: TenantId
  let original: Int64
  let reversal: Int64

  static let sql = """
    with gone as (delete from time_entries.open_source o where o.tenant_id = $1 and o.entry_id = $2 returning o.seq)
    insert into time_entries.open_source (tenant_id, entry_id, seq, counts_on, entry_public_id)
    select s.tenant_id, s.entry_id, s.seq, e.counts_on, e.public_id
    from time_entries.stretch s join time_entries.entry e on e.tenant_id = s.tenant_id and e.id = s.entry_id
    where s.tenant_id = $1 and s.entry_id = $3 and s.billed_minutes <> 0 and not exists (select from gone g where g.seq = s.seq) returning seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(original)
    parameters.append(reversal)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The stretches of an approved entry in their order, with the codes of their rate classes.
struct StretchesOfEntry: Statement {
  struct Found: Sendable {
    let stretch: TimeStretch
    let rateClassCode: String
  }

  let tenant: TenantId
  let entry: Int64

  static let sql = """
    select s.from_at, s.to_at, s.minutes, s.situation, s.calendar_version_id, s.billed_minutes, s.rate_class_id, r.code
    from time_entries.stretch s join time_entries.code r on r.id = s.rate_class_id
    where s.tenant_id = $1 and s.entry_id = $2 order by s.seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(entry)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let part = TimeSplit.Part(
      from: try row.next(), to: try row.next(), minutes: try row.next(), situation: TimeSplit.Situation(rawValue: try row.next()) ?? .serviceTime,
      version: try row.next())
    return Found(
      stretch: TimeStretch(part: part, billedMinutes: try row.next(), rateClass: try row.next()), rateClassCode: try row.next())
  }
}

/// Shows an approved entry to its customer.
struct InsertShown: Statement {
  /// The columns, and what of an entry `e` they hold but for the last, the moment.
  static let columns = """
    tenant_id, public_id, ticket_id, request_id, done_for, contract_line_id, work_type_id, work_date, minutes, billed_minutes, words, recorded_at
    """
  static let shown = """
    e.tenant_id, e.public_id, e.ticket_id, e.request_id,
      case when e.ticket_id is not null then 'incident' when e.request_id is not null then 'request' when e.problem_public_id is not null then 'problem'
        when e.change_public_id is not null then 'change' when e.release_public_id is not null then 'release'
        when e.major_public_id is not null then 'major_incident' end,
      e.contract_line_id, e.work_type_id, e.work_date, e.minutes, e.billed_minutes, e.invoice_text
    """

  let tenant: TenantId
  let entry: Int64
  let now: Instant

  static let sql = """
    insert into time_entries.shown (\(columns)) select \(shown), $3
    from time_entries.entry e where e.tenant_id = $1 and e.id = $2 returning public_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(entry)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// The same of a reversal, where what it takes back was shown.
struct InsertShownReversal: Statement {
  let tenant: TenantId
  let original: [UInt8]
  let reversal: Int64
  let now: Instant

  static let sql = """
    insert into time_entries.shown (\(InsertShown.columns)) select \(InsertShown.shown), $4
    from time_entries.entry e join time_entries.shown s on s.tenant_id = e.tenant_id and s.public_id = $2
    where e.tenant_id = $1 and e.id = $3 returning public_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(original)
    parameters.append(reversal)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// What a customer is shown, the newest first.
struct ShownTime: Statement {
  struct Found: Sendable {
    let publicId: [UInt8]
    let ticket: [UInt8]?
    let ticketNumber: Int64?
    let request: [UInt8]?
    let requestNumber: Int64?
    let doneFor: String?
    let line: [UInt8]?
    let workType: String
    let workTypeNames: Value
    let date: CalendarDate
    let minutes: Int64
    let billedMinutes: Int64
    let words: String?
  }

  let tenant: TenantId
  let beforeDate: CalendarDate
  let beforePublic: [UInt8]
  let limit: Int64

  static let sql = """
    select s.public_id, t.public_id, t.number, q.public_id, q.number, s.done_for, l.public_id, w.code, w.names, s.work_date, s.minutes, s.billed_minutes, s.words
    from time_entries.shown s
    join time_entries.code w on w.id = s.work_type_id
    \(TimeWork.joins)
    left join contracts.pub_line l on l.tenant_id = s.tenant_id and l.line_id = s.contract_line_id
    where s.tenant_id = $1 and (s.work_date, s.public_id) < ($2, $3) order by s.work_date desc, s.public_id desc limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(beforeDate)
    parameters.append(beforePublic)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      publicId: try row.next(), ticket: try row.next(), ticketNumber: try row.next(), request: try row.next(), requestNumber: try row.next(),
      doneFor: try row.next(), line: try row.next(), workType: try row.next(), workTypeNames: try row.next(), date: try row.next(), minutes: try row.next(),
      billedMinutes: try row.next(), words: try row.next())
  }
}
