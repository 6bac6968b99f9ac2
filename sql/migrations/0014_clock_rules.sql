-- Clocks follow new versions of calendars, and waits have the limits that the SLA's version gives them.

alter table contracts.sla_version
  -- whether waiting for a supplier stops the customer's clocks, as waiting for the customer does
  add column supplier_waits_pause boolean not null default false,
  -- open seconds after which a wait no longer stops a clock: each wait, and all of a clock together; null: no limit
  add column wait_limit_seconds bigint,
  add column wait_total_seconds bigint,
  add constraint sla_version_wait_limit_check check (wait_limit_seconds > 0),
  add constraint sla_version_wait_total_check check (wait_total_seconds > 0);

alter table service_levels.clock
  add column supplier_waits_pause boolean not null default false,
  add column wait_limit_seconds bigint,
  add column wait_total_seconds bigint,
  -- open seconds of the closed paused intervals
  add column paused_seconds bigint not null default 0,
  -- open seconds that the wait had left when the current interval began; 0: the wait that goes on came to its limit
  add column wait_left_seconds bigint,
  -- when the wait comes to its limit and the clock runs on; null unless paused with a limit
  add column pause_ends_at timestamptz,
  add constraint clock_paused_check check (paused_seconds >= 0),
  add constraint clock_wait_left_check check (wait_left_seconds >= 0),
  add constraint clock_pause_ends_check check (state = 'paused' or pause_ends_at is null);
create index clock_pause_ends on service_levels.clock (pause_ends_at) where pause_ends_at is not null;
-- The clocks whose instants hang on a calendar's version that another one takes the place of.
create index clock_timed_by_calendar on service_levels.clock (calendar_version_id)
  where state = 'running' or (state = 'paused' and wait_left_seconds is not null);

alter table service_levels.verdict drop constraint verdict_cause_check;
alter table service_levels.verdict add constraint verdict_cause_check
  check (cause in ('observed', 'exceeded', 'retargeted', 'reopened', 'recorded_late', 'withdrawn', 'calendar_changed'));

-- The ticket that a merged one went into. It is closed, its promises are withdrawn unless they were missed, and it does not come back.
alter table desk.ticket
  add column merged_into_id bigint,
  add constraint ticket_merged_into_fk foreign key (tenant_id, merged_into_id) references desk.ticket (tenant_id, id),
  add constraint ticket_merged_check check (merged_into_id is null or (state = 'closed' and merged_into_id <> id));
-- The ticket that one was split from; it has its times and its past.
alter table desk.ticket
  add column split_from_id bigint,
  add constraint ticket_split_from_fk foreign key (tenant_id, split_from_id) references desk.ticket (tenant_id, id),
  add constraint ticket_split_check check (split_from_id <> id);
create index ticket_merged_into on desk.ticket (tenant_id, merged_into_id) where merged_into_id is not null;
