-- Requests are closed by time where nobody objects, as incidents are.

alter table desk.ticket_policy
  -- 0: never
  add column close_requests_after_days bigint not null default 7,
  add constraint ticket_policy_close_requests_check check (close_requests_after_days between 0 and 365);
grant update (close_requests_after_days) on desk.ticket_policy to steward_app;
alter table desk.own_ticket_policy
  -- null: as it is above
  add column close_requests_after_days bigint,
  add constraint own_ticket_policy_close_requests_check check (close_requests_after_days between 0 and 365);
grant update (close_requests_after_days) on desk.own_ticket_policy to steward_app;

alter table requests.request
  -- when a fulfilled one closes by itself; null: it does not, as what was fulfilled before there was a time
  add column closes_at timestamptz,
  add constraint request_closes_check check (closes_at is null or state = 'fulfilled');
grant update (closes_at) on requests.request to steward_app;
-- Over all customers: what closes next.
create index request_closing on requests.request (closes_at, tenant_id, id) where closes_at is not null;
