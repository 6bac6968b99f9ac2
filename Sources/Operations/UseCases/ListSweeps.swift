import Jobs
import Kernel

/// Recurring work: when it ran last and how that ended, when it runs next, and how far it is behind.
struct SweepRecord: OperationOutput {
  let row: ScheduleListing.Found
  let now: Instant

  static let fields: [OutputField<SweepRecord>] = [
    OutputField("kind", .text, "What it does.", "类别。") { .text($0.row.kind) },
    OutputField("everySeconds", .integer, "How often it runs, in seconds, if nothing comes due before.", "运行间隔（秒）；有事到期时会提前运行。") {
      .integer($0.row.everySeconds)
    },
    OutputField(
      "state", .text, "idle, ready (waiting for a worker), running or dead (given up; one attempt every ten minutes).",
      "状态：idle（空闲）、ready（等待执行）、running（运行中）或 dead（已放弃，每十分钟重试一次）。"
    ) { .text($0.row.state ?? "idle") },
    OutputField("nextAt", .instant, "When it is due next.", "下次运行时间。") { .instant($0.row.nextAt) },
    OutputField("behindSeconds", .integer, "For how many seconds it has been due and has not been begun.", "已到期而未开始的秒数。") { .integer($0.behindSeconds) },
    OutputField("attempts", .integer, "How often its present run was begun.", "本次运行的尝试次数。") { .integer($0.row.attempts) },
    OutputField("lastBeganAt", .instant, "When the last run that ended was begun.", "最近一次已结束的运行的开始时间。") { .instant($0.row.beganAt) },
    OutputField("lastEndedAt", .instant, "When it ended.", "其结束时间。") { .instant($0.row.endedAt) },
    OutputField(
      "lastOutcome", .text, "done, undone (all but some), put_down (goes on where its time was over) or failed.",
      "结果：done（完成）、undone（部分未完成）、put_down（到时暂停，稍后继续）或 failed（失败）。"
    ) { .text($0.row.outcome) },
    OutputField("undone", .integer, "How many it left undone, which the next run finds again.", "未完成的数量，下次运行会再次处理。") { .integer($0.row.undone) },
    OutputField("lastFault", .text, "Why it failed, or left the first of them undone.", "失败或首个未完成项的原因。") { .text($0.row.fault) },
  ]

  /// A schedule that is due and whose job nobody has left, or a job that waits: whichever waits longer.
  private var behindSeconds: Int64 {
    let waiting = row.state == "ready" ? row.runAt.map { min($0, row.nextAt) } ?? row.nextAt : row.nextAt
    return max(0, now.seconds - waiting.seconds)
  }
}

enum ListSweeps: Operation {
  struct Input: OperationInput {
    let limit: Int64?
    let cursor: String?

    static let fields: [any InputField] = [Paging.limit, Paging.cursor]

    init(_ values: InputValues) throws(FieldError) {
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  static let declaration = Declaration(
    "sweep.list", "List the recurring work: last run, next run, what went wrong, how far it is behind.", zh: "列出周期性作业：最近和下次运行、错误及延迟。",
    permission: "job.read", roles: JobKeeping.roles, scopes: JobKeeping.scopes, reach: .home, effect: .read)

  static func run(_ input: Input, in context: OperationContext) async throws -> Listing<SweepRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(ScheduleListing(tenant: context.tenant.id, after: try after?.text(0) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.text($0.kind)]) }) { SweepRecord(row: $0, now: context.now) }
  }
}
