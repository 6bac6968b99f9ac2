-- A page of the queue of requests looked, for each, at its clocks: of which promise its due time is, and of which share they warned. It keeps both beside
-- `due_at`, as a ticket does. And what a team has to do is found by the team.
alter table requests.request no force row level security;
alter table service_levels.clock no force row level security;

alter table requests.request
  -- of which promise `due_at` is
  add column due_metric text,
  -- the highest share of a budget, in percent, of which one of its clocks warned that still counts time
  add column warned_percent bigint,
  -- Every row that is there has neither, and is filled below: none is read through for this.
  add constraint request_due_metric_check check (due_metric in ('response', 'update', 'resolution')) not valid,
  add constraint request_warned_check check (warned_percent between 1 and 99) not valid;

-- One way through the clocks that count; of the requests only those are written that have something to show.
update requests.request r set due_metric = s.metric, warned_percent = s.percent
from (
  select c.tenant_id, c.subject_id,
    (array_agg(c.metric order by c.due_at, array_position('{response,update,resolution}', c.metric))
      filter (where c.state = 'running' and c.due_at is not null))[1] as metric,
    max(c.warned_percent) as percent
  from service_levels.clock c
  where c.subject_kind = 'request' and c.state in ('running', 'paused') group by c.tenant_id, c.subject_id) s
where r.tenant_id = s.tenant_id and r.id = s.subject_id and num_nonnulls(s.metric, s.percent) > 0;

alter table service_levels.clock force row level security;
alter table requests.request force row level security;
grant update (due_metric, warned_percent) on requests.request to steward_app;

-- The requests that a team has something to do for, whoever's they are, and those of some customers among them.
create index task_open_team on requests.task (team_id, tenant_id, request_id) where state in ('ready', 'active', 'failed') and team_id is not null;
-- Those of a customer that ended in a period, for its figures.
create index request_ended on requests.request (tenant_id, ended_at) where ended_at is not null;
