import Contracts
import Kernel
import ServiceTime

/// All that the proof of one contract line rests on.
package struct ChainCase: Sendable {
  /// What the line promises from an instant on, until the next: nothing while it is not in force.
  package struct Promised: Sendable {
    package let from: Instant
    package let promises: [Promise]

    package init(from: Instant, promises: [Promise]) {
      self.from = from
      self.promises = promises
    }
  }

  /// By `from`, rising.
  package let promised: [Promised]
  /// By `validFrom`, rising.
  package let versions: [ChainVersion]
  /// What the line rests on besides, in series, and what stands in for any of them.
  package let providers: [ChainLink]
  package let backups: [ChainLink]
  /// Of every calendar that is named, its versions by `validFrom`, rising.
  package let calendars: [Int64: Calendar]
  /// Half open: from the effective instant to the end of the contract, at the most ``mostMonths`` on.
  package let horizon: Range<Int64>
  /// The contract's, by whose days gaps are told.
  package let zone: String?

  package struct Calendar: Sendable {
    package let name: String
    package let versions: [CalendarSeries.Version]

    package init(name: String, versions: [CalendarSeries.Version]) {
      self.name = name
      self.versions = versions
    }

    /// Of the first version.
    var zone: Zone? { versions.first?.compiled.definition.zone }
  }

  package init(
    promised: [Promised], versions: [ChainVersion], providers: [ChainLink], backups: [ChainLink], calendars: [Int64: Calendar], horizon: Range<Int64>,
    zone: String? = nil
  ) {
    self.promised = promised
    self.versions = versions
    self.providers = providers
    self.backups = backups
    self.calendars = calendars
    self.horizon = horizon
    self.zone = zone
  }

  /// A year and a month: every public holiday of a year is seen once at least, with what moves around Easter and the new moon.
  package static let mostMonths: Int64 = 13

  /// How far an open-ended promise is looked at. It begins with the first whole second that is not over: what was agreed within the
  /// second that runs is there.
  package static func horizon(from start: Instant, endsAt: Instant?) -> Range<Int64> {
    let days = mostMonths * 31
    let first = Instant(seconds: start.seconds) < start ? start.seconds + 1 : start.seconds
    let end = min(endsAt?.seconds ?? Int64.max, first + days * 86_400)
    return first..<max(first, end)
  }
}
