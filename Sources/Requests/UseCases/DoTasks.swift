import Desk
import Gates
import Kernel
import Operations

package enum ClaimTask: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let takeOver: Bool
    let answers: GateAnswers

    private static let takeOver = Field.boolean("takeOver", "Also when somebody else is at it (default: no).", "即使他人正在处理也接管（默认否）。").optional

    package static let fields: [any InputField] = [TaskReference.id, takeOver] + GateAnswers.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[TaskReference.id]
      takeOver = try values[Self.takeOver] ?? false
      answers = try GateAnswers(values)
    }
  }

  package static let declaration = Declaration(
    "task.claim", "Take a task on.", zh: "接手任务。", permission: RequestRights.work, roles: RequestRights.workers, reach: .oneAndProvider(by: "id"),
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TaskLine {
    let assignee = try await context.assignee()
    var (work, gates) = try await context.taskWork(input.id, input.answers)
    let former = work.process.holder(of: input.id.random)
    try work.process.claim(input.id.random, by: assignee, takesOver: input.takeOver, at: context.now)
    if let former, former.id != assignee.id { work.process.noteTakenOver(input.id.random, context.taken(from: former), at: context.now) }
    try await work.pass(gates, result: nil, in: context)
    try await work.save()
    return try await context.taskOutput(input.id)
  }
}

package enum CompleteTask: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let result: String?
    let answers: GateAnswers

    private static let result = Field.longText("result", 1...4000, "What came of it.", "结果。").optional

    package static let fields: [any InputField] = [TaskReference.id, result] + GateAnswers.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[TaskReference.id]
      result = try values[Self.result]
      answers = try GateAnswers(values)
    }
  }

  package static let declaration = Declaration(
    "task.complete", "Say that a task is done; the last of a step opens the next one, the last of all fulfils the request.",
    zh: "完成任务；某步骤的最后一项任务完成后开启下一步骤，全部完成后请求即已履行。", permission: RequestRights.work, roles: RequestRights.workers, reach: .oneAndProvider(by: "id"),
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TaskLine {
    let assignee = try await context.assignee()
    var (work, gates) = try await context.taskWork(input.id, input.answers)
    try work.process.complete(input.id.random, by: assignee, result: input.result, at: context.now)
    try await work.pass(gates, result: input.result, in: context)
    try await work.save()
    return try await context.taskOutput(input.id)
  }
}

package struct TaskReasonInput: OperationInput {
  let id: PublicId
  let reason: String
  let answers: GateAnswers

  private static let reason = Field.longText("reason", 1...4000, "Why.", "理由。")

  package static let fields: [any InputField] = [TaskReference.id, reason] + GateAnswers.fields

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[TaskReference.id]
    reason = try values[Self.reason]
    answers = try GateAnswers(values)
  }
}

package enum FailTask: Operation {
  package typealias Input = TaskReasonInput

  package static let declaration = Declaration(
    "task.fail", "Say that a task did not work; its step goes no further until it is tried again or skipped.", zh: "登记任务失败；重试或跳过之前，该步骤不再推进。",
    permission: RequestRights.work, roles: RequestRights.workers, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TaskLine {
    let assignee = try await context.assignee()
    var (work, gates) = try await context.taskWork(input.id, input.answers)
    try work.process.fail(input.id.random, by: assignee, reason: input.reason, at: context.now)
    try await work.pass(gates, result: nil, in: context)
    try await work.save()
    return try await context.taskOutput(input.id)
  }
}

package enum SkipTask: Operation {
  package typealias Input = TaskReasonInput

  package static let declaration = Declaration(
    "task.skip", "Leave a task out, with the reason.", zh: "跳过任务并说明理由。", permission: RequestRights.work, roles: RequestRights.workers,
    reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TaskLine {
    let assignee = try await context.assignee()
    var (work, gates) = try await context.taskWork(input.id, input.answers)
    try work.process.skip(input.id.random, by: assignee, reason: input.reason, at: context.now)
    try await work.pass(gates, result: input.reason, in: context)
    try await work.save()
    return try await context.taskOutput(input.id)
  }
}

package enum RetryTask: Operation {
  package typealias Input = TaskReference

  package static let declaration = Declaration(
    "task.retry", "Let a task that failed be done once more, by anybody.", zh: "重试失败的任务（任何人均可接手）。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TaskLine {
    var work = try await context.taskWork(input.id)
    try work.process.retry(input.id.random, at: context.now)
    try await work.save()
    return try await context.taskOutput(input.id)
  }
}

/// To the next line, or to whom it was meant for. What is over stays where it was.
package enum GiveTask: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let team: PublicId

    private static let team = Field.id("team", .taskTeam, "The team that is to do it.", "接手的团队。")
    package static let fields: [any InputField] = [TaskReference.id, team]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[TaskReference.id]
      team = try values[Self.team]
    }
  }

  package static let declaration = Declaration(
    "task.give", "Give a task to another team; who was at it is not any more.", zh: "将任务转给其他团队；原处理人不再负责。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TaskLine {
    var work = try await context.taskWork(input.id)
    if let version = work.process.version(ofTask: input.id.random) { try context.requireVersion(version) }
    let team = try await context.team(input.team, "team")
    let former = work.process.holder(of: input.id.random)
    try work.process.give(input.id.random, to: team, at: context.now)
    try await context.requireAllowed(team, "team")
    if let former { work.process.noteTakenOver(input.id.random, context.taken(from: former), at: context.now) }
    try await work.save()
    return try await context.taskOutput(input.id)
  }
}

package enum ReadTask: Operation {
  package typealias Input = TaskReference

  package static let declaration = Declaration(
    "task.read", "Read a task of a request.", zh: "查看履行任务。", permission: RequestRights.work, roles: RequestRights.workers, reach: .one(by: "id"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TaskLine { try await context.taskOutput(input.id) }
}

/// What is to be done over all customers that the caller serves, the longest waiting first.
package enum QueueTasks: Operation {
  package struct Input: OperationInput {
    let team: PublicId?
    let myTeams: Bool
    let mine: Bool
    let unclaimed: Bool
    let state: String?
    let limit: Int64?
    let cursor: String?

    private static let team = Field.id("team", .taskTeam, "Only those of this team.", "仅限此团队。").optional
    private static let myTeams = Field.boolean("myTeams", "Only those of the caller's teams.", "仅限本人所属团队的任务。").optional
    private static let mine = Field.boolean("mine", "Only those that the caller has claimed.", "仅限本人接手的任务。").optional
    private static let unclaimed = Field.boolean("unclaimed", "Only those that nobody is at.", "仅限无人接手的任务。").optional
    private static let state = Field.oneOf(
      "state", ["ready", "active", "failed"], "Only those in this state (default: all three).", "仅限此状态：ready 可处理、active 处理中、failed 失败（默认全部）。"
    ).optional

    package static let fields: [any InputField] = [team, myTeams, mine, unclaimed, state, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      team = try values[Self.team]
      myTeams = try values[Self.myTeams] ?? false
      mine = try values[Self.mine] ?? false
      unclaimed = try values[Self.unclaimed] ?? false
      state = try values[Self.state]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    var filterText: String { "\(team?.description ?? "")/\(myTeams)/\(mine)/\(unclaimed)/\(state ?? "")" }
  }

  package static let declaration = Declaration(
    "task.queue", "List the tasks of requests over all customers that the caller serves, the longest waiting first.", zh: "列出所服务客户的请求履行任务，等待最久的在前。",
    permission: RequestRights.work, roles: RequestRights.workers, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TaskLine> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    let team: Int64? = if let named = input.team { try await context.team(named, "team") } else { nil }
    let wantedTeams = try await input.myTeams ? context.ownTeams() : nil
    let positions = try await context.transaction.query(
      OpenTasks(
        tenants: context.access.tenants.map { $0.map(\.rawValue).sorted() }, team: team, wantedTeams: wantedTeams,
        assignee: input.mine ? context.actor.id : nil, unclaimedOnly: input.unclaimed, state: input.state,
        after: try after.map(OpenTasks.Found.init), limit: limit + 1))
    var lines: [Int64: TaskLine] = [:]
    if !positions.isEmpty {
      let found = try await context.bound(to: Set(positions.map(\.tenant)).sorted()) { try await $0.last(TasksAt(positions: positions)) }
      for one in found { lines[one.id] = TaskLine(one.row, of: one.tenant, context.provider) }
    }
    let rows = positions.compactMap { position in lines[position.id].map { (position: position, line: $0) } }
    return context.listing(rows, limit: limit, filter: input.filterText, key: { $0.position.cursor }, element: { $0.line })
  }
}

extension OpenTasks.Found {
  fileprivate var cursor: PageCursor { PageCursor([.integer(readyAt.microseconds), .integer(tenant.rawValue), .integer(id)]) }

  fileprivate init(_ cursor: PageCursor) throws {
    readyAt = try cursor.instant(0)
    tenant = TenantId(try cursor.integer(1))
    id = try cursor.integer(2)
  }
}
