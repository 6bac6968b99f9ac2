import Kernel
import Postgres

/// A gap that somebody took upon himself.
struct RiskRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let line: Int64
  let proof: [UInt8]
  let gap: Int64
  let gapKey: String
  let gaps: Value
  let reason: String
  let until: Instant?
  let actorKind: String
  let actorName: String
  let acceptedBy: String?
  let endedAt: Instant?
  let endReason: String?
  let recordedAt: Instant
  let version: Int64

  static let select = """
    select r.id, r.public_id, r.contract_line_id, p.public_id, r.gap, r.gap_key, p.gaps, r.reason, r.until_at, r.actor_kind, r.actor_name, r.accepted_by,
      r.ended_at, r.end_reason, r.recorded_at, r.version
    from assurance.accepted_risk r join assurance.proof p on p.tenant_id = r.tenant_id and p.id = r.proof_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    line = try row.next()
    proof = try row.next()
    gap = try row.next()
    gapKey = try row.next()
    gaps = try row.next()
    reason = try row.next()
    until = try row.next()
    actorKind = try row.next()
    actorName = try row.next()
    acceptedBy = try row.next()
    endedAt = try row.next()
    endReason = try row.next()
    recordedAt = try row.next()
    version = try row.next()
  }
}

struct InsertRisk: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let line: Int64
  let proof: Int64
  let gap: Int64
  let gapKey: String
  let reason: String
  let until: Instant?
  let actor: Actor
  let actorName: String
  let acceptedBy: String?
  let now: Instant

  static let sql = """
    insert into assurance.accepted_risk
      (tenant_id, public_id, contract_line_id, proof_id, gap, gap_key, reason, until_at, actor_kind, actor_id, actor_name, accepted_by, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    on conflict (tenant_id, contract_line_id, gap_key) where ended_at is null do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(line)
    parameters.append(proof)
    parameters.append(gap)
    parameters.append(gapKey)
    parameters.append(reason)
    parameters.append(until)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actorName)
    parameters.append(acceptedBy)
    parameters.append(now)
  }
}

/// Acceptances of a line whose time is over end for good before the same gap is accepted again.
struct EndRisksThatPassed: Statement {
  let tenant: TenantId
  let line: Int64
  let now: Instant

  static let sql = """
    update assurance.accepted_risk set ended_at = until_at, version = version + 1
    where tenant_id = $1 and contract_line_id = $2 and ended_at is null and until_at <= $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(now)
  }
}

struct RiskByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(RiskRow.select) where r.tenant_id = $1 and r.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> RiskRow { try RiskRow(&row) }
}

/// The accepted risks of a line, newest first, those that ended included.
struct RisksOfLine: Statement {
  let tenant: TenantId
  let line: Int64
  let beforeId: Int64
  let limit: Int64

  static let sql = "\(RiskRow.select) where r.tenant_id = $1 and r.contract_line_id = $2 and r.id < $3 order by r.id desc limit $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> RiskRow { try RiskRow(&row) }
}

/// What is accepted at an instant of several lines.
struct RisksInForce: Statement {
  struct Found: Sendable {
    let line: Int64
    /// As it was accepted; nil for one that this version cannot read.
    let gap: Gap?
    let until: Instant?
  }

  let tenant: TenantId
  let lines: [Int64]
  let at: Instant

  static let sql = """
    select r.contract_line_id, coalesce(p.gaps -> (r.gap - 1)::integer, 'null'), r.until_at
    from assurance.accepted_risk r join assurance.proof p on p.tenant_id = r.tenant_id and p.id = r.proof_id
    where r.tenant_id = $1 and r.contract_line_id = any($2) and r.ended_at is null and (r.until_at is null or r.until_at > $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(lines)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(line: try row.next(), gap: Gap(try row.next()), until: try row.next()) }
}

/// What was accepted when a line was looked at last, and ran out since. What somebody ended is not among it: he knows.
struct RisksRunOut: Statement {
  let tenant: TenantId
  let lines: [Int64]
  let at: Instant

  static let sql = """
    select r.contract_line_id, coalesce(p.gaps -> (r.gap - 1)::integer, 'null'), r.until_at
    from assurance.standing s
    join assurance.accepted_risk r on r.tenant_id = s.tenant_id and r.contract_line_id = s.contract_line_id
    join assurance.proof p on p.tenant_id = r.tenant_id and p.id = r.proof_id
    where s.tenant_id = $1 and s.contract_line_id = any($2) and r.until_at > s.checked_at and r.until_at <= $3 and r.end_reason is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(lines)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> RisksInForce.Found {
    RisksInForce.Found(line: try row.next(), gap: Gap(try row.next()), until: try row.next())
  }
}

/// What is accepted, of lines of several tenants.
struct RisksOfTenants: Statement {
  let tenants: [TenantId]
  let lines: [Int64]
  let at: Instant

  static let sql = """
    select r.contract_line_id, coalesce(p.gaps -> (r.gap - 1)::integer, 'null'), r.until_at
    from assurance.accepted_risk r join assurance.proof p on p.tenant_id = r.tenant_id and p.id = r.proof_id
    where r.tenant_id = any($1) and r.contract_line_id = any($2) and r.ended_at is null and (r.until_at is null or r.until_at > $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants.map(\.rawValue))
    parameters.append(lines)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> RisksInForce.Found { try RisksInForce.decode(&row) }
}

/// No row when another change came first.
struct EndRisk: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let reason: String
  let now: Instant

  static let sql = """
    update assurance.accepted_risk set ended_at = $4, end_reason = $5, version = version + 1 where tenant_id = $1 and id = $2 and version = $3
    returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(now)
    parameters.append(reason)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

// MARK: Policy

struct InsertPolicy: Statement {
  let policy: ProofPolicy
  let actor: Actor
  let now: Instant

  static let sql = "insert into assurance.policy (policy, actor_kind, actor_id, recorded_at) values ($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(policy.rawValue)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }
}

struct InsertContractPolicy: Statement {
  let tenant: TenantId
  let contract: Int64
  let policy: ProofPolicy?
  let actor: Actor
  let now: Instant

  static let sql = """
    insert into assurance.contract_policy (tenant_id, contract_id, policy, actor_kind, actor_id, recorded_at) values ($1, $2, $3, $4, $5, $6)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
    parameters.append(policy?.rawValue)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }
}

/// The policy of the installation.
struct InstallationPolicy: Statement {
  static let sql = "select policy from assurance.policy order by id desc limit 1"

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> ProofPolicy? { ProofPolicy(rawValue: try row.next()) }
}

/// What a contract says instead of it.
struct ContractPolicy: Statement {
  let tenant: TenantId
  let contract: Int64

  static let sql = "select policy from assurance.contract_policy where tenant_id = $1 and contract_id = $2 order by id desc limit 1"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> ProofPolicy? {
    let policy: String? = try row.next()
    return policy.flatMap(ProofPolicy.init(rawValue:))
  }
}
