-- Who gives a task or an approval to somebody else says which version of it he saw: of two who do, the second does not take back unseen what the first
-- has done.
alter table requests.approval add column version bigint not null default 1, add constraint approval_version_check check (version > 0);
alter table requests.task add column version bigint not null default 1, add constraint task_version_check check (version > 0);
alter table changes.approval add column version bigint not null default 1, add constraint approval_version_check check (version > 0);
alter table changes.task add column version bigint not null default 1, add constraint task_version_check check (version > 0);
grant update (version) on requests.approval, requests.task, changes.approval, changes.task to steward_app;
