import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// What the registry refuses to hold, each with a fixture.
@Suite struct RegistryDefectTests {
  @Test func aSecondOperationOfANameIsRefused() {
    #expect(throws: Registry.Defect.duplicateOperation("probe.run")) { try Registry([TwiceInAModule.self]) }
    #expect(throws: Registry.Defect.duplicateOperation("probe.run")) { try Registry([Good.self, Again.self]) }
  }

  @Test func aBadNameIsRefused() {
    #expect(throws: Registry.Defect.badName("probe")) { try Registry([NoVerb.self]) }
    #expect(throws: Registry.Defect.badName("probe.")) { try Registry([EmptyVerb.self]) }
    #expect(throws: Registry.Defect.badName("probe.run.now")) { try Registry([ThreeParts.self]) }
    #expect(throws: Registry.Defect.badName("Probe.run")) { try Registry([CapitalLetter.self]) }
    #expect(throws: Registry.Defect.badName("probe.r/n")) { try Registry([Slash.self]) }
  }

  @Test func aTargetFieldThatThereIsNotIsRefused() {
    #expect(throws: Registry.Defect.unknownTargetField(operation: "probe.run", field: "customer")) { try Registry([NoTarget.self]) }
    #expect(throws: Registry.Defect.unknownTargetField(operation: "probe.run", field: "id")) { try Registry([NoTargetOfTwo.self]) }
  }

  @Test func anOperationWithoutAPermissionIsRefused() {
    #expect(throws: Registry.Defect.writesWithoutPermission("probe.run")) { try Registry([NoPermission.self]) }
  }

  /// What is not registered cannot be called, whatever its name and whoever asks.
  @Test func whatIsNotRegisteredCannotBeCalled() async throws {
    let database = try await TestDatabase.make()
    for name in ["probe.run", "", "customer", "customer.", "customer.create ", "CUSTOMER.CREATE", "../customer.create", "customer.create\u{0}"] {
      do throws(Failure) {
        _ = try await database.call(name, [:], as: database.root)
        Issue.record("\(name.debugDescription) is called")
      } catch {
        #expect(error.kind == .notFound && error.code == OperationMessages.unknownOperation.key, "\(name.debugDescription)")
      }
    }
    #expect(try Registry([Good.self])["probe.run"] != nil)
  }
}

/// An operation that differs from a good one by its declaration.
private protocol Fixture: Operation where Input == NoInput, Output == Done {}

extension Fixture {
  static func run(_ input: NoInput, in context: OperationContext) async throws -> Done { Done() }

  static func declared(_ name: String, permission: String? = nil, reach: Reach = .home) -> Declaration {
    Declaration(name, "Probe.", zh: "探测。", permission: permission, roles: [], reach: reach, effect: .read)
  }
}

private protocol FixtureModule: OperationModule {}

extension FixtureModule {
  static var messages: [Message] { [] }
  static var constraints: [String: Message] { [:] }
}

private enum Probe: Fixture { static let declaration = declared("probe.run") }
private enum Good: FixtureModule { static let operations: [any Operation.Type] = [Probe.self] }
private enum Again: FixtureModule { static let operations: [any Operation.Type] = [Probe.self] }
private enum TwiceInAModule: FixtureModule { static let operations: [any Operation.Type] = [Probe.self, Probe.self] }

private enum NoVerb: FixtureModule, Fixture {
  static let declaration = declared("probe")
  static let operations: [any Operation.Type] = [Self.self]
}

private enum EmptyVerb: FixtureModule, Fixture {
  static let declaration = declared("probe.")
  static let operations: [any Operation.Type] = [Self.self]
}

private enum ThreeParts: FixtureModule, Fixture {
  static let declaration = declared("probe.run.now")
  static let operations: [any Operation.Type] = [Self.self]
}

private enum CapitalLetter: FixtureModule, Fixture {
  static let declaration = declared("Probe.run")
  static let operations: [any Operation.Type] = [Self.self]
}

private enum Slash: FixtureModule, Fixture {
  static let declaration = declared("probe.r/n")
  static let operations: [any Operation.Type] = [Self.self]
}

private enum NoTarget: FixtureModule, Fixture {
  static let declaration = declared("probe.run", reach: .one(by: "customer"))
  static let operations: [any Operation.Type] = [Self.self]
}

private enum NoTargetOfTwo: FixtureModule, Fixture {
  static let declaration = declared("probe.run", reach: .oneAndProvider(by: "id"))
  static let operations: [any Operation.Type] = [Self.self]
}

private enum NoPermission: FixtureModule, Fixture {
  static let declaration = declared("probe.run", permission: "")
  static let operations: [any Operation.Type] = [Self.self]
}
