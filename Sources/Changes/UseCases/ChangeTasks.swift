import Desk
import Kernel
import Operations
import Requests

package struct ChangeTaskText: OperationInput {
  let id: PublicId
  let text: String

  static let id = Field.id("id", .changeTask, "The task.", "任务编号。")
  package static let fields: [any InputField] = [id, ChangeFields.reason]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Self.id]
    text = try values[ChangeFields.reason]
  }
}

package enum ClaimChangeTask: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let takeOver: Bool

    private static let takeOver = Field.boolean("takeOver", "Also from somebody else who is at it (default: no).", "是否从他人处接管（默认否）。").optional
    package static let fields: [any InputField] = [ChangeTaskText.id, takeOver]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeTaskText.id]
      takeOver = try values[Self.takeOver] ?? false
    }
  }

  package static let declaration = Declaration(
    "change_task.claim", "Take on a task of a change that is being implemented.", zh: "接手实施任务。", permission: ChangeRights.work,
    roles: ChangeRights.workers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeTaskLine {
    try await context.task(input.id) { process, own throws(Failure) in
      let former = process.board.holder(of: input.id.random)
      try process.claim(input.id.random, by: own, takesOver: input.takeOver, at: context.now)
      if let former, former.id != own.id { process.noteTakenOver(input.id.random, context.taken(from: former), at: context.now) }
    }
  }
}

package enum CompleteChangeTask: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let result: String?

    private static let result = Field.longText("result", 1...5000, "What came of it.", "任务结果。").optional
    package static let fields: [any InputField] = [ChangeTaskText.id, result]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeTaskText.id]
      result = try values[Self.result]
    }
  }

  package static let declaration = Declaration(
    "change_task.complete", "Say that a task is done; the last of a step opens the next.", zh: "完成实施任务；步骤全部完成后开放下一步骤。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeTaskLine {
    try await context.task(input.id) { process, own throws(Failure) in
      try process.end(input.id.random, .complete, by: own, input.result, at: context.now)
    }
  }
}

package enum FailChangeTask: Operation {
  package typealias Input = ChangeTaskText

  package static let declaration = Declaration(
    "change_task.fail", "Say that a task did not work: its step goes no further.", zh: "登记任务失败；其步骤暂停。", permission: ChangeRights.work,
    roles: ChangeRights.workers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeTaskLine {
    try await context.task(input.id) { process, own throws(Failure) in try process.end(input.id.random, .fail, by: own, input.text, at: context.now) }
  }
}

package enum SkipChangeTask: Operation {
  package typealias Input = ChangeTaskText

  package static let declaration = Declaration(
    "change_task.skip", "Say why a task need not be done.", zh: "跳过任务并说明原因。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeTaskLine {
    try await context.task(input.id) { process, own throws(Failure) in try process.end(input.id.random, .skip, by: own, input.text, at: context.now) }
  }
}

package enum RetryChangeTask: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    package static let fields: [any InputField] = [ChangeTaskText.id]

    package init(_ values: InputValues) throws(FieldError) { id = try values[ChangeTaskText.id] }
  }

  package static let declaration = Declaration(
    "change_task.retry", "Let a task that failed be done once more.", zh: "重试失败的任务。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeTaskLine {
    try await context.task(input.id) { process, _ throws(Failure) in try process.retry(input.id.random, at: context.now) }
  }
}

/// To the next line, or to whom it was meant for.
package enum GiveChangeTask: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let team: PublicId

    private static let team = Field.id("team", .team, "The team that is to do it.", "接手的团队。")
    package static let fields: [any InputField] = [ChangeTaskText.id, team]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeTaskText.id]
      team = try values[Self.team]
    }
  }

  package static let declaration = Declaration(
    "change_task.give", "Give a task of a change that is being implemented to another team; who was at it is not any more.",
    zh: "将实施任务转给其他团队；原处理人不再负责。", permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeTaskLine {
    guard context.principal.side == .staff,
      let bits = try await context.transaction.first(ChangeOfPart(provider: context.provider.id, publicId: input.id))
    else { throw Failure.notFound }
    var work = try await ChangeWork.begin(on: context.id(.change, bits), in: context, comparesVersion: false)
    if let version = work.row.process.board.version(of: input.id.random) { try context.requireVersion(version) }
    let team = try await context.team(input.team, "team")
    let former = work.row.process.board.holder(of: input.id.random)
    try work.row.process.give(input.id.random, to: team, at: context.now)
    try await context.requireAllowed(team, for: work.concerned(), "team")
    if let former { work.row.process.noteTakenOver(input.id.random, context.taken(from: former), at: context.now) }
    context.subject(input.id)
    try await work.save(countsVersion: false)
    return try await context.line(of: input.id, in: work)
  }
}

extension OperationContext {
  fileprivate func line(of id: PublicId, in work: ChangeWork) async throws -> ChangeTaskLine {
    guard let task = work.row.process.board.tasks.first(where: { $0.publicId == id.random }), let line = try await taskLines([task]).first else {
      throw Failure.notFound
    }
    return line
  }

  /// Moves a task by a person of the staff. It needs no version: two people may be at two tasks at once.
  fileprivate func task(
    _ id: PublicId, _ move: (inout ChangeProcess, RequestTask.Assignee) throws(Failure) -> Void
  ) async throws -> ChangeTaskLine {
    guard principal.side == .staff, let bits = try await transaction.first(ChangeOfPart(provider: provider.id, publicId: id)) else {
      throw Failure.notFound
    }
    var work = try await ChangeWork.begin(on: self.id(.change, bits), in: self, comparesVersion: false)
    let own = try await staffAccount().account
    try move(&work.row.process, RequestTask.Assignee(id: own.id, publicId: own.publicId))
    subject(id)
    try await work.save(countsVersion: false)
    return try await line(of: id, in: work)
  }
}
