import Kernel
import Operations
import Postgres
import Tenancy

/// Services whose day has come since they were last written: their column does not say where they stand.
struct ServicesToMove: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let version: Int64
    let state: PortfolioState
    let life: ServiceLife
  }

  let today: CalendarDate
  let limit: Int64

  static let sql = """
    select s.id, s.public_id, s.version, s.state, s.operation_on, s.retirement_on from catalog.service s
    where (s.state = 'pipeline' and s.operation_on <= $1) or (s.state <> 'retired' and s.retirement_on <= $1) order by s.id limit $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(today)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (id, publicId, version): (Int64, [UInt8], Int64) = (try row.next(), try row.next(), try row.next())
    let state = PortfolioState(rawValue: try row.next()) ?? .pipeline
    var days: [ServiceStage: CalendarDate] = [:]
    for stage in [ServiceStage.operation, .retirement] { days[stage] = try row.next() as CalendarDate? }
    return Found(id: id, publicId: publicId, version: version, state: state, life: ServiceLife(days))
  }
}

/// No row when another change came first, which has written it too.
struct MoveService: Statement {
  let id: Int64
  let version: Int64
  let state: PortfolioState

  static let sql = "update catalog.service set state = $3, version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(state.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Customers by their codes, for whom a service may be designed.
struct CustomersOfCodes: Statement {
  struct Found: Sendable {
    let code: String
    let id: TenantId
  }

  let codes: [String]

  static let sql = "select code, id from tenancy.tenant where kind = 'customer' and code = any($1)"

  func bind(to parameters: inout Parameters) { parameters.append(codes) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(code: try row.next(), id: try row.next()) }
}
