import Contracts
import Desk
import Kernel
import ServiceLevels

/// Tells a trial's clocks what happened to one ticket after another.
struct StoryReplay: Sendable {
  private var trial: ClockTrial
  private let now: Instant
  /// How the promises of the last ticket stand.
  private(set) var judgements: [ClockTrial.Judgement] = []
  /// Whether its story tells all of it: it begins with the opening, and there is no other. Without, nothing is judged.
  private(set) var hasHistory = false
  /// Its last priority.
  private(set) var priority: Int64 = 0

  init(_ trial: ClockTrial, now: Instant) {
    self.trial = trial
    self.now = now
  }

  /// - Throws: ``TicketStory/Unreadable`` for bytes that are no story.
  /// - Parameters:
  ///   - service: what the ticket is about now, and how critical; the story tells priorities alone.
  mutating func replay(_ story: UnsafeRawBufferPointer, service: Int64?, ciTier: String?) throws {
    var (isAnswered, isOver) = (false, false)
    priority = 0
    hasHistory = false
    judgements.removeAll(keepingCapacity: true)
    trial.forget()
    var isWhole = true
    try TicketStory.read(story) { entry in
      guard isWhole, hasHistory != (entry.code == .opened) else {
        isWhole = false
        return
      }
      hasHistory = true
      switch entry.code {
      case .opened:
        priority = entry.priority
        try trial.open(TargetFacts(priority: priority, service: service, ciTier: ciTier), at: entry.at)
      case .classified:
        priority = entry.priority
        try trial.classify(priority: priority, at: entry.at)
      case .merged: try trial.merge(at: entry.at)
      case .closedUnresolved:
        isOver = true
        try trial.closeUnresolved(at: entry.at)
      case .responded, .held, .resumed, .resolved, .closed, .reopened, .told:
        if entry.code == .responded { isAnswered = true }
        if entry.code == .resolved { isOver = true }
        if let act = entry.act { try trial.apply(act, at: entry.at) }
      }
    }
    hasHistory = hasHistory && isWhole
    guard hasHistory else { return }
    // Who resolves has answered: where no answer is recorded before (a log that does not tell it), nobody knows when that was.
    try trial.judge(at: now, answerIsUnknown: isOver && !isAnswered, into: &judgements)
  }
}
