import Kernel
import ServiceLevels
import ServiceTime

/// When a ticket is escalated, and what then.
struct EscalationRule: Sendable, Equatable {
  /// A row that a rule names.
  struct Named: Sendable, Equatable {
    let id: Int64
    let publicId: [UInt8]
  }

  var name: String
  /// A share of a promise's budget, in percent; at 100 it is broken. Nil: by age.
  var percent: Int64?
  /// Of which promise; nil: of any.
  var metric: Metric?
  /// So many minutes after it was recorded a ticket is still open. Nil: by a share.
  var ageMinutes: Int64?
  /// Nil: for all customers.
  var customer: TenantId?
  /// Only tickets up to this priority; nil: all.
  var priorityTo: Int64?
  /// Only tickets of this team; nil: all.
  var team: Named?
  /// The next line.
  var toTeam: Named?
  /// Who is told.
  var staff: [Named]
  /// Only while it is open; ages count by it. Nil: at any time.
  var calendar: Named?

  /// Whether it means tickets such as this one, whatever set it off.
  func means(_ ticket: EscalatedTicket, of tenant: TenantId) -> Bool {
    ticket.isOpen && (customer.map { $0 == tenant } ?? true) && (priorityTo.map { ticket.priority <= $0 } ?? true)
      && (team.map { $0.id == ticket.team } ?? true)
  }

  /// Whether the passing of a share of a promise sets it off.
  func isSetOff(by threshold: Threshold) -> Bool {
    guard let percent else { return false }
    return percent <= threshold.percent && (metric.map { $0.rawValue == threshold.metric } ?? true)
  }

  /// Whether a ticket that was recorded then has come to the age by now.
  func isReached(recordedAt: Instant, now: Instant, by compiled: CompiledCalendar?) -> Bool {
    guard let ageMinutes else { return false }
    let seconds = ageMinutes * 60
    guard let compiled else { return recordedAt.adding(seconds: seconds) <= now }
    return compiled.deadline(from: recordedAt, seconds: seconds).map { $0 <= now } ?? false
  }
}

/// What a rule asks of a ticket, as it is now.
struct EscalatedTicket: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let priority: Int64
  let team: Int64?
  let isOpen: Bool
  let version: Int64
}

/// A share of a promise to a customer that has passed.
struct Threshold: Sendable {
  let metric: String
  /// 100: the promise is broken.
  let percent: Int64
  let occurredAt: Instant
}
