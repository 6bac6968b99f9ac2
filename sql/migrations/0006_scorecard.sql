-- The figures: one fact row per ticket, and counts and sums by day. Both follow from the tickets and their clocks and
-- can be rebuilt at any time; a rebuild gives the same rows.

create schema scorecard;
grant usage on schema scorecard to steward_app, steward_finder, steward_readonly, steward_backup;

-- One row per tenant that has figures. Whoever writes them locks it first, so that refreshes and rebuilds of a tenant
-- come one after the other.
create table scorecard.progress (
  tenant_id bigint not null,
  refreshed_at timestamptz not null,
  constraint progress_pk primary key (tenant_id),
  constraint progress_tenant_fk foreign key (tenant_id) references tenancy.tenant (id)
);
select steward.protect_tenant_table('scorecard.progress', 'transient');
grant select, insert, update on scorecard.progress to steward_app;

-- Without a foreign key to the ticket: a fact is derived from it, and forgotten with it by the refresh.
create table scorecard.ticket_fact (
  tenant_id bigint not null,
  ticket_id bigint not null,
  -- 0: no contract covers the ticket
  contract_id bigint not null,
  priority smallint not null,
  -- days are dates in the contract's zone (the customer's, where there is no contract)
  opened_on date not null,
  resolved_on date,
  closed_on date,
  reopen_count bigint not null,
  -- whether a response within some time was promised; then the verdict on it, null while nothing is judged
  response_promised boolean not null,
  response_verdict text,
  -- open time of the calendar until the response was observed; null until then
  response_seconds bigint,
  resolution_promised boolean not null,
  resolution_verdict text,
  resolution_seconds bigint,
  constraint ticket_fact_pk primary key (tenant_id, ticket_id),
  constraint ticket_fact_response_check check (response_verdict in ('met', 'missed', 'withdrawn')),
  constraint ticket_fact_resolution_check check (resolution_verdict in ('met', 'missed', 'withdrawn')),
  constraint ticket_fact_promised_check check ((response_promised or (response_verdict is null and response_seconds is null))
    and (resolution_promised or (resolution_verdict is null and resolution_seconds is null)))
);
create index ticket_fact_opened on scorecard.ticket_fact (tenant_id, contract_id, opened_on);
create index ticket_fact_resolved on scorecard.ticket_fact (tenant_id, contract_id, resolved_on) where resolved_on is not null;
create index ticket_fact_closed on scorecard.ticket_fact (tenant_id, contract_id, closed_on) where closed_on is not null;
-- The backlog at a month's end: what nobody had finished by then.
create index ticket_fact_finished on scorecard.ticket_fact (tenant_id, contract_id, coalesce(resolved_on, closed_on, 'infinity'::date));
select steward.protect_tenant_table('scorecard.ticket_fact', 'operational');
grant select, insert, update, delete on scorecard.ticket_fact to steward_app;

-- Always the sum over the facts of the same tenant. A row without tickets is none.
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
-- A month of a customer over all its contracts.
create index daily_day on scorecard.daily (tenant_id, basis, day);
select steward.protect_tenant_table('scorecard.daily', 'operational');
grant select, insert, update, delete on scorecard.daily to steward_app;
