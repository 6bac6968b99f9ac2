-- That events wait for somebody to say whose they are is told, of each source once in an hour at the most, and once more before they are ignored.
alter table events.source
  -- since when something went to triage of which nobody was told
  add column triage_since timestamptz,
  -- when it was last told
  add column triage_told_at timestamptz,
  -- what was delivered before this was told to be ignored soon
  add column triage_expiry_before timestamptz;
grant update (triage_since, triage_told_at, triage_expiry_before) on events.source to steward_app;

-- What waits already is told too.
alter table events.source no force row level security;
alter table events.received no force row level security;
update events.source s set triage_since = (
  select min(r.recorded_at) from events.received r where r.tenant_id = s.tenant_id and r.source_id = s.id and r.state = 'triage');
alter table events.received force row level security;
alter table events.source force row level security;

-- What waits of a source, by when it was delivered.
create index received_triage_of_source on events.received (tenant_id, source_id, recorded_at) where state = 'triage';
