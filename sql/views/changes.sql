-- What change management publishes to other modules: whom a change concerns, for whose gates it passes. Rows of the provider's tenant.
create view changes.pub_concerned with (security_invoker = true) as
  select c.tenant_id, c.id as change_id, c.public_id, n.customer_id
  from changes.change c join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id;
grant select on changes.pub_concerned to steward_app;
