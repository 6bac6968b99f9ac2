-- What notifications publish to other modules: their rules in force, for the handbooks of processes. Rows of the provider's tenant, for the staff alone.
create view notifications.pub_rule with (security_invoker = true) as
  select r.tenant_id, r.id as rule_id, r.public_id, r.name, r.event, r.audience, r.account_public_ids, r.channels, w.name as webhook, r.customer_id,
    r.priority_to, r.metric, r.percent_from, r.quiet_from, r.quiet_to, r.urgent_to, r.expires_minutes
  from notifications.rule r left join notifications.webhook w on w.tenant_id = r.tenant_id and w.id = r.webhook_id where r.state = 'active';
grant select on notifications.pub_rule to steward_app;
