-- What contracts publish to those who count money and time by them: prices, terms, calendars.

-- What a line costs, and from when on.
drop view if exists contracts.pub_line_price;
create view contracts.pub_line_price with (security_invoker = true) as
  select tenant_id, id as line_version_id, contract_line_id as line_id, valid_from, state, monthly_fee_minor from contracts.standing_line_version;
grant select on contracts.pub_line_price to steward_app;

-- When a contract is in force: the states and terms of its versions.
drop view if exists contracts.pub_contract_term;
create view contracts.pub_contract_term with (security_invoker = true) as
  select tenant_id, contract_id, id as contract_version_id, valid_from, state, starts_at, ends_at from contracts.standing_contract_version;
grant select on contracts.pub_contract_term to steward_app;

drop view if exists contracts.pub_calendar;
create view contracts.pub_calendar with (security_invoker = true) as select id as calendar_id, public_id, name from contracts.calendar;
grant select on contracts.pub_calendar to steward_app;
