import Gates
import Kernel
import Operations

/// Work begins: the first response, unless somebody answered before.
package enum StartIncident: Operation {
  package typealias Input = IncidentReference

  package static let declaration = Declaration(
    "incident.start", "Begin to work on an incident.", zh: "开始处理事件。", permission: IncidentFields.work, roles: IncidentFields.workers,
    reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var work = try await TicketWork.begin(on: input.id, in: context)
    let isFirstResponse = try work.move(.start)
    work.note(TicketEventType.started, .object(["firstResponse": .bool(isFirstResponse)]))
    try await work.takeOn()
    work.save()
    return work.record
  }
}

/// A team says that it has taken its turn: the response of its OLA. Acts that show it say the same.
package enum AcceptIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let at: Instant?
    let evidence: String?

    package static let fields: [any InputField] = [IncidentFields.id, IncidentFields.occurredAt, IncidentFields.occurrenceEvidence]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      at = try values[IncidentFields.occurredAt]
      evidence = try values[IncidentFields.occurrenceEvidence]
    }
  }

  package static let declaration = Declaration(
    "incident.accept", "Take an incident on for the team that it was given to.", zh: "由所分派的团队接手事件。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var work = try await TicketWork.begin(on: input.id, in: context, comparesVersion: false)
    guard let turn = work.turn else { throw Failure(.conflict, DeskMessages.noTurn) }
    // Once is enough: what comes second says nothing.
    if turn.acceptedAt == nil {
      try work.acceptTurn(at: try context.occurred(input.at, since: turn.lastEventAt), evidence: input.evidence)
      try await work.takeOn()
    }
    work.save(countsVersion: false)
    return work.record
  }
}

/// Lets it wait, for a reason from the list. Waiting for somebody else pauses the clocks whose target and SLA allow it, and so
/// needs evidence: the message that asked, what is with a supplier, or where else it can be found.
package enum HoldIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String
    let comment: String?
    let evidence: String?

    package static let fields: [any InputField] = [
      IncidentFields.id, IncidentFields.pendingReason, IncidentFields.comment.optional, IncidentFields.evidence.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      reason = try values[IncidentFields.pendingReason]
      comment = try values[IncidentFields.comment.optional]
      evidence = try values[IncidentFields.evidence.optional]
    }
  }

  package static let declaration = Declaration(
    "incident.hold", "Let an incident wait, for a reason.", zh: "挂起事件并注明原因。", permission: IncidentFields.work, roles: IncidentFields.workers,
    reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    let named = context.codes([NamedCode(.pendingReason, input.reason, at: "reason")])
    var work = try await TicketWork.begin(on: input.id, in: context)
    let reason = PendingReason(key: input.reason, waitsFor: try named.usable().first?.waitsFor)
    guard reason.waitedFor != .customer || input.comment != nil || input.evidence != nil else {
      throw Failure.invalid("comment", DeskMessages.evidenceMissing)
    }
    let dispatch = reason.waitedFor == .supplier ? work.dispatches.last { $0.isOpen }.map { context.id(.dispatch, $0.publicId) } : nil
    guard reason.waitedFor != .supplier || dispatch != nil || input.comment != nil || input.evidence != nil else {
      throw Failure.invalid("evidence", DeskMessages.supplierEvidenceMissing)
    }
    let comment: PublicId? =
      if let comment = input.comment { try work.comment(comment, .everybody) } else { nil }
    // The message to the requester is the evidence of the pause, or the dispatch to the supplier.
    try work.move(.hold, reason: reason, evidence: (dispatch ?? comment)?.description ?? input.evidence)
    work.note(
      TicketEventType.held,
      .object([
        "reason": .text(reason.rawValue), "waitsFor": .text(reason.waitsFor), "comment": .id(comment), "evidence": .text(input.evidence),
        "dispatch": .id(dispatch),
      ]))
    work.save()
    return work.record
  }
}

/// Goes on with what waited.
package enum ResumeIncident: Operation {
  package typealias Input = AcceptIncident.Input

  package static let declaration = Declaration(
    "incident.resume", "Go on with an incident that waited.", zh: "恢复处理挂起的事件。", permission: IncidentFields.work, roles: IncidentFields.workers,
    reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var work = try await TicketWork.begin(on: input.id, in: context)
    let last = [work.ticket.openedAt, work.clocks.lastEventAt, work.turn?.clocks.lastEventAt].compactMap { $0 }.max() ?? work.ticket.openedAt
    let at = try context.occurred(input.at, since: last)
    try work.move(.resume, at: at)
    work.note(TicketEventType.resumed, input.evidence.map { .object(["evidence": .text($0)]) } ?? .object([]), at: at)
    work.save()
    return work.record
  }
}

/// The work is done.
package enum ResolveIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let resolution: String
    let code: ClosureCode
    let isCodeSaid: Bool
    let cascades: Bool
    let answers: GateAnswers

    package static let fields: [any InputField] =
      [IncidentFields.id, IncidentFields.resolution, IncidentFields.closureCode.optional, CascadeFields.resolves] + GateAnswers.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      resolution = try values[IncidentFields.resolution]
      let said = try values[IncidentFields.closureCode.optional].map(ClosureCode.init(rawValue:))
      (code, isCodeSaid) = (said ?? .solved, said != nil)
      cascades = try values[CascadeFields.resolves] ?? false
      answers = try GateAnswers(values)
    }
  }

  package static let declaration = Declaration(
    "incident.resolve", "Resolve an incident, and its open children with it where that is asked for.", zh: "解决事件；可同时解决其未结的下级事件。",
    permission: IncidentFields.work, roles: IncidentFields.workers,
    reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    let named = context.codes([NamedCode(.closureCode, input.code.rawValue, at: "closureCode")])
    let gates = try context.gates(before: [.resolve], of: input.id, input.answers)
    var work = try await TicketWork.begin(on: input.id, in: context)
    _ = try named.usable(besides: [.closureCode: work.ticket.closureCode?.rawValue])
    try await work.takeOn()
    try work.resolve(input.resolution, input.code, isSaid: input.isCodeSaid)
    try await work.planClosing()
    try await work.pass(gates, known: input.isCodeSaid ? [.closureCode] : [])
    try await work.cascade(.resolve, carried: input.cascades)
    work.save()
    context.withdrawOffers(of: work.ticket)
    return work.record
  }
}

/// The requester confirms, or the staff close it for him.
package enum CloseIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let code: ClosureCode?
    let cascades: Bool
    let answers: GateAnswers

    private static let code = Field.text(
      "closureCode", 1...100, "How it ended, a key of code.list, in place of what was said when it was resolved; staff only.",
      "结束代码：code.list 中的键，替代解决时所填（仅服务商人员）。"
    ).optional
    package static let fields: [any InputField] = [IncidentFields.id, code, CascadeFields.closes] + GateAnswers.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      code = try values[Self.code].map(ClosureCode.init(rawValue:))
      cascades = try values[CascadeFields.closes] ?? false
      answers = try GateAnswers(values)
    }
  }

  package static let declaration = Declaration(
    "incident.close", "Close a resolved incident, and its resolved children with it where that is asked for.", zh: "关闭已解决的事件；可同时关闭其已解决的下级事件。",
    roles: [.administrator, .accountManager, .engineer, .customerManager, .requester],
    scopes: IncidentFields.everyScope, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    if input.cascades, context.principal.side != .staff { throw Failure.invalid("cascade", DeskMessages.staffOnly) }
    if input.code != nil, context.principal.side != .staff { throw Failure.invalid("closureCode", DeskMessages.staffOnly) }
    let named = input.code.map { context.codes([NamedCode(.closureCode, $0.rawValue, at: "closureCode")]) }
    let gates = try context.gates(before: [.close], of: input.id, input.answers)
    var work = try await TicketWork.begin(on: input.id, in: context)
    _ = try named?.usable(besides: [.closureCode: work.ticket.closureCode?.rawValue])
    // By time it closes when that was over, whenever Steward came to it, but not before the last that was done with it. Of what was put off, the time is
    // that of the next try.
    let timeOut = context.actor.kind == .system ? work.ticket.closesAt.map { min(max($0, work.ticket.updatedAt), context.now) } : nil
    try work.close(at: timeOut, code: input.code)
    try await work.pass(gates, known: input.code == nil ? [] : [.closureCode])
    try await work.cascade(.close, carried: input.cascades)
    work.save()
    return work.record
  }
}

/// The resolution did not hold.
package enum ReopenIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String
    let visibility: CommentVisibility?
    let reasonIsComment: Bool
    /// What is said besides.
    let comment: String?

    private static let reason = Field.longText(
      "reason", 1...20_000, "Why: what is not solved. It becomes a comment; without it, the comment says why.", "重新打开的原因（未解决之处），作为评论保存；未填写时以评论为原因。"
    ).optional
    package static let fields: [any InputField] = [
      IncidentFields.id, reason, CommentFields.visibility.optional, IncidentFields.comment.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      visibility = try values[CommentFields.visibility.optional].flatMap(CommentVisibility.init)
      let (reason, comment) = (try values[Self.reason], try values[IncidentFields.comment.optional])
      guard let words = reason ?? comment else { throw FieldError("reason", InputMessages.requiredHere) }
      self.reason = words
      reasonIsComment = reason == nil
      self.comment = reasonIsComment ? nil : comment
    }
  }

  package static let declaration = Declaration(
    "incident.reopen", "Reopen a resolved or closed incident, with the reason; how long a closed one can be, the policy says.",
    zh: "说明原因后重新打开已解决或已关闭的事件；已关闭事件的期限由规则决定。",
    roles: [.administrator, .accountManager, .engineer, .customerManager, .requester], scopes: IncidentFields.everyScope,
    reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    // A comment that is the reason is public, as every comment that goes with an act.
    let visibility = try CommentVisibility.chosen(input.visibility ?? (input.reasonIsComment ? .everybody : nil), by: context.principal.side)
    var work = try await TicketWork.begin(on: input.id, in: context)
    try await work.reopen(because: (input.reason, visibility))
    if let comment = input.comment { _ = try work.comment(comment, .everybody) }
    // It comes to all gates anew.
    if context.principal.side == .staff { context.leaveGates(work.ticket.publicId) }
    work.save()
    return work.record
  }
}
