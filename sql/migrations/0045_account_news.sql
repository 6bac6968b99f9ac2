-- What the account side is told of by itself: renewals, certifications, actions about suppliers; and what such a notification is about. And
-- what the choice of a ticket's line reads of every line stands with the rows that it reads anyway.

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

-- 4. The lines in force are asked for with every ticket. What few lines have was looked up for each of them in four tables; now it stands with
-- the line's version, which never changes, and with the rows that count versions. The tables stay what they were: who, why, and the keys.
alter table contracts.contract_line_version
  -- the units of contract_line_unit, and the persons of contract_line_person
  add column other_unit_ids bigint[] not null default '{}',
  add column person_ids bigint[] not null default '{}';
-- the versions of contract_version_withdrawal, and of contract_line_version_withdrawal
alter table contracts.contract add column withdrawn_versions bigint[] not null default '{}';
alter table contracts.contract_line add column withdrawn_versions bigint[] not null default '{}';

alter table contracts.contract no force row level security;
alter table contracts.contract_version no force row level security;
alter table contracts.contract_version_withdrawal no force row level security;
alter table contracts.contract_line no force row level security;
alter table contracts.contract_line_version no force row level security;
alter table contracts.contract_line_version_withdrawal no force row level security;
alter table contracts.contract_line_unit no force row level security;
alter table contracts.contract_line_person no force row level security;
update contracts.contract_line_version v set other_unit_ids = x.ids
  from (select tenant_id, contract_line_version_id, array_agg(unit_id order by unit_id) as ids from contracts.contract_line_unit group by 1, 2) x
  where v.tenant_id = x.tenant_id and v.id = x.contract_line_version_id;
update contracts.contract_line_version v set person_ids = x.ids
  from (select tenant_id, contract_line_version_id, array_agg(person_id order by person_id) as ids from contracts.contract_line_person group by 1, 2) x
  where v.tenant_id = x.tenant_id and v.id = x.contract_line_version_id;
update contracts.contract c set withdrawn_versions = x.ids
  from (
    select v.tenant_id, v.contract_id, array_agg(v.id order by v.id) as ids
    from contracts.contract_version_withdrawal w join contracts.contract_version v on v.tenant_id = w.tenant_id and v.id = w.contract_version_id
    group by 1, 2) x
  where c.tenant_id = x.tenant_id and c.id = x.contract_id;
update contracts.contract_line l set withdrawn_versions = x.ids
  from (
    select v.tenant_id, v.contract_line_id, array_agg(v.id order by v.id) as ids
    from contracts.contract_line_version_withdrawal w
    join contracts.contract_line_version v on v.tenant_id = w.tenant_id and v.id = w.contract_line_version_id
    group by 1, 2) x
  where l.tenant_id = x.tenant_id and l.id = x.contract_line_id;
alter table contracts.contract force row level security;
alter table contracts.contract_version force row level security;
alter table contracts.contract_version_withdrawal force row level security;
alter table contracts.contract_line force row level security;
alter table contracts.contract_line_version force row level security;
alter table contracts.contract_line_version_withdrawal force row level security;
alter table contracts.contract_line_unit force row level security;
alter table contracts.contract_line_person force row level security;
