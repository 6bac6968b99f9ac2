import Kernel
import Postgres

/// A request and the line that sold what it orders.
struct RequestOfTime: Statement {
  struct Found: Sendable {
    let request: Int64
    let line: Int64
  }

  let tenant: TenantId
  let publicId: PublicId

  static let sql = "select request_id, contract_line_id from requests.pub_request where tenant_id = $1 and public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(request: try row.next(), line: try row.next()) }
}

/// A problem that work for a customer may be done for: about him, or about nobody in particular. Any, where the provider works for himself.
struct ProblemOfTime: Statement {
  let provider: TenantId
  let publicId: PublicId
  let customer: TenantId

  static let sql = """
    select problem_id from problems.pub_problem
    where tenant_id = $1 and public_id = $2 and (customer_id is null or customer_id = $3 or tenant_id = $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customer)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The same of a change: one that concerns him.
struct ChangeOfTime: Statement {
  let provider: TenantId
  let publicId: PublicId
  let customer: TenantId

  static let sql = """
    select c.change_id from changes.pub_change c
    where c.tenant_id = $1 and c.public_id = $2 and (c.tenant_id = $3 or exists (
      select from changes.pub_concerned n where n.tenant_id = c.tenant_id and n.change_id = c.change_id and n.customer_id = $3))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customer)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The same of a release: one with a change that concerns him, or did.
struct ReleaseOfTime: Statement {
  let provider: TenantId
  let publicId: PublicId
  let customer: TenantId

  static let sql = """
    select r.release_id from changes.pub_live_release r where r.tenant_id = $1 and r.public_id = $2 and (r.tenant_id = $3 or $3 = any (r.serving))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customer)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The same of a major incident: one that an incident of his is part of.
struct MajorOfTime: Statement {
  let provider: TenantId
  let publicId: PublicId
  let customer: TenantId

  static let sql = """
    select m.major_id from major_incidents.pub_live_major_incident m
    where m.tenant_id = $1 and m.public_id = $2 and (m.tenant_id = $3 or $3 = any (m.serving))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customer)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The numbers of the provider's own things that were worked on, by the random bits of their ids.
struct NumbersOfThings: Statement {
  let provider: TenantId
  let publicIds: [[UInt8]]

  static let sql = """
    select p.public_id, p.number from problems.pub_problem p where p.tenant_id = $1 and p.public_id = any ($2)
    union all
    select c.public_id, c.number from changes.pub_found_change c where c.tenant_id = $1 and c.public_id = any ($2)
    union all
    select r.public_id, r.number from changes.pub_found_release r where r.tenant_id = $1 and r.public_id = any ($2)
    union all
    select m.public_id, m.number from major_incidents.pub_found_major_incident m where m.tenant_id = $1 and m.public_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicIds)
  }

  static func decode(_ row: inout RowReader) throws -> (publicId: [UInt8], number: Int64) { (try row.next(), try row.next()) }
}

/// What the rows of bills and sums say of what time was done for: `s` is the row.
struct TimeWork: Sendable {
  let ticket: [UInt8]?
  let ticketNumber: Int64?
  let request: [UInt8]?
  let requestNumber: Int64?
  let things: [ProvidersThing: [UInt8]]

  static let columns = """
    t.public_id, t.number, q.public_id, q.number, s.problem_public_id, s.change_public_id, s.release_public_id, s.major_public_id
    """
  static let joins = """
    left join desk.pub_ticket t on t.tenant_id = s.tenant_id and t.ticket_id = s.ticket_id
    left join requests.pub_request q on q.tenant_id = s.tenant_id and q.request_id = s.request_id
    """

  init(_ row: inout RowReader) throws {
    ticket = try row.next()
    ticketNumber = try row.next()
    request = try row.next()
    requestNumber = try row.next()
    things = try ProvidersThing.read(&row)
  }
}

extension ProvidersThing {
  /// What the columns of a row hold, in the order of all cases.
  static func read(_ row: inout RowReader) throws -> [ProvidersThing: [UInt8]] {
    var found: [ProvidersThing: [UInt8]] = [:]
    for thing in allCases {
      let bits: [UInt8]? = try row.next()
      found[thing] = bits
    }
    return found
  }
}

extension Parameters {
  /// One for each case, in the order of all of them.
  mutating func append(_ things: [ProvidersThing: [UInt8]]) {
    for thing in ProvidersThing.allCases {
      let bits: [UInt8]? = things[thing]
      append(bits)
    }
  }
}
