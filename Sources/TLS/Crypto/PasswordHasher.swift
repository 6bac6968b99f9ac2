import Kernel
import Synchronization

/// Hashes and checks passwords, at most `slots` at a time on threads of their own: a hash costs 128 MiB and some
/// hundred milliseconds of a core, so an unbounded number of logins would take the machine down. Beyond the slots a
/// bounded number of callers wait; beyond those, the answer is `busy`.
package final class PasswordHasher: Sendable {
  private struct State {
    var running = 0
    var lastTicket: UInt64 = 0
    var waiting: [(ticket: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    /// Callers cancelled between asking and waiting.
    var cancelled: Set<UInt64> = []
  }

  private let state = Mutex(State())
  private let slots: Int
  private let places: Int
  private let parameters: Scrypt.Parameters
  private let random: RandomSource

  /// `slots` hashes run at once, `places` more callers may wait.
  package init(
    slots: Int = 2, places: Int = 32, parameters: Scrypt.Parameters = .standard, random: RandomSource = SystemRandom.source
  ) {
    self.slots = max(1, slots)
    self.places = max(0, places)
    self.parameters = parameters
    self.random = random
  }

  /// Throws ``Failure`` `busy`, or `CancellationError` when the caller's task was cancelled while it waited.
  package func hash(_ password: String) async throws -> PasswordHash {
    let salt = random.bytes(PasswordHash.saltByteCount)
    let key = try await derive(password, salt: salt, parameters: parameters)
    return PasswordHash(parameters: parameters, salt: salt, key: key)
  }

  /// Whether this is the password. With no stored hash (an unknown login) it computes all the same and says no, so that
  /// the time of the answer does not tell which logins exist. Throws as ``hash(_:)`` does.
  package func verify(_ password: String, against stored: PasswordHash?) async throws -> Bool {
    let salt = stored?.salt ?? [UInt8](repeating: 0, count: PasswordHash.saltByteCount)
    let key = try await derive(password, salt: salt, parameters: stored?.parameters ?? parameters)
    guard let stored else { return false }
    return constantTimeEquals(key, stored.key)
  }

  /// Whether the hash should be made anew, at the next good login, because the parameters have changed.
  package func isOutdated(_ stored: PasswordHash) -> Bool { stored.parameters != parameters }

  private func derive(_ password: String, salt: [UInt8], parameters: Scrypt.Parameters) async throws -> [UInt8] {
    try await takeSlot()
    defer { giveSlot() }
    let bytes = Array(password.utf8)
    let key: [UInt8]? = await withCheckedContinuation { continuation in
      let started = WorkThread.run {
        continuation.resume(
          returning: Scrypt.derive(password: bytes, salt: salt, parameters: parameters, byteCount: PasswordHash.keyByteCount))
      }
      if !started { continuation.resume(returning: nil) }
    }
    guard let key else { throw Self.busy("no thread or no memory for a password hash") }
    return key
  }

  private enum Entry { case admitted, full, cancelled, wait }

  private func takeSlot() async throws {
    try Task.checkCancellation()
    let ticket = state.withLock { state in
      state.lastTicket &+= 1
      return state.lastTicket
    }
    let admitted = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let entry = state.withLock { state -> Entry in
          if state.cancelled.remove(ticket) != nil { return .cancelled }
          if state.running < slots {
            state.running += 1
            return .admitted
          }
          guard state.waiting.count < places else { return .full }
          state.waiting.append((ticket, continuation))
          return .wait
        }
        switch entry {
        case .admitted: continuation.resume(returning: true)
        case .full, .cancelled: continuation.resume(returning: false)
        case .wait: break
        }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
        guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
          state.cancelled.insert(ticket)
          return nil
        }
        return state.waiting.remove(at: index).continuation
      }
      waiter?.resume(returning: false)
    }
    state.withLock { _ = $0.cancelled.remove(ticket) }
    if admitted { return }
    try Task.checkCancellation()
    throw Self.busy("all slots and places for password hashes are taken")
  }

  /// Hands the slot to the caller who has waited longest, or frees it.
  private func giveSlot() {
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard !state.waiting.isEmpty else {
        state.running -= 1
        return nil
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume(returning: true)
  }

  private static func busy(_ debug: String) -> Failure {
    Failure(.busy, TLSMessages.hasherBusy, retryAfterSeconds: 2, debug: debug)
  }
}
