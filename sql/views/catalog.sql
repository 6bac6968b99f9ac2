-- What the catalogue publishes to other modules.

-- A service, with the day from which on it is in the catalogue and the one from which on it is not sold any more. Either may lie ahead:
-- whoever asks whether it can be sold asks for a day. Before it has entered (by the sweep), no customer is told of it.
create view catalog.pub_service with (security_invoker = true) as
  select id as service_id, public_id, code, names ->> 'en' as name_en, names ->> 'zh-Hans' as name_zh, family_id, mode, only_tenant_id,
    operation_on as catalogued_on, retirement_on as retired_on, operation_on is not null and state <> 'pipeline' as has_entered
  from catalog.service;
grant select on catalog.pub_service to steward_app;

create view catalog.pub_offering with (security_invoker = true) as
  select id as offering_id, public_id, service_id, code, names ->> 'en' as name_en, names ->> 'zh-Hans' as name_zh, state, only_tenant_id
  from catalog.offering;
grant select on catalog.pub_offering to steward_app;

-- A published version with all that customers may read of it.
create view catalog.pub_offering_version with (security_invoker = true) as
  select id as version_id, offering_id, seq, content, published_at from catalog.offering_version;
grant select on catalog.pub_offering_version to steward_app;

-- What is to be done to fulfil what was ordered by a version; the staff's own.
create view catalog.pub_fulfilment_task with (security_invoker = true) as
  select offering_version_id as version_id, seq, step, names, team_id, carries_access from catalog.fulfilment_task;
grant select on catalog.pub_fulfilment_task to steward_app;
