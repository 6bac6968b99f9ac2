import Kernel
import Postgres
import Tenancy

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

  /// The same of what is the provider's own: it is looked for, and each is done, in a transaction of the staff that sees nobody else's rows.
  /// - Parameter look: finds the first of what lies behind a number, by their numbers, as many as the limit at the most.
  package static func run<Look: Statement>(
    of provider: TenantId, _ tenancy: Tenancy, limit: Int64, look: (_ behind: Int64) -> Look, number: (Look.Output) -> Int64,
    name: (Look.Output) -> String, work: (Look.Output, Transaction) async throws -> Void
  ) async throws {
    try await run(limit: limit) { behind in
      let statement = look(behind)
      return try await tenancy.transaction(binding: [provider], side: .staff, readOnly: true) { try await $0.query(statement) }
    } number: {
      number($0)
    } name: {
      name($0)
    } work: { one in
      try await tenancy.transaction(binding: [provider], side: .staff) { try await work(one, $0) }
    }
  }
}
