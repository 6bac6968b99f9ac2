import Kernel

/// Which target of an SLA version counts for a ticket: for each metric one, or none. Only targets are asked that are for such
/// a ticket: all that they name is known of it and the same.
///
/// | Rank | The target names | Reason |
/// |---|---|---|
/// | 1 | service, CI tier, ticket type, priority | `service+ci_tier+ticket_type+priority` |
/// | 2 | service, CI tier, ticket type | `service+ci_tier+ticket_type` |
/// | 3 | service, CI tier, priority | `service+ci_tier+priority` |
/// | 4 | service, CI tier | `service+ci_tier` |
/// | 5 | service, ticket type, priority | `service+ticket_type+priority` |
/// | 6 | service, ticket type | `service+ticket_type` |
/// | 7 | service, priority | `service+priority` |
/// | 8 | service | `service` |
/// | 9 | CI tier, ticket type, priority | `ci_tier+ticket_type+priority` |
/// | 10 | CI tier, ticket type | `ci_tier+ticket_type` |
/// | 11 | CI tier, priority | `ci_tier+priority` |
/// | 12 | CI tier | `ci_tier` |
/// | 13 | ticket type, priority | `ticket_type+priority` |
/// | 14 | ticket type | `ticket_type` |
/// | 15 | priority | `priority` |
/// | 16 | nothing | `any` |
///
/// In this order because a service is what the customer bought, a CI tier is how much hangs on a thing, a ticket type is what
/// kind of work it is, and a priority is one person's estimate that the next one may change. Two targets of one rank that are
/// both for the ticket would name the same values, and an SLA version has each of those once: there is no tie. (From rows
/// that no rule let through, the one that was made last would win.)
///
/// A target that explicitly promises nothing takes part like any other: where it is the most specific, nothing is promised.
package enum TargetPrecedence {
  /// A target of the ticket's SLA version.
  package struct Candidate: Hashable, Sendable {
    package let id: Int64
    package let metric: Metric
    package let selector: TargetSelector
    /// Nil: explicitly none.
    package let promise: ClockPromise?

    package init(id: Int64, metric: Metric, selector: TargetSelector, promise: ClockPromise?) {
      self.id = id
      self.metric = metric
      self.selector = selector
      self.promise = promise
    }

    func isBefore(_ other: Candidate) -> Bool {
      let (rank, otherRank) = (selector.named.rawValue, other.selector.named.rawValue)
      return rank == otherRank ? id > other.id : rank > otherRank
    }
  }

  /// What was chosen for a metric, and out of what.
  package struct Choice: Hashable, Sendable {
    package let chosen: Candidate
    /// The other targets that are for the ticket, in the order of the table.
    package let beaten: [Candidate]

    package var metric: Metric { chosen.metric }
    package var reason: TargetNames { chosen.selector.named }
    package var isExplicitlyNone: Bool { chosen.promise == nil }

    /// Nil: explicitly none.
    package func terms(for facts: TargetFacts) -> TargetTerms? {
      chosen.promise.map { promise in
        TargetTerms(
          id: chosen.id, metric: metric, priority: facts.priority, budget: promise.budget, calendar: promise.calendar,
          calendarVersion: promise.calendarVersion, objective: promise.objective, pauses: promise.pauses, reason: reason,
          warnPercents: promise.warnPercents)
      }
    }
  }

  /// One choice for each metric that has a target for such a ticket, in the order of ``Metric``.
  package static func choose(from candidates: [Candidate], for facts: TargetFacts) -> [Choice] {
    Metric.allCases.compactMap { metric in
      let ranked = candidates.filter { $0.metric == metric && $0.selector.covers(facts) }.sorted { $0.isBefore($1) }
      return ranked.first.map { Choice(chosen: $0, beaten: Array(ranked.dropFirst())) }
    }
  }
}
