-- Live updates: by which transaction an event, or a notification, was written. A snapshot tells which transactions had been seen, so what
-- became visible after one is found exactly, however late it was committed. Rows of before have none: they are no news.

alter table operations.event add column tx xid8;
alter table operations.event alter column tx set default pg_catalog.pg_current_xact_id();
create index event_tx on operations.event (tx) where tx is not null;

alter table notifications.notification add column tx xid8;
alter table notifications.notification alter column tx set default pg_catalog.pg_current_xact_id();
create index notification_tx on notifications.notification (tx) where state = 'inbox' and tx is not null;
