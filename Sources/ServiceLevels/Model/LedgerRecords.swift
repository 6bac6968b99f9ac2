import Kernel
import Operations

/// A stretch of a clock as it is explained.
package struct IntervalRecord: OperationOutput {
  let seq: Int64
  let from: Instant
  let to: Instant
  let state: String
  let cause: String
  var evidence: String?
  let workingSeconds: Int64
  let priority: Int64
  let calendar: String?

  package static let fields: [OutputField<IntervalRecord>] = [
    OutputField("seq", .integer, "Its place.", "序号。") { .integer($0.seq) },
    OutputField("from", .instant, "Its beginning.", "开始时间。") { .instant($0.from) },
    OutputField("to", .instant, "Its end.", "结束时间。") { .instant($0.to) },
    OutputField("state", .text, "running or paused.", "状态：running 或 paused。") { .text($0.state) },
    OutputField("cause", .text, "What began it.", "起因。") { .text($0.cause) },
    OutputField(
      "evidence", .text, "What shows that a pause was one: the comment that asked, a message id; of a supplier's, the dispatch, for staff only.",
      "暂停的依据：提问的评论、邮件编号；等待供应商时为派单（仅服务商人员可见）。"
    ) { .text($0.evidence) },
    OutputField("workingSeconds", .integer, "Open seconds in it; those of a pause use nothing.", "其中的服务时间秒数；暂停期间不消耗时限。") { .integer($0.workingSeconds) },
    OutputField("priority", .integer, "The priority whose target counted.", "计时所依据的优先级。") { .integer($0.priority) },
    OutputField("calendar", .text, "The calendar that counted.", "计时所依据的日历。") { .text($0.calendar) },
  ]
}

/// Something observed.
package struct MilestoneRecord: OperationOutput {
  let seq: Int64
  let observedAt: Instant
  let source: String
  let recordedAt: Instant

  package static let fields: [OutputField<MilestoneRecord>] = [
    OutputField("seq", .integer, "Its place.", "序号。") { .integer($0.seq) },
    OutputField("observedAt", .instant, "When it happened.", "发生时间。") { .instant($0.observedAt) },
    OutputField("source", .text, "What shows it: responded, resolved or closed.", "依据：responded、resolved 或 closed。") { .text($0.source) },
    OutputField("recordedAt", .instant, "When it was recorded.", "记录时间。") { .instant($0.recordedAt) },
  ]
}

/// A judgement; the one with the highest place counts.
package struct VerdictRecord: OperationOutput {
  let seq: Int64
  let verdict: String?
  let cause: String
  let detail: String
  let judgedAt: Instant
  let breachedAt: Instant?
  let elapsedSeconds: Int64
  let budgetSeconds: Int64?
  let priority: Int64
  let calculation: Int64
  let supersedes: Int64?
  let recordedAt: Instant

  package static let fields: [OutputField<VerdictRecord>] = [
    OutputField("seq", .integer, "Its place.", "序号。") { .integer($0.seq) },
    OutputField("verdict", .text, "met, missed or withdrawn; null: the one before is taken back.", "判定：met、missed 或 withdrawn；null 表示撤回前一判定。") {
      .text($0.verdict)
    },
    OutputField("cause", .text, "observed, exceeded, retargeted, reopened, recorded_late, calendar_changed or withdrawn.", "判定起因。") { .text($0.cause) },
    OutputField("detail", .text, "The code of what led to it.", "相关事件代码。") { .text($0.detail) },
    OutputField("judgedAt", .instant, "The instant that decided.", "决定判定的时间。") { .instant($0.judgedAt) },
    OutputField("breachedAt", .instant, "Of a miss: the last instant that was in time.", "未达成时：最后的及时时刻。") { .instant($0.breachedAt) },
    OutputField("elapsedSeconds", .integer, "Open seconds of the closed runs when it was judged.", "判定时已结束运行段的服务时间秒数。") { .integer($0.elapsedSeconds) },
    OutputField("budgetSeconds", .integer, "Open seconds of the budget.", "时限的服务时间秒数。") { .integer($0.budgetSeconds) },
    OutputField("priority", .integer, "The priority whose target counted.", "判定所依据的优先级。") { .integer($0.priority) },
    OutputField("calculation", .integer, "The version of the rules.", "规则版本。") { .integer($0.calculation) },
    OutputField("supersedes", .integer, "The place of the one that it supersedes.", "所取代判定的序号。") { .integer($0.supersedes) },
    OutputField("recordedAt", .instant, "When it was recorded.", "记录时间。") { .instant($0.recordedAt) },
  ]
}
