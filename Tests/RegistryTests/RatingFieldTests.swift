import Kernel
import Operations
import Testing

/// Impact, urgency and priority have one range in all operations: what somebody added can be told, and asked for, everywhere.
@Suite struct RatingFieldTests {
  private static let names: Set<String> = ["impact", "urgency", "priority", "priorityTo", "priorities", "urgentTo"]

  @Test func allFieldsTakeTheSameNumbers() throws {
    let found = try Registry(TestedModules.all).operations.flatMap { operation in
      Self.ranges(operation.inputFields, "").map { (path: "\(operation.declaration.name) \($0.path)", range: $0.range) }
    }
    #expect(found.count > 20, "\(found.map(\.path))")
    #expect(found.filter { $0.range.upperBound != Rating.numbers.upperBound || $0.range.lowerBound > Rating.numbers.lowerBound }.map(\.path) == [])
  }

  private static func ranges(_ fields: [any InputField], _ path: String) -> [(path: String, range: ClosedRange<Int64>)] {
    fields.flatMap { ranges($0.type, $0.name, path + $0.name) }
  }

  private static func ranges(_ type: FieldType, _ name: String, _ path: String) -> [(path: String, range: ClosedRange<Int64>)] {
    switch type {
    case .integer(let range): names.contains(name) ? [(path: path, range: range)] : []
    case .list(let element, _): ranges(element, name, "\(path)[]")
    case .object(let fields): ranges(fields, "\(path).")
    default: []
    }
  }
}
