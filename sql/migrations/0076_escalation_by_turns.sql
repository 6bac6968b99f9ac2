-- Escalation by what teams (OLA) and suppliers (underpinning contract) promise for their turns, as by what customers were promised.

-- Whose promise a rule means; of an age it says nothing.
alter table escalations.rule
  add column agreement text not null default 'sla',
  add constraint rule_agreement_check check (agreement = 'sla' or agreement in ('ola', 'uc') and percent is not null);
grant update (agreement) on escalations.rule to steward_app;

-- The turn whose promise it was, of a team (ola) or of a supplier (uc); null: the ticket's own, or its age. Each turn is escalated once.
alter table escalations.escalation
  add column agreement text not null default 'sla',
  add column turn_id bigint,
  add constraint escalation_agreement_check check (agreement in ('sla', 'ola', 'uc') and (agreement = 'sla') = (turn_id is null)),
  drop constraint escalation_once;
alter table escalations.escalation
  add constraint escalation_once unique nulls not distinct (tenant_id, process, ticket_id, rule_id, metric, agreement, turn_id);

-- The shares of a supplier's budget, in percent, at whose passing its clock warns; ascending.
alter table suppliers.target
  add column warn_percents bigint[] not null default '{}',
  add constraint target_warn_check check (
    cardinality(warn_percents) <= 10 and 1 <= all (warn_percents) and 99 >= all (warn_percents) and (metric <> 'availability' or warn_percents = '{}'));
