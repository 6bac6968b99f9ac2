-- What waits of one customer is found without going through what waits of the others, who get their turns.

create index ticket_closing_of_customer on desk.ticket (tenant_id, closes_at, id) where closes_at is not null;

-- It is looked for by customer alone.
drop index desk.cascade_item_waiting;
create index cascade_item_waiting on desk.cascade_item (tenant_id, id) where state = 'waiting';

-- The same of requests that are agreed to. The other two may lie far ahead: whether any is due is one look at the indexes by time.
drop index requests.request_to_open;
create index request_to_open on requests.request (tenant_id, submitted_at, id) where state = 'approved';
create index request_closing_of_customer on requests.request (tenant_id, closes_at, id) where closes_at is not null;
create index approval_due_of_customer on requests.approval (tenant_id, due_at, request_id) where state = 'asked' and due_at is not null;
