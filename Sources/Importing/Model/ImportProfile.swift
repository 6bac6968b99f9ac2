import Desk
import Kernel
import ServiceTime

/// How a foreign log is to be read, and what was promised for its tickets: all that the file itself does not say.
/// Written in YAML, read by ``ImportProfile/init(yaml:)``.
package struct ImportProfile: Sendable {
  /// What imported tickets carry as `external_source`; with the log's own number it names a ticket once and for all.
  package let source: String
  package let file: File
  package let columns: Columns
  package let states: [String: State]
  /// The log's names of priorities, impacts and urgencies.
  package let priorities: [String: Int64]
  package let impacts: [String: Int64]
  package let urgencies: [String: Int64]
  package let verdicts: Verdicts?
  package let customer: Customer
  package let contract: Contract
  package internal(set) var sla: SLA
  package let calendar: Calendar
  /// SHA-256 of the text that it was read from.
  package let hash: [UInt8]

  package struct File: Sendable {
    package let separator: UInt8
    package let quoting: CSVReader.Quoting
    /// The text that stands for no value; an empty field is none either.
    package let missing: String
    package let dates: LogDateFormat
    /// The zone of the log's clock.
    package let zone: Zone
  }

  /// The log's columns by what they hold.
  package struct Columns: Sendable {
    package let number: String
    package let sequence: String
    package let state: String
    package let updatedAt: String
    package let openedAt: String
    package let resolvedAt: String
    package let closedAt: String
    package let priority: String
    package let impact: String
    package let urgency: String
    package let reopenCount: String
    package let requester: String?
    package let site: String?
    package let category: String?
    /// The title is made of these.
    package let title: [String]
    /// What the ticket keeps of its last row.
    package let attributes: [String]
    /// Whose changes the ticket's events tell.
    package let history: [String]
  }

  /// A state of the log.
  package struct State: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable { case new, active, pending, resolved, closed }

    package let kind: Kind
    /// Why a pending ticket waits, one of the desk's reasons; nil for the others.
    package let reason: PendingReason?

    /// The reason, when it is one for which clocks wait.
    var pauseReason: String? { reason.flatMap { $0.waitedFor == .customer ? $0.rawValue : nil } }
  }

  /// The log's own judgement, which is kept beside ours.
  package struct Verdicts: Sendable {
    package let column: String
    package let met: String
    package let missed: String
  }

  package struct Customer: Sendable {
    package let code: String
    package let name: String
    package let zone: String
    package let language: Language
  }

  package struct Contract: Sendable {
    package let name: String
    package let line: String
    package let currency: String
  }

  package struct SLA: Sendable {
    package let name: String
    /// Where the clock of resolution stops.
    package var stopsAt: StopsAt
    /// Whether pending states stop the clock.
    package let pauses: Bool
    /// The share of tickets that must meet their target; nil where none is agreed.
    package let objective: Rate?
    /// Working seconds by priority.
    package let budgets: [Int64: Int64]
  }

  package enum StopsAt: String, Sendable, CaseIterable { case resolved, closed }

  package struct Calendar: Sendable {
    package let name: String
    package let definition: CalendarDefinition
  }

  /// The same profile with the clock stopped elsewhere.
  package func stopping(at stopsAt: StopsAt) -> ImportProfile {
    var profile = self
    profile.sla.stopsAt = stopsAt
    return profile
  }
}
