import TestSupport
import Testing

@testable import Desk

/// What cells a level has that was added.
@Suite struct MatrixFillTests {
  private static let stock: [PriorityCell] = [1, 2, 3].flatMap { (impact: Int64) in
    [1, 2, 3].map { (urgency: Int64) in PriorityCell(impact: impact, urgency: urgency, priority: impact + urgency - 1) }
  }

  @Test func theNearestLevelGivesThem() {
    let all: [Int64] = [1, 2, 3, 4, 5]
    let fourth = MatrixFill.missing(in: Self.stock, impacts: [4, 1, 2, 3], urgencies: [1, 2, 3], inUse: all)
    #expect(fourth.map { [$0.impact, $0.urgency, $0.priority] } == [[4, 1, 3], [4, 2, 4], [4, 3, 5]])
    #expect(MatrixFill.missing(in: Self.stock, impacts: [1, 2, 3], urgencies: [1, 2, 3], inUse: all).isEmpty)
    // Between two that are as near the graver one gives them.
    let outer = Self.stock.filter { $0.urgency != 2 }
    #expect(MatrixFill.missing(in: outer, impacts: [1, 2, 3], urgencies: [1, 2, 3], inUse: all).map(\.priority) == [1, 2, 3])
    // A retired priority makes way for the nearest in use, of two the graver one.
    let corner = MatrixFill.missing(in: Self.stock, impacts: [1, 2, 3], urgencies: [1, 2, 3, 4], inUse: [1, 3, 5])
    #expect(corner.map(\.priority) == [3, 3, 5])
    #expect(MatrixFill.missing(in: Self.stock, impacts: [1, 2, 3], urgencies: [1, 2, 3, 4], inUse: []).map(\.priority) == [3, 4, 5])
    #expect(MatrixFill.missing(in: [], impacts: [1], urgencies: [1], inUse: all).isEmpty)
  }

  /// Every pair has a priority afterwards, that of the nearest in rings around it.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func noPairIsWithoutAPriority(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let levels = Array(1...9 as ClosedRange<Int64>)
      func few() -> [Int64] { Array(levels.shuffled(using: &random).prefix(Int.random(in: 1...5, using: &random))) }
      let (impacts, urgencies, inUse) = (few(), few(), few())
      let (newImpacts, newUrgencies) = (Set(impacts).union(few()), Set(urgencies).union(few()))
      var table: [[Int64]: Int64] = [:]
      for impact in impacts { for urgency in urgencies { table[[impact, urgency]] = levels.randomElement(using: &random) } }
      let cells = table.map { PriorityCell(impact: $0.key.first ?? 0, urgency: $0.key.last ?? 0, priority: $0.value) }.shuffled(using: &random)
      let missing = MatrixFill.missing(in: cells, impacts: Array(newImpacts), urgencies: Array(newUrgencies), inUse: inUse)
      #expect(missing.count == newImpacts.count * newUrgencies.count - cells.count)
      for cell in missing {
        #expect(table[[cell.impact, cell.urgency]] == nil)
        let near = [Self.ring(around: cell.impact, in: impacts), Self.ring(around: cell.urgency, in: urgencies)]
        let expected = table[near].map { Self.ring(around: $0, in: inUse) }
        #expect(cell.priority == expected, "\(cell) \(near) \(inUse)")
      }
      #expect(missing == missing.sorted { ($0.impact, $0.urgency) < ($1.impact, $1.urgency) })
    }
  }

  /// The first that is met, going outwards by one, the graver side first.
  private static func ring(around center: Int64, in numbers: [Int64]) -> Int64 {
    var distance: Int64 = 0
    while distance < 9 {
      if numbers.contains(center - distance) { return center - distance }
      if numbers.contains(center + distance) { return center + distance }
      distance += 1
    }
    return 0
  }
}
