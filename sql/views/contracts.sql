-- What contracts publish to the modules that judge by them.

-- The versions that hold from their instant on: all but those that were withdrawn before they began.
create view contracts.standing_contract_version with (security_invoker = true) as
  select v.* from contracts.contract_version v
  where not exists (
    select from contracts.contract_version_withdrawal w where w.tenant_id = v.tenant_id and w.contract_version_id = v.id);
grant select on contracts.standing_contract_version to steward_app;

create view contracts.standing_line_version with (security_invoker = true) as
  select v.* from contracts.contract_line_version v
  where not exists (
    select from contracts.contract_line_version_withdrawal w where w.tenant_id = v.tenant_id and w.contract_line_version_id = v.id);
grant select on contracts.standing_line_version to steward_app;

create view contracts.standing_calendar_version with (security_invoker = true) as
  select v.* from contracts.calendar_version v
  where not exists (select from contracts.calendar_version_withdrawal w where w.calendar_version_id = v.id);
grant select on contracts.standing_calendar_version to steward_app;

create view contracts.standing_sla_version with (security_invoker = true) as
  select v.* from contracts.sla_version v where not v.withdrawn;
grant select on contracts.standing_sla_version to steward_app;

create view contracts.pub_contract with (security_invoker = true) as
  select tenant_id, id as contract_id, public_id, number, currency, zone, version from contracts.contract;
grant select on contracts.pub_contract to steward_app;

create view contracts.pub_line with (security_invoker = true) as
  select tenant_id, id as line_id, public_id, contract_id, version from contracts.contract_line;
grant select on contracts.pub_line to steward_app;

create view contracts.pub_line_version with (security_invoker = true) as
  select tenant_id, id as line_version_id, contract_line_id as line_id, name, valid_from from contracts.contract_line_version;
grant select on contracts.pub_line_version to steward_app;

-- A target with its SLA and the version that it belongs to.
create view contracts.pub_target with (security_invoker = true) as
  select g.id as target_id, s.public_id as sla_public_id, s.name as sla_name, v.id as sla_version_id, v.valid_from as sla_valid_from,
    v.resolution_stops_at, g.metric, g.ticket_type, g.priority, g.service_id, g.ci_tier, g.explicitly_none, g.budget_seconds, g.business_days,
    g.calendar_id, g.objective_millionths, g.period, g.counts_from, g.warn_percents, g.pauses
  from contracts.sla_target g
  join contracts.sla_version v on v.id = g.sla_version_id
  join contracts.sla s on s.id = v.sla_id;
grant select on contracts.pub_target to steward_app;

create view contracts.pub_ci_tier with (security_invoker = true) as select code, rank, name, state from contracts.ci_tier;
grant select on contracts.pub_ci_tier to steward_app;

-- SLAs and OLAs.
create view contracts.pub_sla with (security_invoker = true) as
  select id as sla_id, public_id, name, kind, only_tenant_id, version, state from contracts.sla;
grant select on contracts.pub_sla to steward_app;

-- The versions of SLAs and OLAs, with how waits bear on their clocks. Those that were withdrawn are of use only to what began with them.
create view contracts.pub_sla_version with (security_invoker = true) as
  select s.id as sla_id, s.public_id, s.name, s.kind, v.id as sla_version_id, v.valid_from, v.withdrawn, v.supplier_waits_pause,
    v.provider_waits_pause, v.wait_limit_seconds, v.wait_total_seconds
  from contracts.sla s join contracts.sla_version v on v.sla_id = s.id;
grant select on contracts.pub_sla_version to steward_app;

create view contracts.pub_calendar_version with (security_invoker = true) as
  select v.id as calendar_version_id, c.public_id, c.name, v.valid_from, v.definition ->> 'zone' as zone
  from contracts.calendar_version v join contracts.calendar c on c.id = v.calendar_id;
grant select on contracts.pub_calendar_version to steward_app;

-- What is to be decided, and the renewal rate of a period: of the items whose decision fell into it (superseded ones aside), the share that was renewed.
create view contracts.pub_renewal with (security_invoker = true) as
  select tenant_id, id as renewal_id, public_id, contract_id, decision_on, state, outcome, mode, cycle_ends_at from contracts.renewal
  where outcome is distinct from 'superseded' and contract_id is not null;
grant select on contracts.pub_renewal to steward_app;

-- The same of suppliers' contracts: rows of the provider's own tenant, and no part of a renewal rate.
create view contracts.pub_supplier_renewal with (security_invoker = true) as
  select tenant_id, id as renewal_id, public_id, supplier_contract_id, decision_on, state, outcome, mode, cycle_ends_at from contracts.renewal
  where outcome is distinct from 'superseded' and supplier_contract_id is not null;
grant select on contracts.pub_supplier_renewal to steward_app;

-- What lines sell of the catalogue, and to whom, by version; the newest that has begun counts.
create view contracts.pub_line_sale with (security_invoker = true) as
  select l.tenant_id, l.id as line_id, l.public_id, l.contract_id, v.valid_from, v.state, v.service_id, v.offering_id,
    array_remove(array[v.unit_id] || array(
      select x.unit_id from contracts.contract_line_unit x where x.tenant_id = v.tenant_id and x.contract_line_version_id = v.id), null) as unit_ids,
    array(select x.person_id from contracts.contract_line_person x where x.tenant_id = v.tenant_id and x.contract_line_version_id = v.id) as person_ids
  from contracts.contract_line l
  join contracts.standing_line_version v on v.tenant_id = l.tenant_id and v.contract_line_id = l.id;
grant select on contracts.pub_line_sale to steward_app;
