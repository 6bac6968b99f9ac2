import Kernel
import Operations
import Postgres

/// An incident, if the caller may see it.
struct IncidentForFiles: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let scope: RowScope

  static let sql = """
    select ticket_id from desk.pub_ticket
    where tenant_id = $1 and public_id = $2 and type = 'incident' and ($3 or unit_id = any ($4) or requester_id = $5)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(rows: scope)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A request, if the caller may see it: as it is whose requester's is.
struct RequestForFiles: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let scope: RowScope

  static let sql = """
    select request_id from requests.pub_live_request
    where tenant_id = $1 and public_id = $2 and ($3 or unit_id = any ($4) or requester_id = $5)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(rows: scope)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

extension Parameters {
  /// `($n or unit_id = any ($n+1) or requester_id = $n+2)`
  fileprivate mutating func append(rows scope: RowScope) {
    append(scope.everything)
    append(scope.units.sorted())
    append(scope.person)
  }
}

/// A problem, if whoever serves these customers sees it: what is about another one is not there.
struct ProblemForFiles: Statement {
  struct Found: Sendable {
    let problem: Int64
    let customer: Int64?
  }

  let provider: TenantId
  let publicId: PublicId
  /// Nil: all.
  let customers: [Int64]?

  static let sql = """
    select problem_id, customer_id from problems.pub_problem
    where tenant_id = $1 and public_id = $2 and ($3::bigint[] is null or customer_id is null or customer_id = any ($3))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(problem: try row.next(), customer: try row.next()) }
}

/// A change, if whoever serves these customers sees it: what concerns none of them is not there.
struct ChangeForFiles: Statement {
  let provider: TenantId
  let publicId: PublicId
  /// Nil: all.
  let customers: [Int64]?

  static let sql = """
    select c.change_id from changes.pub_change c
    where c.tenant_id = $1 and c.public_id = $2 and ($3::bigint[] is null or exists (
      select from changes.pub_concerned n where n.tenant_id = c.tenant_id and n.change_id = c.change_id and n.customer_id = any ($3)))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A release, if whoever serves these customers sees it; as long as it concerns and concerned nobody, who opened it does as well.
struct ReleaseForFiles: Statement {
  let provider: TenantId
  let publicId: PublicId
  /// Nil: all.
  let customers: [Int64]?
  let reader: Actor

  static let sql = """
    select l.release_id from changes.pub_live_release l
    where l.tenant_id = $1 and l.public_id = $2
      and ($3::bigint[] is null or l.serving && $3::bigint[] or l.opener_kind = $4 and l.opener_id = $5)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customers)
    parameters.append(reader.kind.rawValue)
    parameters.append(reader.id)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A major incident, if whoever serves these customers sees it, or leads it, declared it, or is to lead it.
struct MajorForFiles: Statement {
  let provider: TenantId
  let publicId: PublicId
  /// Nil: all.
  let customers: [Int64]?
  let reader: Actor

  static let sql = """
    select l.major_id from major_incidents.pub_live_major_incident l
    where l.tenant_id = $1 and l.public_id = $2 and ($3::bigint[] is null or l.serving && $3::bigint[] or $4 = any (l.opener_ids))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customers)
    // Who has no account leads and declares nothing.
    let account: Int64? = [.staff, .service].contains(reader.kind) ? reader.id : nil
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
