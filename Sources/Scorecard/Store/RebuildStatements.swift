import Kernel
import Postgres

/// The statements of a rebuild. The transaction is bound to the one tenant, and each INSERT has ON CONFLICT, so that row
/// security holds for what is written wherever the rows live.
struct ForgetDaily: Statement {
  let tenant: TenantId
  /// Nil: all contracts.
  let contract: Int64?

  static let sql = "delete from scorecard.daily where tenant_id = $1 and ($2::bigint is null or contract_id = $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }
}

struct ForgetFactsOfContract: Statement {
  let tenant: TenantId
  let contract: Int64?

  static let sql = "delete from scorecard.ticket_fact where tenant_id = $1 and ($2::bigint is null or contract_id = $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }
}

/// A ticket that has moved to this contract and is still stored under another one is left to the refresh, which its
/// move has asked for: each ticket is counted once.
struct RebuildFacts: Statement {
  let tenant: TenantId
  let contract: Int64?

  static let sql = """
    insert into scorecard.ticket_fact (\(FactDerivation.columns))
    \(FactDerivation.select(tickets: "($2::bigint is null or coalesce(t.contract_id, 0) = $2)", clocks: "true"))
    on conflict (tenant_id, ticket_id) do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }
}

struct RebuildDaily: Statement {
  let tenant: TenantId
  let contract: Int64?

  static let sql = """
    insert into scorecard.daily (tenant_id, contract_id, basis, day, priority, \(AddToDaily.sums))
    select f.tenant_id, f.contract_id, b.basis, b.day, f.priority, count(*), count(*) filter (where f.reopen_count > 0),
      count(*) filter (where f.response_verdict in ('met', 'missed')), count(*) filter (where f.response_verdict = 'met'),
      count(f.response_seconds), coalesce(sum(f.response_seconds), 0)::bigint,
      count(*) filter (where f.resolution_verdict in ('met', 'missed')), count(*) filter (where f.resolution_verdict = 'met'),
      count(f.resolution_seconds), coalesce(sum(f.resolution_seconds), 0)::bigint
    from scorecard.ticket_fact f
    cross join lateral (values ('opened', f.opened_on), ('resolved', f.resolved_on), ('closed', f.closed_on)) as b (basis, day)
    where f.tenant_id = $1 and ($2::bigint is null or f.contract_id = $2) and b.day is not null
    group by f.tenant_id, f.contract_id, b.basis, b.day, f.priority
    on conflict (tenant_id, contract_id, basis, day, priority) do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }
}
