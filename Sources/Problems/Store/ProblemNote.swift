import Operations
import Postgres

/// An event in a problem's history of what is kept beside the problem.
package struct ProblemNote: NoteStatement {
  package let note: EventNote

  package init(note: EventNote) { self.note = note }

  package static let sql = """
    with told as (
      update problems.problem p set last_seq = p.last_seq + 1 where p.tenant_id = $1 and p.id = $2
      returning p.id, p.last_seq, 'problem'::text as kind)
    \(EventNote.insert)
    """
}
