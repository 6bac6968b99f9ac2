-- What handbooks publish to other modules: who answers for what nobody has taken, of each process one. Staff only.
create view handbooks.pub_accountable with (security_invoker = true) as
  select process, owner_id, owner_public_id, owner_name, rule, valid_from from handbooks.accountable where ended_at is null;
grant select on handbooks.pub_accountable to steward_app;

-- Handbooks with an edition, by when they are to be looked through, and who answers for the process and runs it, by their public ids; for who is told.
create view handbooks.pub_review with (security_invoker = true) as
  select h.id as handbook_id, h.public_id, h.process, h.review_due_on, e.content ->> 'owner' as owner, e.content ->> 'manager' as manager
  from handbooks.handbook h join handbooks.edition e on e.handbook_id = h.id and e.seq = h.newest_seq;
grant select on handbooks.pub_review to steward_app;
