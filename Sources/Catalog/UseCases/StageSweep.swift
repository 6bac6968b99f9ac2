import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Notes the announced entries and retirements whose day has come. What the catalogue says of a day does not wait for it: it opens an
/// entered service to the customers' side of row security, which has no clock, and tells by an event that the day was there.
package struct StageSweep: Sweep {
  package static let kind = "catalog.stages"
  package static let everySeconds: Int64 = 60

  private static let batch: Int64 = 500
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    while true {
      try Task.checkCancellation()
      let moved = try await tenancy.transaction(binding: [provider.id], side: .staff) { try await move(provider, now, in: $0) }
      FaultPoint.sweepStep.reach()
      guard moved == Self.batch else { return }
    }
  }

  private func move(_ provider: TenantEntry, _ now: Instant, in transaction: Transaction) async throws -> Int64 {
    let today = provider.day(at: now)
    let due = try await transaction.query(ServicesToMove(today: today, limit: Self.batch))
    for service in due {
      var version = service.version
      for (state, day) in service.life.reached(after: service.state, by: today) {
        guard let moved = try await transaction.first(MoveService(id: service.id, version: version, state: state)) else { break }
        version = moved
        let id = provider.id(IdKind.service.prefix, service.publicId)
        transaction.record(Self.event(of: service.id, version, id, state, on: day, at: now), tenant: provider.id, actor: Self.actor, at: now)
      }
    }
    return Int64(due.count)
  }

  /// That a service entered the catalogue, or left it, on a day.
  static func event(of service: Int64, _ version: Int64, _ id: PublicId, _ state: PortfolioState, on day: CalendarDate, at now: Instant) -> Event {
    Event(
      subjectKind: "service", subject: service, seq: version, type: state == .retired ? "service.retired" : "service.entered",
      payload: .object(["service": .id(id), "on": .date(day)]), occurredAt: now)
  }
}

extension OperationContext {
  /// Tells what days brought since the service was last written, as the sweep does: it finds nothing any more once a change came first.
  /// - Returns: the version that it has then.
  func noteDays(of row: ServiceRow) async throws -> Int64 {
    var version = row.version
    for (state, day) in row.content.life.reached(after: row.state, by: today) {
      guard let moved = try await transaction.first(MoveService(id: row.id, version: version, state: state)) else { throw beaten }
      version = moved
      record(StageSweep.event(of: row.id, version, id(.service, row.publicId), state, on: day, at: now))
    }
    return version
  }
}
