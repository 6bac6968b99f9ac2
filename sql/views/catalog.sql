-- What the catalogue publishes to other modules.

create view catalog.pub_service with (security_invoker = true) as
  select id as service_id, public_id, code, names ->> 'en' as name_en, names ->> 'zh-Hans' as name_zh, state from catalog.service;
grant select on catalog.pub_service to steward_app;

-- The day on which a service entered the catalogue, and the one from which on it is not sold any more: what the share of new
-- services is counted from.
create view catalog.pub_service_life with (security_invoker = true) as
  select id as service_id, family_id, mode, operation_on as catalogued_on, retirement_on as retired_on from catalog.service;
grant select on catalog.pub_service_life to steward_app;

create view catalog.pub_offering with (security_invoker = true) as
  select id as offering_id, public_id, service_id, code, names ->> 'en' as name_en, names ->> 'zh-Hans' as name_zh, state from catalog.offering;
grant select on catalog.pub_offering to steward_app;
