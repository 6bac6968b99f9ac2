-- What gates publish to other modules: who is asked to let something pass, for whoever tells them. Rows of the provider's tenant.
create view gates.pub_approval with (security_invoker = true) as
  select a.tenant_id, a.id as approval_id, a.public_id, a.gate_id, a.stay_tenant_id, a.subject_kind, a.subject, a.account_id, a.account_name, a.asker_kind, a.asker_id, a.asker_name,
    a.state, a.reason, a.delegate_id, a.delegate_public_id, a.delegate_name, a.decided_id
  from gates.approval a;
grant select on gates.pub_approval to steward_app;

-- The gates in force, for the handbooks of processes: those for all customers.
create view gates.pub_gate with (security_invoker = true) as
  select g.id as gate_id, g.public_id, g.step, g.priority, g.only_tenant_id, g.kind, g.needs, g.name, g.purpose, g.owner_public_id, g.valid_from, g.retired_at
  from gates.gate g;
grant select on gates.pub_gate to steward_app;

-- What came to a gate, of its tenant: only the staff's acts are asked at gates, so somebody had it in hand, also where the act was refused.
create view gates.pub_stay with (security_invoker = true) as select p.tenant_id, p.subject_kind, p.subject from gates.passage p;
grant select on gates.pub_stay to steward_app;
