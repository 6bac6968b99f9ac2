import Kernel
import ServiceTime

/// How tickets end: by themselves once nobody has objected, and for good once they have been closed for long.
package struct TicketPolicy: Sendable, Equatable {
  /// What the days until a ticket closes by itself are.
  package enum Days: String, Sendable, CaseIterable {
    /// Of 24 hours.
    case calendar = "calendar_days"
    /// Days on which there is service, by the calendar of what was promised; it closes when the last of them does. Where nothing is
    /// promised, or there never is service, they are days of 24 hours.
    case service = "service_days"
  }

  /// 0: a ticket never closes by itself.
  var closeAfterDays: Int64
  var closeCounts: Days
  /// 0: what is closed stays closed.
  var reopenWithinDays: Int64
  /// Whether a customer's people read who of the staff did something.
  var showsNames: Bool
  /// 0: a fulfilled request never closes by itself. Nothing is promised for one, so its days are of 24 hours.
  var closeRequestsAfterDays: Int64

  /// When a ticket closes by itself that is resolved at `instant`, or of which its customer said something then; nil: never.
  /// - Parameter calendar: of what was promised for it.
  func closing(after instant: Instant, by calendar: CompiledCalendar?) -> Instant? {
    guard closeAfterDays > 0 else { return nil }
    let plain = instant.adding(seconds: closeAfterDays * Self.daySeconds)
    switch closeCounts {
    case .calendar: return plain
    case .service: return calendar?.businessDayEnd(from: instant, days: closeAfterDays) ?? plain
    }
  }

  /// Up to when a ticket that was closed at `instant` can be opened again.
  func lastReopening(ofClosing instant: Instant) -> Instant { instant.adding(seconds: reopenWithinDays * Self.daySeconds) }

  private static let daySeconds: Int64 = 86_400
}
