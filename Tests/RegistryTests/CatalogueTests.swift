import Kernel
import Operations
import Testing

/// Every text that the registry brings, in both languages.
@Suite struct CatalogueTests {
  private let registry: Registry

  init() throws { registry = try Registry(TestedModules.all) }

  @Test func keysAreUnique() {
    let keys = registry.messages.map(\.key)
    let twice = Dictionary(grouping: keys) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
    #expect(twice == [])
  }

  @Test func everyTextIsInBothLanguages() {
    let summaries = registry.operations.flatMap { operation in
      [operation.declaration.summary] + Self.summaries(operation.inputFields) + Self.summaries(operation.outputSchema)
    }
    #expect(summaries.count > registry.operations.count)
    for message in registry.messages + summaries {
      for defect in Self.defects(of: message) { Issue.record("\(message.key): \(defect)") }
    }
  }

  /// What a constraint of a table means is a text of the catalogue.
  @Test func theTextsOfConstraintsAreInTheCatalogue() {
    let keys = Set(registry.messages.map(\.key))
    for module in TestedModules.all {
      for (name, message) in module.constraints { #expect(keys.contains(message.key), "\(name): \(message.key)") }
    }
  }

  /// Each rule finds its known-bad text.
  @Test(arguments: [
    Message("", "Text.", zh: "文本。"), Message("a", "", zh: "文本。"), Message("a", "Text.", zh: "Text."), Message("a", "Text.", zh: ""),
    Message("a", "Text {x}.", zh: "文本。"), Message("a", "Text.", zh: "文本 {x}。"), Message("a", " Text.", zh: "文本。"), Message("a b", "Text.", zh: "文本。"),
    Message("a", "文本", zh: "文本"),
  ])
  func aDefectiveTextIsFound(message: Message) { #expect(!Self.defects(of: message).isEmpty) }

  static func defects(of message: Message) -> [String] {
    var defects: [String] = []
    let isCJK = { (text: String) in text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) } }
    if message.key.isEmpty || message.key.contains(where: { $0.isWhitespace }) { defects.append("no key") }
    if message.english.isEmpty { defects.append("no English") }
    if isCJK(message.english) { defects.append("Chinese in the English text") }
    if !isCJK(message.chinese) { defects.append("no Chinese: \(message.chinese)") }
    if message.placeholders(.english) != message.placeholders(.chinese) { defects.append("other placeholders") }
    if message.english.first?.isWhitespace ?? false || message.english.last?.isWhitespace ?? false { defects.append("outer spaces") }
    return defects
  }

  private static func summaries(_ fields: [any InputField]) -> [Message] {
    fields.flatMap { [$0.summary] + summaries($0.type) }
  }

  private static func summaries(_ type: FieldType) -> [Message] {
    switch type {
    case .list(let element, _): summaries(element)
    case .object(let fields): summaries(fields)
    case .document(let shape): [shape]
    default: []
    }
  }

  private static func summaries(_ type: OutputType) -> [Message] {
    switch type {
    case .list(let element): summaries(element)
    case .object(let fields): fields.flatMap { [$0.summary] + summaries($0.type) }
    default: []
    }
  }
}
