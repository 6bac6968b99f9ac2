-- What service levels publish to other modules: where each promise about a ticket stands. What was promised about requests is apart, so that who counts
-- incidents, or works out credits for them, counts no request among them. The budget of what stopped and was judged by
-- a target of another calendar is the one that it was judged by.

create view service_levels.pub_clock with (security_invoker = true) as
  select tenant_id, id as clock_id, subject_kind, subject_id, metric, priority, state, started_at, consumed_seconds,
    case when next_calendar_version_id is null then budget_open_seconds
      else (select v.budget_seconds from service_levels.verdict v where v.tenant_id = c.tenant_id and v.clock_id = c.id and v.seq = c.last_verdict_seq)
    end as budget_open_seconds,
    due_at, breached_at, observed_at, verdict
  from service_levels.clock c where subject_kind = 'ticket';
grant select on service_levels.pub_clock to steward_app;

-- Promises about tickets that were kept or broken, at most one row for each metric of a ticket: a miss stays when its clock is
-- withdrawn, until there is a target again and a later clock counts. By the version of the contract line that made them, and when.
create view service_levels.pub_judged with (security_invoker = true) as
  select tenant_id, id as clock_id, contract_line_version_id as line_version_id, subject_kind, subject_id, metric, priority, verdict,
    case when breached_at is null then observed_at else breached_at end as judged_at
  from service_levels.clock c
  where subject_kind = 'ticket' and verdict in ('met', 'missed') and (state <> 'withdrawn' or not exists (
    select from service_levels.clock n
    where n.tenant_id = c.tenant_id and n.subject_kind = c.subject_kind and n.subject_id = c.subject_id and n.metric = c.metric and n.id > c.id
      and (n.state <> 'withdrawn' or n.verdict = 'missed')));
grant select on service_levels.pub_judged to steward_app;

-- Promises of teams (OLA) and of suppliers (UC) that were kept or broken, and when. The subject is a turn on a ticket: of a team
-- (assignment), whose party is the team, or of a supplier (dispatch), whose party is an underpinning contract. Plain columns: what is
-- asked of them is answered by index.
create view service_levels.pub_judged_agreement with (security_invoker = true) as
  select tenant_id, id as clock_id, subject_kind, subject_id, party_id, sla_target_id, supplier_contract_version_id, supplier_target_id, metric, priority, verdict,
    case when breached_at is null then observed_at else breached_at end as judged_at
  from service_levels.clock c
  where subject_kind in ('assignment', 'dispatch') and verdict in ('met', 'missed') and (state <> 'withdrawn' or not exists (
    select from service_levels.clock n
    where n.tenant_id = c.tenant_id and n.subject_kind = c.subject_kind and n.subject_id = c.subject_id and n.metric = c.metric and n.id > c.id
      and (n.state <> 'withdrawn' or n.verdict = 'missed')));
grant select on service_levels.pub_judged_agreement to steward_app;

-- What counts of each metric of a subject now, at most one row: its live clock, or the miss that a withdrawn one left. The verdict is
-- null where nothing is judged.
create view service_levels.pub_standing with (security_invoker = true) as
  select tenant_id, id as clock_id, subject_kind, subject_id, metric, priority, consumed_seconds,
    case when next_calendar_version_id is null then budget_open_seconds
      else (select v.budget_seconds from service_levels.verdict v where v.tenant_id = c.tenant_id and v.clock_id = c.id and v.seq = c.last_verdict_seq)
    end as budget_open_seconds,
    case when verdict <> 'withdrawn' then verdict end as verdict, case when breached_at is null then observed_at else breached_at end as judged_at,
    case when state = 'running' then state_since end as running_since, calendar_version_id
  from service_levels.clock c
  where state <> 'withdrawn' or (verdict = 'missed' and not exists (
    select from service_levels.clock n
    where n.tenant_id = c.tenant_id and n.subject_kind = c.subject_kind and n.subject_id = c.subject_id and n.metric = c.metric and n.id > c.id
      and (n.state <> 'withdrawn' or n.verdict = 'missed')));
grant select on service_levels.pub_standing to steward_app;

-- What each clock belongs to, and where it stands.
create view service_levels.pub_clock_subject with (security_invoker = true) as
  select tenant_id, id as clock_id, subject_kind, subject_id, metric, state, verdict from service_levels.clock;
grant select on service_levels.pub_clock_subject to steward_app;

-- Which request each promise is about, which version of a line made it, and where it stands.
create view service_levels.pub_request_clock with (security_invoker = true) as
  select tenant_id, id as clock_id, subject_id as request_id, contract_line_version_id as line_version_id, metric, state, breached_at, observed_at, verdict
  from service_levels.clock where subject_kind = 'request';
grant select on service_levels.pub_request_clock to steward_app;
