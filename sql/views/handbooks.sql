-- What handbooks publish to other modules: who answers for what nobody has taken, of each process one. Staff only.
create view handbooks.pub_accountable with (security_invoker = true) as
  select process, owner_id, owner_public_id, owner_name, rule, valid_from from handbooks.accountable where ended_at is null;
grant select on handbooks.pub_accountable to steward_app;
