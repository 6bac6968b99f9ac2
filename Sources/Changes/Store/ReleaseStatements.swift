import Attributes
import Kernel
import Operations
import Postgres

struct ReleaseRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  var title: String
  var description: String
  let openedAt: Instant
  var lastSeq: Int64
  var updatedAt: Instant
  var version: Int64
  /// Whether the reader serves all whom its changes concern.
  let mayAct: Bool
  /// The one who opened it, took it or accepted it, and answers for it since; nil: nobody.
  var owner: ChangeRow.Reference?
  var ownerName: String?
  /// Who answers for releases that nobody has taken: as for changes.
  let standIn: Accountable?
  var process: ReleaseProcess
  /// Read with a release alone, not with those of a list.
  var attributes = HeldAttributes()

  /// Nil where somebody took it, or it is over.
  var answeringByRule: Accountable? { owner == nil && process.endedAt == nil ? standIn : nil }
  /// Who answers for it: whoever took it; else, until it is over, by the provider's rule.
  var accountable: ChangeRow.Reference? { owner ?? answeringByRule.map { ChangeRow.Reference(id: $0.id, publicId: $0.publicId) } }
  var accountableName: String? { ownerName ?? answeringByRule?.name }
  var ownerBy: Accountable.Rule? { owner == nil ? answeringByRule?.rule : .person }

  /// It concerns nobody yet, and did not. $3 and $4 the reader's account: who opened it sees it then.
  static let isOwnAndNobodys = """
    r.author_kind = $3 and r.author_id = $4
      and not exists (select from changes.change c where c.tenant_id = r.tenant_id and c.release_id = r.id)
      and not exists (select from changes.release_concerned n where n.tenant_id = r.tenant_id and n.release_id = r.id)
    """

  /// $1 the provider; $2 the customers whom the reader serves, null: all; $3 and $4 the reader's account. What concerns nobody yet is there
  /// for who opened it. What concerned somebody once goes on to.
  static let isVisible = """
    r.tenant_id = $1 and ($2::bigint[] is null
      or \(isOwnAndNobodys)
      or exists (
        select from changes.release_concerned n where n.tenant_id = r.tenant_id and n.release_id = r.id and n.customer_id = any ($2))
      or exists (
        select from changes.change c join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
        where c.tenant_id = r.tenant_id and c.release_id = r.id and n.customer_id = any ($2)))
    """

  static let columns = """
    r.id, r.public_id, r.number, r.title, r.description, r.opened_at, r.last_seq, r.updated_at, r.version,
      ($2::bigint[] is null or not exists (
        select from changes.change c left join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
        where c.tenant_id = r.tenant_id and c.release_id = r.id and (n.customer_id is null or not n.customer_id = any ($2)))
        and not exists (
          select from changes.release_concerned n where n.tenant_id = r.tenant_id and n.release_id = r.id and not n.customer_id = any ($2))),
      r.owner_id, r.owner_public_id, o.name,
      (select h.owner_id from handbooks.pub_accountable h where h.process = 'change'),
      (select h.owner_public_id from handbooks.pub_accountable h where h.process = 'change'),
      (select h.owner_name from handbooks.pub_accountable h where h.process = 'change'),
      (select h.rule from handbooks.pub_accountable h where h.process = 'change'),
      r.author_kind, r.author_id, r.author_person, r.state, r.pilot_scope, r.pilot_result, r.pilot_note, r.signed_at, r.signer_name,
      r.signer_kind, r.signer_id, r.signer_person, r.parties, r.reason, r.ended_at
    """
  static let tables = """
    from changes.release r
    left join tenancy.account o on o.tenant_id = r.tenant_id and o.id = r.owner_id
    """
  static let select = "select \(columns) \(tables)"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    title = try row.next()
    description = try row.next()
    openedAt = try row.next()
    lastSeq = try row.next()
    updatedAt = try row.next()
    version = try row.next()
    mayAct = try row.next()
    owner = try ChangeRow.reference(&row)
    ownerName = try row.next()
    standIn = try Accountable(&row)
    process = ReleaseProcess(author: Party(kind: try row.next(), id: try row.next(), person: try row.next()))
    process.state = ReleaseState(rawValue: try row.next()) ?? .cancelled
    process.pilotScope = try row.next()
    process.pilotResult = (try row.next() as String?).flatMap(ReleaseProcess.Pilot.init)
    process.pilotNote = try row.next()
    process.signedAt = try row.next()
    process.signerName = try row.next()
    let (kind, account, person): (String?, Int64?, Int64?) = (try row.next(), try row.next(), try row.next())
    if let kind, let account { process.signer = Party(kind: kind, id: account, person: person) }
    process.parties = Party.list(try row.next())
    process.reason = try row.next()
    process.endedAt = try row.next()
  }
}

struct InsertRelease: Statement {
  let provider: TenantId
  let publicId: PublicId
  let number: Int64
  let title: String
  let description: String
  /// Who answers for it signs it off no more, whoever does later on.
  let owner: StaffForChange.Found?
  let author: Party
  let now: Instant

  static let sql = """
    insert into changes.release
      (tenant_id, public_id, number, title, description, author_kind, author_id, author_person, opened_at, updated_at, owner_id, owner_public_id,
        parties)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(number)
    parameters.append(title)
    parameters.append(description)
    parameters.append(author.kind)
    parameters.append(author.id)
    parameters.append(author.person)
    parameters.append(now)
    parameters.append(owner?.account.id)
    parameters.append(owner?.account.publicId)
    let parties: [Party] = owner.map { [$0.party] } ?? []
    parameters.append(json: parties.stored)
  }
}

/// Keeps other acts on a release waiting until the transaction ends.
struct HoldRelease: Statement {
  let provider: TenantId
  let publicId: PublicId

  static let sql = "select r.id from changes.release r where r.tenant_id = $1 and r.public_id = $2 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct ReleaseByPublicId: Statement {
  let provider: TenantId
  let customers: [Int64]?
  let reader: Actor
  let publicId: PublicId

  static let sql = """
    select \(ReleaseRow.columns), \(HeldAttributes.columnsOfRelease) \(ReleaseRow.tables) where \(ReleaseRow.isVisible) and r.public_id = $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(reader.kind.rawValue)
    parameters.append(reader.id)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> ReleaseRow {
    var release = try ReleaseRow(&row)
    release.attributes = try HeldAttributes(&row)
    return release
  }
}

/// Releases that the caller may see, the one opened last first.
struct ReleasePage: Statement {
  struct Filter: Sendable {
    var state: String?
    var owner: PublicId?
    /// Only what goes on and nobody has taken.
    var isUnowned = false
    /// Only what is offered to the reader, or to one of these teams.
    var isOffered = false
    var offeredTeams: [Int64] = []
    var attribute: AttributeFilter?
  }

  let provider: TenantId
  let customers: [Int64]?
  let reader: Actor
  let filter: Filter
  let before: (openedAt: Instant, id: Int64)?
  let limit: Int64

  static let sql = "\(ReleaseRow.select) where \(ReleaseRow.isVisible) and \(page)"

  static let page = """
    ($5::text is null or r.state = $5) and ($9::bytea is null or r.owner_public_id = $9)
      and (not $10 or r.id in (
        select o.subject_id from desk.pub_told_offer o
        where o.tenant_id = $1 and o.subject_kind = 'release' and o.outcome is null and (o.to_team_id = any ($13) or o.to_id = $11)))
      and (not $12 or r.owner_id is null and r.ended_at is null)
      and \(AttributeFilter.condition(.release, "r.id", at: 14))
      and ($6::timestamptz is null or (r.opened_at, r.id) < ($6, $7))
    order by r.opened_at desc, r.id desc limit $8
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(reader.kind.rawValue)
    parameters.append(reader.id)
    parameters.append(filter.state)
    parameters.append(before?.openedAt)
    parameters.append(before?.id ?? 0)
    parameters.append(limit)
    parameters.append(filter.owner?.random)
    parameters.append(filter.isOffered)
    let own: Int64? = reader.kind == .staff ? reader.id : nil
    parameters.append(own)
    parameters.append(filter.isUnowned)
    parameters.append(filter.offeredTeams)
    parameters.append(filter.attribute)
  }

  static func decode(_ row: inout RowReader) throws -> ReleaseRow { try ReleaseRow(&row) }
}

/// The same for who serves a few customers: found by whom they concern, and not by looking through all the others' releases. What is told
/// besides is looked up of one page.
struct ReleasesOfCustomers: Statement {
  /// Of one who does not serve all.
  let releases: ReleasePage

  static let sql = """
    \(ReleaseRow.select) where r.tenant_id = $1 and r.id in (
      select p.id from (
        select r.id from changes.release r
        where r.tenant_id = $1 and r.id in (
            select n.release_id from changes.release_concerned n where n.tenant_id = $1 and n.customer_id = any ($2)
            union all
            select c.release_id from changes.concerned n join changes.change c on c.tenant_id = n.tenant_id and c.id = n.change_id
            where n.tenant_id = $1 and n.customer_id = any ($2) and c.release_id is not null
            union all
            select r.id from changes.release r where r.tenant_id = $1 and \(ReleaseRow.isOwnAndNobodys))
          and \(ReleasePage.page)) p)
    order by r.opened_at desc, r.id desc
    """

  func bind(to parameters: inout Parameters) { releases.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> ReleaseRow { try ReleaseRow(&row) }
}

struct UpdateRelease: Statement {
  let provider: TenantId
  let row: ReleaseRow

  static let sql = """
    update changes.release set title = $3, description = $4, state = $5, pilot_scope = $6, pilot_result = $7, pilot_note = $8, signed_at = $9,
      signer_name = $10, reason = $11, ended_at = $12, last_seq = $13, updated_at = $14, version = $15,
      signer_kind = $16, signer_id = $17, signer_person = $18, parties = $19, owner_id = $20, owner_public_id = $21
    where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(row.id)
    parameters.append(row.title)
    parameters.append(row.description)
    parameters.append(row.process.state.rawValue)
    parameters.append(row.process.pilotScope)
    parameters.append(row.process.pilotResult?.rawValue)
    parameters.append(row.process.pilotNote)
    parameters.append(row.process.signedAt)
    parameters.append(row.process.signerName)
    parameters.append(row.process.reason)
    parameters.append(row.process.endedAt)
    parameters.append(row.lastSeq)
    parameters.append(row.updatedAt)
    parameters.append(row.version)
    parameters.append(row.process.signer?.kind)
    parameters.append(row.process.signer?.id)
    parameters.append(row.process.signer?.person)
    parameters.append(json: row.process.parties.stored)
    parameters.append(row.owner?.id)
    parameters.append(row.owner?.publicId)
  }
}

struct CriteriaOfRelease: Statement {
  let provider: TenantId
  let release: Int64

  static let sql = """
    select seq, body, state, evidence, judge_kind, judge_id, judge_person, judge_name, judged_at from changes.criterion
    where tenant_id = $1 and release_id = $2 order by seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(release)
  }

  static func decode(_ row: inout RowReader) throws -> Criterion {
    var criterion = Criterion(seq: try row.next(), body: try row.next())
    criterion.state = Criterion.State(rawValue: try row.next()) ?? .open
    criterion.evidence = try row.next()
    let (kind, id, person): (String?, Int64?, Int64?) = (try row.next(), try row.next(), try row.next())
    if let kind, let id { criterion.judge = Party(kind: kind, id: id, person: person) }
    criterion.judgeName = try row.next()
    criterion.judgedAt = try row.next()
    return criterion
  }
}

struct InsertCriterion: Statement {
  let provider: TenantId
  let release: Int64
  let criterion: Criterion

  static let sql = "insert into changes.criterion (tenant_id, release_id, seq, body) values ($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(release)
    parameters.append(criterion.seq)
    parameters.append(criterion.body)
  }
}

struct UpdateCriterion: Statement {
  let provider: TenantId
  let release: Int64
  let criterion: Criterion

  static let sql = """
    update changes.criterion set state = $4, evidence = $5, judge_kind = $6, judge_id = $7, judge_person = $8, judge_name = $9, judged_at = $10
    where tenant_id = $1 and release_id = $2 and seq = $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(release)
    parameters.append(criterion.seq)
    parameters.append(criterion.state.rawValue)
    parameters.append(criterion.evidence)
    parameters.append(criterion.judge?.kind)
    parameters.append(criterion.judge?.id)
    parameters.append(criterion.judge?.person)
    parameters.append(criterion.judgeName)
    parameters.append(criterion.judgedAt)
  }
}

/// Where a release went, and what came of it.
struct Deployment: Sendable {
  let seq: Int64
  let what: String
  let place: String
  let result: String
  let note: String?
  let deployedAt: Instant
  let actorName: String
}

struct InsertDeployment: Statement {
  let provider: TenantId
  let release: Int64
  let deployment: Deployment
  let now: Instant

  static let sql = """
    insert into changes.deployment (tenant_id, release_id, seq, what, place, result, note, deployed_at, actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(release)
    parameters.append(deployment.seq)
    parameters.append(deployment.what)
    parameters.append(deployment.place)
    parameters.append(deployment.result)
    parameters.append(deployment.note)
    parameters.append(deployment.deployedAt)
    parameters.append(deployment.actorName)
    parameters.append(now)
  }
}

/// Where it went, newest first, at most 500.
struct DeploymentsOfRelease: Statement {
  let provider: TenantId
  let release: Int64

  static let sql = """
    select seq, what, place, result, note, deployed_at, actor_name from changes.deployment where tenant_id = $1 and release_id = $2
    order by seq desc limit 500
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(release)
  }

  static func decode(_ row: inout RowReader) throws -> Deployment {
    Deployment(
      seq: try row.next(), what: try row.next(), place: try row.next(), result: try row.next(), note: try row.next(), deployedAt: try row.next(),
      actorName: try row.next())
  }
}

/// A release goes on to concern whom a change of it concerned.
struct RememberConcerned: Statement {
  let provider: TenantId
  let release: Int64
  let change: Int64
  let now: Instant

  static let sql = """
    insert into changes.release_concerned (tenant_id, release_id, customer_id, recorded_at)
    select n.tenant_id, $2::bigint, n.customer_id, $4::timestamptz from changes.concerned n where n.tenant_id = $1 and n.change_id = $3
    on conflict (tenant_id, release_id, customer_id) do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(release)
    parameters.append(change)
    parameters.append(now)
  }
}

/// Whether a change of a release is not agreed to yet.
struct HasUnapprovedChanges: Statement {
  let provider: TenantId
  let release: Int64

  static let sql = """
    select exists (
      select from changes.change c where c.tenant_id = $1 and c.release_id = $2 and c.state in ('draft', 'assessed', 'awaiting_approval'))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(release)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// Whether a change of a release is not over.
struct HasOpenChanges: Statement {
  let provider: TenantId
  let release: Int64

  static let sql = """
    select exists (select from changes.change c where c.tenant_id = $1 and c.release_id = $2 and c.state not in ('closed', 'cancelled', 'rejected'))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(release)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}
