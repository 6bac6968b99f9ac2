import Kernel
import Postgres

/// What hangs on a ticket that a gate may ask for.
struct EvidenceOfTicket: Statement {
  struct Found: Sendable {
    let hasCis: Bool
    /// By the staff; what a customer's programme wrote is the customer's word.
    let hasPublicComment: Bool
    let hasArticle: Bool
  }

  let tenant: TenantId
  let ticket: Int64

  static let sql = """
    select exists (select from desk.ticket_ci n where n.tenant_id = $1 and n.ticket_id = $2 and n.removed_at is null),
      exists (select from desk.comment c where c.tenant_id = $1 and c.ticket_id = $2 and c.visibility = 'public' and c.actor_kind <> 'customer'
        and not (c.actor_kind = 'service' and exists (
          select from tenancy.account a join tenancy.tenant n on n.id = a.tenant_id
          where a.tenant_id = $1 and a.id = c.actor_id and n.kind = 'customer'))),
      exists (select from desk.article_use u where u.tenant_id = $1 and u.ticket_id = $2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(hasCis: try row.next(), hasPublicComment: try row.next(), hasArticle: try row.next())
  }
}

/// Whether a change that is to resolve a ticket is neither closed nor given up.
struct HasOpenChange: Statement {
  let provider: TenantId
  let tenant: TenantId
  let ticket: Int64

  static let sql = """
    select exists (
      select from changes.pub_incident_change c where c.tenant_id = $1 and c.customer_id = $2 and c.ticket_id = $3 and c.ended_at is null)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// Whether somebody said by which code a ticket ended that was resolved and not opened again since.
struct ClosureCodeIsSaid: Statement {
  let tenant: TenantId
  let ticket: Int64
  /// Nothing of the ticket is older: spares the older partitions.
  let openedAt: Instant

  static let sql = """
    select coalesce(e.type = $4 and e.payload -> 'codeSaid' = 'true'::jsonb, false) from operations.event e
    where e.tenant_id = $1 and e.subject_kind = 'ticket' and e.subject_id = $2 and e.recorded_at >= $3 and e.type in ($4, $5)
    order by e.seq desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(openedAt)
    parameters.append(TicketEventType.resolved)
    parameters.append(TicketEventType.reopened)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// What a ticket's story says, and those of the tickets that went into it.
struct StoriesOfTicket: Statement {
  struct Told: Sendable {
    let isOwn: Bool
    let story: TicketStory
  }

  let tenant: TenantId
  let ticket: Int64

  static let sql = """
    select true, t.story from desk.ticket t where t.tenant_id = $1 and t.id = $2
    union all
    (select false, t.story from desk.ticket t where t.tenant_id = $1 and t.merged_into_id = $2 limit 100)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Told { Told(isOwn: try row.next(), story: TicketStory(bytes: try row.next() ?? [])) }
}
