import Kernel
import Postgres

/// The teams that work by an OLA now or later, by name.
struct TeamsOfAgreement: Statement {
  let sla: PublicId
  let at: Instant

  static let sql = """
    select distinct m.name from desk.team_agreement g
    join desk.team m on m.id = g.team_id
    join contracts.pub_sla s on s.sla_id = g.sla_id
    where s.public_id = $1 and (g.ended_at is null or g.ended_at > $2)
      and not exists (select from desk.team_agreement n where n.team_id = g.team_id and n.valid_from > g.valid_from and n.valid_from <= $2)
    order by m.name
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(sla.random)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
