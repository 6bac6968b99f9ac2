import Kernel
import Postgres
import Tenancy

/// A job whose worker died may be the one that killed it. It is tried alone: if it kills its worker again, nothing else is in that one's hands, and nothing
/// else loses an attempt.
extension JobRunner {
  /// How long something that was told to end may take to do so. Mostly that is a moment; where the machine is busy it is worth to be waited for: what has
  /// lost its work by then would keep the suspect from its turn as well.
  private static let partingTime = Duration.seconds(15)

  /// The next suspect, claimed, and nothing else in hand any more.
  func nextSuspect(_ turn: inout SuspectTurn, _ places: Places, _ hands: JobsInHand) async throws -> Job? {
    guard turn.mayTake(at: .now) else { return nil }
    for found in try await suspects() where !hands.has(found) {
      do {
        let tried = try await claimAlone(found, places, hands)
        if tried.gaveBack { turn.gaveBack() }
        if let job = tried.job { return job }
        // What did not end for this one will not for the next.
        guard tried.hadRoom else { break }
      } catch  where !Task.isCancelled {
        // It holds up no other.
        logger.error("job not claimed", metadata: ["job": "\(found.id)", "error": "\(error)"])
      }
    }
    turn.end(at: .now)
    return nil
  }

  /// Suspects that are due, of all kinds that this build knows.
  func suspects() async throws -> [DueJobs.Found] {
    let kinds = (Array(sweeps.keys) + Array(handlers.keys)).sorted()
    guard !kinds.isEmpty else { return [] }
    let look = SuspectJobs(now: tenancy.clock.now(), kinds: kinds)
    return try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.last(look) }
  }

  struct Tried: Sendable {
    var job: Job?
    var hadRoom = true
    var gaveBack = false
  }

  /// Claims it when all places are free. Until then its row is locked, so that no other worker makes room for the same one; should this one end
  /// meanwhile, it was not begun. One that has used up its attempts is given up, and needs no room.
  func claimAlone(_ found: DueJobs.Found, _ places: Places, _ hands: JobsInHand) async throws -> Tried {
    try await tenancy.transaction(binding: [found.tenant], side: .staff) { transaction in
      let seen = tenancy.clock.now()
      guard let isUsedUp = try await transaction.first(HoldSuspect(found: found, now: seen)) else { return Tried() }
      guard !isUsedUp else {
        transaction.enqueue(BuryExpiredJob(found: found, now: seen))
        return Tried()
      }
      var tried = Tried()
      if try await !places.areFree(within: roomTime) {
        hands.giveBack()
        defer { hands.giveBackNoMore() }
        tried.gaveBack = true
        tried.hadRoom = try await places.areFree(within: Self.partingTime)
      }
      guard tried.hadRoom else { return tried }
      let now = tenancy.clock.now()
      tried.job = try await transaction.first(ClaimJob(found: found, now: now, leaseUntil: now.adding(seconds: leaseSeconds)))
      return tried
    }
  }
}
