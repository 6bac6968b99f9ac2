import Jobs
import Kernel
import Testing

/// Sweeps that find their work by its number.
@Suite struct OneByOneTests {
  /// Against the list itself, whatever fits into a look.
  @Test(arguments: [1, 2, 3, 4, 5, 100] as [Int64])
  func eachIsDoneOnceInItsOrderAndWhatFailsHoldsUpNoOther(limit: Int64) async throws {
    let all: [Int64] = [3, 5, 8, 13, 21]
    var done: [Int64] = []
    var told: [String] = []
    do {
      try await OneByOne.run(limit: limit) { behind -> [Int64] in
        Array(all.filter { $0 > behind }.prefix(Int(limit)))
      } number: {
        $0
      } name: {
        "number \($0)"
      } work: { one in
        guard one != 8, one != 21 else { throw Trouble() }
        done.append(one)
      }
    } catch let undone as LeftUndone {
      told = undone.faults.map { $0.what }
    }
    #expect(done == [3, 5, 13])
    #expect(told == ["number 8", "number 21"])
  }

  @Test func whereThereIsNothingNothingIsDone() async throws {
    let looks = Counter()
    try await OneByOne.run(limit: 10) { _ -> [Int64] in
      looks.next()
      return []
    } number: {
      $0
    } name: {
      "\($0)"
    } work: { _ in
      Issue.record("there is nothing")
    }
    #expect(looks.value == 1)
  }

  /// A server that ends leaves the rest to another, and does not tell of it as a fault.
  @Test func whoIsCancelledBeginsNoOther() async throws {
    let begun = Counter()
    let running = Task {
      try await OneByOne.run(limit: 10) { behind -> [Int64] in
        behind == 0 ? [1, 2, 3] : []
      } number: {
        $0
      } name: {
        "\($0)"
      } work: { _ in
        begun.next()
        try await Task.sleep(for: .seconds(60))
      }
    }
    for _ in 0..<1500 where begun.value == 0 { try await Task.sleep(for: .milliseconds(20)) }
    running.cancel()
    await #expect(throws: CancellationError.self) { try await running.value }
    #expect(begun.value == 1)
  }
}
