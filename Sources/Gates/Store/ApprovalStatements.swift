import Approvals
import Kernel
import Operations
import Postgres

/// A row of a round as it is stored.
struct ApprovalRowOfGate: Sendable {
  let id: Int64
  let gate: Int64
  let stayTenant: TenantId
  let stay: Int64
  let subject: GateSubject
  let round: Int64
  let asker: Party
  let askerName: String
  let mayBeOwn: Bool
  let row: GateRound.Row
  /// Of a problem, a change or a release.
  let version: Int64?

  static let columns = """
    a.id, a.gate_id, a.stay_tenant_id, a.stay_id, a.subject_kind, a.subject, a.round, a.asker_kind, a.asker_id, a.asker_person, a.asker_name, a.own_approval,
    a.public_id, a.seq, a.suffices, a.account_id, a.state, a.asked_at, a.decided_at, a.decided_person, a.reason, a.account_name, a.account_public_id,
    a.subject_version, a.hours, a.due_at, a.delegate_id, a.delegate_public_id, a.delegate_name, a.decided_id, a.version
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    gate = try row.next()
    stayTenant = try row.next()
    stay = try row.next()
    subject = GateSubject(kind: try row.next(), key: try row.next())
    round = try row.next()
    asker = Party(kind: try row.next(), id: try row.next(), person: try row.next())
    askerName = try row.next()
    mayBeOwn = try row.next()
    let (publicId, seq, suffices): ([UInt8], Int64, Bool) = (try row.next(), try row.next(), try row.next())
    let (account, state): (Int64, String) = (try row.next(), try row.next())
    let (askedAt, decidedAt): (Instant, Instant?) = (try row.next(), try row.next())
    let (person, reason): (Int64?, String?) = (try row.next(), try row.next())
    let (name, accountPublicId): (String, [UInt8]) = (try row.next(), try row.next())
    version = try row.next()
    let (hours, dueAt): (Int64?, Instant?) = (try row.next(), try row.next())
    let (delegate, delegatePublicId, delegateName): (Int64?, [UInt8]?, String?) = (try row.next(), try row.next(), try row.next())
    let (decider, counted): (Int64?, Int64) = (try row.next(), try row.next())
    func staff(_ id: Int64, _ person: Int64?) -> Party { Party(kind: Actor.Kind.staff.rawValue, id: id, person: person) }
    // Time gives no reason, and who refuses does.
    let isByTime = decidedAt == nil || state == ApprovalState.rejected.rawValue && reason == nil
    let approval = Approval(
      publicId: publicId, seq: seq, suffices: suffices, account: account, hours: hours, state: ApprovalState(rawValue: state) ?? .lapsed, askedAt: askedAt,
      dueAt: dueAt, delegate: delegate.map { staff($0, nil) }, decidedAt: decidedAt, decidedBy: isByTime ? nil : staff(decider ?? account, person),
      reason: reason, version: counted)
    var other: GateRound.Row.Delegate?
    if let delegatePublicId, let delegateName { other = GateRound.Row.Delegate(publicId: delegatePublicId, name: delegateName) }
    self.row = GateRound.Row(approval: approval, name: name, accountPublicId: accountPublicId, delegate: other)
  }
}

extension [ApprovalRowOfGate] {
  /// The last round of each stay, by its gate.
  var lastRounds: [Int64: GateRound] {
    Dictionary(grouping: self, by: \.gate).compactMapValues { all in
      guard let number = all.map(\.round).max(), let first = all.first(where: { $0.round == number }) else { return nil }
      return GateRound(
        gate: first.gate, stay: first.stay, number: number, asker: first.asker, askerName: first.askerName, mayBeOwn: first.mayBeOwn, version: first.version,
        rows: all.filter { $0.round == number && $0.stay == first.stay }.map(\.row))
    }
  }
}

/// Who was asked about some stays.
struct RoundsOfStays: Statement {
  let provider: TenantId
  let tenant: TenantId
  let stays: [Int64]

  static let sql = """
    select \(ApprovalRowOfGate.columns) from gates.approval a
    where a.tenant_id = $1 and a.stay_tenant_id = $2 and a.stay_id = any ($3) order by a.stay_id, a.round, a.seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(tenant)
    parameters.append(stays)
  }

  static func decode(_ row: inout RowReader) throws -> ApprovalRowOfGate { try ApprovalRowOfGate(&row) }
}

/// Those of some accounts that are there still and may decide on a subject: they serve all whom it concerns.
struct ApproversThere: Statement {
  struct Found: Sendable {
    let account: Int64
    let publicId: [UInt8]
    let person: Int64?
    let name: String

    var party: Party { Party(kind: Actor.Kind.staff.rawValue, id: account, person: person) }
  }

  let provider: TenantId
  let tenant: TenantId
  let subject: GateSubject
  let accounts: [Int64]
  let now: Instant

  // As ``ApprovalsAskedOf`` shows it to them: a problem that may concern several, to whoever serves any; a change, a release or a major
  // incident that concerns nobody in particular, to who serves everybody.
  static let sql = """
    with concerned as (
      select $4::bigint as customer_id where $4 <> $1
      union all
      select b.customer_id from problems.pub_problem b
      where $5 = 'problem' and b.tenant_id = $1 and b.public_id = $6 and b.customer_id is not null
      union all
      select c.customer_id from \(Concerned.rows) c where c.kind = $5 and c.tenant_id = $1 and c.public_id = $6),
    held as (
      select g.account_id, g.id, g.scope from tenancy.role_grant g join tenancy.role_permission q on q.role = g.role and q.permission = $3
      where g.tenant_id = $1 and g.account_id = any ($2) and g.scope in ('all', 'listed') and g.revoked_at is null
        and (g.expires_at is null or g.expires_at > $7))
    select a.id, a.public_id, a.person_id, a.name from tenancy.account a
    where a.tenant_id = $1 and a.id = any ($2) and a.kind = 'staff' and a.state = 'active'
      and exists (select from held h where h.account_id = a.id)
      and (exists (select from held h where h.account_id = a.id and h.scope = 'all')
        or ($5 not in \(Concerned.kinds) or exists (select from concerned)) and not exists (
          select from concerned n where not exists (
            select from held h join tenancy.role_grant_tenant l on l.tenant_id = $1 and l.role_grant_id = h.id
            where h.account_id = a.id and l.granted_tenant_id = n.customer_id)))
    order by a.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(accounts)
    parameters.append(GateRights.approve)
    parameters.append(tenant)
    parameters.append(subject.kind)
    parameters.append(subject.key)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(account: try row.next(), publicId: try row.next(), person: try row.next(), name: try row.next())
  }
}

/// The stay of a subject at a gate that goes on.
struct OpenStay: Statement {
  let tenant: TenantId
  let gate: Int64
  let subject: GateSubject

  static let sql = """
    select p.id from gates.passage p
    where p.tenant_id = $1 and p.subject_kind = $2 and p.subject = $3 and p.gate_id = $4 and p.ended_at is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(subject.kind)
    parameters.append(subject.key)
    parameters.append(gate)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Whether somebody is asked in a round already.
struct RoundIsAsked: Statement {
  let provider: TenantId
  let stayTenant: TenantId
  let stay: Int64
  let round: Int64

  static let sql = """
    select a.id from gates.approval a where a.tenant_id = $1 and a.stay_tenant_id = $2 and a.stay_id = $3 and a.round = $4 limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(stayTenant)
    parameters.append(stay)
    parameters.append(round)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Asks one; no row when a call that came first has.
struct InsertGateApproval: Statement {
  let provider: TenantId
  let gate: Int64
  let stayTenant: TenantId
  let stay: Int64
  let subject: GateSubject
  let version: Int64?
  let round: Int64
  let approval: Approval
  let approver: ApproversThere.Found
  let asker: Party
  let askerName: String
  let mayBeOwn: Bool
  let now: Instant

  static let sql = """
    insert into gates.approval
      (tenant_id, public_id, gate_id, stay_tenant_id, stay_id, subject_kind, subject, round, seq, suffices, account_id, account_public_id, account_name,
       asker_kind, asker_id, asker_person, asker_name, own_approval, state, asked_at, subject_version, hours, due_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
    on conflict (tenant_id, stay_tenant_id, stay_id, round, seq) do nothing returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(approval.publicId)
    parameters.append(gate)
    parameters.append(stayTenant)
    parameters.append(stay)
    parameters.append(subject.kind)
    parameters.append(subject.key)
    parameters.append(round)
    parameters.append(approval.seq)
    parameters.append(approval.suffices)
    parameters.append(approver.account)
    parameters.append(approver.publicId)
    parameters.append(approver.name)
    parameters.append(asker.kind)
    parameters.append(asker.id)
    parameters.append(asker.person)
    parameters.append(askerName)
    parameters.append(mayBeOwn)
    parameters.append(approval.state.rawValue)
    parameters.append(now)
    parameters.append(version)
    parameters.append(approval.hours)
    parameters.append(approval.dueAt)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Nobody is asked any more at a gate.
struct LapseApprovalsOfGate: Statement {
  let provider: TenantId
  let gate: Int64

  static let sql = "update gates.approval a set \(lapsed) where a.tenant_id = $1 and a.gate_id = $2 and a.state = 'asked'"
  /// Of an approval `a`.
  static let lapsed = "state = 'lapsed', due_at = null, version = a.version + 1"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(gate)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// Nobody is asked any more about a subject at some gates. Where the provider's tenant is not bound, because a customer's people act, it does
/// nothing: of a stay that has ended nobody decides in any case, and ``EndedGateApprovals`` ends it soon.
struct LapseGateApprovals: Statement {
  let provider: TenantId
  let tenant: TenantId
  let subject: GateSubject
  /// Nil: at all.
  var gates: [Int64]?
  /// But those before this step.
  var besides: GateStep?

  static let sql = """
    update gates.approval a set \(LapseApprovalsOfGate.lapsed) where a.tenant_id = $1 and a.stay_tenant_id = $2 and a.subject_kind = $3 and a.subject = $4
      and a.state = 'asked' and ($5::bigint[] is null or a.gate_id = any ($5))
      and ($6::text is null or not exists (select from gates.gate g where g.id = a.gate_id and g.step = $6))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(tenant)
    parameters.append(subject.kind)
    parameters.append(subject.key)
    parameters.append(gates)
    parameters.append(besides?.rawValue)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// What is asked about stays that do not go on, whosever they are.
struct DeadGateApprovals: Statement {
  let after: Int64
  let limit: Int64

  static let sql = "select id from finder.dead_gate_approvals($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct LapseDeadApprovals: Statement {
  let provider: TenantId
  let ids: [Int64]

  static let sql = "update gates.approval a set \(LapseApprovalsOfGate.lapsed) where a.tenant_id = $1 and a.id = any ($2) and a.state = 'asked'"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// All who are asked beside one, locked: they decide one after the other.
struct HoldRoundOfApproval: Statement {
  let provider: TenantId
  let publicId: PublicId

  static let sql = """
    select \(ApprovalRowOfGate.columns) from gates.approval a join gates.approval w
      on w.tenant_id = a.tenant_id and w.stay_tenant_id = a.stay_tenant_id and w.stay_id = a.stay_id and w.round = a.round
    where w.tenant_id = $1 and w.public_id = $2 order by a.seq for update of a
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> ApprovalRowOfGate { try ApprovalRowOfGate(&row) }
}

struct UpdateGateApproval: Statement {
  let provider: TenantId
  let id: Int64
  let approval: Approval

  static let sql = """
    update gates.approval set state = $3, decided_at = $4, decided_person = $5, reason = $6, due_at = $7, decided_id = $8, version = $9
    where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(id)
    parameters.append(approval.state.rawValue)
    parameters.append(approval.decidedAt)
    parameters.append(approval.decidedBy?.person)
    parameters.append(approval.reason)
    parameters.append(approval.dueAt)
    parameters.append(approval.decidedBy?.id)
    parameters.append(approval.version)
  }

  static func decode(_ row: inout RowReader) throws {}
}

struct GatesByIds: Statement {
  let provider: TenantId
  let ids: [Int64]

  static let sql = "select \(Gate.columns) from gates.gate g \(Gate.joins) where g.id = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> Gate { try Gate(&row) }
}
