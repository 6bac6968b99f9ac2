import Synchronization

/// How many jobs a worker runs, of those that may at once. Some of the places are for what somebody waits for, and nothing else has them.
final class Places: Sendable {
  private struct Taken {
    var all = 0
    var patient = 0
  }

  private let taken = Mutex(Taken())
  private let (most, mostPatient): (Int, Int)
  private let (changes, change) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

  /// - Parameters:
  ///   - most: jobs at once.
  ///   - mostPatient: of these, jobs that may have to wait.
  init(_ most: Int, mostPatient: Int) { (self.most, self.mostPatient) = (most, mostPatient) }

  func hasOne(isPrompt: Bool) -> Bool { taken.withLock { $0.all < most && (isPrompt || $0.patient < mostPatient) } }

  /// Takes a place, if there is one.
  func take(isPrompt: Bool) -> Bool {
    taken.withLock { taken in
      guard taken.all < most, isPrompt || taken.patient < mostPatient else { return false }
      taken.all += 1
      if !isPrompt { taken.patient += 1 }
      return true
    }
  }

  func giveBack(isPrompt: Bool) {
    taken.withLock { taken in
      taken.all -= 1
      if !isPrompt { taken.patient -= 1 }
    }
    change.yield()
  }

  /// Whether all come free in some time.
  func areFree(within time: Duration) async throws -> Bool {
    let end = ContinuousClock.now.advanced(by: time)
    while taken.withLock({ $0.all > 0 }) {
      guard ContinuousClock.now < end else { return false }
      // Not by the next change: that is for one task, and this is seldom waited for.
      try await Task.sleep(for: .milliseconds(20))
    }
    return true
  }

  /// Wakes whoever waits for a change.
  func nudge() { change.yield() }

  /// Returns when a place came free, or at a nudge, since the last time; or when the task is cancelled. For one task at a time.
  func nextChange() async {
    var changes = changes.makeAsyncIterator()
    _ = await changes.next()
  }
}
