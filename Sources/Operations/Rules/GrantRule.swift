import Kernel
import Tenancy

/// Nobody gives what he does not hold: every permission, over at least the same things, for at least as long.
struct GrantRule {
  enum Scope {
    case all
    case listed(Set<TenantId>)
    case tenant(TenantId)
    case unit(TenantId, Int64)
    /// A person, with the unit that the person belongs to.
    case own(TenantId, person: Int64, unit: Int64?)
  }

  let permissions: Set<String>
  let scope: Scope
  let expiresAt: Instant?

  /// The first permission, by name, that `grantor` does not hold enough of; nil when he may give the role.
  func missing(from grantor: Principal, at now: Instant) -> String? {
    permissions.sorted().first { permission in
      guard grantor.onlyPermissions?.contains(permission) ?? true else { return true }
      let held = grantor.grants.filter { $0.permissions.contains(permission) && isInForce($0, now) && lasts($0) }
      return !covers(held.map(\.scope), grantor.tenant)
    }
  }

  private func isInForce(_ grant: Grant, _ now: Instant) -> Bool { grant.expiresAt.map { now < $0 } ?? true }

  private func lasts(_ grant: Grant) -> Bool {
    guard let end = grant.expiresAt else { return true }
    return expiresAt.map { $0 <= end } ?? false
  }

  private func covers(_ held: [Grant.Scope], _ home: TenantId) -> Bool {
    if held.contains(.all) { return true }
    let customers = held.reduce(into: Set<TenantId>()) { if case .listed(let listed) = $1 { $0.formUnion(listed) } }
    let units = held.reduce(into: Set<Int64>()) { if case .units(let units) = $1 { $0.formUnion(units) } }
    func wholly(_ tenant: TenantId) -> Bool { customers.contains(tenant) || (tenant == home && held.contains(.tenant)) }
    switch scope {
    case .all: return false
    case .listed(let wanted): return wanted.isSubset(of: customers)
    case .tenant(let tenant): return wholly(tenant)
    case .unit(let tenant, let unit): return wholly(tenant) || (tenant == home && units.contains(unit))
    case .own(let tenant, let person, let unit):
      return wholly(tenant) || (tenant == home && (held.contains(.own(person: person)) || unit.map(units.contains) ?? false))
    }
  }
}
