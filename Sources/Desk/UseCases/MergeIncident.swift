import Kernel
import Operations

/// Two incidents are one: this one goes into the other, which work goes on with. Its promises are withdrawn, for they are
/// judged there, save those that were already missed; what it was, its comments and its history stay. What is with suppliers goes
/// along, with its clocks as they are, and so does the wait for it.
package enum MergeIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let into: PublicId

    private static let into = Field.id("into", .incident, "The incident that it goes into, of the same customer.", "合并到的事件（须属同一客户）。")
    package static let fields: [any InputField] = [IncidentFields.id, into]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      into = try values[Self.into]
    }
  }

  package static let declaration = Declaration(
    "incident.merge",
    "Merge an incident into another of the same customer; promises that it has not missed are withdrawn; what is with suppliers, and the wait for it, goes along.",
    zh: "将事件合并到同一客户的另一事件；尚未违约的承诺随之撤销，对供应商的派单及因派单的等待一并转移。",
    permission: IncidentFields.work, roles: IncidentFields.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    guard input.into != input.id else { throw Failure.invalid("into", DeskMessages.mergedIntoItself) }
    // Both are locked, so that two people do not merge each into the other's.
    let held = try await context.transaction.query(HoldTickets(tenant: context.tenant.id, publicIds: [input.id, input.into]))
    guard held.count == 2 else {
      _ = try await context.ticket(input.id)
      throw context.unknownReference("into")
    }
    var survivor = try await TicketWork.begin(on: input.into, in: context, comparesVersion: false)
    guard survivor.ticket.state.isOpen else { throw Failure.invalid("into", DeskMessages.notOpen) }
    var work = try await TicketWork.begin(on: input.id, in: context)
    let (waitedFor, before) = (try await work.dispatchWaitedFor(), survivor.ticket.state)
    try work.move(.merge)
    work.ticket.mergedInto = Ticket.Reference(id: survivor.ticket.id, publicId: input.into.random)
    work.ticket.closureCode = .duplicate
    work.note(TicketEventType.merged, .object(["into": .id(input.into)]))
    try work.handDispatches(to: &survivor, waitedFor: waitedFor)
    survivor.note(TicketEventType.absorbed, .object(["incident": .id(input.id)]))
    work.save()
    survivor.save(countsVersion: survivor.ticket.state != before)
    return work.record
  }
}
