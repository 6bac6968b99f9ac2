/// Whose clocks: a row of another module, which ServiceLevels never reads.
package struct ClockSubject: Hashable, Sendable {
  package enum Kind: String, Sendable {
    /// What the customer was promised (SLA).
    case ticket
    /// What a customer who ordered something was promised (SLA).
    case request
    /// A team's turn on a ticket: what the team promised (OLA).
    case assignment
    /// A supplier's turn on a ticket: what its underpinning contract promises (UC).
    case dispatch
  }

  package let kind: Kind
  package let id: Int64

  package init(kind: Kind, id: Int64) {
    self.kind = kind
    self.id = id
  }

  package static func ticket(_ id: Int64) -> ClockSubject { ClockSubject(kind: .ticket, id: id) }
  package static func request(_ id: Int64) -> ClockSubject { ClockSubject(kind: .request, id: id) }
  package static func assignment(_ id: Int64) -> ClockSubject { ClockSubject(kind: .assignment, id: id) }
  package static func dispatch(_ id: Int64) -> ClockSubject { ClockSubject(kind: .dispatch, id: id) }
}
