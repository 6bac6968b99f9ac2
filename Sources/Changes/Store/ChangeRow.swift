import Attributes
import Desk
import Kernel
import Operations
import Postgres
import Requests

/// A change as it lies in the database, without its approvals and tasks.
struct ChangeRow: Sendable {
  struct Reference: Sendable, Equatable {
    let id: Int64
    let publicId: [UInt8]
  }

  /// The version of a model by which it is made.
  struct Model: Sendable, Equatable {
    let id: Int64
    let publicId: [UInt8]
    let seq: Int64
  }

  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  var title: String
  var description: String
  /// What customers are told; nil: nothing.
  var publicText: String?
  /// Whether alerts of the CIs that it touches are expected within its window.
  var suppressesAlerts: Bool
  var model: Model?
  var questionnaire: Int64?
  var answers: Value
  var mayApproveOwn: Bool
  var freezeReason: String?
  /// The freezes in which it may be done.
  var freezes: [Int64]
  /// Who had a part in it.
  var parties: [Party]
  var release: Reference?
  let releaseState: ReleaseState?
  /// The one who took it, and answers for it since; nil until somebody did.
  var owner: Reference?
  var ownerName: String?
  /// The person behind the owner's account.
  var ownerPerson: Int64?
  /// Nil: it is no team's.
  var team: WorkingTeam?
  /// Nil: for nobody in particular.
  var requester: NamedRequester?
  let author: Party
  let openedAt: Instant
  var process: ChangeProcess
  var lastSeq: Int64
  var updatedAt: Instant
  var version: Int64
  /// Whether the reader serves all whom it concerns.
  let mayAct: Bool
  /// Read with a change alone, not with those of a list.
  var attributes = HeldAttributes()
  /// Who answers for changes that nobody has taken.
  let standIn: Accountable?

  /// Nil where somebody took it, or it is over.
  var answeringByRule: Accountable? { owner == nil && process.endedAt == nil ? standIn : nil }
  /// Who answers for it: whoever took it; else, until it is over, by the provider's rule.
  var accountable: Reference? { owner ?? answeringByRule.map { Reference(id: $0.id, publicId: $0.publicId) } }
  var accountableName: String? { ownerName ?? answeringByRule?.name }
  var ownerBy: Accountable.Rule? { owner == nil ? answeringByRule?.rule : .person }

  static let columns = """
    c.id, c.public_id, c.number, c.title, c.description, c.public_text, c.suppresses_alerts, c.model_id, m.public_id, c.model_seq, c.questionnaire_seq,
      coalesce(c.answers, 'null'), c.own_approval, c.freeze_reason, c.freezes, c.parties, c.release_id, r.public_id, r.state, c.owner_id,
      c.owner_public_id, o.name, o.person_id, c.author_kind,
      c.author_id, c.author_person, c.opened_at, c.kind, c.state, c.approval, c.outcome, c.plan, c.back_out, c.test, c.starts_at, c.ends_at, c.risk,
      c.score, c.outcome_note, c.review, c.reason, c.started_at, c.finished_at, c.ended_at, c.round, c.last_seq, c.updated_at, c.version,
      \(mayAct),
      team.team_id, team.public_id, team.name, c.requester_tenant_id, c.requester_id, whose.handle, c.requester_public_id,
      (select h.owner_id from handbooks.pub_accountable h where h.process = 'change'),
      (select h.owner_public_id from handbooks.pub_accountable h where h.process = 'change'),
      (select h.owner_name from handbooks.pub_accountable h where h.process = 'change'),
      (select h.rule from handbooks.pub_accountable h where h.process = 'change')
    """
  static let tables = "from changes.change c \(joins)"
  static let joins = """
    left join changes.model m on m.tenant_id = c.tenant_id and m.id = c.model_id
    left join changes.release r on r.tenant_id = c.tenant_id and r.id = c.release_id
    left join tenancy.account o on o.tenant_id = c.tenant_id and o.id = c.owner_id
    left join desk.pub_team team on team.team_id = c.team_id
    left join tenancy.tenant whose on whose.id = c.requester_tenant_id
    """
  static let select = "select \(columns) \(tables)"

  /// $1 the provider; $2 the customers whom the reader serves, null: all. What concerns none of these is not there.
  static let isVisible = """
    c.tenant_id = $1 and ($2::bigint[] is null or exists (
      select from changes.concerned n where n.tenant_id = c.tenant_id and n.change_id = c.id and n.customer_id = any ($2)))
    """

  /// What concerns nobody yet is for who serves all.
  private static let mayAct = """
    ($2::bigint[] is null or (
        exists (select from changes.concerned n where n.tenant_id = c.tenant_id and n.change_id = c.id)
        and not exists (
          select from changes.concerned n where n.tenant_id = c.tenant_id and n.change_id = c.id and not n.customer_id = any ($2))))
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    title = try row.next()
    description = try row.next()
    publicText = try row.next()
    suppressesAlerts = try row.next()
    let (modelId, modelBits, modelSeq): (Int64?, [UInt8]?, Int64?) = (try row.next(), try row.next(), try row.next())
    if let modelId, let modelBits, let modelSeq { model = Model(id: modelId, publicId: modelBits, seq: modelSeq) }
    questionnaire = try row.next()
    answers = try row.next()
    mayApproveOwn = try row.next()
    freezeReason = try row.next()
    freezes = (try row.next() as Value).array?.compactMap(\.integer) ?? []
    parties = Party.list(try row.next())
    release = try Self.reference(&row)
    releaseState = (try row.next() as String?).flatMap(ReleaseState.init)
    owner = try Self.reference(&row)
    ownerName = try row.next()
    ownerPerson = try row.next()
    author = Party(kind: try row.next(), id: try row.next(), person: try row.next())
    openedAt = try row.next()
    process = try ChangeProcess(&row)
    lastSeq = try row.next()
    updatedAt = try row.next()
    version = try row.next()
    mayAct = try row.next()
    team = try WorkingTeam(&row)
    requester = try NamedRequester(&row)
    standIn = try Accountable(&row)
  }

  static func reference(_ row: inout RowReader) throws -> Reference? {
    let (id, bits): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    guard let id, let bits else { return nil }
    return Reference(id: id, publicId: bits)
  }
}

extension ChangeRow: LinkedRow {
  static let linkedProcess = "change"
  static let alias = "c"
}

extension Party {
  var stored: Value { .object(["kind": .text(kind), "id": .integer(id), "person": .integer(person)]) }

  package static func list(_ stored: Value) -> [Party] {
    (stored.array ?? []).compactMap { one in
      guard let kind = one["kind"]?.text, let id = one["id"]?.integer else { return nil }
      return Party(kind: kind, id: id, person: one["person"]?.integer)
    }
  }
}

extension [Party] {
  var stored: Value { .array(map(\.stored)) }

  /// Each account once.
  mutating func insert(_ party: Party) {
    if !contains(party) { append(party) }
  }
}

extension ChangeProcess {
  fileprivate init(_ row: inout RowReader) throws {
    self.init(kind: ChangeKind(rawValue: try row.next()) ?? .normal)
    state = ChangeState(rawValue: try row.next()) ?? .cancelled
    approval = ChangeApproval(rawValue: try row.next()) ?? .none
    outcome = (try row.next() as String?).flatMap(ChangeOutcome.init)
    plan = try row.next()
    backOut = try row.next()
    test = try row.next()
    startsAt = try row.next()
    endsAt = try row.next()
    risk = (try row.next() as String?).flatMap(ChangeRisk.init)
    score = try row.next()
    outcomeNote = try row.next()
    review = try row.next()
    reason = try row.next()
    startedAt = try row.next()
    finishedAt = try row.next()
    endedAt = try row.next()
    submissions = try row.next()
  }
}
