import Contracts
import Desk
import Kernel
import ServiceLevels
import Testing

@testable import AdminProtocol
@testable import Operations

@Suite struct OperationCommandTests {
  private let registry: Registry

  init() throws {
    registry = try Registry([PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self])
  }

  /// Guard: with `AS tenant=ACME` a queue over all customers would show all of them.
  @Test func theCustomerThatIsMeantNarrowsAQueue() throws {
    let queue = try #require(registry["incident.queue"])
    let meant = try OperationCommand.input(AdminCommand(words: ["incident", "queue"]), for: queue, customer: "cus_acme")
    #expect(meant == .object(["customers": .array(["cus_acme"])]))
    let said = AdminCommand(words: ["incident", "queue"], arguments: [.init("customers", "OTHER,THIRD")])
    #expect(try OperationCommand.input(said, for: queue, customer: "cus_acme") == .object(["customers": .array(["OTHER", "THIRD"])]))
    #expect(try OperationCommand.input(AdminCommand(words: ["incident", "queue"]), for: queue, customer: nil) == .object([] as [Value.Member]))
    let list = try #require(registry["incident.list"])
    let one = try OperationCommand.input(AdminCommand(words: ["incident", "list"]), for: list, customer: "cus_acme")
    #expect(one == .object(["customer": "cus_acme"]))
  }

  /// Guard: without the effect and the reach, a role that is given for every customer would be given for one, unsaid.
  @Test func nothingButAReadOverAllCustomersIsNarrowed() throws {
    var narrowed: Set<String> = []
    for operation in registry.operations where operation.inputFields.contains(where: { $0.name == "customers" }) {
      let input = try OperationCommand.input(AdminCommand(words: ["x"]), for: operation, customer: "cus_acme")
      guard input["customers"] != nil else { continue }
      narrowed.insert(operation.declaration.name)
      guard case .many = operation.declaration.reach else {
        Issue.record("\(operation.declaration.name) is not over all customers")
        continue
      }
      #expect(operation.declaration.effect == .read, "\(operation.declaration.name)")
    }
    #expect(narrowed.isSuperset(of: ["incident.queue", "incident.count"]) && !narrowed.contains("staff_grant.add"))
    let grant = try #require(registry["staff_grant.add"])
    #expect(grant.inputFields.contains { $0.name == "customers" })
    #expect(try OperationCommand.input(AdminCommand(words: ["staff-grant", "add"]), for: grant, customer: "cus_acme") == .object([] as [Value.Member]))
  }

  /// Of what is no thing with an id, but a list, a table has the elements as rows.
  @Test func aReportIsATableOfItsRows() throws {
    let filters = try #require(registry["queue_filter.list"])
    let value = Value.object(["filters": .array([.object(["name": "A"]), .object(["name": "B"])])])
    guard case .listing(let table) = OperationCommand.reply(value, isReplay: false, of: filters, key: nil, .csv).content else {
      Issue.record("no listing")
      return
    }
    #expect(table.rows.count == 2 && table.columns.contains("name"))
    guard case .thing = OperationCommand.reply(value, isReplay: false, of: filters, key: nil, .json).content else {
      Issue.record("only a table has rows")
      return
    }
    // An incident has lists, and is one thing.
    let incident = try #require(registry["incident.read"])
    guard case .thing = OperationCommand.reply(.object(["id": "inc_x"]), isReplay: false, of: incident, key: nil, .csv).content else {
      Issue.record("an incident is one row")
      return
    }
  }
}
