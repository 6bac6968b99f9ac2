import Kernel
import Postgres

/// A contract in its version of an instant, or in one that is named.
struct UnderpinningVersions: Statement {
  struct Found: Sendable {
    let contract: Int64
    let version: Int64
    let supplier: Int64
    let calendar: Int64?
    let isInForce: Bool

    func promise(_ targets: [UnderpinningPromise.Target]) -> UnderpinningPromise {
      UnderpinningPromise(contract: contract, version: version, supplier: supplier, calendar: calendar, isInForce: isInForce, targets: targets)
    }
  }

  let publicId: PublicId?
  let version: Int64?
  let at: Instant

  static let sql = """
    select c.id, v.id, c.supplier_id, v.calendar_id, v.state = 'active' and v.starts_at <= $3 and (v.ends_at is null or v.ends_at > $3)
    from suppliers.contract c join suppliers.contract_version v on v.contract_id = c.id
    where (c.public_id = $1 and v.valid_from <= $3) or v.id = $2 order by v.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId?.random)
    parameters.append(version)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      contract: try row.next(), version: try row.next(), supplier: try row.next(), calendar: try row.next(), isInForce: try row.next() ?? false)
  }
}

/// The targets of such a version that are times.
struct TimedTargets: Statement {
  let publicId: PublicId?
  let version: Int64?
  let at: Instant

  static let sql = """
    select g.id, g.metric, g.priority, g.supplier_priority, g.service_id, g.budget_seconds, g.business_days
    from (
      select v.id from suppliers.contract c join suppliers.contract_version v on v.contract_id = c.id
      where (c.public_id = $1 and v.valid_from <= $3) or v.id = $2 order by v.valid_from desc limit 1
    ) v
    join suppliers.target g on g.contract_version_id = v.id
    where g.metric <> 'availability' order by g.id
    """

  func bind(to parameters: inout Parameters) { UnderpinningVersions(publicId: publicId, version: version, at: at).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> UnderpinningPromise.Target {
    let id: Int64 = try row.next()
    let metric = UnderpinningMetric(rawValue: try row.next()) ?? .resolution
    let (priority, supplierPriority, service): (Int64?, String?, Int64?) = (try row.next(), try row.next(), try row.next())
    let seconds: Int64? = try row.next()
    let days: Int64? = try row.next()
    return UnderpinningPromise.Target(
      id: id, metric: metric, priority: priority, supplierPriority: supplierPriority, service: service,
      budget: days.map(UnderpinningPromise.Target.Budget.businessDays) ?? .seconds(seconds ?? 0))
  }
}

/// The services by which a contract line rests on an underpinning contract.
struct LinkedServicesOfLine: Statement {
  let tenant: TenantId
  let line: Int64?
  let publicId: PublicId
  let at: Instant

  static let sql = """
    select distinct l.service_id
    from suppliers.line_link l join suppliers.contract c on c.id = l.supplier_contract_id
    where l.tenant_id = $1 and l.contract_line_id = $2 and c.public_id = $3 and l.valid_from <= $4 and (l.ended_at is null or l.ended_at > $4)
    order by l.service_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(publicId.random)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct ServiceOfSupplier: Statement {
  let publicId: PublicId
  let supplier: Int64

  static let sql = "select id from suppliers.service where public_id = $1 and supplier_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(supplier)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
