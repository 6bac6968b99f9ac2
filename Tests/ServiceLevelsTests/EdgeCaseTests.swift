import Foundation
import TestSupport
import Testing

/// Every row of ``EdgeCases`` is shown by tests that exist.
@Suite struct EdgeCaseTests {
  private static func testNames() throws -> Set<String> {
    let folder = RealData.packageRoot.appending(path: "Tests")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var names: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for part in text.components(separatedBy: "func ").dropFirst() { names.insert(String(part.prefix { $0.isLetter || $0.isNumber })) }
    }
    return names
  }

  @Test func everyRowHasItsTests() throws {
    let names = try Self.testNames()
    #expect(names.contains("everyRowHasItsTests") && !names.contains("noSuchTest"))
    for row in EdgeCases.rows {
      #expect(row.tests.isEmpty == (row.elsewhere != nil), "\(row.name)")
      for test in row.tests { #expect(names.contains(test), "\(row.name): there is no test \(test)") }
    }
    #expect(EdgeCases.rows.count == 20 && Set(EdgeCases.rows.map(\.name)).count == 20)
  }
}
