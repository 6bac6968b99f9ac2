import Kernel
import Synchronization

/// The way to one client: the hub puts messages in, the connection takes them out.
package final class LiveStream: Sendable {
  private struct State {
    var mailbox: LiveMailbox
    var taker: CheckedContinuation<LiveMessage?, Never>?
    var watcher: (@Sendable () -> Void)?
  }

  let number: UInt64
  let account: LiveAccount
  private let state: Mutex<State>
  private let onEnd: @Sendable (LiveStream, LiveEnd) -> Void

  init(number: UInt64, account: LiveAccount, mostEvents: Int, onEnd: @escaping @Sendable (LiveStream, LiveEnd) -> Void) {
    self.number = number
    self.account = account
    self.onEnd = onEnd
    state = Mutex(State(mailbox: LiveMailbox(mostEvents: mostEvents)))
  }

  /// The next message, when there is one; nil at the end. One taker at a time.
  package func next() async -> LiveMessage? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let (isDone, message) = state.withLock { state -> (Bool, LiveMessage?) in
          switch state.mailbox.take() {
          case .message(let message): return (true, message)
          case .ended: return (true, nil)
          case .nothing:
            state.taker = continuation
            return (false, nil)
          }
        }
        if isDone { continuation.resume(returning: message) }
      }
    } onCancel: {
      end(.gone)
    }
  }

  /// Calls once, when it is over.
  package func whenEnded(_ watcher: @escaping @Sendable () -> Void) {
    let isOver = state.withLock { state in
      if state.mailbox.end == nil { state.watcher = watcher }
      return state.mailbox.end != nil
    }
    if isOver { watcher() }
  }

  /// Why it is over; nil: it is not.
  package var ending: LiveEnd? { state.withLock { $0.mailbox.end } }

  func put(_ message: LiveMessage) {
    let (taker, taken, fits) = state.withLock { state -> (CheckedContinuation<LiveMessage?, Never>?, LiveMessage?, Bool) in
      guard state.mailbox.put(message) else { return (nil, nil, false) }
      guard state.taker != nil, case .message(let message) = state.mailbox.take() else { return (nil, nil, true) }
      return (state.taker.take(), message, true)
    }
    taker?.resume(returning: taken)
    if !fits { end(.slow) }
  }

  /// Once; a second end is none.
  package func end(_ reason: LiveEnd) {
    let (isFirst, taker, watcher) = state.withLock { state -> (Bool, CheckedContinuation<LiveMessage?, Never>?, (@Sendable () -> Void)?) in
      guard state.mailbox.end == nil else { return (false, nil, nil) }
      state.mailbox.finish(reason)
      return (true, state.taker.take(), state.watcher.take())
    }
    guard isFirst else { return }
    // Counted before anybody can see that it is over.
    onEnd(self, reason)
    taker?.resume(returning: nil)
    watcher?()
  }
}

/// Whose streams are counted together.
struct LiveAccount: Hashable, Sendable {
  let tenant: TenantId
  let kind: Actor.Kind
  let id: Int64
  private let side: Side

  /// Nil for the provider's own.
  var customer: TenantId? { side == .customer ? tenant : nil }

  init(_ principal: Principal) {
    tenant = principal.tenant
    side = principal.side
    kind = principal.actor.kind
    id = principal.actor.id
  }
}
