-- What became of the open findings about terms: a supplier that is no longer needed, and SLAs that nobody sells any more.

-- Nothing takes the place of a link that ended so, and nothing has to: the proof does not ask for a successor.
alter table suppliers.line_link
  add column not_needed boolean not null default false,
  add constraint line_link_needed_check check (not not_needed or ended_at is not null);

-- A retired SLA is in no new contract line; what was judged by it stays.
alter table contracts.sla
  add column state text not null default 'active',
  add constraint sla_state_check check (state in ('active', 'retired'));
-- Which lines name an SLA, over all customers: asked while it is being retired.
create index contract_line_version_sla on contracts.contract_line_version (sla_id);
