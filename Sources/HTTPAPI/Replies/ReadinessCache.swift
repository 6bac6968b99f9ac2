/// Keeps the answer to "are you ready?" for a second and asks once for all who wait: anybody may call `/readyz`, and
/// each look costs the database something.
actor ReadinessCache {
  private let ask: @Sendable () async -> Readiness
  private var kept: (readiness: Readiness, at: ContinuousClock.Instant)?
  private var underWay: Task<Readiness, Never>?

  private static let lifetime = Duration.seconds(1)

  init(_ ask: @escaping @Sendable () async -> Readiness) {
    self.ask = ask
  }

  func readiness() async -> Readiness {
    if let kept, kept.at.duration(to: .now) < Self.lifetime { return kept.readiness }
    if let underWay { return await underWay.value }
    let task = Task { [ask] in await ask() }
    underWay = task
    let readiness = await task.value
    underWay = nil
    kept = (readiness, .now)
    return readiness
  }
}
