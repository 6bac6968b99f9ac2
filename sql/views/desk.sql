-- What the service desk publishes to other modules.

create view desk.pub_ticket with (security_invoker = true) as
  select tenant_id, id as ticket_id, public_id, number, title, type, priority, state, contract_id, contract_line_id, line_reason, unit_id, requester_id,
    opened_at, responded_at, resolved_at, closed_at, reopen_count, category, service_id, ci_tier, story, merged_into_id
  from desk.ticket;
grant select on desk.pub_ticket to steward_app;

-- The CIs that a ticket names: one of its customer, or one that the provider shares.
create view desk.pub_ticket_ci with (security_invoker = true) as
  select tenant_id, ticket_id, coalesce(ci_id, shared_ci_id) as ci_id, is_primary, shared_ci_id is not null as is_shared from desk.ticket_ci where removed_at is null;
grant select on desk.pub_ticket_ci to steward_app;

-- What problems are to each other, and changes, from either end.
create view desk.pub_process_link with (security_invoker = true) as
  select tenant_id, id as link_id, process, kind, from_id as record_id, to_id as other_id, true as is_left, recorded_at
  from desk.process_link where removed_at is null
  union all
  select tenant_id, id, process, kind, to_id, from_id, false, recorded_at from desk.process_link where removed_at is null;
grant select on desk.pub_process_link to steward_app;

-- Which OLA a team works by, and from when to when.
create view desk.pub_team_agreement with (security_invoker = true) as
  select id as agreement_id, public_id, team_id, sla_id, valid_from, ended_at, version from desk.team_agreement;
grant select on desk.pub_team_agreement to steward_app;

create view desk.pub_team with (security_invoker = true) as select id as team_id, public_id, name from desk.team;
grant select on desk.pub_team to steward_app;

-- Who of the staff works in a team. Rows of the provider's tenant, for the staff alone.
create view desk.pub_team_member with (security_invoker = true) as
  select x.tenant_id, x.team_id, m.public_id as team_public_id, x.account_id from desk.team_member x join desk.team m on m.id = x.team_id;
grant select on desk.pub_team_member to steward_app;

-- What people are told of a ticket, and who they may be.
create view desk.pub_told_ticket with (security_invoker = true) as
  select t.tenant_id, t.id as ticket_id, t.public_id, t.number, t.title, t.state, t.priority, t.due_at, t.opened_at, t.reopen_count, t.version, t.owner_id,
    t.assignee_id, t.requester_id, t.team_id, m.name as team_name, m.public_id as team_public_id, t.assignee_public_id, t.recorded_at, t.external_source is not null as is_imported
  from desk.ticket t left join desk.team m on m.id = t.team_id where t.type = 'incident';
grant select on desk.pub_told_ticket to steward_app;

-- Offers to hand a problem, a change, a release or a major incident over, for who is told of them. Rows of the provider's tenant, for the staff alone.
create view desk.pub_told_offer with (security_invoker = true) as
  select tenant_id, id as offer_id, subject_kind, subject_id, from_id, to_id, to_team_id, actor_kind, actor_id, reason, recorded_at, outcome,
    answer_reason, answered_at
  from desk.offer;
grant select on desk.pub_told_offer to steward_app;

create view desk.pub_watcher with (security_invoker = true) as select tenant_id, ticket_id, person_id, account_id from desk.ticket_watcher;
grant select on desk.pub_watcher to steward_app;

-- Who of the staff watches a problem, a change, a release or a major incident. Rows of the provider's tenant, for the staff alone.
create view desk.pub_process_watcher with (security_invoker = true) as
  select tenant_id, subject_kind, subject_id, account_id from desk.process_watcher;
grant select on desk.pub_process_watcher to steward_app;

-- After how many days what is done closes by itself: for all, and, of requests, what customers and their contracts have of their own.
create view desk.pub_ticket_policy with (security_invoker = true) as
  select close_after_days, close_counts, reopen_within_days, shows_names, close_requests_after_days from desk.ticket_policy;
grant select on desk.pub_ticket_policy to steward_app;
create view desk.pub_own_ticket_policy with (security_invoker = true) as
  select tenant_id, contract_id, close_requests_after_days, reopen_within_days from desk.own_ticket_policy;
grant select on desk.pub_own_ticket_policy to steward_app;

create view desk.pub_comment with (security_invoker = true) as select tenant_id, ticket_id, public_id, visibility, author_name, body from desk.comment;
grant select on desk.pub_comment to steward_app;

-- Which ticket a turn belongs to, and whether it goes on: of a team (assignment) or of a supplier (dispatch).
create view desk.pub_turn with (security_invoker = true) as
  select tenant_id, 'assignment'::text as subject_kind, id as subject_id, ticket_id, ended_at is null as goes_on from desk.assignment
  union all select tenant_id, 'dispatch', id, ticket_id, returned_at is null from desk.dispatch;
grant select on desk.pub_turn to steward_app;

-- What is told to whoever has a ticket open: its number and version, and what says who may see it.
create view desk.pub_live_ticket with (security_invoker = true) as
  select tenant_id, id as ticket_id, public_id, number, version, unit_id, requester_id from desk.ticket where type = 'incident';
grant select on desk.pub_live_ticket to steward_app;

-- The codes in use, and the provider's priority matrix.
create view desk.pub_code with (security_invoker = true) as select list, key, names, position from desk.code where state = 'active';
grant select on desk.pub_code to steward_app;

create view desk.pub_priority with (security_invoker = true) as select impact, urgency, priority from desk.priority_matrix;
grant select on desk.pub_priority to steward_app;

-- Tickets that end with another one, and what became of that. Staff only.
create view desk.pub_cascade with (security_invoker = true) as
  select tenant_id, ticket_id, major_public_id, seq, state, fault, fault_words, settled_at from desk.cascade_item where major_public_id is not null;
grant select on desk.pub_cascade to steward_app;

-- Who works on a ticket before anybody said so, for the handbooks of processes.
create view desk.pub_dispatch_rule with (security_invoker = true) as
  select id as rule_id, public_id, only_tenant_id, service_id, category, nature, priority_to, ci_public_id, team_id from desk.dispatch_rule where ended_at is null;
grant select on desk.pub_dispatch_rule to steward_app;

-- What the queue over all processes shows of an incident.
create view desk.pub_work with (security_invoker = true) as
  select tenant_id, id as ticket_id, public_id, number, title, priority, state, team_id, owner_id, due_at, due_metric, warned_percent, opened_at
  from desk.ticket where type = 'incident';
grant select on desk.pub_work to steward_app;
