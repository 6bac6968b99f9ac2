import Kernel
import Postgres

/// What hangs on a ticket that a gate may ask for.
struct EvidenceOfTicket: Statement {
  struct Found: Sendable {
    let hasCis: Bool
    /// By the staff.
    let hasPublicComment: Bool
    let hasArticle: Bool
  }

  let tenant: TenantId
  let ticket: Int64

  static let sql = """
    select exists (select from desk.ticket_ci n where n.tenant_id = $1 and n.ticket_id = $2 and n.removed_at is null),
      exists (select from desk.comment c where c.tenant_id = $1 and c.ticket_id = $2 and c.visibility = 'public' and c.actor_kind <> 'customer'),
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
