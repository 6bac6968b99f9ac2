import Contracts
import Kernel

/// What the figures need of a ticket.
package struct TicketFact: Hashable, Sendable {
  /// One promise of a ticket and how it stands.
  package struct Outcome: Hashable, Sendable {
    /// Whether there is a target at all.
    package let isPromised: Bool
    /// `met`, `missed` or `withdrawn`; nil while nothing is judged.
    package let verdict: String?
    /// Open seconds of the calendar until it was observed; nil until then.
    package let seconds: Int64?

    package init(isPromised: Bool, verdict: String?, seconds: Int64?) {
      self.isPromised = isPromised
      self.verdict = verdict
      self.seconds = seconds
    }

    package var isJudged: Bool { verdict == "met" || verdict == "missed" }
  }

  package let ticket: Int64
  /// 0: no contract.
  package let contract: Int64
  package let priority: Int64
  package let openedOn: CalendarDate
  package let resolvedOn: CalendarDate?
  package let closedOn: CalendarDate?
  package let reopenCount: Int64
  package let response: Outcome
  package let resolution: Outcome

  package init(
    ticket: Int64, contract: Int64, priority: Int64, openedOn: CalendarDate, resolvedOn: CalendarDate?, closedOn: CalendarDate?, reopenCount: Int64,
    response: Outcome, resolution: Outcome
  ) {
    self.ticket = ticket
    self.contract = contract
    self.priority = priority
    self.openedOn = openedOn
    self.resolvedOn = resolvedOn
    self.closedOn = closedOn
    self.reopenCount = reopenCount
    self.response = response
    self.resolution = resolution
  }

  package func day(_ basis: Basis) -> CalendarDate? {
    switch basis {
    case .opened: openedOn
    case .resolved: resolvedOn
    case .closed: closedOn
    }
  }

  /// Nothing of a metric that no scorecard counts.
  package func outcome(_ metric: Metric) -> Outcome {
    switch metric {
    case .response: response
    case .update: Outcome(isPromised: false, verdict: nil, seconds: nil)
    case .resolution: resolution
    }
  }
}
