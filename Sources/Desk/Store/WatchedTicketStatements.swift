import Kernel
import Postgres

/// A ticket that something other than a person opened, as that must know it before it acts on it again.
package struct WatchedTicket: Sendable {
  package let publicId: [UInt8]
  package let state: TicketState
  package let version: Int64
  /// When its work was last done: resolved, or closed without that.
  package let endedAt: Instant?
  /// The ticket that it was merged into.
  package let mergedInto: [UInt8]?
  /// Whether anybody else has done anything to it: commented, taken, changed it, come to a gate with it. Steward's own jobs do not count.
  /// What is kept by modules that the desk does not know, whoever asks adds.
  package var isTouched: Bool
  /// How often it was opened again.
  package let reopenCount: Int64
}

/// Locks tickets by their public ids in the one order in which everybody does. What is to be true of them is asked afterwards: an act
/// that this one waited for is not seen by the statement that waited.
package struct HoldWatchedTickets: Statement {
  let tenant: TenantId
  let publicIds: [[UInt8]]

  package init(tenant: TenantId, publicIds: [[UInt8]]) { (self.tenant, self.publicIds) = (tenant, publicIds) }

  package static let sql = "select t.id from desk.ticket t where t.tenant_id = $1 and t.public_id = any ($2) order by t.id for update"

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicIds)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

package struct FindWatchedTickets: Statement {
  let tenant: TenantId
  let publicIds: [[UInt8]]
  /// The service account that opened them.
  let account: Int64

  package init(tenant: TenantId, publicIds: [[UInt8]], account: Int64) {
    (self.tenant, self.publicIds, self.account) = (tenant, publicIds, account)
  }

  package static let sql = """
    select t.public_id, t.state, t.version, coalesce(t.resolved_at, t.closed_at),
      (select m.public_id from desk.ticket m where m.tenant_id = t.tenant_id and m.id = t.merged_into_id),
      exists (
        select from operations.event e
        where e.tenant_id = t.tenant_id and e.subject_kind = 'ticket' and e.subject_id = t.id and e.actor_kind <> 'system'
          and not (e.actor_kind = 'service' and e.actor_id = $3))
        or exists (
          select from gates.pub_stay s where s.tenant_id = t.tenant_id and s.subject_kind = 'incident' and s.subject = t.public_id),
      t.reopen_count
    from desk.ticket t where t.tenant_id = $1 and t.public_id = any ($2)
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicIds)
    parameters.append(account)
  }

  package static func decode(_ row: inout RowReader) throws -> WatchedTicket {
    WatchedTicket(
      publicId: try row.next(), state: TicketState(rawValue: try row.next()) ?? .closed, version: try row.next(), endedAt: try row.next(),
      mergedInto: try row.next(), isTouched: try row.next(), reopenCount: try row.next())
  }
}
