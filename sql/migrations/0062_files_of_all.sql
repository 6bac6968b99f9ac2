-- Files of requests, problems and changes too. A file belongs to one ticket, in the column of its kind; of those that are there that is an incident.
-- A problem's or a change's is a row of the provider's tenant, as that is: customers do not see it. What is there obeys already, so nothing is read
-- through.

alter table attachments.attachment
  alter column ticket_id drop not null,
  add column request_id bigint,
  add column problem_id bigint,
  add column change_id bigint,
  -- whom the problem was about when the file came: it stays with the staff who serve him, however wide the problem becomes
  add column about_customer_id bigint,
  add constraint attachment_about_fk foreign key (about_customer_id) references tenancy.tenant (id) not valid,
  add constraint attachment_about_check check (about_customer_id is null or problem_id is not null) not valid,
  add constraint attachment_request_fk foreign key (tenant_id, request_id) references requests.request (tenant_id, id) not valid,
  add constraint attachment_problem_fk foreign key (tenant_id, problem_id) references problems.problem (tenant_id, id) not valid,
  add constraint attachment_change_fk foreign key (tenant_id, change_id) references changes.change (tenant_id, id) not valid,
  add constraint attachment_subject_check check (num_nonnulls(ticket_id, request_id, problem_id, change_id) = 1) not valid,
  -- what is the provider's own has nobody to be public to
  add constraint attachment_own_check check (visibility = 'internal' or num_nonnulls(problem_id, change_id) = 0) not valid;
create index attachment_request on attachments.attachment (tenant_id, request_id, id) where request_id is not null;
create index attachment_problem on attachments.attachment (tenant_id, problem_id, id) where problem_id is not null;
create index attachment_change on attachments.attachment (tenant_id, change_id, id) where change_id is not null;

-- Time is recorded on requests, problems and changes too. A request is the customer's own; problems and changes are rows of the provider's tenant,
-- named without a key. The contract line counts as it does without them.
alter table time_entries.draft
  add column request_id bigint,
  add column problem_public_id bytea,
  add column change_public_id bytea,
  add constraint draft_request_fk foreign key (tenant_id, request_id) references requests.request (tenant_id, id) not valid,
  add constraint draft_purpose_check check (num_nonnulls(ticket_id, request_id, problem_public_id, change_public_id) <= 1) not valid,
  add constraint draft_purpose_id_check check (octet_length(problem_public_id) = 12 and octet_length(change_public_id) = 12) not valid;
create index draft_request on time_entries.draft (tenant_id, request_id, began_at desc, public_id desc) where request_id is not null;
create index draft_problem on time_entries.draft (tenant_id, problem_public_id, began_at desc, public_id desc) where problem_public_id is not null;
create index draft_change on time_entries.draft (tenant_id, change_public_id, began_at desc, public_id desc) where change_public_id is not null;
alter table time_entries.entry
  add column request_id bigint,
  add column problem_public_id bytea,
  add column change_public_id bytea,
  add constraint entry_request_fk foreign key (tenant_id, request_id) references requests.request (tenant_id, id) not valid,
  add constraint entry_purpose_check check (num_nonnulls(ticket_id, request_id, problem_public_id, change_public_id) <= 1) not valid,
  add constraint entry_purpose_id_check check (octet_length(problem_public_id) = 12 and octet_length(change_public_id) = 12) not valid;
create index entry_request on time_entries.entry (tenant_id, request_id, began_at desc, public_id desc) where request_id is not null;
create index entry_problem on time_entries.entry (tenant_id, problem_public_id, began_at desc, public_id desc) where problem_public_id is not null;
create index entry_change on time_entries.entry (tenant_id, change_public_id, began_at desc, public_id desc) where change_public_id is not null;
alter table time_entries.timer
  add column request_public_id bytea,
  add column problem_public_id bytea,
  add column change_public_id bytea;
