import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// A generated call of every operation succeeds for every stock role that holds it, shows nothing of the other twin,
/// leaves its audit row, and leaves secrets nowhere.
@Suite struct ValidCallTests {
  @Test(arguments: Portion.quarters) func everyOperationSucceedsForItsStockRoles(portion: Portion) async throws {
    let world = try await World.make()
    let callers = try await Callers(world)
    _ = try await world.seeded("per", in: world.b)
    var calls = 0
    for operation in portion.operations(of: world) where NotGenerated.reasons[operation.declaration.name] == nil {
      let name = operation.declaration.name
      let holding = callers.holding(operation.declaration)
      #expect(holding.count == operation.declaration.roles.count, "\(name): a role holds it in no scope that it honours")
      for caller in holding {
        let call = try await world.validCall(operation, for: world.a, by: caller.principal)
        let answer = await world.answer(name, call.input, as: caller.principal, version: call.version)
        calls += 1
        if let failure = answer.failure {
          Issue.record("\(name) as \(caller): \(failure) \(failure.violations) for \(call.input)")
          continue
        }
        let shown = JSON.text(answer.value ?? .null)
        #expect(!world.b.isShown(in: shown), "\(name) as \(caller) shows B: \(shown)")
        if operation.declaration.effect.writes { try await expectAudited(name, answer, world, caller) }
      }
    }
    #expect(NotGenerated.reasons.keys.filter { world.registry[$0] == nil && $0 != "password.change" && $0 != "job.retry" } == [])
    print("valid calls: \(calls) of \(world.registry.operations.count) operations")
  }

  private func expectAudited(_ name: String, _ answer: World.Answer, _ world: World, _ caller: Caller) async throws {
    let rows = try await world.texts(
      "select operation || ' ' || outcome || ' ' || coalesce(subject, '-') from operations.audit where request_id = '\(answer.requestId)'")
    #expect(rows.count == 1, "\(name) as \(caller): \(rows)")
    #expect(rows.allSatisfy { $0.hasPrefix("\(name) done ") }, "\(name) as \(caller): \(rows)")
    if !WithoutSubject.reasons.keys.contains(name) {
      #expect(rows.allSatisfy { !$0.hasSuffix(" -") }, "\(name) as \(caller) names no subject in the audit")
    }
  }

  @Test func secretsAreStoredNowhere() async throws {
    let world = try await World.make()
    let callers = try await Callers(world)
    var tried = 0
    for operation in world.registry.operations where NotGenerated.reasons[operation.declaration.name] == nil && operation.declaration.effect.writes {
      let secrets = operation.inputFields.filter(\.isSecret)
      guard let caller = callers.holding(operation.declaration).first else { continue }
      var call = try await world.validCall(operation, for: world.a, by: caller.principal)
      for field in secrets {
        call.input = call.input.replacing(InputPath([.member(field.name)]), with: .text("SECRETMARK-\(tried)-of-\(field.name)"))
        tried += 1
      }
      let answer = await world.answer(operation.declaration.name, call.input, as: caller.principal, version: call.version)
      if !secrets.isEmpty { #expect(answer.failure == nil, "\(operation.declaration.name): \(String(describing: answer.failure))") }
      // What is shown once: bearer secrets in any output.
      let shown = JSON.text(answer.value ?? .null)
      for secret in shown.split(separator: "\"").filter({ $0.hasPrefix("stw_") }) {
        let stored = try await world.database.superuser.transaction { try await $0.query(ProbeTablesHolding(text: String(secret))) }
        #expect(stored == [], "the secret that \(operation.declaration.name) shows once is stored")
      }
    }
    // Whatever the operations wrote, in whatever table.
    let stored = try await world.database.superuser.transaction { try await $0.query(ProbeTablesHolding(text: "SECRETMARK")) }
    #expect(stored == [], "secrets of \(tried) fields")
    // The same search finds what is there (guard of the guard).
    let names = try await world.database.superuser.transaction { try await $0.query(ProbeTablesHolding(text: world.a.canary)) }
    #expect(names.contains { $0.hasPrefix("tenancy.org_unit=") })
  }

  @Test func theFirstAdministratorAndALogin() async throws {
    let database = try await TestDatabase.make(TestedModules.all)
    let token = try #require(try await Installation(tenancy: database.tenancy).setupToken(provider: database.provider))
    let nobody = Principal.anonymous(provider: database.provider.id, via: .http)
    let input: KeyValuePairs<String, Value> = [
      "token": .text(token), "login": "first@example.test", "name": "First", "password": .text(Samples.password),
    ]
    try await database.call("setup.complete", input, as: nobody)
    await expectFailure(.unauthenticated) { try await database.call("setup.complete", input, as: nobody) }
    let session = try await database.call(
      "session.open", ["tenant": "PROV", "login": "first@example.test", "password": .text(Samples.password)], as: nobody)
    let bearer = try #require(session["token"]?.text)
    let principal = try #require(try await Authenticator(tenancy: database.tenancy).principal(bearer: bearer, via: .http, peer: "192.0.2.1"))
    #expect(principal.grants.map(\.role) == [StockRole.administrator.rawValue])
    #expect(principal.grants.first?.permissions == database.permissions(of: .administrator))
  }
}

/// Writing operations whose audit row names nothing, with the reason.
enum WithoutSubject {
  static let reasons: [String: String] = [
    "notification.mark_all_read": "all that one has",
    "notification.hold": "one switch for all", "notification.release": "one switch for all",
    "notification_template.set": "named by event and language", "notification_template.reset": "named by event and language",
    "sweep.schedule": "named by its kind", "sweep.unschedule": "named by its kind",
    "session.close": "ends the caller's own session; the actor stands in the row",
    "catalogue.apply": "is about the whole catalogue; what it changed stands in the events of each thing",
  ]
}

extension World.Twin {
  /// Whether a text tells anything of the twin: its canary, or an id with its handle.
  func isShown(in text: String) -> Bool {
    // 32 bits of the handle are six letters and two bits of the seventh.
    text.contains(canary) || text.contains("_\(entry.handle.description.prefix(6))")
  }
}

extension JSON {
  static func text(_ value: Value) -> String { String(decoding: JSON.write(value), as: UTF8.self) }
}
