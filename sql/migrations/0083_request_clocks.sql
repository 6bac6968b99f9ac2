-- A request is measured against the SLA that its contract line sells with it, as an incident is: by clocks of its own. What was ordered before has none.

alter table service_levels.clock
  drop constraint clock_subject_kind_check,
  add constraint clock_subject_kind_check check (subject_kind in ('ticket', 'assignment', 'dispatch', 'request')),
  -- what the provider promises a customer, by a line of his contract
  drop constraint clock_line_check,
  add constraint clock_line_check check ((subject_kind in ('ticket', 'request')) = (contract_line_version_id is not null)),
  drop constraint clock_party_check,
  add constraint clock_party_check check ((subject_kind in ('ticket', 'request')) = (party_id is null));

alter table requests.request
  -- when its customer was first answered
  add column responded_at timestamptz,
  -- when the next of its clocks is due; of service_levels.clock, for the queue
  add column due_at timestamptz;
grant update (responded_at, due_at) on requests.request to steward_app;

-- What is ordered and not over, the next due first: over all customers, of one, and of whoever answers for it.
drop index requests.request_queue;
create index request_queue on requests.request (coalesce(due_at, 'infinity'::timestamptz), submitted_at, tenant_id, id)
  where state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling');
drop index requests.request_queue_tenant;
create index request_queue_tenant on requests.request (tenant_id, coalesce(due_at, 'infinity'::timestamptz), submitted_at, id)
  where state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling');
create index request_queue_owner on requests.request (owner_id, coalesce(due_at, 'infinity'::timestamptz), submitted_at, tenant_id, id)
  where state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling') and owner_id is not null;

-- Rules may choose among the promises of requests, and the warnings of them, as of incidents.
alter table notifications.rule
  drop constraint rule_metric_check,
  add constraint rule_metric_check check (
    metric is null or metric in ('response', 'update', 'resolution')
      and event in ('clock.warned', 'clock.breached', 'request.clock_warned', 'request.clock_breached')),
  drop constraint rule_percent_check,
  add constraint rule_percent_check
    check (percent_from is null or percent_from between 1 and 99 and event in ('clock.warned', 'request.clock_warned'));
