-- Gates before steps of releases and major incidents. Approvals at gates with a time to decide them in, that go to somebody else where who is asked is away.

alter table gates.approval
  -- how long it may take; null: as long as it takes
  add column hours bigint,
  -- when it counts as refused, while it is asked for
  add column due_at timestamptz,
  -- who else may decide it: an account of the staff
  add column delegate_id bigint,
  add column delegate_public_id bytea,
  add column delegate_name text,
  -- whose account decided; null: nobody has, time has, or whoever was asked, before there were others
  add column decided_id bigint,
  -- it rises with whatever changes
  add column version bigint not null default 1,
  drop constraint approval_reason_check;
-- What is there obeys already, so it is not read through.
alter table gates.approval
  add constraint approval_hours_check check (hours between 1 and 8760) not valid,
  add constraint approval_due_check check (due_at is null or hours is not null and state = 'asked') not valid,
  add constraint approval_delegate_check
    check ((delegate_id is null) = (delegate_public_id is null) and (delegate_id is null) = (delegate_name is null)) not valid,
  add constraint approval_delegate_public_id_check check (octet_length(delegate_public_id) = 12) not valid,
  add constraint approval_delegate_name_check check (octet_length(delegate_name) <= 4000) not valid,
  -- time gives no reason
  add constraint approval_reason_check check (state <> 'rejected' or reason is not null or hours is not null and decided_id is null) not valid;
create index approval_delegated on gates.approval (tenant_id, delegate_id, asked_at, id) where state = 'asked' and delegate_id is not null;
create index approval_due on gates.approval (tenant_id, id) include (due_at) where state = 'asked' and due_at is not null;
grant update (due_at, delegate_id, delegate_public_id, delegate_name, decided_id, version) on gates.approval to steward_app;

alter table gates.gate drop constraint gate_step_check;
alter table gates.gate
  add constraint gate_step_check check (step in (
    'incident.open', 'incident.assign', 'incident.dispatch', 'incident.resolve', 'incident.close', 'task.claim', 'task.complete',
    'problem.declare_known_error', 'problem.close', 'change.submit', 'change.start', 'change.close', 'release.sign_off', 'release.deploy',
    'release.close', 'major_incident.resolve'));
-- Nor is the table with a row for each stay.
alter table gates.passage drop constraint passage_subject_kind_check;
alter table gates.passage
  add constraint passage_subject_kind_check
    check (subject_kind in ('incident', 'request', 'problem', 'change', 'release', 'major_incident', 'opening')) not valid;
