-- The queue is read from its index alone: with the time a ticket is due by, which stood in it only as part of an expression, no ticket is looked at to learn
-- whose it is. Few customers' tickets have an index of their own, so that a page reads the first of each and not all that are open.
create index ticket_queue_next on desk.ticket (coalesce(due_at, 'infinity'::timestamptz), opened_at, tenant_id, id) include (due_at)
  where state in ('new', 'active', 'pending');
drop index desk.ticket_queue;
alter index desk.ticket_queue_next rename to ticket_queue;

create index ticket_queue_customer on desk.ticket (tenant_id, coalesce(due_at, 'infinity'::timestamptz), opened_at, id) include (due_at)
  where state in ('new', 'active', 'pending');
