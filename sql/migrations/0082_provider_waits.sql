-- Whether waiting for what is the provider's own, as a change or parts, stops the clocks too: for the SLA's version to say, as of suppliers.

alter table contracts.sla_version add column provider_waits_pause boolean not null default false;
alter table service_levels.clock add column provider_waits_pause boolean not null default false;
