import Kernel
import Operations
import Postgres

/// What is told of some rows of a tenant's, which a text takes as $1 and $2.
protocol RowsToTell: Statement {
  var tenant: TenantId { get }
  var ids: [Int64] { get }
}

extension RowsToTell {
  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }
}

/// Offers to hand requests over, with what each is about.
struct RequestOffersToTell: RowsToTell {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select o.request_id, o.public_id, o.number, g.code, v.content -> 'name', '{}'::bigint[], o.priority, \(ToldOffer.columns)
    from requests.pub_told_handover o
    join catalog.pub_offering g on g.offering_id = o.offering_id
    join catalog.pub_offering_version v on v.version_id = o.offering_version_id
    where o.tenant_id = $1 and o.request_id = any ($2)
    """

  static func decode(_ row: inout RowReader) throws -> ToldOffer { try ToldOffer(.request, &row) }
}

/// Offers to hand problems over, with what each is about.
struct ProblemOffersToTell: RowsToTell {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select p.problem_id, p.public_id, p.number, p.title, null::jsonb, array_remove(array[p.customer_id], null), p.priority, \(ToldOffer.columns)
    from desk.pub_told_offer o join problems.pub_problem p on p.tenant_id = o.tenant_id and p.problem_id = o.subject_id
    where o.tenant_id = $1 and o.subject_kind = 'problem' and o.subject_id = any ($2)
    """

  static func decode(_ row: inout RowReader) throws -> ToldOffer { try ToldOffer(.problem, &row) }
}

/// The same of changes.
struct ChangeOffersToTell: RowsToTell {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select c.change_id, c.public_id, c.number, c.title, null::jsonb, c.concerned_ids, null::bigint, \(ToldOffer.columns)
    from desk.pub_told_offer o join changes.pub_told_change c on c.tenant_id = o.tenant_id and c.change_id = o.subject_id
    where o.tenant_id = $1 and o.subject_kind = 'change' and o.subject_id = any ($2)
    """

  static func decode(_ row: inout RowReader) throws -> ToldOffer { try ToldOffer(.change, &row) }
}

/// The same of releases.
struct ReleaseOffersToTell: RowsToTell {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select r.release_id, r.public_id, r.number, r.title, null::jsonb, r.concerned_ids, null::bigint, \(ToldOffer.columns)
    from desk.pub_told_offer o join changes.pub_told_release r on r.tenant_id = o.tenant_id and r.release_id = o.subject_id
    where o.tenant_id = $1 and o.subject_kind = 'release' and o.subject_id = any ($2)
    """

  static func decode(_ row: inout RowReader) throws -> ToldOffer { try ToldOffer(.release, &row) }
}

extension ToldOffer {
  /// Of `o`, after what it is about.
  static let columns = """
    o.from_id, o.to_id, (select m.name from desk.pub_team m where m.team_id = o.to_team_id),
      (select m.public_id from desk.pub_team m where m.team_id = o.to_team_id), o.actor_kind, o.actor_id, o.reason, o.recorded_at, o.outcome,
      o.answer_reason, o.answered_at
    """

  init(_ subject: Subject, _ row: inout RowReader) throws {
    self.subject = subject
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    title = try row.next()
    let names: Value? = try row.next()
    self.names = LocalText(names)
    let concerned: [Int64] = try row.next()
    self.concerned = concerned.map { TenantId($0) }
    priority = try row.next()
    from = try row.next()
    to = try row.next()
    team = try row.next()
    teamBits = try row.next()
    let (kind, offerer): (String, Int64) = (try row.next(), try row.next())
    self.offerer = kind == Actor.Kind.staff.rawValue ? offerer : nil
    reason = try row.next()
    offeredAt = try row.next()
    let outcome: String? = try row.next()
    self.outcome = outcome.flatMap { HandoverRow.Outcome(rawValue: $0) }
    answerReason = try row.next()
    answeredAt = try row.next()
  }
}

/// Requests for which another one answers, with what each is about.
struct RequestOwnersToTell: RowsToTell {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select r.request_id, r.public_id, r.number, g.code, v.content -> 'name', '{}'::bigint[], r.priority, r.owner_id,
      (select h.owner_id from handbooks.pub_accountable h where h.process = 'request')
    from requests.pub_told_request r
    join catalog.pub_offering g on g.offering_id = r.offering_id
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
    where r.tenant_id = $1 and r.request_id = any ($2)
    """

  static func decode(_ row: inout RowReader) throws -> ToldOwner { try ToldOwner(.request, &row) }
}

/// The same of problems.
struct ProblemOwnersToTell: RowsToTell {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select p.problem_id, p.public_id, p.number, p.title, null::jsonb, array_remove(array[p.customer_id], null), p.priority, p.owner_id,
      (select h.owner_id from handbooks.pub_accountable h where h.process = 'problem')
    from problems.pub_problem p where p.tenant_id = $1 and p.problem_id = any ($2)
    """

  static func decode(_ row: inout RowReader) throws -> ToldOwner { try ToldOwner(.problem, &row) }
}

/// The same of changes.
struct ChangeOwnersToTell: RowsToTell {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select c.change_id, c.public_id, c.number, c.title, null::jsonb, c.concerned_ids, null::bigint, c.owner_id,
      (select h.owner_id from handbooks.pub_accountable h where h.process = 'change')
    from changes.pub_told_change c where c.tenant_id = $1 and c.change_id = any ($2)
    """

  static func decode(_ row: inout RowReader) throws -> ToldOwner { try ToldOwner(.change, &row) }
}

/// The same of releases.
struct ReleaseOwnersToTell: RowsToTell {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select r.release_id, r.public_id, r.number, r.title, null::jsonb, r.concerned_ids, null::bigint, r.owner_id,
      (select h.owner_id from handbooks.pub_accountable h where h.process = 'change')
    from changes.pub_told_release r where r.tenant_id = $1 and r.release_id = any ($2)
    """

  static func decode(_ row: inout RowReader) throws -> ToldOwner { try ToldOwner(.release, &row) }
}

extension ToldOwner {
  init(_ subject: ToldOffer.Subject, _ row: inout RowReader) throws {
    self.subject = subject
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    title = try row.next()
    let names: Value? = try row.next()
    self.names = LocalText(names)
    let concerned: [Int64] = try row.next()
    self.concerned = concerned.map { TenantId($0) }
    priority = try row.next()
    holder = try row.next()
    standIn = try row.next()
  }
}

/// Who answers for incidents that nobody has taken.
struct IncidentStandIn: Statement {
  static let sql = "select h.owner_id from handbooks.pub_accountable h where h.process = 'incident'"

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
