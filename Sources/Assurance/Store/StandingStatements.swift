import Kernel
import Postgres

/// The proofs that stand, of lines of several tenants.
struct StandingProofs: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let handle: TenantHandle
    let customer: [UInt8]
    let customerName: String
    let row: ProofRow
  }

  let tenants: [TenantId]
  let lines: [Int64]

  static let sql = """
    select w.tenant_id, t.handle, t.public_id, t.name, p.*
    from unnest($1::bigint[], $2::bigint[]) as w (tenant_id, line_id)
    join tenancy.tenant t on t.id = w.tenant_id
    join assurance.standing h on h.tenant_id = w.tenant_id and h.contract_line_id = w.line_id
    cross join lateral (\(ProofRow.select) where p.tenant_id = h.tenant_id and p.id = h.proof_id) p
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants.map(\.rawValue))
    parameters.append(lines)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let tenant: TenantId = try row.next()
    let handle: Int64 = try row.next()
    return Found(
      tenant: tenant, handle: TenantHandle(UInt32(truncatingIfNeeded: handle)), customer: try row.next(), customerName: try row.next(), row: try ProofRow(&row))
  }
}

/// Who proves lines or changes what is accepted of them waits here for who does so already, and then reads what that one left.
struct LockStandings: Statement {
  let tenant: TenantId
  let contract: Int64
  /// Nil: all lines of the contract.
  let line: Int64?

  static let sql = """
    select contract_line_id from assurance.standing
    where tenant_id = $1 and contract_id = $2 and ($3::bigint is null or contract_line_id = $3) order by contract_line_id for no key update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Where a line stands, before it is proven again.
struct StandingOfLines: Statement {
  struct Found: Sendable {
    let line: Int64
    let proof: Int64
    let outcome: BackToBack.Outcome
    let gapKeys: [String]
    let inputs: [String]
    let horizonEnd: Instant
    let isOpen: Bool
  }

  let tenant: TenantId
  let lines: [Int64]

  static let sql = """
    select s.contract_line_id, s.proof_id, p.outcome, p.gap_keys, s.input_kinds, s.input_ids, s.input_versions, p.to_at, s.is_open
    from assurance.standing s join assurance.proof p on p.tenant_id = s.tenant_id and p.id = s.proof_id
    where s.tenant_id = $1 and s.contract_line_id = any($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(lines)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (line, proof): (Int64, Int64) = (try row.next(), try row.next())
    let outcome = BackToBack.Outcome(rawValue: try row.next()) ?? .unproven
    let keys: [String] = try row.next()
    let kinds: [String] = try row.next()
    let (ids, versions): ([Int64], [Int64]) = (try row.next(), try row.next())
    return Found(
      line: line, proof: proof, outcome: outcome, gapKeys: keys, inputs: zip(kinds, zip(ids, versions)).map { "\($0) \($1.0) \($1.1)" },
      horizonEnd: try row.next(), isOpen: try row.next())
  }
}

struct StoreStanding: Statement {
  let tenant: TenantId
  let line: Int64
  let contract: Int64
  let proof: Int64
  let isOpen: Bool
  let inputs: [ProofInput]
  let checkedAt: Instant
  let lookAt: Instant?

  static let sql = """
    insert into assurance.standing
      (tenant_id, contract_line_id, contract_id, proof_id, is_open, input_kinds, input_ids, input_versions, checked_at, look_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    on conflict (tenant_id, contract_line_id) do update set
      proof_id = excluded.proof_id, is_open = excluded.is_open, input_kinds = excluded.input_kinds, input_ids = excluded.input_ids,
      input_versions = excluded.input_versions, checked_at = excluded.checked_at, look_at = excluded.look_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(contract)
    parameters.append(proof)
    parameters.append(isOpen)
    parameters.append(inputs.map(\.kind.rawValue))
    parameters.append(inputs.map(\.id))
    parameters.append(inputs.map(\.version))
    parameters.append(checkedAt)
    parameters.append(lookAt)
  }
}

/// A line that promises nothing any more rests on nothing: no sweep finds it again.
struct SettleStandings: Statement {
  let tenant: TenantId
  let lines: [Int64]
  let now: Instant

  static let sql = """
    update assurance.standing
    set is_open = false, input_kinds = '{}', input_ids = '{}', input_versions = '{}', look_at = null, checked_at = $3
    where tenant_id = $1 and contract_line_id = any($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(lines)
    parameters.append(now)
  }
}

/// Lines whose proof must be made again.
struct ProofsToRun: Statement {
  struct Found: Hashable, Sendable {
    let tenant: TenantId
    let line: Int64
    let isChanged: Bool
  }

  let now: Instant
  /// Tenant and line behind which it looks; nil: from the first.
  let after: [Int64]?
  let limit: Int32

  static let sql = "select tenant_id, contract_line_id, is_changed from finder.proofs_to_run($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    let place = after.flatMap { $0.count == 2 ? $0 : nil } ?? [0, 0]
    parameters.append(now)
    parameters.append(place[0])
    parameters.append(place[1])
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), line: try row.next(), isChanged: try row.next()) }
}

/// Where the open gaps of all customers are.
struct OpenProofs: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let line: Int64
  }

  let tenants: [Int64]?
  let afterTenant: Int64
  let afterLine: Int64
  let limit: Int64

  static let sql = "select tenant_id, contract_line_id from finder.open_proofs($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(afterTenant)
    parameters.append(afterLine)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), line: try row.next()) }
}
