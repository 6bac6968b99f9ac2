import Kernel
import Postgres
import Renewals
import ServiceTime

/// A supplier's services, all of them.
struct ServicesMeasured: Statement {
  struct Found: Sendable {
    let id: Int64
    let name: String
    let region: String
    let instance: String

    var label: String { [name, region, instance].filter { !$0.isEmpty }.joined(separator: " / ") }
  }

  let supplier: Int64

  static let sql = "select id, name, region, instance from suppliers.service where supplier_id = $1 order by name, region, instance"

  func bind(to parameters: inout Parameters) { parameters.append(supplier) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), name: try row.next(), region: try row.next(), instance: try row.next())
  }
}

/// What touches a stretch of time, of any of a supplier's services.
struct OutagesMeasured: Statement {
  struct Found: Sendable {
    let service: Int64
    let known: SupplierFacts.KnownOutage
  }

  let tenant: TenantId
  let supplier: Int64
  let span: TimeSpan

  static let sql = """
    select o.service_id, o.public_id, o.version, o.starts_at, o.ends_at, o.severity, o.announced_at
    from suppliers.service v join suppliers.outage o on o.service_id = v.id
    where v.supplier_id = $2 and o.tenant_id = $1 and not o.withdrawn
      and coalesce(o.ends_at, 'infinity'::timestamptz) >= $3 and o.starts_at <= $4
    order by o.service_id, o.starts_at, o.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(supplier)
    parameters.append(span.start)
    parameters.append(span.end)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let service: Int64 = try row.next()
    let publicId: [UInt8] = try row.next()
    let version: Int64 = try row.next()
    let start: Instant = try row.next()
    let end: Instant? = try row.next()
    let severity = OutageSeverity(rawValue: try row.next()) ?? .partial
    return Found(
      service: service,
      known: SupplierFacts.KnownOutage(publicId: publicId, version: version, outage: Outage(from: start, to: end, severity, announcedAt: try row.next())))
  }
}

/// Every version of a supplier's contracts.
struct UnderpinningVersions: Statement {
  struct Found: Sendable {
    let contract: Int64
    let reference: String
    let currency: String
    let zone: String
    let version: Int64
    let validFrom: Instant
    let state: ContractState
    let startsAt: Instant
    let endsAt: Instant?
  }

  let supplier: Int64

  static let sql = """
    select c.id, c.reference, c.currency, c.zone, v.id, v.valid_from, v.state, v.starts_at, v.ends_at
    from suppliers.contract c join suppliers.contract_version v on v.contract_id = c.id
    where c.supplier_id = $1 order by c.id, v.valid_from
    """

  func bind(to parameters: inout Parameters) { parameters.append(supplier) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      contract: try row.next(), reference: try row.next(), currency: try row.next(), zone: try row.next(), version: try row.next(),
      validFrom: try row.next(), state: ContractState(rawValue: try row.next()) ?? .ended, startsAt: try row.next(), endsAt: try row.next())
  }
}

/// The customers, by id, for whom turns of suppliers under these contracts were judged in a stretch of time.
struct TurnTenants: Statement {
  /// As many as one transaction may be bound to.
  static let most = 500

  let contracts: [Int64]
  let span: TimeSpan
  let after: TenantId

  static let sql = "select tenant_id from finder.judged_turn_tenants($1, $2, $3, $4, $5)"

  func bind(to parameters: inout Parameters) {
    parameters.append(contracts)
    parameters.append(span.start)
    parameters.append(span.end)
    parameters.append(after)
    parameters.append(Int64(Self.most))
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// Those turns.
struct JudgedTurns: Statement {
  let tenants: [Int64]
  let contracts: [Int64]
  let span: TimeSpan

  static let sql = """
    select j.tenant_id, j.clock_id, j.metric, j.verdict = 'met', j.judged_at from service_levels.pub_judged_agreement j
    where j.tenant_id = any($1) and j.subject_kind = 'dispatch' and j.party_id = any($2) and j.judged_at >= $3 and j.judged_at < $4
    order by j.judged_at, j.tenant_id, j.clock_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(contracts)
    parameters.append(span.start)
    parameters.append(span.end)
  }

  static func decode(_ row: inout RowReader) throws -> SupplierFacts.Turn {
    SupplierFacts.Turn(
      tenant: try row.next(), clock: try row.next(), metric: UnderpinningMetric(rawValue: try row.next()) ?? .resolution, isMet: try row.next(),
      at: try row.next())
  }
}
