import Kernel
import ServiceLevels

/// A supplier's turn on a ticket: from the dispatch until it is returned.
struct SupplierTurn: Sendable {
  /// Why this underpinning contract was chosen.
  enum Choice: String, Sendable, CaseIterable {
    /// The ticket's contract line rests on it.
    case linked
    /// Somebody chose it, and said why.
    case named
  }

  /// How a dispatch ended.
  enum Outcome: String, Sendable, CaseIterable {
    /// The supplier has done its part.
    case done
    /// The supplier gives it back undone: it has answered, and what else was not judged by then is not.
    case refused
    /// We took it back: what was not judged by then is not.
    case recalled
    /// The ticket was resolved meanwhile, by whomever: what of the supplier was not judged by then is not.
    case resolved
    /// The ticket went into another one; as ``recalled``. Of old: now the supplier's turn goes on there.
    case merged

    /// What people say when they record a return; the others follow from the ticket.
    static let ofReturns: [Outcome] = [.done, .refused, .recalled]

    /// Whether it is a word of the supplier's.
    var isAnswer: Bool {
      switch self {
      case .done, .refused: true
      case .resolved, .recalled, .merged: false
      }
    }
  }

  /// The contract in the version in force at the dispatch, and whose it is.
  struct Agreement: Sendable {
    let contract: Ticket.Reference
    let reference: String
    let version: Int64
    let validFrom: Instant
    let supplier: Ticket.Reference
    let supplierCode: String
    let supplierName: String
    let hasCoverage: Bool
  }

  let id: Int64
  let publicId: [UInt8]
  private(set) var ticket: Ticket.Reference
  /// The ticket's version, for acts on that.
  var ticketVersion: Int64
  /// The ticket's priority now; ``priority`` is the one that the supplier was told.
  private(set) var ticketPriority: Int64
  let agreement: Agreement
  let service: Ticket.Reference?
  let serviceName: String?
  let choice: Choice
  let choiceReason: String?
  /// The number of the case there.
  var supplierReference: String?
  /// The priority that the supplier was told: its promises are those for this one.
  private(set) var priority: Int64
  /// What they call it.
  private(set) var supplierPriority: String?
  let dispatchedAt: Instant
  private(set) var respondedAt: Instant?
  /// Its last word; nil of old also where there was one.
  private(set) var lastWordAt: Instant?
  private(set) var returnedAt: Instant?
  private(set) var outcome: Outcome?
  var version: Int64
  let isNew: Bool
  private(set) var isTouched: Bool
  var clocks: SubjectClocks

  init(
    id: Int64, publicId: [UInt8], ticket: Ticket.Reference, ticketVersion: Int64, ticketPriority: Int64, agreement: Agreement, service: Ticket.Reference?,
    serviceName: String?, choice: Choice, choiceReason: String?, supplierReference: String?, priority: Int64, supplierPriority: String?,
    dispatchedAt: Instant, respondedAt: Instant? = nil, lastWordAt: Instant? = nil, returnedAt: Instant? = nil, outcome: Outcome? = nil,
    version: Int64 = 1, isNew: Bool = false
  ) {
    self.id = id
    self.publicId = publicId
    self.ticket = ticket
    self.ticketVersion = ticketVersion
    self.ticketPriority = ticketPriority
    self.agreement = agreement
    self.service = service
    self.serviceName = serviceName
    self.choice = choice
    self.choiceReason = choiceReason
    self.supplierReference = supplierReference
    self.priority = priority
    self.supplierPriority = supplierPriority
    self.dispatchedAt = dispatchedAt
    self.respondedAt = respondedAt
    self.lastWordAt = lastWordAt
    self.returnedAt = returnedAt
    self.outcome = outcome
    self.version = version
    self.isNew = isNew
    isTouched = isNew
    clocks = SubjectClocks(.dispatch(id))
  }

  var isOpen: Bool { returnedAt == nil }

  /// When something was last recorded of it: nothing is recorded before.
  var lastEventAt: Instant { [dispatchedAt, respondedAt, lastWordAt, clocks.lastEventAt].compactMap(\.self).max() ?? dispatchedAt }

  /// A word from the supplier; the first one is its response.
  mutating func answer(reference: String?, at now: Instant) throws(Failure) {
    isTouched = true
    if let reference { supplierReference = reference }
    try clocks.apply(respondedAt == nil ? .responded : .updated, at: now)
    let at = max(now, lastWordAt ?? dispatchedAt)
    if respondedAt == nil { respondedAt = at }
    lastWordAt = at
  }

  mutating func end(_ outcome: Outcome, at now: Instant) throws(Failure) {
    // Who gives it back has answered.
    if outcome.isAnswer, respondedAt == nil { try answer(reference: nil, at: now) }
    // Only what the supplier did is observed: what somebody else did is none of its merit, and a refusal is no solution.
    if outcome == .done { try clocks.apply(.ended(source: outcome.rawValue), at: now) } else { try clocks.withdraw(outcome.rawValue, onlyOpen: true, at: now) }
    isTouched = true
    self.outcome = outcome
    returnedAt = max(now, dispatchedAt)
  }

  /// The supplier was told another priority, and what it calls that. Its clocks are for the caller to bring under it.
  mutating func tell(priority: Int64, called name: String?) {
    isTouched = true
    self.priority = priority
    supplierPriority = name
  }

  /// Its ticket went into another one: the supplier works on, and its time runs on.
  mutating func move(to ticket: Ticket) {
    isTouched = true
    self.ticket = Ticket.Reference(id: ticket.id, publicId: ticket.publicId)
    ticketVersion = ticket.version
    ticketPriority = ticket.priority
  }
}
