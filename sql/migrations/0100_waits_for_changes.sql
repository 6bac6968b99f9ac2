-- What is expected because of a change is looked at again when its window is over or when somebody altered the change, and not every minute: it keeps
-- the version of the change by which it waits. What waits from before has none, and is looked at within a minute.
alter table events.alert
  add column change_version bigint,
  add constraint alert_change_version_check check (change_version is null or change_public_id is not null) not valid;
grant update (change_version) on events.alert to steward_app;
-- of all alerts few wait for a change
create index alert_change on events.alert (change_public_id, change_version, tenant_id) where change_public_id is not null;
