import Kernel
import Operations
import Postgres

/// The gates that stand before some steps now, with what is known of a subject that is on its way through them; and those that it is
/// waiting at besides. Gates of other priorities among them: who asks does not know the priority yet.
struct GatesAheadOf: Statement {
  struct Found: Sendable {
    let gate: Gate
    /// Whether it is one of those asked for; else the subject waits at it, and it stands elsewhere.
    let isAhead: Bool
    /// Why somebody let the subject pass beforehand.
    let reason: String?
    let stoppedSince: Instant?
    /// The stay of the subject there that goes on.
    let stay: Int64?
    /// Whether a stop of this call would change nothing: it is counted already, or as many are as are counted.
    let isCounted: Bool
    /// Whether this very call was stopped there before.
    let isKnown: Bool
    /// When the subject came there.
    let cameAt: Instant?

    var isStay: Bool { reason != nil || stoppedSince != nil }

    fileprivate var withoutStay: Found {
      Found(gate: gate, isAhead: isAhead, reason: nil, stoppedSince: nil, stay: nil, isCounted: false, isKnown: false, cameAt: nil)
    }
  }

  let provider: TenantId
  let tenant: TenantId
  let steps: [GateStep]
  let subject: GateSubject
  /// What tells this call from others; nil: nobody is about to be stopped.
  var call: [UInt8]?
  let now: Instant

  // A stay of somebody who was about to open something else is over.
  private static let isCounted = """
    coalesce((p.stops >= $8 or p.calls @> array[$7::bytea]) and not (p.subject_kind = 'opening' and p.last_stopped_at < $9), false)
    """
  private static let found = "p.reason, p.first_stopped_at, p.id, \(isCounted), coalesce(p.calls @> array[$7::bytea], false), p.came_at"
  private static let stays = """
    left join gates.passage p on p.tenant_id = $2 and p.subject_kind = $5 and p.subject = $6 and p.gate_id = g.id and p.ended_at is null
    """
  private static let stands = "g.step = any ($3) and g.retired_at is null and g.valid_from <= $4"
  // What is the provider's own passes the gates of those whom it concerns; and a problem that was widened, those that stopped it before. At gates of whom it
  // concerns no more it stays as long as it goes on, and they stop it no more.
  static let sql = """
    select \(Gate.columns), true, \(found) from gates.gate g \(Gate.joins) \(stays)
    where (g.only_tenant_id is null or g.only_tenant_id = $2) and \(stands)
    union all
    select \(Gate.columns), true, \(found)
    from problems.pub_problem b join gates.gate g on g.only_tenant_id = b.customer_id \(Gate.joins) \(stays)
    where $5 = 'problem' and b.tenant_id = $2 and b.public_id = $6 and \(stands)
    union all
    select \(Gate.columns), true, \(found)
    from \(Concerned.rows) n join gates.gate g on g.only_tenant_id = n.customer_id \(Gate.joins) \(stays)
    where n.kind = $5 and n.tenant_id = $2 and n.public_id = $6 and \(stands)
    union all
    select \(Gate.columns), true, \(found)
    from gates.passage p join gates.gate g on g.id = p.gate_id \(Gate.joins)
    where $5 = 'problem' and p.tenant_id = $2 and p.subject_kind = $5 and p.subject = $6 and p.ended_at is null and p.first_stopped_at is not null
      and g.only_tenant_id <> $2 and \(stands) and not exists (
        select from problems.pub_problem b where b.tenant_id = $2 and b.public_id = $6 and b.customer_id = g.only_tenant_id)
    union all
    select \(Gate.columns), false, \(found)
    from gates.passage p join gates.gate g on g.id = p.gate_id \(Gate.joins)
    where p.tenant_id = $2 and p.subject_kind = $5 and p.subject = $6 and p.ended_at is null and (
      not (g.step = any ($3) and g.retired_at is null)
      or $5 in \(Concerned.kinds) and g.only_tenant_id <> $2 and not exists (
        select from \(Concerned.rows) n
        where n.kind = $5 and n.tenant_id = $2 and n.public_id = $6 and n.customer_id = g.only_tenant_id))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(tenant)
    parameters.append(steps.map(\.rawValue))
    parameters.append(now)
    parameters.append(subject.kind)
    parameters.append(subject.key)
    parameters.append(call)
    parameters.append(RecordStop.most)
    parameters.append(now.adding(seconds: -GateSubject.openingSeconds))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      gate: try Gate(&row), isAhead: try row.next(), reason: try row.next(), stoppedSince: try row.next(), stay: try row.next(),
      isCounted: try row.next(), isKnown: try row.next(), cameAt: try row.next())
  }
}

extension [GatesAheadOf.Found] {
  /// What stayed at gates before it came to all of them anew stays there no more: what stopped it, or was said there, is of the time before.
  /// - Parameter cameAnewAt: when it did; asked for only where it stays somewhere.
  /// - Returns: them without such stays, and the gates of those.
  func current(_ cameAnewAt: (() async throws -> Instant?)?) async throws -> (rows: [GatesAheadOf.Found], over: [Int64]) {
    guard contains(where: { $0.cameAt != nil }), let instant = try await cameAnewAt?() else { return (self, []) }
    func isOver(_ row: GatesAheadOf.Found) -> Bool { row.cameAt.map { $0 < instant } ?? false }
    return (map { isOver($0) ? $0.withoutStay : $0 }, filter(isOver).map(\.gate.id))
  }

  /// Those that stand before something now, in the order in which it comes to them.
  /// - Parameters:
  ///   - steps: those that are taken.
  ///   - priority: by which it is judged; asked for only where a gate is for one priority.
  ///   - isOpening: what somebody was stopped at while he opened an incident may have been another one.
  func holding(before steps: [GateStep], isOpening: Bool = false, _ priority: () async throws -> Int64) async throws -> [GatesAheadOf.Found] {
    let ahead = filter { $0.isAhead && steps.contains($0.gate.step) }
    let judged = ahead.contains { $0.gate.priority != nil } ? try await priority() : 0
    return ahead.filter { GateJudgement.holds(for: judged, of: $0.gate.priority, hasStopped: $0.stoppedSince != nil && !isOpening) }
      .sorted { Gate.isBefore($0.gate, $1.gate) }
  }
}

/// A gate that staff who serve these customers may see.
struct GateByPublicId: Statement {
  let provider: TenantId
  /// Nil: all.
  let customers: [Int64]?
  let publicId: PublicId

  static let isVisible = "($2::bigint[] is null or g.only_tenant_id is null or g.only_tenant_id = any ($2))"
  static let sql = "select \(Gate.columns) from gates.gate g \(Gate.joins) where \(isVisible) and g.public_id = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Gate { try Gate(&row) }
}

struct GatePage: Statement {
  let provider: TenantId
  /// Nil: all.
  let customers: [Int64]?
  let step: GateStep?
  /// Those that hold for this customer; nil: for whomever.
  let customer: TenantId?
  let withRetired: Bool
  let after: Int64
  let limit: Int64

  static let sql = """
    select \(Gate.columns) from gates.gate g \(Gate.joins)
    where \(GateByPublicId.isVisible) and ($3::text is null or g.step = $3)
      and ($4::bigint is null or g.only_tenant_id is null or g.only_tenant_id = $4) and ($5 or g.retired_at is null) and g.id > $6
    order by g.id limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(step?.rawValue)
    parameters.append(customer)
    parameters.append(withRetired)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Gate { try Gate(&row) }
}

/// How many gates stand, or are going to, before a step for a customer of its own, or for all.
struct CountGates: Statement {
  let step: GateStep
  let customer: TenantId?

  static let sql = """
    select count(*) from gates.gate g where g.step = $1 and g.retired_at is null
      and (g.only_tenant_id = $2 or $2::bigint is null and g.only_tenant_id is null)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(step.rawValue)
    parameters.append(customer)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertGate: Statement {
  let publicId: PublicId
  let step: GateStep
  let priority: Int64?
  let customer: TenantId?
  let kind: Gate.Kind
  let needs: Value
  let name: LocalText
  let purpose: LocalText
  let owner: GateOwner.Found
  let validFrom: Instant
  let author: String
  let now: Instant

  static let sql = """
    insert into gates.gate
      (public_id, step, priority, only_tenant_id, kind, needs, name, purpose, owner_id, owner_public_id, valid_from, author_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(step.rawValue)
    parameters.append(priority)
    parameters.append(customer)
    parameters.append(kind.rawValue)
    parameters.append(json: needs)
    parameters.append(json: name.value ?? .null)
    parameters.append(json: purpose.value ?? .null)
    parameters.append(owner.id)
    parameters.append(owner.publicId)
    parameters.append(validFrom)
    parameters.append(author)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// No row when another one came first.
struct UpdateGate: Statement {
  let id: Int64
  let version: Int64
  let name: LocalText
  let purpose: LocalText
  /// Nil: it stays.
  let owner: GateOwner.Found?

  static let sql = """
    update gates.gate set name = $3, purpose = $4, owner_id = coalesce($5, owner_id), owner_public_id = coalesce($6, owner_public_id), version = version + 1
    where id = $1 and version = $2 and retired_at is null returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(json: name.value ?? .null)
    parameters.append(json: purpose.value ?? .null)
    parameters.append(owner?.id)
    parameters.append(owner?.publicId)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when another one came first.
struct RetireGateRow: Statement {
  let id: Int64
  let version: Int64
  let reason: String
  let now: Instant

  static let sql = """
    update gates.gate set retired_at = $3, retirement = $4, version = version + 1 where id = $1 and version = $2 and retired_at is null returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(now)
    parameters.append(reason)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// An active member of the staff who is to answer for a gate; the provider's tenant is bound.
struct GateOwner: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
  }

  let provider: TenantId
  let publicId: PublicId

  static let sql = "select id, public_id from tenancy.account where tenant_id = $1 and public_id = $2 and kind = 'staff' and state = 'active'"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next()) }
}
