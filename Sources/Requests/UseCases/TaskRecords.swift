import Gates
import Kernel
import Operations
import Tenancy

/// A task of a request, with what it is for.
package struct TaskLine: OperationOutput {
  let row: TaskRow
  let tenant: TenantEntry
  let provider: TenantEntry

  init(_ row: TaskRow, of tenant: TenantEntry, _ provider: TenantEntry) {
    self.row = row
    self.tenant = tenant
    self.provider = provider
  }

  private func id(_ kind: IdKind, _ bits: [UInt8]?) -> Value {
    .id(bits.map { (kind.owner == .provider ? provider : tenant).id(kind.prefix, $0) })
  }

  package static let fields: [OutputField<TaskLine>] = [
    OutputField("id", .id, "The task.", "任务编号。") { $0.id(.task, $0.row.task.publicId) },
    OutputField("customer", .id, "The customer.", "客户。") { .id($0.tenant.publicId) },
    OutputField("request", .id, "The request that it fulfils.", "所履行的请求。") { $0.id(.request, $0.row.request) },
    OutputField("requestNumber", .text, "Its number for people.", "请求号。") { .text(RequestLine.number(of: $0.tenant.code, $0.row.requestNumber)) },
    OutputField("offeringCode", .text, "The code of what was ordered.", "服务项代码。") { .text($0.row.offeringCode) },
    OutputField("requesterName", .text, "Whom it is for.", "申请对象姓名。") { .text($0.row.requesterName) },
    OutputField("unit", .id, "Where it is to be done: a site or department.", "履行地点：站点或部门。") { $0.id(.unit, $0.row.unit) },
    OutputField("unitName", .text, "Its name.", "其名称。") { .text($0.row.unitName) },
    OutputField("answers", .document, "What was ordered, by the form's keys.", "申请内容（按表单键）。") { $0.row.answers },
    OutputField("name", .document, "What is to be done, by language.", "任务名称（按语言）。") { $0.row.task.names },
    OutputField("step", .integer, "Tasks of one step may be done at once.", "步骤；同一步骤的任务可同时进行。") { .integer($0.row.task.step) },
    OutputField("team", .id, "The team that does it; null: whoever serves the customer.", "负责团队；为 null 时由任何为该客户服务的人员处理。") { $0.id(.taskTeam, $0.row.team) },
    OutputField("teamName", .text, "Its name.", "团队名称。") { .text($0.row.teamName) },
    OutputField(
      "withheldTeam", .id, "The team that was to do it by the offering, and did not get it: the customer's delivery model does not name it.",
      "服务项原定的负责团队；因客户的交付模式不包含该团队而未分配。"
    ) { $0.id(.taskTeam, $0.row.withheldTeam) },
    OutputField("withheldTeamName", .text, "Its name.", "该团队名称。") { .text($0.row.withheldTeamName) },
    OutputField(
      "carriesAccess", .boolean, "Whether doing it is what gives, changes or takes the access; skipped, nothing is recorded.",
      "完成此任务是否即授予、变更或收回访问权限；跳过则不登记。"
    ) { .bool($0.row.task.carriesAccess) },
    OutputField("assignee", .id, "Who is at it, or did it.", "处理人。") { $0.id(.staff, $0.row.task.assignee?.publicId) },
    OutputField(
      "state", .text, "waiting, ready, active, done, failed, skipped or cancelled.",
      "状态：waiting 未轮到、ready 可处理、active 处理中、done 已完成、failed 失败、skipped 已跳过、cancelled 已取消。"
    ) { .text($0.row.task.state.rawValue) },
    OutputField("readyAt", .instant, "Since when it can be done.", "可开始处理的时间。") { .instant($0.row.task.readyAt) },
    OutputField("claimedAt", .instant, "When somebody took it.", "接手时间。") { .instant($0.row.task.claimedAt) },
    OutputField("endedAt", .instant, "When it was done, skipped or cancelled.", "完成、跳过或取消的时间。") { .instant($0.row.task.endedAt) },
    OutputField("result", .text, "What came of it, or why it failed or was skipped.", "结果，或失败、跳过的原因。") { .text($0.row.task.result) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.task.version) },
  ]
}

package struct TaskReference: OperationInput {
  let id: PublicId

  static let id = Field.id("id", .task, "The task.", "任务编号。")

  package static let fields: [any InputField] = [id]

  package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
}

extension OperationContext {
  func taskOutput(_ id: PublicId) async throws -> TaskLine {
    subject(id)
    guard let row = try await transaction.first(TaskShown(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    return TaskLine(row, of: tenant, provider)
  }

  /// The request of a task, locked.
  func taskWork(_ id: PublicId) async throws -> RequestWork {
    subject(id)
    guard let request = try await transaction.first(RequestOfTask(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    return try await requestWork(request.id)
  }

  /// The same for an act that may take steps before which gates stand. Those are asked for with the round trip that locks the request.
  func taskWork(_ id: PublicId, _ answers: GateAnswers) async throws -> (work: RequestWork, gates: GatesAhead?) {
    subject(id)
    guard let request = try await transaction.first(RequestOfTask(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    let gates = try gates(before: GateStep.steps(of: .request), of: self.id(.request, request.publicId), answers)
    return (try await requestWork(request.id), gates)
  }

  /// What the history says of a task that somebody is at no more: who was.
  package func taken(from former: RequestTask.Assignee) -> [Value.Member] { [Value.Member("from", .id(id(.staff, former.publicId)))] }

  /// The caller as somebody who does a task: a member of the staff. The provider's own tenant is bound besides.
  func assignee() async throws -> RequestTask.Assignee {
    guard actor.kind == .staff, let bits = try await transaction.first(StaffById(provider: provider.id, id: actor.id)) else {
      throw Failure(.conflict, RequestMessages.needsStaff)
    }
    return RequestTask.Assignee(id: actor.id, publicId: bits)
  }
}
