-- The provider's own words of an event are for customers' people, for the staff, or for both: those that are there are for both.
alter table notifications.template
  add column audience text not null default 'both',
  add constraint template_audience_check check (audience in ('both', 'customer', 'staff')),
  drop constraint template_pk,
  add constraint template_pk primary key (tenant_id, event, language, audience);
