import Kernel
import Knowledge
import Postgres

extension Parameters {
  /// The lexeme by which a search tells a tenant's tickets from those of others; no text has it.
  fileprivate mutating func append(mark tenant: TenantId) { append(["#\(tenant)"]) }
}

/// What a new ticket is found by.
struct InsertTicketText: Statement {
  let tenant: TenantId
  let ticket: Ticket

  static let sql = """
    insert into desk.ticket_text (tenant_id, ticket_id, opened_at, search, size)
    values ($1, $2, $3, array_to_tsvector($6) || knowledge.search_vector($4, $5), 0)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket.id)
    parameters.append(ticket.openedAt)
    parameters.append(TicketText(ticket).searchText)
    parameters.append(mark: tenant)
  }
}

/// The same when what is written in it has changed; what was said about it stays. A ticket that is still to be written at all has no
/// row yet: the sweep will find it as it is then.
struct RewriteTicketText: Statement {
  let tenant: TenantId
  let ticket: Ticket

  static let sql = """
    update desk.ticket_text
    set search = array_to_tsvector($5) || knowledge.search_vector($3, $4) || ts_filter(search, '{c,d}')
    where tenant_id = $1 and ticket_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket.id)
    parameters.append(TicketText(ticket).searchText)
    parameters.append(mark: tenant)
  }
}

/// Adds what somebody said. A ticket about which very much was said is found by the first of it: a vector holds a megabyte.
struct AppendTicketText: Statement {
  let tenant: TenantId
  let ticket: Int64
  let body: String
  let visibility: CommentVisibility

  /// Bytes; a comment that comes after is not added any more.
  static let enough = 150_000

  static let sql = """
    update desk.ticket_text set search = search || knowledge.search_vector($3, $4), size = size + $5
    where tenant_id = $1 and ticket_id = $2 and size < $6
    """

  func bind(to parameters: inout Parameters) {
    var text = SearchText()
    text.add(body, as: visibility.searchWeight)
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(text)
    parameters.append(text.size)
    parameters.append(Self.enough)
  }
}

/// Tickets whose words are to be written yet.
struct TextsPending: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let ticket: Int64
  }

  let limit: Int64

  static let sql = "select tenant_id, ticket_id from finder.texts_pending($1)"

  func bind(to parameters: inout Parameters) { parameters.append(limit) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), ticket: try row.next()) }
}

/// Tickets as they are, and nobody says or changes anything until their words are written.
struct HoldTexts: Statement {
  struct Found: Sendable {
    let id: Int64
    let text: TicketText
    let openedAt: Instant
  }

  let tenant: TenantId
  let tickets: [Int64]

  static let sql = """
    select t.id, t.title, t.description, t.resolution, t.opened_at from desk.ticket t
    where t.tenant_id = $1 and t.id = any ($2) order by t.id for no key update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), text: TicketText(title: try row.next(), description: try row.next(), resolution: try row.next()), openedAt: try row.next())
  }
}

/// What was said about tickets, the first 200 comments of each.
struct SaidOfTickets: Statement {
  struct Found: Sendable {
    let ticket: Int64
    let visibility: CommentVisibility
    let body: String
  }

  let tenant: TenantId
  let tickets: [Int64]

  static let sql = """
    select s.ticket_id, s.visibility, s.body
    from unnest($2::bigint[]) w (id)
    cross join lateral (
      select c.ticket_id, c.visibility, c.body, c.occurred_at, c.id from desk.comment c
      where c.tenant_id = $1 and c.ticket_id = w.id order by c.occurred_at, c.id limit 200) s
    order by s.ticket_id, s.occurred_at, s.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (ticket, visibility, body): (Int64, String, String) = (try row.next(), try row.next(), try row.next())
    return Found(ticket: ticket, visibility: CommentVisibility(rawValue: visibility) ?? .staff, body: body)
  }
}

/// Writes what a ticket is found by, unless that was done.
struct FillTicketText: Statement {
  let tenant: TenantId
  let ticket: HoldTexts.Found
  let search: SearchText
  /// Bytes of what was said.
  let said: Int

  static let sql = """
    insert into desk.ticket_text (tenant_id, ticket_id, opened_at, search, size)
    values ($1, $2, $3, array_to_tsvector($6) || knowledge.search_vector($4, $5), $7)
    on conflict (tenant_id, ticket_id) do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket.id)
    parameters.append(ticket.openedAt)
    parameters.append(search)
    parameters.append(mark: tenant)
    parameters.append(said)
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
