import Kernel
import Operations

/// A time entry as the API shows it.
package struct TimeEntryOutput: OperationOutput {
  let row: TimeEntryRow
  let provider: TenantHandle

  init(_ row: TimeEntryRow, provider: TenantHandle) {
    self.row = row
    self.provider = provider
  }

  var id: PublicId { own(.timeEntry, row.publicId) }

  private func own(_ kind: IdKind, _ bits: [UInt8]) -> PublicId {
    PublicId(kind: kind.prefix, handle: row.customer.handle, random: bits) ?? .none(kind: kind.prefix, handle: row.customer.handle)
  }

  private func own(_ kind: IdKind, _ bits: [UInt8]?) -> Value { .id(bits.map { own(kind, $0) }) }

  private func providers(_ thing: ProvidersThing) -> Value {
    .id(row.purpose.things[thing].flatMap { PublicId(kind: thing.kind.prefix, handle: provider, random: $0) })
  }

  /// Beyond a day it was told late.
  private static let lateAfterMinutes: Int64 = 1440

  package static let fields: [OutputField<TimeEntryOutput>] = [
    OutputField("id", .id, "The entry.", "工时编号。") { .id($0.id) },
    OutputField("customer", .id, "The customer.", "客户。") { $0.own(.customer, $0.row.customer.publicId) },
    OutputField("customerName", .text, "The customer's name.", "客户名称。") { .text($0.row.customer.name) },
    OutputField("state", .text, "draft, submitted, returned or approved.", "状态：draft（草稿）、submitted（待批准）、returned（已退回）或 approved（已批准）。") {
      .text($0.row.state.rawValue)
    },
    OutputField("kind", .text, "work, or reversal: takes an entry back.", "work（工作）或 reversal（冲销）。") { .text($0.row.isReversal ? "reversal" : "work") },
    OutputField("staff", .id, "Whose time it is.", "工时所属人员。") {
      .id(PublicId(kind: IdKind.staff.prefix, handle: $0.provider, random: $0.row.staff.publicId))
    },
    OutputField("staffName", .text, "The name.", "人员名称。") { .text($0.row.staff.name) },
    OutputField("workType", .text, "What was done, as a code of time_code.list.", "工作类型代码（见 time_code.list）。") { .text($0.row.workTypeCode) },
    OutputField("ticket", .id, "The ticket that it was done for.", "所属工单。") { $0.own(.ticketOfTime, $0.row.ticket?.publicId) },
    OutputField("ticketNumber", .text, "The ticket's number.", "工单号。") { output in
      .text(output.row.ticketNumber.map { "\(output.row.customer.code)-INC-\(pad($0, 6))" })
    },
    OutputField("request", .id, "The request that it was done for.", "所属服务请求。") { $0.own(.requestOfTime, $0.row.purpose.request?.publicId) },
    OutputField("problem", .id, "The problem that it was done for.", "所属问题。") { $0.providers(.problem) },
    OutputField("change", .id, "The change that it was done for.", "所属变更。") { $0.providers(.change) },
    OutputField("release", .id, "The release that it was done for.", "所属发布。") { $0.providers(.release) },
    OutputField("majorIncident", .id, "The major incident that it was done for.", "所属重大事件。") { $0.providers(.majorIncident) },
    OutputField("line", .id, "The contract line under which it counts.", "所属合同行。") { $0.own(IdKind("line", owner: .tenant), $0.row.line?.publicId) },
    OutputField("date", .date, "The day on which it began, in the contract's zone.", "开始日期（合同时区）。") { .date($0.row.worked.date) },
    OutputField("from", .instant, "When it began; null: minutes on a day.", "开始时间；null 表示仅有分钟数。") {
      .instant($0.row.worked.endedAt == nil ? nil : $0.row.worked.beganAt)
    },
    OutputField("to", .instant, "When it ended.", "结束时间。") { .instant($0.row.worked.endedAt) },
    OutputField("minutes", .integer, "How long it took; negative where it takes something back.", "时长（分钟）；冲销为负数。") { .integer($0.row.worked.minutes) },
    OutputField("billable", .boolean, "Whether it is billed.", "是否计费。") { .bool($0.row.billable) },
    OutputField(
      "noCoverage", .boolean, "Whether no coverage is known by which it could be cut: all of it counts as service time.", "是否没有可用于划分的服务时间约定：全部计为服务时间内。"
    ) { .bool($0.row.hasNoCoverage) },
    OutputField("billedMinutes", .integer, "What is billed, rounded; null until it is approved.", "计费分钟数（已取整）；批准前为 null。") { .integer($0.row.billedMinutes) },
    OutputField("rateClass", .text, "The rate class that somebody named; null: as the coverage says.", "指定的费率类别；null 表示按服务时间确定。") {
      .text($0.row.rateClassCode)
    },
    OutputField("note", .text, "What only the staff sees.", "内部备注（仅服务商人员可见）。") { .text($0.row.note) },
    OutputField("invoiceText", .text, "The text for the invoice.", "发票文字。") { .text($0.row.invoiceText) },
    OutputField("parallel", .boolean, "Whether it was done beside something else.", "是否与其他工作同时进行。") { .bool($0.row.isParallel) },
    OutputField("source", .text, "entered, timer, forgotten_timer or correction.", "来源：entered（填写）、timer（计时）、forgotten_timer（遗忘的计时）或 correction（更正）。") {
      .text($0.row.source)
    },
    OutputField("lateMinutes", .integer, "How long after the end it was recorded.", "结束后多久登记（分钟）。") { .integer($0.row.lateMinutes) },
    OutputField("isBackDated", .boolean, "Whether that was more than a day.", "是否超过一天（补登）。") { .bool($0.row.lateMinutes > lateAfterMinutes) },
    OutputField("returnReason", .text, "Why it was sent back.", "退回原因。") { .text($0.row.returnReason) },
    OutputField("author", .text, "Who recorded it.", "登记人。") { .text($0.row.authorName) },
    OutputField("approver", .text, "Who approved it.", "批准人。") { .text($0.row.approverName) },
    OutputField("approvedAt", .instant, "When it was approved.", "批准时间。") { .instant($0.row.approvedAt) },
    OutputField("countsOn", .date, "The day by which it counts in sums and bills.", "计入合计与账单的日期。") { .date($0.row.countsOn) },
    OutputField("corrects", .id, "The approved entry that it corrects.", "所更正的工时。") { $0.own(.timeEntry, $0.row.corrects?.publicId) },
    OutputField("withdraws", .boolean, "Whether the correction only takes back.", "更正是否仅为冲销。") { .bool($0.row.withdraws) },
    OutputField("correctionReason", .text, "Why it was corrected.", "更正原因。") { .text($0.row.correctionReason) },
    OutputField("reverses", .id, "Of a reversal: the entry that it takes back.", "所冲销的工时。") { $0.own(.timeEntry, $0.row.reverses?.publicId) },
    OutputField("reversedBy", .id, "The reversal that took it back; null: it stands.", "冲销它的记录；null 表示仍有效。") { $0.own(.timeEntry, $0.row.reversedBy) },
    OutputField("recordedAt", .instant, "When it was recorded.", "登记时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]
}
