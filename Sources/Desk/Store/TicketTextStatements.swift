import Kernel
import Knowledge
import Operations
import Postgres

extension Parameters {
  /// The lexemes by which a search tells the sheets of a tenant, and of a time, from others; no text has them.
  fileprivate mutating func append(marks tenant: TenantId, _ openedAt: Instant) {
    append(["#\(tenant)", "@\(openedAt.seconds.flooredQuotient(by: SearchSheets.periodSeconds))"])
  }
}

/// The first sheet of a new ticket.
struct InsertTicketText: Statement {
  let tenant: TenantId
  let ticket: Ticket

  static let sql = """
    insert into desk.ticket_text (tenant_id, ticket_id, sheet, type, opened_at, search, size)
    values ($1, $2, 0, $3, $4, array_to_tsvector($7) || knowledge.search_vector($5, $6), $8)
    """

  func bind(to parameters: inout Parameters) {
    let text = TicketText(ticket).searchText
    parameters.append(tenant)
    parameters.append(ticket.id)
    parameters.append(ticket.facts.ticketType.rawValue)
    parameters.append(ticket.openedAt)
    parameters.append(text)
    parameters.append(marks: tenant, ticket.openedAt)
    parameters.append(text.size)
  }
}

/// The same when what is written in it has changed; what was said about it stays. The title stands on every sheet, so a new one is
/// written on each of them. A ticket that is still to be written at all has no sheet yet: the sweep will find it as it is then.
struct RewriteTicketText: Statement {
  let tenant: TenantId
  let ticket: Ticket
  let isNewTitle: Bool

  static let sql = """
    update desk.ticket_text
    set search = array_to_tsvector($7) || case when sheet = 0 then knowledge.search_vector($3, $4) else knowledge.search_vector($5, $6) end
      || ts_filter(search, '{c,d}')
    where tenant_id = $1 and ticket_id = $2 and (sheet = 0 or $8)
    """

  func bind(to parameters: inout Parameters) {
    let text = TicketText(ticket)
    parameters.append(tenant)
    parameters.append(ticket.id)
    parameters.append(text.searchText)
    parameters.append(text.titleText)
    parameters.append(marks: tenant, ticket.openedAt)
    parameters.append(isNewTitle)
  }
}

/// Adds what somebody said to the last sheet, or begins one where that is full. The act holds the ticket, so the last one stays the last.
struct AppendTicketText: Statement {
  let tenant: TenantId
  let ticket: Ticket
  let body: String
  let visibility: CommentVisibility

  static let sql = """
    with last as (
      select t.sheet, t.size from desk.ticket_text t where t.tenant_id = $1 and t.ticket_id = $2 order by t.sheet desc limit 1),
    added as (
      update desk.ticket_text t set search = t.search || knowledge.search_vector($3, $4), size = t.size + $5
      from last where t.tenant_id = $1 and t.ticket_id = $2 and t.sheet = last.sheet and last.size < $6)
    insert into desk.ticket_text (tenant_id, ticket_id, sheet, type, opened_at, search, size)
    select $1, $2, last.sheet + 1, $7, $8, array_to_tsvector($11) || knowledge.search_vector($9, $10) || knowledge.search_vector($3, $4), $5
    from last where last.size >= $6
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    var text = SearchText()
    text.add(body, as: visibility.searchWeight)
    parameters.append(tenant)
    parameters.append(ticket.id)
    parameters.append(text)
    parameters.append(text.size)
    parameters.append(SearchSheets.enough)
    parameters.append(ticket.facts.ticketType.rawValue)
    parameters.append(ticket.openedAt)
    parameters.append(TicketText(ticket).titleText)
    parameters.append(marks: tenant, ticket.openedAt)
  }
}

/// Tickets whose words are to be written yet, behind the one that was looked at last.
struct TextsPending: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let ticket: Int64

    var place: [Int64] { [tenant.rawValue, ticket] }
  }

  let after: Found?
  let limit: Int64

  static let sql = "select tenant_id, ticket_id from finder.texts_pending($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(after?.tenant.rawValue ?? .min)
    parameters.append(after?.ticket ?? .min)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), ticket: try row.next()) }
}

extension TextsPending.Found {
  /// From the place that a turn keeps.
  init?(place: [Int64]?) {
    guard let place, place.count == 2 else { return nil }
    self.init(tenant: TenantId(place[0]), ticket: place[1])
  }
}

/// Tickets as they are, and nobody says or changes anything until their words are written. Those that have sheets need none.
struct HoldTexts: Statement {
  struct Found: Sendable {
    let id: Int64
    let type: String
    let text: TicketText
    let openedAt: Instant
  }

  let tenant: TenantId
  let tickets: [Int64]

  static let sql = """
    select t.id, t.type, t.title, t.description, t.resolution, t.opened_at from desk.ticket t
    where t.tenant_id = $1 and t.id = any ($2)
      and not exists (select from desk.ticket_text s where s.tenant_id = t.tenant_id and s.ticket_id = t.id and s.sheet = 0)
    order by t.id for no key update of t
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), type: try row.next(), text: TicketText(title: try row.next(), description: try row.next(), resolution: try row.next()),
      openedAt: try row.next())
  }
}

/// What was said about a ticket, in its order.
struct SaidOfTicket: Statement {
  struct Found: Sendable {
    let at: Instant
    let id: Int64
    let visibility: CommentVisibility
    let body: String
  }

  let tenant: TenantId
  let ticket: Int64
  let after: Found?
  let limit: Int64

  static let sql = """
    select c.occurred_at, c.id, c.visibility, c.body from desk.comment c
    where c.tenant_id = $1 and c.ticket_id = $2 and ($3::timestamptz is null or (c.occurred_at, c.id) > ($3, $4)) order by c.occurred_at, c.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(after?.at)
    parameters.append(after?.id ?? 0)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (at, id, visibility): (Instant, Int64, String) = (try row.next(), try row.next(), try row.next())
    return Found(at: at, id: id, visibility: CommentVisibility(rawValue: visibility) ?? .staff, body: try row.next())
  }
}

/// Writes a sheet of a ticket, unless that was done.
struct FillTicketText: Statement {
  let tenant: TenantId
  let ticket: HoldTexts.Found
  let sheet: Int
  let search: SearchText

  static let sql = """
    insert into desk.ticket_text (tenant_id, ticket_id, sheet, type, opened_at, search, size)
    values ($1, $2, $3, $4, $5, array_to_tsvector($8) || knowledge.search_vector($6, $7), $9)
    on conflict (tenant_id, ticket_id, sheet) do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket.id)
    parameters.append(sheet)
    parameters.append(ticket.type)
    parameters.append(ticket.openedAt)
    parameters.append(search)
    parameters.append(marks: tenant, ticket.openedAt)
    parameters.append(search.size)
  }
}

/// A ticket whose words the database refuses: the sweep passes over it from then on.
struct RefusePendingText: Statement {
  let tenant: TenantId
  let ticket: Int64
  let now: Instant

  static let sql = "update desk.text_pending set refused_at = $3 where tenant_id = $1 and ticket_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(now)
  }
}

struct DropPendingTexts: Statement {
  let tenant: TenantId
  let tickets: [Int64]

  static let sql = "delete from desk.text_pending where tenant_id = $1 and ticket_id = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
  }
}
