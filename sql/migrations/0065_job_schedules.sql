-- A sweep may run at a time of day in a zone, on every day or on the open days of a coverage calendar, where the provider says so; otherwise by its
-- interval, as before.
alter table jobs.schedule
  -- as the build says that runs it
  add column may_be_scheduled boolean not null default false,
  -- minutes since midnight
  add column at_minute bigint,
  add column zone text,
  -- null: on every day
  add column calendar_id bigint,
  -- When it runs next by what the calendar said when a worker looked last. With a time of day, next_at is the next day's look: what the calendar
  -- says then decides.
  add column planned_at timestamptz,
  add constraint schedule_calendar_fk foreign key (calendar_id) references contracts.calendar (id),
  add constraint schedule_minute_check check (at_minute between 0 and 1439),
  add constraint schedule_plan_check check (
    (at_minute is null) = (zone is null) and (at_minute is null) = (planned_at is null) and (calendar_id is null or at_minute is not null)),
  add constraint schedule_may_check check (at_minute is null or may_be_scheduled);
