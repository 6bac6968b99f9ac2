import Approvals
import Assets
import Attributes
import Desk
import Kernel
import Operations
import Requests
import Tenancy

/// A change in a listing.
package struct ChangeLine: OperationOutput {
  let row: ChangeRow
  private let requester: PublicId?
  private let provider: TenantEntry

  init(_ row: ChangeRow, in context: OperationContext) {
    self.row = row
    requester = context.shown(row.requester)
    provider = context.provider
  }

  package static let fields: [OutputField<ChangeLine>] = facts { $0 }

  func id(_ kind: IdKind, _ bits: [UInt8]?) -> Value { .id(bits.map { provider.id(kind.prefix, $0) }) }

  static func facts<Record>(_ of: @escaping @Sendable (Record) -> ChangeLine) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The change.", "变更编号。") { of($0).id(.change, of($0).row.publicId) },
      OutputField("number", .text, "Its number, for people.", "变更号。") { .text(ChangeNumber.text(of($0).provider.code, of($0).row.number)) },
      OutputField("kind", .text, "standard, normal or emergency.", "类型：standard 标准、normal 常规、emergency 紧急。") { .text(of($0).row.process.kind.rawValue) },
      OutputField("title", .text, "What is altered, in a line.", "标题。") { .text(of($0).row.title) },
      OutputField(
        "state", .text,
        "draft, assessed, awaiting_approval, approved, implementing, implemented, backed_out, closed, rejected or cancelled.",
        "状态：draft 草稿、assessed 已评估、awaiting_approval 待审批、approved 已批准、implementing 实施中、implemented 已实施、backed_out 已回退、closed 已关闭、rejected 已拒绝、cancelled 已取消。"
      ) { .text(of($0).row.process.state.rawValue) },
      OutputField("risk", .text, "low, medium or high; null: not judged yet.", "风险：low 低、medium 中、high 高；未评估则为 null。") {
        .text(of($0).row.process.risk?.rawValue)
      },
      OutputField(
        "approval", .text, "none, pending, approved or rejected; of an emergency also afterwards.",
        "审批：none 尚未提交、pending 待审批、approved 已批准、rejected 已拒绝；紧急变更可事后审批。"
      ) {
        .text(of($0).row.process.approval.rawValue)
      },
      OutputField("startsAt", .instant, "When its window begins.", "窗口开始时间。") { .instant(of($0).row.process.startsAt) },
      OutputField("endsAt", .instant, "When its window ends.", "窗口结束时间。") { .instant(of($0).row.process.endsAt) },
      OutputField("outcome", .text, "success, failed or backed_out.", "结果：success 成功、failed 失败、backed_out 已回退。") {
        .text(of($0).row.process.outcome?.rawValue)
      },
      OutputField("owner", .id, "Who answers for it.", "负责人。") { of($0).id(.staff, of($0).row.accountable?.publicId) },
      OutputField("ownerName", .text, "His name.", "负责人姓名。") { .text(of($0).row.accountableName) },
      OutputField(
        "ownerBy", .text,
        "By what: person (he took it), handbook (nobody did; he stands in the handbook of the process) or default (ownership.read).",
        "负责依据：person 本人认领，handbook 无人认领、由流程手册指定，default 默认负责人（ownership.read）。"
      ) { .text(of($0).row.ownerBy?.rawValue) },
      OutputField("team", .id, "The team that works on it; null: none.", "处理团队；没有则为 null。") { of($0).id(.team, of($0).row.team?.publicId) },
      OutputField("teamName", .text, "Its name.", "团队名称。") { .text(of($0).row.team?.name) },
      NamedRequesterFields.told { of($0).requester },
      OutputField("model", .id, "The model by which a standard change is made.", "标准变更所依据的模型。") { of($0).id(.changeModel, of($0).row.model?.publicId) },
      OutputField("release", .id, "The release that it goes out with.", "所属发布。") { of($0).id(.release, of($0).row.release?.publicId) },
      OutputField("openedAt", .instant, "When it was opened.", "创建时间。") { .instant(of($0).row.openedAt) },
      OutputField("version", .integer, "Its version, for changes.", "版本号，修改时使用。") { .integer(of($0).row.version) },
    ]
  }
}

/// A change with all that was written of it.
package struct ChangeRecord: OperationOutput {
  let line: ChangeLine
  let clashes: ClashSum?

  init(_ row: ChangeRow, clashes: ClashSum?, in context: OperationContext) {
    line = ChangeLine(row, in: context)
    self.clashes = clashes
  }

  package static let fields: [OutputField<ChangeRecord>] =
    ChangeLine.facts { $0.line } + texts { $0.line.row } + [ClashSum.count { (record: ChangeRecord) in record.clashes }]

  static func texts<Record>(_ of: @escaping @Sendable (Record) -> ChangeRow) -> [OutputField<Record>] {
    [
      OutputField("description", .text, "What is altered, and why.", "变更内容与理由。") { .text(of($0).description) },
      OutputField("publicText", .text, "What customers are told of it; null: nothing.", "告知客户的内容；null 表示不告知。") { .text(of($0).publicText) },
      OutputField(
        "suppressAlerts", .boolean,
        "Whether alerts of the configuration items that it touches are expected within its window, as long as it is agreed to and not over.",
        "在其窗口内、批准后至结束前，是否抑制所涉配置项的告警。"
      ) { .bool(of($0).suppressesAlerts) },
      OutputField("plan", .text, "How it is done.", "实施计划。") { .text(of($0).process.plan) },
      OutputField("backOut", .text, "How it is undone.", "回退计划。") { .text(of($0).process.backOut) },
      OutputField("test", .text, "How one finds out that it worked.", "测试计划。") { .text(of($0).process.test) },
      OutputField("modelVersion", .integer, "The version of the model.", "模型版本。") { .integer(of($0).model?.seq) },
      OutputField("answers", .document, "The answers by which its risk was judged.", "风险问卷的答案。") { of($0).answers },
      OutputField("questionnaireVersion", .integer, "The version of the questions; 1: the stock ones.", "问卷版本；1 为内置问卷。") { .integer(of($0).questionnaire) },
      OutputField("score", .integer, "The points that the answers come to.", "风险分值。") { .integer(of($0).process.score) },
      OutputField("freezeReason", .text, "Why it may be done in a freeze.", "冻结期放行的理由。") { .text(of($0).freezeReason) },
      OutputField("outcomeNote", .text, "What is said of the outcome.", "结果说明。") { .text(of($0).process.outcomeNote) },
      OutputField("review", .text, "What was learnt from it (PIR).", "实施后评审。") { .text(of($0).process.review) },
      OutputField("reason", .text, "Why it was taken back, refused or cancelled last.", "最近一次退回、拒绝或取消的原因。") { .text(of($0).process.reason) },
      OutputField("startedAt", .instant, "When it was begun.", "实施开始时间。") { .instant(of($0).process.startedAt) },
      OutputField("finishedAt", .instant, "When it was done, or undone.", "实施或回退完成时间。") { .instant(of($0).process.finishedAt) },
      OutputField("endedAt", .instant, "When it was closed or cancelled.", "关闭或取消的时间。") { .instant(of($0).process.endedAt) },
      AttributeFields.held { of($0).attributes },
      OutputField("updatedAt", .instant, "When it was last changed.", "最近修改时间。") { .instant(of($0).updatedAt) },
    ]
  }
}

/// A change with whom and what it concerns, as far as the reader serves whom that belongs to.
package struct ChangeDetail: OperationOutput {
  let line: ChangeLine
  let reasons: [RiskReason]
  let customers: [PublicId]
  let cis: [TouchedCi]
  let services: [ServiceOfChange]
  let links: [LinksOfChange.Found]
  let clashes: ClashSum?
  let approvals: [ChangeApprovalLine]
  let tasks: [ChangeTaskLine]

  package static let fields: [OutputField<ChangeDetail>] =
    ChangeLine.facts { $0.line } + ChangeRecord.texts { $0.line.row } + [
      OutputField("reasons", listOf: RiskReason.self, "What each answer counts.", "各答案的得分。") { $0.reasons },
      OutputField("customers", .list(.id), "The customers that it concerns and that one serves, at most 1,000.", "所涉及且本人服务的客户，最多 1000 个。") {
        .array($0.customers.map { .id($0) })
      },
      OutputField(
        "cis", listOf: TouchedCi.self, "The configuration items that it touches: those of the customers that one serves, and those that the provider shares.",
        "所涉及的配置项：所服务客户的，以及服务商共享的。"
      ) { $0.cis },
      ServiceOfChange.list { (detail: ChangeDetail) in detail.services },
      OutputField("incidents", .list(.id), "The incidents that it is to resolve.", "待由其解决的事件。") {
        .array($0.links.filter { $0.kind == ChangeToIncident.resolves.linkKind }.map { .id($0.id) })
      },
      OutputField("causedIncidents", .list(.id), "The incidents that it has caused.", "由其引起的事件。") {
        .array($0.links.filter { $0.kind == ChangeToIncident.causes.linkKind }.map { .id($0.id) })
      },
      OutputField("problems", .list(.id), "The problems that it is to resolve.", "待由其解决的问题。") {
        .array($0.links.filter { $0.kind == ChangeToProblem.resolves.linkKind }.map { .id($0.id) })
      },
      OutputField("causedProblems", .list(.id), "The problems that it has caused.", "由其引起的问题。") {
        .array($0.links.filter { $0.kind == ChangeToProblem.causes.linkKind }.map { .id($0.id) })
      },
      OutputField("requests", .list(.id), "The requests that it implements.", "由其实施的请求。") {
        .array($0.links.filter { $0.kind == "request" }.map { .id($0.id) })
      },
      ClashSum.count { (detail: ChangeDetail) in detail.clashes },
      OutputField(
        "clashes", .list(.id), "The first of them, at most 20; change.clashes lists all, with what both touch, also farther away.",
        "其中最早的变更，最多 20 个；change.clashes 可列出全部及双方涉及的配置项，也可查看更远的层数。"
      ) { .array(($0.clashes?.first ?? []).map { .id($0) }) },
      OutputField("approvals", listOf: ChangeApprovalLine.self, "Who is asked to agree, in order.", "审批人，按顺序。") { $0.approvals },
      OutputField("tasks", listOf: ChangeTaskLine.self, "What is done, in order.", "实施任务，按顺序。") { $0.tasks },
    ]
}

/// What one answer counts for the risk.
package struct RiskReason: OperationOutput {
  let reason: RiskRule.Reason

  package static let fields: [OutputField<RiskReason>] = [
    OutputField("question", .text, "The key of the question.", "问题键。") { .text($0.reason.question) },
    OutputField("answer", .text, "The key of the answer.", "答案键。") { .text($0.reason.answer) },
    OutputField("points", .integer, "The points of the answer.", "答案分值。") { .integer($0.reason.points) },
    OutputField("weight", .integer, "How often they count.", "权重。") { .integer($0.reason.weight) },
    OutputField("total", .integer, "What it adds to the score.", "计入的分值。") { .integer($0.reason.total) },
  ]
}

/// A CI that a change touches.
package struct TouchedCi: OperationOutput {
  let facts: NamedCis.Facts
  let isShared: Bool

  package static let fields: [OutputField<TouchedCi>] = [
    OutputField("id", .id, "The configuration item.", "配置项编号。") { .id($0.facts.own) },
    OutputField("shared", .boolean, "Whether the provider shares it among customers.", "是否为服务商共享。") { .bool($0.isShared) },
    OutputField("name", .text, "What it is called.", "名称。") { .text($0.facts.name) },
    OutputField("type", .text, "The code of its type.", "类型代码。") { .text($0.facts.typeCode) },
    OutputField("state", .text, "Its state now.", "当前状态。") { .text($0.facts.state) },
  ]
}

/// With how many other changes one clashes, and the first of them.
struct ClashSum: Sendable {
  let count: Int64
  let first: [PublicId]

  /// What whoever is to agree ought to see before he does.
  static func count<Record>(_ of: @escaping @Sendable (Record) -> ClashSum?) -> OutputField<Record> {
    OutputField(
      "clashCount", .integer,
      "With how many other changes it clashes that lie ahead: at the same time, on the same configuration items or on what is up to two relations up or down from them, as far as one may know of both.",
      "与多少个未完成的变更冲突：时间重叠，且涉及相同配置项或其上下游两层以内的配置项（仅计有权查看的）。"
    ) { .integer(of($0)?.count ?? 0) }
  }
}

/// One who is asked to agree to a change.
package struct ChangeApprovalLine: OperationOutput {
  let id: PublicId
  let change: ChangeLine
  let clashes: ClashSum?
  let approval: Approval

  init(_ approval: Approval, of change: ChangeRow, clashes: ClashSum?, in context: OperationContext) {
    id = context.id(.changeApproval, approval.publicId)
    self.change = ChangeLine(change, in: context)
    self.clashes = clashes
    self.approval = approval
  }

  package static let fields: [OutputField<ChangeApprovalLine>] = [
    OutputField("id", .id, "The approval.", "审批编号。") { .id($0.id) },
    OutputField("change", .id, "The change.", "变更编号。") { $0.change.id(.change, $0.change.row.publicId) },
    OutputField("title", .text, "What is altered.", "变更标题。") { .text($0.change.row.title) },
    OutputField("risk", .text, "How risky that is.", "风险。") { .text($0.change.row.process.risk?.rawValue) },
    ClashSum.count { (line: ChangeApprovalLine) in line.clashes },
    OutputField("name", .document, "What he is called who is asked, by language.", "审批人称谓（按语言）。") { $0.approval.names },
    OutputField("roles", .list(.text), "Whose holders decide.", "可决定的角色。") { .array($0.approval.roles.sorted().map { .text($0) }) },
    OutputField("step", .integer, "Those of one step are asked at once.", "步骤；同一步骤同时审批。") { .integer($0.approval.step) },
    OutputField("state", .text, "waiting, asked, approved, rejected or lapsed.", "状态：waiting 未轮到、asked 待决定、approved 已同意、rejected 已拒绝、lapsed 无需决定。") {
      .text($0.approval.state.rawValue)
    },
    OutputField("standIn", .text, "The role that is asked besides, for no account could decide it.", "因无人可审批而另行请求审批的角色。") {
      .text($0.approval.standIn)
    },
    OutputField("delegated", .boolean, "Whether another account may decide as well.", "是否已委托其他账户审批。") { .bool($0.approval.delegate != nil) },
    OutputField("askedAt", .instant, "Since when he is asked.", "发起时间。") { .instant($0.approval.askedAt) },
    OutputField("dueAt", .instant, "When his time is over.", "时限。") { .instant($0.approval.dueAt) },
    OutputField("decidedAt", .instant, "When it was decided.", "决定时间。") { .instant($0.approval.decidedAt) },
    OutputField("reason", .text, "Why.", "理由。") { .text($0.approval.reason) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.approval.version) },
  ]
}

/// A task of a change.
package struct ChangeTaskLine: OperationOutput {
  let id: PublicId
  let task: RequestTask
  let team: PublicId?
  let withheldTeam: PublicId?
  let assignee: PublicId?

  package static let fields: [OutputField<ChangeTaskLine>] = [
    OutputField("id", .id, "The task.", "任务编号。") { .id($0.id) },
    OutputField("name", .document, "What is to be done, by language.", "任务内容（按语言）。") { $0.task.names },
    OutputField("step", .integer, "Tasks of one step can be done at once.", "步骤；同一步骤可并行。") { .integer($0.task.step) },
    OutputField("team", .id, "The team that does it.", "负责团队。") { .id($0.team) },
    OutputField(
      "withheldTeam", .id, "The team that was to do it by the plan, and did not get it: it may not work for all whom the change concerns (delivery model).",
      "计划的负责团队；因涉及客户的交付模式不包含该团队而未分配。"
    ) { .id($0.withheldTeam) },
    OutputField(
      "state", .text, "waiting, ready, active, done, failed, skipped or cancelled.",
      "状态：waiting 未轮到、ready 可处理、active 处理中、done 已完成、failed 失败、skipped 已跳过、cancelled 已取消。"
    ) {
      .text($0.task.state.rawValue)
    },
    OutputField("assignee", .id, "Who is at it, or did it.", "执行人员。") { .id($0.assignee) },
    OutputField("result", .text, "What came of it, or why it failed or was skipped.", "结果，或失败、跳过的原因。") { .text($0.task.result) },
    OutputField("endedAt", .instant, "When it was done or skipped.", "结束时间。") { .instant($0.task.endedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.task.version) },
  ]
}

extension OperationContext {
  func taskLines(_ tasks: [RequestTask]) async throws -> [ChangeTaskLine] {
    let wanted = Set(tasks.compactMap(\.team) + tasks.compactMap(\.withheldTeam)).sorted()
    let teams = wanted.isEmpty ? [] : try await transaction.query(TeamsOfTasks(teams: wanted))
    let known = Dictionary(teams.map { ($0.team, $0.publicId) }) { first, _ in first }
    func team(_ row: Int64?) -> PublicId? { row.flatMap { known[$0] }.map { id(.team, $0) } }
    return tasks.map { task in
      ChangeTaskLine(
        id: id(.changeTask, task.publicId), task: task, team: team(task.team), withheldTeam: team(task.withheldTeam),
        assignee: task.assignee.map { id(.staff, $0.publicId) })
    }
  }
}

extension OperationContext {
  /// With what each of some changes clashes; those that clash with nothing are not there.
  /// - Parameter named: how many of its clashes are named of each.
  func clashes(of changes: [Int64], naming named: Int64 = 1) async throws -> [Int64: ClashSum] {
    guard !changes.isEmpty else { return [:] }
    let statement = ClashesOfChanges(
      provider: provider.id, customers: reachableCustomers, changes: Array(Set(changes)).sorted(), now: now, named: named)
    return Dictionary(grouping: try await transaction.query(statement), by: \.change).mapValues { found in
      ClashSum(count: found.first?.total ?? 0, first: found.map { id(.change, $0.publicId) })
    }
  }
}
