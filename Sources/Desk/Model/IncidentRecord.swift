import Kernel
import Operations
import ServiceLevels

/// An incident as the API shows it, whole.
package struct IncidentRecord: OperationOutput {
  let incident: IncidentView
  let clocks: [ClockRecord]
  let agreements: [AgreementRecord]
  /// Of an act that ends it.
  var openChildren: Int64?
  /// Of one that was merged, to whoever reads it.
  var outcome: MergeOutcome?
  /// Of one that is read.
  var names: RatingNames.Found?
  /// Of one that is read, or whose services were taken over, to the staff.
  var affectedServices: [AffectedServiceRecord] = []

  package static let fields: [OutputField<IncidentRecord>] =
    IncidentView.fields(of: \.incident) + [
      OutputField("description", .text, "What the requester reported.", "请求人报告的内容。") { .text($0.incident.ticket.description) },
      OutputField(
        "resolution", .text, "How it was resolved; of one that was reopened see incident.past_resolutions.", "解决方法；重新打开前的见 incident.past_resolutions。"
      ) { .text($0.incident.ticket.resolution) },
      OutputField("mergedInto", .id, "The incident that it was merged into.", "合并到的事件。") { $0.incident.mergedInto },
      OutputField(
        "outcome", record: MergeOutcome.self, "Of one that was merged, when it is read: how the incident stands that work goes on with; else null.",
        "已合并事件在查看时显示：后续处理所在事件的状态与结果；否则为 null。"
      ) { $0.outcome },
      OutputField("closesAt", .instant, "When it closes by itself, being resolved; null: it does not.", "已解决的事件自动关闭的时间；不会自动关闭时为 null。") {
        .instant($0.incident.ticket.closesAt)
      },
      OutputField(
        "openChildren", .integer,
        "In the answer to what resolves or closes it, to the staff: how many of the incidents below it are not; null: nobody counted.",
        "解决或关闭时告知服务商人员：其下级事件中尚未解决或关闭的数量；未统计时为 null。"
      ) { .integer($0.openChildren) },
      OutputField(
        "impactName", .document, "In the answer to incident.read: what its impact is called, by language.", "incident.read 的结果中：影响的名称（按语言）。"
      ) { $0.names?.impact ?? .null },
      OutputField(
        "urgencyName", .document, "In the answer to incident.read: what its urgency is called, by language.", "incident.read 的结果中：紧急度的名称（按语言）。"
      ) { $0.names?.urgency ?? .null },
      OutputField(
        "priorityName", .document, "In the answer to incident.read: what its priority is called, by language.", "incident.read 的结果中：优先级的名称（按语言）。"
      ) { $0.names?.priority ?? .null },
      OutputField("splitFrom", .id, "The incident that it was split from.", "拆分自的事件。") { $0.incident.splitFrom },
      OutputField(
        "attributes", .document, "Custom attributes by key, as attribute.list describes them; to customers those that are visible.",
        "自定义属性，按键列出（说明见 attribute.list）；客户仅见可见的属性。"
      ) { $0.incident.ticket.attributes.value },
      OutputField(
        "affectedServices", listOf: AffectedServiceRecord.self,
        "In the answers to incident.read and incident.take_affected, to the staff: the services that it affects, as they were taken over.",
        "incident.read 与 incident.take_affected 的结果中（仅服务商人员可见）：已登记的受影响服务。"
      ) { $0.affectedServices },
      OutputField("clocks", listOf: ClockRecord.self, "Where each promise stands.", "各项承诺的当前状态。") { $0.clocks },
      OutputField(
        "agreements", listOf: AgreementRecord.self, "The turns of its team and of suppliers that go on, with their clocks; staff only.",
        "进行中的团队与供应商处理段及其时钟（仅服务商人员可见）。"
      ) { $0.agreements },
    ]
}

/// How the incident stands that a merged one went into in the end, for those who may not see that one: what the provider says of it, and nothing that its
/// own requester told.
package struct MergeOutcome: OperationOutput {
  let state: String
  let resolution: String?
  let closureCode: String?
  let resolvedAt: Instant?
  let closedAt: Instant?

  package static let fields: [OutputField<MergeOutcome>] = [
    OutputField("state", .text, "new, active, pending, resolved or closed.", "状态：new 新建、active 处理中、pending 挂起、resolved 已解决、closed 已关闭。") { .text($0.state) },
    OutputField("resolution", .text, "How it was resolved.", "解决方法。") { .text($0.resolution) },
    OutputField("closureCode", .text, "How it ended, as a code.", "结束代码。") { .text($0.closureCode) },
    OutputField("resolvedAt", .instant, "When it was resolved.", "解决时间。") { .instant($0.resolvedAt) },
    OutputField("closedAt", .instant, "When it was closed.", "关闭时间。") { .instant($0.closedAt) },
  ]
}

/// An incident as a line of a list or of the queue.
package struct IncidentLine: OperationOutput {
  let incident: IncidentView

  package static let fields: [OutputField<IncidentLine>] = IncidentView.fields(of: \.incident)
}

/// An incident in the engineer's queue.
package struct QueueLine: OperationOutput {
  /// What people are called whom the ticket names by their ids.
  package struct Names: Sendable {
    let customer: String
    let requester: String?
    let team: String?
    let assignee: String?
    let owner: String?
  }

  let incident: IncidentView
  let customerCode: String
  let names: Names
  /// When it was looked.
  let now: Instant
  let teamDueAt: Instant?
  /// The highest share of its budget, in percent, of which a clock of the team's turn warned that still counts.
  let teamWarnedPercent: Int64?

  package static let fields: [OutputField<QueueLine>] =
    IncidentView.fields(of: \.incident) + [
      OutputField("customerCode", .text, "The customer's code.", "客户代码。") { .text($0.customerCode) },
      OutputField("customerName", .text, "The customer's name.", "客户名称。") { .text($0.names.customer) },
      OutputField("requesterName", .text, "The name of the person that it concerns.", "请求人姓名。") { .text($0.names.requester) },
      OutputField("teamName", .text, "The name of the team that works on it.", "处理团队名称。") { .text($0.names.team) },
      OutputField("assigneeName", .text, "The name of who works on it.", "处理人姓名。") { .text($0.names.assignee) },
      OutputField("ownerName", .text, "The name of who answers for it.", "负责人姓名。") {
        .text($0.names.owner ?? $0.incident.ticket.answeringByRule?.name)
      },
      OutputField("dueMetric", .text, "What is due at `dueAt`: response, resolution or update.", "到期的承诺：response、resolution 或 update。") {
        .text($0.incident.ticket.dueMetric)
      },
      OutputField("breached", .boolean, "Whether `dueAt` has passed.", "是否已超期。") { .bool($0.overdueSeconds != nil) },
      OutputField("overdueSeconds", .integer, "For how many seconds it has passed, by the wall clock; null: it has not.", "已超期秒数（自然时间）；null 表示未超期。") {
        .integer($0.overdueSeconds)
      },
      OutputField("teamDueAt", .instant, "When the next clock of its team's turn is due, by the team's OLA.", "团队当前处理段按 OLA 的到期时间。") {
        .instant($0.teamDueAt)
      },
      OutputField("teamBreached", .boolean, "Whether `teamDueAt` has passed.", "是否已超过团队的到期时间。") { line in
        .bool(line.teamDueAt.map { $0 < line.now } ?? false)
      },
      OutputField(
        "warnedPercent", .integer, "The highest share of a budget, in percent, whose passing was recorded, of what the customer was promised.",
        "对客户承诺中已记录预警的最高时限百分比。"
      ) { .integer($0.incident.ticket.warnedPercent) },
      OutputField("teamWarnedPercent", .integer, "The same of the team's turn, by the team's OLA.", "团队当前处理段按 OLA 已记录预警的最高时限百分比。") {
        .integer($0.teamWarnedPercent)
      },
    ]
}

extension QueueLine {
  /// Nil where what is due next has not passed, or nothing is.
  fileprivate var overdueSeconds: Int64? {
    guard let due = incident.ticket.dueAt, due < now else { return nil }
    return now.seconds - due.seconds
  }
}

/// What every form of an incident shows. A class, for each field asks for it and a ticket is too large to be copied so often.
package final class IncidentView: Sendable {
  let ticket: Ticket
  let customer: PublicId
  /// `ACME-INC-000123`
  let number: String
  let provider: TenantHandle
  /// Teams and assignees are the provider's own affair.
  let showsAssignment: Bool

  convenience init(_ ticket: Ticket, in context: OperationContext) {
    self.init(
      ticket, customer: context.tenant.publicId, code: context.tenant.code, provider: context.provider.handle,
      showsAssignment: context.principal.side == .staff)
  }

  init(_ ticket: Ticket, customer: PublicId, code: String, provider: TenantHandle, showsAssignment: Bool) {
    self.ticket = ticket
    self.customer = customer
    number = Self.number(of: code, ticket.number)
    self.provider = provider
    self.showsAssignment = showsAssignment
  }

  /// The number for people: the customer's code, and the incident's number there.
  package static func number(of code: String, _ number: Int64) -> String {
    let digits = String(number)
    return "\(code)-INC-\(String(repeating: "0", count: max(0, 6 - digits.utf8.count)))\(digits)"
  }

  var id: PublicId { own(.incident, ticket.publicId) }
  var splitFrom: Value { own(.incident, ticket.splitFrom) }
  var mergedInto: Value { own(.incident, ticket.mergedInto) }

  /// The id of a row of the customer's own tenant.
  private func own(_ kind: IdKind, _ bits: [UInt8]) -> PublicId {
    PublicId(kind: kind.prefix, handle: customer.handle, random: bits) ?? .none(kind: kind.prefix, handle: customer.handle)
  }

  private func own(_ kind: IdKind, _ reference: Ticket.Reference?) -> Value { .id(reference.map { own(kind, $0.publicId) }) }

  private func assignment(_ kind: IdKind, _ reference: Ticket.Reference?) -> Value {
    guard showsAssignment, let reference else { return .null }
    return .id(PublicId(kind: kind.prefix, handle: provider, random: reference.publicId))
  }

  static func fields<Record>(of view: @escaping @Sendable (Record) -> IncidentView) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "Its id.", "编号。") { .id(view($0).id) },
      OutputField("number", .text, "Its number, for people.", "工单号。") { .text(view($0).number) },
      OutputField("customer", .id, "The customer.", "客户。") { .id(view($0).customer) },
      OutputField("title", .text, "What it is about, in a line.", "标题。") { .text(view($0).ticket.title) },
      OutputField("requester", .id, "The person that it concerns.", "请求人。") { view($0).own(.person, view($0).ticket.requester) },
      OutputField("unit", .id, "The site or department.", "站点或部门。") { view($0).own(.unit, view($0).ticket.unit) },
      OutputField("contract", .id, "The contract under which it is judged.", "适用的合同。") {
        view($0).own(IdKind("con", owner: .tenant), view($0).ticket.contract)
      },
      OutputField("contractLine", .id, "The line of that contract.", "适用的合同行。") { view($0).own(IdKind("line", owner: .tenant), view($0).ticket.line) },
      OutputField("lineReason", .text, "Why this line was chosen.", "选择该合同行的原因。") { .text(view($0).ticket.lineReason) },
      OutputField("impact", .integer, "A number of code.list, 1 the gravest.", "影响：code.list 中的数字，1 为最高。") { .integer(view($0).ticket.impact) },
      OutputField("urgency", .integer, "A number of code.list, 1 the most urgent.", "紧急度：code.list 中的数字，1 为最高。") { .integer(view($0).ticket.urgency) },
      OutputField("priority", .integer, "A number of code.list, 1 the highest, from impact and urgency.", "优先级：code.list 中的数字，1 为最高，由影响和紧急度得出。") {
        .integer(view($0).ticket.priority)
      },
      OutputField("category", .text, "Its category, a key of code.list; of an imported ticket that of its log.", "分类：code.list 中的键；导入的工单为原日志中的分类。") {
        .text(view($0).ticket.category)
      },
      OutputField("source", .text, "How it reached us, a key of code.list.", "来源：code.list 中的键。") { .text(view($0).ticket.source) },
      OutputField("nature", .text, "What kind of matter it is, a key of code.list.", "性质：code.list 中的键。") { .text(view($0).ticket.nature) },
      OutputField("service", .text, "The code of the service that it is about.", "相关服务的代码。") { .text(view($0).ticket.service?.code) },
      OutputField("ciTier", .text, "How critical the affected configuration item is, as a code.", "受影响配置项的等级代码。") { .text(view($0).ticket.ciTier) },
      OutputField("targetsLocked", .boolean, "Whether its targets stay as they are when it is classified anew.", "重新分类时目标是否保持不变。") {
        .bool(view($0).ticket.targetsLocked)
      },
      OutputField("state", .text, "new, active, pending, resolved or closed.", "状态：new 新建、active 处理中、pending 挂起、resolved 已解决、closed 已关闭。") {
        .text(view($0).ticket.state.rawValue)
      },
      OutputField("pendingReason", .text, "What it waits for.", "挂起原因。") { .text(view($0).ticket.pendingReason) },
      OutputField("team", .id, "The team that works on it; staff only.", "处理团队（仅服务商人员可见）。") { view($0).assignment(.team, view($0).ticket.team) },
      OutputField("assignee", .id, "Who works on it; staff only.", "处理人（仅服务商人员可见）。") { view($0).assignment(.staff, view($0).ticket.assignee) },
      OutputField("owner", .id, "Who answers for it; staff only.", "负责人（仅服务商人员可见）。") { view($0).assignment(.staff, view($0).ticket.accountable) },
      OutputField(
        "ownerBy", .text,
        "By what: person (he took it), handbook (nobody did; he stands in the handbook of the process) or default (ownership.read); staff only.",
        "负责依据：person 本人认领，handbook 无人认领、由流程手册指定，default 默认负责人（ownership.read）；仅服务商人员可见。"
      ) { view($0).showsAssignment ? .text(view($0).ticket.ownerBy?.rawValue) : .null },
      OutputField("openedAt", .instant, "When it was opened.", "创建时间。") { .instant(view($0).ticket.openedAt) },
      OutputField("respondedAt", .instant, "When it was first answered.", "首次响应时间。") { .instant(view($0).ticket.respondedAt) },
      OutputField("closureCode", .text, "How it ended, as a code.", "结束代码。") { .text(view($0).ticket.closureCode?.rawValue) },
      OutputField("resolvedAt", .instant, "When it was resolved.", "解决时间。") { .instant(view($0).ticket.resolvedAt) },
      OutputField("closedAt", .instant, "When it was closed.", "关闭时间。") { .instant(view($0).ticket.closedAt) },
      OutputField("reopenCount", .integer, "How often it was reopened.", "重新打开次数。") { .integer(view($0).ticket.reopenCount) },
      OutputField("dueAt", .instant, "When its next running clock is due.", "最近一个运行中时钟的到期时间。") { .instant(view($0).ticket.dueAt) },
      OutputField("updatedAt", .instant, "When it was last changed.", "最近修改时间。") { .instant(view($0).ticket.updatedAt) },
      OutputField("version", .integer, "Its version, for changes.", "版本号，修改时使用。") { .integer(view($0).ticket.version) },
    ]
  }
}
