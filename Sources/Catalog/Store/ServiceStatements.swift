import Kernel
import Operations
import Postgres

/// What a service is, besides its code.
struct ServiceContent: Hashable, Sendable {
  var family: Int64
  var name: LocalText
  var summary: LocalText?
  var mode: ServiceMode
  var owner: LocalText
  var life: ServiceLife

  func bind(to parameters: inout Parameters) {
    parameters.append(family)
    parameters.append(json: name.value)
    parameters.append(json: summary?.value)
    parameters.append(mode.rawValue)
    parameters.append(json: owner.value)
    for stage in ServiceStage.allCases { parameters.append(life[stage]) }
  }
}

struct InsertService: Statement {
  let publicId: PublicId
  let code: String
  let now: Instant
  /// Where it stands today.
  let state: PortfolioState
  /// The one customer that it is for; nil: it is for all.
  let onlyFor: TenantId?
  let content: ServiceContent

  static let sql = """
    insert into catalog.service
      (public_id, code, recorded_at, state, only_tenant_id, family_id, names, summary, mode, owner, requirements_on, design_on, transition_on, operation_on,
      retirement_on)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(code)
    parameters.append(now)
    parameters.append(state.rawValue)
    parameters.append(onlyFor)
    content.bind(to: &parameters)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when another change came first.
struct UpdateService: Statement {
  let id: Int64
  let version: Int64
  /// Where it stands today.
  let state: PortfolioState
  let content: ServiceContent

  static let sql = """
    update catalog.service set version = version + 1, state = $3, family_id = $4, names = $5, summary = $6, mode = $7, owner = $8, requirements_on = $9,
      design_on = $10, transition_on = $11, operation_on = $12, retirement_on = $13
    where id = $1 and version = $2 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(state.rawValue)
    content.bind(to: &parameters)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Counts a change that is not of the row itself.
struct CountServiceChange: Statement {
  let id: Int64

  static let sql = "update catalog.service set version = version + 1 where id = $1 returning version"

  func bind(to parameters: inout Parameters) { parameters.append(id) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct ServiceRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let code: String
  let familyPublicId: [UInt8]
  let familyCode: String
  let familyName: LocalText
  let familySummary: LocalText?
  let recordedAt: Instant
  let version: Int64
  /// Where it stood when it was last written or swept.
  let state: PortfolioState
  /// The one customer that it is for; nil: it is for all.
  let onlyTenant: TenantId?
  let onlyFor: PublicId?
  let onlyForCode: String?
  let content: ServiceContent

  static let select = """
    select s.id, s.public_id, s.code, f.public_id, f.code, f.names, f.summary, s.recorded_at, s.version, s.state, s.only_tenant_id, c.handle, c.public_id,
      c.code, s.family_id, s.names, s.summary, s.mode, s.owner, s.requirements_on, s.design_on, s.transition_on, s.operation_on, s.retirement_on
    from catalog.service s join catalog.family f on f.id = s.family_id left join tenancy.tenant c on c.id = s.only_tenant_id
    """

  /// Where a service stands on the day $1.
  static let stateOn = "case when s.retirement_on <= $1 then 'retired' when s.operation_on <= $1 then 'catalogue' else 'pipeline' end"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    code = try row.next()
    familyPublicId = try row.next()
    familyCode = try row.next()
    familyName = LocalText(try row.next() as Value?)
    familySummary = (try row.next() as Value?).map { LocalText($0) }
    recordedAt = try row.next()
    version = try row.next()
    state = PortfolioState(rawValue: try row.next()) ?? .pipeline
    onlyTenant = try row.next()
    onlyFor = try PublicId.customer(&row)
    onlyForCode = try row.next()
    let family: Int64 = try row.next()
    let name = LocalText(try row.next() as Value?)
    let summary = (try row.next() as Value?).map { LocalText($0) }
    let mode = ServiceMode(rawValue: try row.next()) ?? .support
    let owner = LocalText(try row.next() as Value?)
    var days: [ServiceStage: CalendarDate] = [:]
    for stage in ServiceStage.allCases { days[stage] = try row.next() as CalendarDate? }
    content = ServiceContent(family: family, name: name, summary: summary, mode: mode, owner: owner, life: ServiceLife(days))
  }
}

struct ServiceByPublicId: Statement {
  let publicId: PublicId
  /// The customers whose own services count; nil: all.
  let customers: [Int64]?

  static let sql = """
    \(ServiceRow.select) where s.public_id = $1 and (s.only_tenant_id is null or $2::bigint[] is null or s.only_tenant_id = any($2))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> ServiceRow { try ServiceRow(&row) }
}

struct ServicesByCode: Statement {
  let today: CalendarDate
  let customers: [Int64]?
  let state: PortfolioState?
  let family: Int64?
  let after: String
  let limit: Int64

  static let sql = """
    \(ServiceRow.select)
    where (s.only_tenant_id is null or $2::bigint[] is null or s.only_tenant_id = any($2)) and ($3::text is null or \(ServiceRow.stateOn) = $3)
      and ($4::bigint is null or s.family_id = $4) and s.code > $5
    order by s.code limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(today)
    parameters.append(customers)
    parameters.append(state?.rawValue)
    parameters.append(family)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ServiceRow { try ServiceRow(&row) }
}

/// The services that a customer's lines sell, whole or in part, by code.
struct ServicesSold: Statement {
  let today: CalendarDate
  let tenant: TenantId
  let sold: Sold
  /// Only this one, only those of this family, and only those in this state.
  let publicId: PublicId?
  let family: Int64?
  let state: PortfolioState?
  let after: String
  let limit: Int64

  static let sql = """
    \(ServiceRow.select)
    where (s.id = any($3) or s.id in (select o.service_id from catalog.offering o where o.id = any($4)))
      and (s.only_tenant_id is null or s.only_tenant_id = $2) and ($5::bytea is null or s.public_id = $5) and ($6::bigint is null or s.family_id = $6)
      and ($7::text is null or \(ServiceRow.stateOn) = $7) and s.code > $8
    order by s.code limit $9
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(today)
    parameters.append(tenant)
    parameters.append(sold.services)
    parameters.append(sold.offerings)
    parameters.append(publicId?.random)
    parameters.append(family)
    parameters.append(state?.rawValue)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ServiceRow { try ServiceRow(&row) }
}

/// What the services are called that are in the catalogue on a day, and are for all.
struct ServiceNames: Statement {
  struct Found: Sendable {
    let code: String
    let name: LocalText
  }

  let today: CalendarDate

  static let sql = """
    select s.code, s.names from catalog.service s where s.only_tenant_id is null and \(ServiceRow.stateOn) = 'catalogue' order by s.code
    """

  func bind(to parameters: inout Parameters) { parameters.append(today) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(code: try row.next(), name: LocalText(try row.next() as Value?)) }
}

// MARK: Dependencies

/// Kept from others until the transaction ends: who adds a dependency sees all that there are.
struct HoldDependencies: Statement {
  static let sql = "update catalog.dependency_lease set version = version + 1 where id = 1 returning version"

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct Dependencies: Statement {
  struct Found: Sendable {
    let service: Int64
    let code: String
    let needs: Int64
    let needsPublicId: [UInt8]
    let needsCode: String
  }

  /// Nil: of all services.
  let service: Int64?
  /// The customers whose own services count; nil: all.
  let customers: [Int64]?

  static let sql = """
    select d.service_id, s.code, d.needs_id, n.public_id, n.code
    from catalog.service_dependency d join catalog.service s on s.id = d.service_id join catalog.service n on n.id = d.needs_id
    where ($1::bigint is null or d.service_id = $1) and (n.only_tenant_id is null or $2::bigint[] is null or n.only_tenant_id = any($2))
    order by s.code, n.code
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(service)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(service: try row.next(), code: try row.next(), needs: try row.next(), needsPublicId: try row.next(), needsCode: try row.next())
  }
}

struct InsertDependency: Statement {
  let service: Int64
  let needs: Int64
  let now: Instant

  static let sql = """
    insert into catalog.service_dependency (service_id, needs_id, recorded_at) values ($1, $2, $3) on conflict do nothing returning needs_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(service)
    parameters.append(needs)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct DeleteDependency: Statement {
  let service: Int64
  let needs: Int64

  static let sql = "delete from catalog.service_dependency where service_id = $1 and needs_id = $2 returning needs_id"

  func bind(to parameters: inout Parameters) {
    parameters.append(service)
    parameters.append(needs)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
