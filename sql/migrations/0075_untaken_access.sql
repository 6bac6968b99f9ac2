-- What a review revoked stands in the system until somebody takes it there. Until then it is to be found; who took it, or gave it anew, is kept.

alter table requests.entitlement
  -- when an order took what a review had ended, or gave it anew, and which one; null: nobody has yet
  add column taken_at timestamptz,
  add column taken_request_id bigint,
  add constraint entitlement_taken_request_fk foreign key (tenant_id, taken_request_id) references requests.request (tenant_id, id),
  add constraint entitlement_taken_check check (
    (taken_at is null) = (taken_request_id is null) and (taken_at is null or ended_review_id is not null and taken_at >= ended_at));
grant update (taken_at, taken_request_id) on requests.entitlement to steward_app;
-- What was revoked before this was kept, and was given anew or taken by an order since, waits for nobody. Forced row security would keep the owner of the
-- tables from reading and writing.
alter table requests.entitlement no force row level security;
alter table requests.request no force row level security;
alter table requests.task no force row level security;
alter table catalog.offering_version no force row level security;
update requests.entitlement e set taken_at = s.at, taken_request_id = s.request_id
from (
  select distinct on (d.tenant_id, d.id) d.tenant_id, d.id, f.at, f.request_id
  from requests.entitlement d
  cross join lateral (
    select g.since as at, g.request_id from requests.entitlement g
    where g.tenant_id = d.tenant_id and g.person_id = d.person_id and g.resource = d.resource and g.id <> d.id and g.since >= d.ended_at
    union all
    select k.ended_at, o.id
    from requests.request o
    join catalog.offering_version v on v.id = o.offering_version_id
    join requests.task k on k.tenant_id = o.tenant_id and k.request_id = o.id
    where o.tenant_id = d.tenant_id and o.requester_id = d.person_id and v.content #>> '{access,action}' = 'revoke'
      and d.resource = coalesce(v.content #>> '{access,resource}', o.answers ->> (v.content #>> '{access,resourceAnswer}'))
      and k.carries_access and k.state = 'done' and k.ended_at >= d.ended_at) f
  where d.ended_review_id is not null
  order by d.tenant_id, d.id, f.at, f.request_id) s
where e.tenant_id = s.tenant_id and e.id = s.id;
alter table catalog.offering_version force row level security;
alter table requests.task force row level security;
alter table requests.request force row level security;
alter table requests.entitlement force row level security;

-- What is still to be taken, of a customer and of one of his reviews.
create index entitlement_untaken on requests.entitlement (tenant_id, ended_review_id, id) where ended_review_id is not null and taken_at is null;

-- On which tickets an article was of use, over all customers, the newest note first.
create index article_use_noted on desk.article_use (article_id, recorded_at, tenant_id, ticket_id);
