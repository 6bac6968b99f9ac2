-- What a customer is shown of work names the request that it was done for, and says what else it was done for: problems, changes and releases are the
-- provider's own, of which the customer is told no more.
alter table time_entries.shown
  add column request_id bigint,
  add column done_for text,
  add constraint shown_request_fk foreign key (tenant_id, request_id) references requests.request (tenant_id, id) not valid,
  add constraint shown_done_for_check check (done_for in ('incident', 'request', 'problem', 'change', 'release', 'major_incident')) not valid;

-- Of what was shown before, too. Forced row security would keep the owner of the tables from reading and writing.
alter table time_entries.shown no force row level security;
alter table time_entries.entry no force row level security;
update time_entries.shown s set request_id = e.request_id,
  done_for = case when e.ticket_id is not null then 'incident' when e.request_id is not null then 'request'
    when e.problem_public_id is not null then 'problem' when e.change_public_id is not null then 'change'
    when e.release_public_id is not null then 'release' else 'major_incident' end
from time_entries.entry e
where e.tenant_id = s.tenant_id and e.public_id = s.public_id
  and num_nonnulls(e.ticket_id, e.request_id, e.problem_public_id, e.change_public_id, e.release_public_id, e.major_public_id) = 1;
alter table time_entries.shown force row level security;
alter table time_entries.entry force row level security;
