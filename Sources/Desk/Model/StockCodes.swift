import Kernel
import ServiceLevels

/// Why a ticket waits: a key of the provider's list, and whose turn it is then. Waiting for the customer's side stops the clocks whose
/// target says that it pauses; waiting for a supplier, or for what is the provider's own, does only where the SLA says
/// so.
///
/// Whose turn it is never changes for a key, so that a history means what it meant. These are the reasons that are there from the
/// start; others come from the list (``CodeList/pendingReason``).
package struct PendingReason: RawRepresentable, CaseIterable, Hashable, Sendable {
  package let rawValue: String
  /// Whose turn it is.
  package let waitedFor: ClockAct.WaitedFor

  /// The requester must answer or do something.
  package static let awaitingRequester = PendingReason("awaiting_requester", .customer)
  /// An appointment that the requester asked for.
  package static let scheduled = PendingReason("scheduled", .customer)
  package static let awaitingSupplier = PendingReason("awaiting_supplier", .supplier)
  package static let awaitingChange = PendingReason("awaiting_change", .provider)
  package static let awaitingParts = PendingReason("awaiting_parts", .provider)

  package static let allCases = [awaitingRequester, scheduled, awaitingSupplier, awaitingChange, awaitingParts]

  /// One of those that are there from the start.
  package init?(rawValue: String) {
    guard let stock = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = stock
  }

  init(_ key: String, _ waitedFor: ClockAct.WaitedFor) {
    rawValue = key
    self.waitedFor = waitedFor
  }

  /// As the list has it.
  init(key: String, waitsFor: String?) {
    let turn: ClockAct.WaitedFor =
      switch waitsFor {
      case "customer": .customer
      case "supplier": .supplier
      default: .provider
      }
    self.init(key, turn)
  }

  /// As an event of the history tells it; those of before the lists name one of the first five.
  init?(toldBy payload: Value) {
    guard let key = payload["reason"]?.text else { return nil }
    if let waitsFor = payload["waitsFor"]?.text {
      self.init(key: key, waitsFor: waitsFor)
    } else {
      self.init(rawValue: key)
    }
  }

  /// Whose turn it is, in the words of the list.
  var waitsFor: String {
    switch waitedFor {
    case .customer: "customer"
    case .supplier: "supplier"
    case .provider: "provider"
    }
  }

  /// What waiting for this means to clocks.
  func clockAct(evidence: String?) -> ClockAct { .paused(cause: rawValue, on: waitedFor, evidence: evidence) }
}

/// How a ticket ended: a key of the provider's list.
package struct ClosureCode: RawRepresentable, Hashable, Sendable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  /// What is meant where nobody says.
  package static let solved = ClosureCode(rawValue: "solved")
  /// Of a ticket that was merged into another one.
  package static let duplicate = ClosureCode(rawValue: "duplicate")
}
