import Jobs
import Kernel

extension IdKind {
  /// Work of the queue. Only administrators see it, so its internal number serves as its id.
  static let job = IdKind("job", owner: .tenant)
}

struct JobRecord: OperationOutput {
  let id: PublicId
  let row: JobsOfTenant.Found
  let now: Instant

  static let fields: [OutputField<JobRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("kind", .text, "What it does.", "类别。") { .text($0.row.kind) },
    OutputField("state", .text, "ready (waiting), running or dead.", "状态：ready（等待）、running（运行中）或 dead（已放弃）。") { .text($0.row.state) },
    OutputField("attempts", .integer, "How often it was begun.", "已尝试次数。") { .integer($0.row.attempts) },
    OutputField("maxAttempts", .integer, "How often it is tried at the most.", "最多尝试次数。") { .integer($0.row.maxAttempts) },
    OutputField("runAt", .instant, "When it is due.", "计划运行时间。") { .instant($0.row.runAt) },
    OutputField(
      "behindSeconds", .integer,
      "For how many seconds it has been due and nobody has begun it; null unless it is ready. If it only grows, no worker knows the kind.",
      "已到期而无人开始的秒数；非 ready 状态为 null。持续增长说明没有工作进程认识该类别。"
    ) { .integer($0.row.state == "ready" ? max(0, $0.now.seconds - $0.row.runAt.seconds) : nil) },
    OutputField("lastError", .text, "Why it failed the last time.", "最近一次失败的原因。") { .text($0.row.lastError) },
    OutputField("recordedAt", .instant, "When it was left.", "创建时间。") { .instant($0.row.recordedAt) },
  ]
}

/// The right to see and mend the job queue.
enum JobKeeping {
  static let roles: Set<StockRole> = [.administrator]
  static let scopes: Set<Grant.ScopeKind> = [.all]

  /// Twelve bytes, of which the last eight are the number.
  static func bits(_ id: Int64) -> [UInt8] { [0, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: id >> (56 - 8 * Int64($0))) } }

  static func number(_ id: PublicId) -> Int64 { id.random.suffix(8).reduce(0) { $0 << 8 | Int64($1) } }
}

enum ListJobs: Operation {
  struct Input: OperationInput {
    let state: String?
    let limit: Int64?
    let cursor: String?

    static let customerField = Field.id("customer", .customer, "A customer's jobs; without it, the provider's own.", "某客户的作业；省略则为服务商自身的作业。").optional
    static let stateField = Field.oneOf("state", ["ready", "running", "dead"], "Only jobs in this state.", "仅此状态的作业。").optional
    static let fields: [any InputField] = [customerField, stateField, Paging.limit, Paging.cursor]

    init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.stateField]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  static let declaration = Declaration(
    "job.list", "List the work that waits, runs or was given up.", zh: "列出等待、运行中或已放弃的作业。", permission: "job.read", roles: JobKeeping.roles,
    scopes: JobKeeping.scopes, reach: .homeOr(by: "customer"), effect: .read)

  static func run(_ input: Input, in context: OperationContext) async throws -> Listing<JobRecord> {
    let filter = input.state ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      JobsOfTenant(tenant: context.tenant.id, state: input.state, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      JobRecord(id: context.id(.job, JobKeeping.bits(row.id)), row: row, now: context.now)
    }
  }
}

enum RetryDeadJob: Operation {
  struct Input: OperationInput {
    let id: PublicId
    static let idField = Field.id("id", .job, "The job.", "作业。")
    static let fields: [any InputField] = [idField]
    init(_ values: InputValues) throws(FieldError) { id = try values[Self.idField] }
  }

  static let declaration = Declaration(
    "job.retry", "Try a job again that was given up.", zh: "重试已放弃的作业。", permission: "job.manage", roles: JobKeeping.roles, scopes: JobKeeping.scopes,
    reach: .one(by: "id"), effect: .change)

  static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let number = JobKeeping.number(input.id)
    guard context.id(.job, JobKeeping.bits(number)) == input.id,
      try await context.transaction.first(RetryJob(tenant: context.tenant.id, id: number, now: context.now)) != nil
    else { throw Failure.notFound }
    context.subject(input.id)
    return Done(id: input.id)
  }
}
