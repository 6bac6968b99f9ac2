import Assets
import Desk
import Kernel
import Operations
import Postgres
import TLS
import Tenancy

/// What a source tells of one customer, or of the provider's own, settled in one transaction bound to the customer and the provider.
struct Settlement: Sendable {
  let dispatcher: Dispatcher
  let source: SourceRow
  let provider: TenantEntry
  /// Whose it is: the provider too.
  let customer: TenantId

  typealias Outcome = EventFigures.Outcome

  /// The time in which too many incidents are a storm.
  static let stormSeconds: Int64 = 600
  static let stormKey = "storm"
  /// As `incident.open` takes them.
  static let mostCis = 50

  /// What its transaction is bound to.
  var bound: [TenantId] { Set([customer, provider.id]).sorted() }

  /// - Parameters:
  ///   - ids: of the events.
  ///   - waking: of alerts whose window is over, or whose change is to be looked at again.
  ///   - telling: of groups whose incidents are to be told of more alerts.
  /// - Returns: what became of what.
  func run(_ ids: [Int64], waking: [Int64] = [], telling: [Int64] = [], in transaction: Transaction) async throws -> [Outcome: Int64] {
    let now = dispatcher.tenancy.clock.now()
    _ = try await transaction.query(HoldSource(provider: provider.id, source: source.id))
    guard let tenant = try await transaction.first(TenantById(tenant: customer)) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "there is no tenant \(customer)")
    }
    let received = ids.isEmpty ? [] : try await transaction.query(HoldReceived(provider: provider.id, ids: ids))
    // Windows before alerts, as whoever ends a window locks them: the other way round each would wait for the other.
    let (windows, known, changes) = try await transaction.query(
      WindowsInForce(tenant: customer, now: now),
      AlertsToChange(tenant: customer, source: source.publicId, fingerprints: Array(Set(received.map(\.event.fingerprint))), waking: waking),
      ChangesInForce(tenant: customer, provider: provider.id, now: now))
    let cis = try await CiNames(of: received.map(\.event.labels) + known.map(\.labels), source.settings, customer, shared: changes, in: transaction)
    var book = AlertBook(known, windows: windows + changes.map(\.window), now: now)
    for event in received { book.take(event.event, toldAt: event.toldAt, cis: cis.meant(by: event.event.labels)) { dispatcher.tenancy.random.publicIdBits() } }
    book.wake { cis.meant(by: $0.labels) }
    var turns = GroupTurns(settlement: self, tenant: tenant, cis: cis, now: now)
    try await turns.assign(&book, in: transaction)
    if !book.stale.isEmpty { transaction.enqueue(SaveAlerts(tenant: customer, source: source.publicId, alerts: book.stale, now: now)) }
    try await turns.act(book, in: transaction)
    try await turns.tell(telling, in: transaction)
    if !received.isEmpty { transaction.enqueue(SettleReceived(provider: provider.id, ids: received.map(\.id), customer: customer, now: now)) }
    var counts = turns.counts
    counts[.settled] = Int64(received.count)
    counts[.begun] = Int64(book.begun.count)
    counts[.ended] = Int64(book.ended.count)
    counts[.suppressed] = Int64(book.suppressed.count)
    return counts
  }

  /// The source as it acts: by its service account, on the incidents of this customer, or of the provider, alone.
  var principal: Principal {
    Principal(
      actor: Actor(kind: .service, id: source.account, via: .webhook), tenant: provider.id, side: .staff, name: source.name,
      grants: [
        Grant(
          role: "source", permissions: ["incident.open", "incident.work", "incident.comment", "incident.reopen", "ci.read"],
          scope: .listed([customer]))
      ])
  }
}

/// The customer's CIs by the names that labels give.
struct CiNames: Sendable {
  private let settings: SourceSettings
  private let byKey: [String: [[UInt8]]]
  /// Shared CIs that affect the customer and that a change touches now.
  private let shared: [String: [[UInt8]]]

  init(
    of labels: [[String: String]], _ settings: SourceSettings, _ customer: TenantId, shared: [ChangesInForce.Found], in transaction: Transaction
  ) async throws {
    self.settings = settings
    let keys = Set(labels.flatMap(settings.ciNames).map(MatchKey.of))
    let found = keys.isEmpty ? [] : try await transaction.query(CisByName(tenant: customer, keys: keys.sorted()))
    byKey = Dictionary(grouping: found, by: \.key).mapValues { $0.map(\.publicId) }
    self.shared = shared.reduce(into: [:]) { found, one in
      if let name = one.sharedName, let ci = one.window.ci { found[name, default: []].append(ci) }
    }
  }

  /// Also a shared CI of that name, where no CI of the customer's own has it.
  func meant(by labels: [String: String]) -> Set<[UInt8]> {
    Set(settings.ciNames(of: labels).map(MatchKey.of).flatMap { byKey[$0] ?? shared[$0] ?? [] })
  }

  func named(by labels: [String: String]) -> Set<[UInt8]> { Set(settings.ciNames(of: labels).flatMap { byKey[MatchKey.of($0)] ?? [] }) }
}
