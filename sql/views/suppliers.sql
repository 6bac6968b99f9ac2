-- What suppliers publish to the modules that judge and bill by them.

create view suppliers.pub_supplier with (security_invoker = true) as
  select id as supplier_id, public_id, code, name, zone, state from suppliers.supplier;
grant select on suppliers.pub_supplier to steward_app;

create view suppliers.pub_service with (security_invoker = true) as
  select s.id as service_id, s.public_id, s.supplier_id, s.name, s.region, s.instance, p.name as supplier_name
  from suppliers.service s join suppliers.supplier p on p.id = s.supplier_id;
grant select on suppliers.pub_service to steward_app;

-- Underpinning contracts, by what their newest version says.
create view suppliers.pub_contract with (security_invoker = true) as
  select c.id as contract_id, c.public_id, c.supplier_id, s.public_id as supplier_public_id, s.code as supplier_code, s.name as supplier_name, c.reference,
    c.zone, v.name, v.valid_from as newest_from, v.ends_at
  from suppliers.contract c
  join suppliers.supplier s on s.id = c.supplier_id
  cross join lateral (
    select n.name, n.valid_from, n.ends_at from suppliers.contract_version n where n.contract_id = c.id order by n.valid_from desc limit 1) v;
grant select on suppliers.pub_contract to steward_app;

-- The version of an underpinning contract, with its coverage.
create view suppliers.pub_contract_version with (security_invoker = true) as
  select v.id as contract_version_id, c.id as contract_id, c.public_id, c.supplier_id, c.reference, c.zone, v.valid_from, v.state, v.starts_at, v.ends_at, v.calendar_id,
    v.recorded_at, c.version
  from suppliers.contract c join suppliers.contract_version v on v.contract_id = c.id;
grant select on suppliers.pub_contract_version to steward_app;

create view suppliers.pub_target with (security_invoker = true) as
  select id as target_id, contract_version_id, metric, priority, supplier_priority, service_id, budget_seconds, business_days, objective_millionths, period, counts_from,
    warn_percents
  from suppliers.target;
grant select on suppliers.pub_target to steward_app;

create view suppliers.pub_line_link with (security_invoker = true) as
  select tenant_id, id as line_link_id, contract_line_id as line_id, service_id, supplier_contract_id, role, weight, valid_from, ended_at, version,
    not_needed
  from suppliers.line_link;
grant select on suppliers.pub_line_link to steward_app;

-- What a version of an underpinning contract is to cost: each line by its amount and how often it is due.
create view suppliers.pub_cost_line with (security_invoker = true) as
  select l.contract_version_id, c.id as supplier_contract_id, c.supplier_id, c.currency, l.name, l.amount_minor, l.period
  from suppliers.cost_line l
  join suppliers.contract_version v on v.id = l.contract_version_id
  join suppliers.contract c on c.id = v.contract_id;
grant select on suppliers.pub_cost_line to steward_app;

-- What suppliers cost (kind cost) and gave back (kind credit_note), each day of the period an equal part. What takes an entry back
-- is there with the opposite amount: sums are right without looking at it. Rows of the provider's own tenant.
create view suppliers.pub_entry with (security_invoker = true) as
  select tenant_id, id as entry_id, public_id, supplier_id, kind, supplier_contract_id, service_id, reference, period_from, period_to, amount_minor, currency,
    reverses
  from suppliers.entry;
grant select on suppliers.pub_entry to steward_app;

-- The grades that stand, with the share of the weight that had data behind it.
create view suppliers.pub_appraisal with (security_invoker = true) as
  select a.tenant_id, a.id as appraisal_id, a.public_id, a.supplier_id, a.scheme_id, a.period_from, a.period_to, r.grade, r.points, r.coverage_millionths,
    r.closed_at
  from suppliers.appraisal a join suppliers.appraisal_result r on r.tenant_id = a.tenant_id and r.appraisal_id = a.id
  where a.state = 'closed';
grant select on suppliers.pub_appraisal to steward_app;

-- The certifications that were not ended.
create view suppliers.pub_certification with (security_invoker = true) as
  select id as certification_id, public_id, supplier_id, name, issuer, reference, expires_on from suppliers.certification where ended_at is null;
grant select on suppliers.pub_certification to steward_app;

-- What is still to be done about suppliers. Rows of the provider's own tenant.
create view suppliers.pub_open_action with (security_invoker = true) as
  select c.tenant_id, c.id as action_id, c.public_id, c.supplier_id, a.period_name, c.what, c.owner_id, c.due_on
  from suppliers.appraisal_action c join suppliers.appraisal a on a.tenant_id = c.tenant_id and a.id = c.appraisal_id
  where c.state = 'open';
grant select on suppliers.pub_open_action to steward_app;
