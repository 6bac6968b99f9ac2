-- Releases and major incidents have custom attributes, as changes do: all of them the provider's own.
-- What is there obeys already, so the tables with a row for each value and text are not read through.
alter table attributes.definition
  drop constraint definition_process_check,
  add constraint definition_process_check check (process in ('incident', 'request', 'problem', 'change', 'release', 'major_incident'));
alter table attributes.internal_value
  drop constraint internal_value_process_check,
  add constraint internal_value_process_check check (process in ('incident', 'request', 'problem', 'change', 'release', 'major_incident')) not valid;
alter table attributes.internal_change
  drop constraint internal_change_process_check,
  add constraint internal_change_process_check check (process in ('incident', 'request', 'problem', 'change', 'release', 'major_incident')) not valid;

-- They are found by their words as well; what is there already, a sweep writes.
alter table knowledge.process_text
  drop constraint process_text_process_check,
  add constraint process_text_process_check check (process in ('request', 'problem', 'change', 'release', 'major_incident')) not valid;
alter table knowledge.process_text_pending
  drop constraint process_text_pending_process_check,
  add constraint process_text_pending_process_check check (process in ('request', 'problem', 'change', 'release', 'major_incident'));
-- Forced row security would keep the owner from reading and writing as well.
alter table knowledge.process_text_pending no force row level security;
alter table changes.release no force row level security;
alter table major_incidents.major_incident no force row level security;
insert into knowledge.process_text_pending (tenant_id, process, subject_id)
  select r.tenant_id, 'release', r.id from changes.release r order by r.tenant_id, r.id;
insert into knowledge.process_text_pending (tenant_id, process, subject_id)
  select m.tenant_id, 'major_incident', m.id from major_incidents.major_incident m order by m.tenant_id, m.id;
alter table changes.release force row level security;
alter table major_incidents.major_incident force row level security;
alter table knowledge.process_text_pending force row level security;
