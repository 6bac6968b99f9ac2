import Kernel
import Postgres

struct TeamRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let name: String
  let version: Int64
  /// How many members it has who may work.
  let members: Int64

  /// $1 the provider, $2 what work needs, $3 the time.
  static let select = """
    select m.id, m.public_id, m.name, m.version,
      (select count(*) from desk.team_member x where x.tenant_id = $1 and x.team_id = m.id and \(TeamMembership.mayWork))
    from desk.team m
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    name = try row.next()
    version = try row.next()
    members = try row.next()
  }
}

struct InsertTeam: Statement {
  let publicId: [UInt8]
  let name: String
  let recordedAt: Instant

  static let sql = "insert into desk.team (public_id, name, recorded_at) values ($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId)
    parameters.append(name)
    parameters.append(recordedAt)
  }
}

/// A team that a body names.
package struct TeamByPublicId: Statement {
  private let publicId: PublicId

  package init(publicId: PublicId) { self.publicId = publicId }

  package static let sql = "select id from desk.team where public_id = $1"

  package func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A team as it is read.
struct TeamToRead: Statement {
  let provider: TenantId
  let publicId: PublicId
  let now: Instant

  static let sql = "\(TeamRow.select) where m.public_id = $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(TeamMembership.permission)
    parameters.append(now)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> TeamRow { try TeamRow(&row) }
}

struct TeamsByName: Statement {
  let provider: TenantId
  let now: Instant
  let after: String
  /// Only the teams of this account.
  let member: Int64?
  let limit: Int64

  static let sql = """
    \(TeamRow.select)
    where m.name > $4 and ($5::bigint is null or exists (
      select from desk.team_member o where o.tenant_id = $1 and o.team_id = m.id and o.account_id = $5))
    order by m.name limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(TeamMembership.permission)
    parameters.append(now)
    parameters.append(after)
    parameters.append(member)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TeamRow { try TeamRow(&row) }
}

/// Its members change. No row when another change came first.
struct AdvanceTeam: Statement {
  let id: Int64
  let version: Int64

  static let sql = "update desk.team set version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
