import Desk
import Gates
import Kernel
import Operations

/// Something of a major incident that customers may be told as well.
package struct MajorWords: OperationInput {
  let id: PublicId
  let text: String
  let told: String?

  fileprivate static let told = Field.longText(
    "tellCustomers", 1...10_000, "What the customers of its incidents are told of it, each on his own; left out: nothing.", "同时在各客户自己的事件中告知的内容；不填则不告知。"
  ).optional
  private static let text = Field.longText("mitigation", 1...5000, "What helps meanwhile; among the staff.", "缓解措施（仅服务商人员可见）。")
  package static let fields: [any InputField] = [MajorFields.id, text, told]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[MajorFields.id]
    text = try values[Self.text]
    told = try values[Self.told]
  }
}

package enum MitigateMajor: Operation {
  package typealias Input = MajorWords

  package static let declaration = Declaration(
    "major_incident.mitigate", "Say what helps against a major incident until it is resolved.", zh: "登记重大事件的缓解措施。", permission: MajorRights.work,
    roles: MajorRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorRecord {
    var work = try await MajorWork.begin(on: input.id, in: context)
    try work.apply(.mitigate(input.text))
    if let told = input.told { try await work.log(told, for: .customers, isNews: false) }
    work.save()
    return try await work.record()
  }
}

/// It is over. Its incidents are resolved with it where that is asked for: each by itself, under its own contract and through its own gates.
package enum ResolveMajor: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let resolution: String
    let cascades: Bool
    let closureCode: String?
    let answers: GateAnswers

    private static let resolution = Field.longText(
      "resolution", 1...10_000, "How it was resolved: with cascade in words for the customers, whose incidents get them.",
      "解决方法；选择 cascade 时即各客户事件的解决方法，请以客户可读的方式填写。")
    private static let cascade = Field.boolean(
      "cascade",
      "Whether its open incidents are resolved with it (default no): each by itself and soon afterwards; major_incident.incidents tells what became of each.",
      "是否同时解决其未结事件（默认否）：随后逐个处理，结果见 major_incident.incidents。"
    ).optional
    private static let closureCode = Field.text(
      "closureCode", 1...100,
      "With cascade: how the incidents ended, a key of code.list; left out, they are solved, and nobody has said so to gates that ask for it.",
      "选择 cascade 时各事件的结束代码：code.list 中的键；不填则为 solved，但对要求结束代码的关卡而言视为未填写。"
    ).optional
    package static let fields: [any InputField] = [MajorFields.id, resolution, cascade, closureCode] + GateAnswers.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[MajorFields.id]
      resolution = try values[Self.resolution]
      cascades = try values[Self.cascade] ?? false
      closureCode = try values[Self.closureCode]
      answers = try GateAnswers(values)
    }
  }

  package static let declaration = Declaration(
    "major_incident.resolve", "Say how a major incident was resolved; its open incidents are resolved with it where that is asked for.",
    zh: "登记重大事件的解决方法；可同时解决其未结事件。", permission: MajorRights.work, roles: MajorRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorRecord {
    // What each would be given in the end, so that it is refused here and not at each.
    if input.cascades { try await context.requireCode(input.closureCode ?? ClosureCode.solved.rawValue, of: .closureCode, at: "closureCode") }
    let gates = try context.gates(before: [.resolveMajor], of: input.id, input.answers)
    var work = try await MajorWork.begin(on: input.id, in: context)
    _ = try work.row.process.state(after: .resolve)
    try await work.pass(gates)
    try work.apply(.resolve(input.resolution))
    if input.cascades { work.tell(.resolution(input.resolution, code: input.closureCode)) }
    work.save()
    return try await work.record()
  }
}

/// It goes on after all. Incidents that were resolved with it are reopened each by itself, by whoever finds that they go on.
package enum ReopenMajor: Operation {
  package typealias Input = ReasonInput<MajorFields>

  package static let declaration = Declaration(
    "major_incident.reopen",
    "Take up a major incident again that was mitigated or resolved, with a reason; incidents that are not resolved with it yet stay open.",
    zh: "重新打开已缓解或已解决的重大事件（须说明原因）；尚未随之解决的事件保持未结。", permission: MajorRights.work, roles: MajorRights.workers, reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorRecord {
    var work = try await MajorWork.begin(on: input.id, in: context)
    try work.apply(.reopen)
    // It comes to all gates anew.
    context.leaveGates(work.row.publicId, of: .majorIncident)
    context.transaction.enqueue(DropResolutions(provider: context.provider.id, major: work.row.id))
    // Why, in words: an entry, like all that people say of it.
    try await work.log(input.reason, for: .internal, isNews: false)
    work.save()
    return try await work.record()
  }
}

/// It was looked back on.
package enum ReviewMajor: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let review: String

    private static let review = Field.longText("review", 1...20_000, "What was learnt from it; among the staff.", "回顾结论（仅服务商人员可见）。")
    package static let fields: [any InputField] = [MajorFields.id, review]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[MajorFields.id]
      review = try values[Self.review]
    }
  }

  package static let declaration = Declaration(
    "major_incident.review", "Say what was learnt from a major incident that is resolved; nothing is written of it any more afterwards.",
    zh: "登记已解决重大事件的回顾结论；此后不可再修改。", permission: MajorRights.work, roles: MajorRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorRecord {
    var work = try await MajorWork.begin(on: input.id, in: context)
    try work.apply(.review(input.review))
    work.save()
    return try await work.record()
  }
}
