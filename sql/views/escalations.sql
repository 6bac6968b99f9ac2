-- What escalation publishes to other modules: its rules in force, for the handbooks of processes. Rows of the provider's tenant, for the staff alone.
create view escalations.pub_rule with (security_invoker = true) as
  select tenant_id, id as rule_id, public_id, name, process, percent, metric, age_minutes, customer_id, priority_to, team_id, to_team_id, account_public_ids,
    calendar_id, agreement, tells_leads
  from escalations.rule where state = 'active';
grant select on escalations.pub_rule to steward_app;
