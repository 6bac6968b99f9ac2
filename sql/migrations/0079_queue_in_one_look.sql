-- A page of the queue looked for the public ids of each ticket's unit, contract and line, for the metric that its due time is of, and for the share
-- of which its clocks warned: six looks for each of 51 tickets, a third of the page's time. A public id never changes, so the ticket keeps it, as it
-- keeps its assignee's. What its clocks show is kept beside `due_at`, by whoever keeps that.
alter table desk.ticket no force row level security;
alter table desk.assignment no force row level security;
alter table tenancy.org_unit no force row level security;
alter table contracts.contract no force row level security;
alter table contracts.contract_line no force row level security;
alter table service_levels.clock no force row level security;

alter table desk.ticket
  add column unit_public_id bytea,
  add column contract_public_id bytea,
  add column contract_line_public_id bytea,
  -- of which promise `due_at` is
  add column due_metric text,
  -- the highest share of a budget, in percent, of which one of its clocks warned that still counts time
  add column warned_percent bigint;
-- The same of a team's turn.
alter table desk.assignment add column warned_percent bigint;

update desk.ticket t set
  unit_public_id = (select u.public_id from tenancy.org_unit u where u.tenant_id = t.tenant_id and u.id = t.unit_id),
  contract_public_id = (select c.public_id from contracts.contract c where c.tenant_id = t.tenant_id and c.id = t.contract_id),
  contract_line_public_id = (select l.public_id from contracts.contract_line l where l.tenant_id = t.tenant_id and l.id = t.contract_line_id),
  due_metric = (
    select c.metric from service_levels.clock c
    where c.tenant_id = t.tenant_id and c.subject_kind = 'ticket' and c.subject_id = t.id and c.state = 'running' and c.due_at = t.due_at
    order by array_position('{response,update,resolution}', c.metric) limit 1),
  warned_percent = (
    select max(c.warned_percent) from service_levels.clock c
    where c.tenant_id = t.tenant_id and c.subject_kind = 'ticket' and c.subject_id = t.id and c.state in ('running', 'paused'))
where t.unit_id is not null or t.contract_id is not null or t.due_at is not null;
-- Also of a turn that waits, and so is due at no time.
update desk.assignment a set warned_percent = w.percent
from (
  select c.tenant_id, c.subject_id, max(c.warned_percent) as percent from service_levels.clock c
  where c.subject_kind = 'assignment' and c.state in ('running', 'paused') and c.warned_percent is not null group by c.tenant_id, c.subject_id) w
where a.tenant_id = w.tenant_id and a.id = w.subject_id and a.ended_at is null;

alter table desk.ticket
  add constraint ticket_unit_check check ((unit_id is null) = (unit_public_id is null)),
  add constraint ticket_contract_check check ((contract_id is null) = (contract_public_id is null)),
  add constraint ticket_contract_line_check check ((contract_line_id is null) = (contract_line_public_id is null)),
  add constraint ticket_named_ids_check check (
    octet_length(unit_public_id) = 12 and octet_length(contract_public_id) = 12 and octet_length(contract_line_public_id) = 12),
  add constraint ticket_due_metric_check check (due_metric in ('response', 'update', 'resolution')),
  add constraint ticket_warned_check check (warned_percent between 1 and 99);
alter table desk.assignment add constraint assignment_warned_check check (warned_percent between 1 and 99);

alter table service_levels.clock force row level security;
alter table contracts.contract_line force row level security;
alter table contracts.contract force row level security;
alter table tenancy.org_unit force row level security;
alter table desk.assignment force row level security;
alter table desk.ticket force row level security;
