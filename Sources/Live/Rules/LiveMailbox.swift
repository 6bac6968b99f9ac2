/// What waits for one client to take it, bounded: who does not keep up is cut and comes back to where he stood.
struct LiveMailbox: Sendable {
  enum Taken { case message(LiveMessage), nothing, ended }

  private var waiting: [LiveMessage] = []
  private var eventCount = 0
  private let mostEvents: Int
  private(set) var end: LiveEnd?

  init(mostEvents: Int) {
    self.mostEvents = mostEvents
  }

  /// False if it is too much, and nothing was put.
  mutating func put(_ message: LiveMessage) -> Bool {
    guard end == nil else { return true }
    switch message {
    // Whoever has something waiting needs no sign of life.
    case .heartbeat where !waiting.isEmpty: return true
    // All is to be read again, whatever was to be told of it.
    case .reset: (waiting, eventCount) = ([], 0)
    case .events(let events, _):
      guard eventCount + events.count <= mostEvents else { return false }
      eventCount += events.count
    case .opened, .heartbeat: break
    }
    waiting.append(message)
    return true
  }

  mutating func take() -> Taken {
    guard end == nil else { return .ended }
    guard !waiting.isEmpty else { return .nothing }
    let message = waiting.removeFirst()
    if case .events(let events, _) = message { eventCount -= events.count }
    return .message(message)
  }

  /// The first end counts.
  mutating func finish(_ reason: LiveEnd) {
    guard end == nil else { return }
    end = reason
    (waiting, eventCount) = ([], 0)
  }
}

/// A piece of a stream. `id` is the position to come back to; nil says nothing new of it.
package enum LiveMessage: Sendable {
  /// From here on nothing is left out.
  case opened(id: String?)
  case events([LiveEvent], id: String?)
  /// Nothing happened, and the way is open.
  case heartbeat(id: String?)
  /// What happened since the position that the client came with, or meanwhile, cannot be told one by one: all is to be read again.
  case reset(id: String?)
}

/// Why a stream is over.
package enum LiveEnd: String, Sendable, CaseIterable {
  /// The client left.
  case gone
  /// The client takes too little.
  case slow
  /// The token counts no more.
  case revoked
  /// The server stops.
  case stopping
  /// The database did not answer when the stream was to begin.
  case unavailable
}
