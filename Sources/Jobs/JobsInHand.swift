import Kernel
import Synchronization

/// The jobs that a worker has claimed and not ended, and the word by which all of them are given back.
final class JobsInHand: Sendable {
  private struct Held {
    let tenant: TenantId
    let job: Int64
    let word: AsyncStream<Void>.Continuation
  }

  private struct State {
    var held: [Int: Held] = [:]
    var last = 0
    var isGivingBack = false
  }

  private let state = Mutex(State())

  /// - Returns: its number here, and a stream that ends when the job is to be given back.
  func take(_ job: Job) -> (number: Int, word: AsyncStream<Void>) {
    let (stream, word) = AsyncStream.makeStream(of: Void.self)
    let (number, isGivingBack) = state.withLock { state in
      state.last += 1
      state.held[state.last] = Held(tenant: job.tenant, job: job.id, word: word)
      return (state.last, state.isGivingBack)
    }
    if isGivingBack { word.finish() }
    return (number, stream)
  }

  func end(_ number: Int) { state.withLock { $0.held[number] = nil } }

  func has(_ found: DueJobs.Found) -> Bool {
    state.withLock { $0.held.values.contains { $0.tenant == found.tenant && $0.job == found.id } }
  }

  /// All of them, and what is claimed until it says that no more.
  func giveBack() {
    let words = state.withLock { state in
      state.isGivingBack = true
      return state.held.values.map(\.word)
    }
    for word in words { word.finish() }
  }

  func giveBackNoMore() { state.withLock { $0.isGivingBack = false } }
}
