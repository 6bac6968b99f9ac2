-- A task that an offering or a model of changes means for a team that may not work for the customer, by his delivery model, is opened without one, and it
-- is kept which team did not get it. No row that is there names one, so nothing is read through.
alter table requests.task
  -- null: the delivery model kept it from none
  add column withheld_team_id bigint,
  add constraint task_withheld_team_fk foreign key (withheld_team_id) references desk.team (id) not valid;
alter table changes.task
  add column withheld_team_id bigint,
  add constraint task_withheld_team_fk foreign key (withheld_team_id) references desk.team (id) not valid;
-- Tasks of a change are there before they are opened.
grant update (withheld_team_id) on changes.task to steward_app;
