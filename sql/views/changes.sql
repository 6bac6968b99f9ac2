-- What change management publishes to other modules. Rows of the provider's tenant.

-- What is told to whoever has a change open: its number and version, and the customers whom it concerns, of whom one must serve one to see it.
create view changes.pub_live_change with (security_invoker = true) as
  select c.tenant_id, c.id as change_id, c.public_id, c.number, c.version,
    array(select n.customer_id from changes.concerned n where n.tenant_id = c.tenant_id and n.change_id = c.id) as serving
  from changes.change c;
grant select on changes.pub_live_change to steward_app;

-- The same of a release: whom its changes concern, or ever did. As long as it has and had none, who opened it sees it as well.
create view changes.pub_live_release with (security_invoker = true) as
  select r.tenant_id, r.id as release_id, r.public_id, r.number, r.version, s.serving,
    case when s.is_untouched then r.author_kind end as opener_kind, case when s.is_untouched then r.author_id end as opener_id
  from changes.release r
  cross join lateral (
    select
      array(
        select n.customer_id from changes.release_concerned n where n.tenant_id = r.tenant_id and n.release_id = r.id
        union
        select n.customer_id from changes.change c join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
        where c.tenant_id = r.tenant_id and c.release_id = r.id) as serving,
      not exists (select from changes.change c where c.tenant_id = r.tenant_id and c.release_id = r.id)
        and not exists (select from changes.release_concerned n where n.tenant_id = r.tenant_id and n.release_id = r.id) as is_untouched) s;
grant select on changes.pub_live_release to steward_app;
