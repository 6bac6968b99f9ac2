-- What an incident has not been told of yet: within a minute of the last word the next one waits, and is made good then.

alter table events.alert_group
  -- when something is to be written into its incident
  add column tell_at timestamptz;
create index alert_group_tell on events.alert_group (tell_at, tenant_id) where tell_at is not null;
grant update (tell_at) on events.alert_group to steward_app;

alter table events.alert
  -- whether its incident is to be told of it
  add column is_untold boolean not null default false;
create index alert_untold on events.alert (tenant_id, group_id) where is_untold;
grant update (is_untold) on events.alert to steward_app;
