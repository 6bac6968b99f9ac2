-- A change may say that alerts of what it touches are expected while it is done.

alter table changes.change add column suppresses_alerts boolean not null default false;
-- of all changes few are agreed to and not done yet, and of these few say so
create index change_suppressing on changes.change (tenant_id, starts_at) where suppresses_alerts and state in ('approved', 'implementing');

-- An alert is expected by a window, or by a change: the provider's, of which the customer's row knows the public id alone. What is there obeys already,
-- so the alerts of all customers are not read through.
alter table events.alert
  add column change_public_id bytea,
  drop constraint alert_window_check,
  add constraint alert_window_check check (
    num_nonnulls(window_id, change_public_id) = case when state = 'suppressed' then 1 else 0 end and (state = 'suppressed') = (wake_at is not null))
    not valid,
  add constraint alert_change_check check (octet_length(change_public_id) = 12) not valid;
grant update (change_public_id) on events.alert to steward_app;

-- What a window is for can be said anew, as its end can.
grant update (reason) on events.maintenance_window to steward_app;

-- Time is recorded on releases and major incidents too: the provider's own, named without a key as problems and changes are.
alter table time_entries.draft
  add column release_public_id bytea,
  add column major_public_id bytea,
  drop constraint draft_purpose_check,
  add constraint draft_purpose_check check (
    num_nonnulls(ticket_id, request_id, problem_public_id, change_public_id, release_public_id, major_public_id) <= 1) not valid,
  add constraint draft_purpose_own_check check (octet_length(release_public_id) = 12 and octet_length(major_public_id) = 12) not valid;
create index draft_release on time_entries.draft (tenant_id, release_public_id, began_at desc, public_id desc) where release_public_id is not null;
create index draft_major on time_entries.draft (tenant_id, major_public_id, began_at desc, public_id desc) where major_public_id is not null;
alter table time_entries.entry
  add column release_public_id bytea,
  add column major_public_id bytea,
  drop constraint entry_purpose_check,
  add constraint entry_purpose_check check (
    num_nonnulls(ticket_id, request_id, problem_public_id, change_public_id, release_public_id, major_public_id) <= 1) not valid,
  add constraint entry_purpose_own_check check (octet_length(release_public_id) = 12 and octet_length(major_public_id) = 12) not valid;
create index entry_release on time_entries.entry (tenant_id, release_public_id, began_at desc, public_id desc) where release_public_id is not null;
create index entry_major on time_entries.entry (tenant_id, major_public_id, began_at desc, public_id desc) where major_public_id is not null;
alter table time_entries.timer
  add column release_public_id bytea,
  add column major_public_id bytea;

-- On which requests an article was of use, the newest note first.
create index article_use_noted on requests.article_use (article_id, recorded_at, tenant_id, request_id);
