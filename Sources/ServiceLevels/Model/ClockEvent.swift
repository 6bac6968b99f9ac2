import Kernel

/// What happens to a clock. `cause` and `reason` are codes of the caller (`created`, `awaiting_customer`, `priority_changed`).
package enum ClockEvent: Sendable {
  /// Somebody else's turn; `evidence` names what proves it, such as the message that was sent. `atMost` is the open time
  /// after which the clock runs on by itself; nil: none.
  case pause(at: Instant, reason: String, evidence: String?, atMost: Int64? = nil)
  case resume(at: Instant, cause: String)
  /// The milestone that ends the clock: answered, resolved, closed. `source` names the event that shows it.
  case observe(at: Instant, source: String)
  /// A word of ``Metric/update``: the budget begins anew. `source` names the event that shows it.
  case renew(at: Instant, source: String)
  /// `coverage` is what ``Clock/nextCalendarVersion`` names, in the version in force then; nil where that is.
  case reopen(at: Instant, cause: String, coverage: Coverage? = nil)
  /// Another target: priority, category or contract changed. The start, the used time and the pauses stay.
  case retarget(at: Instant, budget: Budget, coverage: Coverage, cause: String)
  /// The calendar has a new version from `effectiveAt` on. The used time stays. What takes effect before the last event
  /// takes effect with it: time that was counted stays counted.
  case changeCalendar(effectiveAt: Instant, coverage: Coverage)
  /// The clock no longer counts: merged into another ticket, SLA removed. `keepsMiss`: what was promised stays promised up to
  /// now, so that a miss stays one.
  case withdraw(at: Instant, reason: String, keepsMiss: Bool = false)
  /// Time went by. The job says so when ``Clock/nextCheckAt`` is past.
  case passed(now: Instant)

  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case pause, resume, observe, renew, reopen, retarget
    case changeCalendar = "change_calendar"
    case withdraw, passed
  }

  package var kind: Kind {
    switch self {
    case .pause: .pause
    case .resume: .resume
    case .observe: .observe
    case .renew: .renew
    case .reopen: .reopen
    case .retarget: .retarget
    case .changeCalendar: .changeCalendar
    case .withdraw: .withdraw
    case .passed: .passed
    }
  }

  package var at: Instant {
    switch self {
    case .pause(let at, _, _, _), .resume(let at, _), .observe(let at, _), .renew(let at, _), .reopen(let at, _, _), .retarget(let at, _, _, _),
      .changeCalendar(let at, _), .withdraw(let at, _, _), .passed(let at):
      at
    }
  }
}
