import Attributes
import Desk
import Kernel
import Knowledge
import Operations
import Postgres
import Tenancy

/// A release in the hands of an act: read and locked with its criteria. Whoever locks a release and changes locks the release first.
struct ReleaseWork: Sendable {
  let context: OperationContext
  var row: ReleaseRow
  private let before: [Criterion]
  private let wasOver: Bool
  private let wordsBefore: ProcessText
  private var events: [(what: String, payload: [Value.Member])] = []
  private var texts: [FieldChange] = []
  private var edit: AttributeEdit?

  /// Locks the release `id` for an act of the caller. One that he may not see is not there.
  static func begin(on id: PublicId, in context: OperationContext, comparesVersion: Bool = true, mustServeAll: Bool = true) async throws -> ReleaseWork {
    let (provider, customers) = (context.provider.id, context.reachableCustomers)
    let (_, rows) = try await context.transaction.query(
      HoldRelease(provider: provider, publicId: id), ReleaseByPublicId(provider: provider, customers: customers, reader: context.actor, publicId: id))
    guard context.principal.side == .staff, var row = rows.first else { throw Failure.notFound }
    if mustServeAll, !row.mayAct { throw Failure(.denied, ChangeMessages.servesAll) }
    if comparesVersion { try context.requireVersion(row.version) }
    context.subject(id)
    row.process.criteria = try await context.transaction.query(CriteriaOfRelease(provider: provider, release: row.id))
    return ReleaseWork(context: context, row: row, before: row.process.criteria)
  }

  init(context: OperationContext, row: ReleaseRow, before: [Criterion] = []) {
    (self.context, self.row, self.before) = (context, row, before)
    wasOver = row.process.endedAt != nil
    wordsBefore = row.words
  }

  func hasUnapproved() async throws -> Bool {
    try await context.transaction.first(HasUnapprovedChanges(provider: context.provider.id, release: row.id)) ?? true
  }

  /// Somebody answers for it from now on, who signs it off no more.
  mutating func own(_ found: StaffForChange.Found) {
    let before = row.owner.map { context.id(.staff, $0.publicId) }
    (row.owner, row.ownerName) = (found.account, found.name)
    row.process.parties.insert(found.party)
    note("owner_changed", [Value.Member("owner", .id(context.id(.staff, found.account.publicId))), Value.Member("from", .id(before))])
  }

  /// What is over has its owner.
  func requireNotOver() throws(Failure) {
    guard row.process.endedAt == nil else {
      throw Failure(.conflict, ReleaseMessages.wrongState, ["state": row.process.state.rawValue, "step": "assign", "allowed": "-"])
    }
  }

  /// - Parameter customer: whose affair the event is; whoever does not serve him does not see it.
  mutating func note(_ what: String, _ payload: [Value.Member] = [], of customer: TenantId? = nil) {
    let hidden = customer.map { [Value.Member(ProcessEventPayload.customerKey, .integer($0.rawValue))] } ?? []
    events.append((what, payload + hidden))
  }

  /// Tells the history which fields were written anew. What texts were and became lies beside it, so that it can be erased.
  mutating func note(_ changes: [FieldChange]) {
    guard !changes.isEmpty else { return }
    texts = changes
    note("changed", changes.payload)
  }

  /// Gives it the attributes that were told; all of a release's are the provider's own.
  mutating func tell(_ edit: AttributeEdit?) {
    guard let edit, !edit.isEmpty else { return }
    row.attributes = edit.after
    self.edit = edit
    note(AttributeEvents.internalChanged, AttributeEvents.payload(edit.keys(internal: true)))
  }

  /// Writes what differs, and the events.
  /// - Parameter countsVersion: whether others who read it before must read it again.
  mutating func save(countsVersion: Bool = true) -> ReleaseRecord {
    let (provider, now) = (context.provider.id, context.now)
    if countsVersion {
      row.version += 1
      row.updatedAt = now
    }
    for event in events {
      row.lastSeq += 1
      let type = "release.\(event.what)"
      context.transaction.record(
        Event(subjectKind: ReleaseNews.subjectKind, subject: row.id, seq: row.lastSeq, type: type, payload: .object(event.payload), occurredAt: now),
        for: OfferNews.consumers(of: type) + ReleaseNews.consumers(of: type), tenant: provider, actor: context.actor, at: now)
      if event.what == "changed" {
        context.transaction.keep(texts, of: "release", row.id, seq: row.lastSeq, tenant: provider, internal: true, at: now)
      }
      if let edit, event.what == AttributeEvents.internalChanged {
        let subject = AttributeSubject(tenant: provider, .release, row.id, openedAt: row.openedAt)
        edit.save(subject, seq: row.lastSeq, internalSeq: row.lastSeq, now: now, in: context.transaction)
      }
    }
    context.transaction.enqueue(UpdateRelease(provider: provider, row: row))
    context.transaction.enqueueWords(of: row.searched(of: provider), row.words, before: wordsBefore)
    // It is over: nobody accepts what was offered.
    if !wasOver, row.process.endedAt != nil { context.transaction.enqueue(EndOffers(OfferSubject.release(row.id), of: provider, at: now)) }
    let known = Dictionary(before.map { ($0.seq, $0) }) { $1 }
    for criterion in row.process.criteria where known[criterion.seq] != criterion {
      if known[criterion.seq] == nil {
        context.transaction.enqueue(InsertCriterion(provider: provider, release: row.id, criterion: criterion))
      } else {
        context.transaction.enqueue(UpdateCriterion(provider: provider, release: row.id, criterion: criterion))
      }
    }
    return ReleaseRecord(row, in: context)
  }
}

/// A release in a listing.
package struct ReleaseLine: OperationOutput {
  let row: ReleaseRow
  private let provider: TenantEntry

  init(_ row: ReleaseRow, in context: OperationContext) {
    self.row = row
    provider = context.provider
  }

  package static let fields: [OutputField<ReleaseLine>] = facts { $0 }

  private var owner: PublicId? { row.accountable.map { provider.id(IdKind.staff.prefix, $0.publicId) } }

  static func facts<Record>(_ of: @escaping @Sendable (Record) -> ReleaseLine) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The release.", "发布编号。") { .id(of($0).provider.id(IdKind.release.prefix, of($0).row.publicId)) },
      OutputField("number", .text, "Its number, for people.", "发布号。") { .text(ChangeNumber.release(of($0).provider.code, of($0).row.number)) },
      OutputField("title", .text, "What goes out, in a line.", "标题。") { .text(of($0).row.title) },
      OutputField("description", .text, "What goes out, and why.", "说明。") { .text(of($0).row.description) },
      OutputField(
        "state", .text, "planning, piloting, signed_off, deployed, closed or cancelled.",
        "状态：planning 计划中、piloting 试点中、signed_off 已签发、deployed 已部署、closed 已关闭、cancelled 已取消。"
      ) { .text(of($0).row.process.state.rawValue) },
      OutputField("owner", .id, "Who answers for it.", "负责人。") { .id(of($0).owner) },
      OutputField("ownerName", .text, "His name.", "负责人姓名。") { .text(of($0).row.accountableName) },
      OutputField(
        "ownerBy", .text,
        "By what: person (he opened, took or accepted it), handbook (nobody did; he stands in the handbook of changes) or default (ownership.read).",
        "负责依据：person 本人新建、认领或接受，handbook 无人认领、由变更流程手册指定，default 默认负责人（ownership.read）。"
      ) { .text(of($0).row.ownerBy?.rawValue) },
      OutputField("pilotScope", .text, "On whom or what it is tried.", "试点范围。") { .text(of($0).row.process.pilotScope) },
      OutputField("pilotResult", .text, "passed or failed.", "试点结果：passed 通过、failed 未通过。") { .text(of($0).row.process.pilotResult?.rawValue) },
      OutputField("pilotNote", .text, "What was seen.", "试点说明。") { .text(of($0).row.process.pilotNote) },
      OutputField("signedAt", .instant, "When it was signed off.", "签发时间。") { .instant(of($0).row.process.signedAt) },
      OutputField("signedBy", .text, "By whom.", "签发人。") { .text(of($0).row.process.signerName) },
      OutputField("reason", .text, "Why it was cancelled.", "取消原因。") { .text(of($0).row.process.reason) },
      OutputField("openedAt", .instant, "When it was opened.", "创建时间。") { .instant(of($0).row.openedAt) },
      OutputField("endedAt", .instant, "When it was closed or cancelled.", "关闭或取消的时间。") { .instant(of($0).row.process.endedAt) },
      OutputField("version", .integer, "Its version, for changes.", "版本号，修改时使用。") { .integer(of($0).row.version) },
    ]
  }
}

/// A release by itself.
package struct ReleaseRecord: OperationOutput {
  let line: ReleaseLine

  init(_ row: ReleaseRow, in context: OperationContext) { line = ReleaseLine(row, in: context) }

  package static let fields: [OutputField<ReleaseRecord>] = facts { $0 }

  static func facts<Record>(_ of: @escaping @Sendable (Record) -> ReleaseRecord) -> [OutputField<Record>] {
    ReleaseLine.facts { of($0).line } + [
      AttributeFields.held { of($0).line.row.attributes }
    ]
  }
}

/// A release with what it must meet and where it went. Its changes: `change.list` with `release`.
package struct ReleaseDetail: OperationOutput {
  let record: ReleaseRecord
  let offer: HandoverRecord?
  let criteria: [Criterion]
  let deployments: [Deployment]

  package static let fields: [OutputField<ReleaseDetail>] =
    ReleaseRecord.facts { $0.record } + [
      OutputField("offer", record: HandoverRecord.self, "To whom it is offered, and who has not answered; null: to nobody.", "尚未答复的移交；无则为 null。") {
        $0.offer
      },
      OutputField("criteria", listOf: CriterionRecord.self, "What it must meet.", "验收标准。") { $0.criteria.map { CriterionRecord(criterion: $0) } },
      OutputField("deployments", listOf: DeploymentRecord.self, "Where it went, the newest first, at most 500.", "部署记录，最新的在前，最多 500 条。") {
        $0.deployments.map { DeploymentRecord(deployment: $0) }
      },
    ]
}

package struct CriterionRecord: OperationOutput {
  let criterion: Criterion

  package static let fields: [OutputField<CriterionRecord>] = [
    OutputField("number", .integer, "By which it is judged.", "序号。") { .integer($0.criterion.seq) },
    OutputField("text", .text, "What must be so.", "内容。") { .text($0.criterion.body) },
    OutputField("state", .text, "open, met or not_met.", "状态：open 未判定、met 满足、not_met 不满足。") { .text($0.criterion.state.rawValue) },
    OutputField("evidence", .text, "What shows it.", "证据。") { .text($0.criterion.evidence) },
    OutputField("judgedBy", .text, "Who judged it.", "判定人。") { .text($0.criterion.judgeName) },
    OutputField("judgedAt", .instant, "When.", "判定时间。") { .instant($0.criterion.judgedAt) },
  ]
}

package struct DeploymentRecord: OperationOutput {
  let deployment: Deployment

  package static let fields: [OutputField<DeploymentRecord>] = [
    OutputField("what", .text, "What went out.", "部署内容。") { .text($0.deployment.what) },
    OutputField("where", .text, "Where it went.", "部署位置。") { .text($0.deployment.place) },
    OutputField("result", .text, "succeeded, failed or backed_out.", "结果：succeeded 成功、failed 失败、backed_out 已回退。") { .text($0.deployment.result) },
    OutputField("note", .text, "What there is to say of it.", "说明。") { .text($0.deployment.note) },
    OutputField("deployedAt", .instant, "When.", "部署时间。") { .instant($0.deployment.deployedAt) },
    OutputField("recordedBy", .text, "Who recorded it.", "登记人。") { .text($0.deployment.actorName) },
  ]
}
