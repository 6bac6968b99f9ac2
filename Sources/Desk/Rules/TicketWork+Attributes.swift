import Attributes
import Kernel
import Operations

extension TicketWork {
  private var attributeSubject: AttributeSubject {
    AttributeSubject(tenant: context.tenant.id, .incident, ticket.id, openedAt: ticket.openedAt)
  }

  /// Gives the ticket the attributes that were told. Its history names the keys; what they were and became lies beside it, so that it can be erased.
  mutating func tell(_ edit: AttributeEdit?) {
    guard let edit, !edit.isEmpty else { return }
    ticket.attributes = edit.after
    let seq = noteAttributes(edit.keys(internal: false), TicketEventType.attributesChanged)
    let internalSeq = noteAttributes(edit.keys(internal: true), TicketEventType.internalAttributesChanged)
    edit.save(attributeSubject, seq: seq ?? 0, internalSeq: internalSeq ?? 0, now: context.now, in: context.transaction)
  }

  /// Takes over what another ticket of the customer holds and this one does not.
  /// - Returns: whether there was anything.
  @discardableResult mutating func carryAttributes(of other: Ticket) -> Bool {
    let (shown, internals) = ticket.attributes.carry(other.attributes)
    guard !shown.isEmpty || !internals.isEmpty else { return false }
    context.carryAttributes(
      from: other.id, to: attributeSubject, seq: noteAttributes(shown, TicketEventType.attributesChanged),
      internalSeq: noteAttributes(internals, TicketEventType.internalAttributesChanged))
    return true
  }

  private mutating func noteAttributes(_ keys: [String], _ type: String) -> Int64? {
    guard !keys.isEmpty else { return nil }
    note(type, .object(AttributeEvents.payload(keys)))
    return ticket.lastSeq
  }
}
