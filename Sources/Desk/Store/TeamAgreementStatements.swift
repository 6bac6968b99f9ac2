import Kernel
import Postgres

struct TeamAgreementRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let team: [UInt8]
  let teamName: String
  let sla: [UInt8]
  let slaName: String
  let validFrom: Instant
  let endedAt: Instant?
  let version: Int64

  static let select = """
    select g.id, g.public_id, m.public_id, m.name, s.public_id, s.name, g.valid_from, g.ended_at, g.version
    from desk.team_agreement g
    join desk.team m on m.id = g.team_id
    join contracts.pub_sla s on s.sla_id = g.sla_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    team = try row.next()
    teamName = try row.next()
    sla = try row.next()
    slaName = try row.next()
    validFrom = try row.next()
    endedAt = try row.next()
    version = try row.next()
  }
}

struct TeamAgreementByPublicId: Statement {
  let publicId: PublicId

  static let sql = "\(TeamAgreementRow.select) where g.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> TeamAgreementRow { try TeamAgreementRow(&row) }
}

/// In the order in which they were made; of one team, or of all.
struct TeamAgreements: Statement {
  let team: Int64?
  let afterId: Int64
  let limit: Int64

  static let sql = "\(TeamAgreementRow.select) where ($1::bigint is null or g.team_id = $1) and g.id > $2 order by g.id limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(team)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TeamAgreementRow { try TeamAgreementRow(&row) }
}

/// Locks a team: its agreements are added one after the other. What refers to the team is written meanwhile.
struct HoldTeam: Statement {
  let id: Int64

  static let sql = "select id from desk.team where id = $1 for no key update"

  func bind(to parameters: inout Parameters) { parameters.append(id) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// When the team's newest agreement begins; null when it has none.
struct NewestAgreement: Statement {
  let team: Int64

  static let sql = "select max(valid_from) from desk.team_agreement where team_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(team) }

  static func decode(_ row: inout RowReader) throws -> Instant? { try row.next() }
}

struct InsertTeamAgreement: Statement {
  let publicId: PublicId
  let team: Int64
  let sla: Int64
  let validFrom: Instant
  let now: Instant

  static let sql = """
    insert into desk.team_agreement (public_id, team_id, sla_id, valid_from, recorded_at) values ($1, $2, $3, $4, $5) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(team)
    parameters.append(sla)
    parameters.append(validFrom)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when another change came first.
struct CloseTeamAgreement: Statement {
  let id: Int64
  let version: Int64
  let at: Instant

  static let sql = "update desk.team_agreement set ended_at = $3, version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
