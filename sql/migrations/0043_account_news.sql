-- What the account side is told of by itself: renewals, certifications, actions about suppliers; and what such a notification is about.

-- 1. The last that people were told of a renewal. Of those that are on the list already nobody is told that they came to it.
alter table contracts.renewal
  add column told text,
  add constraint renewal_told_check check (told in ('due', 'near', 'missed'));
-- 2. The next day on which people are told of it, by the provider's calendar; null: not any more.
alter table suppliers.certification add column tell_on date;
create index certification_to_tell on suppliers.certification (tell_on, id) where tell_on is not null and ended_at is null;
alter table suppliers.appraisal_action add column tell_on date;
create index appraisal_action_to_tell on suppliers.appraisal_action (tenant_id, tell_on, id) where tell_on is not null and state = 'open';

-- Every customer's rows are filled: forced row security would hide them from the owner as well.
alter table contracts.contract no force row level security;
alter table contracts.renewal no force row level security;
alter table suppliers.certification no force row level security;
alter table suppliers.appraisal_action no force row level security;
update contracts.renewal set told = 'due' where state <> 'completed';
-- The sweep looks at their contracts once, and then when there is more to tell.
update contracts.contract c set renewal_look_at = c.recorded_at
  where exists (select from contracts.renewal r where r.tenant_id = c.tenant_id and r.contract_id = c.id and r.state <> 'completed');
update suppliers.certification set tell_on = warn_on where ended_at is null;
update suppliers.appraisal_action set tell_on = due_on where state = 'open';
alter table contracts.contract force row level security;
alter table contracts.renewal force row level security;
alter table suppliers.certification force row level security;
alter table suppliers.appraisal_action force row level security;

-- 3. A notification that is about no ticket: the kind of id, and its random bits, in the tenant of `customer_id`.
alter table notifications.notification
  add column about_kind text,
  add column about_public_id bytea,
  add constraint notification_about_check check (
    (about_kind is null) = (about_public_id is null) and (about_public_id is null or ticket_public_id is null));
