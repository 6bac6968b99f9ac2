import HTTPAPI
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// The same call over HTTP and by the admin protocol comes to the same: for every operation and every stock role.
@Suite struct ParityTests {
  /// A role each with a world of its own, so that they are asked side by side.
  @Test(arguments: StockRole.allCases) func bothInterfacesTellTheSame(role: StockRole) async throws {
    let world = try await World.make()
    var compared = 0
    var differences: [String] = []
    try await Edges.with(world) { edges in
      for scope in role.scopes {
        var caller = try await EdgeCaller.make(world, role, scope)
        var clients = try await EdgeClients(edges, caller)
        for operation in world.registry.operations where NotGenerated.reasons[operation.declaration.name] == nil {
          let declaration = operation.declaration
          func holds(_ role: StockRole, _ scope: Grant.ScopeKind) -> Bool { declaration.roles.contains(role) && declaration.scopes.contains(scope) }
          let isHolding = holds(role, scope)
          func compare(_ one: Told, _ other: Told, _ call: ValidCall) {
            compared += 1
            // What only reads was called twice with the same input; it tells the same to the last digit.
            let isSame = declaration.effect.writes || operation.isAudit ? one.alike == other.alike : one == other
            if !isSame { differences.append("\(declaration.name) as \(caller) with \(JSON.text(call.input)):\n  \(one)\n  \(other)") }
          }
          if declaration.name == "session.close" {
            // Each interface ends a session of its own.
            let call = ValidCall(input: .object([]), version: nil)
            let one = try await clients.overHTTP(operation, call)
            await clients.close()
            caller = try await EdgeCaller.make(world, role, scope)
            clients = try await EdgeClients(edges, caller)
            compare(one, try await clients.overAdmin(operation, call), call)
            await clients.close()
            caller = try await EdgeCaller.make(world, role, scope)
            clients = try await EdgeClients(edges, caller)
            continue
          }
          // The least that both can be told: what stands in HTTP's path must be there. Where nothing is asked for, that is the valid call.
          let takesId = operation.inputFields.contains { $0.name == "id" }
          let least = ValidCall(input: .object(takesId ? ["id": "none"] : [:]), version: nil)
          var same = isHolding && operation.inputFields.isEmpty ? [] : [least]
          // What is wrong in a call is wrong whoever calls: the first who may is asked.
          let isFirst = StockRole.allCases.first { role in role.scopes.contains { holds(role, $0) } } == role && role.scopes.first { holds(role, $0) } == scope
          if isFirst {
            same += Self.refused(try await world.validCall(operation, for: world.a, by: caller.principal), operation)
          }
          for call in same { compare(try await clients.overHTTP(operation, call), try await clients.overAdmin(operation, call), call) }
          guard isHolding else { continue }
          let first = try await world.validCall(operation, for: world.a, by: caller.principal)
          let one = try await clients.overHTTP(operation, first)
          // What acts gets another thing of the same kind to act on.
          let second = declaration.effect.writes ? try await world.validCall(operation, for: world.a, by: caller.principal) : first
          compare(one, try await clients.overAdmin(operation, second), first)
        }
        await clients.close()
      }
    }
    print("parity as \(role): \(compared) calls of \(world.registry.operations.count) operations by HTTP and by the admin protocol")
    #expect(differences.isEmpty, "\(differences.count):\n\(differences.prefix(20).joined(separator: "\n"))")
  }

  /// Calls that must be refused: an unknown field, and each of the fields with what it cannot take.
  private static func refused(_ call: ValidCall, _ operation: RegisteredOperation) -> [ValidCall] {
    let nonsense = String(repeating: "?", count: 1100)
    let members = call.input.members ?? []
    // What takes another's form passes over what it does not know.
    var calls = operation.takesForeignInput ? [] : [ValidCall(input: .object(members + [Value.Member("noSuchField", "x")]), version: call.version)]
    if call.version != nil {
      calls.append(ValidCall(input: call.input, version: nil))
      calls.append(ValidCall(input: call.input, version: 999_999))
    }
    for index in members.indices where members[index].name != "id" {
      switch operation.inputFields.first(where: { $0.name == members[index].name })?.type {
      case .text(let length, _) where length.upperBound >= nonsense.count: continue
      // A text is a way to write these in a line, so it is wrong there for other reasons than in a JSON body.
      case .list, .object, .document: continue
      default: break
      }
      var wrong = members
      wrong[index] = Value.Member(members[index].name, .text(nonsense))
      calls.append(ValidCall(input: .object(wrong), version: call.version))
    }
    return calls
  }
}

extension RegisteredOperation {
  /// It shows the calls that compare it.
  fileprivate var isAudit: Bool { declaration.name == "audit.list" }
}
