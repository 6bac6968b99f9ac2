import Catalog
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Moves on what time, or an act of a customer's people, has left to do: opens the tasks of what was agreed to (which are the staff's own to
/// read), decides approvals whose time is over, and closes what is fulfilled and nobody has objected to, at the instant at which the time was over.
package struct RequestSweep: Sweep {
  package static let kind = "requests.move"
  package static let everySeconds: Int64 = 5
  package static let isPrompt = true

  private let batch: Int32

  /// - Parameter batch: how many are looked for at once.
  package init(batch: Int32 = 500) { self.batch = batch }

  /// One that cannot be moved holds up no other, and is tried again by the next run.
  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    var rest = LeftUndone()
    var after: RequestsToMove.Found?
    repeat {
      try Task.checkCancellation()
      let statement = RequestsToMove(now: now, after: after, limit: batch)
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(statement) }
      for one in found {
        do {
          try await tenancy.transaction(binding: [one.tenant], side: .staff) { try await move(one, now, tenancy.random, in: $0) }
          FaultPoint.sweepStep.reach()
        } catch  where !Task.isCancelled {
          rest.add("request \(one.request) of tenant \(one.tenant)", error)
        }
      }
      after = found.count < Int(batch) ? nil : found.last
    } while after != nil
    if !rest.isEmpty { throw rest }
  }

  private func move(_ found: RequestsToMove.Found, _ now: Instant, _ random: RandomSource, in transaction: Transaction) async throws {
    guard let tenant = try await transaction.first(TenantById(tenant: found.tenant)),
      var work = try await RequestWork.load(found.request, of: tenant, at: now, random, in: transaction)
    else { return }
    if work.process.request.state == .approved { try await work.open() }
    try await work.save()
  }
}

extension [PersonsOfRequest.Found] {
  /// The persons whom answers name, by the key of the field.
  func named(by answers: [String: PublicId]) -> [String: Int64] {
    answers.compactMapValues { id in first { $0.publicId == id.random }?.id }
  }
}
