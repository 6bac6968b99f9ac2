-- A change may say that alerts of what it touches are expected while it is done.

alter table changes.change add column suppresses_alerts boolean not null default false;
-- of all changes few are agreed to and not done yet, and of these few say so
create index change_suppressing on changes.change (tenant_id, starts_at) where suppresses_alerts and state in ('approved', 'implementing');

-- An alert is expected by a window, or by a change: the provider's, of which the customer's row knows the public id alone.
alter table events.alert
  add column change_public_id bytea,
  drop constraint alert_window_check,
  add constraint alert_window_check check (
    num_nonnulls(window_id, change_public_id) = case when state = 'suppressed' then 1 else 0 end and (state = 'suppressed') = (wake_at is not null));
grant update (change_public_id) on events.alert to steward_app;

-- What a window is for can be said anew, as its end can.
grant update (reason) on events.maintenance_window to steward_app;
