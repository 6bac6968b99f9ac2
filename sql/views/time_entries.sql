-- Time, whether it is approved or not, in one shape.
create view time_entries.any_entry with (security_invoker = true) as
  select tenant_id, id, public_id, state, 'work'::text as kind, staff_id, staff_public_id, staff_person_id, staff_name, work_type_id, ticket_id,
    contract_line_id, work_date, began_at, ended_at, minutes, billable, rate_class_id, note, invoice_text, is_parallel, source, late_minutes, return_reason,
    author_kind, author_id, author_person_id, author_name, corrects, withdraws, correction_reason, null::bigint as reverses, null::date as counts_on,
    null::bigint as rule_id, null::bigint as step_minutes, null::bigint as minimum_minutes, null::bigint as billed_minutes, null::text as approver_name,
    null::timestamptz as approved_at, recorded_at, version
  from time_entries.draft
  union all
  select tenant_id, id, public_id, 'approved'::text, kind, staff_id, staff_public_id, staff_person_id, staff_name, work_type_id, ticket_id,
    contract_line_id, work_date, began_at, ended_at, minutes, billable, rate_class_id, note, invoice_text, is_parallel, source, late_minutes, null::text,
    author_kind, author_id, author_person_id, author_name, corrects, false, correction_reason, reverses, counts_on,
    rule_id, step_minutes, minimum_minutes, billed_minutes, approver_name,
    approved_at, recorded_at, version
  from time_entries.entry;
grant select on time_entries.any_entry to steward_app;

-- What is to be billed: each approved, billable stretch that no bill has yet. What was taken back before it was billed is not there, nor is
-- its reversal; what was billed and then taken back is there once more, negative.
create view time_entries.pub_source with (security_invoker = true) as
  select e.tenant_id, e.id as entry_id, s.seq, e.public_id, e.kind, e.counts_on, e.work_date, e.began_at, e.contract_line_id, e.ticket_id, e.work_type_id,
    s.rate_class_id, s.minutes, s.billed_minutes, e.invoice_text
  from time_entries.entry e
  join time_entries.stretch s on s.tenant_id = e.tenant_id and s.entry_id = e.id
  where e.billable and s.billed_minutes <> 0
    and not exists (select from time_entries.billed b where b.tenant_id = s.tenant_id and b.entry_id = s.entry_id and b.seq = s.seq)
    and case when e.reverses is null
      then not exists (select from time_entries.entry r where r.tenant_id = e.tenant_id and r.reverses = e.id)
      else exists (select from time_entries.billed b where b.tenant_id = e.tenant_id and b.entry_id = e.reverses and b.seq = s.seq) end;
grant select on time_entries.pub_source to steward_app;
