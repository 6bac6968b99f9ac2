import Desk
import Gates
import Kernel
import Operations

package enum InvestigateProblem: Operation {
  package typealias Input = ProblemReference

  package static let declaration = Declaration(
    "problem.investigate", "Look for a problem's cause; of a known error: look again, for what was known did not hold.",
    zh: "开始调查问题原因；已知错误则重新调查（原有结论不成立）。", permission: ProblemRights.work, roles: ProblemRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    try await context.act(.investigate, on: input.id)
  }
}

package enum RecordCause: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let cause: String
    let code: Change<String>

    private static let cause = Field.longText("cause", 1...5000, "What lies behind it.", "根本原因。")
    private static let code = Field.text(
      "causeCode", 1...100, "What kind of cause that is, a key of code.list such as configuration; absent: it stays; null: of none.",
      "原因类别：code.list 中的键，例如 configuration；不填保持不变，null 清除。"
    ).clearable
    package static let fields: [any InputField] = [ProblemFields.id, cause, code]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ProblemFields.id]
      cause = try values[Self.cause]
      code = try values[Self.code]
    }
  }

  package static let declaration = Declaration(
    "problem.record_cause", "Record a problem's root cause.", zh: "登记问题的根本原因。", permission: ProblemRights.work, roles: ProblemRights.workers,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    if case .set(let code) = input.code { try await context.requireCode(code, of: .problemCause, at: "causeCode") }
    return try await context.act(.recordCause(input.cause, code: input.code), on: input.id)
  }
}

/// Open incidents behind it are told that something helps.
package enum RecordWorkaround: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let workaround: String

    private static let workaround = Field.longText("workaround", 1...5000, "What helps meanwhile.", "临时方案。")
    package static let fields: [any InputField] = [ProblemFields.id, workaround]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ProblemFields.id]
      workaround = try values[Self.workaround]
    }
  }

  package static let declaration = Declaration(
    "problem.record_workaround", "Record what helps against a problem meanwhile; its open incidents are told.", zh: "登记问题的临时方案，并告知相关未结事件。",
    permission: ProblemRights.work, roles: ProblemRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    try await context.act(.recordWorkaround(input.workaround), on: input.id)
  }
}

package enum DeclareKnownError: Operation {
  package typealias Input = GateStepInput<ProblemFields>

  package static let declaration = Declaration(
    "problem.declare_known_error", "Say that a problem is a known error: its cause, or what helps meanwhile, is recorded.",
    zh: "将问题认定为已知错误（须已登记原因或临时方案）。", permission: ProblemRights.work, roles: ProblemRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    try await context.act(.declareKnownError, on: input.id, before: .declareKnownError, input.answers)
  }
}

package enum ResolveProblem: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let solution: String
    let answers: GateAnswers

    private static let solution = Field.longText("solution", 1...5000, "How it was removed.", "解决方法。")
    package static let fields: [any InputField] = [ProblemFields.id, solution] + GateAnswers.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ProblemFields.id]
      solution = try values[Self.solution]
      answers = try GateAnswers(values)
    }
  }

  package static let declaration = Declaration(
    "problem.resolve", "Say how a problem was removed; its incidents are told.", zh: "登记问题的解决方法，并告知相关事件。", permission: ProblemRights.work,
    roles: ProblemRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    try await context.act(.resolve(solution: input.solution), on: input.id, before: .resolveProblem, input.answers)
  }
}

package enum CloseProblem: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let outcome: String
    let isOutcomeSaid: Bool
    let answers: GateAnswers

    private static let outcome = Field.text(
      "outcome", 1...100, "How it ended, a key of code.list such as accepted (default: removed).", "结果：code.list 中的键，例如 accepted（默认 removed）。"
    ).optional
    package static let fields: [any InputField] = [ProblemFields.id, outcome] + GateAnswers.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ProblemFields.id]
      let said = try values[Self.outcome]
      (outcome, isOutcomeSaid) = (said ?? "removed", said != nil)
      answers = try GateAnswers(values)
    }
  }

  package static let declaration = Declaration(
    "problem.close", "Close a resolved problem that stayed away; its incidents are told.", zh: "关闭未再出现的已解决问题，并告知相关事件。",
    permission: ProblemRights.work, roles: ProblemRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    try await context.requireCode(input.outcome, of: .problemOutcome, at: "outcome")
    return try await context.act(
      .close(outcome: input.outcome), on: input.id, before: .closeProblem, input.answers, known: input.isOutcomeSaid ? [.outcome] : [])
  }
}

package enum ReopenProblem: Operation {
  package typealias Input = ProblemReason

  package static let declaration = Declaration(
    "problem.reopen", "Take up a problem again that was resolved, closed or cancelled, with a reason; its incidents are told.",
    zh: "重新打开已解决、已关闭或已取消的问题（须说明原因），并告知相关事件。", permission: ProblemRights.work, roles: ProblemRights.workers, reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    try await context.act(.reopen(reason: input.reason), on: input.id)
  }
}

package enum CancelProblem: Operation {
  package typealias Input = ProblemReason

  package static let declaration = Declaration(
    "problem.cancel", "Give up a problem that was none, or is not followed any more, with a reason; its incidents are told.",
    zh: "取消不成立或不再跟进的问题（须说明原因），并告知相关事件。", permission: ProblemRights.work, roles: ProblemRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    try await context.act(.cancel(reason: input.reason), on: input.id)
  }
}

extension OperationContext {
  fileprivate func act(_ act: ProblemAct, on id: PublicId) async throws -> ProblemRecord {
    var work = try await ProblemWork.begin(on: id, in: self)
    try work.apply(act)
    try await work.doubtArticle(after: act)
    switch act {
    case .reopen, .cancel: leaveGates(work.row.publicId, of: .problem)
    case .investigate, .recordCause, .recordWorkaround, .declareKnownError, .resolve, .close: break
    }
    work.save()
    return work.record
  }

  /// The same for a step before which gates may stand.
  /// - Parameter known: what is said with the act.
  fileprivate func act(
    _ act: ProblemAct, on id: PublicId, before step: GateStep, _ answers: GateAnswers, known: Set<GateFact> = []
  ) async throws -> ProblemRecord {
    let gates = try gates(before: [step], of: id, answers)
    var work = try await ProblemWork.begin(on: id, in: self)
    try work.apply(act)
    try await work.doubtArticle(after: act)
    try await work.pass(gates, known: known)
    work.save()
    return work.record
  }
}
