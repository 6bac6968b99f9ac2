import Contracts
import Kernel
import Operations

/// The fields that time entries' operations share.
package enum TimeFields: GivesReason {
  package static let id = Field.id("id", .timeEntry, "The time entry.", "工时编号。")
  static let ticket = Field.id("ticket", .ticketOfTime, "The ticket that it was done for; its contract line counts.", "所属工单，适用其合同行。")
  static let line = Field.id("line", .contractLine, "The contract line, where it was done for no ticket.", "合同行（无工单时填写）。")
  static let staff = Field.id(
    "staff", .staff, "Whose time it is (default: one's own); others' only with time_entry.review.", "工时所属人员（默认本人）；登记他人的工时需要 time_entry.review 权限。")
  static let workType = Field.text("workType", 1...40, "What was done: a code of time_code.list.", "工作类型：time_code.list 中的代码。")
  static let rateClass = Field.text(
    "rateClass", 1...40, "A rate class that applies by name; without one the coverage decides.", "指定的费率类别（仅限按名称适用者）；不填则按服务时间确定。")
  static let from = Field.instant("from", "When it began, a whole minute.", "开始时间（整分钟）。")
  static let to = Field.instant("to", "When it ended, at most 24 hours later.", "结束时间（不超过 24 小时）。")
  static let date = Field.date("date", "The day, where only minutes are told.", "日期（仅填分钟数时）。")
  static let minutes = Field.integer("minutes", 1...WorkedTime.longestMinutes, "How many minutes, on that day.", "当日分钟数。")
  static let billable = Field.boolean("billable", "Whether it is billed (default: as the line's rule or the work type says).", "是否计费（默认按合同行规则或工作类型）。")
  static let note = Field.longText("note", 0...4000, "What only the staff sees.", "内部备注（仅服务商人员可见）。")
  static let invoiceText = Field.text("invoiceText", 1...500, "The text for the invoice, in the customer's language.", "发票文字（使用客户的语言）。")
  static let parallel = Field.boolean("parallel", "Whether it was done beside other work, which it may overlap.", "是否与其他工作同时进行（允许重叠）。")
  package static let reason = Field.longText("reason", 1...2000, "Why.", "原因。")
}

package typealias TimeEntryReference = ReferenceInput<TimeFields>
