-- What the proof publishes to those who tell people of it.

-- A proof with its gaps, and whether its line has any now that nobody accepted.
create view assurance.pub_proof with (security_invoker = true) as
  select p.tenant_id, p.id as proof_id, p.public_id, p.contract_id, p.contract_line_id as line_id, p.gaps, s.is_open
  from assurance.proof p join assurance.standing s on s.tenant_id = p.tenant_id and s.contract_line_id = p.contract_line_id;
grant select on assurance.pub_proof to steward_app;
