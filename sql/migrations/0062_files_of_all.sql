-- Files of requests, problems and changes too. A file belongs to one ticket, in the column of its kind; of those that are there that is an incident.
-- A problem's or a change's is a row of the provider's tenant, as that is: customers do not see it. What is there obeys already, so nothing is read
-- through.

alter table attachments.attachment
  alter column ticket_id drop not null,
  add column request_id bigint,
  add column problem_id bigint,
  add column change_id bigint,
  add constraint attachment_request_fk foreign key (tenant_id, request_id) references requests.request (tenant_id, id) not valid,
  add constraint attachment_problem_fk foreign key (tenant_id, problem_id) references problems.problem (tenant_id, id) not valid,
  add constraint attachment_change_fk foreign key (tenant_id, change_id) references changes.change (tenant_id, id) not valid,
  add constraint attachment_subject_check check (num_nonnulls(ticket_id, request_id, problem_id, change_id) = 1) not valid,
  -- what is the provider's own has nobody to be public to
  add constraint attachment_own_check check (visibility = 'internal' or num_nonnulls(problem_id, change_id) = 0) not valid;
create index attachment_request on attachments.attachment (tenant_id, request_id, id) where request_id is not null;
create index attachment_problem on attachments.attachment (tenant_id, problem_id, id) where problem_id is not null;
create index attachment_change on attachments.attachment (tenant_id, change_id, id) where change_id is not null;
