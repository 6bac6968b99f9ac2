-- Time, whether it is approved or not, in one shape.
create view time_entries.any_entry with (security_invoker = true) as
  select tenant_id, id, public_id, state, 'work'::text as kind, staff_id, staff_public_id, staff_person_id, staff_name, work_type_id, ticket_id,
    contract_line_id, work_date, began_at, ended_at, minutes, billable, billable_said, no_coverage, rate_class_id, note, invoice_text, is_parallel, source, late_minutes, return_reason,
    author_kind, author_id, author_person_id, author_name, corrects, withdraws, correction_reason, null::bigint as reverses, null::date as counts_on,
    null::bigint as rule_id, null::bigint as step_minutes, null::bigint as minimum_minutes, null::bigint as billed_minutes, null::text as approver_name,
    null::timestamptz as approved_at, recorded_at, version, request_id, problem_public_id, change_public_id, release_public_id,
    major_public_id
  from time_entries.draft
  union all
  select tenant_id, id, public_id, 'approved'::text, kind, staff_id, staff_public_id, staff_person_id, staff_name, work_type_id, ticket_id,
    contract_line_id, work_date, began_at, ended_at, minutes, billable, billable_said, no_coverage, rate_class_id, note, invoice_text, is_parallel, source, late_minutes, null::text,
    author_kind, author_id, author_person_id, author_name, corrects, false, correction_reason, reverses, counts_on,
    rule_id, step_minutes, minimum_minutes, billed_minutes, approver_name,
    approved_at, recorded_at, version, request_id, problem_public_id, change_public_id, release_public_id,
    major_public_id
  from time_entries.entry;
grant select on time_entries.any_entry to steward_app;

-- What is to be billed: each approved, billable stretch that no bill has. What was taken back before it was billed is not there, nor is
-- its reversal; what was billed and then taken back is there once more, negative.
create view time_entries.pub_source with (security_invoker = true) as
  select o.tenant_id, o.entry_id, o.seq, o.entry_public_id as public_id, e.kind, o.counts_on, e.work_date, e.began_at, e.contract_line_id, e.ticket_id,
    e.work_type_id, s.rate_class_id, s.minutes, s.billed_minutes, e.invoice_text, e.request_id, e.problem_public_id, e.change_public_id,
    e.release_public_id, e.major_public_id
  from time_entries.open_source o
  join time_entries.entry e on e.tenant_id = o.tenant_id and e.id = o.entry_id
  join time_entries.stretch s on s.tenant_id = o.tenant_id and s.entry_id = o.entry_id and s.seq = o.seq;
grant select on time_entries.pub_source to steward_app;

-- Tickets on which somebody worked: time was recorded, approved or not yet.
create view time_entries.pub_worked_ticket with (security_invoker = true) as
  select tenant_id, ticket_id from time_entries.draft where ticket_id is not null
  union all
  select tenant_id, ticket_id from time_entries.entry where ticket_id is not null;
grant select on time_entries.pub_worked_ticket to steward_app;

-- Tickets on which somebody works: his timer runs. Rows of the provider's tenant.
create view time_entries.pub_timed_ticket with (security_invoker = true) as
  select tenant_id, customer_id, ticket_public_id from time_entries.timer where ticket_public_id is not null;
grant select on time_entries.pub_timed_ticket to steward_app;
