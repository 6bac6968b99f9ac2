import Kernel
import Postgres

/// A team by its ids and its name.
struct NamedTeam: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let name: String

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    name = try row.next()
  }
}

struct TeamsByPublicIds: Statement {
  let publicIds: [PublicId]

  static let sql = "select m.id, m.public_id, m.name from desk.team m where m.public_id = any ($1)"

  func bind(to parameters: inout Parameters) { parameters.append(publicIds.map(\.random)) }

  static func decode(_ row: inout RowReader) throws -> NamedTeam { try NamedTeam(&row) }
}

/// The teams that a customer's delivery model names, by name; none: all may work for it.
struct TeamsOfModel: Statement {
  let tenant: TenantId

  static let sql = """
    select m.id, m.public_id, m.name from desk.delivery_model d join desk.team m on m.id = any (d.team_ids) where d.tenant_id = $1 order by m.name
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> NamedTeam { try NamedTeam(&row) }
}

/// The team, if the customer's delivery model names others and not it.
struct TeamOutsideModel: Statement {
  let tenant: TenantId
  let team: Int64

  static let sql = """
    select m.id, m.public_id, m.name from desk.delivery_model d join desk.team m on m.id = $2
    where d.tenant_id = $1 and cardinality(d.team_ids) > 0 and not $2 = any (d.team_ids)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(team)
  }

  static func decode(_ row: inout RowReader) throws -> NamedTeam { try NamedTeam(&row) }
}

/// Of some teams those that may not work for some customers, each with the first customers whose delivery models name others and not it. None of them
/// need be bound.
struct TeamsOutsideModels: Statement {
  struct Found: Sendable {
    let customer: TenantId
    let team: Int64
    let name: String
  }

  let customers: [TenantId]
  let teams: [Int64]
  /// Of each team.
  let limit: Int64

  static let sql = """
    select f.tenant_id, m.id, m.name from finder.teams_outside_models($1, $2, $3) f join desk.team m on m.id = f.team_id order by m.id, f.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(customers)
    parameters.append(teams)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(customer: try row.next(), team: try row.next(), name: try row.next()) }
}

/// Which teams may work for a customer.
package enum DeliveryModel {
  /// Of some teams those that may not work for all of these customers: the model of one at least names others, and not it. For the staff.
  package static func outside(_ teams: [Int64], for customers: [TenantId], in transaction: Transaction) async throws -> Set<Int64> {
    guard !teams.isEmpty, !customers.isEmpty else { return [] }
    return Set(try await transaction.query(TeamsOutsideModels(customers: customers, teams: teams, limit: 1)).map(\.team))
  }
}

/// Which version of it there is; no row: nobody set any.
struct VersionOfModel: Statement {
  let tenant: TenantId

  static let sql = "select d.version from desk.delivery_model d where d.tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// All of them at once; no row when another was faster.
struct SetDeliveryModel: Statement {
  let tenant: TenantId
  let teams: [Int64]
  let now: Instant
  /// The one that it takes the place of.
  let version: Int64

  static let sql = """
    insert into desk.delivery_model (tenant_id, team_ids, recorded_at, version) values ($1, $2, $3, $4::bigint + 1)
    on conflict (tenant_id) do update set team_ids = excluded.team_ids, recorded_at = excluded.recorded_at, version = excluded.version
    where delivery_model.version = $4 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(teams)
    parameters.append(now)
    parameters.append(version)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
