import Attributes
import Desk
import Kernel
import Operations
import Postgres

/// A problem as it lies in the database.
struct ProblemRow: Sendable {
  struct Reference: Sendable, Equatable {
    let id: Int64
    let publicId: [UInt8]
  }

  /// The customer that a problem is about.
  struct Customer: Sendable {
    let id: TenantId
    let publicId: PublicId
  }

  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  /// Nil: it may concern several.
  var customer: Customer?
  var title: String
  var description: String
  var category: String?
  var impact: Int64
  var urgency: Int64
  var priority: Int64
  /// The one who took it, and answers for it since; nil until somebody did.
  var owner: Reference?
  var ownerName: String?
  /// Nil: it is no team's.
  var team: WorkingTeam?
  /// Nil: for nobody in particular.
  var requester: NamedRequester?
  var article: Reference?
  var process: ProblemProcess
  let openedAt: Instant
  var lastSeq: Int64
  var updatedAt: Instant
  var version: Int64
  /// Read with a problem alone, not with those of a list.
  var attributes = HeldAttributes()
  /// Who answers for problems that nobody has taken.
  let standIn: Accountable?

  /// Nil where somebody took it, or it is over.
  var answeringByRule: Accountable? { owner == nil && process.state != .closed && process.state != .cancelled ? standIn : nil }
  /// Who answers for it: whoever took it; else, until it is over, by the provider's rule.
  var accountable: Reference? { owner ?? answeringByRule.map { Reference(id: $0.id, publicId: $0.publicId) } }
  var accountableName: String? { ownerName ?? answeringByRule?.name }
  var ownerBy: Accountable.Rule? { owner == nil ? answeringByRule?.rule : .person }

  static let columns = """
    p.id, p.public_id, p.number, p.customer_id, c.handle, c.public_id, p.title, p.description, p.category, p.impact, p.urgency, p.priority,
      p.owner_id, p.owner_public_id, a.name, p.article_id, p.article_public_id, p.state, p.cause, p.cause_code, p.workaround, p.solution, p.outcome, p.reason,
      p.known_error_at, p.resolved_at, p.closed_at, p.reopen_count, p.opened_at, p.last_seq, p.updated_at, p.version,
      team.team_id, team.public_id, team.name, p.requester_tenant_id, p.requester_id, whose.handle, p.requester_public_id,
      (select h.owner_id from handbooks.pub_accountable h where h.process = 'problem'),
      (select h.owner_public_id from handbooks.pub_accountable h where h.process = 'problem'),
      (select h.owner_name from handbooks.pub_accountable h where h.process = 'problem'),
      (select h.rule from handbooks.pub_accountable h where h.process = 'problem')
    """
  static let tables = """
    from problems.problem p
    left join tenancy.tenant c on c.id = p.customer_id
    left join tenancy.account a on a.tenant_id = p.tenant_id and a.id = p.owner_id
    left join desk.pub_team team on team.team_id = p.team_id
    left join tenancy.tenant whose on whose.id = p.requester_tenant_id
    """
  static let select = "select \(columns) \(tables)"

  /// $1 the provider; $2 the customers whom the reader serves, null: all. What is about another one is not there.
  static let isVisible = "p.tenant_id = $1 and ($2::bigint[] is null or p.customer_id is null or p.customer_id = any ($2))"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    let tenant: TenantId? = try row.next()
    if let publicId = try PublicId.customer(&row), let tenant { customer = Customer(id: tenant, publicId: publicId) }
    title = try row.next()
    description = try row.next()
    category = try row.next()
    impact = try row.next()
    urgency = try row.next()
    priority = try row.next()
    owner = try Self.reference(&row)
    ownerName = try row.next()
    article = try Self.reference(&row)
    process = try ProblemProcess(&row)
    openedAt = try row.next()
    lastSeq = try row.next()
    updatedAt = try row.next()
    version = try row.next()
    team = try WorkingTeam(&row)
    requester = try NamedRequester(&row)
    standIn = try Accountable(&row)
  }

  private static func reference(_ row: inout RowReader) throws -> Reference? {
    let (id, bits): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    guard let id, let bits else { return nil }
    return Reference(id: id, publicId: bits)
  }
}

extension ProblemRow: LinkedRow {
  static let linkedProcess = "problem"
  static let alias = "p"
}

extension ProblemProcess {
  fileprivate init(_ row: inout RowReader) throws {
    state = ProblemState(rawValue: try row.next()) ?? .cancelled
    cause = try row.next()
    causeCode = try row.next()
    workaround = try row.next()
    solution = try row.next()
    outcome = try row.next()
    reason = try row.next()
    knownErrorAt = try row.next()
    resolvedAt = try row.next()
    closedAt = try row.next()
    reopenCount = try row.next()
  }
}
