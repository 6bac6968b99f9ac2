-- A problem has a team: rules of escalation may be for those of one team, hand them on to the next line, and tell who leads the team.
alter table escalations.rule
  drop constraint rule_team_of_process_check,
  add constraint rule_team_of_process_check check (
    process in ('incident', 'request', 'problem', 'change') or team_id is null and to_team_id is null and not tells_leads);
