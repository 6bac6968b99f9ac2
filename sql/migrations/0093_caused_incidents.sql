-- What a change has caused is said of it beside what it is to resolve.

-- What is there obeys already, so nothing is read through.
alter table changes.link
  drop constraint link_kind_check,
  add constraint link_kind_check check (kind in ('incident', 'problem', 'request', 'caused_incident')) not valid;

-- Access that was given until a day, the last of it perhaps over, and that nobody has taken.
create index entitlement_until on requests.entitlement (tenant_id, id) where ended_at is null and until_on is not null;
