-- That a team has not answered for a day what it was offered is told to who leads it, once for each offer: when.
alter table desk.handover add column reminded_at timestamptz;
grant update (reminded_at) on desk.handover to steward_app;
create index handover_unanswered on desk.handover (recorded_at, tenant_id, id) where outcome is null and to_team_id is not null and reminded_at is null;

alter table desk.offer add column reminded_at timestamptz;
grant update (reminded_at) on desk.offer to steward_app;
create index offer_unanswered on desk.offer (subject_kind, recorded_at, tenant_id, id)
  where outcome is null and to_team_id is not null and reminded_at is null;

alter table requests.handover add column reminded_at timestamptz;
grant update (reminded_at) on requests.handover to steward_app;
create index handover_unanswered on requests.handover (recorded_at, tenant_id, id)
  where outcome is null and to_team_id is not null and reminded_at is null;
