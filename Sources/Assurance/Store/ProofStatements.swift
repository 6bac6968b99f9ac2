import Kernel
import Postgres

/// What a proof rests on: rows and the counters that rise with each of their changes.
struct ProofInput: Hashable, Comparable, Sendable {
  enum Kind: String, Sendable {
    case calendar, sla, team, contract, line, links, chain, priorities
    case supplierContract = "supplier_contract"
  }

  let kind: Kind
  let id: Int64
  let version: Int64

  static func < (left: Self, right: Self) -> Bool { (left.kind.rawValue, left.id) < (right.kind.rawValue, right.id) }
}

/// Why a proof was made.
enum ProofCause: String, Sendable {
  /// Somebody asked for it.
  case asked
  /// A contract is about to make its promises.
  case activation
  /// Something that it rests on changed.
  case changed
  /// The horizon moved on, or an acceptance ended.
  case due
}

/// Ids for proofs that are about to be kept.
struct NextProofIds: Statement {
  let count: Int64

  static let sql = "select nextval('assurance.proof_id_seq') from generate_series(1, $1)"

  func bind(to parameters: inout Parameters) { parameters.append(count) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertProof: Statement {
  let tenant: TenantId
  let id: Int64
  let publicId: [UInt8]
  let contract: Int64
  let line: Int64
  let horizon: Range<Int64>
  let verdict: BackToBack.Verdict
  let inputs: [ProofInput]
  let cause: ProofCause
  let actor: Actor
  let now: Instant

  static let sql = """
    insert into assurance.proof
      (tenant_id, id, public_id, contract_id, contract_line_id, from_at, to_at, outcome, promises, gaps, gap_keys, input_kinds, input_ids,
       input_versions, calculation, cause, actor_kind, actor_id, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(publicId)
    parameters.append(contract)
    parameters.append(line)
    parameters.append(Instant(seconds: horizon.lowerBound))
    parameters.append(Instant(seconds: horizon.upperBound))
    parameters.append(verdict.outcome.rawValue)
    parameters.append(Int64(verdict.promises))
    parameters.append(json: .array(verdict.gaps.map(\.value)))
    parameters.append(verdict.gapKeys)
    parameters.append(inputs.map(\.kind.rawValue))
    parameters.append(inputs.map(\.id))
    parameters.append(inputs.map(\.version))
    parameters.append(BackToBack.calculation)
    parameters.append(cause.rawValue)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }
}

/// The proof of a line that stands, or another one of it.
struct ProofRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let line: Int64
  let linePublicId: [UInt8]
  let lineName: String?
  let contract: [UInt8]
  let from: Instant
  let to: Instant
  let outcome: BackToBack.Outcome
  let promises: Int64
  /// In their places; nil for one that this version cannot read.
  let gaps: [Gap?]
  let gapKeys: [String]
  let inputKinds: [String]
  let inputIds: [Int64]
  let inputVersions: [Int64]
  let calculation: Int64
  let cause: String
  let recordedAt: Instant
  /// Whether it is the one that stands.
  let isStanding: Bool
  let checkedAt: Instant?

  static let select = """
    select p.id, p.public_id, p.contract_line_id, l.public_id,
      (select v.name from contracts.pub_line_terms v where v.tenant_id = p.tenant_id and v.line_id = p.contract_line_id
       order by v.valid_from desc, v.line_version_id desc limit 1),
      c.public_id, p.from_at, p.to_at, p.outcome, p.promises, p.gaps,
      p.gap_keys, p.input_kinds, p.input_ids, p.input_versions, p.calculation, p.cause, p.recorded_at, s.proof_id is not null, s.checked_at
    from assurance.proof p
    join contracts.pub_line l on l.tenant_id = p.tenant_id and l.line_id = p.contract_line_id
    join contracts.pub_contract c on c.tenant_id = p.tenant_id and c.contract_id = p.contract_id
    left join assurance.standing s on s.tenant_id = p.tenant_id and s.contract_line_id = p.contract_line_id and s.proof_id = p.id
    """

  /// Of a proof that is being stored, which stands from now on.
  init(_ made: InsertProof, of found: ProvenCase, contract: [UInt8]) {
    id = made.id
    publicId = made.publicId
    line = made.line
    linePublicId = found.publicId
    lineName = found.name
    self.contract = contract
    from = Instant(seconds: made.horizon.lowerBound)
    to = Instant(seconds: made.horizon.upperBound)
    outcome = made.verdict.outcome
    promises = Int64(made.verdict.promises)
    gaps = made.verdict.gaps
    gapKeys = made.verdict.gapKeys
    inputKinds = made.inputs.map(\.kind.rawValue)
    inputIds = made.inputs.map(\.id)
    inputVersions = made.inputs.map(\.version)
    calculation = BackToBack.calculation
    cause = made.cause.rawValue
    recordedAt = made.now
    isStanding = true
    checkedAt = made.now
  }

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    line = try row.next()
    linePublicId = try row.next()
    lineName = try row.next()
    contract = try row.next()
    from = try row.next()
    to = try row.next()
    outcome = BackToBack.Outcome(rawValue: try row.next()) ?? .unproven
    promises = try row.next()
    let stored: Value = try row.next()
    gaps = (stored.array ?? []).map { Gap($0) }
    gapKeys = try row.next()
    inputKinds = try row.next()
    inputIds = try row.next()
    inputVersions = try row.next()
    calculation = try row.next()
    cause = try row.next()
    recordedAt = try row.next()
    isStanding = try row.next()
    checkedAt = try row.next()
  }
}

struct ProofByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(ProofRow.select) where p.tenant_id = $1 and p.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> ProofRow { try ProofRow(&row) }
}

/// The gaps that proofs found; those that this version cannot read are left out.
struct GapsOfProofs: Statement {
  let tenant: TenantId
  let proofs: [Int64]

  static let sql = "select p.id, p.gaps from assurance.proof p where p.tenant_id = $1 and p.id = any($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(proofs)
  }

  static func decode(_ row: inout RowReader) throws -> (proof: Int64, gaps: [Gap]) {
    let proof: Int64 = try row.next()
    let gaps: Value = try row.next()
    return (proof, (gaps.array ?? []).compactMap { Gap($0) })
  }
}

/// The proofs of a line, newest first.
struct ProofsOfLine: Statement {
  let tenant: TenantId
  let line: Int64
  let beforeId: Int64
  let limit: Int64

  static let sql = "\(ProofRow.select) where p.tenant_id = $1 and p.contract_line_id = $2 and p.id < $3 order by p.id desc limit $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ProofRow { try ProofRow(&row) }
}
