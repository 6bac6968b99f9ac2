import Catalog
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Moves on what time, or an act of a customer's people, has left to do: begins requests that were only recorded, opens the tasks of those that
/// were agreed to (which are the staff's own to read), and decides approvals whose time is over, at the instant at which it was over.
package struct RequestSweep: Sweep {
  package static let kind = "requests.move"
  package static let everySeconds: Int64 = 5

  private static let batch: Int32 = 500

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    var seen: Set<RequestsToMove.Found> = []
    while true {
      try Task.checkCancellation()
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) {
        try await $0.query(RequestsToMove(now: now, limit: Self.batch))
      }
      // What could not be moved is found again: the next run tries it.
      let fresh = Set(found).subtracting(seen)
      guard !fresh.isEmpty else { return }
      seen.formUnion(fresh)
      var fault: (any Error)?
      for one in fresh {
        do {
          try await tenancy.transaction(binding: [one.tenant], side: .staff) { try await move(one, now, tenancy.random, in: $0) }
        } catch  where !Task.isCancelled {
          // One that cannot be moved holds up no other; that it could not is told when all others were.
          fault = fault ?? error
        }
      }
      if let fault { throw fault }
    }
  }

  private func move(_ found: RequestsToMove.Found, _ now: Instant, _ random: RandomSource, in transaction: Transaction) async throws {
    guard let tenant = try await transaction.first(TenantOfRequest(tenant: found.tenant)),
      var work = try await RequestWork.load(found.request, of: tenant, at: now, random, in: transaction)
    else { return }
    if work.process.request.state == .submitted { try await begin(&work) }
    if work.process.request.state == .approved { try await work.open() }
    try await work.save()
  }

  private func begin(_ work: inout RequestWork) async throws {
    guard let stored = try await work.transaction.first(ContentOfVersion(version: work.held.offeringVersion)) else { return }
    let content = try OfferingContent.read(stored)
    let answers = work.held.answers.members ?? []
    let reading = AnswerRule(form: content.form).read(work.held.answers)
    let people = try await work.transaction.query(
      PersonsOfRequest(tenant: work.tenant.id, publicIds: Array(Set(reading.persons.values)), own: nil))
    try work.begin(content, value: content.value(of: answers), persons: people.named(by: reading.persons))
  }
}

struct TenantOfRequest: Statement {
  let tenant: TenantId

  static let sql = "select id, handle, public_id, kind, code, name, zone, language, state, version from tenancy.tenant where id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> TenantEntry { try TenantEntry(&row) }
}

extension [PersonsOfRequest.Found] {
  /// The persons whom answers name, by the key of the field.
  func named(by answers: [String: PublicId]) -> [String: Int64] {
    answers.compactMapValues { id in first { $0.publicId == id.random }?.id }
  }
}
