-- The customer contract in full: versions that are withdrawn before they hold, contacts, the scope of lines, renewal.

-- `seq` is the contract's counter when the version was written: a version may begin at the instant of one that was
-- withdrawn. Of those that stand there is one for an instant.
alter table contracts.contract_version
  add column seq bigint not null default 1,
  -- what happens when the term ends
  add column renewal text not null default 'none',
  add column notice_count bigint,
  add column notice_unit text,
  -- by how long a renewal extends the term
  add column renewal_months bigint,
  drop constraint contract_version_from_unique,
  add constraint contract_version_from_unique unique (tenant_id, contract_id, valid_from, seq),
  add constraint contract_version_renewal_check check (renewal in ('none', 'manual', 'auto')),
  add constraint contract_version_notice_check check (notice_count between 0 and 3650),
  add constraint contract_version_notice_unit_check check (notice_unit in ('days', 'months')),
  add constraint contract_version_notice_whole_check check ((notice_count is null) = (notice_unit is null)),
  add constraint contract_version_decision_check check (renewal = 'none' or notice_count is not null),
  add constraint contract_version_months_check check (renewal_months between 1 and 120),
  add constraint contract_version_auto_check check (renewal <> 'auto' or (ends_at is not null and renewal_months is not null));

alter table contracts.contract_line_version
  add column seq bigint not null default 1,
  add column quantity bigint,
  add column quantity_unit text,
  -- what is not covered: {"en": ..., "zh-Hans": ...}
  add column exclusions jsonb,
  -- where the price stands: a position of a price list, an annex
  add column price_reference text,
  drop constraint contract_line_version_from_unique,
  add constraint contract_line_version_from_unique unique (tenant_id, contract_line_id, valid_from, seq),
  add constraint contract_line_version_quantity_check check (quantity > 0),
  add constraint contract_line_version_quantity_unit_check check ((quantity is null) = (quantity_unit is null));

-- A version is never edited or deleted. One that has not begun may be withdrawn: this row says so, and all that ask what
-- holds look through contracts.standing_contract_version and contracts.standing_line_version.
create table contracts.contract_version_withdrawal (
  tenant_id bigint not null,
  contract_version_id bigint not null,
  reason text not null,
  recorded_at timestamptz not null,
  constraint contract_version_withdrawal_pk primary key (tenant_id, contract_version_id),
  constraint contract_version_withdrawal_version_fk foreign key (tenant_id, contract_version_id) references contracts.contract_version (tenant_id, id)
);
select steward.protect_tenant_table('contracts.contract_version_withdrawal', 'contract');
grant select, insert on contracts.contract_version_withdrawal to steward_app;

create table contracts.contract_line_version_withdrawal (
  tenant_id bigint not null,
  contract_line_version_id bigint not null,
  reason text not null,
  recorded_at timestamptz not null,
  constraint contract_line_version_withdrawal_pk primary key (tenant_id, contract_line_version_id),
  constraint contract_line_version_withdrawal_version_fk foreign key (tenant_id, contract_line_version_id)
    references contracts.contract_line_version (tenant_id, id)
);
select steward.protect_tenant_table('contracts.contract_line_version_withdrawal', 'contract');
grant select, insert on contracts.contract_line_version_withdrawal to steward_app;

-- The units of a line version besides its first one, contract_line_version.unit_id.
create table contracts.contract_line_unit (
  tenant_id bigint not null,
  contract_line_version_id bigint not null,
  unit_id bigint not null,
  constraint contract_line_unit_pk primary key (tenant_id, contract_line_version_id, unit_id),
  constraint contract_line_unit_version_fk foreign key (tenant_id, contract_line_version_id) references contracts.contract_line_version (tenant_id, id),
  constraint contract_line_unit_unit_fk foreign key (tenant_id, unit_id) references tenancy.org_unit (tenant_id, id)
);
select steward.protect_tenant_table('contracts.contract_line_unit', 'contract');
grant select, insert on contracts.contract_line_unit to steward_app;

-- The persons that a line version is for, and nobody else.
create table contracts.contract_line_person (
  tenant_id bigint not null,
  contract_line_version_id bigint not null,
  person_id bigint not null,
  constraint contract_line_person_pk primary key (tenant_id, contract_line_version_id, person_id),
  constraint contract_line_person_version_fk foreign key (tenant_id, contract_line_version_id) references contracts.contract_line_version (tenant_id, id),
  constraint contract_line_person_person_fk foreign key (tenant_id, person_id) references tenancy.person (tenant_id, id)
);
select steward.protect_tenant_table('contracts.contract_line_person', 'contract');
grant select, insert on contracts.contract_line_person to steward_app;

-- Who speaks for a contract. A contact that ends stays, with the instant of its end.
create table contracts.contract_contact (
  tenant_id bigint not null,
  id bigint generated by default as identity,
  public_id bytea not null,
  contract_id bigint not null,
  person_id bigint not null,
  role text not null,
  valid_from timestamptz not null,
  -- the first instant at which it no longer holds
  valid_until timestamptz,
  recorded_at timestamptz not null,
  version bigint not null default 1,
  constraint contract_contact_pk primary key (tenant_id, id),
  constraint contract_contact_public_id_unique unique (tenant_id, public_id),
  constraint contract_contact_contract_fk foreign key (tenant_id, contract_id) references contracts.contract (tenant_id, id),
  constraint contract_contact_person_fk foreign key (tenant_id, person_id) references tenancy.person (tenant_id, id),
  constraint contract_contact_public_id_check check (octet_length(public_id) = 12),
  constraint contract_contact_role_check check (role in ('decision_maker', 'escalation', 'billing', 'technical')),
  constraint contract_contact_until_check check (valid_until >= valid_from)
);
create index contract_contact_contract on contracts.contract_contact (tenant_id, contract_id, id);
select steward.protect_tenant_table('contracts.contract_contact', 'contract');
grant select, insert, update on contracts.contract_contact to steward_app;

-- When the renewal sweep must look at the contract again; null: never. Every change of the contract sets it to that instant.
alter table contracts.contract add column renewal_look_at timestamptz;
create index contract_renewal_look_at on contracts.contract (renewal_look_at) where renewal_look_at is not null;

-- One item for each cycle of a contract that is to be renewed. One that was superseded (the term changed) makes room for
-- another of the same cycle.
create table contracts.renewal (
  tenant_id bigint not null,
  id bigint generated by default as identity,
  public_id bytea not null,
  contract_id bigint not null,
  mode text not null,
  -- whether the term is open-ended, so that its cycles are years
  evergreen boolean not null,
  cycle_ends_at timestamptz not null,
  -- the day by which is to be decided, in the contract's zone, and its first instant
  decision_on date not null,
  decision_at timestamptz not null,
  state text not null,
  snoozed_until timestamptz,
  outcome text,
  note text,
  completed_at timestamptz,
  recorded_at timestamptz not null,
  version bigint not null default 1,
  constraint renewal_pk primary key (tenant_id, id),
  constraint renewal_public_id_unique unique (tenant_id, public_id),
  constraint renewal_contract_fk foreign key (tenant_id, contract_id) references contracts.contract (tenant_id, id),
  constraint renewal_public_id_check check (octet_length(public_id) = 12),
  constraint renewal_mode_check check (mode in ('manual', 'auto')),
  constraint renewal_state_check check (state in ('pending', 'renewing', 'not_renewing', 'snoozed', 'completed')),
  constraint renewal_snoozed_check check ((state = 'snoozed') = (snoozed_until is not null)),
  constraint renewal_outcome_check check (outcome in ('renewed', 'not_renewed', 'lapsed', 'superseded')),
  constraint renewal_completed_check check ((state = 'completed') = (outcome is not null) and (outcome is null) = (completed_at is null))
);
create unique index renewal_cycle_unique on contracts.renewal (tenant_id, contract_id, cycle_ends_at) where outcome is distinct from 'superseded';
-- the due list over all customers
create index renewal_due on contracts.renewal (decision_at, tenant_id, id) where state <> 'completed';
create index renewal_listed on contracts.renewal (decision_at, tenant_id, id);
select steward.protect_tenant_table('contracts.renewal', 'contract');
grant select, insert, update on contracts.renewal to steward_app;
