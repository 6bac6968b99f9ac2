-- A clock that stopped is counted by the calendar by which it ran, also where it is given a target of another calendar
-- later: by that one it runs on when it is reopened.
alter table service_levels.clock
  add column next_calendar_version_id bigint,
  add constraint clock_next_calendar_version_fk foreign key (next_calendar_version_id) references contracts.calendar_version (id),
  add constraint clock_next_calendar_check check (state = 'stopped' or state = 'withdrawn' or next_calendar_version_id is null);
