import Kernel
import ServiceLevels

/// What a ticket's history means to its clocks: for a clock that starts late (a contract line or priority was set after
/// the ticket was opened) and must still count from the opening, with every pause.
enum ClockReplay {
  /// Whether an event bears on clocks, and so belongs to the past of a ticket that is split off.
  static func bearsOnClocks(_ event: TicketEventRow) -> Bool { !acts([event]).isEmpty }

  static func acts(_ history: [TicketEventRow]) -> [(act: ClockAct, at: Instant)] {
    var acts: [(ClockAct, Instant)] = []
    for event in history {
      if event.payload["firstResponse"] == .bool(true) { acts.append((.responded, event.occurredAt)) }
      switch event.type {
      case TicketEventType.held:
        if let reason = event.payload["reason"]?.text.flatMap(PendingReason.init), let waitedFor = reason.waitedFor {
          let evidence = event.payload["comment"]?.text ?? event.payload["evidence"]?.text
          acts.append((.paused(cause: reason.rawValue, on: waitedFor, evidence: evidence), event.occurredAt))
        }
      case TicketEventType.resumed: acts.append((.resumed, event.occurredAt))
      case TicketEventType.resolved: acts.append((.resolved, event.occurredAt))
      case TicketEventType.closed: acts.append((.closed, event.occurredAt))
      case TicketEventType.reopened: acts.append((.reopened, event.occurredAt))
      default: break
      }
    }
    return acts
  }

  /// Adds an event of a history to the story that says the same.
  static func tell(_ event: TicketEventRow, in story: inout TicketStory) {
    if event.payload["firstResponse"] == .bool(true) { story.append(.responded, event.occurredAt) }
    switch event.type {
    case TicketEventType.held:
      if let reason = event.payload["reason"]?.text.flatMap(PendingReason.init) { story.hold(reason, event.occurredAt) }
    case TicketEventType.resumed: story.append(.resumed, event.occurredAt)
    case TicketEventType.resolved: story.append(.resolved, event.occurredAt)
    case TicketEventType.closed: story.append(.closed, event.occurredAt)
    case TicketEventType.reopened: story.append(.reopened, event.occurredAt)
    case TicketEventType.merged: story.append(.merged, event.occurredAt)
    case TicketEventType.classified:
      guard let priority = event.payload["to"]?["priority"]?.integer, priority != event.payload["from"]?["priority"]?.integer else { return }
      story.classify(priority, event.occurredAt)
    case TicketEventType.commented:
      if event.payload["visibility"]?.text == CommentVisibility.everybody.rawValue, event.actorKind == Actor.Kind.staff.rawValue {
        story.append(.told, event.occurredAt)
      }
    default: break
    }
  }
}
