-- A provider may add levels of impact and urgency, and priorities: numbers up to 9, one digit each. Which of them there are says desk.code; that every
-- pair of impact and urgency has a priority sees to it who adds one.

-- What is there obeys already, so nothing is read through.
alter table desk.code
  drop constraint code_number_check,
  add constraint code_number_check check (list not in ('impact', 'urgency', 'priority') or key ~ '^[1-9]$') not valid;
alter table desk.priority_matrix
  drop constraint priority_matrix_impact_check,
  drop constraint priority_matrix_urgency_check,
  drop constraint priority_matrix_priority_check,
  add constraint priority_matrix_impact_check check (impact between 1 and 9) not valid,
  add constraint priority_matrix_urgency_check check (urgency between 1 and 9) not valid,
  add constraint priority_matrix_priority_check check (priority between 1 and 9) not valid;
grant insert on desk.priority_matrix to steward_app;
alter table desk.customer_priority
  drop constraint customer_priority_impact_check,
  drop constraint customer_priority_urgency_check,
  drop constraint customer_priority_priority_check,
  add constraint customer_priority_impact_check check (impact between 1 and 9) not valid,
  add constraint customer_priority_urgency_check check (urgency between 1 and 9) not valid,
  add constraint customer_priority_priority_check check (priority between 1 and 9) not valid;
alter table desk.ticket
  drop constraint ticket_impact_check,
  drop constraint ticket_urgency_check,
  drop constraint ticket_priority_check,
  add constraint ticket_impact_check check (impact between 1 and 9) not valid,
  add constraint ticket_urgency_check check (urgency between 1 and 9) not valid,
  add constraint ticket_priority_check check (priority between 1 and 9) not valid;
alter table problems.problem
  drop constraint problem_impact_check,
  drop constraint problem_urgency_check,
  drop constraint problem_priority_check,
  add constraint problem_impact_check check (impact between 1 and 9) not valid,
  add constraint problem_urgency_check check (urgency between 1 and 9) not valid,
  add constraint problem_priority_check check (priority between 1 and 9) not valid;
alter table desk.dispatch
  drop constraint dispatch_priority_check,
  add constraint dispatch_priority_check check (priority between 1 and 9) not valid;
alter table desk.dispatch_rule
  drop constraint dispatch_rule_priority_check,
  add constraint dispatch_rule_priority_check check (priority_to between 1 and 9) not valid;
alter table contracts.sla_target
  drop constraint sla_target_priority_check,
  add constraint sla_target_priority_check check (priority between 1 and 9) not valid;
alter table suppliers.target
  drop constraint target_priority_check,
  add constraint target_priority_check check (priority between 1 and 9) not valid;
alter table gates.gate
  drop constraint gate_priority_check,
  add constraint gate_priority_check check (priority between 1 and 9) not valid;
alter table notifications.rule
  drop constraint rule_priority_check,
  drop constraint rule_urgent_check,
  add constraint rule_priority_check check (priority_to between 1 and 9) not valid,
  add constraint rule_urgent_check check (urgent_to between 0 and 9) not valid;
alter table escalations.rule
  drop constraint rule_priority_check,
  add constraint rule_priority_check check (priority_to between 1 and 9) not valid;

-- A team's own work by priority: the last is that of every priority behind it, so that what was written for five goes on for more.
alter table assurance.chain_team
  drop constraint chain_team_handling_check,
  add constraint chain_team_handling_check
    check (cardinality(handling_seconds) between 5 and 9 and 0 <= all (handling_seconds) and 315360000 >= all (handling_seconds)) not valid;
