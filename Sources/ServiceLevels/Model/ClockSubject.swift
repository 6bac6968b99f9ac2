/// Whose clocks: a row of another module, which ServiceLevels never reads.
package struct ClockSubject: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case ticket
  }

  package let kind: Kind
  package let id: Int64

  package static func ticket(_ id: Int64) -> ClockSubject { ClockSubject(kind: .ticket, id: id) }
}
