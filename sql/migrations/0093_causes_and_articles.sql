-- What a change has caused is said of it beside what it is to resolve; articles are noted on requests, as on incidents.

-- What is there obeys already, so nothing is read through.
alter table changes.link
  drop constraint link_kind_check,
  add constraint link_kind_check check (kind in ('incident', 'problem', 'request', 'caused_incident')) not valid;

-- Access that was given until a day, the last of it perhaps over, and that nobody has taken.
create index entitlement_until on requests.entitlement (tenant_id, id) where ended_at is null and until_on is not null;

-- An article that was of use on a request. Rows of the request's tenant.
create table requests.article_use (
  tenant_id bigint not null,
  request_id bigint not null,
  article_id bigint not null,
  kind text not null,
  actor_kind text not null,
  actor_id bigint not null,
  actor_name text not null,
  recorded_at timestamptz not null,
  constraint article_use_pk primary key (tenant_id, request_id, article_id),
  constraint article_use_request_fk foreign key (tenant_id, request_id) references requests.request (tenant_id, id),
  constraint article_use_article_fk foreign key (article_id) references knowledge.article (id),
  constraint article_use_kind_check check (kind in ('used', 'solved'))
);
create index article_use_article on requests.article_use (article_id, kind);
create index article_use_newest on requests.article_use (recorded_at, article_id);
-- Which of the provider's articles were of use is not the customer's affair.
select steward.protect_tenant_table('requests.article_use', 'personal');
select steward.keep_to_staff('requests.article_use', 'personal');
grant select, insert, delete on requests.article_use to steward_app;
grant update (kind, actor_kind, actor_id, actor_name, recorded_at) on requests.article_use to steward_app;
