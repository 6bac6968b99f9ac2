import Kernel
import Operations
import ServiceLevels

package enum DispatchFields: NamesRecord {
  package static let id = Field.id("id", .dispatch, "The dispatch.", "派单编号。")
  static let read = "dispatch.read"
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance]
}

package enum ReadDispatch: Operation {
  package typealias Input = ReferenceInput<DispatchFields>

  package static let declaration = Declaration(
    "dispatch.read", "Read what was sent to a supplier.", zh: "查看对供应商的派单。", roles: DispatchFields.readers, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DispatchRecord {
    let tenant = context.tenant.id
    guard let dispatch = try await context.transaction.first(DispatchByPublicId(tenant: tenant, publicId: input.id)) else { throw Failure.notFound }
    let clocks = try await SubjectClocks.read([dispatch.clocks.subject], tenant: tenant, in: context.transaction)
    return DispatchRecord(dispatch.with(clocks), in: context)
  }
}

package enum ListDispatches: Operation {
  package struct Input: OperationInput {
    let incident: PublicId
    let limit: Int64?
    let cursor: String?

    private static let incident = Field.id("incident", .incident, "The incident.", "事件工单。")
    package static let fields: [any InputField] = [incident, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      incident = try values[Self.incident]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "dispatch.list", "List what of an incident was sent to suppliers, in order.", zh: "按顺序列出事件对供应商的派单。", permission: DispatchFields.read,
    roles: DispatchFields.readers, reach: .one(by: "incident"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<DispatchRecord> {
    let tenant = context.tenant.id
    let filter = input.incident.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let (tickets, found) = try await context.transaction.query(
      TicketByPublicId(tenant: tenant, publicId: input.incident, scope: context.access.rows),
      DispatchesOfTicket(tenant: tenant, ticket: input.incident, afterId: try after?.integer(0) ?? 0, limit: limit + 1))
    guard !tickets.isEmpty else { throw context.unknownReference("incident") }
    let clocks = try await SubjectClocks.read(found.map(\.clocks.subject), tenant: tenant, in: context.transaction)
    return context.listing(found, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) {
      DispatchRecord($0.with(clocks), in: context)
    }
  }
}

/// A word from the supplier: the first is its response, and each begins the interval of its updates anew.
package enum AnswerDispatch: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reference: String?
    let at: Instant?
    let evidence: String?

    package static let fields: [any InputField] = [
      DispatchFields.id, DispatchIncident.Input.reference, IncidentFields.occurredAt, IncidentFields.occurrenceEvidence,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[DispatchFields.id]
      reference = try values[DispatchIncident.Input.reference]
      at = try values[IncidentFields.occurredAt]
      evidence = try values[IncidentFields.occurrenceEvidence]
    }
  }

  package static let declaration = Declaration(
    "dispatch.answer", "Record that the supplier answered; the first answer is its response.", zh: "登记供应商的答复；首次答复即为其响应。",
    permission: IncidentFields.work, roles: IncidentFields.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DispatchRecord {
    try await context.workOnDispatch(input.id) { work, dispatch throws(Failure) in
      let isFirst = dispatch.respondedAt == nil
      let at = try context.occurred(input.at, since: dispatch.lastEventAt)
      try dispatch.answer(reference: input.reference, at: at)
      work.note(
        TicketEventType.supplierAnswered,
        .object(["dispatch": .id(input.id), "firstAnswer": .bool(isFirst), "evidence": .text(input.evidence)]), at: at)
    }
  }
}

/// The supplier is done with it, gives it back undone, or we take it back.
package enum ReturnDispatch: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let outcome: SupplierTurn.Outcome
    let resumes: Bool
    let at: Instant?
    let evidence: String?

    private static let outcome = Field.oneOf(
      "outcome", SupplierTurn.Outcome.ofReturns.map(\.rawValue),
      "done (default): the supplier did its part; refused: it answers, and gives it back undone; recalled: we took it back. What a supplier did not do is not judged, unless it was missed by then.",
      "结果：done（默认，供应商已完成）、refused（供应商答复后未完成即退回）、recalled（我方撤回）。供应商未做的，除已违约者外不再考核。"
    ).optional
    private static let resumes = Field.boolean(
      "resume", "Whether an incident that waits since a dispatch goes on, once nothing is with suppliers any more (default yes).",
      "事件因派单而等待供应商且已无其他派单时是否恢复处理（默认是）。"
    ).optional

    package static let fields: [any InputField] = [
      DispatchFields.id, outcome, resumes, IncidentFields.occurredAt, IncidentFields.occurrenceEvidence,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[DispatchFields.id]
      outcome = try values[Self.outcome].flatMap(SupplierTurn.Outcome.init) ?? .done
      resumes = try values[Self.resumes] ?? true
      at = try values[IncidentFields.occurredAt]
      evidence = try values[IncidentFields.occurrenceEvidence]
    }
  }

  package static let declaration = Declaration(
    "dispatch.return", "Record that a supplier's turn on an incident is over.", zh: "登记供应商处理段结束。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DispatchRecord {
    try await context.workOnDispatch(input.id) { work, dispatch in
      let at = try context.occurred(input.at, since: dispatch.lastEventAt)
      try dispatch.end(input.outcome, at: at)
      work.note(
        TicketEventType.returned,
        .object(["dispatch": .id(input.id), "outcome": .text(input.outcome.rawValue), "evidence": .text(input.evidence)]), at: at)
      let isLast = !work.dispatches.contains { $0.isOpen && $0.id != dispatch.id }
      guard input.resumes, isLast, try await work.dispatchWaitedFor() != nil else { return }
      try work.move(.resume)
      work.note(TicketEventType.resumed)
    }
  }
}

extension OperationContext {
  /// Acts on a dispatch that is not over, with its ticket locked.
  func workOnDispatch(_ id: PublicId, _ act: (inout TicketWork, inout SupplierTurn) async throws -> Void) async throws -> DispatchRecord {
    let held = try await holdDispatch(id)
    var (work, dispatch) = (held.work, held.work.dispatches[held.index])
    subject(id)
    try requireVersion(dispatch.version)
    let before = work.ticket.state
    try await act(&work, &dispatch)
    work.dispatches[held.index] = dispatch
    work.save(countsVersion: work.ticket.state != before)
    return DispatchRecord(work.dispatches[held.index], in: self)
  }

  /// Locks the ticket that a dispatch is on. Between the look and the lock somebody may have ended the dispatch, or merged its ticket
  /// into another one: then that one is locked.
  private func holdDispatch(_ id: PublicId) async throws -> (work: TicketWork, index: Int) {
    var seen = try await dispatch(id)
    while true {
      let work = try await TicketWork.begin(on: self.id(.incident, seen.ticket.publicId), in: self, comparesVersion: false)
      if let index = work.dispatches.firstIndex(where: { $0.id == seen.id }) { return (work, index) }
      seen = try await dispatch(id)
      guard let outcome = seen.outcome else { continue }
      try requireVersion(seen.version)
      throw Failure(.conflict, DeskMessages.dispatchOver, ["outcome": outcome.rawValue])
    }
  }

  private func dispatch(_ id: PublicId) async throws -> SupplierTurn {
    guard let found = try await transaction.first(DispatchByPublicId(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    return found
  }
}
