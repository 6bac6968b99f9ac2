import Kernel

/// Work that is found by its number: of all that there is to do one after the other, each in transactions of its own, and a piece of it looked for at a
/// time.
///
/// One that fails holds up no other: it is left for the next run, and the run ends by saying so.
package enum OneByOne {
  /// - Parameters:
  ///   - limit: how many are looked for at once.
  ///   - find: the first of what lies behind a number, by their numbers, as many as the limit at the most.
  ///   - number: by which they are ordered.
  ///   - name: what is said of one when it fails.
  ///   - work: does one; what somebody else has done meanwhile it leaves as it is.
  /// - Throws: ``LeftUndone`` when something failed.
  package static func run<Found: Sendable>(
    limit: Int64, find: (_ behind: Int64) async throws -> [Found], number: (Found) -> Int64, name: (Found) -> String, work: (Found) async throws -> Void
  ) async throws {
    var rest = LeftUndone()
    var behind: Int64 = 0
    while true {
      try Task.checkCancellation()
      let found = try await find(behind)
      for one in found {
        try Task.checkCancellation()
        do {
          try await work(one)
          FaultPoint.sweepStep.reach()
        } catch  where !Task.isCancelled {
          rest.add(name(one), error)
        }
      }
      guard found.count == Int(limit), let last = found.last else { break }
      behind = number(last)
    }
    if !rest.isEmpty { throw rest }
  }
}
