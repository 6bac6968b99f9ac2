import Attributes
import Kernel
import Postgres

/// Tickets of one customer that hold a value of a custom attribute, the one opened last first.
struct TicketsOfAttribute: Statement {
  let tickets: TicketsOfTenant
  let attribute: AttributeFilter

  static let those = """
    \(Ticket.select) from attributes.pub_value a join desk.ticket t on t.tenant_id = a.tenant_id and t.id = a.subject_id
    \(Ticket.others)
    \(TicketFilter.condition) and a.tenant_id = $1 and a.process = 'incident' and a.key = $13 and a.code = $14 and a.is_internal = $15
    """
  // The bounds are those of the tickets, told of the values as well: of these no more are read than lie between.
  static let sql = """
    \(those) and a.opened_at >= $8 and (a.opened_at, a.subject_id) < ($9, $10) order by a.opened_at desc, a.subject_id desc limit $11
    """

  func bind(to parameters: inout Parameters) {
    tickets.bind(to: &parameters)
    parameters.append(attribute.key)
    parameters.append(attribute.code)
    parameters.append(attribute.isInternal)
  }

  static func decode(_ row: inout RowReader) throws -> Ticket { try Ticket(&row) }
}

/// The same when only open tickets are asked for: it may walk these, which do not grow with the years.
struct OpenTicketsOfAttribute: Statement {
  let tickets: TicketsOfAttribute

  static let sql = """
    \(TicketsOfAttribute.those) and t.state in ('new', 'active', 'pending') order by t.opened_at desc, t.id desc limit $11
    """

  func bind(to parameters: inout Parameters) { tickets.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Ticket { try Ticket(&row) }
}

/// The same for somebody who sees only what he reported himself, by the index of requesters.
struct OwnTicketsOfAttribute: Statement {
  let tickets: TicketsOfAttribute

  static let sql = "\(TicketsOfAttribute.those) and t.requester_id = $4 order by t.opened_at desc, t.id desc limit $11"

  func bind(to parameters: inout Parameters) { tickets.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Ticket { try Ticket(&row) }
}

/// The cross-tenant queue of the tickets that hold one: ids and sort keys only (schema-rules 23).
struct AttributeQueuePositions: Statement {
  let queue: QueuePositions
  let attribute: AttributeFilter

  static let sql = """
    select tenant_id, id, due_at, opened_at
    from finder.attribute_tickets($1, $21, $22, $23, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
    """

  func bind(to parameters: inout Parameters) {
    queue.bind(to: &parameters)
    parameters.append(attribute.key)
    parameters.append(attribute.code)
    parameters.append(attribute.isInternal)
  }

  static func decode(_ row: inout RowReader) throws -> QueuePositions.Found { try QueuePositions.decode(&row) }
}
