-- What the staff write and keep among themselves beside what is for the customer: no statement of a customer's side reads it, whatever it asks.

create function steward.keep_internal_to_staff(target regclass, retention text) returns void
language plpgsql set search_path = '' as $$
begin
  execute pg_catalog.format(
    'create policy internal_for_staff on %s as restrictive for all
       using (visibility = ''public'' or current_setting(''app.side'', true) = ''staff'')', target);
  execute pg_catalog.format('comment on table %s is %L', target, 'class=tenant internal=staff retention=' || retention);
end
$$;

select steward.keep_internal_to_staff('desk.comment', 'personal');
select steward.keep_internal_to_staff('attachments.attachment', 'personal');
select steward.keep_internal_to_staff('requests.comment', 'personal');

-- What was called for holds all that the caller wrote, what the staff keep among themselves too. A customer's people add to it, and read none of it.
create function steward.keep_reading_to_staff(target regclass, retention text) returns void
language plpgsql set search_path = '' as $$
begin
  execute pg_catalog.format(
    'create policy read_by_staff on %s as restrictive for select using (current_setting(''app.side'', true) = ''staff'')', target);
  execute pg_catalog.format('comment on table %s is %L', target, 'class=tenant reading=staff retention=' || retention);
end
$$;

select steward.keep_reading_to_staff('operations.audit', 'audit');
select steward.keep_reading_to_staff('operations.audit_content', 'personal');
