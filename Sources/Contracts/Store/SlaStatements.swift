import Kernel
import Operations
import Postgres
import ServiceTime

struct InsertSla: Statement {
  let publicId: PublicId
  let name: String
  let kind: AgreementKind
  let onlyTenant: TenantId?
  let now: Instant

  static let sql = "insert into contracts.sla (public_id, name, only_tenant_id, recorded_at, kind) values ($1, $2, $3, $4, $5) returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(name)
    parameters.append(onlyTenant)
    parameters.append(now)
    parameters.append(kind.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertSlaVersion: Statement {
  let sla: Int64
  let validFrom: Instant
  let resolutionStopsAt: ResolutionStop
  var waits = WaitTerms.usual
  let onlyTenant: TenantId?
  let now: Instant

  static let sql = """
    insert into contracts.sla_version
      (sla_id, valid_from, seq, resolution_stops_at, only_tenant_id, recorded_at, supplier_waits_pause, provider_waits_pause, wait_limit_seconds,
       wait_total_seconds)
    values ($1, $2, \(seq), $3, $4, $5, $6, $7, $8, $9) returning id
    """

  /// Behind those that were to begin at the same instant and were withdrawn.
  static let seq = "1 + (select count(*) from contracts.sla_version n where n.sla_id = $1 and n.valid_from = $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(sla)
    parameters.append(validFrom)
    parameters.append(resolutionStopsAt.rawValue)
    parameters.append(onlyTenant)
    parameters.append(now)
    parameters.append(waits.supplierPauses)
    parameters.append(waits.providerPauses)
    parameters.append(waits.limitSeconds)
    parameters.append(waits.totalSeconds)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// An SLA as a change finds it.
struct SlaHead: Statement {
  struct Head: Sendable {
    let id: Int64
    let name: String
    let onlyTenant: TenantId?
    let version: Int64
    let newestVersion: Int64
    let newestValidFrom: Instant
    let newestResolutionStopsAt: ResolutionStop
    let newestWaits: WaitTerms
    let kind: AgreementKind
    let state: SlaState
  }

  let publicId: PublicId
  let customers: [Int64]?

  static let sql = """
    select s.id, s.name, s.only_tenant_id, s.version, v.id, v.valid_from, v.resolution_stops_at, v.supplier_waits_pause, v.provider_waits_pause,
      v.wait_limit_seconds, v.wait_total_seconds, s.kind, s.state
    from contracts.sla s join contracts.standing_sla_version v on v.sla_id = s.id
    where s.public_id = $1 and (s.only_tenant_id is null or $2::bigint[] is null or s.only_tenant_id = any($2))
    order by v.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Head {
    Head(
      id: try row.next(), name: try row.next(), onlyTenant: try row.next(), version: try row.next(), newestVersion: try row.next(),
      newestValidFrom: try row.next(),
      newestResolutionStopsAt: ResolutionStop(rawValue: try row.next()) ?? .resolved, newestWaits: try WaitTerms(&row),
      kind: AgreementKind(rawValue: try row.next()) ?? .sla, state: SlaState(rawValue: try row.next()) ?? .active)
  }
}

/// Whether new contract lines and agreements may name it.
enum SlaState: String, Sendable, CaseIterable {
  case active
  /// Nothing new names it; it may become active again.
  case retired
}

/// Counts a change of an SLA; no row when another change came first.
struct AdvanceSla: Statement {
  let id: Int64
  let version: Int64
  let name: String

  static let sql = "update contracts.sla set name = $3, version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(name)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The same, and sets its state.
struct SetSlaState: Statement {
  let id: Int64
  let version: Int64
  let state: SlaState

  static let sql = "update contracts.sla set state = $3, version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(state.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// An SLA in the version in force at an instant.
struct SlaRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let name: String
  let onlyFor: PublicId?
  let version: Int64
  let versionId: Int64
  let validFrom: Instant
  let recordedAt: Instant
  let resolutionStopsAt: ResolutionStop
  let waits: WaitTerms
  let kind: AgreementKind
  let state: SlaState

  /// `s` is the SLA, `v` its version, `t` the customer that it is for.
  static let columns = """
    s.id, s.public_id, s.name, t.handle, t.public_id, s.version, v.id, v.valid_from, v.recorded_at, v.resolution_stops_at, v.supplier_waits_pause,
      v.provider_waits_pause, v.wait_limit_seconds, v.wait_total_seconds, s.kind, s.state
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    name = try row.next()
    onlyFor = try PublicId.customer(&row)
    version = try row.next()
    versionId = try row.next()
    validFrom = try row.next()
    recordedAt = try row.next()
    resolutionStopsAt = ResolutionStop(rawValue: try row.next()) ?? .resolved
    waits = try WaitTerms(&row)
    kind = AgreementKind(rawValue: try row.next()) ?? .sla
    state = SlaState(rawValue: try row.next()) ?? .active
  }
}

struct SlaAt: Statement {
  let publicId: PublicId
  let at: Instant
  let customers: [Int64]?

  static let sql = """
    select \(SlaRow.columns)
    from contracts.sla s
    join contracts.standing_sla_version v on v.sla_id = s.id
    left join tenancy.tenant t on t.id = s.only_tenant_id
    where s.public_id = $1 and v.valid_from <= $2
      and (s.only_tenant_id is null or $3::bigint[] is null or s.only_tenant_id = any($3))
    order by v.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(at)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> SlaRow { try SlaRow(&row) }
}

/// SLAs by name, each in the version in force at an instant.
struct SlasAt: Statement {
  let at: Instant
  /// Nil: of any kind.
  let kind: AgreementKind?
  let customers: [Int64]?
  let afterName: String
  let afterId: Int64
  let limit: Int64

  static let sql = """
    select \(SlaRow.columns)
    from contracts.sla s
    join contracts.standing_sla_version v on v.sla_id = s.id
      and v.valid_from = (select max(n.valid_from) from contracts.standing_sla_version n where n.sla_id = s.id and n.valid_from <= $1)
    left join tenancy.tenant t on t.id = s.only_tenant_id
    where (s.only_tenant_id is null or $2::bigint[] is null or s.only_tenant_id = any($2)) and (s.name, s.id) > ($3, $4)
      and ($6::text is null or s.kind = $6)
    order by s.name, s.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(at)
    parameters.append(customers)
    parameters.append(afterName)
    parameters.append(afterId)
    parameters.append(limit)
    parameters.append(kind?.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> SlaRow { try SlaRow(&row) }
}

/// The SLAs that contract lines name; an OLA is none. Held until the line is written: who retires one waits, and then sees the line.
struct SlasOfIds: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let name: String
    let isRetired: Bool
  }

  let publicIds: [PublicId]
  let tenant: TenantId

  static let sql = """
    select id, public_id, name, state = 'retired' from contracts.sla
    where public_id = any($1) and kind = 'sla' and (only_tenant_id is null or only_tenant_id = $2)
    order by id for share
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicIds.map(\.random))
    parameters.append(tenant)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), publicId: try row.next(), name: try row.next(), isRetired: try row.next())
  }
}
