import Attributes
import Kernel
import Operations
import Postgres

struct InsertProblem: Statement {
  let provider: TenantId
  let publicId: PublicId
  let number: Int64
  let customer: TenantId?
  let title: String
  let description: String
  let category: String?
  let impact: Int64
  let urgency: Int64
  let priority: Int64
  let owner: ProblemRow.Reference?
  let now: Instant

  static let sql = """
    insert into problems.problem
      (tenant_id, public_id, number, customer_id, title, description, category, impact, urgency, priority, owner_id, owner_public_id, opened_at, updated_at,
       last_seq)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, 0) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(number)
    parameters.append(customer)
    parameters.append(title)
    parameters.append(description)
    parameters.append(category)
    parameters.append(impact)
    parameters.append(urgency)
    parameters.append(priority)
    parameters.append(owner?.id)
    parameters.append(owner?.publicId)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Keeps other acts on a problem waiting until the transaction ends.
struct HoldProblem: Statement {
  let provider: TenantId
  let customers: [Int64]?
  let publicId: PublicId

  static let sql = "select p.id from problems.problem p where \(ProblemRow.isVisible) and p.public_id = $3 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct ProblemByPublicId: Statement {
  let provider: TenantId
  let customers: [Int64]?
  let publicId: PublicId

  static let sql = """
    select \(ProblemRow.columns), \(HeldAttributes.columnsOfProblem) \(ProblemRow.tables) where \(ProblemRow.isVisible) and p.public_id = $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> ProblemRow {
    var problem = try ProblemRow(&row)
    problem.attributes = try HeldAttributes(&row)
    return problem
  }
}

/// Writes what acts have made of a problem, which they hold.
struct UpdateProblem: Statement {
  let provider: TenantId
  let row: ProblemRow

  static let sql = """
    update problems.problem set customer_id = $3, title = $4, description = $5, category = $6, impact = $7, urgency = $8, priority = $9, state = $10,
      owner_id = $11, owner_public_id = $12, cause = $13, cause_code = $14, workaround = $15, solution = $16, outcome = $17, reason = $18, article_id = $19,
      article_public_id = $20, known_error_at = $21, resolved_at = $22, closed_at = $23, reopen_count = $24, last_seq = $25, updated_at = $26, version = $27,
      team_id = $28, requester_tenant_id = $29, requester_id = $30, requester_public_id = $31
    where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(row.id)
    parameters.append(row.customer?.id)
    parameters.append(row.title)
    parameters.append(row.description)
    parameters.append(row.category)
    parameters.append(row.impact)
    parameters.append(row.urgency)
    parameters.append(row.priority)
    parameters.append(row.process.state.rawValue)
    parameters.append(row.owner?.id)
    parameters.append(row.owner?.publicId)
    parameters.append(row.process.cause)
    parameters.append(row.process.causeCode)
    parameters.append(row.process.workaround)
    parameters.append(row.process.solution)
    parameters.append(row.process.outcome)
    parameters.append(row.process.reason)
    parameters.append(row.article?.id)
    parameters.append(row.article?.publicId)
    parameters.append(row.process.knownErrorAt)
    parameters.append(row.process.resolvedAt)
    parameters.append(row.process.closedAt)
    parameters.append(row.process.reopenCount)
    parameters.append(row.lastSeq)
    parameters.append(row.updatedAt)
    parameters.append(row.version)
    parameters.append(row.team?.id)
    parameters.append(row.requester?.tenant)
    parameters.append(row.requester?.id)
    parameters.append(row.requester?.publicId.random)
  }
}

/// Problems that the caller may see, the one opened last first.
struct ProblemsOfProvider: Statement {
  struct Filter: Sendable {
    var states: [ProblemState]?
    var customer: TenantId?
    var category: String?
    var owner: Int64?
    var isUnowned = false
    var team: Int64?
    var ci: Int64?
    var priority: Int64?
    /// Only what is offered to the reader, or to one of these teams.
    var isOffered = false
    var reader: Int64?
    var attribute: AttributeFilter?
    var offeredTeams: [Int64] = []
    /// Only those that no published article tells.
    var isWithoutArticle = false
  }

  let provider: TenantId
  let customers: [Int64]?
  let filter: Filter
  /// The position after which the page begins.
  let before: (openedAt: Instant, id: Int64)?
  let limit: Int64

  static let sql = """
    \(ProblemRow.select) where \(ProblemRow.isVisible) and ($3::text[] is null or p.state = any ($3)) and ($4::bigint is null or p.customer_id = $4)
      and ($5::text is null or p.category = $5) and ($6::bigint is null or p.owner_id = $6) and (not $7 or p.owner_id is null)
      and ($8::bigint is null or exists (
        select from problems.ci_link l where l.tenant_id = p.tenant_id and l.problem_id = p.id and l.ci_id = $8))
      and (not $13 or p.id in (
        select o.subject_id from desk.pub_told_offer o
        where o.tenant_id = $1 and o.subject_kind = 'problem' and o.outcome is null and (o.to_team_id = any ($17) or o.to_id = $14)))
      and ($18::bigint is null or p.team_id = $18) and ($9::bigint is null or p.priority = $9)
      and ($10::timestamptz is null or (p.opened_at, p.id) < ($10, $11))
      and \(AttributeFilter.condition(.problem, "p.id", at: 15))
      and (not $19 or not exists (select from knowledge.pub_article_review k where k.article_id = p.article_id))
    order by p.opened_at desc, p.id desc limit $12
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(filter.states?.map(\.rawValue))
    parameters.append(filter.customer)
    parameters.append(filter.category)
    parameters.append(filter.owner)
    parameters.append(filter.isUnowned)
    parameters.append(filter.ci)
    parameters.append(filter.priority)
    parameters.append(before?.openedAt)
    parameters.append(before?.id ?? 0)
    parameters.append(limit)
    parameters.append(filter.isOffered)
    parameters.append(filter.reader)
    parameters.append(filter.attribute)
    parameters.append(filter.offeredTeams)
    parameters.append(filter.team)
    parameters.append(filter.isWithoutArticle)
  }

  static func decode(_ row: inout RowReader) throws -> ProblemRow { try ProblemRow(&row) }
}
