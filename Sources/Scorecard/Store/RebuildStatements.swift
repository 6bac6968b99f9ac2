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

/// Facts whose ticket is gone, or has moved to another contract and waits for the refresh there.
struct ForgetMovedFacts: Statement {
  let tenant: TenantId
  let contract: Int64?

  static let sql = """
    delete from scorecard.ticket_fact f
    where f.tenant_id = $1 and ($2::bigint is null or f.contract_id = $2) and not exists (
      select from desk.pub_ticket t
      where t.tenant_id = $1 and t.ticket_id = f.ticket_id and ($2::bigint is null or coalesce(t.contract_id, 0) = $2))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }
}

/// The last of the next tickets by id, so that a rebuild goes through them in statements of bounded length; null after the last one.
struct EndOfTickets: Statement {
  let tenant: TenantId
  let after: Int64
  let count: Int64

  static let sql = """
    select max(n.ticket_id) from (
      select t.ticket_id from desk.pub_ticket t where t.tenant_id = $1 and t.ticket_id > $2 order by t.ticket_id limit $3) n
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(after)
    parameters.append(count)
  }

  static func decode(_ row: inout RowReader) throws -> Int64? { try row.next() }
}

/// Writes the facts of a stretch of tickets that are not stored as they follow from the tickets now; the others, nearly
/// all, are only read. A ticket that has moved to this contract and is still stored under another one is left to the
/// refresh, which its move has asked for: each ticket is counted once.
struct RebuildFacts: Statement {
  let tenant: TenantId
  let contract: Int64?
  let after: Int64
  let upTo: Int64

  static let sql = """
    insert into scorecard.ticket_fact (\(FactDerivation.columns))
    select d.* from (
      \(FactDerivation.select(
        tickets: "($2::bigint is null or coalesce(t.contract_id, 0) = $2) and t.ticket_id > $3 and t.ticket_id <= $4",
        clocks: "k.subject_id > $3 and k.subject_id <= $4"))
    ) d (\(FactDerivation.columns))
    left join scorecard.ticket_fact f on f.tenant_id = $1 and f.ticket_id = d.ticket_id and f.ticket_id > $3 and f.ticket_id <= $4
    where f.ticket_id is null or ($2::bigint is null or f.contract_id = $2) and (\(FactDerivation.values("f"))) is distinct from (\(FactDerivation.values("d")))
    on conflict (tenant_id, ticket_id) do update set \(FactDerivation.overwrite)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
    parameters.append(after)
    parameters.append(upTo)
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
