-- By which revision of its type the attributes of a CI were checked when they were last told anew; null: before that was kept.
alter table assets.ci
  add column type_seq bigint,
  add constraint ci_type_seq_fk foreign key (type_id, type_seq) references assets.ci_type_version (ci_type_id, seq);
grant update (type_seq) on assets.ci to steward_app;

-- What of a tenant's runs out, the earliest first.
create index ci_by_warranty on assets.ci (tenant_id, warranty_until, id) where warranty_until is not null;
