import Kernel
import Operations

/// Where a promise stands, in a line.
package struct ClockRecord: OperationOutput {
  let metric: String
  let state: String
  let dueAt: Instant?
  let breachedAt: Instant?
  let observedAt: Instant?
  let verdict: String?
  var warnedPercent: Int64?
  var nextWarnAt: Instant?

  package static let fields: [OutputField<ClockRecord>] = [
    OutputField("metric", .text, "response, update or resolution.", "指标：response（响应）、update（进展通报）或 resolution（解决）。") { .text($0.metric) },
    OutputField("state", .text, "running, paused, stopped or withdrawn.", "状态：running、paused、stopped 或 withdrawn。") { .text($0.state) },
    OutputField("dueAt", .instant, "When it is due; null while it does not run.", "到期时间；未运行时为 null。") { .instant($0.dueAt) },
    OutputField("breachedAt", .instant, "When its budget was used up.", "超时时间。") { .instant($0.breachedAt) },
    OutputField("observedAt", .instant, "When what it waits for was observed.", "观察到完成的时间。") { .instant($0.observedAt) },
    OutputField("verdict", .text, "met, missed or withdrawn; null: not judged yet.", "判定：met（达成）、missed（未达成）、withdrawn（撤销）；null 表示尚未判定。") {
      .text($0.verdict)
    },
    OutputField("warnedPercent", .integer, "The highest share of the budget, in percent, of which a warning was recorded.", "已记录预警的最高时限百分比。") {
      .integer($0.warnedPercent)
    },
    OutputField("nextWarnAt", .instant, "When the next warning is due; null while it does not run, and when none is left.", "下一次预警时间；未运行或已无预警时为 null。") {
      .instant($0.nextWarnAt)
    },
  ]
}
