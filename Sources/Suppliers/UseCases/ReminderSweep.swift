import Jobs
import Kernel
import Operations
import Postgres
import ServiceTime
import Tenancy

/// Leaves the news that a certification is about to expire or has expired, and that an action about a supplier is due or overdue: each once.
/// Which day it is, the provider's zone says, as for the lists. Days that passed while no worker ran are told as what they come to: of what
/// has expired nobody is told that it is about to.
package struct ReminderSweep: Sweep {
  package static let kind = "suppliers.remind"
  package static let everySeconds: Int64 = 300
  package static let mayBeScheduled = true

  private static let actor = Actor(kind: .system, id: 0, via: .job)
  private let batch: Int64

  /// - Parameter batch: how many are looked up at once.
  package init(batch: Int64 = 200) { self.batch = batch }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    let today = Zone.named(provider.zone)?.date(at: now) ?? now.utcDay
    var rest = LeftUndone()
    try await each("certification", of: provider, tenancy, &rest) {
      try await $1.query(CertificationsToTell(on: today, after: $0, limit: batch))
    } tell: { due, transaction in
      let reminder = Reminder.on(today, lastDay: due.lastDay)
      guard try await transaction.first(TakeCertificationReminder(due: due, next: reminder.next(lastDay: due.lastDay))) != nil else { return }
      let event = Event(
        subjectKind: "certification", subject: due.id, seq: reminder == .near ? 1 : 2,
        type: reminder == .near ? SupplierNews.certificationExpiring : SupplierNews.certificationExpired,
        payload: .object(["expiresOn": .date(due.lastDay)]), occurredAt: now)
      transaction.record(event, for: SupplierNews.consumers, tenant: provider.id, actor: Self.actor, at: now)
    }
    try await each("action", of: provider, tenancy, &rest) {
      try await $1.query(ActionsToTell(tenant: provider.id, on: today, after: $0, limit: batch))
    } tell: { due, transaction in
      let reminder = Reminder.on(today, lastDay: due.lastDay)
      let take = TakeActionReminder(tenant: provider.id, due: due, next: reminder.next(lastDay: due.lastDay))
      guard try await transaction.first(take) != nil else { return }
      // One that gets another day is told of anew.
      transaction.remind(
        reminder == .near ? SupplierNews.actionDue : SupplierNews.actionOverdue, of: "appraisal_reminder", due.id, dueOn: due.lastDay,
        seq: due.version * 2 + (reminder == .near ? 0 : 1), tenant: provider.id, at: now)
    }
    if !rest.isEmpty { throw rest }
  }

  /// Batch after batch, each row in a transaction of its own: one that cannot be told holds up no other, and is found again by the next run.
  private func each(
    _ what: String, of provider: TenantEntry, _ tenancy: Tenancy, _ rest: inout LeftUndone,
    find: (DueReminder?, Transaction) async throws -> [DueReminder], tell: (DueReminder, Transaction) async throws -> Void
  ) async throws {
    var after: DueReminder?
    while true {
      try Task.checkCancellation()
      let found = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { try await find(after, $0) }
      for due in found {
        do {
          try await tenancy.transaction(binding: [provider.id], side: .staff) { try await tell(due, $0) }
          FaultPoint.sweepStep.reach()
        } catch  where !Task.isCancelled {
          rest.add("\(what) \(due.id)", error)
        }
      }
      guard found.count >= Int(batch), let last = found.last else { return }
      after = last
    }
  }
}

/// What people are told about suppliers: the types of the events.
package enum SupplierNews {
  package static let certificationExpiring = "certification.expiring"
  package static let certificationExpired = "certification.expired"
  package static let actionOpened = "appraisal_action.opened"
  package static let actionChanged = "appraisal_action.changed"
  package static let actionDue = "appraisal_action.due"
  package static let actionOverdue = "appraisal_action.overdue"

  static let consumers = ["notifications"]
}
