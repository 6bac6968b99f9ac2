import Kernel
import Operations
import Postgres

/// Who took a request.
struct RequestOwner: Sendable, Equatable {
  let id: Int64
  let publicId: [UInt8]
  let name: String
}

extension RequestOwner {
  /// Of `r`, in the order of ``init(_:)``.
  static let columns = "r.owner_id, r.owner_public_id, r.owner_name"

  /// Nil: nobody has.
  init?(_ row: inout RowReader) throws {
    let (id, publicId): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    let name: String? = try row.next()
    guard let id, let publicId, let name else { return nil }
    self.init(id: id, publicId: publicId, name: name)
  }
}

/// A member of the staff whom a body names, and whether he may work on a customer's requests.
struct StaffToAnswer: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let mayWork: Bool
  }

  let provider: TenantId
  let publicId: PublicId
  let customer: TenantId
  let now: Instant

  static let sql = """
    select a.id, a.public_id, exists (
      select from tenancy.role_grant g
      join tenancy.role_permission q on q.role = g.role and q.permission = $5
      where g.tenant_id = a.tenant_id and g.account_id = a.id and g.revoked_at is null and (g.expires_at is null or g.expires_at > $4)
        and (g.scope = 'all' or g.scope = 'listed' and exists (
          select from tenancy.role_grant_tenant l where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = $3)))
    from tenancy.account a where a.tenant_id = $1 and a.public_id = $2 and a.kind = 'staff' and a.state = 'active'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customer)
    parameters.append(now)
    parameters.append(RequestRights.work)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next(), mayWork: try row.next()) }
}

extension HandoverRow {
  static let selectOfRequest = "select \(columns) from requests.handover h left join desk.pub_team m on m.team_id = h.to_team_id"
}

/// The offer of a request that nobody has answered.
struct OpenRequestHandover: Statement {
  let tenant: TenantId
  let request: Int64

  static let sql = "\(HandoverRow.selectOfRequest) where h.tenant_id = $1 and h.request_id = $2 and h.outcome is null"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
  }

  static func decode(_ row: inout RowReader) throws -> HandoverRow { try HandoverRow(&row) }
}

/// All of a request, in their order.
struct HandoversOfRequest: Statement {
  let tenant: TenantId
  let request: Int64
  let after: Int64
  let limit: Int64

  static let sql = "\(HandoverRow.selectOfRequest) where h.tenant_id = $1 and h.request_id = $2 and h.id > $3 order by h.id limit $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> HandoverRow { try HandoverRow(&row) }
}

struct InsertRequestHandover: Statement {
  let tenant: TenantId
  let request: Int64
  let from: RequestOwner
  let to: StaffToAnswer.Found?
  let team: Int64?
  let reason: String?
  let actor: Actor
  let actorName: String
  let now: Instant

  static let sql = """
    insert into requests.handover (tenant_id, request_id, from_id, from_public_id, to_id, to_public_id, to_team_id, reason, actor_kind, actor_id,
      actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
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

/// Answers an offer. The request's row is held, so nobody else does.
struct AnswerRequestHandover: Statement {
  let tenant: TenantId
  let id: Int64
  let outcome: HandoverRow.Outcome
  let reason: String?
  let answerer: Actor
  let answererName: String
  let now: Instant

  static let sql = """
    update requests.handover set outcome = $3, answer_reason = $4, answerer_kind = $5, answerer_id = $6, answerer_name = $7, answered_at = $8
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

/// The request is over, or nobody answers for it any more: what was offered is withdrawn by that.
struct EndRequestHandovers: Statement {
  let tenant: TenantId
  let request: Int64
  let now: Instant

  static let sql = """
    update requests.handover set outcome = 'withdrawn', answerer_kind = 'system', answerer_id = 0, answerer_name = 'Steward', answered_at = $3
    where tenant_id = $1 and request_id = $2 and outcome is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(now)
  }
}

/// Takes a request from who answers for it; no row where another one does by now, or it is over.
struct LoseRequestOwner: Statement {
  let tenant: TenantId
  let request: Int64
  let owner: Int64

  static let sql = """
    update requests.request set owner_id = null, owner_public_id = null, owner_name = null, version = version + 1
    where tenant_id = $1 and id = $2 and owner_id = $3 and ended_at is null returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(owner)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Requests that are taken from who may not work on them any more.
package struct RequestOwners: OwnerKeeper {
  package typealias Note = RequestNote

  package let process = "request"
  package let permission = RequestRights.work
  package let subjectKind = RequestNews.subjectKind

  package init() {}

  package func hold(_ record: Int64, of tenant: TenantId, in transaction: Transaction) async throws {
    _ = try await transaction.first(HoldRequest(tenant: tenant, id: record))
  }

  package func release(_ record: Int64, of tenant: TenantId, from owner: Int64, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.first(LoseRequestOwner(tenant: tenant, request: record, owner: owner)) != nil
  }

  package func endOffer(of record: Int64, of tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.execute(EndRequestHandovers(tenant: tenant, request: record, now: now)) > 0
  }
}
