-- The judgements of what was measured of a contract line, period by period; the newest of a period (seq) counts.
create view measurements.pub_verdict with (security_invoker = true) as
  select tenant_id, contract_line_id as line_id, metric, service, period_kind, period_from, period_to, seq, attained, attainable, verdict
  from measurements.verdict;
grant select on measurements.pub_verdict to steward_app;
