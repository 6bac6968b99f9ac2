import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// Who may do what: every operation x every stock role x every scope, against what the declarations say.
@Suite struct RoleMatrixTests {
  /// One cell that is not as declared.
  struct Finding: Equatable, CustomStringConvertible {
    let operation: String
    let role: StockRole
    let scope: Grant.ScopeKind
    let isAllowed: Bool

    var description: String { "\(operation) as \(role.rawValue) (\(scope.rawValue)): \(isAllowed ? "allowed" : "denied") against its declaration" }
  }

  struct Cells {
    var tested = 0
    var total = 0
    var findings: [Finding] = []
  }

  /// Calls every operation in every role and scope without input: whoever may not is told so before the input is looked at.
  static func cells(
    _ world: World, of only: Set<String>? = nil, permissions: (StockRole) -> Set<String>
  ) async throws -> Cells {
    let callers = try await Callers(world)
    var cells = Cells()
    for operation in world.registry.operations where only?.contains(operation.declaration.name) ?? true {
      let declaration = operation.declaration
      if case .anonymous = declaration.reach { continue }
      for role in StockRole.allCases {
        for scope in Grant.ScopeKind.allCases {
          cells.total += 1
          guard let base = callers.all.first(where: { $0.scope == scope })?.principal, let held = base.grants.first else { continue }
          // As if the role had been granted in this scope, also where it never is: a customer's role with a staff scope.
          let principal = Principal(
            actor: base.actor, tenant: base.tenant, side: base.side, name: base.name, person: base.person,
            grants: [Grant(role: role.rawValue, permissions: permissions(role), scope: held.scope)])
          let answer = await world.answer(declaration.name, leastInput(operation, world), as: principal)
          cells.tested += 1
          let isAllowed = answer.failure?.code != OperationMessages.denied.key
          if isAllowed != (declaration.roles.contains(role) && declaration.scopes.contains(scope)) {
            cells.findings.append(Finding(operation: declaration.name, role: role, scope: scope, isAllowed: isAllowed))
          }
        }
      }
    }
    return cells
  }

  /// Only the customer: without one, what may mean the provider itself is denied to those who are granted customers.
  private static func leastInput(_ operation: RegisteredOperation, _ world: World) -> Value {
    let takesCustomer = operation.inputFields.contains { field in
      if case .id(let kind) = field.type { kind == .customer && field.name == "customer" } else { false }
    }
    return .object(takesCustomer ? [Value.Member("customer", .text(world.a.id))] : [])
  }

  @Test func rolesAndScopesMayWhatTheDeclarationsSay() async throws {
    let world = try await World.shared.value
    let cells = try await Self.cells(world) { world.database.permissions(of: $0) }
    print("role x scope matrix: \(cells.tested) of \(cells.total) cells")
    #expect(cells.tested == cells.total)
    #expect(cells.findings.isEmpty, "\(cells.findings)")
  }

  /// A permission that a role has by mistake is found (guard removal).
  @Test func aPermissionTooManyIsFound() async throws {
    let world = try await World.shared.value
    let cells = try await Self.cells(world, of: ["unit.add", "customer.change"]) { role in
      world.database.permissions(of: role).union(role == .requester ? ["customer.manage"] : [])
    }
    #expect(cells.findings.contains { $0.operation == "unit.add" && $0.role == .requester && $0.isAllowed })
    let fewer = try await Self.cells(world, of: ["person.list"]) { world.database.permissions(of: $0).subtracting(["person.read"]) }
    #expect(fewer.findings.contains { $0.operation == "person.list" && !$0.isAllowed })
  }

  /// What the migration gave the stock roles is what the operations declare.
  @Test func theRolesInTheDatabaseAreTheDeclaredOnes() async throws {
    let world = try await World.shared.value
    let stored = Set(try await world.texts("select role || ' ' || permission from tenancy.role_permission"))
    let declared = Set(
      world.registry.operations.flatMap { operation -> [String] in
        if case .anonymous = operation.declaration.reach { return [] }
        return operation.declaration.roles.map { "\($0.rawValue) \(operation.declaration.permission)" }
      })
    #expect(stored == declared)
  }

  /// Nobody, a token limited to other permissions, an expired grant, and a customer that is not granted reach nothing.
  @Test func withoutAGrantNothingIsDone() async throws {
    let world = try await World.shared.value
    let callers = try await Callers(world)
    let now = world.database.clock.now()
    for operation in world.registry.operations {
      if case .anonymous = operation.declaration.reach { continue }
      let name = operation.declaration.name
      for caller in callers.all where operation.declaration.allows(caller) {
        let full = caller.principal
        func limited(_ grants: [Grant], _ only: Set<String>?) -> Principal {
          Principal(
            actor: full.actor, tenant: full.tenant, side: full.side, name: full.name, person: full.person, grants: grants, onlyPermissions: only)
        }
        let expired = full.grants.map { Grant(role: $0.role, permissions: $0.permissions, scope: $0.scope, expiresAt: now) }
        for principal in [limited([], nil), limited(full.grants, ["something.else"]), limited(expired, nil)] {
          let answer = await world.answer(name, .object([Value.Member]()), as: principal)
          #expect(answer.failure?.kind == .denied, "\(name) as \(caller)")
        }
        break
      }
      let nobody = await world.answer(name, .object([Value.Member]()), as: .anonymous(provider: world.provider.id, via: .http))
      #expect([.denied, .unauthenticated].contains(nobody.failure?.kind), "\(name) as nobody")
    }
  }
}
