import Approvals
import Kernel
import Operations
import ServiceLevels

/// What a request's past means to clocks: for one that begins late, since another priority promises it, and must still count from the order on.
enum RequestReplay {
  static func acts(_ events: [RequestEvents.Found], of process: RequestProcess) -> [(act: ClockAct, at: Instant)] {
    var acts = waits(of: process)
    if let respondedAt = process.request.respondedAt { acts.append((.responded, respondedAt)) }
    for event in events {
      switch event.type {
      case "request.commented" where event.isWord && event.occurredAt != process.request.respondedAt: acts.append((.updated, event.occurredAt))
      case "request.fulfilled": acts.append((.resolved, event.occurredAt))
      case "request.closed": acts.append((.closed, event.occurredAt))
      case "request.reopened": acts.append((.reopened, event.occurredAt))
      default: break
      }
    }
    // Of the same instant in the order in which they were told above.
    return acts.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map { $0.element }
  }

  /// As long as somebody is asked.
  private struct Turn {
    let from: Instant
    /// Nil: he still is.
    let to: Instant?
    let isOfCustomer: Bool
  }

  /// When nobody but the customer's people could move it on, as its approvals tell it now. One for which others were asked besides counts as theirs from
  /// the beginning.
  private static func waits(of process: RequestProcess) -> [(act: ClockAct, at: Instant)] {
    let turns = process.approvals.compactMap { approval -> Turn? in
      guard let askedAt = approval.askedAt else { return nil }
      let end = approval.decidedAt ?? process.request.decidedAt ?? process.request.endedAt
      return Turn(from: askedAt, to: end, isOfCustomer: approval.isOfCustomer)
    }
    var acts: [(act: ClockAct, at: Instant)] = []
    var isWaiting = false
    for instant in Set(turns.map(\.from) + turns.compactMap(\.to)).sorted() {
      let open = turns.filter { turn in turn.from <= instant && (turn.to.map { instant < $0 } ?? true) }
      let isCustomersTurn = !open.isEmpty && open.allSatisfy(\.isOfCustomer)
      guard isCustomersTurn != isWaiting else { continue }
      isWaiting = isCustomersTurn
      acts.append((isCustomersTurn ? .paused(cause: RequestWork.awaitingApproval) : .resumed, instant))
    }
    return acts
  }
}

extension RequestEvents.Found {
  /// Whether the staff said something to the customer.
  fileprivate var isWord: Bool {
    actorKind == Actor.Kind.staff.rawValue && payload["visibility"]?.text == CommentVisibility.everybody.rawValue
  }
}
