import Attributes
import Contracts
import Kernel
import Operations

/// A ticket as it lies in the database, with the public ids of what it refers to.
package struct Ticket: Sendable {
  /// A reference to a row: its internal id and the bits of its public id.
  package struct Reference: Sendable, Equatable {
    package let id: Int64
    package let publicId: [UInt8]
  }

  package struct Service: Sendable, Equatable {
    package let id: Int64
    /// Nil where the reader may not see the service.
    package let code: String?
  }

  package let id: Int64
  package let publicId: [UInt8]
  package let number: Int64
  package var title: String
  package var description: String
  package var requester: Reference?
  package var unit: Reference?
  package var contract: Reference?
  package var line: Reference?
  package var lineReason: String
  package var impact: Int64
  package var urgency: Int64
  package var priority: Int64
  /// Keys of the code lists; a category may also be that of the log that the ticket comes from.
  package var category: String?
  package var source: String?
  package var nature: String?
  /// The service of the catalogue that it is about.
  package var service: Service?
  /// The category that it has the service from; nil: a person named it, or a CI gave it.
  package var serviceCategory: String?
  /// How critical the affected configuration item is.
  package var ciTier: String?
  /// Whether somebody decided that its targets stay as they are.
  package var targetsLocked = false
  package var state: TicketState
  /// The key of the reason.
  package var pendingReason: String?
  package var team: Reference?
  package var assignee: Reference?
  /// The one member of the staff who took it, and answers for it since; nil until somebody did.
  package var owner: Reference?
  package let openedAt: Instant
  package var respondedAt: Instant?
  package var resolvedAt: Instant?
  package var closedAt: Instant?
  package var reopenCount: Int64
  package var resolution: String?
  package var closureCode: ClosureCode?
  /// The ticket that it was merged into, and that one's number.
  package var mergedInto: Reference?
  package var mergedNumber: Int64?
  /// The ticket that it was split from.
  package var splitFrom: Reference?
  /// When the next of its clocks is due; nil when none runs.
  package var dueAt: Instant?
  /// Of which promise that is.
  package var dueMetric: String?
  /// The highest share of a budget, in percent, of which a clock warned that still counts time.
  package var warnedPercent: Int64?
  /// When a resolved one closes by itself; nil: it does not.
  package var closesAt: Instant?
  /// The sequence of its newest event.
  package var lastSeq: Int64
  package var updatedAt: Instant
  package var version: Int64
  /// Read with a ticket alone, not with those of a list.
  package var attributes = HeldAttributes()
  /// Who answers for incidents that nobody has taken; nil where the reader is not told.
  package var standIn: Accountable?

  /// Who answers for it: whoever took it; else, until it is closed, by the provider's rule.
  package var accountable: Reference? { owner ?? answeringByRule.map { Reference(id: $0.id, publicId: $0.publicId) } }
  /// By what he does.
  package var ownerBy: Accountable.Rule? { owner == nil ? answeringByRule?.rule : .person }
  /// Nil where somebody took it, or it is closed.
  package var answeringByRule: Accountable? { owner == nil && state != .closed ? standIn : nil }

  /// What its targets are chosen by.
  package var facts: TargetFacts { TargetFacts(ticketType: .incident, priority: priority, service: service?.id, ciTier: ciTier) }
}
