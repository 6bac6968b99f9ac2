import Contracts
import Kernel
import Postgres

/// A ticket and the line that it is judged under.
struct TicketOfTime: Statement {
  struct Found: Sendable {
    let ticket: Int64
    let line: Int64?
  }

  let tenant: TenantId
  let publicId: PublicId

  static let sql = "select ticket_id, contract_line_id from desk.pub_ticket where tenant_id = $1 and public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(ticket: try row.next(), line: try row.next()) }
}

/// What the coverage of time is found by.
struct WorkPlace: Sendable {
  let ticket: Int64?
  let line: Int64?
  /// Of the contract; nil where there is none.
  let zone: String?
  /// When the ticket was opened.
  let openedAt: Instant?
  let facts: TargetFacts
}

/// The zone of a line's contract, and what a ticket's targets are chosen by. Of a ticket its line counts, as it is now.
struct PlaceOfTime: Statement {
  let tenant: TenantId
  let ticket: Int64?
  /// Where there is no ticket.
  let line: Int64?

  static let sql = """
    select $2::bigint, case when $2 is null then $3::bigint else t.contract_line_id end, c.zone, t.opened_at, t.type, t.priority, t.service_id, t.ci_tier
    from tenancy.tenant n
    left join desk.pub_ticket t on t.tenant_id = n.id and t.ticket_id = $2
    left join contracts.pub_line l on l.tenant_id = n.id and l.line_id = case when $2 is null then $3 else t.contract_line_id end
    left join contracts.pub_contract c on c.tenant_id = l.tenant_id and c.contract_id = l.contract_id
    where n.id = $1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> WorkPlace {
    let (ticket, line): (Int64?, Int64?) = (try row.next(), try row.next())
    let (zone, openedAt): (String?, Instant?) = (try row.next(), try row.next())
    let (type, priority): (String?, Int64?) = (try row.next(), try row.next())
    return WorkPlace(
      ticket: ticket, line: line, zone: zone, openedAt: openedAt,
      facts: TargetFacts(
        ticketType: type.flatMap(TicketType.init(rawValue:)) ?? .incident, priority: priority ?? WorkPlace.priorityWithoutTicket, service: try row.next(),
        ciTier: try row.next()))
  }
}

extension WorkPlace {
  /// Work that no ticket asked for is covered as an incident of medium priority.
  static let priorityWithoutTicket: Int64 = 3
}

/// A member of staff whose time it is.
struct StaffRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let person: Int64?
  let name: String
}

/// By public id, or the account itself.
struct StaffOfTime: Statement {
  let provider: TenantId
  let publicId: PublicId?
  let id: Int64?
  /// Also who has left: his time stays.
  let isAny: Bool

  static let sql = """
    select id, public_id, person_id, name from tenancy.account
    where tenant_id = $1 and kind = 'staff' and ($4 or state = 'active') and (public_id = $2 or id = $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId?.random)
    parameters.append(id)
    parameters.append(isAny)
  }

  static func decode(_ row: inout RowReader) throws -> StaffRow {
    StaffRow(id: try row.next(), publicId: try row.next(), person: try row.next(), name: try row.next())
  }
}

/// The versions of calendars by name.
struct CalendarVersionsOfTime: Statement {
  struct Found: Sendable {
    let version: Int64
    let calendar: [UInt8]
    let name: String
    let validFrom: Instant
    let zone: String
  }

  let versions: [Int64]

  static let sql = """
    select calendar_version_id, public_id, name, valid_from, zone from contracts.pub_calendar_version where calendar_version_id = any($1) order by valid_from
    """

  func bind(to parameters: inout Parameters) { parameters.append(versions) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(version: try row.next(), calendar: try row.next(), name: try row.next(), validFrom: try row.next(), zone: try row.next())
  }
}
