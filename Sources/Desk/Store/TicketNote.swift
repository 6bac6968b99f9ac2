import Operations
import Postgres

/// An event in a ticket's history of what is kept beside the ticket: its type is one of ``TicketEventType``.
package struct TicketNote: NoteStatement {
  package let note: EventNote

  package init(note: EventNote) { self.note = note }

  package static let sql = """
    with told as (
      update desk.ticket t set last_seq = t.last_seq + 1, updated_at = $3 where t.tenant_id = $1 and t.id = $2
      returning t.id, t.last_seq, 'ticket'::text as kind)
    \(EventNote.insert)
    """
}
