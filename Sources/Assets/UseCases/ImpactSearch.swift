import Kernel
import Operations
import Postgres
import Tenancy

/// What fails with some CIs of a tenant, or what they need.
package struct Impact: Sendable {
  /// Whose CIs they are.
  let tenant: TenantEntry
  /// The CIs from which the walk began.
  package let starts: [WalkImpact.Reached]
  /// The CIs that were reached, the nearest first, each once.
  package let reached: [WalkImpact.Reached]
  /// The catalogue's services that all of these belong to.
  package let services: [WalkImpact.AffectedService]
  /// Of CIs that the provider shares: the customers that they affect.
  package let customers: [WalkImpact.AffectedCustomer]
  package let customersCut: Bool
  package let isCut: Bool

  /// The customer whose own CIs they are; nil: they are the provider's.
  package var owner: WalkImpact.AffectedCustomer? {
    guard tenant.kind == .customer else { return nil }
    return WalkImpact.AffectedCustomer(
      tenant: tenant.id, id: tenant.publicId, code: tenant.code, name: tenant.name, cis: starts.map(\.id), depth: 0, path: starts.prefix(1).map(\.id))
  }
}

/// How far a walk along relations goes.
package struct ImpactSearch: Sendable {
  let isUp: Bool
  let depth: Int64
  let most: Int64
  let withRetired: Bool

  /// - Parameters:
  ///   - isUp: to what needs the CIs, and fails with them; else to what they need.
  ///   - depth: how many relations away at the most.
  ///   - most: how many CIs at the most.
  package init(isUp: Bool, depth: Int64, most: Int64, withRetired: Bool = false) {
    self.isUp = isUp
    self.depth = depth
    self.most = most
    self.withRetired = withRetired
  }

  /// What is in another state is not reached.
  package static let states = CiState.live

  /// So many customers are told; one more is read, which tells that there are more.
  static let mostCustomers = 1000

  /// - Parameters:
  ///   - starts: CIs of `tenant`, to which the transaction is bound.
  ///   - tellsCustomers: customers do not see one another.
  ///   - served: only of these customers it is told; nil: of all.
  package func impact(
    of starts: [Int64], tenant: TenantEntry, tellsCustomers: Bool, among served: [Int64]? = nil, in transaction: Transaction
  ) async throws -> Impact {
    let states = withRetired ? CiState.allCases.map(\.rawValue) : Self.states
    var walk = ImpactWalk(starts: starts, most: Int(most))
    func next(_ limit: Int) -> NextStep {
      NextStep(tenant: tenant.id, isUp: isUp, from: walk.frontier, seen: walk.seen, states: states, limit: Int64(limit))
    }
    while !walk.isOver, walk.depth < depth {
      walk.take(try await transaction.query(next(walk.room)).map { (from: $0.from, to: $0.to, kind: $0.kind) })
    }
    if !walk.isOver { walk.stop(hasMore: try await transaction.first(next(1)) != nil) }
    let rows = try await transaction.query(ReachedCis(tenant: tenant.id, ids: walk.seen))
    let byId = Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
    func id(_ row: Int64) -> PublicId? { byId[row].map { tenant.id(IdKind.ci.prefix, $0.publicId) } }
    func told(_ row: Int64, depth: Int, kind: RelationKind?) -> WalkImpact.Reached? {
      byId[row].map {
        WalkImpact.Reached(id: tenant.id(IdKind.ci.prefix, $0.publicId), found: $0, depth: depth, kind: kind, path: walk.path(to: row).compactMap(id))
      }
    }
    let begun = starts.compactMap { told($0, depth: 0, kind: nil) }
    let reached = walk.steps.compactMap { told($0.ci, depth: $0.depth, kind: $0.kind) }
    // Of customers' CIs none affects anybody else.
    var customers: [WalkImpact.AffectedCustomer] = []
    if tellsCustomers, tenant.kind == .provider {
      let affecting = walk.seen.filter { byId[$0].map { states.contains($0.state) } ?? false }
      let found = try await transaction.query(
        CustomersAffected(provider: tenant.id, cis: affecting, served: served, limit: Int64(Self.mostCustomers) + 1))
      let depths = Dictionary(starts.map { ($0, 0) } + walk.steps.map { ($0.ci, $0.depth) }) { first, _ in first }
      customers = found.compactMap { row in
        // They come in the order in which they were recorded: of those as near the first.
        let nearest = row.cis.min { (depths[$0] ?? 0) < (depths[$1] ?? 0) }
        return PublicId.customer(handle: row.handle, bits: row.publicId).map {
          WalkImpact.AffectedCustomer(
            tenant: row.id, id: $0, code: row.code, name: row.name, cis: row.cis.compactMap(id), depth: nearest.flatMap { depths[$0] } ?? 0,
            path: nearest.map { walk.path(to: $0).compactMap(id) } ?? [])
        }
      }
    }
    return Impact(
      tenant: tenant, starts: begun, reached: reached, services: Self.services(of: begun + reached), customers: Array(customers.prefix(Self.mostCustomers)),
      customersCut: customers.count > Self.mostCustomers, isCut: walk.isCut)
  }

  private static func services(of cis: [WalkImpact.Reached]) -> [WalkImpact.AffectedService] {
    Dictionary(grouping: cis.filter { $0.found.service != nil }) { $0.found.service ?? "" }.sorted { $0.key < $1.key }.map { code, cis in
      WalkImpact.AffectedService(code: code, name: cis.first?.found.serviceNames, cis: cis.map(\.id))
    }
  }
}
