-- What customers are promised of their requests is escalated as well: a rule for requests may name a share of a promise. Teams and suppliers promise for
-- incidents alone. And rules are of releases and major incidents, by age; those have no team.
alter table escalations.rule
  drop constraint rule_process_check,
  drop constraint rule_promise_check,
  drop constraint rule_team_of_process_check,
  add constraint rule_process_check check (process in ('incident', 'request', 'problem', 'change', 'release', 'major_incident')),
  add constraint rule_promise_check check (process in ('incident', 'request') or percent is null),
  add constraint rule_agreement_of_process_check check (process = 'incident' or agreement = 'sla'),
  add constraint rule_team_of_process_check check (
    process in ('incident', 'request', 'change') or team_id is null and to_team_id is null and not tells_leads);
-- What is there obeys already, so what was escalated is not read through.
alter table escalations.escalation
  drop constraint escalation_process_check,
  add constraint escalation_process_check check (process in ('incident', 'request', 'problem', 'change', 'release', 'major_incident')) not valid;

-- So the clocks of requests are worked out anew when rules have changed, as all others.
drop index service_levels.clock_unwatched;
create index clock_unwatched on service_levels.clock (share_revision, tenant_id, id) where state = 'running';

-- What is open, in the order in which it was recorded.
create index release_aging on changes.release (opened_at, tenant_id, id) where ended_at is null;
create index major_incident_aging on major_incidents.major_incident (declared_at, tenant_id, id) where state in ('declared', 'mitigated');
