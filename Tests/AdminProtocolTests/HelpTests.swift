import Contracts
import Desk
import Kernel
import Scorecard
import ServiceLevels
import TestSupport
import Testing

@testable import AdminProtocol
@testable import Operations

@Suite struct HelpTests {
  private let registry: Registry

  init() throws {
    registry = try Registry([PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, ScorecardModule.self, SampleModule.self])
  }

  /// The words of the session come first, so no operation may begin with one, and none may have two spellings of one name.
  @Test func everyOperationIsACommand() throws {
    var seen: Set<String> = []
    for operation in registry.operations {
      let words = OperationCommand.words(operation.declaration).split(separator: " ").map(String.init)
      let command = AdminCommand(words: words)
      #expect(SessionCommand(command) == nil)
      #expect(OperationCommand.operation(command, in: registry)?.declaration.name == operation.declaration.name)
      #expect(seen.insert(words.joined(separator: " ")).inserted)
    }
    #expect(seen.count > 60)
    for words in [["customer"], ["customer", "list", "x"], ["customer", "List"], ["customer.list.x"], []] {
      #expect(OperationCommand.operation(AdminCommand(words: words), in: registry) == nil)
    }
  }

  /// The names of the protocol itself have hyphens or are reserved: no field of an operation is meant by one.
  @Test func noFieldIsHidden() {
    for operation in registry.operations {
      for field in operation.inputFields { #expect(field.name != OperationCommand.versionKey && !field.name.contains("-"), "\(operation.declaration.name)") }
      guard case .object(let fields) = operation.outputSchema else { continue }
      for field in fields { #expect(field.name != "rows" && !field.name.contains("-")) }
    }
  }

  /// An example can be typed as it is: what is left to complain of are the operation's own rules and ids that name nothing.
  @Test func theExamplesAreCommands() throws {
    let byType = Set(InputMessages.all.map(\.key)).subtracting([InputMessages.unknownReference.key, InputMessages.requiredHere.key])
    for operation in registry.operations {
      let example = CommandExample.text(operation)
      var decoder = CommandDecoder()
      decoder.feed(Array((example + "\r\n").utf8))
      guard case .command(let command, _)? = decoder.next() else { return #expect(Bool(false), "\(example)") }
      #expect(OperationCommand.operation(command, in: registry)?.declaration.name == operation.declaration.name)
      #expect((try OperationCommand.expectedVersion(command) != nil) == operation.declaration.requiresVersion)
      let input = try OperationCommand.input(command, for: operation, customer: nil)
      do {
        _ = try operation.read(input)
      } catch {
        for violation in error.violations { #expect(!byType.contains(violation.message.key), "\(example): \(violation.path) \(violation.message.english)") }
      }
    }
  }

  @Test(arguments: Language.allCases) func theTreeIsComplete(language: Language) throws {
    guard case .listing(let overview)? = HelpPages.page([], registry, language)?.content else { return #expect(Bool(false)) }
    #expect(overview.rows.count == SessionCommand.allCases.count + Set(registry.operations.map(\.declaration.noun)).count)
    for operation in registry.operations {
      let words = OperationCommand.words(operation.declaration).split(separator: " ").map(String.init)
      guard case .listing(let verbs)? = HelpPages.page([words[0]], registry, language)?.content else { return #expect(Bool(false)) }
      #expect(verbs.rows.contains { $0["command"]?.text == words.joined(separator: " ") })
      let page = try #require(HelpPages.page(words, registry, language))
      guard case .listing(let inputs) = page.content else { return #expect(Bool(false)) }
      #expect(inputs.rows.filter { !($0["input"]?.text ?? "").contains(where: { ".[".contains($0) }) }.count == operation.inputFields.count)
      #expect(page.fields.last?.value.text == operation.declaration.summary.text(language))
    }
    #expect(HelpPages.page(["nothing"], registry, language) == nil)
    #expect(HelpPages.page(["customer", "destroy"], registry, language) == nil)
    #expect(HelpPages.page(["customer", "list", "x"], registry, language) == nil)
  }

  @Test func theTextsAreInBothLanguages() {
    #expect(Set(AdminMessages.all.map(\.key)).count == AdminMessages.all.count)
    for message in AdminMessages.all {
      #expect(message.chinese.unicodeScalars.contains { (0x4e00...0x9fff).contains($0.value) }, "\(message.key)")
      #expect(message.placeholders(.english) == message.placeholders(.chinese), "\(message.key)")
    }
  }
}
