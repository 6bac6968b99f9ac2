import Kernel
import Operations
import ServiceLevels

/// What a ticket's history means to clocks: for one that starts late (a contract line or priority was set after the ticket was
/// opened) and must still count from its beginning, with every pause.
enum ClockReplay {
  /// Whether an event bears on the ticket's clocks, and so belongs to the past of a ticket that is split off.
  static func bearsOnClocks(_ event: TicketEventRow) -> Bool { !acts([event]).isEmpty }

  /// To the clocks of the ticket itself.
  static func acts(_ history: [TicketEventRow]) -> [(act: ClockAct, at: Instant)] {
    var acts: [(ClockAct, Instant)] = []
    for event in history {
      if event.payload["firstResponse"] == .bool(true) {
        acts.append((.responded, event.occurredAt))
      } else if event.isWord {
        acts.append((.updated, event.occurredAt))
      }
      switch event.type {
      case TicketEventType.held:
        let evidence = event.payload["dispatch"]?.text ?? event.payload["comment"]?.text ?? event.payload["evidence"]?.text
        if let act = PendingReason(toldBy: event.payload)?.clockAct(evidence: evidence) { acts.append((act, event.occurredAt)) }
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
    if event.payload["firstResponse"] == .bool(true) {
      story.append(.responded, event.occurredAt)
    } else if event.isWord {
      story.append(.told, event.occurredAt)
    }
    switch event.type {
    case TicketEventType.held:
      if let reason = PendingReason(toldBy: event.payload) { story.hold(reason, event.occurredAt) }
    case TicketEventType.resumed: story.append(.resumed, event.occurredAt)
    case TicketEventType.resolved: story.append(.resolved, event.occurredAt)
    case TicketEventType.closed: story.append(.closed, event.occurredAt)
    case TicketEventType.reopened: story.append(.reopened, event.occurredAt)
    case TicketEventType.merged: story.append(.merged, event.occurredAt)
    case TicketEventType.classified:
      guard let priority = event.payload["to"]?["priority"]?.integer, priority != event.payload["from"]?["priority"]?.integer else { return }
      story.classify(priority, event.occurredAt)
    default: break
    }
  }

  /// To the clocks of a team's turn: what the ticket waited for when it began, and all since; the team's acceptance is its response.
  static func acts(_ history: [TicketEventRow], of turn: TeamTurn) -> [(act: ClockAct, at: Instant)] {
    let all = acts(history)
    var acts: [(act: ClockAct, at: Instant)] = []
    if let wait = SubjectClocks.wait(in: all.filter { $0.at < turn.startedAt }) { acts.append((wait.act, turn.startedAt)) }
    for (act, at) in all where at >= turn.startedAt {
      switch act {
      case .paused, .resumed, .updated: acts.append((act, at))
      case .responded: acts.append((.updated, at))
      case .resolved, .closed, .reopened, .ended: break
      }
    }
    if let acceptedAt = turn.acceptedAt {
      acts.insert((.responded, acceptedAt), at: acts.firstIndex { $0.at >= acceptedAt && $0.at > turn.startedAt } ?? acts.endIndex)
    }
    return acts
  }
}

extension TicketEventRow {
  /// A public comment by the provider's side while the ticket was open.
  fileprivate var isWord: Bool {
    guard type == TicketEventType.commented else { return false }
    // Before words were counted, the history did not say so.
    if let word = payload["word"] { return word == .bool(true) }
    return actorKind == Actor.Kind.staff.rawValue && payload["visibility"]?.text == CommentVisibility.everybody.rawValue
  }
}
