import Attributes
import Kernel
import Operations
import Postgres

struct InsertRequest: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let number: Int64
  let offering: Int64
  let offeringVersion: Int64
  let line: Int64
  let answers: Value
  let requester: Int64?
  let unit: Int64?
  /// Where it is to be done; nil: where the requester is.
  let place: Int64?
  let source: String?
  let value: Money?
  let mayApproveOwn: Bool
  let rating: RequestRating
  let actor: Actor
  /// The person behind the caller's login.
  let actorPerson: Int64?
  let now: Instant

  static let sql = """
    insert into requests.request
      (tenant_id, public_id, number, offering_id, offering_version_id, contract_line_id, answers, state, requester_id, actor_kind, actor_id, submitted_at,
       unit_id, value_minor, value_currency, own_approval, actor_person, impact, urgency, priority, place_id, source)
    values ($1, $2, $3, $4, $5, $6, $7, 'submitted', $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(number)
    parameters.append(offering)
    parameters.append(offeringVersion)
    parameters.append(line)
    parameters.append(json: answers)
    parameters.append(requester)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
    parameters.append(unit)
    parameters.append(value?.minorUnits)
    parameters.append(value?.currency.code)
    parameters.append(mayApproveOwn)
    parameters.append(actorPerson)
    parameters.append(rating)
    parameters.append(place)
    parameters.append(source)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A request as it is shown.
struct RequestRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let offering: [UInt8]
  let offeringCode: String
  let seq: Int64
  let content: Value
  let line: [UInt8]
  let answers: Value
  let requester: [UInt8]?
  let requesterName: String?
  /// Where it is to be done.
  let unit: [UInt8]?
  let unitName: String?
  let value: Money?
  let facts: RequestFacts
  let submittedAt: Instant
  let tasksTotal: Int64
  let tasksDone: Int64
  let tasksSkipped: Int64
  let version: Int64
  /// When the next of its clocks is due.
  let dueAt: Instant?
  /// Read with a request alone, not with those of a list.
  var attributes = HeldAttributes()
  /// Who took it; nil: nobody.
  let owner: RequestOwner?
  /// Who answers for requests that nobody took; nil where the reader is not told.
  let standIn: Accountable?

  var state: RequestState { facts.state }

  /// Who took it, else who answers for it by the rule until it is over; nil: nobody. The provider's own affair.
  var accountable: Accountable? {
    if let owner { return Accountable(id: owner.id, publicId: owner.publicId, name: owner.name, rule: .person) }
    return switch state {
    case .submitted, .awaitingApproval, .approved, .fulfilling, .fulfilled: standIn
    case .rejected, .closed, .withdrawn, .cancelled: nil
    }
  }

  /// With its attributes.
  static let select = "select \(head), v.content, \(tail), \(HeldAttributes.columnsOfRequest) \(tables)"
  /// For a listing, which shows the name and the form of what was ordered, and nothing else of it.
  static let selectListed = "select \(listed) \(tables)"
  /// The same with what is due next, and the share of a budget of which a clock that counts warned.
  static let selectQueued = "select \(listed), r.due_metric, r.warned_percent \(tables)"

  private static let listed = """
    \(head), jsonb_build_object('name', v.content -> 'name', 'form', coalesce(v.content -> 'form', '[]')), \(tail)
    """

  private static let head = "r.id, r.public_id, r.number, o.public_id, o.code, v.seq"
  private static let tail = """
    l.public_id, r.answers, p.public_id, p.name, s.public_id, s.name, r.value_minor, r.value_currency, \(RequestFacts.columns), r.submitted_at, r.tasks_total,
      r.tasks_done, r.tasks_skipped, r.version, r.due_at, \(RequestOwner.columns),
      (select h.owner_id from handbooks.pub_accountable h where h.process = 'request'),
      (select h.owner_public_id from handbooks.pub_accountable h where h.process = 'request'),
      (select h.owner_name from handbooks.pub_accountable h where h.process = 'request'),
      (select h.rule from handbooks.pub_accountable h where h.process = 'request')
    """
  private static let tables = """
    from requests.request r
    join catalog.pub_offering o on o.offering_id = r.offering_id
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
    join contracts.pub_line l on l.tenant_id = r.tenant_id and l.line_id = r.contract_line_id
    left join tenancy.person p on p.tenant_id = r.tenant_id and p.id = r.requester_id
    left join tenancy.org_unit s on s.tenant_id = r.tenant_id and s.id = coalesce(r.place_id, r.unit_id)
    """

  /// What a row scope leaves of them: $2 everything, $3 units, $4 a person.
  static let isVisible = "($2 or p.unit_id = any ($3) or r.requester_id = $4)"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    offering = try row.next()
    offeringCode = try row.next()
    seq = try row.next()
    content = try row.next()
    line = try row.next()
    answers = try row.next()
    requester = try row.next()
    requesterName = try row.next()
    unit = try row.next()
    unitName = try row.next()
    value = try Money(minorUnits: row.next(), code: row.next())
    facts = try RequestFacts(&row)
    submittedAt = try row.next()
    tasksTotal = try row.next()
    tasksDone = try row.next()
    tasksSkipped = try row.next()
    version = try row.next()
    dueAt = try row.next()
    owner = try RequestOwner(&row)
    standIn = try Accountable(&row)
  }

  /// From the first question on until all had agreed or one had refused; nil where nobody was asked, or that is not over.
  var approvalSeconds: Int64? {
    guard let askedAt = facts.askedAt, let end = facts.decidedAt ?? facts.endedAt else { return nil }
    return end.seconds - askedAt.seconds
  }

  /// Whether it ended with a part of its tasks done.
  var isPartlyFulfilled: Bool { facts.endedAt != nil && tasksDone > 0 && tasksDone < tasksTotal }
}

extension RequestFacts {
  /// Of `r`, in the order of ``init(_:)``.
  static let columns = """
    r.state, r.contract_line_id, r.asked_at, r.decided_at, r.started_at, r.ended_at, r.closed_at, r.withdrawn_at, r.reason, r.closes_at, r.responded_at,
      r.impact, r.urgency, r.priority, r.source
    """

  init(_ row: inout RowReader) throws {
    self.init(state: RequestState(rawValue: try row.next()) ?? .withdrawn, line: try row.next())
    askedAt = try row.next()
    decidedAt = try row.next()
    startedAt = try row.next()
    endedAt = try row.next()
    closedAt = try row.next()
    withdrawnAt = try row.next()
    reason = try row.next()
    closesAt = try row.next()
    respondedAt = try row.next()
    rating = RequestRating(impact: try row.next(), urgency: try row.next(), priority: try row.next())
    source = try row.next()
  }
}

extension Money {
  /// Nil where there is none.
  init?(minorUnits: Int64?, code: String?) {
    guard let minorUnits, let currency = code.flatMap({ Currency(code: $0) }) else { return nil }
    self.init(minorUnits: minorUnits, currency: currency)
  }
}

struct RequestByPublicId: Statement {
  let tenant: TenantId
  let scope: RowScope
  let publicId: PublicId

  static let sql = "\(RequestRow.select) where r.tenant_id = $1 and \(RequestRow.isVisible) and r.public_id = $5"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(everything: scope)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> RequestRow {
    var request = try RequestRow(&row)
    request.attributes = try HeldAttributes(&row)
    return request
  }
}

/// What a request that is held was told.
struct AttributesOfRequest: Statement {
  let tenant: TenantId
  let request: Int64

  static let sql = "select \(HeldAttributes.columnsOfRequest) from requests.request r where r.tenant_id = $1 and r.id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
  }

  static func decode(_ row: inout RowReader) throws -> HeldAttributes { try HeldAttributes(&row) }
}

/// All of a customer's requests, the newest first.
struct RequestsOfTenant: Statement {
  let tenant: TenantId
  let state: RequestState?
  let before: Int64
  let limit: Int64
  var attribute: AttributeFilter?

  static let sql = """
    \(RequestRow.selectListed) where r.tenant_id = $1 and ($2::text is null or r.state = $2) and r.number < $3
      and \(AttributeFilter.condition(.request, "r.id", at: 5))
    order by r.number desc limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(state?.rawValue)
    parameters.append(before)
    parameters.append(limit)
    parameters.append(attribute)
  }

  static func decode(_ row: inout RowReader) throws -> RequestRow { try RequestRow(&row) }
}

/// Those for one person, whoever asks, the newest first: by the index of the requester.
struct RequestsOfRequester: Statement {
  let tenant: TenantId
  let requester: Int64
  let state: RequestState?
  let before: Int64
  let limit: Int64
  let attribute: AttributeFilter?

  static let sql = """
    \(RequestRow.selectListed) where r.tenant_id = $1 and r.requester_id = $2 and ($3::text is null or r.state = $3) and r.number < $4
      and \(AttributeFilter.condition(.request, "r.id", at: 6))
    order by r.number desc limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(requester)
    parameters.append(state?.rawValue)
    parameters.append(before)
    parameters.append(limit)
    parameters.append(attribute)
  }

  static func decode(_ row: inout RowReader) throws -> RequestRow { try RequestRow(&row) }
}

/// Those for one person and for the people of units, the newest first. Each branch takes its own from the index of the requester: a
/// condition that joins them by "or" would read all requests of the customer in search of a few.
struct RequestsOfScope: Statement {
  let tenant: TenantId
  let scope: RowScope
  let state: RequestState?
  let before: Int64
  let limit: Int64
  var attribute: AttributeFilter?

  static let sql = """
    with mine as (
      (select r.number from requests.request r
        where r.tenant_id = $1 and r.requester_id = $3 and ($4::text is null or r.state = $4) and r.number < $5
          and \(AttributeFilter.condition(.request, "r.id", at: 7)) order by r.number desc limit $6)
      union
      (select n.number from tenancy.person p cross join lateral (
          select r.number from requests.request r
          where r.tenant_id = $1 and r.requester_id = p.id and ($4::text is null or r.state = $4) and r.number < $5
            and \(AttributeFilter.condition(.request, "r.id", at: 7)) order by r.number desc limit $6) n
        where p.tenant_id = $1 and p.unit_id = any($2) order by n.number desc limit $6))
    \(RequestRow.selectListed) where r.tenant_id = $1 and r.number = any(array(select m.number from mine m)) order by r.number desc limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(scope.units.sorted())
    parameters.append(scope.person)
    parameters.append(state?.rawValue)
    parameters.append(before)
    parameters.append(limit)
    parameters.append(attribute)
  }

  static func decode(_ row: inout RowReader) throws -> RequestRow { try RequestRow(&row) }
}

/// Persons of the tenant that a request names, with what a row scope looks at.
struct PersonsOfRequest: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let unit: Int64?
    let hasLeft: Bool
  }

  let tenant: TenantId
  let publicIds: [PublicId]
  /// The caller himself.
  let own: Int64?

  static let sql = """
    select p.id, p.public_id, p.unit_id, p.left_at is not null from tenancy.person p
    where p.tenant_id = $1 and (p.public_id = any($2) or p.id = $3) order by p.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicIds.map(\.random))
    parameters.append(own)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), publicId: try row.next(), unit: try row.next(), hasLeft: try row.next())
  }
}

extension Parameters {
  /// The impact, the urgency and the priority.
  mutating func append(_ rating: RequestRating) {
    append(rating.impact)
    append(rating.urgency)
    append(rating.priority)
  }

  /// $n everything, $n+1 units, $n+2 a person.
  mutating func append(everything scope: RowScope) {
    append(scope.everything)
    append(scope.units.sorted())
    append(scope.person)
  }
}
