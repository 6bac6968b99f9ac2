-- What a webhook was told of late is counted by what it is about, a ticket or, since 0045, another thing. The index knew tickets only, so that all
-- that the webhook was ever told was read for each count. `case`, because under row security PostgreSQL 15 takes no `coalesce` to an index: to it,
-- that may leak.
drop index notifications.notification_webhook_lately;
create index notification_webhook_lately on notifications.notification
  (tenant_id, receiver, (case when ticket_public_id is null then about_public_id else ticket_public_id end), recorded_at)
  where channel = 'webhook' and state <> 'folded';
