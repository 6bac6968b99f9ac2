import Foundation
import TestSupport
import Testing

/// What the server registers is what is walked here.
@Suite struct TestedModulesTests {
  @Test func theModulesAreThoseOfTheServer() throws {
    let text = try String(contentsOf: RealData.packageRoot.appendingPathComponent("Sources/steward/Modules.swift"), encoding: .utf8)
    let served = Set(text.matches(of: /([A-Za-z]+Module)\.self/).map { String($0.1) })
    #expect(served.count > 3)
    #expect(Set(TestedModules.all.map { String(describing: $0) }) == served)
  }
}
