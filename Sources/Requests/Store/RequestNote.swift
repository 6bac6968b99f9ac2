import Operations
import Postgres

/// An event in a request's history of what is kept beside the request.
package struct RequestNote: NoteStatement {
  /// It is linked to another request, an incident, a change or a problem, and is no more; and somebody watches it, and does no more. That is the
  /// provider's own affair.
  static let linked = "request.linked"
  static let unlinked = "request.unlinked"
  static let incidentLinked = "request.incident_linked"
  static let incidentUnlinked = "request.incident_unlinked"
  package static let changeLinked = "request.change_linked"
  package static let changeUnlinked = "request.change_unlinked"
  package static let problemLinked = "request.problem_linked"
  package static let problemUnlinked = "request.problem_unlinked"
  /// An article was of use on it, and was not after all. Which of the provider's articles were is its own affair.
  static let articleCited = "request.article_cited"
  static let articleUncited = "request.article_uncited"
  static let watched = "request.watched"
  static let unwatched = "request.unwatched"

  package let note: EventNote

  package init(note: EventNote) { self.note = note }

  package static let sql = """
    with told as (
      update requests.request r set last_seq = r.last_seq + 1 where r.tenant_id = $1 and r.id = $2
      returning r.id, r.last_seq, 'request'::text as kind)
    \(EventNote.insert)
    """
}
