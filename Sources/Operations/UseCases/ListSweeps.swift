import Jobs
import Kernel

/// Recurring work: when it ran last and how that ended, when it runs next, and how far it is behind.
package struct SweepRecord: OperationOutput {
  let row: ScheduleListing.Found
  let version: Int64
  let now: Instant
  let language: Language

  /// What counts the versions of when a sweep runs.
  package static func setting(_ kind: String) -> String { "sweep/\(kind)" }

  package static let fields: [OutputField<SweepRecord>] = [
    OutputField("kind", .text, "What it does.", "类别。") { .text($0.row.kind) },
    OutputField(
      "everySeconds", .integer, "How often it runs, in seconds, if nothing comes due before and it has no time of day.",
      "运行间隔（秒）；有事到期时会提前运行；设定了运行时刻的除外。"
    ) { .integer($0.row.everySeconds) },
    OutputField("schedule", .text, "When it runs, in words.", "运行安排（文字说明）。") { .text($0.schedule) },
    OutputField("mayBeScheduled", .boolean, "Whether sweep.schedule may give it a time of day.", "是否可用 sweep.schedule 设定运行时刻。") {
      .bool($0.row.mayBeScheduled)
    },
    OutputField("time", .text, "The time of day that sweep.schedule gave it.", "由 sweep.schedule 设定的运行时刻。") { .text($0.row.plan?.time) },
    OutputField("zone", .text, "The zone of that time.", "该时刻所用的时区。") { .text($0.row.plan?.zone) },
    OutputField("calendar", .text, "The name of the calendar on whose open days it runs; null: on every day.", "仅在其服务日运行的日历名称；null 表示每天运行。") {
      .text($0.row.plan?.calendar)
    },
    OutputField(
      "state", .text,
      "idle, ready (waiting for a worker), running, dead (given up; one attempt ten minutes after it is due again) or retired (nobody runs it any more).",
      "状态：idle（空闲）、ready（等待执行）、running（运行中）、dead（已放弃，再次到期十分钟后重试一次）或 retired（已停用，不再有工作进程运行）。"
    ) { .text($0.isRetired ? "retired" : $0.row.state ?? "idle") },
    OutputField("nextAt", .instant, "When it is due next.", "下次运行时间。") { .instant($0.row.dueAt) },
    OutputField("nextRun", .text, "The same in words, by the clocks of its zone; null where it is retired.", "下次运行时间的文字说明（按其时区）；已停用的为 null。") {
      .text($0.nextRun)
    },
    OutputField("behindSeconds", .integer, "For how many seconds it has been due and has not been begun; null where it is retired.", "已到期而未开始的秒数；已停用的为 null。") {
      .integer($0.isRetired ? nil : $0.behindSeconds)
    },
    OutputField("attempts", .integer, "How often its present run was begun.", "本次运行的尝试次数。") { .integer($0.row.attempts) },
    OutputField("lastBeganAt", .instant, "When the last run that ended was begun.", "最近一次已结束的运行的开始时间。") { .instant($0.row.beganAt) },
    OutputField("lastEndedAt", .instant, "When it ended.", "其结束时间。") { .instant($0.row.endedAt) },
    OutputField(
      "lastOutcome", .text, "done, undone (all but some), put_down (goes on where its time was over) or failed.",
      "结果：done（完成）、undone（部分未完成）、put_down（到时暂停，稍后继续）或 failed（失败）。"
    ) { .text($0.row.outcome) },
    OutputField("undone", .integer, "How many it left undone, which the next run finds again.", "未完成的数量，下次运行会再次处理。") { .integer($0.row.undone) },
    OutputField("lastFault", .text, "Why it failed, or left the first of them undone.", "失败或首个未完成项的原因。") { .text($0.row.fault) },
    OutputField(
      "version", .integer, "For If-Match of sweep.schedule and sweep.unschedule, which raise it.", "sweep.schedule 与 sweep.unschedule 所需的 If-Match 版本号，由二者递增。"
    ) {
      .integer($0.version)
    },
  ]

  /// Of a build that is gone, or of a worker that was given something else to do: the one that was started last does not run it, and neither has
  /// another since it was due.
  private var isRetired: Bool {
    !row.isDeclared && row.state != "running" && row.nextAt.adding(seconds: row.everySeconds + 600) < now
  }

  private var schedule: String {
    guard let plan = row.plan else { return SweepMessages.interval.text(language, ["seconds": String(row.everySeconds)]) }
    let arguments = ["time": plan.time, "zone": plan.zone]
    guard let calendar = plan.calendar else { return SweepMessages.daily.text(language, arguments) }
    return SweepMessages.onOpenDays.text(language, arguments.merging(["calendar": calendar]) { first, _ in first })
  }

  private var nextRun: String? {
    guard !isRetired else { return nil }
    let next = row.nextByTheClock
    return SweepMessages.next.text(language, ["date": next.date.description, "time": next.time, "zone": next.zone])
  }

  /// A schedule that is due and whose job nobody has left, or a job that waits: whichever waits longer.
  private var behindSeconds: Int64 {
    let waiting = row.state == "ready" ? row.runAt.map { min($0, row.dueAt) } ?? row.dueAt : row.dueAt
    return max(0, now.seconds - waiting.seconds)
  }
}

enum ListSweeps: Operation {
  typealias Input = PageInput

  static let declaration = Declaration(
    "sweep.list", "List the recurring work: last run, next run, what went wrong, how far it is behind.", zh: "列出周期性作业：最近和下次运行、错误及延迟。",
    permission: "job.read", roles: JobKeeping.roles, scopes: JobKeeping.scopes, reach: .home, effect: .read)

  static func run(_ input: Input, in context: OperationContext) async throws -> Listing<SweepRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(ScheduleListing(tenant: context.tenant.id, after: try after?.text(0) ?? "", limit: limit + 1))
    let versions = try await context.settingVersions(rows.map { SweepRecord.setting($0.kind) })
    return context.listing(rows, limit: limit, key: { PageCursor([.text($0.kind)]) }) {
      SweepRecord(row: $0, version: versions[SweepRecord.setting($0.kind)] ?? 1, now: context.now, language: context.language)
    }
  }
}

/// When recurring work runs, in words.
enum SweepMessages: MessageCatalog {
  static let interval = Message("sweep.interval", "Every {seconds} seconds", zh: "每 {seconds} 秒")
  static let daily = Message("sweep.daily", "Every day at {time} ({zone})", zh: "每天 {time}（{zone}）")
  static let onOpenDays = Message(
    "sweep.on_open_days", "At {time} ({zone}) on the open days of {calendar}", zh: "在“{calendar}”的服务日 {time}（{zone}）")
  static let next = Message("sweep.next", "On {date} at {time} ({zone})", zh: "定于 {date} {time}（{zone}）")

  static let all = [interval, daily, onOpenDays, next]
}
