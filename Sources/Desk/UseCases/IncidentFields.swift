import Contracts
import Kernel
import Operations

/// The fields that incidents' operations share.
package enum IncidentFields: NamesRecord {
  package static let id = Field.id("id", .incident, "The incident.", "事件工单。")
  static let title = Field.text("title", 1...200, "What it is about, in a line.", "标题。")
  static let description = Field.longText("description", 0...20_000, "What happened, and to whom.", "详细描述。")
  static let requester = Field.id("requester", .person, "The person that it concerns.", "请求人。")
  static let unit = Field.id("unit", .unit, "The site or department; by default the requester's.", "站点或部门，默认取请求人所属单位。")
  static let category = Field.text("category", 1...100, "Its category, a key of code.list such as network/vpn.", "分类：code.list 中的键，例如 network/vpn。")
  static let source = Field.text("source", 1...100, "How it reached us, a key of code.list such as phone; staff only.", "来源：code.list 中的键，例如 phone（仅服务商人员）。")
  static let nature = Field.text("nature", 1...100, "What kind of matter it is, a key of code.list such as fault.", "性质：code.list 中的键，例如 fault。")
  static let service = Field.text("service", 2...32, "The code of the catalogue's service that it is about.", "相关的目录服务代码。")
  static let ciTier = Field.text("ciTier", 1...32, "How critical the affected configuration item is: a code of ci_tier.list.", "受影响配置项的等级：ci_tier.list 中的代码。")
  static let contractLine = Field.id("contractLine", .contractLine, "The contract line under which it is judged.", "适用的合同行。")
  static let resolution = Field.longText("resolution", 1...20_000, "How it was resolved.", "解决方法。")
  static let closureCode = Field.text(
    "closureCode", 1...100, "How it ended, a key of code.list such as workaround (default: solved).", "结束代码：code.list 中的键，例如 workaround（默认 solved）。")
  static let pendingReason = Field.text(
    "reason", 1...100, "What it waits for, a key of code.list such as awaiting_requester.", "挂起原因：code.list 中的键，例如 awaiting_requester。")
  static let comment = Field.longText("comment", 1...20_000, "A public comment that goes with it.", "随附的公开评论。")
  static let evidence = Field.text(
    "evidence", 1...200,
    "Where it is shown that the customer or supplier was asked, when no comment goes with it and nothing is dispatched: a message id, the number of a call.",
    "未随附评论且未派单时，证明已询问客户或供应商的依据：邮件编号、通话编号。")
  static let occurredAt = Field.instant(
    "at", "When it happened (default now): not in the future, and not before what was last recorded.", "发生时间（默认当前时刻）：不得晚于当前时刻，也不得早于最近一次记录。"
  ).optional
  static let occurrenceEvidence = Field.text(
    "evidence", 1...200, "Where that is shown: a message id, the number of a call.", "依据：邮件编号、通话编号。"
  ).optional

  static let everyScope: Set<Grant.ScopeKind> = [.listed, .all, .tenant, .unit, .own]
  static let workers: Set<StockRole> = [.administrator, .engineer]
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance, .customerManager, .requester]
  static let work = "incident.work"
}

/// What says how grave a matter is; for the modules that stand on the desk too.
package enum RatingFields {
  package static let impact = Field.integer("impact", Rating.numbers, "A number of code.list, 1 the gravest.", "影响：code.list 中的数字，1 为最高。")
  package static let urgency = Field.integer("urgency", Rating.numbers, "A number of code.list, 1 the most urgent.", "紧急度：code.list 中的数字，1 为最高。")
}

extension OperationContext {
  /// The instant of something that is told afterwards.
  /// - Parameter last: when something was last recorded of it.
  func occurred(_ at: Instant?, since last: Instant) throws(Failure) -> Instant {
    guard let at else { return now }
    guard at <= now else { throw Failure.invalid("at", DeskMessages.openedInFuture) }
    guard at >= last else { throw Failure.invalid("at", DeskMessages.beforeLastWord, ["from": last.description]) }
    return at
  }
}

/// An input that only names an incident.
package typealias IncidentReference = ReferenceInput<IncidentFields>

/// A page of what belongs to an incident.
package typealias PageOfIncident = PageOf<IncidentFields>
