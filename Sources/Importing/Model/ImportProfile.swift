import Contracts
import Desk
import Foundation
import Kernel
import ServiceTime

/// How a foreign log is to be read, and what was promised for its tickets: all that the file itself does not say. A log of problems promises
/// nothing.
/// Written in YAML, read by ``ImportProfile/init(yaml:)``.
package struct ImportProfile: Sendable {
  package let format: Format
  /// What imported tickets and problems carry as `external_source`; with the log's own number it names one once and for all.
  package let source: String
  package let file: File
  package let columns: Columns
  package let states: [String: State]
  /// The log's names of priorities, impacts and urgencies.
  package let priorities: [String: Int64]
  package let impacts: [String: Int64]
  package let urgencies: [String: Int64]
  package let verdicts: Verdicts?
  /// Where ``Columns/customer`` is named: the form of each of many, see ``naming(customer:serviceLevel:)``.
  package internal(set) var customer: Customer
  /// Nil for problems, which are promised nothing.
  package internal(set) var agreement: Agreement?
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
    package let state: String
    package let updatedAt: String
    package let priority: String
    /// A log of bare events has none of these: they follow from its rows.
    package let sequence: String?
    package let openedAt: String?
    package let resolvedAt: String?
    package let closedAt: String?
    package let impact: String?
    package let urgency: String?
    package let reopenCount: String?
    /// Whose ticket it is, and what level of service was sold for it: of the last row, as the priority.
    package let customer: String?
    package let serviceLevel: String?
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
    package enum Kind: String, Sendable, CaseIterable {
      case new, active, pending, resolved, closed
      /// Of problems alone: incidents have no such end of their own.
      case cancelled
    }

    package let kind: Kind
    /// Why a pending ticket waits, one of the desk's reasons; nil for the others.
    package let reason: PendingReason?

    /// The reason, when it is one for which clocks wait by the SLA's terms.
    func pauseReason(_ waits: WaitTerms) -> String? {
      guard let reason else { return nil }
      let isPause =
        switch reason.waitedFor {
        case .customer: true
        case .supplier: waits.supplierPauses
        case .provider: waits.providerPauses
        }
      return isPause ? reason.rawValue : nil
    }
  }

  /// The log's own judgement, which is kept beside ours.
  package struct Verdicts: Sendable {
    package let column: String
    package let met: String
    package let missed: String
  }

  package struct Customer: Sendable {
    package internal(set) var code: String
    package internal(set) var name: String
    /// What is left out of the log's name of a customer to make its code.
    package let codeDrops: String?
    package let zone: String
    package let language: Language
  }

  /// What was sold for the tickets of a log.
  package struct Agreement: Sendable {
    package internal(set) var contract: Contract
    package internal(set) var sla: SLA
    /// By service level, where ``Columns/serviceLevel`` is named; empty where ``sla`` is that of all.
    package let slas: [String: SLA]
    package let calendar: Calendar
  }

  package struct Contract: Sendable {
    package internal(set) var name: String
    package let line: String
    package let currency: String
  }

  package struct SLA: Sendable {
    package let name: String
    /// Where the clock of resolution stops.
    package var stopsAt: StopsAt
    /// Whether pending states stop the clock: those in which the customer is waited for, and those of which ``waits`` says so.
    package let pauses: Bool
    package let waits: WaitTerms
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

  /// Whether a log is one of many customers, or of several levels of service.
  package var hasManyContracts: Bool { columns.customer != nil || columns.serviceLevel != nil }

  /// The profile of the tickets of one of many customers and levels of service. `{customer}` and `{service_level}` in names
  /// stand for the log's words; a code is the profile's, then the capital letters and digits of the log's name.
  package func naming(customer value: String?, serviceLevel: String?) -> ImportProfile {
    var profile = self
    func named(_ form: String) -> String {
      form.replacingOccurrences(of: "{customer}", with: value ?? "").replacingOccurrences(of: "{service_level}", with: serviceLevel ?? "")
    }
    if let value {
      let own = customer.codeDrops.map { value.replacingOccurrences(of: $0, with: "") } ?? value
      profile.customer.code += String(own.uppercased().unicodeScalars.filter { ("A"..."Z").contains($0) || ("0"..."9").contains($0) })
    }
    profile.customer.name = named(customer.name)
    if let agreement {
      profile.agreement?.contract.name = named(agreement.contract.name)
      if let sla = serviceLevel.flatMap({ agreement.slas[$0] }) { profile.agreement?.sla = sla }
    }
    return profile
  }

  /// The same profile with the clock stopped elsewhere.
  package func stopping(at stopsAt: StopsAt) -> ImportProfile {
    var profile = self
    profile.agreement?.sla.stopsAt = stopsAt
    return profile
  }
}
