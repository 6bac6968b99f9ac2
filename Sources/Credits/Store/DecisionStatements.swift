import Kernel
import Operations
import Postgres

struct InsertDecision: Statement {
  let tenant: TenantId
  let proposal: Int64
  /// The proposal's version after it.
  let seq: Int64
  let event: CreditState.Event
  let reason: String?
  let actor: Actor
  /// The person behind the actor's account, where one is recorded.
  let person: Int64?
  let actorName: String
  let now: Instant

  static let sql = """
    insert into credits.decision (tenant_id, proposal_id, seq, event, reason, actor_kind, actor_id, actor_person_id, actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(proposal)
    parameters.append(seq)
    parameters.append(event.rawValue)
    parameters.append(reason)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(person)
    parameters.append(actorName)
    parameters.append(now)
  }
}

struct DecisionRow: Sendable {
  let proposal: Int64
  let event: CreditState.Event
  let reason: String?
  let approver: Party
  let actorName: String
  let recordedAt: Instant
}

struct DecisionsOfProposals: Statement {
  let tenant: TenantId
  let proposals: [Int64]

  static let sql = """
    select proposal_id, event, reason, actor_kind, actor_id, actor_person_id, actor_name, recorded_at from credits.decision
    where tenant_id = $1 and proposal_id = any($2) order by proposal_id, seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(proposals)
  }

  static func decode(_ row: inout RowReader) throws -> DecisionRow {
    DecisionRow(
      proposal: try row.next(), event: CreditState.Event(rawValue: try row.next()) ?? .supersession, reason: try row.next(),
      approver: Party(kind: try row.next(), id: try row.next(), person: try row.next()), actorName: try row.next(), recordedAt: try row.next())
  }
}

/// With what the clocks have counted by then: what a credit was decided on does not change afterwards.
struct InsertEvidence: Statement {
  let tenant: TenantId
  let proposal: Int64
  let evidence: [CreditMeasurement.Evidence]

  static let sql = """
    insert into credits.evidence
      (tenant_id, proposal_id, seq, kind, subject, clock_id, subject_kind, subject_id, verdict, outage_public_id, outage_version, from_at, to_at,
       used_seconds, budget_seconds, due_at)
    select $1, $2, e.seq, e.kind, e.subject, e.clock_id, e.subject_kind, e.subject_id, e.verdict, e.outage, e.outage_version, e.from_at, e.to_at,
      c.consumed_seconds, c.budget_open_seconds, coalesce(c.due_at, c.breached_at)
    from unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::text[], $9::bytea[], $10::bigint[], $11::timestamptz[], $12::timestamptz[])
      with ordinality as e (kind, subject, clock_id, subject_kind, subject_id, verdict, outage, outage_version, from_at, to_at, seq)
    left join service_levels.pub_clock c on c.tenant_id = $1 and c.clock_id = e.clock_id
    returning seq
    """

  func bind(to parameters: inout Parameters) {
    let rows = evidence.map(EvidenceColumns.init)
    parameters.append(tenant)
    parameters.append(proposal)
    parameters.append(rows.map(\.kind))
    parameters.append(rows.map(\.subject))
    parameters.append(rows.map(\.clock))
    parameters.append(rows.map(\.subjectKind))
    parameters.append(rows.map(\.subjectId))
    parameters.append(rows.map(\.verdict))
    parameters.append(rows.map(\.outage))
    parameters.append(rows.map(\.outageVersion))
    parameters.append(rows.map(\.from))
    parameters.append(rows.map(\.to))
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A row of evidence as its columns.
struct EvidenceColumns: Sendable {
  let kind: String
  let subject: String
  let clock: Int64?
  let subjectKind: String?
  let subjectId: Int64?
  let verdict: String?
  let outage: [UInt8]?
  let outageVersion: Int64?
  let from: Instant
  let to: Instant?

  init(_ evidence: CreditMeasurement.Evidence) {
    switch evidence {
    case .verdict(let judged):
      (kind, subject, from, to) = ("verdict", "", judged.at, nil)
      (clock, subjectKind, subjectId, verdict) = (judged.clock, judged.subjectKind, judged.subject, judged.isMet ? "met" : "missed")
      (outage, outageVersion) = (nil, nil)
    case .outage(let known, let name, let start, let end):
      (kind, subject, from, to) = ("outage", name, start, end)
      (clock, subjectKind, subjectId, verdict) = (nil, nil, nil, nil)
      (outage, outageVersion) = (known.publicId, known.version)
    case .measured(let isMet, let name, let period):
      (kind, subject, from, to) = ("measured", name, period.start, period.end)
      (clock, subjectKind, subjectId, verdict) = (nil, nil, nil, isMet ? "met" : "missed")
      (outage, outageVersion) = (nil, nil)
    }
  }

  init(_ row: inout RowReader) throws {
    kind = try row.next()
    subject = try row.next()
    clock = try row.next()
    subjectKind = try row.next()
    subjectId = try row.next()
    verdict = try row.next()
    outage = try row.next()
    outageVersion = try row.next()
    from = try row.next()
    to = try row.next()
  }
}

struct EvidenceOfProposal: Statement {
  struct Found: Sendable {
    let seq: Int64
    let columns: EvidenceColumns
    /// Of a verdict about a ticket.
    let ticket: [UInt8]?
    let ticketNumber: Int64?
    let ticketTitle: String?
    /// Of its clock, as it stood when the credit was proposed: open seconds; nil where that was not kept.
    let usedSeconds: Int64?
    let budgetSeconds: Int64?
    /// Of one that was missed, or runs still.
    let dueAt: Instant?
  }

  let tenant: TenantId
  let proposal: Int64
  let afterSeq: Int64
  let limit: Int64

  static let sql = """
    select e.seq, e.kind, e.subject, e.clock_id, e.subject_kind, e.subject_id, e.verdict, e.outage_public_id, e.outage_version, e.from_at, e.to_at,
      t.public_id, t.number, t.title, e.used_seconds, e.budget_seconds, e.due_at
    from credits.evidence e
    left join desk.pub_ticket t on t.tenant_id = e.tenant_id and e.subject_kind = 'ticket' and t.ticket_id = e.subject_id
    where e.tenant_id = $1 and e.proposal_id = $2 and e.seq > $3 order by e.seq limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(proposal)
    parameters.append(afterSeq)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      seq: try row.next(), columns: try EvidenceColumns(&row), ticket: try row.next(), ticketNumber: try row.next(), ticketTitle: try row.next(),
      usedSeconds: try row.next(), budgetSeconds: try row.next(), dueAt: try row.next())
  }
}
