import BillingEngine
import Kernel
import Operations
import Postgres
import ServiceTime
import Tenancy

/// Reads what criteria are measured from.
struct SupplierReader: Sendable {
  let provider: TenantId
  let supplier: Int64
  let days: Range<CalendarDate>
  let zone: Zone
  let span: TimeSpan

  /// - Parameter now: of a period that is not over only what has been counts: its time up to now, and for money its days that are
  ///   over.
  init(provider: TenantId, supplier: Int64, days: Range<CalendarDate>, zone: Zone, now: Instant) {
    (self.provider, self.supplier, self.zone) = (provider, supplier, zone)
    let whole = zone.span(of: days.lowerBound, to: days.upperBound)
    guard now < whole.end else {
      (self.days, span) = (days, whole)
      return
    }
    self.days = days.lowerBound..<min(max(zone.date(at: now), days.lowerBound), days.upperBound)
    span = TimeSpan(whole.start, max(now, whole.start))
  }

  /// The supplier's judged turns for every customer: as many of them at a time as a transaction may be bound to.
  /// - Parameter transaction: one that reads.
  func turns(_ transaction: Transaction, _ tenancy: Tenancy) async throws -> [SupplierFacts.Turn] {
    let contracts = Set(try await transaction.query(UnderpinningVersions(supplier: supplier)).map(\.contract)).sorted()
    guard !contracts.isEmpty else { return [] }
    var turns: [SupplierFacts.Turn] = []
    var after = TenantId(0)
    while true {
      let tenants = try await transaction.query(TurnTenants(contracts: contracts, span: span, after: after))
      guard let last = tenants.last else { break }
      turns += try await tenancy.rebinding(transaction, to: tenants) {
        try await $0.query(JudgedTurns(tenants: tenants.map(\.rawValue), contracts: contracts, span: span))
      }
      guard tenants.count == TurnTenants.most else { break }
      after = last
    }
    return turns
  }

  /// The rest, which is the provider's own.
  func facts(_ transaction: Transaction, turns: [SupplierFacts.Turn]) async throws -> SupplierFacts {
    let (services, outages, versions, entries) = try await transaction.query(
      ServicesMeasured(supplier: supplier), OutagesMeasured(tenant: provider, supplier: supplier, span: span),
      UnderpinningVersions(supplier: supplier), EntriesTouching(tenant: provider, supplier: supplier, days: days))
    let costs = versions.isEmpty ? [] : try await transaction.query(CostsOfUnderpinnings(versions: versions.map(\.version)))
    let byService = Dictionary(grouping: outages, by: \.service)
    return SupplierFacts(
      span: span, services: services.map { SupplierFacts.Service(name: $0.label, outages: byService[$0.id]?.map(\.known) ?? []) }, turns: turns,
      planned: planned(versions, costs), entries: entries.compactMap { SupplierFacts.Entry($0, on: days) })
  }

  private func planned(_ versions: [UnderpinningVersions.Found], _ costs: [CostsOfUnderpinnings.Found]) -> [PlannedCost.Part] {
    let ofVersion = Dictionary(grouping: costs, by: \.contractVersion)
    let ofContract = Dictionary(grouping: versions, by: \.contract).sorted { $0.key < $1.key }
    return ofContract.flatMap { _, versions in
      PlannedCost.parts(
        of: versions.compactMap { found in
          guard let currency = Currency(code: found.currency), let zone = Zone.named(found.zone) else { return nil }
          return PlannedCost.Version(
            reference: found.reference, currency: currency, zone: zone, validFrom: found.validFrom, isActive: found.state == .active,
            startsAt: found.startsAt, endsAt: found.endsAt, costs: ofVersion[found.version]?.map(\.cost) ?? [])
        }, on: days)
    }
  }
}
