import Kernel
import Operations
import Testing

/// Impact, urgency and priority have one range in all operations, which the tables have too.
@Suite struct RatingFieldTests {
  /// Guard: a field with a range of its own refuses a level that was added.
  @Test func everyFieldTakesWhatThereMayBe() throws {
    let registry = try Registry(TestedModules.all)
    var count = 0
    for operation in registry.operations {
      for field in Self.numbers(operation.inputFields) where ["priority", "impact", "urgency"].contains(field.name) {
        count += 1
        #expect(field.range == Rating.numbers, "\(operation.declaration.name): \(field.name)")
      }
    }
    #expect(count >= 10)
  }

  private static func numbers(_ fields: [any InputField]) -> [(name: String, range: ClosedRange<Int64>)] {
    fields.flatMap { numbers($0.name, $0.type) }
  }

  private static func numbers(_ name: String, _ type: FieldType) -> [(name: String, range: ClosedRange<Int64>)] {
    switch type {
    case .integer(let range): [(name: name, range: range)]
    case .list(let element, _): numbers(name, element)
    case .object(let fields): numbers(fields)
    default: []
    }
  }
}
