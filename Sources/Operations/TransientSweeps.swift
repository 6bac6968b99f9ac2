import Jobs
import Kernel
import Postgres
import Tenancy

/// Removes what is only kept for a while, tenant by tenant and a batch at a time, so that no transaction is long.
private struct TransientSweep {
  static let batch: Int64 = 1000
  static let tenantsAtOnce: Int32 = 500

  /// `find` gives the tenants after an id that have something to remove; `remove` takes a batch away and says how much.
  static func run<Find: Statement, Remove: Statement>(
    _ tenancy: Tenancy, find: (TenantId) -> Find, remove: (TenantId) -> Remove
  ) async throws where Find.Output == TenantId {
    var last = TenantId(0)
    while true {
      let tenants = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(find(last)) }
      for tenant in tenants {
        var removed = Int(batch)
        while removed == Int(batch) {
          try Task.checkCancellation()
          removed = try await tenancy.transaction(binding: [tenant], side: .staff) { try await $0.execute(remove(tenant)) }
        }
      }
      guard let next = tenants.last, tenants.count == Int(tenantsAtOnce) else { return }
      last = next
    }
  }
}

/// Stored results of calls are kept for 24 hours.
package struct IdempotencySweep: Sweep {
  package static let kind = "operations.idempotency"
  package static let everySeconds: Int64 = 3600
  package static let mayBeScheduled = true
  package static let lifetimeSeconds: Int64 = 86_400

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    let before = now.adding(seconds: -Self.lifetimeSeconds)
    try await TransientSweep.run(tenancy) {
      TenantsWithOldResults(before: before, after: $0)
    } remove: {
      DeleteOldResults(tenant: $0, before: before)
    }
  }
}

/// Sessions that ended a week ago, and set-up tokens that were never used. Tokens that somebody made and named stay on
/// record.
package struct EndedTokenSweep: Sweep {
  package static let kind = "tenancy.ended_tokens"
  package static let everySeconds: Int64 = 3600
  package static let mayBeScheduled = true
  package static let lifetimeSeconds: Int64 = 7 * 86_400

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    let before = now.adding(seconds: -Self.lifetimeSeconds)
    try await TransientSweep.run(tenancy) {
      TenantsWithEndedSessions(before: before, after: $0)
    } remove: {
      DeleteEndedSessions(tenant: $0, before: before)
    }
    guard let provider = try await tenancy.provider() else { return }
    _ = try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
      try await transaction.execute(DeleteExpiredSetupTokens(tenant: provider.id, now: now))
    }
  }
}

struct TenantsWithOldResults: Statement {
  let before: Instant
  let after: TenantId

  static let sql = "select tenant_id from finder.tenants_with_old_results($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(before)
    parameters.append(after)
    parameters.append(TransientSweep.tenantsAtOnce)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

struct DeleteOldResults: Statement {
  let tenant: TenantId
  let before: Instant

  static let sql = """
    delete from operations.idempotency
    where tenant_id = $1 and recorded_at < $2 and (actor_kind, actor_id, operation, key) in (
      select i.actor_kind, i.actor_id, i.operation, i.key from operations.idempotency i
      where i.tenant_id = $1 and i.recorded_at < $2 order by i.recorded_at limit $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(before)
    parameters.append(TransientSweep.batch)
  }

  static func decode(_ row: inout RowReader) throws {}
}

struct TenantsWithEndedSessions: Statement {
  let before: Instant
  let after: TenantId

  static let sql = "select tenant_id from finder.tenants_with_ended_sessions($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(before)
    parameters.append(after)
    parameters.append(TransientSweep.tenantsAtOnce)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

struct DeleteEndedSessions: Statement {
  let tenant: TenantId
  let before: Instant

  static let sql = """
    delete from tenancy.api_token
    where tenant_id = $1 and id in (
      select t.id from tenancy.api_token t where t.tenant_id = $1 and t.kind = 'session' and t.expires_at < $2 order by t.expires_at limit $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(before)
    parameters.append(TransientSweep.batch)
  }

  static func decode(_ row: inout RowReader) throws {}
}

struct DeleteExpiredSetupTokens: Statement {
  let tenant: TenantId
  let now: Instant

  static let sql = "delete from tenancy.setup_token where tenant_id = $1 and expires_at <= $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws {}
}
