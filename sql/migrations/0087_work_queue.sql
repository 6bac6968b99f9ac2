-- One queue over all processes, the next due first: of changes and their tasks as of incidents, requests, their tasks and problems.

-- A change is due when its window ends, until it is done.
create index change_queue on changes.change (coalesce(case when outcome is null then ends_at end, 'infinity'::timestamptz), opened_at, tenant_id, id)
  where state in ('draft', 'assessed', 'awaiting_approval', 'approved', 'implementing', 'implemented', 'backed_out');

-- What can be done of changes, the longest waiting first.
create index task_queue on changes.task (ready_at, tenant_id, id) where state in ('ready', 'active', 'failed');
