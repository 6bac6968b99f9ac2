-- What the CMDB publishes to the modules that judge by it: tickets that name a CI, changes that clash on one.

create view assets.pub_ci with (security_invoker = true) as
  select c.tenant_id, c.id as ci_id, c.public_id, c.name, t.code as type_code, c.state, c.ci_tier, c.service_id, c.owner_id, c.unit_id,
    c.name_key
  from assets.ci c join assets.ci_type t on t.id = c.type_id;
grant select on assets.pub_ci to steward_app;

-- What rests on what: the one needs the other. A whole needs its parts; every other relation is read as it is written.
create view assets.pub_need with (security_invoker = true) as
  select tenant_id, kind, case kind when 'part_of' then to_id else from_id end as ci_id, case kind when 'part_of' then from_id else to_id end as needs_id
  from assets.relation;
grant select on assets.pub_need to steward_app;

-- Which contract line covers a CI from which day on; of a day the newest row counts.
create view assets.pub_coverage with (security_invoker = true) as
  select tenant_id, ci_id, contract_line_id, valid_from, seq from assets.coverage;
grant select on assets.pub_coverage to steward_app;

-- Which customers a CI of the provider's affects. Rows of the provider's tenant.
create view assets.pub_affected_customer with (security_invoker = true) as
  select tenant_id, ci_id, customer_id from assets.affected_customer;
grant select on assets.pub_affected_customer to steward_app;

-- What is in use and has a warranty, for who is told of its end.
create view assets.pub_warranty with (security_invoker = true) as
  select tenant_id, id as ci_id, public_id, name, owner_id, warranty_until
  from assets.ci where warranty_until is not null and state not in ('retired', 'disposed');
grant select on assets.pub_warranty to steward_app;
