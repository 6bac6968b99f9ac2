import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// That events wait for somebody to say whose they are, for who is told: at once, and then what came besides once in an hour, so that a storm of what
/// nobody knows tells no more than one alert does; and once more before they are ignored.
package enum TriageNews {
  package static let triaged = "event.triaged"
  package static let expiring = "event.triage_expiring"
  /// The kinds of their subjects: a source, by its row.
  package static let subjectKind = "event_triage"
  package static let expiryKind = "event_triage_expiry"
  /// Who has it for all customers sorts them.
  package static let permission = EventRights.triage
  /// So many of a source in triage say enough.
  static let mostCounted: Int64 = 10_000

  private static let secondsBetween: Int64 = 3600
  /// So long before they are ignored it is told, of each day's together.
  private static let warningSeconds: Int64 = 7 * 86_400
  private static let secondsBetweenWarnings: Int64 = 86_400
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  /// Of each source in a transaction of its own.
  static func tell(_ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone) async throws {
    let until = now.adding(seconds: -secondsBetween)
    let look = SourcesWithTriage(provider: provider.id, until: until)
    let sources = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { try await $0.query(look) }
    for source in sources {
      do {
        try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
          let hold = HoldTriage(provider: provider.id, source: source, until: until)
          guard try await transaction.first(hold) != nil else { return }
          let waiting = try await transaction.first(count(provider.id, source, since: nil, before: nil))
          let isAny = (waiting?.events ?? 0) > 0
          transaction.enqueue(EndTriageNews(provider: provider.id, source: source, toldAt: isAny ? now : nil))
          if isAny { record(triaged, of: subjectKind, source, waiting, provider.id, at: now, in: transaction) }
        }
      } catch  where !Task.isCancelled {
        rest.add("what is in triage of source \(source)", error)
      }
    }
  }

  /// - Parameter lifetimeSeconds: after so long what nobody has sorted is ignored.
  static func warn(
    _ provider: TenantEntry, lifetimeSeconds: Int64, at now: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone
  ) async throws {
    let before = now.adding(seconds: warningSeconds - lifetimeSeconds)
    let until = before.adding(seconds: -secondsBetweenWarnings)
    let look = SourcesWithOldTriage(provider: provider.id, before: before, until: until)
    let sources = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { try await $0.query(look) }
    for (source, toldBefore) in sources {
      do {
        try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
          let take = TakeOldTriage(provider: provider.id, source: source, before: before, until: until)
          guard try await transaction.first(take) != nil else { return }
          let waiting = try await transaction.first(count(provider.id, source, since: toldBefore, before: before))
          guard (waiting?.events ?? 0) > 0 else { return }
          record(expiring, of: expiryKind, source, waiting, provider.id, at: now, in: transaction)
        }
      } catch  where !Task.isCancelled {
        rest.add("what is ignored soon of source \(source)", error)
      }
    }
  }

  private static func count(_ provider: TenantId, _ source: Int64, since: Instant?, before: Instant?) -> TriageOfSource {
    TriageOfSource(provider: provider, source: source, since: since, before: before, limit: mostCounted)
  }

  /// By the second: of one source there are never two in an hour.
  private static func record(
    _ type: String, of kind: String, _ source: Int64, _ waiting: (events: Int64, firing: Int64)?, _ provider: TenantId, at now: Instant,
    in transaction: Transaction
  ) {
    let payload = Value.object(["events": .integer(waiting?.events ?? 0), "firing": .integer(waiting?.firing ?? 0)])
    let event = Event(subjectKind: kind, subject: source, seq: now.seconds, type: type, payload: payload, occurredAt: now)
    transaction.record(event, for: ["notifications"], tenant: provider, actor: actor, at: now)
  }
}
