import Kernel
import Operations
import Testing

@testable import AdminProtocol

/// What `AS tenant=` adds to a command, of all operations.
@Suite struct MeantCustomerTests {
  /// Guard: what a write takes as `customers` is a part of what it writes, such as for whom a role counts.
  @Test func onlyReadsOverAllCustomersAreNarrowed() throws {
    let registry = try Registry(TestedModules.all)
    var narrowed: Set<String> = []
    for operation in registry.operations {
      let declaration = operation.declaration
      let input = try OperationCommand.input(AdminCommand(words: ["x"]), for: operation, customer: "cus_acme")
      guard input["customers"] != nil else { continue }
      narrowed.insert(declaration.name)
      let isOverAll = if case .many = declaration.reach { true } else { false }
      #expect(isOverAll && declaration.effect == .read, "\(declaration.name)")
    }
    let expected: Set<String> = ["incident.queue", "incident.count", "alert.queue", "request.queue", "work.queue", "work.count"]
    #expect(narrowed.isSuperset(of: expected))
  }
}
