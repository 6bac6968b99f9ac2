import Approvals
import Kernel
import Operations
import Tenancy

/// An approval, with what it is about.
package struct ApprovalLine: OperationOutput {
  let row: ApprovalRow
  let tenant: TenantEntry

  init(_ row: ApprovalRow, of tenant: TenantEntry) {
    self.row = row
    self.tenant = tenant
  }

  private func id(_ kind: IdKind, _ bits: [UInt8]?) -> Value { .id(bits.map { tenant.id(kind.prefix, $0) }) }

  private var role: String? { if case .role(let role) = row.approval.holder { role } else { nil } }

  package static let fields: [OutputField<ApprovalLine>] = [
    OutputField("id", .id, "The approval.", "审批编号。") { $0.id(.approval, $0.row.approval.publicId) },
    OutputField("customer", .id, "The customer.", "客户。") { .id($0.tenant.publicId) },
    OutputField("request", .id, "What is to be agreed to.", "所审批的请求。") { $0.id(.request, $0.row.request) },
    OutputField("requestNumber", .text, "Its number for people.", "请求号。") { .text(RequestLine.number(of: $0.tenant.code, $0.row.requestNumber)) },
    OutputField("offeringCode", .text, "The code of what was ordered.", "服务项代码。") { .text($0.row.offeringCode) },
    OutputField("offeringName", .document, "Its name, by language.", "服务项名称（按语言）。") { $0.row.offeringName },
    OutputField("requester", .id, "Whom it is for.", "申请对象。") { $0.id(.person, $0.row.requester) },
    OutputField("requesterName", .text, "The name of that person.", "申请对象姓名。") { .text($0.row.requesterName) },
    OutputField("answers", .document, "What was ordered, by the form's keys.", "申请内容（按表单键）。") { $0.row.answers },
    OutputField("value", .decimal, "What it is worth; null: not known.", "金额；未知则为 null。") { .decimalAmount($0.row.value) },
    OutputField("currency", .text, "The currency of that.", "该金额的货币。") { .text($0.row.value?.currency.code) },
    OutputField("name", .document, "What the approver is called, by language.", "审批人的称谓（按语言）。") { $0.row.approval.names },
    OutputField("step", .integer, "Those of one step are asked at once.", "步骤；同一步骤同时审批。") { .integer($0.row.approval.step) },
    OutputField("suffices", .boolean, "Whether one approval of the step is enough.", "该步骤是否一人同意即可。") { .bool($0.row.approval.suffices) },
    OutputField("role", .text, "The role whose holders decide; null: one person does.", "由持有该角色者审批；为 null 时由指定人员审批。") { .text($0.role) },
    OutputField("person", .id, "The person who decides; null: a role does.", "审批人员；为 null 时由角色审批。") { $0.id(.person, $0.row.person) },
    OutputField("escalatedTo", .text, "The role that may decide as well since nobody had in time.", "逾期后可代为审批的角色。") {
      .text($0.row.approval.escalatedAt == nil ? nil : $0.row.approval.escalatesTo)
    },
    OutputField("standIn", .text, "The role that is asked besides, for no account could decide it.", "因无人可审批而另行请求审批的角色。") {
      .text($0.row.approval.standIn)
    },
    OutputField("delegated", .boolean, "Whether another account may decide as well.", "是否已委托其他账户审批。") { .bool($0.row.approval.delegate != nil) },
    OutputField("state", .text, "waiting, asked, approved, rejected or lapsed.", "状态：waiting 未轮到、asked 待决定、approved 已同意、rejected 已拒绝、lapsed 无需决定。") {
      .text($0.row.approval.state.rawValue)
    },
    OutputField("askedAt", .instant, "Since when it waits for a decision.", "请求审批的时间。") { .instant($0.row.approval.askedAt) },
    OutputField("dueAt", .instant, "When it goes to others, or counts as refused; null: it waits.", "升级或视为拒绝的时间；不限则为 null。") {
      .instant($0.row.approval.dueAt)
    },
    OutputField("escalatedAt", .instant, "When it went to others.", "升级时间。") { .instant($0.row.approval.escalatedAt) },
    OutputField("decidedAt", .instant, "When it was decided.", "决定时间。") { .instant($0.row.approval.decidedAt) },
    OutputField("timedOut", .boolean, "Whether time refused it, and nobody.", "是否因逾期视为拒绝。") {
      .bool($0.row.approval.state == .rejected && $0.row.approval.decidedBy == nil)
    },
    OutputField("reason", .text, "Why it was decided so.", "决定的理由。") { .text($0.row.approval.reason) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.approval.version) },
  ]
}

package enum ApprovalFields: GivesReason {
  package static let id = Field.id("id", .approval, "The approval.", "审批编号。")
  package static let reason = Field.longText("reason", 1...2000, "Why.", "理由。")
}

extension OperationContext {
  func approvalOutput(_ id: PublicId) async throws -> ApprovalLine {
    subject(id)
    guard let row = try await transaction.first(ApprovalShown(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    return ApprovalLine(row, of: tenant)
  }

  /// The request of an approval, locked, and the approval in it, if the caller may decide it. What is for others is told only to those who see
  /// all that is the customer's; to anybody else it is not there.
  func approvalWork(_ id: PublicId) async throws -> (work: RequestWork, approval: Approval) {
    subject(id)
    guard let request = try await transaction.first(RequestOfApproval(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    let work = try await requestWork(request)
    guard let approval = work.process.approvals.first(where: { $0.publicId == id.random }) else { throw Failure.notFound }
    switch ApproverRule.standing(of: principal, for: approval, among: work.process.approvals, work.approverFacts, at: now) {
    case .may: return (work, approval)
    case .own: throw Failure(.conflict, RequestMessages.ownRequest)
    case .alreadyAgreed: throw Failure(.conflict, RequestMessages.agreedAlready)
    case .noPerson: throw Failure(.conflict, RequestMessages.needsPerson)
    case .none: throw access.rows.everything ? Failure(.conflict, RequestMessages.notYours) : Failure.notFound
    }
  }
}
