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

  /// The one that counts for the tickets of a promise, by the table of ``TargetPrecedence``.
  func target(for promise: Promise, at instant: Instant) -> ProvenTargets.Target? {
    targets(at: instant).filter { $0.metric == promise.metric && $0.isFor(promise.scope, promise.priority) }.max { $0.rank < $1.rank }
  }

  /// What is promised: of each target in time, every priority and kind of ticket for which it is the one that counts.
  /// - Parameters:
  ///   - kinds: the kinds that the chain tells apart, where a target does not.
  ///   - priorities: those that the desk has, where a target is for any.
  func promises(at instant: Instant, _ kinds: TicketKinds, priorities: [Int64]) -> [Promise] {
    let targets = targets(at: instant)
    let rivals = Dictionary(grouping: targets) { $0.metric }
    return targets.flatMap { target -> [Promise] in
      if let budget = target.budget, let calendar = target.calendar {
        return (target.priority.map { [$0] } ?? priorities).flatMap { priority in
          kinds.within(target.scope, of: target.metric, priority) { scope in
            !(rivals[target.metric] ?? []).contains { $0.rank > target.rank && $0.isFor(scope, priority) }
          }.map { Promise(metric: target.metric, priority: priority, scope: $0, terms: .time(budget, calendar: calendar)) }
        }
      }
      return target.share.map { [Promise(metric: target.metric, priority: nil, scope: target.scope, terms: .share($0))] } ?? []
    }
  }
}

/// The kinds of tickets that the OLAs of a chain tell apart: what is promised for all tickets is kept in one way for a request, and in
/// another one for an incident.
struct TicketKinds: Sendable {
  private struct Named {
    var types: Set<TicketType> = []
    var services: Set<PromiseScope.Service> = []
    var tiers: Set<String> = []
  }

  private var named: [String: Named] = [:]
  private let versions: [SlaVersions.Version]

  init(_ olas: some Sequence<SlaVersions>) {
    versions = olas.flatMap(\.versions)
    for target in versions.flatMap(\.targets) where target.scope != .any {
      if let type = target.scope.ticketType { named[target.metric, default: Named()].types.insert(type) }
      if let service = target.scope.service { named[target.metric, default: Named()].services.insert(service) }
      if let tier = target.scope.ciTier { named[target.metric, default: Named()].tiers.insert(tier) }
    }
  }

  /// The kinds of which a target's tickets are: what it leaves open is one of those that are named, or none of them. Of several for which
  /// every OLA has the same target, the widest.
  /// - Parameter isOurs: whether the target counts for such tickets.
  func within(_ scope: PromiseScope, of metric: String, _ priority: Int64, _ isOurs: (PromiseScope) -> Bool) -> [PromiseScope] {
    guard let named = named[metric] else { return isOurs(scope) ? [scope] : [] }
    let targets = versions.map { version in version.targets.indices.filter { version.targets[$0].metric == metric } }
    var known: Set<[Int?]> = []
    return kinds(within: scope, named).filter { scope in
      isOurs(scope)
        && known.insert(
          zip(versions, targets).map { version, indices in
            indices.filter { version.targets[$0].isFor(scope, priority) }.max { version.targets[$0].rank < version.targets[$1].rank }
          }
        ).inserted
    }
  }

  /// The wider ones first.
  private func kinds(within scope: PromiseScope, _ named: Named) -> [PromiseScope] {
    let types = scope.ticketType.map { [$0] } ?? Self.orNone(named.types.sorted { $0.rawValue < $1.rawValue }, all: TicketType.allCases.count)
    let services = scope.service.map { [$0] } ?? Self.orNone(named.services.sorted { $0.code < $1.code })
    let tiers = scope.ciTier.map { [$0] } ?? Self.orNone(named.tiers.sorted())
    return types.flatMap { type in
      services.flatMap { service in tiers.map { PromiseScope(ticketType: type, service: service, ciTier: $0) } }
    }
  }

  /// - Parameter all: how many there are, where all may be named.
  private static func orNone<Kind>(_ kinds: [Kind], all: Int = .max) -> [Kind?] { kinds.count == all ? kinds : [nil] + kinds }
}

/// What a team agreed to: the OLA that it works by, and the work of its own that no OLA covers.
struct TeamTerms: ChainTerms {
  struct Ola: Sendable {
    let name: String
    let from: Instant
    let until: Instant?
    let versions: SlaVersions

    func isOver(at instant: Instant) -> Bool { until.map { $0 <= instant } ?? false }
  }

  /// By `from`, rising.
  let olas: [Ola]
  /// In which it works where no OLA says so.
  let calendar: Int64?
  /// As ``HandlingTimes`` are written.
  let handling: [Int64]

  var boundaries: [Instant] { olas.flatMap { ola in [ola.from] + (ola.until.map { [$0] } ?? []) + ola.versions.versions.map(\.validFrom) } }

  func agreement(for promise: Promise, at instant: Instant) -> Result<Agreement, LackError> {
    let own = promise.priority.map { HandlingTimes.seconds(of: $0, in: handling) } ?? 0
    let ola = newest(at: instant)
    let isOver = ola?.isOver(at: instant) ?? false
    if let ola, !isOver {
      let target = ola.versions.target(for: promise, at: instant)
      if let budget = target?.budget, let hours = target?.calendar {
        return .success(Agreement(name: ola.name, calendar: hours, handling: own, budget: budget))
      }
    }
    if let calendar { return .success(Agreement(name: nil, calendar: calendar, handling: own, budget: nil)) }
    guard let ola else { return .failure(LackError(.agreement)) }
    return .failure(LackError(isOver ? .ended(ola.name, ola.until ?? instant) : .target(ola.name)))
  }

  /// A team promises no availability: nothing ties outages to it.
  func share(for promise: Promise, at instant: Instant) -> Result<PeriodShare, LackError> {
    guard !promise.isAvailability, let ola = newest(at: instant) else { return .failure(LackError(.agreement)) }
    if ola.isOver(at: instant) { return .failure(LackError(.ended(ola.name, ola.until ?? instant))) }
    guard let share = ola.versions.target(for: promise, at: instant)?.share else { return .failure(LackError(.target(ola.name))) }
    return .success(share)
  }

  /// The newest that has begun, until it ends.
  private func newest(at instant: Instant) -> Ola? { olas.last { $0.from <= instant } }
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

  func share(for promise: Promise, at instant: Instant) -> Result<PeriodShare, LackError> {
    version(at: instant).flatMap { version, reference in
      let targets = version.targets.filter { $0.metric == promise.metric && ($0.service ?? service) == service }
      guard let share = targets.max(by: { Self.rank($0) < Self.rank($1) })?.share else { return .failure(LackError(.target(reference))) }
      // Who counts only what is worse promises nothing of the rest.
      if case .share(let ours) = promise.terms, let least = ours.countsFrom, let theirs = share.countsFrom, least < theirs {
        return .failure(LackError(.severity(reference, theirs: theirs, ours: least)))
      }
      return .success(share)
    }
  }

  /// A target for the service before one for all services, one for the priority before one for any.
  private static func rank(_ target: ProvenSupplierTargets.Found) -> Int { (target.service == nil ? 0 : 2) + (target.priority == nil ? 0 : 1) }

  private func version(at instant: Instant) -> Result<(Version, String), LackError> {
    guard let reference else { return .failure(LackError(.agreement)) }
    guard let version = versions.last(where: { $0.validFrom <= instant }) else {
      return .failure(LackError(.notInForce(reference, until: nextInForce(after: instant))))
    }
    switch version.state {
    case "ended": return .failure(LackError(.ended(reference, version.validFrom)))
    case "active" where version.startsAt <= instant:
      if let end = version.endsAt, end <= instant { return .failure(LackError(.ended(reference, end))) }
      return .success((version, reference))
    default: return .failure(LackError(.notInForce(reference, until: nextInForce(after: instant))))
    }
  }

  /// When it is in force next: a suspension ends, or what was agreed begins. Nil where nothing says so.
  private func nextInForce(after instant: Instant) -> Instant? {
    boundaries.filter { instant < $0 }.sorted().first { boundary in
      guard let version = versions.last(where: { $0.validFrom <= boundary }), version.state == "active" else { return false }
      return version.startsAt <= boundary && version.endsAt.map { boundary < $0 } ?? true
    }
  }
}
