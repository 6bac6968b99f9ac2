import Contracts
import Kernel

/// The versions of an SLA or OLA, as they hold over time.
struct SlaVersions: Sendable {
  struct Version: Sendable {
    let validFrom: Instant
    var targets: [ProvenTargets.Target]
  }

  /// By `validFrom`, rising.
  private(set) var versions: [Version] = []

  init(_ rows: some Sequence<ProvenTargets.Found>) {
    for row in rows {
      if versions.last?.validFrom != row.validFrom { versions.append(Version(validFrom: row.validFrom, targets: [])) }
      if let target = row.target { versions[versions.count - 1].targets.append(target) }
    }
  }

  func targets(at instant: Instant) -> [ProvenTargets.Target] { versions.last { $0.validFrom <= instant }?.targets ?? [] }

  /// What is promised: a target for any priority is one for each that has none of its own, for tickets of the same type, service and tier.
  func promises(at instant: Instant) -> [Promise] {
    let targets = targets(at: instant)
    return targets.flatMap { target -> [Promise] in
      if let budget = target.budget, let calendar = target.calendar {
        let priorities =
          target.priority.map { [$0] }
          ?? Self.priorities.filter { priority in
            !targets.contains { $0.metric == target.metric && $0.priority == priority && $0.scope == target.scope }
          }
        return priorities.map { Promise(metric: target.metric, priority: $0, terms: .time(budget, calendar: calendar)) }
      }
      return target.objective.map { [Promise(metric: target.metric, priority: nil, terms: .share($0))] } ?? []
    }
  }

  private static let priorities: [Int64] = [1, 2, 3, 4, 5]
}

/// What a team agreed to: the OLA that it works by, and the work of its own that no OLA covers.
struct TeamTerms: ChainTerms {
  struct Ola: Sendable {
    let name: String
    let from: Instant
    let until: Instant?
    let versions: SlaVersions
  }

  /// By `from`, rising.
  let olas: [Ola]
  /// In which it works where no OLA says so.
  let calendar: Int64?
  /// For the priorities 1 to 5.
  let handling: [Int64]

  var boundaries: [Instant] { olas.flatMap { ola in [ola.from] + (ola.until.map { [$0] } ?? []) + ola.versions.versions.map(\.validFrom) } }

  func agreement(for promise: Promise, at instant: Instant) -> Result<Agreement, LackError> {
    let own = promise.priority.flatMap { Int(exactly: $0 - 1) }.flatMap { handling.indices.contains($0) ? handling[$0] : nil } ?? 0
    // The newest that has begun, until it ends.
    let ola = olas.last { $0.from <= instant }
    let isOver = ola?.until.map { $0 <= instant } ?? false
    if let ola, !isOver {
      let targets = ola.versions.targets(at: instant).filter { $0.metric == promise.metric && $0.budget != nil }
      let target = targets.first { $0.priority == promise.priority } ?? targets.first { $0.priority == nil }
      if let target, let hours = target.calendar { return .success(Agreement(name: ola.name, calendar: hours, handling: own, budget: target.budget)) }
    }
    if let calendar { return .success(Agreement(name: nil, calendar: calendar, handling: own, budget: nil)) }
    guard let ola else { return .failure(LackError(.agreement)) }
    return .failure(LackError(isOver ? .ended(ola.name, ola.until ?? instant) : .target(ola.name)))
  }

  /// A team promises no shares.
  func share(of metric: String, at instant: Instant) -> Result<Rate, LackError> { .failure(LackError(.agreement)) }
}

/// What a supplier agreed to for one of its services: the underpinning contract of the link.
struct SupplierTerms: ChainTerms {
  struct Version: Sendable {
    let validFrom: Instant
    let state: String
    let startsAt: Instant
    let endsAt: Instant?
    let calendar: Int64?
    let targets: [ProvenSupplierTargets.Found]
  }

  /// Nil where no contract promises the service.
  let reference: String?
  let service: Int64
  /// By `validFrom`, rising.
  let versions: [Version]

  var boundaries: [Instant] { versions.flatMap { [$0.validFrom, $0.startsAt] + ($0.endsAt.map { [$0] } ?? []) } }

  func agreement(for promise: Promise, at instant: Instant) -> Result<Agreement, LackError> {
    version(at: instant).flatMap { version, reference in
      let targets = version.targets.filter { $0.metric == promise.metric && ($0.service ?? service) == service && $0.budget != nil }
      let fitting = targets.filter { ($0.priority ?? promise.priority) == promise.priority }
      guard let target = fitting.max(by: { Self.rank($0) < Self.rank($1) }) else { return .failure(LackError(.target(reference))) }
      guard let calendar = version.calendar else { return .failure(LackError(.hours(reference))) }
      return .success(Agreement(name: reference, calendar: calendar, budget: target.budget))
    }
  }

  func share(of metric: String, at instant: Instant) -> Result<Rate, LackError> {
    version(at: instant).flatMap { version, reference in
      let targets = version.targets.filter { $0.metric == metric && ($0.service ?? service) == service }
      guard let share = targets.max(by: { Self.rank($0) < Self.rank($1) })?.objective else { return .failure(LackError(.target(reference))) }
      return .success(share)
    }
  }

  /// A target for the service before one for all services, one for the priority before one for any.
  private static func rank(_ target: ProvenSupplierTargets.Found) -> Int { (target.service == nil ? 0 : 2) + (target.priority == nil ? 0 : 1) }

  private func version(at instant: Instant) -> Result<(Version, String), LackError> {
    guard let reference else { return .failure(LackError(.agreement)) }
    guard let version = versions.last(where: { $0.validFrom <= instant }) else { return .failure(LackError(.notInForce(reference))) }
    switch version.state {
    case "ended": return .failure(LackError(.ended(reference, version.validFrom)))
    case "active" where version.startsAt <= instant:
      if let end = version.endsAt, end <= instant { return .failure(LackError(.ended(reference, end))) }
      return .success((version, reference))
    default: return .failure(LackError(.notInForce(reference)))
    }
  }
}
