import Kernel
import Operations
import Postgres

extension HandoverRow {
  static let select = "select \(columns) from desk.handover h left join desk.team m on m.id = h.to_team_id"
  /// The same of problems and changes.
  static let selectOffer = "select \(columns) from desk.offer h left join desk.team m on m.id = h.to_team_id"
}

/// The offer of a ticket that nobody has answered.
struct OpenHandover: Statement {
  let tenant: TenantId
  let ticket: Int64

  static let sql = "\(HandoverRow.select) where h.tenant_id = $1 and h.ticket_id = $2 and h.outcome is null"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> HandoverRow { try HandoverRow(&row) }
}

/// All of a ticket, in their order.
struct HandoversOfTicket: Statement {
  let tenant: TenantId
  let ticket: Int64
  let after: Int64
  let limit: Int64

  static let sql = "\(HandoverRow.select) where h.tenant_id = $1 and h.ticket_id = $2 and h.id > $3 order by h.id limit $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> HandoverRow { try HandoverRow(&row) }
}

struct InsertHandover: Statement {
  let tenant: TenantId
  let ticket: Int64
  let from: Ticket.Reference
  let to: Ticket.Reference?
  let team: Int64?
  let reason: String?
  let actor: Actor
  let actorName: String
  let now: Instant

  static let sql = """
    insert into desk.handover (tenant_id, ticket_id, from_id, from_public_id, to_id, to_public_id, to_team_id, reason, actor_kind, actor_id, actor_name,
      recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(from.id)
    parameters.append(from.publicId)
    parameters.append(to?.id)
    parameters.append(to?.publicId)
    parameters.append(team)
    parameters.append(reason)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actorName)
    parameters.append(now)
  }
}

/// Answers an offer. The ticket's row is held, so nobody else does.
struct AnswerHandover: Statement {
  let tenant: TenantId
  let id: Int64
  let outcome: HandoverRow.Outcome
  let reason: String?
  let answerer: Actor
  let answererName: String
  let now: Instant

  static let sql = """
    update desk.handover set outcome = $3, answer_reason = $4, answerer_kind = $5, answerer_id = $6, answerer_name = $7, answered_at = $8
    where tenant_id = $1 and id = $2 and outcome is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(outcome.rawValue)
    parameters.append(reason)
    parameters.append(answerer.kind.rawValue)
    parameters.append(answerer.id)
    parameters.append(answererName)
    parameters.append(now)
  }
}

/// Whoever offered it, and to whom: nobody accepts it any more.
struct WithdrawOffers: Statement {
  let tenant: TenantId
  let ticket: Int64
  let answerer: Actor
  let answererName: String
  let now: Instant

  static let sql = """
    update desk.handover set outcome = 'withdrawn', answerer_kind = $3, answerer_id = $4, answerer_name = $5, answered_at = $6
    where tenant_id = $1 and ticket_id = $2 and outcome is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(answerer.kind.rawValue)
    parameters.append(answerer.id)
    parameters.append(answererName)
    parameters.append(now)
  }
}
