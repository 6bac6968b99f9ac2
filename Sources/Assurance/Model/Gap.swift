import BillingEngine
import Contracts
import Kernel
import ServiceTime

/// Where a promise is not backed.
package struct Gap: Hashable, Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    /// Neither a team nor a supplier is there for the promise.
    case unlinked
    /// A party of the chain agreed to nothing.
    case agreement
    /// What it agreed to has no target for the metric and priority, or no hours.
    case target
    /// What it agreed to ends before the promise does, or is not in force yet.
    case term
    /// The promise counts at hours at which nobody at a place of the chain works.
    case coverage
    /// All parties may keep their targets and the promise be broken.
    case budget
    /// Of a measured metric: less is agreed than we promise, or over longer periods, or of fewer outages.
    case objective
  }

  package let kind: Kind
  /// In order.
  package internal(set) var promises: [PromiseLabel]
  /// Whose part is missing; of a place with several parties, all; empty where it is nobody's.
  package let parties: [ChainParty]
  /// When it first shows.
  package let from: Instant
  package let detail: Detail
  /// By whose days a lack is told: the contract's. Nil in proofs that told it in UTC.
  package internal(set) var zone: String?

  package enum Detail: Hashable, Sendable {
    case none
    case lack(Lack)
    case hours(HoursGap)
    case time(TimeGap)
    case share(ShareGap)
  }
}

/// Hours of the promise in which nobody works at a place of the chain.
package struct HoursGap: Hashable, Sendable {
  package enum Edge: String, Sendable, CaseIterable {
    /// The party stops at the gap's start.
    case ends
    /// It begins only at the gap's end.
    case begins
    /// Neither: it does not work around the gap at all.
    case closed
  }

  /// The weekdays of a gap that comes every week, 1 Monday to 7; empty for single dates.
  package let weekdays: [Int]
  /// Of the first one. A gap on a weekday is told by the wall clock of the promise's calendar.
  package let first: TimeSpan
  package let zone: String
  package let edge: Edge
  /// How often within the horizon, and how long in all.
  package let count: Int
  package let seconds: Int64
  /// The first few starts.
  package let starts: [Instant]
  /// Of a gap on single dates, every one.
  package let dates: [TimeSpan]
  /// For the explanation: the openings around the first one.
  package let promised: Windows
  package let worked: [Windows]

  /// Openings of a calendar around a gap.
  package struct Windows: Hashable, Sendable {
    /// Nil: the promise itself, or several that share a place.
    package let party: ChainParty?
    package let calendar: String
    package let zone: String
    package let spans: [TimeSpan]
  }
}

/// A start for which the chain may end too late: of all, the one with the largest delay.
package struct TimeGap: Hashable, Sendable {
  package struct Step: Hashable, Sendable {
    /// Several where they stand in for one another.
    package let parties: [ChainParty]
    package let agreements: [String]
    package let calendars: [String]
    package let handling: Int64
    package let budget: Budget?
    package let from: Instant
    /// Nil: never.
    package let to: Instant?
  }

  package let start: Instant
  package let due: Instant
  /// Nil: never.
  package let end: Instant?
  package let budget: Budget
  package let calendar: String
  package let zone: String
  package let steps: [Step]
  /// How much of the horizon has starts like it.
  package let lateStarts: Int
}

/// What is agreed of a measured metric, and what we promise.
package struct ShareGap: Hashable, Sendable {
  package struct Factor: Hashable, Sendable {
    package let party: ChainParty
    /// As it is agreed, over periods of a kind; nil in proofs that did not look at periods.
    package let share: Rate
    package let period: BillingPeriod.Kind?
    /// The least that a period of the promise may have of it, and the name of that period; nil where it is what is agreed.
    package let least: Rate
    package let worst: String?
  }

  package let promised: Rate
  package let period: BillingPeriod.Kind?
  package let factors: [Factor]
  /// What the parties keep between them of the worst period, rounded down to six decimals of one.
  package let together: Rate
}
