import Kernel
import Postgres

/// A version of an underpinning contract, as a dispatch needs it.
struct UnderpinningVersion: Sendable {
  let contract: Int64
  let version: Int64
  let supplier: Int64
  let calendar: Int64?
  let isInForce: Bool

  /// `c` is the contract, `v` its version, `$2` the instant.
  static let select = """
    select c.id, v.id, c.supplier_id, v.calendar_id, v.state = 'active' and v.starts_at <= $2 and (v.ends_at is null or v.ends_at > $2)
    from suppliers.contract c join suppliers.contract_version v on v.contract_id = c.id
    """

  init(_ row: inout RowReader) throws {
    contract = try row.next()
    version = try row.next()
    supplier = try row.next()
    calendar = try row.next()
    isInForce = try row.next()
  }

  func promise(_ targets: [UnderpinningPromise.Target]) -> UnderpinningPromise {
    UnderpinningPromise(contract: contract, version: version, supplier: supplier, calendar: calendar, isInForce: isInForce, targets: targets)
  }
}

/// The version of an instant.
struct UnderpinningVersionAt: Statement {
  let publicId: PublicId
  let at: Instant

  static let sql = "\(UnderpinningVersion.select) where c.public_id = $1 and v.valid_from <= $2 order by v.valid_from desc limit 1"

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> UnderpinningVersion { try UnderpinningVersion(&row) }
}

/// A version that was chosen before.
struct UnderpinningVersionOfId: Statement {
  let version: Int64
  let at: Instant

  static let sql = "\(UnderpinningVersion.select) where v.id = $1"

  func bind(to parameters: inout Parameters) {
    parameters.append(version)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> UnderpinningVersion { try UnderpinningVersion(&row) }
}

/// The targets of the version of an instant that are times.
struct TimedTargetsAt: Statement {
  let publicId: PublicId
  let at: Instant

  static let sql = """
    \(UnderpinningPromise.Target.select) where g.metric <> 'availability' and g.contract_version_id = (
      select v.id from suppliers.contract c join suppliers.contract_version v on v.contract_id = c.id
      where c.public_id = $1 and v.valid_from <= $2 order by v.valid_from desc limit 1)
    """

  func bind(to parameters: inout Parameters) { UnderpinningVersionAt(publicId: publicId, at: at).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> UnderpinningPromise.Target { try UnderpinningPromise.Target(&row) }
}

/// The same of a version that was chosen before.
struct TimedTargetsOfVersion: Statement {
  let version: Int64

  static let sql = "\(UnderpinningPromise.Target.select) where g.metric <> 'availability' and g.contract_version_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(version) }

  static func decode(_ row: inout RowReader) throws -> UnderpinningPromise.Target { try UnderpinningPromise.Target(&row) }
}

extension UnderpinningPromise.Target {
  static let select = """
    select g.id, g.metric, g.priority, g.supplier_priority, g.service_id, g.budget_seconds, g.business_days, g.warn_percents
    from suppliers.target g
    """

  /// Columns in the order of ``select``.
  init(_ row: inout RowReader) throws {
    let id: Int64 = try row.next()
    let metric: String = try row.next()
    let (priority, supplierPriority, service): (Int64?, String?, Int64?) = (try row.next(), try row.next(), try row.next())
    let seconds: Int64? = try row.next()
    let days: Int64? = try row.next()
    self.init(
      id: id, metric: UnderpinningMetric(rawValue: metric) ?? .resolution, priority: priority, supplierPriority: supplierPriority, service: service,
      budget: days.map(Budget.businessDays) ?? .seconds(seconds ?? 0), warnPercents: try row.next())
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
