-- What suppliers publish to the modules that judge and bill by them.

drop view if exists suppliers.pub_supplier;
create view suppliers.pub_supplier with (security_invoker = true) as
  select id as supplier_id, public_id, code, name, zone, state from suppliers.supplier;
grant select on suppliers.pub_supplier to steward_app;

drop view if exists suppliers.pub_service;
create view suppliers.pub_service with (security_invoker = true) as
  select id as service_id, public_id, supplier_id, name, region, instance from suppliers.service;
grant select on suppliers.pub_service to steward_app;

-- The version of an underpinning contract, with its coverage.
drop view if exists suppliers.pub_contract_version;
create view suppliers.pub_contract_version with (security_invoker = true) as
  select v.id as contract_version_id, c.id as contract_id, c.public_id, c.supplier_id, c.reference, c.zone, v.valid_from, v.state, v.starts_at, v.ends_at, v.calendar_id
  from suppliers.contract c join suppliers.contract_version v on v.contract_id = c.id;
grant select on suppliers.pub_contract_version to steward_app;

drop view if exists suppliers.pub_target;
create view suppliers.pub_target with (security_invoker = true) as
  select id as target_id, contract_version_id, metric, priority, supplier_priority, service_id, budget_seconds, business_days, objective_millionths, period, counts_from
  from suppliers.target;
grant select on suppliers.pub_target to steward_app;

drop view if exists suppliers.pub_line_link;
create view suppliers.pub_line_link with (security_invoker = true) as
  select tenant_id, id as line_link_id, contract_line_id as line_id, service_id, supplier_contract_id, role, weight, valid_from, ended_at
  from suppliers.line_link;
grant select on suppliers.pub_line_link to steward_app;

-- Rows of the provider's own tenant.
drop view if exists suppliers.pub_outage;
create view suppliers.pub_outage with (security_invoker = true) as
  select tenant_id, id as outage_id, public_id, service_id, severity, starts_at, ends_at, announced_at, version from suppliers.outage where not withdrawn;
grant select on suppliers.pub_outage to steward_app;
