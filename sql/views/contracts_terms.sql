-- What contracts publish to those who count money and time by them: prices, terms, calendars.

-- When a contract is in force: the states and terms of its versions.
create view contracts.pub_contract_term with (security_invoker = true) as
  select tenant_id, contract_id, id as contract_version_id, valid_from, state, starts_at, ends_at, name from contracts.standing_contract_version;
grant select on contracts.pub_contract_term to steward_app;

create view contracts.pub_calendar with (security_invoker = true) as select id as calendar_id, public_id, name, only_tenant_id, version from contracts.calendar;
grant select on contracts.pub_calendar to steward_app;

-- What a line promises, and from when on.
create view contracts.pub_line_terms with (security_invoker = true) as
  select tenant_id, id as line_version_id, contract_line_id as line_id, valid_from, name, state, sla_id from contracts.standing_line_version;
grant select on contracts.pub_line_terms to steward_app;

-- Their versions that stand, with all targets; one row without a target for a version that has none.
create view contracts.pub_sla_target with (security_invoker = true) as
  select v.sla_id, v.id as sla_version_id, v.valid_from, g.id as target_id, g.metric, g.priority, g.budget_seconds, g.business_days,
    g.objective_millionths, g.calendar_id, g.ticket_type, g.service_id, g.ci_tier, g.period, g.counts_from, g.explicitly_none,
    g.warn_percents
  from contracts.standing_sla_version v left join contracts.sla_target g on g.sla_version_id = v.id;
grant select on contracts.pub_sla_target to steward_app;
