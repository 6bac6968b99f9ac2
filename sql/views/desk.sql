-- What the service desk publishes to other modules.

drop view if exists desk.pub_ticket;
create view desk.pub_ticket with (security_invoker = true) as
  select tenant_id, id as ticket_id, public_id, number, title, type, priority, state, contract_id, contract_line_id, line_reason, unit_id, requester_id,
    opened_at, responded_at, resolved_at, closed_at, reopen_count, category, story
  from desk.ticket;
grant select on desk.pub_ticket to steward_app;
