import Kernel
import Postgres

/// Counts that a gate stopped something. A call that is repeated is the same stop, and of one stay at a gate so many are counted.
struct RecordStop: Statement {
  let tenant: TenantId
  let gate: Int64
  let subject: GateSubject
  /// What tells this call from others, and not from its repetitions.
  let call: [UInt8]
  let name: String
  let at: Instant
  /// Whether it asks somebody by that: that is known of it in any case.
  var isAsking = false

  /// So many stops of one stay are counted.
  static let most: Int64 = 20

  static let sql = """
    insert into gates.passage
      (tenant_id, gate_id, subject_kind, subject, came_at, stops, calls, first_stopped_at, last_stopped_at, stopped_name)
    values ($1, $2, $3, $4, $7, 1, array[$5::bytea], $7, $7, $6)
    on conflict (tenant_id, subject_kind, subject, gate_id) where ended_at is null
    do update set stops = least(passage.stops + 1, $8), calls = passage.calls || excluded.calls, last_stopped_at = excluded.last_stopped_at,
      first_stopped_at = coalesce(passage.first_stopped_at, excluded.first_stopped_at),
      stopped_name = coalesce(passage.stopped_name, excluded.stopped_name)
    where (passage.stops < $8 or $9) and not passage.calls @> excluded.calls
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(gate)
    parameters.append(subject.kind)
    parameters.append(subject.key)
    parameters.append(call)
    parameters.append(name)
    parameters.append(at)
    parameters.append(Self.most)
    parameters.append(isAsking)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// How a subject went through some gates.
struct GateOutcomes: Sendable {
  var gates: [Int64] = []
  var outcomes: [String] = []
  var reasons: [String?] = []
  var bypassNames: [String?] = []

  func without(_ done: Set<Int64>) -> GateOutcomes {
    var rest = GateOutcomes()
    for (index, gate) in gates.enumerated() where !done.contains(gate) {
      rest.append(gate, outcomes[index], reason: reasons[index], by: bypassNames[index])
    }
    return rest
  }

  mutating func append(_ gate: Int64, _ outcome: String, reason: String?, by name: String?) {
    gates.append(gate)
    outcomes.append(outcome)
    reasons.append(reason)
    bypassNames.append(name)
  }
}

/// What somebody was about to open is an incident now: it stays where he was stopped.
struct MoveStays: Statement {
  let tenant: TenantId
  let from: GateSubject
  let to: GateSubject

  static let sql = """
    update gates.passage set subject_kind = $4, subject = $5 where tenant_id = $1 and subject_kind = $2 and subject = $3 and ended_at is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from.kind)
    parameters.append(from.key)
    parameters.append(to.kind)
    parameters.append(to.key)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// Ends the stays of a subject at gates that let it pass; returns those where it stayed.
struct EndPassages: Statement {
  let tenant: TenantId
  let subject: GateSubject
  let outcomes: GateOutcomes
  let files: NamedFiles
  let name: String
  let now: Instant

  // Who let it pass before said why, and that stands.
  static let sql = """
    update gates.passage p set ended_at = $9, outcome = n.outcome, reason = coalesce(p.reason, n.reason),
      bypass_name = coalesce(p.bypass_name, n.bypass_name), ended_name = $8, files = \(NamedFiles.kept)
    from unnest($4::bigint[], $5::text[], $6::text[], $7::text[]) as n (gate_id, outcome, reason, bypass_name)
    join gates.gate g on g.id = n.gate_id
    where p.tenant_id = $1 and p.subject_kind = $2 and p.subject = $3 and p.gate_id = n.gate_id and p.ended_at is null returning p.gate_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(subject.kind)
    parameters.append(subject.key)
    parameters.append(outcomes.gates)
    parameters.append(outcomes.outcomes)
    parameters.append(outcomes.reasons)
    parameters.append(outcomes.bypassNames)
    parameters.append(name)
    parameters.append(now)
    parameters.append(files.staff)
    parameters.append(files.customers)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What went through gates without having been stopped there.
struct InsertPassages: Statement {
  let tenant: TenantId
  let subject: GateSubject
  let outcomes: GateOutcomes
  let files: NamedFiles
  let name: String
  let now: Instant

  static let sql = """
    insert into gates.passage
      (tenant_id, gate_id, subject_kind, subject, came_at, stops, calls, reason, bypass_name, ended_at, outcome, ended_name, files)
    select $1, n.gate_id, $2, $3, $9, 0, '{}', n.reason, n.bypass_name, $9, n.outcome, $8, \(NamedFiles.kept)
    from unnest($4::bigint[], $5::text[], $6::text[], $7::text[]) as n (gate_id, outcome, reason, bypass_name) join gates.gate g on g.id = n.gate_id
    returning id
    """

  func bind(to parameters: inout Parameters) {
    EndPassages(tenant: tenant, subject: subject, outcomes: outcomes, files: files, name: name, now: now).bind(to: &parameters)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What does not come back to the gates that it stays at: it went another way.
struct LeaveGates: Statement {
  let tenant: TenantId
  let subject: GateSubject
  /// Nil: all.
  var gates: [Int64]?
  /// The stays before this step go on.
  var besides: GateStep?
  /// Only those where it was last stopped before.
  var stoppedBefore: Instant?
  let name: String
  let now: Instant

  static let sql = """
    update gates.passage p set ended_at = $7, outcome = 'left', ended_name = $6
    where tenant_id = $1 and subject_kind = $2 and subject = $3 and ended_at is null and ($4::bigint[] is null or gate_id = any ($4))
      and ($5::timestamptz is null or last_stopped_at < $5)
      and ($8::text is null or not exists (select from gates.gate g where g.id = p.gate_id and g.step = $8))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(subject.kind)
    parameters.append(subject.key)
    parameters.append(gates)
    parameters.append(stoppedBefore)
    parameters.append(name)
    parameters.append(now)
    parameters.append(besides?.rawValue)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// Somebody lets a subject pass a gate that it is yet to come to, or stays at; no row when somebody did before.
struct RecordBypass: Statement {
  let tenant: TenantId
  let gate: Int64
  let subject: GateSubject
  let reason: String
  let name: String
  let now: Instant

  static let sql = """
    insert into gates.passage (tenant_id, gate_id, subject_kind, subject, came_at, stops, calls, reason, bypass_name)
    values ($1, $2, $3, $4, $7, 0, '{}', $5, $6)
    on conflict (tenant_id, subject_kind, subject, gate_id) where ended_at is null
    do update set reason = excluded.reason, bypass_name = excluded.bypass_name where passage.reason is null
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(gate)
    parameters.append(subject.kind)
    parameters.append(subject.key)
    parameters.append(reason)
    parameters.append(name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
