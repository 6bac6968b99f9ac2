import Attributes
import Catalog
import Desk
import Kernel
import Operations
import ServiceLevels
import Tenancy

/// A request, with all that was ordered, who agrees to it, and, for the staff, what is done for it.
package struct RequestOutput: OperationOutput {
  let line: RequestLine
  let content: Value
  let approvals: [ApprovalLine]
  let tasks: [TaskLine]
  let incidents: [PublicId]
  let requests: [PublicId]
  let clocks: [ClockRecord]

  package static let fields: [OutputField<RequestOutput>] =
    RequestLine.facts { $0.line } + [
      OutputField(
        "content", .document, "All that this version of the offering says: its description, service levels, prices, form and approval.",
        "该版本服务项的全部内容：说明、服务级别、价格、表单与审批规则。"
      ) { $0.content },
      OutputField(
        "attributes", .document, "Custom attributes by key, as attribute.list describes them; to customers those that are visible.",
        "自定义属性，按键列出（说明见 attribute.list）；客户仅见可见的属性。"
      ) { $0.line.row.attributes.value },
      OutputField("approvals", listOf: ApprovalLine.self, "Who is asked to agree, in order.", "审批人，按顺序。") { $0.approvals },
      OutputField("tasks", listOf: TaskLine.self, "What is done for it, in order; staff only.", "履行任务，按顺序（仅服务商人员可见）。") { $0.tasks },
      OutputField(
        "incidents", .list(.id), "The incidents that it is linked to and that one may see, at most 100; request.incidents lists them all.",
        "与其关联且有权查看的事件，最多 100 个；request.incidents 可列出全部。"
      ) { .array($0.incidents.map { .id($0) }) },
      OutputField(
        "requests", .list(.id), "The other requests that it is linked to and that one may see, at most 100; request.links lists them all.",
        "与其关联且有权查看的其他请求，最多 100 个；request.links 可列出全部。"
      ) { .array($0.requests.map { .id($0) }) },
      OutputField(
        "clocks", listOf: ClockRecord.self, "The promises of the SLA that the contract line sells with it; none of what was ordered before there were any.",
        "所依据的合同行的 SLA 承诺；启用请求计时之前提交的请求没有。"
      ) { $0.clocks },
    ]
}

/// A request in a listing.
package struct RequestLine: OperationOutput {
  let id: PublicId
  let number: String
  let customer: PublicId
  let offering: PublicId
  let line: PublicId
  let requester: PublicId?
  let unit: PublicId?
  let owner: PublicId?
  /// Nil also where the reader is not told.
  let accountable: Accountable?
  let form: Value
  let row: RequestRow

  init(_ row: RequestRow, in context: OperationContext) {
    self.init(row, of: context.tenant, provider: context.provider, showsOwner: context.principal.side == .staff)
  }

  /// - Parameter showsOwner: whether the reader is of the staff.
  init(_ row: RequestRow, of customer: TenantEntry, provider: TenantEntry, showsOwner: Bool = true) {
    accountable = showsOwner ? row.accountable : nil
    id = customer.id(IdKind.request.prefix, row.publicId)
    number = Self.number(of: customer.code, row.number)
    self.customer = customer.publicId
    offering = provider.id(IdKind.offering.prefix, row.offering)
    line = customer.id(IdKind.orderedLine.prefix, row.line)
    requester = row.requester.map { customer.id(IdKind.person.prefix, $0) }
    unit = row.unit.map { customer.id(IdKind.unit.prefix, $0) }
    owner = accountable.map { provider.id(IdKind.staff.prefix, $0.publicId) }
    form = row.content["form"] ?? .array([])
    self.row = row
  }

  /// The number for people: the customer's code, and the request's number there.
  package static func number(of code: String, _ number: Int64) -> String { "\(code)-REQ-\(pad(number, 6))" }

  package static let fields: [OutputField<RequestLine>] = facts { $0 }

  static func facts<Record>(_ of: @escaping @Sendable (Record) -> RequestLine) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The request.", "请求编号。") { .id(of($0).id) },
      OutputField("number", .text, "Its number for people.", "请求号。") { .text(of($0).number) },
      OutputField("customer", .id, "The customer.", "客户。") { .id(of($0).customer) },
      OutputField("offering", .id, "What was ordered.", "所申请的服务项。") { .id(of($0).offering) },
      OutputField("offeringCode", .text, "The offering's code.", "服务项代码。") { .text(of($0).row.offeringCode) },
      OutputField("offeringName", .document, "What it was called in that version, by language.", "该版本的名称（按语言）。") { of($0).row.content["name"] ?? .null },
      OutputField("published", .integer, "The version of the offering, with its form, that it was written by.", "所依据的服务项版本（含表单）。") {
        .integer(of($0).row.seq)
      },
      OutputField("form", .list(.document), "The form of that version.", "该版本的表单。") { of($0).form },
      OutputField("answers", .document, "The answers by the form's keys.", "按表单键值的答案。") { of($0).row.answers },
      OutputField("contractLine", .id, "The contract line that covers it.", "所依据的合同行。") { .id(of($0).line) },
      OutputField("requester", .id, "Whom it is for; null: nobody in particular.", "申请对象；未指定则为 null。") { .id(of($0).requester) },
      OutputField("requesterName", .text, "The name of that person.", "申请对象姓名。") { .text(of($0).row.requesterName) },
      OutputField("unit", .id, "Where it is to be done: the site or department that was named, else the requester's.", "履行地点：所指定的站点或部门，未指定则为申请对象所属单位。") {
        .id(of($0).unit)
      },
      OutputField("unitName", .text, "Its name.", "其名称。") { .text(of($0).row.unitName) },
      OutputField("owner", .id, "Who answers for it until it is closed, whoever is at its tasks; staff only.", "关闭前的负责人（与任务处理人无关；仅服务商人员可见）。") {
        .id(of($0).owner)
      },
      OutputField("ownerName", .text, "His name; staff only.", "负责人姓名（仅服务商人员可见）。") { .text(of($0).accountable?.name) },
      OutputField(
        "ownerBy", .text,
        "By what: person (he took it), handbook (nobody did; he stands in the handbook of the process) or default (ownership.read); staff only.",
        "负责依据：person 本人认领，handbook 无人认领、由流程手册指定，default 默认负责人（ownership.read）；仅服务商人员可见。"
      ) { .text(of($0).accountable?.rule.rawValue) },
      OutputField("source", .text, "How it reached us, a key of code.list; null: nobody said.", "来源：code.list 中的键；未说明则为 null。") {
        .text(of($0).row.facts.source)
      },
      OutputField("impact", .integer, "How grave it is: a number of code.list, 1 the gravest.", "影响：code.list 中的数字，1 为最高。") {
        .integer(of($0).row.facts.rating.impact)
      },
      OutputField("urgency", .integer, "How urgent it is: a number of code.list, 1 the most urgent.", "紧急度：code.list 中的数字，1 为最高。") {
        .integer(of($0).row.facts.rating.urgency)
      },
      OutputField("priority", .integer, "What the matrix makes of both: a number of code.list, 1 the highest.", "由影响与紧急度得出的优先级：code.list 中的数字，1 为最高。") {
        .integer(of($0).row.facts.rating.priority)
      },
      OutputField(
        "value", .decimal, "What it is worth: what it costs once, and the first period of what it costs again; null: not known.",
        "金额：一次性费用与各周期性费用首期之和；未知则为 null。"
      ) { .decimalAmount(of($0).row.value) },
      OutputField("currency", .text, "The currency of that.", "该金额的货币。") { .text(of($0).row.value?.currency.code) },
      OutputField(
        "state", .text, "submitted, awaiting_approval, approved, fulfilling, rejected, fulfilled, closed, withdrawn or cancelled.",
        "状态：submitted 已提交、awaiting_approval 待审批、approved 已批准、fulfilling 履行中、rejected 已拒绝、fulfilled 已履行、closed 已关闭、withdrawn 已撤回、cancelled 已取消。"
      ) { .text(of($0).row.state.rawValue) },
      OutputField(
        "reason", .text, "Why it was refused or cancelled; of what an earlier version recorded, why it was begun or closed.",
        "拒绝或取消的理由；旧版本登记的请求则为启动或关闭的理由。"
      ) { .text(of($0).row.facts.reason) },
      OutputField(
        "dueAt", .instant, "When the next of its promises is due: its first answer, the next word, or its fulfilment; null: none is running.",
        "下一项承诺（首次响应、进展通报或履行完成）的到期时间；没有运行中的承诺则为 null。"
      ) { .instant(of($0).row.dueAt) },
      OutputField("respondedAt", .instant, "When its customer was first answered.", "首次答复客户的时间。") { .instant(of($0).row.facts.respondedAt) },
      OutputField("submittedAt", .instant, "When it was submitted.", "提交时间。") { .instant(of($0).row.submittedAt) },
      OutputField("askedAt", .instant, "When the first approver was asked; null: nobody was.", "首次请求审批的时间；无则为 null。") { .instant(of($0).row.facts.askedAt) },
      OutputField("decidedAt", .instant, "When all had agreed, or one had refused.", "全部同意或被拒绝的时间。") { .instant(of($0).row.facts.decidedAt) },
      OutputField(
        "approvalSeconds", .integer, "How long it waited for approval, in seconds; null: it did not, or still does.", "等待审批的秒数；无需审批或尚未决定则为 null。"
      ) { .integer(of($0).row.approvalSeconds) },
      OutputField("startedAt", .instant, "When its tasks were opened.", "开始履行的时间。") { .instant(of($0).row.facts.startedAt) },
      OutputField("endedAt", .instant, "When it was fulfilled, refused, withdrawn or cancelled.", "履行完成、拒绝、撤回或取消的时间。") {
        .instant(of($0).row.facts.endedAt)
      },
      OutputField("closedAt", .instant, "When that was confirmed, or its time was over.", "确认关闭或到期自动关闭的时间。") { .instant(of($0).row.facts.closedAt) },
      OutputField("closesAt", .instant, "When it closes by itself, being fulfilled; null: it does not.", "已履行的请求自动关闭的时间；不会自动关闭则为 null。") {
        .instant(of($0).row.facts.closesAt)
      },
      OutputField("withdrawnAt", .instant, "When it was withdrawn; null: it was not.", "撤回时间；未撤回则为 null。") { .instant(of($0).row.facts.withdrawnAt) },
      OutputField("tasksTotal", .integer, "How many tasks fulfil it.", "履行任务总数。") { .integer(of($0).row.tasksTotal) },
      OutputField("tasksDone", .integer, "How many of them are done.", "已完成的任务数。") { .integer(of($0).row.tasksDone) },
      OutputField("tasksSkipped", .integer, "How many of them were skipped.", "已跳过的任务数。") { .integer(of($0).row.tasksSkipped) },
      OutputField("partlyFulfilled", .boolean, "Whether it ended with only a part of them done.", "是否仅部分履行即结束。") {
        .bool(of($0).row.isPartlyFulfilled)
      },
      OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer(of($0).row.version) },
    ]
  }
}

extension Value {
  /// The amount without its currency; null where there is none.
  static func decimalAmount(_ money: Money?) -> Value { money.map { .decimal($0.amount) } ?? .null }
}

package struct RequestReference: OperationInput, NamesRecord {
  let id: PublicId

  package static let id = Field.id("id", .request, "The request.", "请求编号。")
  static let source = Field.text("source", 1...100, "How it reached us, a key of code.list such as phone; staff only.", "来源：code.list 中的键，例如 phone（仅服务商人员）。")
  static let unit = Field.id(
    "unit", .unit, "Where it is to be done: a site or department (default: the requester's); who agrees and what covers it go by the requester's own.",
    "履行地点：站点或部门（默认取申请对象所属单位）；审批人与适用的合同行仍按申请对象所属单位确定。")

  package static let fields: [any InputField] = [id]

  package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
}

/// The permissions of the module and who holds them in a new installation.
enum RequestRights {
  static let orderers: Set<StockRole> = [.administrator, .accountManager, .engineer, .customerManager, .requester]
  /// Whoever a rule may ask; which approval is whose, the rule of each says.
  static let approvers = Set(StockRole.allCases)
  static let workers: Set<StockRole> = [.administrator, .engineer]
  static let everyScope: Set<Grant.ScopeKind> = [.listed, .all, .tenant, .unit, .own]
  static let work = "request.work"
  /// Who sees to it that what waits for somebody is decided.
  static let overseers: Set<StockRole> = [.administrator, .accountManager]
  static let oversee = "approval.reassign"
}

extension OperationContext {
  /// A request that the caller may see.
  func request(_ id: PublicId) async throws -> RequestRow {
    let found = try await transaction.first(RequestByPublicId(tenant: tenant.id, scope: access.rows, publicId: id))
    guard let found else { throw Failure.notFound }
    return found
  }

  func requestOutput(_ id: PublicId) async throws -> RequestOutput {
    subject(id)
    let row = try await request(id)
    let (approvals, tasks, incidents, requests) = try await transaction.query(
      ApprovalsShown(tenant: tenant.id, request: row.id), TasksShown(tenant: tenant.id, request: row.id),
      IncidentsOfRequest(tenant: tenant.id, scope: incidentRows, request: row.id, after: 0, limit: 100),
      LinksOfRequest(tenant: tenant.id, scope: access.rows, request: row.id, after: 0, limit: 100))
    let clocks = try await SubjectClocks.look(at: .request(row.id), tenant: tenant.id, in: transaction)
    return RequestOutput(
      line: RequestLine(row, in: self), content: try OfferingContent.read(row.content).withoutTasks,
      approvals: approvals.map { ApprovalLine($0, of: tenant) },
      tasks: principal.side == .staff ? tasks.map { TaskLine($0, of: tenant, provider) } : [],
      incidents: once(incidents.map { self.id(.incident, $0.publicId) }), requests: once(requests.map { self.id(.request, $0.publicId) }),
      clocks: clocks.records)
  }

  /// What is linked in several ways is one.
  private func once(_ linked: [PublicId]) -> [PublicId] {
    linked.reduce(into: []) { seen, one in
      if !seen.contains(one) { seen.append(one) }
    }
  }

  /// A request that the caller may see, locked for an act; refuses one that saw another version.
  func requestWork(_ id: PublicId) async throws -> RequestWork {
    subject(id)
    let row = try await request(id)
    let work = try await requestWork(row.id)
    try requireVersion(work.held.version)
    return work
  }

  func requestWork(_ id: Int64) async throws -> RequestWork {
    let work = try await RequestWork.load(id, of: tenant, by: actor, at: now, random, in: transaction)
    guard let work else { throw Failure.notFound }
    return work
  }
}
