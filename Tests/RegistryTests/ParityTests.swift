import HTTPAPI
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// The same call over HTTP and by the admin protocol comes to the same: for every operation and every stock role.
@Suite struct ParityTests {
  @Test func bothInterfacesTellTheSame() async throws {
    let world = try await World.make()
    var compared = 0
    var differences: [String] = []
    try await Edges.with(world) { edges in
      for role in StockRole.allCases {
        for scope in role.scopes {
          var caller = try await EdgeCaller.make(world, role, scope)
          var clients = try await EdgeClients(edges, caller)
          for operation in world.registry.operations where NotGenerated.reasons[operation.declaration.name] == nil {
            let declaration = operation.declaration
            var pairs: [(ValidCall, ValidCall)] = []
            let nothing = ValidCall(input: .object([]), version: nil)
            if declaration.roles.contains(role), declaration.scopes.contains(scope) {
              let first = try await world.validCall(operation, for: world.a, by: caller.principal)
              // What only reads may be called twice; what acts gets another thing of the same kind to act on.
              let second = declaration.effect.writes ? try await world.validCall(operation, for: world.a, by: caller.principal) : first
              pairs += Self.refused(first, operation).map { ($0, $0) } + [(first, second)]
            }
            for (one, other) in [(nothing, nothing)] + pairs {
              let told = (try await clients.overHTTP(operation, one), try await clients.overAdmin(operation, other))
              compared += 1
              if told.0.alike != told.1.alike { differences.append("\(declaration.name) as \(caller) with \(JSON.text(one.input)):\n  \(told.0)\n  \(told.1)") }
              if !declaration.effect.writes, declaration.name != "audit.list", told.0 != told.1, told.0.alike == told.1.alike {
                differences.append("\(declaration.name) as \(caller) reads:\n  \(told.0)\n  \(told.1)")
              }
            }
            guard declaration.name == "session.close" else { continue }
            await clients.close()
            caller = try await EdgeCaller.make(world, role, scope)
            clients = try await EdgeClients(edges, caller)
          }
          await clients.close()
        }
      }
    }
    print("parity: \(compared) calls of \(world.registry.operations.count) operations by HTTP and by the admin protocol")
    #expect(differences.isEmpty, "\(differences.count):\n\(differences.prefix(20).joined(separator: "\n"))")
  }

  /// Calls that must be refused: an unknown field, and each of the fields with what it cannot take.
  private static func refused(_ call: ValidCall, _ operation: RegisteredOperation) -> [ValidCall] {
    let nonsense = String(repeating: "?", count: 1100)
    let members = call.input.members ?? []
    var calls = [ValidCall(input: .object(members + [Value.Member("noSuchField", "x")]), version: call.version)]
    if call.version != nil {
      calls.append(ValidCall(input: call.input, version: nil))
      calls.append(ValidCall(input: call.input, version: 999_999))
    }
    for index in members.indices where members[index].name != "id" {
      if case .text(let length, _)? = operation.inputFields.first(where: { $0.name == members[index].name })?.type, length.upperBound >= nonsense.count {
        continue
      }
      var wrong = members
      wrong[index] = Value.Member(members[index].name, .text(nonsense))
      calls.append(ValidCall(input: .object(wrong), version: call.version))
    }
    return calls
  }
}
