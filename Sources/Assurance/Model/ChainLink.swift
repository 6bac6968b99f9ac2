import Contracts
import Kernel
import ServiceTime

/// Who takes part in keeping a line's promises: a team of ours, or a supplier.
package struct ChainParty: Hashable, Sendable {
  package enum Kind: String, Sendable, CaseIterable { case team, supplier }

  package let kind: Kind
  /// A row of `desk.team`, or of `suppliers.line_link`.
  package let id: Int64
  /// The team's name, or the supplier's service with its region.
  package let name: String

  package init(kind: Kind, id: Int64, name: String) {
    self.kind = kind
    self.id = id
    self.name = name
  }
}

/// What a party agreed to for one promise: an OLA or an underpinning contract, or only its own work.
package struct Agreement: Hashable, Sendable {
  /// The OLA's name, the reference of the underpinning contract; nil where there is only own work.
  package let name: String?
  package let calendar: Int64
  /// Own work, in open seconds of the calendar, before the agreed time.
  package let handling: Int64
  package let budget: Budget?

  package init(name: String?, calendar: Int64, handling: Int64 = 0, budget: Budget?) {
    self.name = name
    self.calendar = calendar
    self.handling = handling
    self.budget = budget
  }
}

/// Why a party agreed to nothing that helps.
package enum Lack: Hashable, Sendable {
  /// Nothing was ever agreed with it.
  case agreement
  /// It agreed to something, but not for this metric and priority.
  case target(String)
  /// What was agreed has ended, at an instant.
  case ended(String, Instant)
  /// It delivered until an instant, and nobody has since.
  case gone(Instant)
  /// What was agreed has not begun, or is not in force: until an instant, or for as long as is known.
  case notInForce(String, until: Instant? = nil)
  /// A target is agreed, but no hours in which it counts.
  case hours(String)
  /// A share is agreed of what is down from another severity on than what is promised.
  case severity(String, theirs: OutageSeverity, ours: OutageSeverity)
}

/// A party at one place of the chain, with all that it agreed to over time.
package struct ChainLink: Sendable {
  package let party: ChainParty
  /// The stretch in which it belongs to the chain.
  package let from: Instant
  package let until: Instant?
  /// The metrics for which its part is needed.
  package let metrics: Set<String>
  let terms: any ChainTerms
  /// Of a supplier, what it delivers: a row of `suppliers.service`.
  let service: Int64?
  /// Whether something has to take its place once it has ended.
  let needsSuccessor: Bool

  package init(
    party: ChainParty, from: Instant, until: Instant?, metrics: Set<String>, terms: any ChainTerms, service: Int64? = nil, needsSuccessor: Bool = true
  ) {
    self.party = party
    self.from = from
    self.until = until
    self.metrics = metrics
    self.terms = terms
    self.service = service
    self.needsSuccessor = needsSuccessor
  }

  func belongs(at instant: Instant) -> Bool { from <= instant && until.map { instant < $0 } ?? true }

  /// Whether this one takes the place of `other`, which has ended: it delivers the same service for longer, or began as that one ended.
  /// One of another service that begins later is no successor: nobody delivered until then, and who knows whether it is for the same.
  func succeeds(_ other: ChainLink, at instant: Instant) -> Bool {
    guard let end = other.until, from <= instant, party != other.party else { return false }
    return from == end || (service != nil && service == other.service && until.map { end < $0 } ?? true)
  }
}

/// What a party agreed to over time.
package protocol ChainTerms: Sendable {
  /// When its answers may change.
  var boundaries: [Instant] { get }
  func agreement(for promise: Promise, at instant: Instant) -> Result<Agreement, LackError>
  /// The share that it promises of what a promise measures.
  func share(for promise: Promise, at instant: Instant) -> Result<PeriodShare, LackError>
}

/// A ``Lack`` as an error.
package struct LackError: Error, Hashable {
  package let lack: Lack

  package init(_ lack: Lack) { self.lack = lack }
}

/// The chain of a line in one of its versions, in the order in which work goes through it: teams by tier, then suppliers.
package struct ChainVersion: Sendable {
  package let validFrom: Instant
  /// Teams of the same tier stand in for one another.
  package let tiers: [[ChainLink]]
  /// The metrics for which the line's suppliers are needed.
  package let supplierMetrics: Set<String>

  package init(validFrom: Instant, tiers: [[ChainLink]], supplierMetrics: Set<String>) {
    self.validFrom = validFrom
    self.tiers = tiers
    self.supplierMetrics = supplierMetrics
  }
}

/// A place of the chain: any of its parties is enough at a time.
struct ChainStage: Sendable {
  let parties: [(party: ChainParty, agreement: Agreement)]
}
