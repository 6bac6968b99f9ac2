-- Which changes wait for a team: those with a task of its that is to be done.
create index task_team on changes.task (tenant_id, team_id, change_id) where state in ('ready', 'active', 'failed');
