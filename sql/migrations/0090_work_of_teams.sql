-- Which changes wait for a team: those with a task of its that is to be done.
create index task_team on changes.task (tenant_id, team_id, change_id) where state in ('ready', 'active', 'failed');

-- Who leads a team: of its members, one, several or none. A rule of escalation may mean them, whoever they are by then.
alter table desk.team_member add column lead boolean not null default false;
grant update (lead) on desk.team_member to steward_app;

alter table escalations.rule
  -- whether the leads of the team that has it are told besides
  add column tells_leads boolean not null default false,
  drop constraint rule_act_check;
alter table escalations.rule
  add constraint rule_act_check check (to_team_id is not null or cardinality(account_ids) > 0 or tells_leads);
grant update (tells_leads) on escalations.rule to steward_app;
