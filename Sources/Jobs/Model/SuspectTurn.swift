/// When a worker tries suspects. Nothing runs beside one, so they have half of its time at the most: however many there are, all else goes on.
struct SuspectTurn {
  /// So long after the first of a turn the last one is begun.
  static let longest = Duration.seconds(15)
  /// So long nothing has to make room again: what takes long comes to its end, however often something is to be tried alone.
  static let restAfterGivingBack = Duration.seconds(120)

  /// How long it rests at least: so often it looks for some.
  let interval: Duration
  private var began: ContinuousClock.Instant?
  private var restsUntil: ContinuousClock.Instant?
  private var hasGivenBack = false

  init(interval: Duration) { self.interval = interval }

  /// Whether it may look for one now: in a turn, or at the beginning of the next.
  mutating func mayTake(at now: ContinuousClock.Instant) -> Bool {
    if let began {
      guard began.duration(to: now) >= Self.longest else { return true }
      end(at: now)
      return false
    }
    if let restsUntil, now < restsUntil { return false }
    began = now
    return true
  }

  /// Something that ran was given back.
  mutating func gaveBack() { hasGivenBack = true }

  /// There is none, or none for this worker: it rests for as long as the turn has lasted.
  mutating func end(at now: ContinuousClock.Instant) {
    guard let began else { return }
    restsUntil = now.advanced(by: max(interval, began.duration(to: now), hasGivenBack ? Self.restAfterGivingBack : .zero))
    self.began = nil
    hasGivenBack = false
  }
}
