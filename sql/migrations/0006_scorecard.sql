-- The figures: one fact row per ticket, and counts and sums by day. Both follow from the tickets and their clocks and
-- can be rebuilt at any time; a rebuild gives the same rows.

create schema scorecard;
grant usage on schema scorecard to steward_app, steward_finder, steward_readonly, steward_backup;

create table scorecard.ticket_fact (
  tenant_id bigint not null,
  ticket_id bigint not null,
  -- 0: no contract covers the ticket
  contract_id bigint not null,
  contract_line_id bigint,
  priority smallint not null,
  -- days are dates in the contract's zone (the customer's, where there is no contract)
  opened_on date not null,
  resolved_on date,
  closed_on date,
  reopen_count bigint not null,
  response_verdict text,
  -- working time until the response, and until the clock of resolution stopped; null until then
  response_seconds bigint,
  resolution_verdict text,
  resolution_seconds bigint,
  constraint ticket_fact_pk primary key (tenant_id, ticket_id),
  constraint ticket_fact_ticket_fk foreign key (tenant_id, ticket_id) references desk.ticket (tenant_id, id)
);
create index ticket_fact_opened on scorecard.ticket_fact (tenant_id, contract_id, opened_on);
create index ticket_fact_resolved on scorecard.ticket_fact (tenant_id, contract_id, resolved_on) where resolved_on is not null;
create index ticket_fact_closed on scorecard.ticket_fact (tenant_id, contract_id, closed_on) where closed_on is not null;
select steward.protect_tenant_table('scorecard.ticket_fact', 'operational');
grant select, insert, update, delete on scorecard.ticket_fact to steward_app;

create table scorecard.daily (
  tenant_id bigint not null,
  contract_id bigint not null,
  -- which of a ticket's days it is counted on
  basis text not null,
  day date not null,
  priority smallint not null,
  tickets bigint not null,
  reopened bigint not null,
  response_judged bigint not null,
  response_met bigint not null,
  response_timed bigint not null,
  response_seconds bigint not null,
  resolution_judged bigint not null,
  resolution_met bigint not null,
  resolution_timed bigint not null,
  resolution_seconds bigint not null,
  constraint daily_pk primary key (tenant_id, contract_id, basis, day, priority),
  constraint daily_basis_check check (basis in ('opened', 'resolved', 'closed'))
);
select steward.protect_tenant_table('scorecard.daily', 'operational');
grant select, insert, update, delete on scorecard.daily to steward_app;
