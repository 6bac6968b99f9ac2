import Gates
import Kernel
import Operations

/// Two incidents are one: this one goes into the other, which work goes on with. Its promises are withdrawn, for they are
/// judged there, save those that were already missed; what it was, its comments and its history stay. What is with suppliers goes
/// along, with its clocks as they are, and so does the wait for it; the other one names its CIs too, and has its watchers of the staff, links
/// and children, and its owner and custom attributes where it has none. Modules above see to it that what they link to the one is linked to the other.
package enum MergeIncident: Operation {
  package struct Input: OperationInput {
    package let id: PublicId
    package let into: PublicId
    let reason: String?

    private static let into = Field.id("into", .incident, "The incident that it goes into, of the same customer.", "合并到的事件（须属同一客户）。")
    private static let reason = Field.longText(
      "reason", 1...2000, "Why they are one; a comment that the customer's people read as well.", "合并的原因，作为客户人员可见的评论保存。"
    ).optional
    package static let fields: [any InputField] = [IncidentFields.id, into, reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      into = try values[Self.into]
      reason = try values[Self.reason]
    }
  }

  package static let declaration = Declaration(
    "incident.merge",
    "Merge an incident into another of the same customer; promises that it has not missed are withdrawn; what is with suppliers, and the wait for it, goes along, and so do CIs, watchers of the staff, links and children.",
    zh: "将事件合并到同一客户的另一事件；尚未违约的承诺随之撤销，对供应商的派单及因派单的等待、配置项、服务商人员的关注、关联与下级一并转移。",
    permission: IncidentFields.work, roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    guard input.into != input.id else { throw Failure.invalid("into", DeskMessages.mergedIntoItself) }
    // Both are locked, so that two people do not merge each into the other's.
    let held = try await context.transaction.query(HoldTickets(tenant: context.tenant.id, publicIds: [input.id, input.into]))
    guard held.count == 2 else {
      _ = try await context.ticket(input.id)
      throw context.unknownReference("into")
    }
    var survivor = try await TicketWork.begin(on: input.into, in: context, comparesVersion: false)
    if let elsewhere = context.mergedElsewhere(survivor.ticket) { throw Failure.invalid("into", elsewhere.message, elsewhere.arguments) }
    guard survivor.ticket.state.isOpen else { throw Failure.invalid("into", DeskMessages.notOpen) }
    var work = try await TicketWork.begin(on: input.id, in: context)
    let (waitedFor, before) = (try await work.dispatchWaitedFor(), survivor.ticket.state)
    try work.move(.merge)
    work.ticket.mergedInto = Ticket.Reference(id: survivor.ticket.id, publicId: input.into.random)
    work.ticket.mergedNumber = survivor.ticket.number
    work.ticket.closureCode = .duplicate
    let comment = input.reason.map { _ in context.newId(.comment) }
    work.note(TicketEventType.merged, .object([Value.Member("into", .id(input.into))] + (comment.map { [Value.Member("comment", .id($0))] } ?? [])))
    if let reason = input.reason { _ = try work.comment(reason, .everybody, id: comment) }
    try work.handDispatches(to: &survivor, waitedFor: waitedFor)
    var cis = try await survivor.cis()
    for ci in try await work.cis().named { try cis.add(NamedCi(ci.facts, isShared: ci.key.isShared)) }
    if cis.isChanged { try await survivor.carry(&cis) }
    let hasMore = survivor.carryAttributes(of: work.ticket)
    if survivor.ticket.owner == nil, let owner = work.ticket.owner { survivor.own(owner) }
    survivor.note(TicketEventType.absorbed, .object(["incident": .id(input.id)]))
    work.save()
    survivor.save(countsVersion: survivor.ticket.state != before || cis.isChanged || hasMore)
    if cis.isChanged { survivor.save(cis) }
    context.withdrawOffers(of: work.ticket)
    context.leaveGates(work.ticket.publicId)
    try await carryLinks(of: work.ticket.id, to: survivor.ticket.id, context)
    return work.record
  }

  /// After the tickets' own rows. That the one went into the other stands in the history of both.
  private static func carryLinks(of merged: Int64, to survivor: Int64, _ context: OperationContext) async throws {
    let (tenant, actor, now) = (context.tenant.id, context.actor, context.now)
    let (_, above, aboveMerged) = try await context.transaction.query(
      LockParents(tenant: tenant), ParentsOf(tenant: tenant, ticket: survivor), ParentsOf(tenant: tenant, ticket: merged))
    context.transaction.enqueue(CopyWatchers(tenant: tenant, from: merged, to: survivor, now: now))
    context.transaction.enqueue(MoveChildren(tenant: tenant, from: merged, to: survivor, above: above, actor: actor, now: now))
    context.transaction.enqueue(
      MoveParent(tenant: tenant, from: merged, to: survivor, isAbove: aboveMerged.contains(survivor), actor: actor, now: now))
    context.transaction.enqueue(CopyLinks(tenant: tenant, from: merged, to: survivor, actor: actor, now: now))
    _ = try await context.transaction.first(InsertLink(tenant: tenant, from: merged, to: survivor, kind: .duplicates, actor: actor, now: now))
  }
}

/// The rows of an incident that was merged and of the one that it went into, both held: for what modules above link to incidents.
package struct MergedIncident: Sendable {
  package let row: Int64
  package let survivor: Int64
}

extension IncidentRecord {
  /// Nil: it was not merged.
  package var merged: MergedIncident? { incident.ticket.mergedInto.map { MergedIncident(row: incident.ticket.id, survivor: $0.id) } }
}
