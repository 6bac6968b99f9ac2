import Kernel
import Postgres
import Tenancy

/// Tenants for which a consumer has work waiting. The finder gives their ids only.
package struct OutboxTenants: Statement {
  package static let most = 1000

  let consumer: String
  let after: Int64
  let limit: Int

  /// - Parameters:
  ///   - after: the tenant behind which it looks.
  ///   - limit: how many it finds at most.
  package init(of consumer: String, after: Int64 = 0, limit: Int = OutboxTenants.most) {
    self.consumer = consumer
    self.after = after
    self.limit = limit
  }

  package static let sql = "select tenant_id from finder.outbox_tenants($1, $2, $3)"

  package func bind(to parameters: inout Parameters) {
    parameters.append(consumer)
    parameters.append(after)
    parameters.append(Int32(clamping: limit))
  }

  package static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// What each consumer has not taken yet, over all tenants; of a consumer that has taken all there is no row.
package struct OutboxWaiting: Statement {
  package struct Found: Sendable, Equatable {
    package let consumer: String
    /// Ten thousand stand for more.
    package let count: Int64
    /// Since when the oldest of those waits.
    package let since: Instant
  }

  package init() {}

  package static let sql = "select consumer, waiting, since from finder.outbox_waiting()"

  package func bind(to parameters: inout Parameters) {}

  package static func decode(_ row: inout RowReader) throws -> Found { Found(consumer: try row.next(), count: try row.next(), since: try row.next()) }
}

/// A piece of work that an act left for a consumer: the event that it is about.
package struct OutboxEntry: Sendable {
  package let id: Int64
  package let kind: String
  package let subject: Int64
  package let seq: Int64
  package let recordedAt: Instant

  package init(id: Int64, kind: String, subject: Int64, seq: Int64, recordedAt: Instant) {
    self.id = id
    self.kind = kind
    self.subject = subject
    self.seq = seq
    self.recordedAt = recordedAt
  }
}

/// Work that acts left for a consumer, oldest first. What was committed late has a lower number than what was seen: each round looks from the
/// beginning.
package struct WaitingOutbox: Statement {
  let tenant: TenantId
  let consumer: String
  let after: Int64
  let limit: Int64

  package init(tenant: TenantId, consumer: String, after: Int64, limit: Int64) {
    self.tenant = tenant
    self.consumer = consumer
    self.after = after
    self.limit = limit
  }

  package static let sql = """
    select o.id, o.subject_kind, o.subject_id, o.seq, o.recorded_at from operations.outbox o
    where o.tenant_id = $1 and o.consumer = $2 and o.id > $3 order by o.id limit $4
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(consumer)
    parameters.append(after)
    parameters.append(limit)
  }

  package static func decode(_ row: inout RowReader) throws -> OutboxEntry {
    OutboxEntry(id: try row.next(), kind: try row.next(), subject: try row.next(), seq: try row.next(), recordedAt: try row.next())
  }
}

/// Takes work away; a row for each piece that nobody else had taken.
package struct TakeOutbox: Statement {
  let tenant: TenantId
  let consumer: String
  let ids: [Int64]

  package init(tenant: TenantId, consumer: String, ids: [Int64]) {
    self.tenant = tenant
    self.consumer = consumer
    self.ids = ids
  }

  package static let sql = "delete from operations.outbox where tenant_id = $1 and consumer = $2 and id = any ($3) returning id"

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(consumer)
    parameters.append(ids)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
