-- A person's telephone, and when the person left: nobody is deleted, for what he asked for names him.
alter table tenancy.person
  add column phone text,
  add column left_at timestamptz;

-- What the queue is narrowed to. A state, and a nature, come in the queue's own order, for what waits has no clock and stands at its end; of a category,
-- which may stand for those below it, what is rare is looked up and sorted, and what is common is met on the way through the queue.
create index ticket_queue_state on desk.ticket (state, coalesce(due_at, 'infinity'::timestamptz), opened_at, tenant_id, id)
  where state in ('new', 'active', 'pending');
create index ticket_queue_nature on desk.ticket (nature, coalesce(due_at, 'infinity'::timestamptz), opened_at, tenant_id, id)
  where state in ('new', 'active', 'pending') and nature is not null;
create index ticket_queue_category on desk.ticket (category) where state in ('new', 'active', 'pending') and category is not null;

-- What monitoring says now, over all customers: what changed last comes first; and of one state, for a storm may be suppressed as a whole.
create index alert_queue on events.alert (changed_at, tenant_id, id) where state <> 'resolved';
create index alert_queue_state on events.alert (state, changed_at, tenant_id, id) where state <> 'resolved';

-- What is ordered and not over, over all customers, the oldest first; and of one customer.
create index request_queue on requests.request (submitted_at, tenant_id, id)
  where state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling');
create index request_queue_tenant on requests.request (tenant_id, submitted_at, id)
  where state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling');
