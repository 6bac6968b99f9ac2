-- Whatever was changed of a rule of escalation, its name too, each clock that runs was worked out anew. Only what says at which shares clocks are
-- watched counts from now on.
alter table escalations.rule no force row level security;
alter table escalations.rule
  -- it rises when the rule begins, changes or ends to watch a share; 0: it never watched one
  add column share_version bigint not null default 1,
  add constraint rule_share_version_check check (share_version >= 0);
-- What was worked out by the versions of before stays so: those of the rules for incidents counted, and no others.
update escalations.rule set share_version = case when process = 'incident' then version else 0 end where process <> 'incident' or version > 1;
alter table escalations.rule force row level security;
grant update (share_version) on escalations.rule to steward_app;
