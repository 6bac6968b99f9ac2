import Kernel
import Operations
import ServiceTime
import Tenancy

/// What a customer sees of the catalogue: what its lines in force sell to somebody whom the caller may order for.
extension OperationContext {
  func sold() async throws -> Sold { Sold(try await salesInReach()) }

  private func salesInReach() async throws -> [SalesInForce.Found] {
    let sales = try await transaction.query(SalesInForce(tenant: tenant.id, at: now))
    let scope = access.rows
    guard !scope.everything, !sales.isEmpty else { return sales }
    let named = Set(sales.flatMap(\.audience.persons))
    var (persons, units): (Set<Int64>, Set<Int64>) = ([], [])
    for found in try await transaction.query(OrderReach(tenant: tenant.id, scope: scope, persons: named.sorted())) {
      switch found {
      case .unit(let id): units.insert(id)
      case .person(let id): persons.insert(id)
      }
    }
    return sales.filter { $0.audience.reaches(persons: persons, units: units) }
  }

  /// Whether what the provider keeps to itself is told: to staff, unless they ask what a customer sees.
  var tellsProvidersOwn: Bool { principal.side == .staff && tenant.kind != .customer }

  /// The day that it is for the provider: on it stages begin.
  var today: CalendarDate { provider.day(at: now) }
}

extension TenantEntry {
  /// The day in its zone, or in UTC where this host does not know the zone. By the provider's, services enter the catalogue and leave it.
  package func day(at instant: Instant) -> CalendarDate {
    Zone.named(zone)?.date(at: instant) ?? instant.utcDay
  }
}
