import Gates
import Kernel
import Operations
import ServiceLevels
import Suppliers

/// Sends an incident to a supplier: its underpinning contract's clocks run from now on, beside the customer's and the team's.
package enum DispatchIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let contract: PublicId
    let service: PublicId?
    let reason: String?
    let reference: String?
    let waits: Bool
    let answers: GateAnswers

    private static let contract = Field.id("underpinningContract", .underpinningContract, "The supplier's contract, in force now.", "供应商的支撑合同（须当前有效）。")
    private static let service = Field.id(
      "service", .supplierService, "The supplier's service that it is about (default: the one that the incident's contract line rests on).",
      "涉及的供应商服务（默认为事件合同行所依赖的服务）。"
    ).optional
    private static let reason = Field.text(
      "reason", 1...500, "Why this contract; needed unless the incident's contract line rests on it.", "选择该合同的理由；合同行不依赖该合同时必填。"
    ).optional
    static let reference = Field.text("reference", 1...100, "The number of the case at the supplier's.", "供应商方的案件号。").optional
    private static let waits = Field.boolean("wait", "Whether the incident waits for the supplier from now on (default no).", "事件是否随即转为等待供应商（默认否）。").optional

    package static let fields: [any InputField] = [IncidentFields.id, contract, service, reason, reference, waits] + GateAnswers.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      contract = try values[Self.contract]
      service = try values[Self.service]
      reason = try values[Self.reason]
      reference = try values[Self.reference]
      waits = try values[Self.waits] ?? false
      answers = try GateAnswers(values)
    }
  }

  package static let declaration = Declaration(
    "incident.dispatch", "Send an incident to a supplier by one of its underpinning contracts.", zh: "按支撑合同将事件派给供应商。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DispatchRecord {
    let gates = try context.gates(before: [.dispatch], of: input.id, input.answers)
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireOpen()
    let found = try await UnderpinningTerms.found(
      input.contract, tenant: context.tenant.id, line: work.ticket.line?.id, at: context.now, in: context.transaction)
    guard let found else { throw context.unknownReference("underpinningContract") }
    guard found.promise.isInForce else { throw Failure.invalid("underpinningContract", DeskMessages.notInForce) }
    guard !work.dispatches.contains(where: { $0.agreement.contract.id == found.promise.contract }) else {
      throw Failure(.conflict, DeskMessages.alreadyDispatched)
    }
    guard !found.linkedServices.isEmpty || input.reason != nil else { throw Failure.invalid("reason", DeskMessages.choiceReasonMissing) }
    var dispatch = try await dispatch(work.ticket, input, found, context)
    try await dispatch.clocks.start(
      under: dispatch.terms(of: found.promise, priority: work.ticket.priority), priority: work.ticket.priority, at: context.now, in: context.transaction)
    try work.acceptTurn()
    let id = context.id(.dispatch, dispatch.publicId)
    work.note(
      TicketEventType.dispatched,
      .object([
        "dispatch": .id(id), "underpinningContract": .id(input.contract), "choice": .text(dispatch.choice.rawValue),
        "wait": .bool(input.waits),
      ]))
    if input.waits, try await !work.waitsForSupplier() { try work.hold(for: id) }
    try await work.pass(gates)
    work.dispatches.append(dispatch)
    work.save()
    return DispatchRecord(work.dispatches.last ?? dispatch, in: context)
  }

  private static func dispatch(
    _ ticket: Ticket, _ input: Input, _ found: UnderpinningTerms.Found, _ context: OperationContext
  ) async throws -> SupplierTurn {
    let promise = found.promise
    // Several services of a line: which one is meant, nobody said.
    var service = found.linkedServices.count == 1 ? found.linkedServices.first : nil
    if let named = input.service {
      service = try await UnderpinningTerms.service(named, of: promise.supplier, in: context.transaction)
      if service == nil { throw context.unknownReference("service") }
    }
    guard let next = try await context.transaction.first(NextDispatch(contractVersion: promise.version, service: service)) else {
      throw context.unknownReference("underpinningContract")
    }
    return SupplierTurn(
      id: next.id, publicId: context.random.publicIdBits(), ticket: Ticket.Reference(id: ticket.id, publicId: ticket.publicId),
      ticketVersion: ticket.version, ticketPriority: ticket.priority, agreement: next.agreement, service: next.service, serviceName: next.serviceName,
      choice: found.linkedServices.isEmpty ? .named : .linked, choiceReason: input.reason, supplierReference: input.reference,
      priority: ticket.priority, supplierPriority: promise.supplierPriority(of: ticket.priority, service), dispatchedAt: context.now, isNew: true)
  }
}
