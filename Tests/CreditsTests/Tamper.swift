import Kernel
import Postgres

/// Changes the amounts of a customer's proposals, as nobody may.
struct Tamper: Statement {
  let tenant: TenantId

  static let sql = "update credits.proposal set amount_minor = 1 where tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
}

/// Grants another credit beside the one that waits, as a race would: of 100.00, and made before it.
struct GrantBeside: Statement {
  let tenant: TenantId

  static let sql = """
    insert into credits.proposal
      (tenant_id, id, public_id, number, contract_id, contract_line_id, schedule_id, schedule_name, schedule_version_id, period_kind, period_name,
       period_from, period_to, calculation, amount_minor, currency, granted_minor, claimed_on, actor_kind, actor_id, recorded_at, terms,
       terms_valid_from, state)
    select p.tenant_id, 0, decode('000000000000000000000000', 'hex'), 0, p.contract_id, p.contract_line_id, p.schedule_id, p.schedule_name,
      p.schedule_version_id, p.period_kind, p.period_name, p.period_from, p.period_to, '{}'::jsonb, 10000, p.currency, 0, p.claimed_on, p.actor_kind, p.actor_id,
      p.recorded_at, p.terms, p.terms_valid_from, 'approved'
    from credits.proposal p where p.tenant_id = $1
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
}
