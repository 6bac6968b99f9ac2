-- What major incidents publish to other modules. Rows of the provider's tenant, for the staff alone.

-- What is told to whoever has a major incident open: its number and version, the customers of whom one must serve one to see it, and the accounts that
-- see it besides: who leads it, who declared it, and to whom it is offered.
create view major_incidents.pub_live_major_incident with (security_invoker = true) as
  select m.tenant_id, m.id as major_id, m.public_id, m.number, m.version,
    array(
      select distinct c.other_tenant_id from major_incidents.child c where c.tenant_id = m.tenant_id and c.major_id = m.id and c.ended_seq is null)
      as serving,
    s.kinds as opener_kinds, s.ids as opener_ids
  from major_incidents.major_incident m
  cross join lateral (
    select coalesce(array_agg(a.kind order by a.id), '{}') as kinds, coalesce(array_agg(a.id order by a.id), '{}') as ids
    from tenancy.account a
    where a.tenant_id = m.tenant_id and a.kind in ('staff', 'service') and a.id = any (array[m.lead_id, m.declarer_id, (
      select o.to_id from desk.pub_told_offer o
      where o.tenant_id = m.tenant_id and o.subject_kind = 'major_incident' and o.subject_id = m.id and o.outcome is null)])) s;
grant select on major_incidents.pub_live_major_incident to steward_app;

-- Major incidents by what escalation asks of them.
create view major_incidents.pub_major_incident with (security_invoker = true) as
  select tenant_id, id as major_id, public_id, state, declared_at, version from major_incidents.major_incident;
grant select on major_incidents.pub_major_incident to steward_app;

-- What the staff are told of a major incident, and who they may be: who leads it, else who answers for incidents by the rule, who of the staff declared
-- it, and whose incidents are part of it.
create view major_incidents.pub_told_major_incident with (security_invoker = true) as
  select m.tenant_id, m.id as major_id, m.public_id, m.number, m.title, m.state, m.mitigation, m.resolution, m.review,
    coalesce(m.lead_id, (select h.owner_id from handbooks.pub_accountable h where h.process = 'incident')) as owner_id, m.lead_id,
    (select a.id from tenancy.account a where a.tenant_id = m.tenant_id and a.id = m.declarer_id and a.kind = 'staff') as declarer_id,
    array(
      select distinct c.other_tenant_id from major_incidents.child c where c.tenant_id = m.tenant_id and c.major_id = m.id and c.ended_seq is null)
      as concerned_ids
  from major_incidents.major_incident m;
grant select on major_incidents.pub_told_major_incident to steward_app;

-- The entries of its log.
create view major_incidents.pub_entry with (security_invoker = true) as
  select tenant_id, major_id, public_id, audience, body from major_incidents.entry;
grant select on major_incidents.pub_entry to steward_app;

-- What a search over tickets of all kinds shows of it.
create view major_incidents.pub_found_major_incident with (security_invoker = true) as
  select tenant_id, id as major_id, public_id, number, title, state, declared_at from major_incidents.major_incident;
grant select on major_incidents.pub_found_major_incident to steward_app;

-- Whose incidents are part of it, for whose gates it passes.
create view major_incidents.pub_concerned with (security_invoker = true) as
  select distinct m.tenant_id, m.id as major_id, m.public_id, c.other_tenant_id as customer_id
  from major_incidents.major_incident m join major_incidents.child c on c.tenant_id = m.tenant_id and c.major_id = m.id
  where c.ended_seq is null;
grant select on major_incidents.pub_concerned to steward_app;
