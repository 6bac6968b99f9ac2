import Contracts
import Kernel
import Operations
import Postgres

/// An OLA by which a team works, or is to work, is not retired.
enum AgreedOlaGuard: OperationGuard {
  typealias Guarded = RetireSla

  static let inUse = Message(
    "sla.agreed_by_teams", "Teams work by it, or are to: {teams}. End their agreements (team_agreement.end) first.",
    zh: "仍有团队遵循或将遵循此协议：{teams}。请先终止其协议（team_agreement.end）。")

  static func check(_ input: RetireSla.Input, _ output: SlaOutput, in context: OperationContext) async throws {
    let teams = try await context.transaction.query(TeamsOfAgreement(sla: output.id, at: context.now))
    guard teams.isEmpty else { throw Failure(.conflict, inUse, ["teams": teams.joined(separator: ", ")]) }
  }
}

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
