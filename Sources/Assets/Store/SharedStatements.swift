import Kernel
import Operations
import Postgres

/// A row of the provider's tenant; no row when it is there already.
struct InsertAffectedCustomer: Statement {
  let provider: TenantId
  let ci: Int64
  let customer: TenantId
  let now: Instant

  static let sql = """
    insert into assets.affected_customer (tenant_id, ci_id, customer_id, recorded_at) values ($1, $2, $3, $4)
    on conflict (tenant_id, ci_id, customer_id) do nothing returning ci_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ci)
    parameters.append(customer)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when it does not affect that customer.
struct DeleteAffectedCustomer: Statement {
  let provider: TenantId
  let ci: Int64
  let customer: TenantId

  static let sql = "delete from assets.affected_customer where tenant_id = $1 and ci_id = $2 and customer_id = $3 returning ci_id"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ci)
    parameters.append(customer)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The customers that some CIs of the provider's affect, of those whom the reader serves (null: all), at most so many. For staff: a customer does not
/// see the others.
struct CustomersAffected: Statement {
  struct Found: Sendable {
    let id: TenantId
    let handle: Int64
    let publicId: [UInt8]
    let code: String
    let name: String
    /// The CIs through which it is affected.
    let cis: [Int64]
  }

  let provider: TenantId
  let cis: [Int64]
  let served: [Int64]?
  let limit: Int64

  static let sql = """
    select k.id, k.handle, k.public_id, k.code, k.name, array_agg(f.ci_id order by f.ci_id)
    from assets.affected_customer f join tenancy.tenant k on k.id = f.customer_id
    where f.tenant_id = $1 and f.ci_id = any($2) and ($4::bigint[] is null or f.customer_id = any ($4))
    group by k.id, k.handle, k.public_id, k.code, k.name order by k.code limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(cis)
    parameters.append(limit)
    parameters.append(served)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), handle: try row.next(), publicId: try row.next(), code: try row.next(), name: try row.next(), cis: try row.next())
  }
}

/// The customers that one CI of the provider's affects. For staff.
struct CustomersOfSharedCi: Statement {
  struct Found: Sendable {
    let id: Int64
    let handle: Int64
    let publicId: [UInt8]
    let code: String
    let name: String
  }

  let provider: TenantId
  let ci: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select f.customer_id, k.handle, k.public_id, k.code, k.name
    from assets.affected_customer f join tenancy.tenant k on k.id = f.customer_id
    where f.tenant_id = $1 and f.ci_id = $2 and f.customer_id > $3 order by f.customer_id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ci)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), handle: try row.next(), publicId: try row.next(), code: try row.next(), name: try row.next())
  }
}

/// What a customer may know of the provider's CIs that affect it: what they are called and what they are.
struct SharedCisAffecting: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let name: String
    let typeCode: String
    let typeNames: LocalText
  }

  let provider: TenantId
  let customer: TenantId
  let after: Int64
  let limit: Int64

  static let sql = """
    select c.id, c.public_id, c.name, t.code, t.names
    from assets.affected_customer f
    join assets.ci c on c.tenant_id = f.tenant_id and c.id = f.ci_id
    join assets.ci_type t on t.id = c.type_id
    where f.tenant_id = $1 and f.customer_id = $2 and f.ci_id > $3 and c.state not in ('retired', 'disposed')
    order by f.ci_id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customer)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (id, publicId, name, type): (Int64, [UInt8], String, String) = (try row.next(), try row.next(), try row.next(), try row.next())
    let names: Value = try row.next()
    return Found(id: id, publicId: publicId, name: name, typeCode: type, typeNames: LocalText(names))
  }
}
