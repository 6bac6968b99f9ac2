import Kernel
import Operations

/// What a customer is told of a change: its own configuration items and the text for customers, nothing of others.
package struct ChangeNotice: OperationOutput {
  let id: PublicId
  let row: NoticeRow

  package static let fields: [OutputField<ChangeNotice>] = [
    OutputField("id", .id, "The notice.", "通知编号。") { .id($0.id) },
    OutputField("number", .text, "The change's number, for people.", "变更号。") { .text($0.row.number) },
    OutputField("kind", .text, "standard, normal or emergency.", "类型：standard 标准、normal 常规、emergency 紧急。") { .text($0.row.kind) },
    OutputField(
      "state", .text, "planned, implementing, implemented, backed_out, closed, cancelled or withdrawn (planned anew).",
      "状态：planned 已计划、implementing 实施中、implemented 已实施、backed_out 已回退、closed 已关闭、cancelled 已取消、withdrawn 重新计划中。"
    ) { .text($0.row.state) },
    OutputField("text", .text, "What is done.", "内容。") { .text($0.row.body) },
    OutputField("startsAt", .instant, "When its window begins.", "窗口开始时间。") { .instant($0.row.startsAt) },
    OutputField("endsAt", .instant, "When its window ends.", "窗口结束时间。") { .instant($0.row.endsAt) },
    OutputField("startedAt", .instant, "When it was begun.", "实施开始时间。") { .instant($0.row.startedAt) },
    OutputField("finishedAt", .instant, "When it was done, or undone.", "实施或回退完成时间。") { .instant($0.row.finishedAt) },
    OutputField("outcome", .text, "success, failed or backed_out.", "结果：success 成功、failed 失败、backed_out 已回退。") { .text($0.row.outcome) },
    OutputField("cis", .document, "The customer's own configuration items that it touches: id and name.", "涉及的本客户配置项：编号与名称。") { $0.row.cis },
    OutputField("announcedAt", .instant, "When it was told first.", "首次通知时间。") { .instant($0.row.announcedAt) },
    OutputField("updatedAt", .instant, "When it was told last.", "最近更新时间。") { .instant($0.row.updatedAt) },
  ]
}

package enum ListChangeNotices: Operation {
  package typealias Input = PageOfCustomer

  package static let declaration = Declaration(
    "change_notice.list", "List what a customer is told of the changes that concern it, the newest first.", zh: "列出告知客户的变更通知，最新的在前。",
    permission: "change_notice.read", roles: ChangeRights.readers.union([.customerManager]), scopes: [.listed, .all, .tenant], reach: .one(by: "customer"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangeNotice> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(
      NoticePage(
        tenant: context.tenant.id, before: try after.map { (at: try $0.instant(0), change: try $0.integer(1)) }, limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.integer($0.announcedAt.microseconds), .integer($0.change)]) }) {
      ChangeNotice(id: context.id(.changeNotice, $0.publicId), row: $0)
    }
  }
}

extension ChangeState {
  /// As a customer is told it; nil: he is told only where he was told before, that it is planned anew.
  var told: String? {
    switch self {
    case .approved: "planned"
    case .implementing, .implemented, .backedOut, .closed: rawValue
    case .draft, .assessed, .awaitingApproval, .rejected, .cancelled: nil
    }
  }

  /// As he is told it who was told before.
  var toldAgain: String { told ?? (self == .cancelled ? rawValue : "withdrawn") }
}
