-- What tickets hold of custom attributes: to a customer's people what is theirs to know, to the staff all of it.
create view attributes.pub_value with (security_invoker = true) as
  select tenant_id, process, subject_id, key, value, code, opened_at, false as is_internal from attributes.value
  union all
  select tenant_id, process, subject_id, key, value, code, opened_at, true from attributes.internal_value;
grant select on attributes.pub_value to steward_app;
