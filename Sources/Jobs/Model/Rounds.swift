/// Work that lies in many queues, each in an order of its own, as what the incidents of each problem are to be told: a piece of each queue's oldest, round
/// after round, until nothing is left.
///
/// One behind thousands holds up no other. Nor does one that fails: its queue is left for the next run, and the run ends by saying so.
package enum Rounds {
  private static let look: Int64 = 100

  /// - Parameters:
  ///   - oldest: the oldest of each queue behind the one with this number, by the queues' numbers, as many as the limit at the most.
  ///   - queue: the number of its queue.
  ///   - name: what is said of it when it fails.
  ///   - work: does a piece of it; done to the end, it is no more among the oldest.
  /// - Throws: ``LeftUndone`` when something failed.
  package static func run<Oldest: Sendable>(
    oldest: (_ behind: Int64, _ limit: Int64) async throws -> [Oldest], queue: (Oldest) -> Int64, name: (Oldest) -> String,
    work: (Oldest) async throws -> Void
  ) async throws {
    var rest = LeftUndone()
    var stuck: Set<Int64> = []
    var isAnyDone: Bool
    // When the oldest of a queue is done there may be another.
    repeat {
      isAnyDone = false
      var behind: Int64 = 0
      while true {
        try Task.checkCancellation()
        let found = try await oldest(behind, look)
        for one in found where !stuck.contains(queue(one)) {
          do {
            try await work(one)
            isAnyDone = true
          } catch  where !Task.isCancelled {
            stuck.insert(queue(one))
            rest.add(name(one), error)
          }
        }
        guard found.count == Int(look), let last = found.last else { break }
        behind = queue(last)
      }
    } while isAnyDone
    if !rest.isEmpty { throw rest }
  }
}
