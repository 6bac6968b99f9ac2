-- What waits of one source is found without going through what waits of others: one may have a hundred thousand alerts that are to be woken.
create index alert_wake_of_source on events.alert (tenant_id, source_public_id, wake_at, id) where wake_at is not null;
