import Kernel
import Operations
import ServiceLevels

/// How a ticket ends, and comes back.
extension TicketWork {
  /// When what is resolved closes by itself, counted from now: its customer has just been told, or has said something.
  mutating func planClosing() async throws {
    guard ticket.state == .resolved else { return }
    ticket.closesAt = try await context.policy(of: ticket).closing(after: context.now, by: clocks.coverage)
  }

  /// The resolution did not hold: what it was is kept, and the ticket has none.
  /// - Parameter reason: of whoever opens it again, as a comment.
  mutating func reopen(because reason: (body: String, visibility: CommentVisibility)) async throws {
    if let elsewhere = context.mergedElsewhere(ticket) { throw elsewhere }
    if let closedAt = ticket.closedAt {
      // Of what was told or recorded late, its customer has the time from then on.
      let recorded = try await context.transaction.first(ClosureRecorded(tenant: context.tenant.id, ticket: ticket.id, closedAt: closedAt))
      let until = try await context.policy(of: ticket).lastReopening(ofClosing: max(closedAt, recorded ?? closedAt))
      guard context.now <= until else {
        throw Failure(
          .conflict, EndingMessages.reopenedTooLate,
          [
            "number": IncidentView.number(of: context.tenant.code, ticket.number), "closedAt": closedAt.description, "until": until.description,
            "id": context.id(.incident, ticket.publicId).description,
          ])
      }
    }
    let before = ticket
    try move(.reopen)
    (ticket.resolution, ticket.closureCode) = (nil, nil)
    // Its team has it again, and answers for that anew.
    if let team = ticket.team { try await beginTurn(of: team) }
    let comment = context.newId(.comment)
    note(
      TicketEventType.reopened,
      .object(["count": .integer(ticket.reopenCount), "comment": .id(comment), "code": .text(before.closureCode?.rawValue)]))
    if before.resolution != nil {
      context.transaction.enqueue(InsertPastResolution(tenant: context.tenant.id, ticket: before, seq: ticket.lastSeq, now: context.now))
    }
    _ = try self.comment(reason.body, reason.visibility, id: comment)
  }

  /// The ticket that this one went into in the end, whoever may see that.
  func survivor() async throws -> TicketWork {
    guard let found = try await context.transaction.first(SurvivorOf(tenant: context.tenant.id, ticket: ticket.id)) else { throw Failure.notFound }
    return try await Self.begin(on: context.id(.incident, found.publicId), in: context, comparesVersion: false, scope: .all)
  }
}

extension OperationContext {
  /// What counts for the ending of a ticket.
  func policy(of ticket: Ticket) async throws -> TicketPolicy { try await ticketPolicy(contract: ticket.contract?.id) }

  func ticketPolicy(contract: Int64?) async throws -> TicketPolicy {
    guard let policy = try await transaction.first(TicketPolicyOf(tenant: tenant.id, contract: contract)) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "there is no policy of tickets")
    }
    return policy
  }
}

package enum EndingMessages: MessageCatalog {
  package static let reopenedTooLate = Message(
    "ticket.reopen_too_late",
    "{number} was closed at {closedAt} and could be reopened until {until}: open a new incident that names it (relatesTo: {id}).",
    zh: "{number} 已于 {closedAt} 关闭，仅可在 {until} 前重新打开：请新建事件并注明其编号（relatesTo：{id}）。")
  static let timesNeedResolution = Message(
    "ticket.times_need_resolution", "When it was answered and resolved is told together with the resolution only.", zh: "仅在同时填写解决方法时可填写响应与解决时间。")
  static let resolvedNeedsNoTeam = Message(
    "ticket.resolved_needs_no_team", "What is resolved in the same call goes to no team.", zh: "在同一次调用中已解决的事件不再分派团队。")
  static let timesInOrder = Message(
    "ticket.times_in_order", "This must not lie before {from}: it is opened, then answered, then resolved.", zh: "不得早于 {from}：须依次为创建、响应、解决。")
  static let providerNeedsAll = Message(
    "ticket_policy.needs_value", "The provider's own policy has a value for each: nothing stands above it.", zh: "服务商的规则每项都须有值，没有上级规则可沿用。")
  static let namesAreOfCustomers = Message(
    "ticket_policy.names_of_customers", "Names are shown for a customer, not for one of his contracts.", zh: "是否显示姓名按客户设置，不按合同设置。")
  static let parentNotEnded = Message(
    "cascade.parent_goes_on", "{number}, with which it was to end, goes on.", zh: "原定随之结束的 {number} 仍在处理中。")
  static let notPart = Message(
    "cascade.not_part", "It is not part of {number} any more, with which it was to end.", zh: "该事件已不再属于原定随之结束的 {number}。")
  static let wentInto = Message("cascade.went_into", "It went into {number}, which goes on: end that one by hand.", zh: "该事件已并入仍在处理的 {number}，请手动结束后者。")
  static let leftAtFault = Message(
    "cascade.at_fault", "Something was at fault {times} times, and it is not tried again: end it by hand.", zh: "已出错 {times} 次，不再重试：请手动结束。")

  static let tooManyBelow = Message(
    "cascade.too_many", "More than {most} incidents below it go on: end those at the next level first.", zh: "其下级事件超过 {most} 个，请先处理下一层级。")

  package static let all = [
    tooManyBelow, reopenedTooLate, timesNeedResolution, resolvedNeedsNoTeam, timesInOrder, providerNeedsAll, namesAreOfCustomers, parentNotEnded,
    notPart, wentInto, leftAtFault,
  ]
}
