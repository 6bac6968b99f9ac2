-- A rule of escalation for one customer concerns his clocks alone. So what says whether a clock was worked out by the rules of now is counted by whom the
-- rules are for: for all, and for each customer that has ever had one of his own. It stands apart from the rules, for it never falls: a rule that is made
-- one of other customers counts once more for those whom it leaves.
create table escalations.share_revision (
  tenant_id bigint not null,
  -- 0: the rules for all customers
  customer_id bigint not null,
  -- it rises whenever a rule begins, changes or ends to watch a share
  revision bigint not null,
  -- when it last did
  changed_at timestamptz not null,
  constraint share_revision_pk primary key (tenant_id, customer_id),
  constraint share_revision_revision_check check (revision > 0)
);
-- There is one provider: by the customer alone.
create index share_revision_customer on escalations.share_revision (customer_id);
-- What was counted so far counts for all, so that no clock is worked out anew because of it.
alter table escalations.rule no force row level security;
insert into escalations.share_revision (tenant_id, customer_id, revision, changed_at)
select r.tenant_id, 0, sum(r.share_version), max(r.recorded_at) from escalations.rule r where r.process in ('incident', 'request')
group by r.tenant_id having sum(r.share_version) > 0;
alter table escalations.rule drop column share_version;
alter table escalations.rule force row level security;
select steward.protect_tenant_table('escalations.share_revision', 'contract');
select steward.keep_to_staff('escalations.share_revision', 'contract');
grant select, insert on escalations.share_revision to steward_app;
grant update (revision, changed_at) on escalations.share_revision to steward_app;

-- With a clock the rules for all and those of its customer are read, whatever thousands of others have. Only those of promises have a share.
create index rule_watching on escalations.rule (customer_id) where state = 'active' and percent < 100;
