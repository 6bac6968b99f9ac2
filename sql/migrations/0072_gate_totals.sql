-- Figures of gates over all customers, and files as evidence at gates.

-- The files that let something pass a gate which asks for such: the random bits of their public ids. They are of the stay's own tenant.
alter table gates.passage
  add column files bytea[] not null default '{}',
  add constraint passage_files_check check (cardinality(files) <= 20) not valid;
grant update (files) on gates.passage to steward_app;

-- What came to gates in a period, whoever's it is; and what came to one of them.
create index passage_period on gates.passage (came_at, tenant_id, id);
create index passage_gate on gates.passage (gate_id, came_at, tenant_id);
