import Kernel
import Operations
import Postgres

extension Approval {
  /// Of `a`, in the order of ``init(_:)``; a table of approvals has them all.
  package static let columns = """
    a.public_id, a.seq, a.step, a.suffices, a.names, a.role, a.person_id, a.hours, a.escalates_to, a.state, a.asked_at, a.due_at, a.escalated_at,
      a.stand_in, a.delegate_kind, a.delegate_id, a.decided_at, a.decided_kind, a.decided_id, a.decided_person, a.reason,
      a.version
    """

  package init(_ row: inout RowReader) throws {
    func party(_ row: inout RowReader, hasPerson: Bool) throws -> Party? {
      let kind: String? = try row.next()
      let id: Int64? = try row.next()
      let person: Int64? = hasPerson ? try row.next() : nil
      guard let kind, let id else { return nil }
      return Party(kind: kind, id: id, person: person)
    }
    func holder(_ row: inout RowReader) throws -> Holder {
      let role: String? = try row.next()
      let person: Int64? = try row.next()
      return person.map { .person($0) } ?? .role(role ?? "")
    }
    self.init(
      publicId: try row.next(), seq: try row.next(), step: try row.next(), suffices: try row.next(), names: try row.next(), holder: try holder(&row),
      hours: try row.next(), escalatesTo: try row.next())
    state = ApprovalState(rawValue: try row.next()) ?? .lapsed
    askedAt = try row.next()
    dueAt = try row.next()
    escalatedAt = try row.next()
    standIn = try row.next()
    delegate = try party(&row, hasPerson: false)
    decidedAt = try row.next()
    decidedBy = try party(&row, hasPerson: true)
    reason = try row.next()
    version = try row.next()
  }
}
