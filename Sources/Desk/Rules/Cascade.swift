import Kernel
import Operations

/// What ends tickets together with another one.
package enum CascadeAct: String, Sendable, CaseIterable {
  case resolve, close

  /// The states of those that it is for. What is still open is told and left when its parent is closed.
  var fitting: [TicketState] {
    switch self {
    case .resolve: TicketState.allCases.filter(\.isOpen)
    case .close: TicketState.allCases.filter { $0 != .closed }
    }
  }

  var operation: String { "incident.\(rawValue)" }
}

extension CascadeAct {
  /// Whether a ticket in this state is as the act would leave it.
  func isDone(by state: TicketState) -> Bool {
    switch self {
    case .resolve: !state.isOpen
    case .close: state == .closed
    }
  }
}

/// What became of what a ticket was to end with.
package enum CascadeStanding: Sendable, CaseIterable {
  /// It is over, and the ticket is part of it.
  case ended
  /// It goes on again.
  case goesOn
  /// The ticket is not part of it any more.
  case apart
}

/// A ticket that is to be resolved with a major incident.
package struct CascadeOfMajor: Sendable {
  package let provider: TenantId
  /// The random bits of the major incident's public id.
  package let major: [UInt8]
  /// The event with which it began.
  package let seq: Int64
  package let tenant: TenantId
  package let ticket: Int64
}

/// What is to be done with a ticket that is to end with another one: pure.
enum CascadeStep: Equatable {
  case act
  /// It is as it was to be, by whoever.
  case nothing
  /// What it was to end with goes on again.
  case leave
  /// It is not part any more of what it was to end with.
  case leaveApart
  /// It went into another one, which goes on.
  case leaveMerged

  /// - Parameters:
  ///   - survivor: the state of the ticket that it went into; nil: it did not.
  ///   - standing: of what it was to end with.
  init(_ act: CascadeAct, on state: TicketState, survivor: TicketState?, with standing: CascadeStanding) {
    if act.isDone(by: survivor ?? state) {
      self = .nothing
      return
    }
    switch standing {
    case .goesOn: self = .leave
    // Its links went with it.
    case _ where survivor != nil: self = .leaveMerged
    case .apart: self = .leaveApart
    case .ended: self = .act
    }
  }
}

extension TicketWork {
  /// So many end with one at the most.
  static let mostBelow: Int64 = 1000

  /// Counts those below it that go on, for whoever ends it; where he says so, they end with it, each by itself and soon afterwards.
  mutating func cascade(_ act: CascadeAct, carried: Bool) async throws {
    guard context.principal.side == .staff else { return }
    let below = try await context.transaction.query(
      TicketsBelow(tenant: context.tenant.id, ticket: ticket.id, states: act.fitting, limit: Self.mostBelow + 1))
    openChildren = Int64(below.count)
    guard carried, !below.isEmpty else { return }
    guard below.count <= Int(Self.mostBelow) else {
      throw Failure(.conflict, EndingMessages.tooManyBelow, ["most": String(Self.mostBelow)])
    }
    note(TicketEventType.cascaded, .object(["act": .text(act.rawValue), "children": .integer(openChildren)]))
    context.transaction.enqueue(
      PlanCascade(
        tenant: context.tenant.id, tickets: below, act: act, with: .parent(ticket.id), seq: ticket.lastSeq, actor: context.actor,
        name: context.principal.name, now: context.now))
  }
}

enum CascadeFields {
  static let resolves = Field.boolean(
    "cascade",
    "Whether the open incidents below it are resolved with it, with the same words (default no): each by itself and soon afterwards; incident.cascade tells what became of each. Without it the answer counts them.",
    "是否以相同内容同时解决其未结的下级事件（默认否）：随后逐个处理，结果见 incident.cascade；否则仅在答复中给出数量。"
  ).optional
  static let closes = Field.boolean(
    "cascade",
    "Whether the resolved incidents below it are closed with it (default no): each by itself and soon afterwards; incident.cascade tells what became of each. Without it the answer counts those that are not closed. Staff only.",
    "是否同时关闭其已解决的下级事件（默认否）：随后逐个处理，结果见 incident.cascade；否则仅在答复中给出未关闭的数量（仅服务商人员）。"
  ).optional
}
