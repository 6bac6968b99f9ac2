-- What customers are promised of their requests is escalated as well: a rule for requests may name a share of a promise. Teams and suppliers promise for
-- incidents alone.
alter table escalations.rule
  drop constraint rule_promise_check,
  add constraint rule_promise_check check (process in ('incident', 'request') or percent is null),
  add constraint rule_agreement_of_process_check check (process = 'incident' or agreement = 'sla');

-- So the clocks of requests are worked out anew when rules have changed, as all others.
drop index service_levels.clock_unwatched;
create index clock_unwatched on service_levels.clock (share_revision, tenant_id, id) where state = 'running';
