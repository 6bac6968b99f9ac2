import Kernel
import Postgres

/// An event of a ticket as it was written.
struct TicketEventRow: Sendable {
  let seq: Int64
  let type: String
  let payload: Value
  let actorKind: String
  let actorId: Int64
  let via: String
  let occurredAt: Instant
  let recordedAt: Instant
}

/// The events of a ticket in their order.
struct EventsOfTicket: Statement {
  let tenant: TenantId
  let ticket: Int64
  let afterSeq: Int64
  /// Events that a customer's people may not see, by type and visibility.
  let includesInternal: Bool
  /// Nothing of the ticket is older: spares the older partitions.
  let recordedFrom: Instant
  let limit: Int64

  static let sql = """
    select seq, type, payload, actor_kind, actor_id, via, occurred_at, recorded_at from operations.event
    where tenant_id = $1 and subject_kind = 'ticket' and subject_id = $2 and seq > $3
      and ($4 or not (type = any ($7) or type = any ($8) and payload ->> 'visibility' = 'internal')) and recorded_at >= $5
    order by seq limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(afterSeq)
    parameters.append(includesInternal)
    parameters.append(recordedFrom)
    parameters.append(limit)
    parameters.append(TicketEventType.internalOnly)
    parameters.append(TicketEventType.ofVisibility)
  }

  static func decode(_ row: inout RowReader) throws -> TicketEventRow {
    TicketEventRow(
      seq: try row.next(), type: try row.next(), payload: try row.next(), actorKind: try row.next(), actorId: try row.next(), via: try row.next(),
      occurredAt: try row.next(), recordedAt: try row.next())
  }
}

/// The staff behind account ids; the provider's tenant is bound.
struct StaffOfIds: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let name: String
  }

  let provider: TenantId
  let ids: [Int64]

  static let sql = "select id, public_id, name from tenancy.account where tenant_id = $1 and id = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next(), name: try row.next()) }
}

/// An active member of the staff by public id; the provider's tenant is bound.
struct StaffByPublicId: Statement {
  let provider: TenantId
  let publicId: PublicId

  static let sql = "select id from tenancy.account where tenant_id = $1 and public_id = $2 and kind = 'staff' and state = 'active'"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Accounts by their rows, whose ids no two tenants share; their tenants are bound.
struct AccountsOfIds: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let name: String
  }

  let tenants: [TenantId]
  let ids: [Int64]

  static let sql = "select a.id, a.public_id, a.name from tenancy.account a where a.tenant_id = any ($1) and a.id = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next(), name: try row.next()) }
}
