import Kernel
import Operations

/// The supplier was told another priority: from then on its promises are those for that one. A new priority of the incident alone
/// moves none of its clocks, for it does not know of it.
package enum EscalateDispatch: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let priority: Int64
    let at: Instant?
    let evidence: String

    private static let priority = Field.integer("priority", Rating.numbers, "The incident's priority that the supplier was told.", "已告知供应商的事件优先级。")
    private static let evidence = Field.text(
      "evidence", 1...200, "Where it is shown that the supplier was told: a message id, the number of a call.", "已告知供应商的依据：邮件编号、通话编号。")

    package static let fields: [any InputField] = [DispatchFields.id, priority, IncidentFields.occurredAt, evidence]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[DispatchFields.id]
      priority = try values[Self.priority]
      at = try values[IncidentFields.occurredAt]
      evidence = try values[Self.evidence]
    }
  }

  package static let declaration = Declaration(
    "dispatch.escalate", "Record that the supplier was told another priority; its promises for that one count from then on.",
    zh: "登记已告知供应商新的优先级；自此按该优先级的承诺考核。", permission: IncidentFields.work, roles: IncidentFields.workers, reach: .one(by: "id"),
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DispatchRecord {
    try await context.workOnDispatch(input.id) { work, dispatch in
      let before = dispatch.priority
      guard input.priority != before else { throw Failure(.conflict, DeskMessages.toldAlready, ["priority": String(before)]) }
      try await context.requireCode(String(input.priority), of: .priority, at: "priority", keeping: String(work.ticket.priority))
      let at = try context.occurred(input.at, since: dispatch.lastEventAt)
      try await dispatch.escalate(to: input.priority, at: at, tenant: context.tenant.id, in: context.transaction)
      work.note(
        TicketEventType.escalated,
        .object([
          "dispatch": .id(input.id), "from": .integer(before), "to": .integer(input.priority), "evidence": .text(input.evidence),
        ]), at: at)
    }
  }
}
