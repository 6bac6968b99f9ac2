-- What events publish to other modules: sources by what they are called, for who is told that something of theirs waits in triage. Staff only.
create view events.pub_source with (security_invoker = true) as select tenant_id, id as source_id, public_id, name from events.source;
grant select on events.pub_source to steward_app;
