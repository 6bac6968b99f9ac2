import Operations
import Postgres

/// An event in a change's history of what is kept beside the change.
package struct ChangeNote: NoteStatement {
  package let note: EventNote

  package init(note: EventNote) { self.note = note }

  package static let sql = """
    with told as (
      update changes.change c set last_seq = c.last_seq + 1 where c.tenant_id = $1 and c.id = $2
      returning c.id, c.last_seq, 'change'::text as kind)
    \(EventNote.insert)
    """
}

/// The same of a release.
package struct ReleaseNote: NoteStatement {
  package let note: EventNote

  package init(note: EventNote) { self.note = note }

  package static let sql = """
    with told as (
      update changes.release r set last_seq = r.last_seq + 1 where r.tenant_id = $1 and r.id = $2
      returning r.id, r.last_seq, 'release'::text as kind)
    \(EventNote.insert)
    """
}
