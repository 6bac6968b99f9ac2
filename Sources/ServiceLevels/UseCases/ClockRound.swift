import Jobs
import Kernel
import Postgres
import Synchronization
import Tenancy

/// A round through the clocks that time has moved, in the order in which they are found. Each is tried once in a round, so those that cannot be
/// settled hide none behind them; and they rest before they are tried again, so that thousands of them cost a round little.
struct ClockRound: Sendable {
  let batch: Int32
  private let resting = RestingSubjects()

  init(batch: Int32) { self.batch = batch }

  /// Goes through what is found behind the turn's place, until there is no more or the turn is over. What is at fault is told with the turn.
  /// - Parameter find: as many behind a place as the limit says.
  func go(
    at now: Instant, _ turn: inout SweepTurn, find: (ClockPlace, Int32) async throws -> [DueClock], settle: (DueSubject) async throws -> Void
  ) async throws {
    while true {
      try Task.checkCancellation()
      let found = try await find(ClockPlace(turn.place), batch)
      // A subject has several clocks.
      var tried: Set<DueSubject> = []
      for clock in found {
        try Task.checkCancellation()
        turn.place = clock.place.numbers
        guard let due = clock.due, tried.insert(due).inserted, !resting.isResting(due, at: now) else { continue }
        do {
          try await settle(due)
          resting.forget(due)
        } catch let error as PostgresError where error.isOfDatabase {
          // No other fares better.
          throw error
        } catch  where !Task.isCancelled {
          resting.add(due, at: now)
          turn.undone.add("clocks of \(due.subject.kind.rawValue) \(due.subject.id)", error)
        }
        FaultPoint.sweepStep.reach()
        if turn.isOver { return }
      }
      guard found.count >= Int(batch) else { break }
    }
    turn.place = nil
  }
}

/// Subjects that could not be settled, in the memory of one worker: it tries them again after a rest, the longer the more often that failed.
final class RestingSubjects: Sendable {
  private struct Rest {
    var times: Int64 = 0
    var until: Instant
  }

  /// Beyond so many all are forgotten, and tried at once.
  private static let most = 20_000
  private static let longest: Int64 = 600

  private let rests = Mutex<[DueSubject: Rest]>([:])

  func isResting(_ due: DueSubject, at now: Instant) -> Bool { rests.withLock { $0[due].map { now < $0.until } ?? false } }

  /// After the first fault the next round tries again: most of them are a lock that somebody held.
  func add(_ due: DueSubject, at now: Instant) {
    rests.withLock { rests in
      if rests.count >= Self.most { rests.removeAll() }
      var rest = rests[due] ?? Rest(until: now)
      rest.until = now.adding(seconds: min(15 << min(rest.times, 6), Self.longest) - 15)
      rest.times += 1
      rests[due] = rest
    }
  }

  func forget(_ due: DueSubject) { rests.withLock { $0[due] = nil } }
}
