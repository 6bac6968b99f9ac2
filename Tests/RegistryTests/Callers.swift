import Kernel
import Operations
import TestSupport
import Tenancy

/// A principal of the stock roles.
struct Caller: Sendable, CustomStringConvertible {
  let role: StockRole
  let scope: Grant.ScopeKind
  let principal: Principal

  var description: String { "\(role.rawValue) (\(scope.rawValue))" }
}

extension StockRole {
  var isCustomers: Bool {
    switch self {
    case .administrator, .accountManager, .engineer, .finance: false
    case .customerManager, .requester: true
    }
  }

  var scopes: [Grant.ScopeKind] { isCustomers ? [.tenant, .unit, .own] : [.listed, .all] }
}

/// One caller for each stock role and scope: staff granted A only, or everything; people of A.
struct Callers: Sendable {
  let all: [Caller]

  init(_ world: World) async throws {
    let (database, twin) = (world.database, world.a)
    var all: [Caller] = []
    for role in StockRole.allCases {
      for scope in role.scopes {
        let principal: Principal
        switch scope {
        case .listed: principal = try await database.staff(role, for: [twin.entry])
        case .all: principal = try await database.staff(role)
        case .unit, .tenant, .own: principal = try await database.user(role, of: twin.entry, scope, units: [world.scopeUnit.row])
        }
        all.append(Caller(role: role, scope: scope, principal: principal))
      }
    }
    self.all = all
  }

  /// For each stock role that holds the operation its widest caller: what there is to list is seen.
  func widest(_ declaration: Declaration) -> Caller? {
    let holding = all.filter { declaration.allows($0) }
    return holding.first { $0.scope == .all } ?? holding.first
  }

  /// For each stock role that holds the operation the narrowest tenant-wide caller that it honours.
  func holding(_ declaration: Declaration) -> [Caller] {
    StockRole.allCases.filter(declaration.roles.contains).compactMap { role in
      all.first { $0.role == role && declaration.scopes.contains($0.scope) }
    }
  }
}
