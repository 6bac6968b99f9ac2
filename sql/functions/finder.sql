-- The finder: the only functions that look across tenants (schema-rules 23). Owned by a role that may bypass row
-- security but only select. Each returns ids and sort keys, never content, and has a row limit; the caller then binds
-- those tenants and reads under row security. Re-created whole by `steward migrate`.

drop schema if exists finder cascade;
create schema finder authorization steward_finder;
grant usage on schema finder to steward_app;
grant select on tenancy.tenant, tenancy.role_grant, jobs.job, jobs.schedule, operations.outbox, operations.idempotency, tenancy.api_token,
  contracts.calendar_version, contracts.calendar_version_withdrawal, contracts.contract, contracts.renewal, service_levels.clock, desk.ticket, credits.proposal to steward_finder;
grant select on desk.assignment, desk.dispatch, desk.ticket_ci, desk.affected_service, desk.handover, desk.cascade_item, desk.delivery_model to steward_finder;
grant select on assurance.standing, assurance.chain_version, contracts.calendar, contracts.sla, contracts.contract_line,
  contracts.contract_line_version, contracts.contract_version, suppliers.contract, suppliers.line_link, desk.team_agreement, desk.code to steward_finder;
grant select on requests.request, requests.approval, requests.task, requests.article_use, requests.knowledge_candidate, requests.access_review
  to steward_finder;
grant select on tenancy.account, tenancy.role_grant_tenant, tenancy.role_permission to steward_finder;
grant select on contracts.contract_version_withdrawal, contracts.contract_line_version_withdrawal, contracts.standing_contract_version,
  contracts.standing_line_version to steward_finder;
grant select on problems.problem, problems.incident_link, problems.candidate to steward_finder;
grant select on changes.change, changes.release to steward_finder;
grant select on major_incidents.major_incident to steward_finder;
grant select on attributes.value, attributes.internal_value to steward_finder;
grant select on knowledge.article, knowledge.published, knowledge.rating, desk.article_use, desk.ticket_text, desk.text_pending, desk.knowledge_candidate
  to steward_finder;

-- A tenant by its handle, before anyone is known.
create function finder.find_tenant(wanted_handle bigint)
returns table (id bigint, handle bigint, public_id bytea, kind text, code text, name text, zone text, language text, state text, version bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select t.id, t.handle, t.public_id, t.kind, t.code, t.name, t.zone, t.language, t.state, t.version
    from tenancy.tenant t where t.handle = wanted_handle;
end
$$;

create function finder.find_tenant_by_code(wanted_code text)
returns table (id bigint, handle bigint, public_id bytea, kind text, code text, name text, zone text, language text, state text, version bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select t.id, t.handle, t.public_id, t.kind, t.code, t.name, t.zone, t.language, t.state, t.version
    from tenancy.tenant t where t.code = wanted_code;
end
$$;

create function finder.find_provider()
returns table (id bigint, handle bigint, public_id bytea, kind text, code text, name text, zone text, language text, state text, version bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select t.id, t.handle, t.public_id, t.kind, t.code, t.name, t.zone, t.language, t.state, t.version
    from tenancy.tenant t where t.kind = 'provider';
end
$$;

-- What has a number for people, such as ACME-INC-000123: the handle of its tenant and its own public id. Whoever asks for it by that id is
-- judged as if he had been given it. Articles have no code.
create function finder.find_number(wanted_kind text, wanted_code text, wanted_number bigint)
returns table (handle bigint, public_id bytea)
language plpgsql stable security definer set search_path = '' as $$
declare
  holder record;
begin
  if wanted_kind = 'art' then
    return query select t.handle, a.public_id from knowledge.article a, tenancy.tenant t where a.number = wanted_number and t.kind = 'provider';
    return;
  end if;
  select t.id, t.handle into holder from tenancy.tenant t where t.code = wanted_code;
  if not found then
    return;
  end if;
  if wanted_kind = 'inc' then
    return query select holder.handle, t.public_id from desk.ticket t
      where t.tenant_id = holder.id and t.type = 'incident' and t.number = wanted_number;
  elsif wanted_kind = 'req' then
    return query select holder.handle, r.public_id from requests.request r where r.tenant_id = holder.id and r.number = wanted_number;
  elsif wanted_kind = 'con' then
    return query select holder.handle, c.public_id from contracts.contract c where c.tenant_id = holder.id and c.number = wanted_number;
  elsif wanted_kind = 'prb' then
    return query select holder.handle, p.public_id from problems.problem p where p.tenant_id = holder.id and p.number = wanted_number;
  elsif wanted_kind = 'chg' then
    return query select holder.handle, c.public_id from changes.change c where c.tenant_id = holder.id and c.number = wanted_number;
  elsif wanted_kind = 'rel' then
    return query select holder.handle, r.public_id from changes.release r where r.tenant_id = holder.id and r.number = wanted_number;
  elsif wanted_kind = 'mji' then
    return query select holder.handle, m.public_id from major_incidents.major_incident m where m.tenant_id = holder.id and m.number = wanted_number;
  end if;
end
$$;

-- Jobs of tenants that are due, but for those that are tried alone: of each tenant the first, then of each the second, so that nobody waits for all of
-- another's. Where few are due, of all of them. Where many are, of tenants by turns, a stretch at a time, which go on behind a tenant and come round;
-- and where a stretch has little to do (what its tenants have is due tomorrow), of the oldest besides. A look costs the same whatever waits.
create function finder.due_jobs(reference timestamptz, kinds text[], after_tenant bigint, row_limit integer)
returns table (tenant_id bigint, id bigint, fence bigint, turn bigint)
language plpgsql stable security definer set search_path = '' as $$
declare
  most integer := least(row_limit, 1000);
  many integer := 4 * most;
  turns bigint[] := '{}';
  place bigint;
begin
  if many <= (
    select count(*) from unnest(kinds) k (kind) cross join lateral (
      select from jobs.job j
      where j.kind = k.kind and j.state = 'ready' and not j.suspect and j.run_at <= reference order by j.run_at limit many) d) then
    place := coalesce(after_tenant, 0);
    for step in 1..many loop
      place := (
        select min(n.tenant_id) from unnest(kinds) k (kind) cross join lateral (
          select j.tenant_id from jobs.job j
          where j.kind = k.kind and j.state = 'ready' and not j.suspect and j.tenant_id > place order by j.tenant_id limit 1) n);
      if place is null then
        -- It comes round with the next look.
        place := 0;
        exit;
      end if;
      if exists (
        select from unnest(kinds) k (kind) cross join lateral (
          select from jobs.job j
          where j.kind = k.kind and j.tenant_id = place and j.state = 'ready' and not j.suspect and j.run_at <= reference
          -- by its index: where most rows are so, the planner would rather read the table from its beginning, past all that is dead there
          order by j.run_at limit 1) d) then
        turns := turns || place;
        exit when cardinality(turns) >= most;
      end if;
    end loop;
  end if;
  return query
    with oldest as (
      select d.tenant_id, d.id, d.fence, d.run_at
      from unnest(kinds) k (kind) cross join lateral (
        select j.tenant_id, j.id, j.fence, j.run_at from jobs.job j
        where j.kind = k.kind and j.state = 'ready' and not j.suspect and j.run_at <= reference order by j.run_at limit many) d
    ), by_turns as (
      select d.tenant_id, d.id, d.fence, d.run_at
      from unnest(turns) t (tenant_id) cross join unnest(kinds) k (kind) cross join lateral (
        select j.tenant_id, j.id, j.fence, j.run_at from jobs.job j
        where j.kind = k.kind and j.tenant_id = t.tenant_id and j.state = 'ready' and not j.suspect and j.run_at <= reference
        order by j.run_at limit 1 + 4 * most / greatest(cardinality(turns), 1)) d
    ), numbered as (
      select f.tenant_id, f.id, f.fence, f.run_at, row_number() over (partition by f.tenant_id order by f.run_at, f.id) as number
      from (select * from by_turns union select * from oldest) f)
    select n.tenant_id, n.id, n.fence, place from numbered n
    order by n.number, array_position(turns, n.tenant_id), n.run_at, n.tenant_id limit most;
end
$$;

-- Jobs to be tried alone: whose worker went silent, and those of which that is known that wait. First what was begun least often: one that kills its worker
-- each time comes behind all that only were in its worker's hands.
create function finder.suspect_jobs(reference timestamptz, kinds text[], row_limit integer)
returns table (tenant_id bigint, id bigint, fence bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select s.tenant_id, s.id, s.fence from (
      (select j.tenant_id, j.id, j.fence, j.attempts, j.lease_until as since_when from jobs.job j
       where j.state = 'running' and j.lease_until <= reference and j.kind = any (kinds) order by j.lease_until limit 1000)
      union all
      (select j.tenant_id, j.id, j.fence, j.attempts, j.run_at from jobs.job j
       where j.state = 'ready' and j.suspect and j.run_at <= reference and j.kind = any (kinds) order by j.run_at limit 1000)) s
    order by s.attempts, s.since_when, s.id limit least(row_limit, 1000);
end
$$;

-- Kinds of which jobs are to be tried alone, or are, by name: of each how many, of ten thousand that wait and as many that run.
create function finder.suspect_kinds(reference timestamptz, row_limit integer)
returns table (kind text, suspects bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select s.kind, count(*) from (
      (select j.kind from jobs.job j where j.state = 'ready' and j.suspect order by j.run_at limit 10000)
      union all
      (select j.kind from jobs.job j where j.state = 'running' and (j.suspect or j.lease_until <= reference) order by j.lease_until limit 10000)) s
    group by s.kind order by s.kind limit least(row_limit, 1000);
end
$$;

-- Kinds of which jobs have been due since before an instant and nobody has begun one, the one that waits longest first: a step from kind to kind,
-- and of each a thousand at the most. What sweeps have to do is told by their schedules.
create function finder.waiting_jobs(reference timestamptz, row_limit integer)
returns table (kind text, waiting bigint, since timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    with recursive kinds (name) as (
      select min(j.kind) from jobs.job j where j.state = 'ready' and not j.suspect
      union all
      select (select min(j.kind) from jobs.job j where j.state = 'ready' and not j.suspect and j.kind > k.name) from kinds k where k.name is not null
    ), suspects (name, run_at) as (
      select j.kind, j.run_at from jobs.job j
      where j.state = 'ready' and j.suspect and j.run_at <= reference and j.unique_key is distinct from 'schedule' order by j.run_at limit 1000
    ), known (name) as (
      select k.name from kinds k where k.name is not null
      union
      select s.name from suspects s
    )
    select k.name, w.number, w.oldest
    from known k cross join lateral (
      select least(count(*), 1000) as number, min(d.run_at) as oldest from (
        (select j.run_at from jobs.job j
         where j.kind = k.name and j.state = 'ready' and not j.suspect and j.run_at <= reference and j.unique_key is distinct from 'schedule'
         order by j.run_at limit 1000)
        union all
        (select s.run_at from suspects s where s.name = k.name)) d) w
    where w.number > 0
    order by w.oldest, k.name limit least(row_limit, 1000);
end
$$;

-- Kinds of which jobs were given up, by name: of each how many, a thousand at the most, and which of them was left last. Sweeps among them, also while
-- they rest before the single attempt that they get then.
create function finder.dead_jobs(row_limit integer)
returns table (kind text, dead bigint, tenant_id bigint, id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    with recursive kinds (name) as (
      select min(j.kind) from jobs.job j where j.state = 'dead'
      union all
      select (select min(j.kind) from jobs.job j where j.state = 'dead' and j.kind > k.name) from kinds k where k.name is not null
    ), given_up as (
      select k.name, n.number, d.tenant_id, d.id
      from kinds k cross join lateral (
        select j.tenant_id, j.id from jobs.job j where j.kind = k.name and j.state = 'dead' order by j.id desc limit 1) d
      cross join lateral (
        select count(*) as number from (
          select from jobs.job j where j.kind = k.name and j.state = 'dead' order by j.id limit 1000) m) n
      where k.name is not null
      union all
      select s.kind, 1, j.tenant_id, j.id
      from jobs.schedule s cross join lateral (
        select o.tenant_id, o.id from jobs.job o
        where o.tenant_id = s.tenant_id and o.kind = s.kind and o.unique_key = 'schedule' and o.state = 'ready' and o.attempts >= o.max_attempts - 1
        limit 1) j
    )
    select g.name, g.number, g.tenant_id, g.id from given_up g order by g.name limit least(row_limit, 1000);
end
$$;

-- How the queue is: jobs that are due and not begun, those that run, those that were given up (as above), those among the first two that are tried alone, of
-- each ten thousand at the most; and since when the first has waited of what is due, of whose worker went silent, and of the sweeps whose time no worker has
-- noticed. By indexes, whatever waits.
create function finder.job_figures(reference timestamptz)
returns table (ready bigint, running bigint, dead bigint, suspect bigint, waiting_since timestamptz)
language plpgsql stable security definer set search_path = '' as $$
declare
  most constant integer := 10000;
begin
  return query
    with recursive kinds (name) as (
      select min(j.kind) from jobs.job j where j.state = 'ready' and not j.suspect
      union all
      select (select min(j.kind) from jobs.job j where j.state = 'ready' and not j.suspect and j.kind > k.name) from kinds k where k.name is not null
    ), due (run_at) as (
      select d.run_at from kinds k cross join lateral (
        select j.run_at from jobs.job j
        where j.kind = k.name and j.state = 'ready' and not j.suspect and j.run_at <= reference order by j.run_at limit most) d
      where k.name is not null
      union all
      (select j.run_at from jobs.job j where j.state = 'ready' and j.suspect and j.run_at <= reference order by j.run_at limit most)
    )
    select
      (select least(count(*), most) from due),
      (select count(*) from (select from jobs.job j where j.state = 'running' order by j.lease_until limit most) r),
      (select count(*) from (select from jobs.job j where j.state = 'dead' order by j.kind, j.id limit most) g)
        + (select count(*) from jobs.schedule s cross join lateral (
          select from jobs.job o
          where o.tenant_id = s.tenant_id and o.kind = s.kind and o.unique_key = 'schedule' and o.state = 'ready' and o.attempts >= o.max_attempts - 1
          limit 1) j),
      (select count(*) from (select from jobs.job j where j.state = 'ready' and j.suspect order by j.run_at limit most) s)
        + (select count(*) from (
          select from jobs.job j where j.state = 'running' and (j.suspect or j.lease_until <= reference) order by j.lease_until limit most) t),
      least(
        (select min(d.run_at) from due d),
        (select min(j.lease_until) from jobs.job j where j.state = 'running' and j.lease_until <= reference),
        (select min(s.next_at) from jobs.schedule s where s.next_at <= reference and not exists (
          -- One that the worker started last does not run any more waits for nobody.
          select from jobs.schedule n where n.tenant_id = s.tenant_id and n.declared_at > coalesce(s.declared_at, '-infinity'::timestamptz))));
end
$$;

create function finder.due_schedules(reference timestamptz, row_limit integer)
returns table (tenant_id bigint, kind text)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select s.tenant_id, s.kind from jobs.schedule s where s.next_at <= reference order by s.next_at limit least(row_limit, 1000);
end
$$;

-- Subjects with clocks that time moves and that nobody has touched: the budget has run out, or a wait has come to its limit.
-- In the order of that instant, behind a place in it: those that nobody can settle hide no other.
create function finder.due_clocks(reference timestamptz, after_due timestamptz, after_tenant bigint, after_clock bigint, row_limit integer)
returns table (tenant_id bigint, subject_kind text, subject_id bigint, due_at timestamptz, clock_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select d.tenant_id, d.subject_kind, d.subject_id, d.due_at, d.id
    from (
      (select c.tenant_id, c.subject_kind, c.subject_id, c.breach_at as due_at, c.id from service_levels.clock c
       where c.breach_at < reference and (c.breach_at, c.tenant_id, c.id) > (after_due, after_tenant, after_clock)
       order by c.breach_at, c.tenant_id, c.id limit least(row_limit, 1000))
      union all
      (select c.tenant_id, c.subject_kind, c.subject_id, c.pause_ends_at, c.id from service_levels.clock c
       where c.pause_ends_at <= reference and (c.pause_ends_at, c.tenant_id, c.id) > (after_due, after_tenant, after_clock)
       order by c.pause_ends_at, c.tenant_id, c.id limit least(row_limit, 1000))) d
    order by d.due_at, d.tenant_id, d.id limit least(row_limit, 1000);
end
$$;

-- Whether a budget ran out, or a wait came to its limit, from one instant until before another: two looks at an index.
create function finder.has_due_clocks(since timestamptz, until timestamptz) returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (select from service_levels.clock c where c.breach_at >= since and c.breach_at < until)
    or exists (select from service_levels.clock c where c.pause_ends_at >= since and c.pause_ends_at < until);
end
$$;

-- The same of shares of a budget of which clocks warn, or at which rules of escalation act.
create function finder.has_due_warnings(since timestamptz, until timestamptz) returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (select from service_levels.clock c where c.next_warn_at >= since and c.next_warn_at < until)
    or exists (select from service_levels.clock c where c.next_share_at >= since and c.next_share_at < until);
end
$$;

-- Subjects with clocks that pass such a share of their budget, in the order of that instant, behind a place in it.
create function finder.due_warnings(reference timestamptz, after_due timestamptz, after_tenant bigint, after_clock bigint, row_limit integer)
returns table (tenant_id bigint, subject_kind text, subject_id bigint, due_at timestamptz, clock_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select d.tenant_id, d.subject_kind, d.subject_id, d.due_at, d.id
    from (
      (select c.tenant_id, c.subject_kind, c.subject_id, c.next_warn_at as due_at, c.id from service_levels.clock c
       where c.next_warn_at <= reference and (c.next_warn_at, c.tenant_id, c.id) > (after_due, after_tenant, after_clock)
       order by c.next_warn_at, c.tenant_id, c.id limit least(row_limit, 1000))
      union all
      (select c.tenant_id, c.subject_kind, c.subject_id, c.next_share_at, c.id from service_levels.clock c
       where c.next_share_at <= reference and (c.next_share_at, c.tenant_id, c.id) > (after_due, after_tenant, after_clock)
       order by c.next_share_at, c.tenant_id, c.id limit least(row_limit, 1000))) d
    order by d.due_at, d.tenant_id, d.id limit least(row_limit, 1000);
end
$$;

-- The shares of promises at which rules of escalation act, each with the instant since when one does; a broken promise is none. Those of rules for all
-- customers, and for one that the transaction is bound to: there may be some for each of thousands. Before them the revisions of those rules, of each
-- customer and of all (null), where there ever was one: they rise with every change of a share. A rule is never deleted, nor made one of another process.
-- It is asked with every act on clocks: planned once, whoever it is for.
create function finder.watched_shares(row_limit integer)
returns table (revision bigint, subject_kind text, metric text, percent bigint, customer_id bigint, since timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
declare
  bound constant bigint[] := coalesce(nullif(current_setting('app.tenants', true), ''), '{}')::bigint[];
  counted constant bigint[] := bound || 0::bigint;
begin
  return query select v.revision, null::text, null::text, null::bigint, nullif(v.customer_id, 0), null::timestamptz
    from escalations.share_revision v where v.customer_id = any (counted)
    union all
    (select null, k.kind, r.metric, r.percent, r.customer_id, min(r.begins_at)
     from escalations.rule r
     cross join lateral (
       select case
           when r.process = 'request' then 'request' when r.agreement = 'ola' then 'assignment' when r.agreement = 'uc' then 'dispatch' else 'ticket'
         end) k (kind)
     where r.state = 'active' and r.percent < 100 and (r.customer_id is null or r.customer_id = any (bound))
     group by k.kind, r.metric, r.percent, r.customer_id
     order by r.percent, k.kind, r.metric, r.customer_id limit least(row_limit, 1000));
end
$$;

-- Subjects with running clocks of which it was worked out by other rules than those of now when the next such share passes, or never: by the revision
-- of those, behind a place. Where no rule ever watched a share, none. A clock has the revision of the rules for all and of those of its customer. What
-- the former alone put out of date is one stretch of the index; what the latter did is looked up customer by customer, for each revision that his
-- clocks may have kept: of those whose own rules have changed since an instant (null: of all).
create function finder.unwatched_clocks(
  changed_since timestamptz, after_revision bigint, after_tenant bigint, after_clock bigint, row_limit integer)
returns table (tenant_id bigint, subject_kind text, subject_id bigint, revision bigint, clock_id bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan set jit = off as $$
declare
  for_all constant bigint := 1 + coalesce((select v.revision from escalations.share_revision v where v.customer_id = 0), 0);
  missing integer := least(row_limit, 1000);
  found_here integer;
begin
  if not exists (select from escalations.share_revision) then return; end if;
  return query select c.tenant_id, c.subject_kind, c.subject_id, c.share_revision, c.id from service_levels.clock c
    where c.state = 'running' and c.share_revision < for_all
      and (c.share_revision, c.tenant_id, c.id) > (after_revision, after_tenant, after_clock)
    order by c.share_revision, c.tenant_id, c.id limit missing;
  get diagnostics found_here = row_count;
  missing := missing - found_here;
  if missing = 0 then return; end if;
  return query select p.customer_id, c.subject_kind, c.subject_id, p.kept, c.id
    from (
      select g.kept, v.customer_id, case when (g.kept, v.customer_id) = (after_revision, after_tenant) then after_clock else 0 end as after_id
      from escalations.share_revision v cross join lateral generate_series(for_all, for_all + v.revision - 1) g (kept)
      where v.customer_id > 0 and (changed_since is null or v.changed_at >= changed_since)
        and (g.kept, v.customer_id) >= (after_revision, after_tenant)
      order by g.kept, v.customer_id) p
    cross join lateral (
      select k.subject_kind, k.subject_id, k.id from service_levels.clock k
      where k.state = 'running' and k.share_revision = p.kept and k.tenant_id = p.customer_id and k.id > p.after_id
      order by k.id limit missing) c
    order by p.kept, p.customer_id, c.id limit missing;
end
$$;

-- Subjects with clocks that run, or wait with a limit, by a calendar's version whose place another one has taken: version by version, behind a place.
-- Planned for each version, so that the place is one in the index.
create function finder.clocks_behind_calendar(
  reference timestamptz, after_version bigint, after_tenant bigint, after_clock bigint, row_limit integer)
returns table (tenant_id bigint, subject_kind text, subject_id bigint, version_id bigint, clock_id bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
declare
  behind bigint;
  missing integer := least(row_limit, 1000);
  found_here integer;
begin
  for behind in
    select v.id from contracts.calendar_version v
    where v.id >= after_version and exists (
      select from contracts.calendar_version n where n.calendar_id = v.calendar_id and n.valid_from > v.valid_from and n.valid_from <= reference
        and not exists (select from contracts.calendar_version_withdrawal w where w.calendar_version_id = n.id))
    order by v.id
  loop
    return query select c.tenant_id, c.subject_kind, c.subject_id, behind, c.id from service_levels.clock c
      where c.calendar_version_id = behind and (c.state = 'running' or (c.state = 'paused' and c.wait_left_seconds is not null))
        and (behind > after_version or (c.tenant_id, c.id) > (after_tenant, after_clock))
      order by c.tenant_id, c.id limit missing;
    get diagnostics found_here = row_count;
    missing := missing - found_here;
    exit when missing <= 0;
  end loop;
end
$$;

-- Tenants behind one for which a consumer has work waiting, found by stepping over the index.
create function finder.outbox_tenants(wanted_consumer text, after_tenant bigint, row_limit integer)
returns table (tenant_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    with recursive tenant (id) as (
      (select o.tenant_id from operations.outbox o where o.consumer = wanted_consumer and o.tenant_id > after_tenant order by o.tenant_id limit 1)
      union all
      select (select o.tenant_id from operations.outbox o
              where o.consumer = wanted_consumer and o.tenant_id > t.id order by o.tenant_id limit 1)
      from tenant t where t.id is not null)
    select t.id from tenant t where t.id is not null limit least(row_limit, 1000);
end
$$;

-- What acts have left for each consumer and it has not taken: how much, and since when the oldest of what was counted waits. Ten thousand stand for more.
create function finder.outbox_waiting()
returns table (consumer text, waiting bigint, since timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    with recursive consumers (name) as (
      select min(o.consumer) from operations.outbox o
      union all
      select (select min(o.consumer) from operations.outbox o where o.consumer > c.name) from consumers c where c.name is not null)
    select c.name, w.waiting, w.since
    from consumers c
    cross join lateral (
      select count(*) as waiting, min(o.recorded_at) as since
      from (select o.recorded_at from operations.outbox o where o.consumer = c.name order by o.tenant_id limit 10000) o) w
    where c.name is not null order by c.name;
end
$$;

-- Of the next due open tickets behind a place those of the permitted tenants (null: all): among 5,000, or as many as are asked for. There is one
-- way to do it, so it is planned once: planning for some hundred tenants takes longer than the look. The index holds all that it reads.
create function finder.next_due_tickets(
  permitted bigint[], after_due timestamptz, after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, due_at timestamptz, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
begin
  return query select n.tenant_id, n.id, n.due_at, n.opened_at from (
      select t.tenant_id, t.id, t.due_at, t.opened_at from desk.ticket t
      where t.state in ('new', 'active', 'pending')
        and (coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id) > (after_due, after_opened, after_tenant, after_id)
      order by coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id limit 5000) n
    where permitted is null or n.tenant_id in (select p.id from unnest(permitted) p (id))
    limit least(row_limit, 1001);
end
$$;

-- The same of few tenants: the first of each, and the first of these. None of it depends on how many tickets they have, so it is planned once too.
create function finder.next_due_tickets_of_few(
  permitted bigint[], after_due timestamptz, after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, due_at timestamptz, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
begin
  return query select n.tenant_id, n.id, n.due_at, n.opened_at from (select distinct u.id from unnest(permitted) u (id)) p cross join lateral (
      select t.tenant_id, t.id, t.due_at, t.opened_at from desk.ticket t
      where t.tenant_id = p.id and t.state in ('new', 'active', 'pending')
        and (coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id) > (after_due, after_opened, after_tenant, after_id)
      order by coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.id limit least(row_limit, 1001)) n
    order by coalesce(n.due_at, 'infinity'::timestamptz), n.opened_at, n.tenant_id, n.id limit least(row_limit, 1001);
end
$$;

-- The queue: open tickets of the permitted tenants (null: all), the next due first. A clock that has run out stands in
-- front, what has no running clock at the end. What is offered is so to an account, or to one of some teams. Planned for each call, so that
-- the conditions that are not asked for vanish and the index of the one that is can be used.
create function finder.open_tickets(
  permitted bigint[], wanted_team bigint, wanted_assignee bigint, unassigned_only boolean, wanted_priority bigint,
  wanted_owner bigint, unowned_only boolean, offered_to bigint,
  wanted_state text, wanted_categories text[], wanted_nature text, due_from timestamptz, due_before timestamptz,
  after_due timestamptz, after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint,
  offered_teams bigint[] default '{}', wanted_teams bigint[] default null)
returns table (tenant_id bigint, id bigint, due_at timestamptz, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
declare
  -- The place behind which to look.
  due timestamptz := coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end);
  since timestamptz := coalesce(after_opened, '-infinity'::timestamptz);
  tenants bigint[];
  tickets bigint[];
  dues timestamptz[];
  opened timestamptz[];
begin
  -- Of some teams each is looked into by itself, by its index; a ticket is of one.
  if wanted_teams is not null then
    return query select f.tenant_id, f.id, f.due_at, f.opened_at
      from unnest(wanted_teams) u (team)
      cross join lateral finder.open_tickets(
        permitted, u.team, wanted_assignee, unassigned_only, wanted_priority, wanted_owner, unowned_only, offered_to, wanted_state, wanted_categories,
        wanted_nature, due_from, due_before, after_due, after_opened, after_tenant, after_id, row_limit, offered_teams) f
      where wanted_team is null or u.team = wanted_team
      order by coalesce(f.due_at, 'infinity'::timestamptz), f.opened_at, f.tenant_id, f.id limit least(row_limit, 1001);
    return;
  end if;
  -- Not narrowed to anything, as most pages are.
  if not unassigned_only and not unowned_only and num_nonnulls(
      wanted_team, wanted_assignee, wanted_priority, wanted_owner, offered_to, wanted_state, wanted_categories, wanted_nature, due_from, due_before) = 0
  then
    if cardinality(permitted) <= 50 then
      return query select * from finder.next_due_tickets_of_few(
        permitted, due, since, coalesce(after_tenant, 0), coalesce(after_id, 0), row_limit);
      return;
    end if;
    -- Of so many tenants that a page of them stands near the front nothing needs to be planned. Where it does not, what follows finds it.
    if permitted is null or cardinality(permitted) > 200 then
      select array_agg(n.tenant_id), array_agg(n.id), array_agg(n.due_at), array_agg(n.opened_at) into tenants, tickets, dues, opened
        from finder.next_due_tickets(permitted, due, since, coalesce(after_tenant, 0), coalesce(after_id, 0), row_limit) n;
      if permitted is null or cardinality(tickets) = least(row_limit, 1001) then
        return query select * from unnest(tenants, tickets, dues, opened);
        return;
      end if;
    end if;
  end if;
  return query select t.tenant_id, t.id, t.due_at, t.opened_at from desk.ticket t
    where t.state in ('new', 'active', 'pending') and (permitted is null or t.tenant_id = any (permitted))
      and (wanted_team is null or t.team_id = wanted_team) and (wanted_assignee is null or t.assignee_id = wanted_assignee)
      and (not unassigned_only or t.assignee_id is null) and (wanted_priority is null or t.priority = wanted_priority)
      and (wanted_owner is null or t.owner_id = wanted_owner) and (not unowned_only or t.owner_id is null)
      and (wanted_state is null or t.state = wanted_state) and (wanted_categories is null or t.category = any (wanted_categories))
      and (wanted_nature is null or t.nature = wanted_nature)
      and (due_from is null or coalesce(t.due_at, 'infinity'::timestamptz) >= due_from)
      and (due_before is null or coalesce(t.due_at, 'infinity'::timestamptz) < due_before)
      and (offered_to is null or exists (
        select from desk.handover h
        where h.tenant_id = t.tenant_id and h.ticket_id = t.id and h.outcome is null and (h.to_id = offered_to or h.to_team_id = any (offered_teams))))
      and (coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id)
        > (coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end),
           coalesce(after_opened, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id limit least(row_limit, 1001);
end
$$;

-- A team's open tickets of the permitted tenants (null: all), the one first that is due next by what the team promised itself;
-- what has no running clock of the team's comes at the end. Planned for each call, as above.
create function finder.team_tickets(
  permitted bigint[], wanted_team bigint, wanted_assignee bigint, unassigned_only boolean, wanted_priority bigint,
  wanted_owner bigint, unowned_only boolean, offered_to bigint,
  wanted_state text, wanted_categories text[], wanted_nature text, due_from timestamptz, due_before timestamptz,
  after_due timestamptz, after_started timestamptz, after_tenant bigint, after_id bigint, row_limit bigint,
  offered_teams bigint[] default '{}', wanted_teams bigint[] default null)
returns table (tenant_id bigint, id bigint, due_at timestamptz, started_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select a.tenant_id, a.ticket_id, a.due_at, a.started_at
    from desk.assignment a join desk.ticket t on t.tenant_id = a.tenant_id and t.id = a.ticket_id
    where a.ended_at is null and a.team_id = wanted_team and (permitted is null or a.tenant_id = any (permitted))
      and (wanted_teams is null or a.team_id = any (wanted_teams))
      and t.state in ('new', 'active', 'pending') and (wanted_assignee is null or t.assignee_id = wanted_assignee)
      and (not unassigned_only or t.assignee_id is null) and (wanted_priority is null or t.priority = wanted_priority)
      and (wanted_owner is null or t.owner_id = wanted_owner) and (not unowned_only or t.owner_id is null)
      and (wanted_state is null or t.state = wanted_state) and (wanted_categories is null or t.category = any (wanted_categories))
      and (wanted_nature is null or t.nature = wanted_nature)
      and (due_from is null or coalesce(a.due_at, 'infinity'::timestamptz) >= due_from)
      and (due_before is null or coalesce(a.due_at, 'infinity'::timestamptz) < due_before)
      and (offered_to is null or exists (
        select from desk.handover h
        where h.tenant_id = t.tenant_id and h.ticket_id = t.id and h.outcome is null and (h.to_id = offered_to or h.to_team_id = any (offered_teams))))
      and (coalesce(a.due_at, 'infinity'::timestamptz), a.started_at, a.tenant_id, a.ticket_id)
        > (coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end),
           coalesce(after_started, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by coalesce(a.due_at, 'infinity'::timestamptz), a.started_at, a.tenant_id, a.ticket_id limit least(row_limit, 1001);
end
$$;

-- The open tickets of the permitted tenants (null: all) that name a CI, the next due first; of one that the provider shares over all
-- customers. What was closed stands in no index that is read here. Planned for each call, as above.
create function finder.ci_tickets(
  permitted bigint[], wanted_ci bigint, is_shared boolean, wanted_team bigint, wanted_assignee bigint, unassigned_only boolean, wanted_priority bigint,
  wanted_owner bigint, unowned_only boolean, offered_to bigint,
  wanted_state text, wanted_categories text[], wanted_nature text, due_from timestamptz, due_before timestamptz,
  after_due timestamptz, after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint,
  offered_teams bigint[] default '{}', wanted_teams bigint[] default null)
returns table (tenant_id bigint, id bigint, due_at timestamptz, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select t.tenant_id, t.id, t.due_at, t.opened_at
    from (
      select n.tenant_id, n.ticket_id from desk.ticket_ci n
      where is_shared and n.shared_ci_id = wanted_ci and n.removed_at is null and n.is_open and (permitted is null or n.tenant_id = any (permitted))
      union all
      select n.tenant_id, n.ticket_id from desk.ticket_ci n
      where not is_shared and n.ci_id = wanted_ci and n.removed_at is null and n.is_open and (permitted is null or n.tenant_id = any (permitted))) c
    join desk.ticket t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
    where t.state in ('new', 'active', 'pending') and (wanted_team is null or t.team_id = wanted_team)
      and (wanted_teams is null or t.team_id = any (wanted_teams))
      and (wanted_assignee is null or t.assignee_id = wanted_assignee) and (not unassigned_only or t.assignee_id is null)
      and (wanted_priority is null or t.priority = wanted_priority)
      and (wanted_owner is null or t.owner_id = wanted_owner) and (not unowned_only or t.owner_id is null)
      and (wanted_state is null or t.state = wanted_state) and (wanted_categories is null or t.category = any (wanted_categories))
      and (wanted_nature is null or t.nature = wanted_nature)
      and (due_from is null or coalesce(t.due_at, 'infinity'::timestamptz) >= due_from)
      and (due_before is null or coalesce(t.due_at, 'infinity'::timestamptz) < due_before)
      and (offered_to is null or exists (
        select from desk.handover h
        where h.tenant_id = t.tenant_id and h.ticket_id = t.id and h.outcome is null and (h.to_id = offered_to or h.to_team_id = any (offered_teams))))
      and (coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id)
        > (coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end),
           coalesce(after_opened, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id limit least(row_limit, 1001);
end
$$;

-- The open tickets of the permitted tenants (null: all) that hold a value of a custom attribute, the next due first. Planned for each call: what
-- many hold is met by walking the queue, what few hold is looked up.
create function finder.attribute_tickets(
  permitted bigint[], wanted_key text, wanted_code text, wanted_internal boolean, wanted_team bigint, wanted_assignee bigint, unassigned_only boolean,
  wanted_priority bigint, wanted_owner bigint, unowned_only boolean, offered_to bigint,
  wanted_state text, wanted_categories text[], wanted_nature text, due_from timestamptz, due_before timestamptz,
  after_due timestamptz, after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint,
  offered_teams bigint[] default '{}', wanted_teams bigint[] default null)
returns table (tenant_id bigint, id bigint, due_at timestamptz, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  -- Of one table each: how many of what is open have a value, and so which of both is read first, is only told of a table.
  if wanted_internal then
    return query select t.tenant_id, t.id, t.due_at, t.opened_at
      from attributes.internal_value a join desk.ticket t on t.tenant_id = a.tenant_id and t.id = a.subject_id
      where a.process = 'incident' and a.key = wanted_key and a.code = wanted_code and (permitted is null or a.tenant_id = any (permitted))
        and t.state in ('new', 'active', 'pending') and (permitted is null or t.tenant_id = any (permitted))
        and (wanted_team is null or t.team_id = wanted_team) and (wanted_teams is null or t.team_id = any (wanted_teams))
        and (wanted_assignee is null or t.assignee_id = wanted_assignee) and (not unassigned_only or t.assignee_id is null)
        and (wanted_priority is null or t.priority = wanted_priority)
        and (wanted_owner is null or t.owner_id = wanted_owner) and (not unowned_only or t.owner_id is null)
        and (wanted_state is null or t.state = wanted_state) and (wanted_categories is null or t.category = any (wanted_categories))
        and (wanted_nature is null or t.nature = wanted_nature)
        and (due_from is null or coalesce(t.due_at, 'infinity'::timestamptz) >= due_from)
        and (due_before is null or coalesce(t.due_at, 'infinity'::timestamptz) < due_before)
        and (offered_to is null or exists (
          select from desk.handover h
          where h.tenant_id = t.tenant_id and h.ticket_id = t.id and h.outcome is null and (h.to_id = offered_to or h.to_team_id = any (offered_teams))))
        and (coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id)
          > (coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end),
             coalesce(after_opened, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
      order by coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id limit least(row_limit, 1001);
  else
    return query select t.tenant_id, t.id, t.due_at, t.opened_at
      from attributes.value a join desk.ticket t on t.tenant_id = a.tenant_id and t.id = a.subject_id
      where a.process = 'incident' and a.key = wanted_key and a.code = wanted_code and (permitted is null or a.tenant_id = any (permitted))
        and t.state in ('new', 'active', 'pending') and (permitted is null or t.tenant_id = any (permitted))
        and (wanted_team is null or t.team_id = wanted_team) and (wanted_teams is null or t.team_id = any (wanted_teams))
        and (wanted_assignee is null or t.assignee_id = wanted_assignee) and (not unassigned_only or t.assignee_id is null)
        and (wanted_priority is null or t.priority = wanted_priority)
        and (wanted_owner is null or t.owner_id = wanted_owner) and (not unowned_only or t.owner_id is null)
        and (wanted_state is null or t.state = wanted_state) and (wanted_categories is null or t.category = any (wanted_categories))
        and (wanted_nature is null or t.nature = wanted_nature)
        and (due_from is null or coalesce(t.due_at, 'infinity'::timestamptz) >= due_from)
        and (due_before is null or coalesce(t.due_at, 'infinity'::timestamptz) < due_before)
        and (offered_to is null or exists (
          select from desk.handover h
          where h.tenant_id = t.tenant_id and h.ticket_id = t.id and h.outcome is null and (h.to_id = offered_to or h.to_team_id = any (offered_teams))))
        and (coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id)
          > (coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end),
             coalesce(after_opened, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
      order by coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id limit least(row_limit, 1001);
  end if;
end
$$;

-- The open tickets of the permitted tenants (null: all) that affect a service, the next due first. Planned for each call, as of a value: whether a ticket
-- is open only it says itself, for customers close and reopen what they may not see the services of.
create function finder.service_tickets(
  permitted bigint[], wanted_service bigint, wanted_team bigint, wanted_assignee bigint, unassigned_only boolean, wanted_priority bigint,
  wanted_owner bigint, unowned_only boolean, offered_to bigint,
  wanted_state text, wanted_categories text[], wanted_nature text, due_from timestamptz, due_before timestamptz,
  after_due timestamptz, after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint,
  offered_teams bigint[] default '{}', wanted_teams bigint[] default null)
returns table (tenant_id bigint, id bigint, due_at timestamptz, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select t.tenant_id, t.id, t.due_at, t.opened_at
    from desk.affected_service a join desk.ticket t on t.tenant_id = a.tenant_id and t.id = a.ticket_id
    where a.service_id = wanted_service and (permitted is null or a.tenant_id = any (permitted))
      and t.state in ('new', 'active', 'pending') and (permitted is null or t.tenant_id = any (permitted))
      and (wanted_team is null or t.team_id = wanted_team) and (wanted_teams is null or t.team_id = any (wanted_teams))
      and (wanted_assignee is null or t.assignee_id = wanted_assignee) and (not unassigned_only or t.assignee_id is null)
      and (wanted_priority is null or t.priority = wanted_priority)
      and (wanted_owner is null or t.owner_id = wanted_owner) and (not unowned_only or t.owner_id is null)
      and (wanted_state is null or t.state = wanted_state) and (wanted_categories is null or t.category = any (wanted_categories))
      and (wanted_nature is null or t.nature = wanted_nature)
      and (due_from is null or coalesce(t.due_at, 'infinity'::timestamptz) >= due_from)
      and (due_before is null or coalesce(t.due_at, 'infinity'::timestamptz) < due_before)
      and (offered_to is null or exists (
        select from desk.handover h
        where h.tenant_id = t.tenant_id and h.ticket_id = t.id and h.outcome is null and (h.to_id = offered_to or h.to_team_id = any (offered_teams))))
      and (coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id)
        > (coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end),
           coalesce(after_opened, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by coalesce(t.due_at, 'infinity'::timestamptz), t.opened_at, t.tenant_id, t.id limit least(row_limit, 1001);
end
$$;

-- What of the permitted tenants (null: all) is with suppliers, the next due first: of one supplier or of all, answered or not, or
-- only what is overdue at an instant.
create function finder.open_dispatches(
  permitted bigint[], wanted_supplier bigint, wanted_answered boolean, overdue_at timestamptz,
  after_due timestamptz, after_dispatched timestamptz, after_tenant bigint, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, due_at timestamptz, dispatched_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select d.tenant_id, d.id, d.due_at, d.dispatched_at from desk.dispatch d
    where d.returned_at is null and (permitted is null or d.tenant_id = any (permitted))
      and (wanted_supplier is null or d.supplier_id = wanted_supplier)
      and (wanted_answered is null or (d.responded_at is not null) = wanted_answered)
      and (overdue_at is null or coalesce(d.due_at, 'infinity'::timestamptz) < overdue_at)
      and (coalesce(d.due_at, 'infinity'::timestamptz), d.dispatched_at, d.tenant_id, d.id)
        > (coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end),
           coalesce(after_dispatched, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by coalesce(d.due_at, 'infinity'::timestamptz), d.dispatched_at, d.tenant_id, d.id limit least(row_limit, 201);
end
$$;

-- Contracts that the renewal sweep has to look at, with customers and with suppliers, the longest waiting first.
create function finder.contracts_to_look_at(
  until_at timestamptz, after_look timestamptz, after_tenant bigint, after_supplier boolean, after_id bigint, row_limit integer)
returns table (tenant_id bigint, id bigint, is_supplier boolean, look_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select d.tenant_id, d.id, d.is_supplier, d.renewal_look_at from (
    (select c.tenant_id, c.id, false as is_supplier, c.renewal_look_at from contracts.contract c
     where c.renewal_look_at <= until_at
       and (c.renewal_look_at, c.tenant_id, false, c.id) > (after_look, after_tenant, after_supplier, after_id)
     order by c.renewal_look_at, c.tenant_id, c.id limit least(row_limit, 1000))
    union all
    (select p.id, c.id, true, c.renewal_look_at from tenancy.tenant p, suppliers.contract c
     where p.kind = 'provider' and c.renewal_look_at <= until_at
       and (c.renewal_look_at, p.id, true, c.id) > (after_look, after_tenant, after_supplier, after_id)
     order by c.renewal_look_at, c.id limit least(row_limit, 1000))) d
    order by d.renewal_look_at, d.tenant_id, d.is_supplier, d.id limit least(row_limit, 1000);
end
$$;

-- Renewals of the permitted tenants (null: all), with customers, with suppliers or (null) both, the next decision first; the open ones that were not put off (null) or all of them (open), or those of one
-- state. A day of a zone lies within a day of the same date in UTC, which is what lets the index find it. Each call is planned with its values, so
-- that what is asked of suppliers is the condition of their own index.
create function finder.renewals(
  permitted bigint[], wanted_party text, wanted_state text, decision_from date, decision_before date, after_decision timestamptz, after_tenant bigint,
  after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, decision_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  if wanted_state is null or wanted_state = 'open' then
    return query select r.tenant_id, r.id, r.decision_at from contracts.renewal r
      where r.state <> 'completed' and (wanted_state = 'open' or r.state <> 'snoozed') and (permitted is null or r.tenant_id = any (permitted))
        and (wanted_party is null or wanted_party = 'customer' and r.contract_id is not null
          or wanted_party = 'supplier' and r.supplier_contract_id is not null)
        and (decision_from is null or r.decision_on >= decision_from and r.decision_at > (decision_from - 1)::timestamp at time zone 'UTC')
        and (decision_before is null or r.decision_on < decision_before and r.decision_at < (decision_before + 1)::timestamp at time zone 'UTC')
        and (r.decision_at, r.tenant_id, r.id)
          > (coalesce(after_decision, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
      order by r.decision_at, r.tenant_id, r.id limit least(row_limit, 201);
  else
    return query select r.tenant_id, r.id, r.decision_at from contracts.renewal r
      where (wanted_state = 'all' or r.state = wanted_state) and (permitted is null or r.tenant_id = any (permitted))
        and (wanted_party is null or wanted_party = 'customer' and r.contract_id is not null
          or wanted_party = 'supplier' and r.supplier_contract_id is not null)
        and (decision_from is null or r.decision_on >= decision_from and r.decision_at > (decision_from - 1)::timestamp at time zone 'UTC')
        and (decision_before is null or r.decision_on < decision_before and r.decision_at < (decision_before + 1)::timestamp at time zone 'UTC')
        and (r.decision_at, r.tenant_id, r.id)
          > (coalesce(after_decision, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
      order by r.decision_at, r.tenant_id, r.id limit least(row_limit, 201);
  end if;
end
$$;

-- The permitted tenants (null: all), by id after `after_tenant`, with renewals whose decision day lies in a period.
create function finder.renewal_tenants(permitted bigint[], decision_from date, decision_before date, after_tenant bigint, row_limit bigint)
returns table (tenant_id bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select distinct r.tenant_id from contracts.renewal r
    where r.tenant_id > after_tenant and (permitted is null or r.tenant_id = any (permitted)) and r.contract_id is not null and r.outcome is distinct from 'superseded'
      and r.decision_on >= decision_from and r.decision_at > (decision_from - 1)::timestamp at time zone 'UTC'
      and r.decision_on < decision_before and r.decision_at < (decision_before + 1)::timestamp at time zone 'UTC'
    order by r.tenant_id limit least(row_limit, 500);
end
$$;

-- Credit proposals of the permitted tenants (null: all), the oldest first: those that wait for a decision, or those of one
-- state. A proposal is in a stretch of days when its period touches it.
create function finder.credits(
  permitted bigint[], wanted_state text, days_from date, days_before date, after_recorded timestamptz, after_tenant bigint, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, recorded_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  if wanted_state is null then
    return query select p.tenant_id, p.id, p.recorded_at from credits.proposal p
      where p.state in ('proposed', 'half_approved') and (permitted is null or p.tenant_id = any (permitted))
        and (days_from is null or p.period_to > days_from) and (days_before is null or p.period_from < days_before)
        and (p.recorded_at, p.tenant_id, p.id) > (coalesce(after_recorded, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
      order by p.recorded_at, p.tenant_id, p.id limit least(row_limit, 201);
  else
    return query select p.tenant_id, p.id, p.recorded_at from credits.proposal p
      where (wanted_state = 'all' or p.state = wanted_state) and (permitted is null or p.tenant_id = any (permitted))
        and (days_from is null or p.period_to > days_from) and (days_before is null or p.period_from < days_before)
        and (p.recorded_at, p.tenant_id, p.id) > (coalesce(after_recorded, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
      order by p.recorded_at, p.tenant_id, p.id limit least(row_limit, 201);
  end if;
end
$$;

-- The permitted tenants (null: all), by id after `after_tenant`, with credit proposals of the same filters.
create function finder.credit_tenants(
  permitted bigint[], wanted_state text, days_from date, days_before date, after_tenant bigint, row_limit bigint)
returns table (tenant_id bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select distinct p.tenant_id from credits.proposal p
    where p.tenant_id > after_tenant and (permitted is null or p.tenant_id = any (permitted))
      and case when wanted_state is null then p.state in ('proposed', 'half_approved') else wanted_state = 'all' or p.state = wanted_state end
      and (days_from is null or p.period_to > days_from) and (days_before is null or p.period_from < days_before)
    order by p.tenant_id limit least(row_limit, 500);
end
$$;

-- Customers, by id after `after_tenant`, for whom turns of suppliers under these contracts were judged in a stretch of time.
create function finder.judged_turn_tenants(contracts bigint[], from_at timestamptz, before_at timestamptz, after_tenant bigint, row_limit bigint)
returns table (tenant_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select distinct c.tenant_id from service_levels.clock c
    where c.subject_kind = 'dispatch' and c.party_id = any (contracts) and c.verdict in ('met', 'missed') and c.tenant_id > after_tenant
      and case when c.breached_at is null then c.observed_at else c.breached_at end >= from_at
      and case when c.breached_at is null then c.observed_at else c.breached_at end < before_at
    order by c.tenant_id limit least(row_limit, 500);
end
$$;

-- Tenants, by id after `after_tenant`, whose stored results of calls are older than `older_than`.
create function finder.tenants_with_old_results(older_than timestamptz, after_tenant bigint, row_limit integer)
returns table (tenant_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select t.id from tenancy.tenant t
    where t.id > after_tenant and exists (select from operations.idempotency i where i.tenant_id = t.id and i.recorded_at < older_than)
    order by t.id limit least(row_limit, 1000);
end
$$;

-- Tenants, by id after `after_tenant`, with sessions that ended before `older_than`.
create function finder.tenants_with_ended_sessions(older_than timestamptz, after_tenant bigint, row_limit integer)
returns table (tenant_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select t.id from tenancy.tenant t
    where t.id > after_tenant
      and exists (select from tenancy.api_token k where k.tenant_id = t.id and k.kind = 'session' and k.expires_at < older_than)
    order by t.id limit least(row_limit, 1000);
end
$$;

-- Contract lines that promise an SLA, or may come to, drafts among them: of contracts that have not ended, in versions that hold or are to come. One whose
-- term is over counts as well, because it may still be extended. By what they are sorted by: customer, contract and line.
create function finder.lines_of_sla(wanted_sla bigint, reference timestamptz, row_limit bigint)
returns table (customer text, contract text, line text)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select t.code, c.name, v.name from contracts.standing_line_version v
    join contracts.contract_line l on l.tenant_id = v.tenant_id and l.id = v.contract_line_id
    join contracts.standing_contract_version c on c.tenant_id = l.tenant_id and c.contract_id = l.contract_id
    join tenancy.tenant t on t.id = v.tenant_id
    where v.sla_id = wanted_sla and v.state <> 'ended' and c.state <> 'ended'
      and not exists (
        select from contracts.standing_line_version n
        where n.tenant_id = v.tenant_id and n.contract_line_id = v.contract_line_id and n.valid_from > v.valid_from and n.valid_from <= reference)
      and not exists (
        select from contracts.standing_contract_version n
        where n.tenant_id = c.tenant_id and n.contract_id = c.contract_id and n.valid_from > c.valid_from and n.valid_from <= reference)
    group by t.code, c.name, v.name order by t.code, c.name, v.name limit least(row_limit, 201);
end
$$;

-- Contract lines whose proof rests on something that has changed since, or must be looked at again; and those of contracts that
-- promise, or that rest on a supplier, and were never looked at. In the order of the lines, behind a place in it.
create function finder.proofs_to_run(reference timestamptz, after_tenant bigint, after_line bigint, row_limit integer)
returns table (tenant_id bigint, contract_line_id bigint, is_changed boolean)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select d.tenant_id, d.line, bool_or(d.has_changed) from (
    (select s.tenant_id, s.contract_line_id as line, true as has_changed from assurance.standing s
     where (s.tenant_id, s.contract_line_id) > (after_tenant, after_line) and exists (
       select from (
         select u.kind, u.id, u.version from unnest(s.input_kinds, s.input_ids, s.input_versions) u (kind, id, version)
         union all
         -- A proof from before any could be added rests on the five that there were.
         select 'priorities', s.contract_line_id, 5 where 'priorities' <> all (s.input_kinds)) i
       where i.version is distinct from case i.kind
         when 'calendar' then (select c.version from contracts.calendar c where c.id = i.id)
         when 'sla' then (select d.version from contracts.sla d where d.id = i.id)
         when 'supplier_contract' then (select c.version from suppliers.contract c where c.id = i.id)
         when 'team' then (select coalesce(sum(a.version), 0)::bigint from desk.team_agreement a where a.team_id = i.id)
         when 'contract' then (select c.version from contracts.contract c where c.tenant_id = s.tenant_id and c.id = i.id)
         when 'line' then (select l.version from contracts.contract_line l where l.tenant_id = s.tenant_id and l.id = i.id)
         when 'links' then (
           select coalesce(sum(l.version), 0)::bigint from suppliers.line_link l where l.tenant_id = s.tenant_id and l.contract_line_id = i.id)
         when 'chain' then (select count(*) from assurance.chain_version v where v.tenant_id = s.tenant_id and v.contract_line_id = i.id)
         when 'priorities' then (select count(*) from desk.code c where c.list = 'priority')
         end)
     order by s.tenant_id, s.contract_line_id limit least(row_limit, 1000))
    union all
    (select s.tenant_id, s.contract_line_id, false from assurance.standing s
     where s.look_at <= reference and (s.tenant_id, s.contract_line_id) > (after_tenant, after_line)
     order by s.tenant_id, s.contract_line_id limit least(row_limit, 1000))
    union all
    (select l.tenant_id, l.id, true from contracts.contract_line l
     where (l.tenant_id, l.id) > (after_tenant, after_line)
       and not exists (select from assurance.standing s where s.tenant_id = l.tenant_id and s.contract_line_id = l.id)
       and exists (
         select from contracts.contract_line_version v where v.tenant_id = l.tenant_id and v.contract_line_id = l.id and not exists (
           select from contracts.contract_line_version_withdrawal w where w.tenant_id = v.tenant_id and w.contract_line_version_id = v.id))
       and (exists (select from suppliers.line_link k where k.tenant_id = l.tenant_id and k.contract_line_id = l.id)
         or exists (
           select from contracts.contract_version v where v.tenant_id = l.tenant_id and v.contract_id = l.contract_id and v.state = 'active'))
     order by l.tenant_id, l.id limit least(row_limit, 1000))) d
    group by d.tenant_id, d.line order by d.tenant_id, d.line limit least(row_limit, 1000);
end
$$;

-- Contract lines of the permitted tenants (null: all) whose proof has gaps that nobody accepted.
create function finder.open_proofs(permitted bigint[], after_tenant bigint, after_line bigint, row_limit bigint)
returns table (tenant_id bigint, contract_line_id bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select s.tenant_id, s.contract_line_id from assurance.standing s
    where s.is_open and (permitted is null or s.tenant_id = any (permitted)) and (s.tenant_id, s.contract_line_id) > (after_tenant, after_line)
    order by s.tenant_id, s.contract_line_id limit least(row_limit, 201);
end
$$;

-- Time entries: what waits for an approval, and what is somebody's.
grant select on time_entries.draft, time_entries.entry, time_entries.timer to steward_finder;

-- Submitted entries of the permitted tenants (null: all), the oldest first.
create function finder.submitted_time(permitted bigint[], after_began timestamptz, after_tenant bigint, after_public bytea, row_limit bigint)
returns table (tenant_id bigint, public_id bytea, began_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select d.tenant_id, d.public_id, d.began_at from time_entries.draft d
    where d.state = 'submitted' and (permitted is null or d.tenant_id = any (permitted))
      and (d.began_at, d.tenant_id, d.public_id)
        > (coalesce(after_began, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_public, ''::bytea))
    order by d.began_at, d.tenant_id, d.public_id limit least(row_limit, 201);
end
$$;

-- Somebody's entries for the permitted tenants (null: all), the newest first.
create function finder.time_of_staff(
  wanted_staff bigint, permitted bigint[], before_began timestamptz, before_tenant bigint, before_public bytea, row_limit bigint)
returns table (tenant_id bigint, public_id bytea, began_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query
    select w.tenant_id, w.public_id, w.began_at from (
      (select d.tenant_id, d.public_id, d.began_at from time_entries.draft d
       where d.staff_id = wanted_staff and (permitted is null or d.tenant_id = any (permitted))
         and (before_began is null or (d.began_at, d.tenant_id, d.public_id) < (before_began, before_tenant, before_public))
       order by d.began_at desc, d.tenant_id desc, d.public_id desc limit least(row_limit, 201))
      union all
      (select e.tenant_id, e.public_id, e.began_at from time_entries.entry e
       where e.staff_id = wanted_staff and (permitted is null or e.tenant_id = any (permitted))
         and (before_began is null or (e.began_at, e.tenant_id, e.public_id) < (before_began, before_tenant, before_public))
       order by e.began_at desc, e.tenant_id desc, e.public_id desc limit least(row_limit, 201))) w
    order by w.began_at desc, w.tenant_id desc, w.public_id desc limit least(row_limit, 201);
end
$$;

-- How many minutes somebody has on a day, for all customers: minutes on that day, and what of begin and end lies in it. Work beside other work
-- counts for nothing, nor does a correction that waits for approval; a reversal takes away what it reverses.
create function finder.minutes_of_day(wanted_staff bigint, wanted_date date, day_from timestamptz, day_to timestamptz)
returns table (total bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select coalesce(sum(
      case when w.ended_at is not null then
          sign(w.minutes::numeric) * (extract(epoch from least(w.ended_at, day_to)) - extract(epoch from greatest(w.began_at, day_from))) / 60
        when w.work_date = wanted_date then w.minutes::numeric else 0 end), 0)::bigint
    from (
      select d.work_date, d.began_at, d.ended_at, d.minutes from time_entries.draft d
      where d.staff_id = wanted_staff and d.corrects is null and not d.is_parallel
        and d.began_at > day_from - interval '2 days' and d.began_at < day_to + interval '2 days'
      union all
      select e.work_date, e.began_at, e.ended_at, e.minutes from time_entries.entry e
      where e.staff_id = wanted_staff and not e.is_parallel
        and e.began_at > day_from - interval '2 days' and e.began_at < day_to + interval '2 days') w
    where w.ended_at is null or w.began_at < day_to and w.ended_at > day_from;
end
$$;

-- Timers that have run for too long, and of which nobody has said so.
create function finder.due_timers(reference timestamptz, after_due timestamptz, after_tenant bigint, after_staff bigint, row_limit integer)
returns table (tenant_id bigint, staff_id bigint, due_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select t.tenant_id, t.staff_id, t.due_at from time_entries.timer t
    where t.due_at <= reference and t.forgotten_at is null and (t.due_at, t.tenant_id, t.staff_id) > (after_due, after_tenant, after_staff)
    order by t.due_at, t.tenant_id, t.staff_id limit least(row_limit, 1000);
end
$$;

-- Published articles by what is in them, the most fitting first: a word in the title counts more than one in the text. Of more than
-- 5,000 that have the words, the newest 5,000 are weighed.
create function finder.search_articles(
  words text, grams text, any_word boolean, for_staff boolean, permitted bigint[], wanted_kind text, after_rank bigint, after_id bigint, row_limit bigint)
returns table (article_id bigint, rank bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
declare
  wanted constant tsquery := knowledge.search_query(words, grams, any_word);
begin
  return query
    select r.article_id, r.rank
    from (
      select c.article_id, (ts_rank(c.search, wanted) * 1000000)::bigint as rank
      from (
        select p.article_id, p.search from knowledge.published p
        where p.search @@ wanted and (for_staff and current_setting('app.side', true) = 'staff' or p.audience = 'customers')
          and (p.only_tenant_id is null or permitted is null or p.only_tenant_id = any (permitted)) and (wanted_kind is null or p.kind = wanted_kind)
        order by p.published_at desc, p.article_id desc limit 5000) c) r
    where after_id is null or (r.rank, r.article_id) < (after_rank, after_id)
    order by r.rank desc, r.article_id desc limit least(row_limit, 202);
end
$$;

-- How often articles were of use, and what readers say of their newest versions: counted by indexes alone.
create function finder.article_figures(wanted bigint[])
returns table (article_id bigint, used bigint, solved bigint, helpful bigint, unhelpful bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select w.id,
      (select count(*) from desk.article_use u where u.article_id = w.id and u.kind = 'used')
        + (select count(*) from requests.article_use u where u.article_id = w.id and u.kind = 'used'),
      (select count(*) from desk.article_use u where u.article_id = w.id and u.kind = 'solved')
        + (select count(*) from requests.article_use u where u.article_id = w.id and u.kind = 'solved'),
      (select count(*) from knowledge.rating g where g.article_id = w.id and g.seq = a.published_seq and g.is_helpful),
      (select count(*) from knowledge.rating g where g.article_id = w.id and g.seq = a.published_seq and not g.is_helpful)
    from unnest(wanted) w (id) left join knowledge.article a on a.id = w.id limit 201;
end
$$;

-- How often articles were of use in a stretch of time, over all customers.
create function finder.article_uses(from_at timestamptz, before_at timestamptz)
returns table (article_id bigint, used bigint, solved bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select u.article_id, count(*) filter (where u.kind = 'used'), count(*) filter (where u.kind = 'solved')
    from (
      select d.article_id, d.kind from desk.article_use d where d.recorded_at >= from_at and d.recorded_at < before_at
      union all
      select r.article_id, r.kind from requests.article_use r where r.recorded_at >= from_at and r.recorded_at < before_at) u
    group by u.article_id limit 100000;
end
$$;

-- Tickets of some types, of the permitted tenants (null: all), by their words, the newest first. What staff said among themselves finds
-- for staff only. The newest sheets are looked at one by one, which finds a word that is everywhere. Behind them the index is asked for
-- words and marks, four weeks by four weeks, so that a rare word reads no ticket without it. Four weeks that have very many with it are gone
-- through from their end, one day, two, four, until a day has very many as well: its newest sheets are looked at one by one again, and where
-- these are not enough, all of that day's. Statistics know how often a word is, and not when: they may not choose to read the table.
-- The marks of at most 20 tenants go along; of more tenants the rows are filtered.
create function finder.search_tickets(
  words text, grams text, for_staff boolean, wanted_types text[], permitted bigint[], everything boolean, units bigint[], person bigint,
  after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan set jit = off
set enable_seqscan = off as $$
declare
  near constant bigint := 2000;
  many constant bigint := 1000;
  -- of two years each four weeks by themselves; what is older comes in longer stretches
  single constant bigint := 26;
  said constant tsquery := knowledge.search_query(words, grams, false);
  -- Three words are asked for each by itself: the index leaps from list to list and ends with the first that ends, where of what is asked for as
  -- one it goes through the whole of the shortest. What is left goes with the marks: by itself it would be looked for far beyond them.
  terms constant text[] := string_to_array(said::text, ' & ');
  one constant tsquery := terms[1]::tsquery;
  two constant tsquery := terms[2]::tsquery;
  three constant tsquery := terms[3]::tsquery;
  others constant text[] := terms[4:] || case when cardinality(permitted) between 1 and 20
    then (select '(' || string_agg(quote_literal('#' || t.id), ' | ') || ')' from unnest(permitted) t (id)) end;
  -- a transaction that says nothing of its side is nobody's
  is_staff constant boolean := for_staff and coalesce(current_setting('app.side', true) = 'staff', false);
  oldest constant bigint := floor(extract(epoch from (select min(s.opened_at) from desk.ticket_text s)) / 86400);
  missing bigint := least(row_limit, 202);
  edge record;
  -- the stretch that is looked at: days, counted from 1970, up to this one
  day bigint;
  from_day bigint;
  -- how many times four weeks
  span bigint := 1;
  looks bigint := 0;
  -- the four weeks that have very many: of them so many days at a time
  dense bigint;
  days bigint;
  walked bigint;
  within tsquery;
  dates integer[];
  tenants bigint[];
  tickets bigint[];
  instants timestamptz[];
  got bigint;
begin
  if numnode(said) = 0 then
    return;
  end if;
  <<walk>>
  loop
    select s.opened_at as opened, s.tenant_id as tenant, s.ticket_id as ticket into edge from desk.ticket_text s
      where after_id is null or (s.opened_at, s.tenant_id, s.ticket_id) < (after_opened, after_tenant, after_id)
      order by s.opened_at desc, s.tenant_id desc, s.ticket_id desc offset near limit 1;
    return query
      select distinct s.tenant_id, s.ticket_id, s.opened_at from desk.ticket_text s
      where s.search @@ said and s.type = any (wanted_types) and (permitted is null or s.tenant_id = any (permitted))
        and (is_staff or ts_filter(s.search, '{a,b,c}') @@ said)
        and (everything or exists (
          select from desk.ticket t where t.tenant_id = s.tenant_id and t.id = s.ticket_id and (t.unit_id = any (units) or t.requester_id = person)))
        and (after_id is null or (s.opened_at, s.tenant_id, s.ticket_id) < (after_opened, after_tenant, after_id))
        and (edge.ticket is null or (s.opened_at, s.tenant_id, s.ticket_id) >= (edge.opened, edge.tenant, edge.ticket))
      order by s.opened_at desc, s.tenant_id desc, s.ticket_id desc limit missing;
    get diagnostics got = row_count;
    missing := missing - got;
    exit walk when missing <= 0 or edge.ticket is null;
    after_opened := edge.opened;
    after_tenant := edge.tenant;
    after_id := edge.ticket;
    day := least(day, floor(extract(epoch from edge.opened) / 86400)::bigint);
    loop
      exit walk when day < oldest;
      if dense is null or day < dense * 28 then
        dense := null;
        dates := null;
        from_day := (floor(day / 28.0)::bigint - span + 1) * 28;
        within := nullif(array_to_string(others || case when span <= 64 then (
          select '(' || string_agg(quote_literal('@' || p.n), ' | ') || ')'
          from generate_series(floor(greatest(from_day, oldest) / 28.0)::bigint, floor(day / 28.0)::bigint) p (n)) end, ' & '), '')::tsquery;
      else
        from_day := greatest(day - days + 1, dense * 28);
        dates := array(select d.n from generate_series(from_day::integer, day::integer) d (n));
      end if;
      with fitting as materialized (
        select s.tenant_id, s.ticket_id, s.opened_at from desk.ticket_text s
        where s.search @@ one and (two is null or s.search @@ two) and (three is null or s.search @@ three)
          and (within is null or s.search @@ within)
          and (dates is null
            or array[floor(extract(epoch from s.opened_at - timestamptz '1970-01-01 00:00+00') / 86400)::integer] && dates)
          and s.type = any (wanted_types) and (permitted is null or s.tenant_id = any (permitted))
          and (is_staff or ts_filter(s.search, '{a,b,c}') @@ said)
          and (everything or exists (
            select from desk.ticket t where t.tenant_id = s.tenant_id and t.id = s.ticket_id and (t.unit_id = any (units) or t.requester_id = person)))
          -- said so that no index is asked for it: all that is older is far more than what the words have left
          and not (s.opened_at, s.tenant_id, s.ticket_id) >= (after_opened, after_tenant, after_id))
      select array_agg(f.tenant_id), array_agg(f.ticket_id), array_agg(f.opened_at) into tenants, tickets, instants
        from (select m.tenant_id, m.ticket_id, m.opened_at from fitting m limit case when walked = day and from_day = day then null else many + 1 end) f;
      if cardinality(tickets) > many and (walked is distinct from day or from_day < day) then
        case
          when dense is null and span > 1 then
            span := 1;
            looks := 0;
          when dense is null then
            dense := floor(day / 28.0);
            days := 1;
          when from_day < day then
            days := 1;
          else
            walked := day;
            if after_opened > to_timestamp((day + 1) * 86400) then
              after_opened := to_timestamp((day + 1) * 86400);
              after_tenant := 0;
              after_id := 0;
            end if;
            continue walk;
        end case;
        continue;
      end if;
      return query select distinct f.tenant_id, f.ticket_id, f.opened_at from unnest(tenants, tickets, instants) f (tenant_id, ticket_id, opened_at)
        order by f.opened_at desc, f.tenant_id desc, f.ticket_id desc limit missing;
      get diagnostics got = row_count;
      missing := missing - got;
      exit walk when missing <= 0 or span > 64;
      after_opened := to_timestamp(from_day * 86400);
      after_tenant := 0;
      after_id := 0;
      day := from_day - 1;
      if dense is null then
        looks := looks + 1;
        span := case when looks < single then 1 else span * 2 end;
      else
        days := days * 2;
      end if;
    end loop;
  end loop;
end
$$;

-- Tickets whose words are to be written, behind one of them, by their key; without those that the database refused.
create function finder.texts_pending(after_tenant bigint, after_ticket bigint, row_limit bigint)
returns table (tenant_id bigint, ticket_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select p.tenant_id, p.ticket_id from desk.text_pending p
    where (p.tenant_id, p.ticket_id) > (after_tenant, after_ticket) and p.refused_at is null
    order by p.tenant_id, p.ticket_id limit least(row_limit, 1000);
end
$$;

grant select on knowledge.process_text, knowledge.process_text_pending, requests.request, problems.problem, changes.concerned, tenancy.person to steward_finder;
grant select on changes.release, changes.release_concerned, major_incidents.major_incident, major_incidents.child, desk.offer to steward_finder;

-- Requests, problems, changes, releases or major incidents by their words, the newest first, as finder.search_tickets finds tickets. A request is
-- found by who reads it: of the permitted tenants (null: all), and as far as his rows go. A problem is found by the staff of the customer that it is
-- about, or by all of them; a change by those of the customers whom it concerns; a release by those of whom its changes concern, or ever did, and as
-- long as it has and had none by who opened it; a major incident by those of the customers of its incidents, and by who leads, declared or is offered
-- it. Narrowed: only what is about one of the permitted, and not what may be, nor what is the reader's own.
-- Of who sees few of them these are looked at one by one: a word that is everywhere would make all that others have be read in search of his.
-- What was opened earlier than nothing_before (null: nothing) need not be found: the caller has a whole page of newer ones.
create function finder.search_processes(
  words text, grams text, for_staff boolean, wanted_process text, permitted bigint[], narrowed boolean, everything boolean, units bigint[],
  person bigint, reader_kind text, reader bigint, after_opened timestamptz, after_tenant bigint, after_id bigint, nothing_before timestamptz, row_limit bigint)
returns table (tenant_id bigint, id bigint, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan set jit = off
set enable_seqscan = off as $$
declare
  near constant bigint := 2000;
  many constant bigint := 1000;
  single constant bigint := 26;
  said constant tsquery := knowledge.search_query(words, grams, false);
  terms constant text[] := string_to_array(said::text, ' & ');
  one constant tsquery := terms[1]::tsquery;
  two constant tsquery := terms[2]::tsquery;
  three constant tsquery := terms[3]::tsquery;
  others constant text[] := terms[4:] || quote_literal('=' || wanted_process)
    || case when wanted_process = 'request' and cardinality(permitted) between 1 and 20
      then (select '(' || string_agg(quote_literal('#' || t.id), ' | ') || ')' from unnest(permitted) t (id)) end;
  -- a transaction that says nothing of its side is nobody's
  is_staff constant boolean := for_staff and coalesce(current_setting('app.side', true) = 'staff', false);
  few constant bigint := 2000;
  provider constant bigint := (select t.id from tenancy.tenant t where t.kind = 'provider');
  oldest constant bigint := floor(extract(epoch from (select min(s.opened_at) from knowledge.process_text s where s.process = wanted_process)) / 86400);
  -- what the reader sees whomever he serves
  own bigint[] := '{}';
  missing bigint := least(row_limit, 202);
  edge record;
  -- the stretch that is looked at: days, counted from 1970, up to this one
  day bigint;
  from_day bigint;
  -- how many times four weeks
  span bigint := 1;
  looks bigint := 0;
  -- the four weeks that have very many: of them so many days at a time
  dense bigint;
  days bigint;
  walked bigint;
  within tsquery;
  dates integer[];
  tenants bigint[];
  subjects bigint[];
  instants timestamptz[];
  got bigint;
begin
  if numnode(said) = 0 or wanted_process <> 'request' and not is_staff then
    return;
  end if;
  if permitted is not null and not narrowed then
    if wanted_process = 'release' then
      own := array(
        select r.id from changes.release r
        where r.tenant_id = provider and r.author_kind = reader_kind and r.author_id = reader
          and not exists (select from changes.change c where c.tenant_id = r.tenant_id and c.release_id = r.id)
          and not exists (select from changes.release_concerned n where n.tenant_id = r.tenant_id and n.release_id = r.id));
    elsif wanted_process = 'major_incident' and reader_kind in ('staff', 'service') then
      own := array(
        select m.id from major_incidents.major_incident m where m.tenant_id = provider and m.lead_id = reader
        union
        select m.id from major_incidents.major_incident m where m.tenant_id = provider and m.declarer_id = reader
        union
        select o.subject_id from desk.offer o
        where o.tenant_id = provider and o.subject_kind = 'major_incident' and o.outcome is null and o.to_id = reader);
    end if;
  end if;
  if permitted is not null then
    case wanted_process
      when 'request' then
        select array_agg(v.tenant_id), array_agg(v.id) into tenants, subjects from (
          (select r.tenant_id, r.id from requests.request r where everything and r.tenant_id = any (permitted) limit few + 1)
          union all
          (select r.tenant_id, r.id from requests.request r
           where not everything and r.tenant_id = any (permitted) and r.requester_id = person limit few + 1)
          union all
          (select r.tenant_id, r.id from tenancy.person p join requests.request r on r.tenant_id = p.tenant_id and r.requester_id = p.id
           where not everything and p.tenant_id = any (permitted) and p.unit_id = any (units) limit few + 1)) v;
      when 'problem' then
        select array_agg(v.tenant_id), array_agg(v.id) into tenants, subjects from (
          (select p.tenant_id, p.id from problems.problem p where p.tenant_id = provider and p.customer_id = any (permitted) limit few + 1)
          union all
          (select p.tenant_id, p.id from problems.problem p
           where not narrowed and p.tenant_id = provider and p.customer_id is null limit few + 1)) v;
      when 'release' then
        select array_agg(provider), array_agg(v.id) into tenants, subjects from (
          (select n.release_id from changes.release_concerned n where n.tenant_id = provider and n.customer_id = any (permitted) limit few + 1)
          union all
          (select c.release_id from changes.concerned n join changes.change c on c.tenant_id = n.tenant_id and c.id = n.change_id
           where n.tenant_id = provider and n.customer_id = any (permitted) and c.release_id is not null limit few + 1)
          union all
          (select o.id from unnest(own) o (id))) v (id);
      when 'major_incident' then
        select array_agg(provider), array_agg(v.id) into tenants, subjects from (
          (select k.major_id from major_incidents.child k
           where k.tenant_id = provider and k.other_tenant_id = any (permitted) and k.ended_seq is null limit few + 1)
          union all
          (select o.id from unnest(own) o (id))) v (id);
      else
        select array_agg(v.tenant_id), array_agg(v.change_id) into tenants, subjects from (
          select n.tenant_id, n.change_id from changes.concerned n where n.tenant_id = provider and n.customer_id = any (permitted) limit few + 1) v;
    end case;
    if coalesce(cardinality(subjects), 0) <= few then
      return query
        select distinct s.tenant_id, s.subject_id, s.opened_at
        from unnest(tenants, subjects) v (tenant_id, subject_id)
        -- each by its key, whatever the words' index promises
        cross join lateral (
          select * from knowledge.process_text x
          where x.tenant_id = v.tenant_id and x.process = wanted_process and x.subject_id = v.subject_id offset 0) s
        where s.search @@ said and (is_staff or ts_filter(s.search, '{a,b,c}') @@ said)
          and (after_id is null or (s.opened_at, s.tenant_id, s.subject_id) < (after_opened, after_tenant, after_id))
        order by s.opened_at desc, s.tenant_id desc, s.subject_id desc limit missing;
      return;
    end if;
  end if;
  <<walk>>
  loop
    select s.opened_at as opened, s.tenant_id as tenant, s.subject_id as subject into edge from knowledge.process_text s
      where s.process = wanted_process and (after_id is null or (s.opened_at, s.tenant_id, s.subject_id) < (after_opened, after_tenant, after_id))
      order by s.opened_at desc, s.tenant_id desc, s.subject_id desc offset near limit 1;
    return query
      select distinct s.tenant_id, s.subject_id, s.opened_at from knowledge.process_text s
      where s.search @@ said and s.process = wanted_process and (is_staff or ts_filter(s.search, '{a,b,c}') @@ said)
        and case wanted_process
          when 'request' then (permitted is null or s.tenant_id = any (permitted)) and (everything or exists (
            select from requests.request r left join tenancy.person p on p.tenant_id = r.tenant_id and p.id = r.requester_id
            where r.tenant_id = s.tenant_id and r.id = s.subject_id and (p.unit_id = any (units) or r.requester_id = person)))
          when 'problem' then permitted is null or exists (
            select from problems.problem p where p.tenant_id = s.tenant_id and p.id = s.subject_id
              and (p.customer_id = any (permitted) or p.customer_id is null and not narrowed))
          when 'release' then permitted is null or s.subject_id = any (own)
            or exists (
              select from changes.release_concerned n
              where n.tenant_id = s.tenant_id and n.release_id = s.subject_id and n.customer_id = any (permitted))
            or exists (
              select from changes.change c join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
              where c.tenant_id = s.tenant_id and c.release_id = s.subject_id and n.customer_id = any (permitted))
          when 'major_incident' then permitted is null or s.subject_id = any (own) or exists (
            select from major_incidents.child k
            where k.tenant_id = s.tenant_id and k.major_id = s.subject_id and k.ended_seq is null and k.other_tenant_id = any (permitted))
          else permitted is null or exists (
            select from changes.concerned n where n.tenant_id = s.tenant_id and n.change_id = s.subject_id and n.customer_id = any (permitted)) end
        and (after_id is null or (s.opened_at, s.tenant_id, s.subject_id) < (after_opened, after_tenant, after_id))
        and (edge.subject is null or (s.opened_at, s.tenant_id, s.subject_id) >= (edge.opened, edge.tenant, edge.subject))
      order by s.opened_at desc, s.tenant_id desc, s.subject_id desc limit missing;
    get diagnostics got = row_count;
    missing := missing - got;
    exit walk when missing <= 0 or edge.subject is null or edge.opened < nothing_before;
    after_opened := edge.opened;
    after_tenant := edge.tenant;
    after_id := edge.subject;
    day := least(day, floor(extract(epoch from edge.opened) / 86400)::bigint);
    loop
      exit walk when day < oldest;
      if dense is null or day < dense * 28 then
        dense := null;
        dates := null;
        from_day := (floor(day / 28.0)::bigint - span + 1) * 28;
        within := nullif(array_to_string(others || case when span <= 64 then (
          select '(' || string_agg(quote_literal('@' || p.n), ' | ') || ')'
          from generate_series(floor(greatest(from_day, oldest) / 28.0)::bigint, floor(day / 28.0)::bigint) p (n)) end, ' & '), '')::tsquery;
      else
        from_day := greatest(day - days + 1, dense * 28);
        dates := array(select d.n from generate_series(from_day::integer, day::integer) d (n));
      end if;
      with fitting as materialized (
        select s.tenant_id, s.subject_id, s.opened_at from knowledge.process_text s
        where s.search @@ one and (two is null or s.search @@ two) and (three is null or s.search @@ three)
          and (within is null or s.search @@ within)
          and (dates is null
            or array[floor(extract(epoch from s.opened_at - timestamptz '1970-01-01 00:00+00') / 86400)::integer] && dates)
          and (is_staff or ts_filter(s.search, '{a,b,c}') @@ said)
          -- as above
          and case wanted_process
            when 'request' then (permitted is null or s.tenant_id = any (permitted)) and (everything or exists (
              select from requests.request r left join tenancy.person p on p.tenant_id = r.tenant_id and p.id = r.requester_id
              where r.tenant_id = s.tenant_id and r.id = s.subject_id and (p.unit_id = any (units) or r.requester_id = person)))
            when 'problem' then permitted is null or exists (
              select from problems.problem p where p.tenant_id = s.tenant_id and p.id = s.subject_id
                and (p.customer_id = any (permitted) or p.customer_id is null and not narrowed))
            when 'release' then permitted is null or s.subject_id = any (own)
              or exists (
                select from changes.release_concerned n
                where n.tenant_id = s.tenant_id and n.release_id = s.subject_id and n.customer_id = any (permitted))
              or exists (
                select from changes.change c join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
                where c.tenant_id = s.tenant_id and c.release_id = s.subject_id and n.customer_id = any (permitted))
            when 'major_incident' then permitted is null or s.subject_id = any (own) or exists (
              select from major_incidents.child k
              where k.tenant_id = s.tenant_id and k.major_id = s.subject_id and k.ended_seq is null and k.other_tenant_id = any (permitted))
            else permitted is null or exists (
              select from changes.concerned n where n.tenant_id = s.tenant_id and n.change_id = s.subject_id and n.customer_id = any (permitted)) end
          -- said so that no index is asked for it: all that is older is far more than what the words have left
          and not (s.opened_at, s.tenant_id, s.subject_id) >= (after_opened, after_tenant, after_id))
      select array_agg(f.tenant_id), array_agg(f.subject_id), array_agg(f.opened_at) into tenants, subjects, instants
        from (select m.tenant_id, m.subject_id, m.opened_at from fitting m limit case when walked = day and from_day = day then null else many + 1 end) f;
      if cardinality(subjects) > many and (walked is distinct from day or from_day < day) then
        case
          when dense is null and span > 1 then
            span := 1;
            looks := 0;
          when dense is null then
            dense := floor(day / 28.0);
            days := 1;
          when from_day < day then
            days := 1;
          else
            walked := day;
            if after_opened > to_timestamp((day + 1) * 86400) then
              after_opened := to_timestamp((day + 1) * 86400);
              after_tenant := 0;
              after_id := 0;
            end if;
            continue walk;
        end case;
        continue;
      end if;
      return query select distinct f.tenant_id, f.subject_id, f.opened_at from unnest(tenants, subjects, instants) f (tenant_id, subject_id, opened_at)
        order by f.opened_at desc, f.tenant_id desc, f.subject_id desc limit missing;
      get diagnostics got = row_count;
      missing := missing - got;
      exit walk when missing <= 0 or span > 64 or to_timestamp(from_day * 86400) < nothing_before;
      after_opened := to_timestamp(from_day * 86400);
      after_tenant := 0;
      after_id := 0;
      day := from_day - 1;
      if dense is null then
        looks := looks + 1;
        span := case when looks < single then 1 else span * 2 end;
      else
        days := days * 2;
      end if;
    end loop;
  end loop;
end
$$;

-- Those of them whose words are to be written, in the order in which they were put there; without those that the database refused.
create function finder.process_texts_pending(after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, process text, subject_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select p.tenant_id, p.id, p.process, p.subject_id from knowledge.process_text_pending p
    where p.id > after_id and p.refused_at is null order by p.id limit least(row_limit, 1000);
end
$$;

-- What the readers of an article of the permitted tenants (null: all) say of it, the newest word first.
create function finder.ratings(
  wanted_article bigint, permitted bigint[], before_at timestamptz, before_tenant bigint, before_kind text, before_actor bigint, row_limit bigint)
returns table (tenant_id bigint, actor_kind text, actor_id bigint, recorded_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select g.tenant_id, g.actor_kind, g.actor_id, g.recorded_at from knowledge.rating g
    where g.article_id = wanted_article and (permitted is null or g.tenant_id = any (permitted))
      and (before_at is null or (g.recorded_at, g.tenant_id, g.actor_kind, g.actor_id) < (before_at, before_tenant, before_kind, before_actor))
    order by g.recorded_at desc, g.tenant_id desc, g.actor_kind desc, g.actor_id desc limit least(row_limit, 201);
end
$$;

-- Tickets of the permitted tenants (null: all) on which an article was of use, the newest note first.
create function finder.incidents_of_article(
  wanted_article bigint, wanted_use text, permitted bigint[], before_at timestamptz, before_tenant bigint, before_ticket bigint, row_limit bigint)
returns table (tenant_id bigint, ticket_id bigint, recorded_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select u.tenant_id, u.ticket_id, u.recorded_at from desk.article_use u
    where u.article_id = wanted_article and (wanted_use is null or u.kind = wanted_use) and (permitted is null or u.tenant_id = any (permitted))
      and (before_at is null or (u.recorded_at, u.tenant_id, u.ticket_id) < (before_at, before_tenant, before_ticket))
    order by u.recorded_at desc, u.tenant_id desc, u.ticket_id desc limit least(row_limit, 201);
end
$$;

-- The same of requests.
create function finder.requests_of_article(
  wanted_article bigint, wanted_use text, permitted bigint[], before_at timestamptz, before_tenant bigint, before_request bigint, row_limit bigint)
returns table (tenant_id bigint, request_id bigint, recorded_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select u.tenant_id, u.request_id, u.recorded_at from requests.article_use u
    where u.article_id = wanted_article and (wanted_use is null or u.kind = wanted_use) and (permitted is null or u.tenant_id = any (permitted))
      and (before_at is null or (u.recorded_at, u.tenant_id, u.request_id) < (before_at, before_tenant, before_request))
    order by u.recorded_at desc, u.tenant_id desc, u.request_id desc limit least(row_limit, 201);
end
$$;

-- Tickets in one state as candidates for an article, of the permitted tenants (null: all), the newest first. One that was opened again keeps its mark,
-- and waits for no article until it is over again. Asked of one after the other: as a join it might be planned from the tickets.
create function finder.knowledge_candidates(
  wanted_state text, permitted bigint[], before_at timestamptz, before_tenant bigint, before_ticket bigint, row_limit bigint)
returns table (tenant_id bigint, ticket_id bigint, recorded_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select c.tenant_id, c.ticket_id, c.recorded_at from desk.knowledge_candidate c
    where c.state = wanted_state and (permitted is null or c.tenant_id = any (permitted))
      and (wanted_state <> 'open' or (
        select t.state from desk.ticket t where t.tenant_id = c.tenant_id and t.id = c.ticket_id) in ('resolved', 'closed'))
      and (before_at is null or (c.recorded_at, c.tenant_id, c.ticket_id) < (before_at, before_tenant, before_ticket))
    order by c.recorded_at desc, c.tenant_id desc, c.ticket_id desc limit least(row_limit, 201);
end
$$;

-- The same of requests. One on which an article was noted since it was marked waits for none: what helped is written.
create function finder.request_candidates(
  wanted_state text, permitted bigint[], before_at timestamptz, before_tenant bigint, before_request bigint, row_limit bigint)
returns table (tenant_id bigint, request_id bigint, recorded_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select c.tenant_id, c.request_id, c.recorded_at from requests.knowledge_candidate c
    where c.state = wanted_state and (permitted is null or c.tenant_id = any (permitted))
      and (wanted_state <> 'open'
        or (select r.state from requests.request r where r.tenant_id = c.tenant_id and r.id = c.request_id) in ('fulfilled', 'closed')
          and not exists (select from requests.article_use u where u.tenant_id = c.tenant_id and u.request_id = c.request_id))
      and (before_at is null or (c.recorded_at, c.tenant_id, c.request_id) < (before_at, before_tenant, before_request))
    order by c.recorded_at desc, c.tenant_id desc, c.request_id desc limit least(row_limit, 201);
end
$$;

-- Tickets of the permitted tenants (null: all) of which somebody says that a problem is behind them, the newest first.
create function finder.problem_marks(permitted bigint[], row_limit bigint)
returns table (tenant_id bigint, ticket_id bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select c.tenant_id, c.ticket_id from problems.candidate c
    where c.state = 'open' and (permitted is null or c.tenant_id = any (permitted))
    order by c.recorded_at desc, c.tenant_id desc, c.ticket_id desc limit least(row_limit, 201);
end
$$;

grant select on requests.handover to steward_finder;

-- A page of the next due requests behind a place, of all tenants or of few: of these the first of each, and the first of them. There is one way to do
-- it, so it is planned once: to plan takes longer than the look. That a page has no more than 201 rows the planner is told, or it would sort them all.
create function finder.next_requests(
  permitted bigint[], after_due timestamptz, after_submitted timestamptz, after_tenant bigint, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, due_at timestamptz, submitted_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
begin
  return query select f.tenant_id, f.id, f.due_at, f.submitted_at from (
    (select a.tenant_id, a.id, a.due_at, a.submitted_at from (
       select r.tenant_id, r.id, r.due_at, r.submitted_at from requests.request r
       where permitted is null and r.state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling')
         and (coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id) > (after_due, after_submitted, after_tenant, after_id)
       order by coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id limit 201) a
     limit row_limit)
    union all
    (select n.tenant_id, n.id, n.due_at, n.submitted_at from (select distinct u.tenant from unnest(permitted) u (tenant)) p cross join lateral (
       select r.tenant_id, r.id, r.due_at, r.submitted_at from requests.request r
       where r.tenant_id = p.tenant and r.state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling')
         and coalesce(r.due_at, 'infinity'::timestamptz) >= after_due
         and (coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id) > (after_due, after_submitted, after_tenant, after_id)
       order by coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.id limit row_limit) n
     order by coalesce(n.due_at, 'infinity'::timestamptz), n.submitted_at, n.tenant_id, n.id limit row_limit)) f
    order by coalesce(f.due_at, 'infinity'::timestamptz), f.submitted_at, f.tenant_id, f.id limit least(row_limit, 201);
end
$$;

-- Requests of the permitted tenants (null: all) that are not over, the next due first, and what has no running clock at the end; or only
-- those of them that are offered to an account, or to one of some teams, or that have a task of one of some teams that is to be done. Planned for each
-- call, as the queue is.
create function finder.open_requests(
  permitted bigint[], wanted_state text, wanted_team bigint, wanted_owner bigint, unowned_only boolean, due_from timestamptz, due_before timestamptz,
  after_due timestamptz, after_submitted timestamptz, after_tenant bigint, after_id bigint, row_limit bigint,
  only_offered boolean default false, offered_to bigint default null, offered_teams bigint[] default '{}',
  wanted_teams bigint[] default null, wanted_priority bigint default null)
returns table (tenant_id bigint, id bigint, due_at timestamptz, submitted_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
declare
  -- The place behind which it goes on; what has no running clock stands at the end.
  seen_due timestamptz := coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end);
  seen_submitted timestamptz := coalesce(after_submitted, '-infinity'::timestamptz);
  seen_tenant bigint := coalesce(after_tenant, 0);
  seen_id bigint := coalesce(after_id, 0);
  most bigint := least(row_limit, 1001);
  walked bigint;
  tenants bigint[];
  ids bigint[];
  dues timestamptz[];
  submitted timestamptz[];
begin
  -- Few are offered, and few have a task of one's teams: they are found by that.
  if only_offered or wanted_teams is not null then
    return query select r.tenant_id, r.id, r.due_at, r.submitted_at
      from (
        select h.tenant_id, h.request_id from requests.handover h
        where only_offered and h.outcome is null and (h.to_team_id = any (offered_teams) or h.to_id = offered_to)
          and (permitted is null or h.tenant_id = any (permitted))
        union
        select k.tenant_id, k.request_id from requests.task k
        where not only_offered and k.team_id = any (wanted_teams) and k.state in ('ready', 'active', 'failed')
          and (permitted is null or k.tenant_id = any (permitted))) c
      join requests.request r on r.tenant_id = c.tenant_id and r.id = c.request_id
      where (wanted_teams is null or not only_offered or exists (
          select from requests.task t
          where t.tenant_id = r.tenant_id and t.request_id = r.id and t.team_id = any (wanted_teams) and t.state in ('ready', 'active', 'failed')))
        and r.state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling') and (wanted_state is null or r.state = wanted_state)
        and (wanted_priority is null or r.priority = wanted_priority)
        and (wanted_owner is null or r.owner_id = wanted_owner) and (not unowned_only or r.owner_id is null)
        and (due_from is null or coalesce(r.due_at, 'infinity'::timestamptz) >= due_from)
        and (due_before is null or coalesce(r.due_at, 'infinity'::timestamptz) < due_before)
        and (wanted_team is null or exists (
          select from requests.task t
          where t.tenant_id = r.tenant_id and t.request_id = r.id and t.team_id = wanted_team and t.state in ('ready', 'active', 'failed')))
        and (coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id) > (seen_due, seen_submitted, seen_tenant, seen_id)
      order by coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id limit most;
    return;
  end if;
  -- Where `exists` stands alone it is joined: from what the team has to do, or along the queue, whichever is less.
  if wanted_team is not null then
    return query select r.tenant_id, r.id, r.due_at, r.submitted_at from requests.request r
      where r.state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling') and (permitted is null or r.tenant_id = any (permitted))
        and exists (
          select from requests.task t
          where t.tenant_id = r.tenant_id and t.request_id = r.id and t.team_id = wanted_team and t.state in ('ready', 'active', 'failed')
            and (permitted is null or t.tenant_id = any (permitted)))
        and (wanted_state is null or r.state = wanted_state)
        and (wanted_priority is null or r.priority = wanted_priority)
        and (wanted_owner is null or r.owner_id = wanted_owner) and (not unowned_only or r.owner_id is null)
        and (due_from is null or coalesce(r.due_at, 'infinity'::timestamptz) >= due_from)
        and (due_before is null or coalesce(r.due_at, 'infinity'::timestamptz) < due_before)
        and (coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id) > (seen_due, seen_submitted, seen_tenant, seen_id)
      order by coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id limit most;
    return;
  end if;
  -- A page that is not narrowed to anything, as most are.
  if num_nonnulls(wanted_state, wanted_owner, wanted_priority, due_from, due_before) = 0 and not unowned_only and row_limit <= 201
    and (permitted is null or cardinality(permitted) <= 200)
  then
    return query select * from finder.next_requests(permitted, seen_due, seen_submitted, seen_tenant, seen_id, row_limit);
    return;
  end if;
  -- Of so many tenants that a page of them stands near the front, or that the front is all there is, not each is looked into.
  if cardinality(permitted) > 200 then
    select count(*), array_agg(w.tenant_id) filter (where w.is_theirs), array_agg(w.id) filter (where w.is_theirs),
        array_agg(w.due_at) filter (where w.is_theirs), array_agg(w.submitted_at) filter (where w.is_theirs)
      into walked, tenants, ids, dues, submitted
      from (select n.*, n.tenant_id in (select u.id from unnest(permitted) u (id)) as is_theirs from (
        select r.tenant_id, r.id, r.due_at, r.submitted_at from requests.request r
        where r.state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling') and (wanted_state is null or r.state = wanted_state)
          and (wanted_priority is null or r.priority = wanted_priority)
          and (wanted_owner is null or r.owner_id = wanted_owner) and (not unowned_only or r.owner_id is null)
          and (due_from is null or coalesce(r.due_at, 'infinity'::timestamptz) >= due_from)
          and (due_before is null or coalesce(r.due_at, 'infinity'::timestamptz) < due_before)
          and (coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id) > (seen_due, seen_submitted, seen_tenant, seen_id)
        order by coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id limit 5000) n) w;
    if walked < 5000 or cardinality(ids) >= most then
      return query select * from unnest(tenants, ids, dues, submitted) limit most;
      return;
    end if;
  end if;
  -- Of some tenants each is looked into by itself: whatever the others have is not walked through.
  return query select f.tenant_id, f.id, f.due_at, f.submitted_at from (
    (select r.tenant_id, r.id, r.due_at, r.submitted_at from requests.request r
     where permitted is null and r.state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling')
       and (wanted_state is null or r.state = wanted_state)
       and (wanted_priority is null or r.priority = wanted_priority)
       and (wanted_owner is null or r.owner_id = wanted_owner) and (not unowned_only or r.owner_id is null)
       and (due_from is null or coalesce(r.due_at, 'infinity'::timestamptz) >= due_from)
       and (due_before is null or coalesce(r.due_at, 'infinity'::timestamptz) < due_before)
       and (coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id) > (seen_due, seen_submitted, seen_tenant, seen_id)
     order by coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id limit most)
    union all
    (select n.tenant_id, n.id, n.due_at, n.submitted_at from (select distinct u.tenant from unnest(permitted) u (tenant)) p cross join lateral (
       select r.tenant_id, r.id, r.due_at, r.submitted_at from requests.request r
       where r.tenant_id = p.tenant and r.state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling')
         and (wanted_state is null or r.state = wanted_state)
         and (wanted_priority is null or r.priority = wanted_priority)
         and (wanted_owner is null or r.owner_id = wanted_owner) and (not unowned_only or r.owner_id is null)
         and (due_from is null or coalesce(r.due_at, 'infinity'::timestamptz) >= due_from)
         and (due_before is null or coalesce(r.due_at, 'infinity'::timestamptz) < due_before)
         and coalesce(r.due_at, 'infinity'::timestamptz) >= seen_due
         and (coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id) > (seen_due, seen_submitted, seen_tenant, seen_id)
       order by coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.id limit most) n
     order by coalesce(n.due_at, 'infinity'::timestamptz), n.submitted_at, n.tenant_id, n.id limit most)) f
    order by coalesce(f.due_at, 'infinity'::timestamptz), f.submitted_at, f.tenant_id, f.id limit most;
end
$$;

-- Those of them that hold a value of a custom attribute. Planned for each call: what many hold is met by walking the queue, what few hold is looked up.
create function finder.attribute_requests(
  permitted bigint[], wanted_key text, wanted_code text, wanted_internal boolean,
  wanted_state text, wanted_team bigint, wanted_owner bigint, unowned_only boolean, due_from timestamptz, due_before timestamptz,
  after_due timestamptz, after_submitted timestamptz, after_tenant bigint, after_id bigint, row_limit bigint,
  only_offered boolean default false, offered_to bigint default null, offered_teams bigint[] default '{}',
  wanted_teams bigint[] default null, wanted_priority bigint default null)
returns table (tenant_id bigint, id bigint, due_at timestamptz, submitted_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  -- Of one table each, as tickets are.
  if wanted_internal then
    return query select r.tenant_id, r.id, r.due_at, r.submitted_at
      from attributes.internal_value a join requests.request r on r.tenant_id = a.tenant_id and r.id = a.subject_id
      where a.process = 'request' and a.key = wanted_key and a.code = wanted_code and (permitted is null or a.tenant_id = any (permitted))
        and r.state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling') and (permitted is null or r.tenant_id = any (permitted))
        and (wanted_state is null or r.state = wanted_state)
        and (wanted_priority is null or r.priority = wanted_priority)
        and (wanted_owner is null or r.owner_id = wanted_owner) and (not unowned_only or r.owner_id is null)
        and (due_from is null or coalesce(r.due_at, 'infinity'::timestamptz) >= due_from)
        and (due_before is null or coalesce(r.due_at, 'infinity'::timestamptz) < due_before)
        and (wanted_team is null or exists (
          select from requests.task t
          where t.tenant_id = r.tenant_id and t.request_id = r.id and t.team_id = wanted_team and t.state in ('ready', 'active', 'failed')))
        and (wanted_teams is null or exists (
          select from requests.task t
          where t.tenant_id = r.tenant_id and t.request_id = r.id and t.team_id = any (wanted_teams) and t.state in ('ready', 'active', 'failed')))
        and (not only_offered or exists (
          select from requests.handover h
          where h.tenant_id = r.tenant_id and h.request_id = r.id and h.outcome is null
            and (h.to_team_id = any (offered_teams) or h.to_id = offered_to)))
        and (coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id)
          > (coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end),
             coalesce(after_submitted, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
      order by coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id limit least(row_limit, 1001);
  else
    return query select r.tenant_id, r.id, r.due_at, r.submitted_at
      from attributes.value a join requests.request r on r.tenant_id = a.tenant_id and r.id = a.subject_id
      where a.process = 'request' and a.key = wanted_key and a.code = wanted_code and (permitted is null or a.tenant_id = any (permitted))
        and r.state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling') and (permitted is null or r.tenant_id = any (permitted))
        and (wanted_state is null or r.state = wanted_state)
        and (wanted_priority is null or r.priority = wanted_priority)
        and (wanted_owner is null or r.owner_id = wanted_owner) and (not unowned_only or r.owner_id is null)
        and (due_from is null or coalesce(r.due_at, 'infinity'::timestamptz) >= due_from)
        and (due_before is null or coalesce(r.due_at, 'infinity'::timestamptz) < due_before)
        and (wanted_team is null or exists (
          select from requests.task t
          where t.tenant_id = r.tenant_id and t.request_id = r.id and t.team_id = wanted_team and t.state in ('ready', 'active', 'failed')))
        and (wanted_teams is null or exists (
          select from requests.task t
          where t.tenant_id = r.tenant_id and t.request_id = r.id and t.team_id = any (wanted_teams) and t.state in ('ready', 'active', 'failed')))
        and (not only_offered or exists (
          select from requests.handover h
          where h.tenant_id = r.tenant_id and h.request_id = r.id and h.outcome is null
            and (h.to_team_id = any (offered_teams) or h.to_id = offered_to)))
        and (coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id)
          > (coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end),
             coalesce(after_submitted, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
      order by coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id limit least(row_limit, 1001);
  end if;
end
$$;

-- Customers of whom time, or an act of their people, has left something to do about a request, behind one, by their numbers: what was agreed to, approvals
-- whose time is over, and what closes. Found by stepping over the indexes; of the last two, which may lie far ahead, where any is due.
create function finder.tenants_to_move(reference timestamptz, after_tenant bigint, row_limit bigint)
returns table (tenant_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    with recursive opening (tenant) as (
      (select r.tenant_id from requests.request r
       where r.state = 'approved' and r.tenant_id > after_tenant order by r.tenant_id, r.submitted_at limit 1)
      union all
      select n.tenant_id from opening w cross join lateral (
        select r.tenant_id from requests.request r
        where r.state = 'approved' and r.tenant_id > w.tenant order by r.tenant_id, r.submitted_at limit 1) n
    ), deciding (tenant) as (
      (select a.tenant_id from requests.approval a
       where a.state = 'asked' and a.due_at is not null and a.tenant_id > after_tenant
         and (select d.due_at from requests.approval d where d.state = 'asked' and d.due_at is not null order by d.due_at limit 1) <= reference
       order by a.tenant_id, a.due_at limit 1)
      union all
      select n.tenant_id from deciding w cross join lateral (
        select a.tenant_id from requests.approval a
        where a.state = 'asked' and a.due_at is not null and a.tenant_id > w.tenant order by a.tenant_id, a.due_at limit 1) n
    ), closing (tenant) as (
      (select r.tenant_id from requests.request r
       where r.closes_at is not null and r.tenant_id > after_tenant
         and (select d.closes_at from requests.request d where d.closes_at is not null order by d.closes_at limit 1) <= reference
       order by r.tenant_id, r.closes_at limit 1)
      union all
      select n.tenant_id from closing w cross join lateral (
        select r.tenant_id from requests.request r
        where r.closes_at is not null and r.tenant_id > w.tenant order by r.tenant_id, r.closes_at limit 1) n
    ), moving (tenant) as (
      (select w.tenant from opening w limit least(row_limit, 1000))
      union
      (select w.tenant from deciding w
       where (select d.due_at from requests.approval d
              where d.tenant_id = w.tenant and d.state = 'asked' and d.due_at is not null order by d.due_at limit 1) <= reference
       limit least(row_limit, 1000))
      union
      (select w.tenant from closing w
       where (select d.closes_at from requests.request d
              where d.tenant_id = w.tenant and d.closes_at is not null order by d.closes_at limit 1) <= reference
       limit least(row_limit, 1000)))
    select m.tenant from moving m order by m.tenant limit least(row_limit, 1000);
end
$$;

-- Customers of whom the warranty of a CI ends within some days, of which that was not told, by their numbers.
create function finder.tenants_with_warranties(first_day date, last_day date, after_tenant bigint, row_limit integer)
returns table (tenant_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select distinct c.tenant_id from assets.ci c
    where c.warranty_until between first_day and last_day and c.warranty_told_on is distinct from c.warranty_until
      and c.state not in ('retired', 'disposed') and c.tenant_id > after_tenant
    order by c.tenant_id limit least(row_limit, 1000);
end
$$;

-- Access reviews that go on, whose day is over before another one, and of which that was not told, by their numbers.
create function finder.access_reviews_to_tell(before_day date, after_id bigint, row_limit integer)
returns table (tenant_id bigint, id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select w.tenant_id, w.id from requests.access_review w
    where w.closed_at is null and w.overdue_told_at is null and w.due_on < before_day and w.id > after_id
    order by w.id limit least(row_limit, 1000);
end
$$;

-- Approvals that wait for somebody: those of a role that he holds for a whole tenant (0: for all), for the unit that it was ordered for,
-- or for himself; those that name him; those that were delegated to him. Not of his own requests, unless the rule lets him, and not of one
-- that he has agreed to already. The one that was asked first comes first.
create function finder.waiting_approvals(
  permitted bigint[], wide_roles text[], wide_tenants bigint[], unit_roles text[], unit_ids bigint[], own_roles text[], home bigint, own_person bigint,
  own_kind text, own_id bigint, after_asked timestamptz, after_tenant bigint, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, asked_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select a.tenant_id, a.id, a.asked_at
    from requests.approval a join requests.request r on r.tenant_id = a.tenant_id and r.id = a.request_id
    where a.state = 'asked' and (permitted is null or a.tenant_id = any (permitted))
      and (
        (a.delegate_kind = own_kind and a.delegate_id = own_id) or (a.tenant_id = home and a.person_id = own_person)
        or exists (
          select from unnest(wide_roles, wide_tenants) as w (role, tenant_id)
          where w.role in (a.role, a.stand_in, case when a.escalated_at is not null then a.escalates_to end) and w.tenant_id in (0, a.tenant_id))
        or a.tenant_id = home and (
          exists (
            select from unnest(unit_roles, unit_ids) as u (role, unit_id)
            where u.role in (a.role, a.stand_in, case when a.escalated_at is not null then a.escalates_to end) and u.unit_id = r.unit_id)
          or r.requester_id = own_person
            and (a.role = any (own_roles) or a.stand_in = any (own_roles) or a.escalated_at is not null and a.escalates_to = any (own_roles))))
      and (r.own_approval or (r.actor_kind, r.actor_id) <> (own_kind, own_id)
        and (own_person is null or r.requester_id is distinct from own_person and r.actor_person is distinct from own_person))
      and not exists (
        select from requests.approval d
        where d.tenant_id = a.tenant_id and d.request_id = a.request_id and d.state = 'approved'
          and (d.decided_kind = own_kind and d.decided_id = own_id or d.decided_person = own_person))
      and (a.asked_at, a.tenant_id, a.id) > (coalesce(after_asked, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by a.asked_at, a.tenant_id, a.id limit least(row_limit, 201);
end
$$;

-- All approvals of the permitted tenants (null: all) that wait for somebody, whoever that is; the one that was asked first comes first.
create function finder.asked_approvals(permitted bigint[], after_asked timestamptz, after_tenant bigint, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, asked_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select a.tenant_id, a.id, a.asked_at from requests.approval a
    where a.state = 'asked' and (permitted is null or a.tenant_id = any (permitted))
      and (a.asked_at, a.tenant_id, a.id) > (coalesce(after_asked, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by a.asked_at, a.tenant_id, a.id limit least(row_limit, 201);
end
$$;

-- Whether an active account may decide an approval for the holders of roles, or for a person: by a grant over what the request concerns (the
-- units are the one that it was ordered for and those above it). Left out are accounts and persons whose word does not count.
create function finder.has_approver(
  wanted_tenant bigint, wanted_roles text[], wanted_person bigint, wanted_units bigint[], wanted_requester bigint,
  without_kinds text[], without_ids bigint[], without_persons bigint[], reference timestamptz)
returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (
    select from tenancy.account a
    join tenancy.role_grant g on g.tenant_id = a.tenant_id and g.account_id = a.id
    join tenancy.role_permission q on q.role = g.role and q.permission = 'approval.decide'
    where a.tenant_id in (select wanted_tenant union all select t.id from tenancy.tenant t where t.kind = 'provider')
      and a.state = 'active' and a.kind in ('staff', 'customer') and g.revoked_at is null and (g.expires_at is null or g.expires_at > reference)
      and not exists (select from unnest(without_kinds, without_ids) as w (kind, id) where w.kind = a.kind and w.id = a.id)
      and (a.person_id is null or a.person_id <> all (without_persons))
      and (a.tenant_id = wanted_tenant and a.person_id = wanted_person
        or g.role = any (wanted_roles) and case g.scope
          when 'all' then true
          when 'listed' then exists (
            select from tenancy.role_grant_tenant l where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = wanted_tenant)
          when 'tenant' then a.tenant_id = wanted_tenant
          when 'unit' then a.tenant_id = wanted_tenant and g.unit_id = any (wanted_units)
          else a.tenant_id = wanted_tenant and a.person_id = wanted_requester end));
end
$$;

-- Whether an account, of a customer or of the staff, may decide approvals of the customer.
create function finder.may_approve(wanted_tenant bigint, wanted_kind text, wanted_account bigint, reference timestamptz)
returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (
    select from tenancy.account a
    join tenancy.role_grant g on g.tenant_id = a.tenant_id and g.account_id = a.id
    join tenancy.role_permission q on q.role = g.role and q.permission = 'approval.decide'
    where a.tenant_id in (select wanted_tenant union all select t.id from tenancy.tenant t where t.kind = 'provider')
      and a.id = wanted_account and a.kind = wanted_kind and a.state = 'active'
      and g.revoked_at is null and (g.expires_at is null or g.expires_at > reference)
      and case g.scope
        when 'all' then true
        when 'listed' then exists (
          select from tenancy.role_grant_tenant l where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = wanted_tenant)
        else a.tenant_id = wanted_tenant end);
end
$$;

-- The longest waiting tasks behind a place: of few tenants the first of each, of many those that are met. Planned once, as requests are.
create function finder.next_tasks(permitted bigint[], after_ready timestamptz, after_tenant bigint, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, ready_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
begin
  return query select f.tenant_id, f.id, f.ready_at from (
    (select a.tenant_id, a.id, a.ready_at from (
       select t.tenant_id, t.id, t.ready_at from requests.task t
       where (permitted is null or cardinality(permitted) > 200) and t.state in ('ready', 'active', 'failed')
         and (permitted is null or t.tenant_id in (select u.id from unnest(permitted) u (id)))
         and (t.ready_at, t.tenant_id, t.id) > (after_ready, after_tenant, after_id)
       order by t.ready_at, t.tenant_id, t.id limit 201) a
     limit row_limit)
    union all
    (select n.tenant_id, n.id, n.ready_at
     from (select distinct u.id from unnest(permitted) u (id) where cardinality(permitted) <= 200) p cross join lateral (
       select t.tenant_id, t.id, t.ready_at from requests.task t
       where t.tenant_id = p.id and t.state in ('ready', 'active', 'failed') and t.ready_at >= after_ready
         and (t.ready_at, t.tenant_id, t.id) > (after_ready, after_tenant, after_id)
       order by t.ready_at, t.id limit row_limit) n
     order by n.ready_at, n.tenant_id, n.id limit row_limit)) f
    order by f.ready_at, f.tenant_id, f.id limit least(row_limit, 201);
end
$$;

-- Tasks of requests of the permitted tenants (null: all) that can be done, are being done or have failed, the longest waiting first.
create function finder.open_tasks(
  permitted bigint[], wanted_team bigint, wanted_assignee bigint, unclaimed_only boolean, wanted_state text,
  after_ready timestamptz, after_tenant bigint, after_id bigint, row_limit bigint, wanted_teams bigint[] default null)
returns table (tenant_id bigint, id bigint, ready_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  if num_nonnulls(wanted_team, wanted_assignee, wanted_state, wanted_teams) = 0 and not unclaimed_only and row_limit <= 201 then
    return query select * from finder.next_tasks(
      permitted, coalesce(after_ready, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0), row_limit);
    return;
  end if;
  -- Some tenants are looked into by an index of theirs. Of many each that is met is looked up: to plan for ten thousand costs more than to find a page.
  return query select t.tenant_id, t.id, t.ready_at from requests.task t
    where t.state in ('ready', 'active', 'failed')
      and (permitted is null or t.tenant_id = any (case when cardinality(permitted) <= 200 then permitted end)
        or cardinality(permitted) > 200 and t.tenant_id in (select u.id from unnest(permitted) u (id)))
      and (wanted_team is null or t.team_id = wanted_team) and (wanted_teams is null or t.team_id = any (wanted_teams))
      and (wanted_assignee is null or t.assignee_id = wanted_assignee)
      and (not unclaimed_only or t.assignee_id is null) and (wanted_state is null or t.state = wanted_state)
      and (t.ready_at, t.tenant_id, t.id) > (coalesce(after_ready, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by t.ready_at, t.tenant_id, t.id limit least(row_limit, 1001);
end
$$;

grant select on changes.task to steward_finder;

-- The same of changes that are being implemented, as far as they concern one of the permitted (null: all).
create function finder.next_change_tasks(permitted bigint[], after_ready timestamptz, after_tenant bigint, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, ready_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
begin
  return query select n.tenant_id, n.id, n.ready_at from (
      select t.tenant_id, t.id, t.ready_at
      from changes.task t join changes.change c on c.tenant_id = t.tenant_id and c.id = t.change_id
      where t.state in ('ready', 'active', 'failed') and c.state = 'implementing'
        and (permitted is null or (
          select bool_or(n.customer_id in (select u.id from unnest(permitted) u (id))) from changes.concerned n
          where n.tenant_id = c.tenant_id and n.change_id = c.id))
        and (t.ready_at, t.tenant_id, t.id) > (after_ready, after_tenant, after_id)
      order by t.ready_at, t.tenant_id, t.id limit 201) n
    limit least(row_limit, 201);
end
$$;

-- The same, also narrowed. Planned for each call then, as those below.
create function finder.open_change_tasks(
  permitted bigint[], wanted_team bigint, wanted_assignee bigint, unclaimed_only boolean,
  after_ready timestamptz, after_tenant bigint, after_id bigint, row_limit bigint, wanted_teams bigint[] default null)
returns table (tenant_id bigint, id bigint, ready_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  if num_nonnulls(wanted_team, wanted_assignee, wanted_teams) = 0 and not unclaimed_only and row_limit <= 201 then
    return query select * from finder.next_change_tasks(
      permitted, coalesce(after_ready, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0), row_limit);
    return;
  end if;
  return query select t.tenant_id, t.id, t.ready_at
    from changes.task t join changes.change c on c.tenant_id = t.tenant_id and c.id = t.change_id
    where t.state in ('ready', 'active', 'failed') and c.state = 'implementing'
      and (permitted is null or (
        select bool_or(n.customer_id in (select u.id from unnest(permitted) u (id))) from changes.concerned n
        where n.tenant_id = c.tenant_id and n.change_id = c.id))
      and (wanted_team is null or t.team_id = wanted_team) and (wanted_teams is null or t.team_id = any (wanted_teams))
      and (wanted_assignee is null or t.assignee_id = wanted_assignee)
      and (not unclaimed_only or t.assignee_id is null)
      and (t.ready_at, t.tenant_id, t.id) > (coalesce(after_ready, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by t.ready_at, t.tenant_id, t.id limit least(row_limit, 1001);
end
$$;

-- Where problems stand that go on, the oldest first: those about one of the permitted (null: all), and, unless it is narrowed to these, those that may
-- concern several.
create function finder.next_problems(
  permitted bigint[], is_narrowed boolean, after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
begin
  return query select n.tenant_id, n.id, n.opened_at from (
      select p.tenant_id, p.id, p.opened_at from problems.problem p
      where p.state in ('new', 'investigating', 'known_error')
        and (permitted is null or p.customer_id in (select u.id from unnest(permitted) u (id)) or p.customer_id is null and not is_narrowed)
        and (p.opened_at, p.tenant_id, p.id) > (after_opened, after_tenant, after_id)
      order by p.opened_at, p.tenant_id, p.id limit 201) n
    limit least(row_limit, 201);
end
$$;

-- The same, also narrowed. What is offered is so to an account, or to one of some teams.
create function finder.open_problems(
  permitted bigint[], is_narrowed boolean, wanted_owner bigint, unowned_only boolean, wanted_priority bigint,
  after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint, offered_to bigint default null, offered_teams bigint[] default '{}',
  wanted_team bigint default null, wanted_teams bigint[] default null)
returns table (tenant_id bigint, id bigint, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  if num_nonnulls(wanted_owner, wanted_priority, offered_to, wanted_team, wanted_teams) = 0 and not unowned_only and row_limit <= 201 then
    return query select * from finder.next_problems(
      permitted, is_narrowed, coalesce(after_opened, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0), row_limit);
    return;
  end if;
  return query select p.tenant_id, p.id, p.opened_at from problems.problem p
    where p.state in ('new', 'investigating', 'known_error')
      and (permitted is null or p.customer_id in (select u.id from unnest(permitted) u (id)) or p.customer_id is null and not is_narrowed)
      and (wanted_team is null or p.team_id = wanted_team) and (wanted_teams is null or p.team_id = any (wanted_teams))
      and (wanted_owner is null or p.owner_id = wanted_owner) and (not unowned_only or p.owner_id is null)
      and (wanted_priority is null or p.priority = wanted_priority)
      and (offered_to is null or exists (
        select from desk.offer h
        where h.tenant_id = p.tenant_id and h.subject_kind = 'problem' and h.subject_id = p.id and h.outcome is null
          and (h.to_id = offered_to or h.to_team_id = any (offered_teams))))
      and (p.opened_at, p.tenant_id, p.id) > (coalesce(after_opened, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by p.opened_at, p.tenant_id, p.id limit least(row_limit, 1001);
end
$$;

-- Those of them that hold a value of a custom attribute: all of problems and changes are hidden from customers. Planned for each call: what many hold is
-- met by walking the queue, what few hold is looked up.
create function finder.attribute_problems(
  permitted bigint[], wanted_key text, wanted_code text, is_narrowed boolean, wanted_owner bigint, unowned_only boolean, wanted_priority bigint,
  after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint, offered_to bigint default null, offered_teams bigint[] default '{}',
  wanted_team bigint default null, wanted_teams bigint[] default null)
returns table (tenant_id bigint, id bigint, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select p.tenant_id, p.id, p.opened_at
    from attributes.internal_value a join problems.problem p on p.tenant_id = a.tenant_id and p.id = a.subject_id
    where a.process = 'problem' and a.key = wanted_key and a.code = wanted_code and p.state in ('new', 'investigating', 'known_error')
      and (permitted is null or p.customer_id in (select u.id from unnest(permitted) u (id)) or p.customer_id is null and not is_narrowed)
      and (wanted_team is null or p.team_id = wanted_team) and (wanted_teams is null or p.team_id = any (wanted_teams))
      and (wanted_owner is null or p.owner_id = wanted_owner) and (not unowned_only or p.owner_id is null)
      and (wanted_priority is null or p.priority = wanted_priority)
      and (offered_to is null or exists (
        select from desk.offer h
        where h.tenant_id = p.tenant_id and h.subject_kind = 'problem' and h.subject_id = p.id and h.outcome is null
          and (h.to_id = offered_to or h.to_team_id = any (offered_teams))))
      and (p.opened_at, p.tenant_id, p.id) > (coalesce(after_opened, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by p.opened_at, p.tenant_id, p.id limit least(row_limit, 1001);
end
$$;

-- Where changes stand that something is still to be done about, as far as they concern one of the permitted (null: all): the one whose window ends next
-- first; what has no window, or is done and waits to be closed, stands at the end.
create function finder.next_changes(
  permitted bigint[], after_due timestamptz, after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, due_at timestamptz, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
begin
  return query select n.tenant_id, n.id, n.due_at, n.opened_at from (
      select c.tenant_id, c.id, case when c.outcome is null then c.ends_at end as due_at, c.opened_at from changes.change c
      where c.state in ('draft', 'assessed', 'awaiting_approval', 'approved', 'implementing', 'implemented', 'backed_out')
        and (permitted is null or (
          select bool_or(n.customer_id in (select u.id from unnest(permitted) u (id))) from changes.concerned n
          where n.tenant_id = c.tenant_id and n.change_id = c.id))
        and (coalesce(case when c.outcome is null then c.ends_at end, 'infinity'::timestamptz), c.opened_at, c.tenant_id, c.id)
          > (after_due, after_opened, after_tenant, after_id)
      order by coalesce(case when c.outcome is null then c.ends_at end, 'infinity'::timestamptz), c.opened_at, c.tenant_id, c.id
      limit 201) n
    limit least(row_limit, 201);
end
$$;

-- The same, also narrowed. What is offered is so as a problem is.
create function finder.open_changes(
  permitted bigint[], wanted_owner bigint, unowned_only boolean, due_from timestamptz, due_before timestamptz,
  after_due timestamptz, after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint,
  offered_to bigint default null, offered_teams bigint[] default '{}', wanted_team bigint default null, wanted_teams bigint[] default null)
returns table (tenant_id bigint, id bigint, due_at timestamptz, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
declare
  -- The place behind which it goes on.
  place_due timestamptz := coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end);
begin
  if num_nonnulls(wanted_owner, due_from, due_before, offered_to, wanted_team, wanted_teams) = 0 and not unowned_only and row_limit <= 201 then
    return query select * from finder.next_changes(
      permitted, place_due, coalesce(after_opened, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0), row_limit);
    return;
  end if;
  return query select c.tenant_id, c.id, case when c.outcome is null then c.ends_at end, c.opened_at from changes.change c
    where c.state in ('draft', 'assessed', 'awaiting_approval', 'approved', 'implementing', 'implemented', 'backed_out')
      and (permitted is null or (
        select bool_or(n.customer_id in (select u.id from unnest(permitted) u (id))) from changes.concerned n
        where n.tenant_id = c.tenant_id and n.change_id = c.id))
      and (wanted_team is null or c.team_id = wanted_team) and (wanted_teams is null or c.team_id = any (wanted_teams))
      and (wanted_owner is null or c.owner_id = wanted_owner) and (not unowned_only or c.owner_id is null)
      and (due_from is null or coalesce(case when c.outcome is null then c.ends_at end, 'infinity'::timestamptz) >= due_from)
      and (due_before is null or coalesce(case when c.outcome is null then c.ends_at end, 'infinity'::timestamptz) < due_before)
      and (offered_to is null or exists (
        select from desk.offer h
        where h.tenant_id = c.tenant_id and h.subject_kind = 'change' and h.subject_id = c.id and h.outcome is null
          and (h.to_id = offered_to or h.to_team_id = any (offered_teams))))
      and (coalesce(case when c.outcome is null then c.ends_at end, 'infinity'::timestamptz), c.opened_at, c.tenant_id, c.id)
        > (coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end),
           coalesce(after_opened, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by coalesce(case when c.outcome is null then c.ends_at end, 'infinity'::timestamptz), c.opened_at, c.tenant_id, c.id
    limit least(row_limit, 1001);
end
$$;

-- Those of them that hold a value of a custom attribute, as problems are.
create function finder.attribute_changes(
  permitted bigint[], wanted_key text, wanted_code text, wanted_owner bigint, unowned_only boolean, due_from timestamptz, due_before timestamptz,
  after_due timestamptz, after_opened timestamptz, after_tenant bigint, after_id bigint, row_limit bigint,
  offered_to bigint default null, offered_teams bigint[] default '{}', wanted_team bigint default null, wanted_teams bigint[] default null)
returns table (tenant_id bigint, id bigint, due_at timestamptz, opened_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select c.tenant_id, c.id, case when c.outcome is null then c.ends_at end, c.opened_at
    from attributes.internal_value a join changes.change c on c.tenant_id = a.tenant_id and c.id = a.subject_id
    where a.process = 'change' and a.key = wanted_key and a.code = wanted_code
      and c.state in ('draft', 'assessed', 'awaiting_approval', 'approved', 'implementing', 'implemented', 'backed_out')
      and (permitted is null or (
        select bool_or(n.customer_id in (select u.id from unnest(permitted) u (id))) from changes.concerned n
        where n.tenant_id = c.tenant_id and n.change_id = c.id))
      and (wanted_team is null or c.team_id = wanted_team) and (wanted_teams is null or c.team_id = any (wanted_teams))
      and (wanted_owner is null or c.owner_id = wanted_owner) and (not unowned_only or c.owner_id is null)
      and (due_from is null or coalesce(case when c.outcome is null then c.ends_at end, 'infinity'::timestamptz) >= due_from)
      and (due_before is null or coalesce(case when c.outcome is null then c.ends_at end, 'infinity'::timestamptz) < due_before)
      and (offered_to is null or exists (
        select from desk.offer h
        where h.tenant_id = c.tenant_id and h.subject_kind = 'change' and h.subject_id = c.id and h.outcome is null
          and (h.to_id = offered_to or h.to_team_id = any (offered_teams))))
      and (coalesce(case when c.outcome is null then c.ends_at end, 'infinity'::timestamptz), c.opened_at, c.tenant_id, c.id)
        > (coalesce(after_due, case when after_id is null then '-infinity'::timestamptz else 'infinity'::timestamptz end),
           coalesce(after_opened, '-infinity'::timestamptz), coalesce(after_tenant, 0), coalesce(after_id, 0))
    order by coalesce(case when c.outcome is null then c.ends_at end, 'infinity'::timestamptz), c.opened_at, c.tenant_id, c.id
    limit least(row_limit, 1001);
end
$$;

-- What comes back: of the permitted tenants (null: all) each CI, and each category with its service, that at least so many incidents since an
-- instant name which no problem is behind, most first. An incident counts once more if it was reopened; between equals goes first where one
-- category has more of them, then the latest. Of each the newest 100. Merged ones are counted with what they went into. At most 200,000
-- incidents are looked at, the newest, each tenant's by its own index.
create function finder.problem_candidates(permitted bigint[], since timestamptz, least_incidents bigint, row_limit bigint)
returns table (
  tenant_id bigint, ci_id bigint, incidents bigint, reopened bigint, of_category bigint, last_at timestamptz, tickets bigint[])
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan set jit = off as $$
declare
  provider constant bigint := (select n.id from tenancy.tenant n where n.kind = 'provider');
begin
  return query
    with recent as materialized (
      select t.tenant_id, t.id, t.opened_at, t.category, t.service_id, t.reopen_count > 0 as again
      from tenancy.tenant n
      cross join lateral (
        select o.tenant_id, o.id, o.opened_at, o.category, o.service_id, o.reopen_count from desk.ticket o
        where o.tenant_id = n.id and o.opened_at >= since and o.type = 'incident' and o.merged_into_id is null
        order by o.opened_at desc limit 200000) t
      where (permitted is null or n.id = any (permitted))
        and not exists (
          select from problems.incident_link l join problems.problem p on p.tenant_id = l.tenant_id and p.id = l.problem_id
          where l.tenant_id = provider and l.other_tenant_id = t.tenant_id and l.ticket_id = t.id and l.ended_seq is null and p.state <> 'cancelled')
      order by t.opened_at desc limit 200000),
    pairs as (
      select r.tenant_id, null::bigint as ci_id, count(*) as incidents, count(*) filter (where r.again) as reopened, count(*) as of_category,
        max(r.opened_at) as last_at, (array_agg(r.id order by r.opened_at desc, r.id desc))[1:100] as tickets
      from recent r where r.category is not null
      group by r.tenant_id, r.category, r.service_id having count(*) >= least_incidents
      union all
      select c.tenant_id, c.ci_id, count(*), count(*) filter (where c.again), coalesce(max(c.same) filter (where c.category is not null), 0),
        max(c.opened_at), (array_agg(c.id order by c.opened_at desc, c.id desc))[1:100]
      from (
        select r.tenant_id, r.id, r.opened_at, r.category, r.again, coalesce(m.ci_id, m.shared_ci_id) as ci_id,
          count(*) over (partition by r.tenant_id, coalesce(m.ci_id, m.shared_ci_id), r.category) as same
        from recent r
        join desk.ticket_ci m on m.tenant_id = r.tenant_id and m.ticket_id = r.id and m.removed_at is null) c
      group by c.tenant_id, c.ci_id having count(*) >= least_incidents)
    select p.tenant_id, p.ci_id, p.incidents, p.reopened, p.of_category, p.last_at, p.tickets from pairs p
    order by p.incidents + p.reopened desc, p.of_category desc, p.last_at desc, p.tenant_id, p.ci_id nulls last limit least(row_limit, 101);
end
$$;

grant select on events.alert, events.alert_group to steward_finder;

-- Sources of alerts that are to be woken, by customer: the one whose alert waits longest comes first. Where any alert is due they are found by stepping over
-- the index from source to source, for one may have more alerts than a look goes through.
create function finder.alerts_due(reference timestamptz, row_limit integer)
returns table (tenant_id bigint, source_public_id bytea)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    with recursive waiting (tenant, source) as (
      (select a.tenant_id, a.source_public_id from events.alert a
       where a.wake_at is not null and (select o.wake_at from events.alert o where o.wake_at is not null order by o.wake_at limit 1) <= reference
       order by a.tenant_id, a.source_public_id limit 1)
      union all
      select n.tenant_id, n.source_public_id from waiting w cross join lateral (
        select a.tenant_id, a.source_public_id from events.alert a
        where a.wake_at is not null and (a.tenant_id, a.source_public_id) > (w.tenant, w.source)
        order by a.tenant_id, a.source_public_id limit 1) n)
    select w.tenant, w.source
    from waiting w
    cross join lateral (
      select a.wake_at from events.alert a
      where a.tenant_id = w.tenant and a.source_public_id = w.source and a.wake_at <= reference
      order by a.wake_at limit 1) d
    order by d.wake_at, w.tenant, w.source limit least(row_limit, 1000);
end
$$;

-- Sources of groups whose incidents are to be told, by customer.
create function finder.alert_words_due(reference timestamptz, row_limit integer)
returns table (tenant_id bigint, source_public_id bytea)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select distinct g.tenant_id, g.source_public_id
    from (
      select d.tenant_id, d.source_public_id from events.alert_group d where d.tell_at <= reference order by d.tell_at limit 1000) g
    limit least(row_limit, 1000);
end
$$;

-- Changes that somebody altered since alerts began to wait for them, by the customer of the alerts. Of what waits the changes are found by stepping
-- over the index: they are few, and the alerts may be many.
create function finder.alerts_of_altered_changes(row_limit integer)
returns table (tenant_id bigint, change_public_id bytea, version bigint)
language plpgsql stable security definer set search_path = '' as $$
declare
  provider constant bigint := (select t.id from tenancy.tenant t where t.kind = 'provider');
begin
  return query
    with recursive held (public_id) as (
      (select a.change_public_id from events.alert a where a.change_public_id is not null order by a.change_public_id limit 1)
      union all
      select (select a.change_public_id from events.alert a where a.change_public_id > h.public_id order by a.change_public_id limit 1)
      from held h where h.public_id is not null)
    select distinct w.tenant_id, c.public_id, c.version
    from held h
    join changes.change c on c.tenant_id = provider and c.public_id = h.public_id
    cross join lateral (
      select a.tenant_id from events.alert a where a.change_public_id = c.public_id and a.change_version < c.version) w
    limit least(row_limit, 1000);
end
$$;

-- Alerts of the permitted tenants (null: all) that are not over, what changed last first. Planned for each call, as the queue is.
create function finder.open_alerts(
  permitted bigint[], wanted_state text, before_changed timestamptz, before_tenant bigint, before_id bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, changed_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  -- Of some tenants each is looked into by itself: another's storm is not walked through.
  return query (select a.tenant_id, a.id, a.changed_at from events.alert a
     where permitted is null and a.state <> 'resolved' and (wanted_state is null or a.state = wanted_state)
       and (before_id is null or (a.changed_at, a.tenant_id, a.id) < (before_changed, before_tenant, before_id))
     order by a.changed_at desc, a.tenant_id desc, a.id desc limit least(row_limit, 201))
    union all
    (select n.tenant_id, n.id, n.changed_at from (select distinct u.tenant from unnest(permitted) u (tenant)) p cross join lateral (
       select a.tenant_id, a.id, a.changed_at from events.alert a
       where a.tenant_id = p.tenant and a.state <> 'resolved' and (wanted_state is null or a.state = wanted_state)
         and (before_id is null or a.changed_at <= before_changed
           and (a.changed_at, a.tenant_id, a.id) < (before_changed, before_tenant, before_id))
       order by a.changed_at desc, a.id desc limit least(row_limit, 201)) n
     order by n.changed_at desc, n.tenant_id desc, n.id desc limit least(row_limit, 201))
    order by 3 desc, 1 desc, 2 desc limit least(row_limit, 201);
end
$$;

-- Attachments that were deleted before an instant, and whose bytes are still there.
grant select on attachments.attachment to steward_finder;
create function finder.deleted_attachments(after_tenant bigint, after_id bigint, deleted_before timestamptz, row_limit bigint)
returns table (tenant_id bigint, id bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select a.tenant_id, a.id from attachments.attachment a
    where a.state = 'deleted' and (a.tenant_id, a.id) > (after_tenant, after_id) and a.deleted_at < deleted_before
    order by a.tenant_id, a.id limit least(row_limit, 1000);
end
$$;

-- When the newest attachment of all customers came, by one look at each of them.
create function finder.newest_attachment()
returns table (recorded_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select max(n.recorded_at) from tenancy.tenant t cross join lateral (
    select a.recorded_at from attachments.attachment a where a.tenant_id = t.id order by a.id desc limit 1) n;
end
$$;

grant select on notifications.notification, notifications.webhook, notifications.breaker, notifications.hold to steward_finder;

-- What is to be sent, the longest waiting first: of each tenant's mail so many, of each webhook as many, so that none holds up another. Nothing
-- of a way out that failed too often of late, and nothing at all while everything is held. The tenants are found by stepping over the index.
create function finder.due_notifications(reference timestamptz, row_limit integer)
returns table (tenant_id bigint, id bigint, fence bigint, webhook_id bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  if exists (select from notifications.hold) then return; end if;
  return query
    (with recursive tenant (id) as (
       (select n.tenant_id from notifications.notification n where n.state = 'waiting' and n.channel = 'email' order by n.tenant_id limit 1)
       union all
       select (select n.tenant_id from notifications.notification n
               where n.state = 'waiting' and n.channel = 'email' and n.tenant_id > t.id order by n.tenant_id limit 1)
       from tenant t where t.id is not null)
     select d.tenant_id, d.id, d.fence, null::bigint
     from tenant t
     cross join lateral (
       select n.tenant_id, n.id, n.fence, n.due_at, row_number() over (order by n.due_at, n.id) as place from notifications.notification n
       where n.tenant_id = t.id and n.state = 'waiting' and n.channel = 'email' and n.due_at <= reference
       order by n.due_at, n.id limit least(row_limit, 1000)) d
     where not exists (select from notifications.breaker b where b.webhook_id = 0 and b.open_until > reference)
     order by d.place, d.due_at, d.tenant_id limit 5000)
    union all
    (select d.tenant_id, d.id, d.fence, w.id
     from notifications.webhook w
     cross join lateral (
       select n.tenant_id, n.id, n.fence from notifications.notification n
       where n.webhook_id = w.id and n.state = 'waiting' and n.channel = 'webhook' and n.due_at <= reference
       order by n.due_at, n.id limit least(row_limit, 1000)) d
     where not exists (select from notifications.breaker b where b.webhook_id = w.id and b.open_until > reference));
end
$$;

-- How many mails to each of some addresses were made since then, over all tenants, counted up to a limit. Letters' case and what follows a plus
-- sign do not make another address.
create function finder.mail_lately(addresses text[], since timestamptz, most bigint)
returns table (address text, count bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select a.address, (
      select count(*) from (
        select from notifications.notification n
        where regexp_replace(lower(n.address), '[+][^@]*@', '@') = regexp_replace(lower(a.address), '[+][^@]*@', '@')
          and n.channel = 'email' and n.state in ('waiting', 'sent') and n.recorded_at > since
        limit most) m)
    from unnest(addresses) a (address);
end
$$;

-- Tenants, by id after `after_tenant`, with notifications that are over since before `older_than`.
create function finder.tenants_with_old_notifications(older_than timestamptz, after_tenant bigint, row_limit integer)
returns table (tenant_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select t.id from tenancy.tenant t
    where t.id > after_tenant and exists (
      select from notifications.notification n where n.tenant_id = t.id and n.recorded_at < older_than)
    order by t.id limit least(row_limit, 1000);
end
$$;

-- How many notifications wait, by channel, and how many could not be sent: counted up to a limit, and no more is told.
create function finder.notification_counts(most bigint)
returns table (waiting_mail bigint, waiting_webhooks bigint, dead bigint, oldest timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select
    (select count(*) from (select from notifications.notification n where n.state = 'waiting' and n.channel = 'email' limit most) m),
    (select count(*) from notifications.webhook w cross join lateral (
      select from notifications.notification n where n.webhook_id = w.id and n.state = 'waiting' and n.channel = 'webhook' limit most) m),
    (select count(*) from tenancy.tenant t cross join lateral (
      select from notifications.notification n where n.tenant_id = t.id and n.state in ('dead', 'expired') limit most) m),
    (select min(o.due_at) from tenancy.tenant t cross join lateral (
      select n.due_at from notifications.notification n where n.tenant_id = t.id and n.state = 'waiting' and n.channel = 'email'
      order by n.due_at limit 1) o);
end
$$;

grant select on escalations.escalation, escalations.rule, escalations.share_revision to steward_finder;

-- Open tickets that were recorded after a place and up to an instant, in that order; those of imports are none.
create function finder.tickets_recorded(
  after_at timestamptz, after_tenant bigint, after_id bigint, until timestamptz, only_tenant bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, recorded_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select t.tenant_id, t.id, t.recorded_at from desk.ticket t
    where t.state in ('new', 'active', 'pending') and t.external_source is null and (only_tenant is null or t.tenant_id = only_tenant)
      and (t.recorded_at, t.tenant_id, t.id) > (after_at, after_tenant, after_id) and t.recorded_at <= until
    order by t.recorded_at, t.tenant_id, t.id limit least(row_limit, 1000);
end
$$;

grant select on changes.change, changes.concerned to steward_finder;

-- The same of requests, problems, changes, releases and major incidents. What is the provider's own is found for the customers whom it concerns.
create function finder.process_recorded(
  process text, after_at timestamptz, after_tenant bigint, after_id bigint, until timestamptz, only_tenant bigint, row_limit bigint)
returns table (tenant_id bigint, id bigint, recorded_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  if process = 'request' then
    return query select r.tenant_id, r.id, r.submitted_at from requests.request r
      where r.state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling') and (only_tenant is null or r.tenant_id = only_tenant)
        and (r.submitted_at, r.tenant_id, r.id) > (after_at, after_tenant, after_id) and r.submitted_at <= until
      order by r.submitted_at, r.tenant_id, r.id limit least(row_limit, 1000);
  elsif process = 'problem' then
    return query select p.tenant_id, p.id, p.opened_at from problems.problem p
      where p.state in ('new', 'investigating', 'known_error') and (only_tenant is null or p.customer_id = only_tenant)
        and (p.opened_at, p.tenant_id, p.id) > (after_at, after_tenant, after_id) and p.opened_at <= until
      order by p.opened_at, p.tenant_id, p.id limit least(row_limit, 1000);
  elsif process = 'change' then
    return query select c.tenant_id, c.id, c.opened_at from changes.change c
      where c.ended_at is null and (only_tenant is null or exists (
          select from changes.concerned n where n.tenant_id = c.tenant_id and n.change_id = c.id and n.customer_id = only_tenant))
        and (c.opened_at, c.tenant_id, c.id) > (after_at, after_tenant, after_id) and c.opened_at <= until
      order by c.opened_at, c.tenant_id, c.id limit least(row_limit, 1000);
  elsif process = 'release' then
    return query select r.tenant_id, r.id, r.opened_at from changes.release r
      where r.ended_at is null and (
          only_tenant is null
          or exists (select from changes.release_concerned n where n.tenant_id = r.tenant_id and n.release_id = r.id and n.customer_id = only_tenant)
          or exists (
            select from changes.change c join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
            where c.tenant_id = r.tenant_id and c.release_id = r.id and n.customer_id = only_tenant))
        and (r.opened_at, r.tenant_id, r.id) > (after_at, after_tenant, after_id) and r.opened_at <= until
      order by r.opened_at, r.tenant_id, r.id limit least(row_limit, 1000);
  elsif process = 'major_incident' then
    return query select m.tenant_id, m.id, m.declared_at from major_incidents.major_incident m
      where m.state in ('declared', 'mitigated') and (only_tenant is null or exists (
          select from major_incidents.child c
          where c.tenant_id = m.tenant_id and c.major_id = m.id and c.other_tenant_id = only_tenant and c.ended_seq is null))
        and (m.declared_at, m.tenant_id, m.id) > (after_at, after_tenant, after_id) and m.declared_at <= until
      order by m.declared_at, m.tenant_id, m.id limit least(row_limit, 1000);
  end if;
end
$$;

-- Escalations that are to be carried out: of each tenant the first, then of each the second, so that none waits for all of another's.
create function finder.due_escalations(reference timestamptz, row_limit bigint)
returns table (tenant_id bigint, id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select d.tenant_id, d.id
    from (
      select e.tenant_id, e.id, e.due_at, row_number() over (partition by e.tenant_id order by e.due_at, e.id) as place
      from escalations.escalation e where e.state = 'waiting' and e.due_at <= reference) d
    order by d.place, d.due_at, d.tenant_id limit least(row_limit, 1000);
end
$$;

-- Whether from one instant until before another an escalation came due, the clocks left word of a promise, or an incident came to the age of a rule of
-- its customer and priority that counts every hour: a few looks at indexes, one for each age that rules have, however many those are. Of a backlog of
-- words the first thousand, which are the next run's anyway.
create function finder.has_due_escalations(since timestamptz, until timestamptz) returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (select from escalations.escalation e where e.state = 'waiting' and e.due_at >= since and e.due_at < until)
    or exists (
      select from (
        select o.recorded_at from operations.outbox o where o.consumer = 'escalations' order by o.tenant_id limit 1000) w
      where w.recorded_at >= since and w.recorded_at < until)
    or exists (
      select from (
        select distinct r.age_minutes from escalations.rule r
        where r.state = 'active' and r.process = 'incident' and r.age_minutes is not null and r.calendar_id is null) a
      cross join lateral (
        select t.tenant_id, t.priority from desk.ticket t
        where t.state in ('new', 'active', 'pending') and t.external_source is null
          and t.recorded_at >= since - a.age_minutes * interval '1 minute' and t.recorded_at < until - a.age_minutes * interval '1 minute'
        order by t.recorded_at limit 1000) t
      join escalations.rule r on r.state = 'active' and r.process = 'incident' and r.calendar_id is null and r.age_minutes = a.age_minutes
        and (r.customer_id is null or r.customer_id = t.tenant_id) and (r.priority_to is null or r.priority_to >= t.priority));
end
$$;

-- Customers of whom the time to object to a resolved ticket is over, behind one, by their numbers: where there are any, found by stepping over the index.
create function finder.tenants_to_close(reference timestamptz, after_tenant bigint, row_limit bigint)
returns table (tenant_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    with recursive waiting (tenant) as (
      (select t.tenant_id from desk.ticket t
       where t.closes_at is not null and t.tenant_id > after_tenant
         and (select d.closes_at from desk.ticket d where d.closes_at is not null order by d.closes_at limit 1) <= reference
       order by t.tenant_id, t.closes_at limit 1)
      union all
      select n.tenant_id from waiting w cross join lateral (
        select t.tenant_id from desk.ticket t
        where t.closes_at is not null and t.tenant_id > w.tenant order by t.tenant_id, t.closes_at limit 1) n)
    select w.tenant from waiting w
    where (select d.closes_at from desk.ticket d
           where d.tenant_id = w.tenant and d.closes_at is not null order by d.closes_at limit 1) <= reference
    limit least(row_limit, 1000);
end
$$;

-- Customers of whom tickets are to end with another one, behind one, by their numbers.
create function finder.tenants_with_cascades(after_tenant bigint, row_limit bigint)
returns table (tenant_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    with recursive waiting (tenant) as (
      (select c.tenant_id from desk.cascade_item c
       where c.state = 'waiting' and c.tenant_id > after_tenant order by c.tenant_id, c.id limit 1)
      union all
      select n.tenant_id from waiting w cross join lateral (
        select c.tenant_id from desk.cascade_item c
        where c.state = 'waiting' and c.tenant_id > w.tenant order by c.tenant_id, c.id limit 1) n)
    select w.tenant from waiting w limit least(row_limit, 1000);
end
$$;

-- Of each of some teams those of some customers whose delivery model names others and not it: what concerns several is worked on by teams that all
-- of them allow. The limit is of each team.
create function finder.teams_outside_models(customers bigint[], teams bigint[], row_limit bigint)
returns table (tenant_id bigint, team_id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select o.tenant_id, t.id
    from unnest(teams) t (id)
    cross join lateral (
      select d.tenant_id from desk.delivery_model d
      where d.tenant_id = any (customers) and cardinality(d.team_ids) > 0 and not t.id = any (d.team_ids)
      order by d.tenant_id limit least(row_limit, 100)) o
    order by t.id, o.tenant_id;
end
$$;

grant select on gates.passage, gates.gate to steward_finder;

-- Of some stays at gates those that go on: nobody is asked for the approval of one that has ended, or of what was closed or withdrawn by who
-- is asked by no gate.
create function finder.open_gate_stays(tenants bigint[], stays bigint[])
returns table (tenant_id bigint, id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select p.tenant_id, p.id
    from unnest(tenants, stays) w (tenant_id, id) join gates.passage p on p.tenant_id = w.tenant_id and p.id = w.id
    join gates.gate g on g.id = p.gate_id
    where p.ended_at is null and g.retired_at is null
      and not (p.subject_kind = 'incident' and exists (
        select from desk.ticket t where t.tenant_id = p.tenant_id and t.public_id = p.subject
          and (t.state = 'closed' or t.state = 'resolved' and g.step <> 'incident.close')))
      and not (p.subject_kind = 'request' and exists (
        select from requests.request r where r.tenant_id = p.tenant_id and r.public_id = p.subject and r.ended_at is not null))
    limit 1000;
end
$$;

-- What came to gates in a period, of the permitted tenants (null: all, and what concerns none), added up by gate: for the staff. Of the provider's own
-- problems, changes, releases and major incidents those that concern one of the tenants, at gates that are theirs or everybody's. Outcomes are told as the gates tell them.
create function finder.gate_totals(
  permitted bigint[], wanted_gate bigint, from_at timestamptz, before_at timestamptz, reference timestamptz, after_gate bigint, row_limit bigint)
returns table (
  gate_id bigint, came bigint, stopped bigint, subjects bigint, incidents bigint, stops bigint, passed bigint, bypassed bigint, gone bigint, waiting bigint,
  median_wait bigint, total_wait bigint, waited bigint, still_waiting bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  if coalesce(current_setting('app.side', true), '') <> 'staff' then return; end if;
  return query
    select w.gate_id, count(*), count(*) filter (where w.stops > 0),
      count(distinct w.subject) filter (where w.stops > 0 and w.subject_kind <> 'opening'),
      count(distinct w.subject) filter (where w.stops > 0 and w.subject_kind = 'incident'), sum(w.stops)::bigint,
      count(*) filter (where w.outcome = 'passed'), count(*) filter (where w.outcome = 'bypassed'),
      count(*) filter (where w.outcome = 'left'), count(*) filter (where w.outcome = 'waiting'),
      percentile_disc(0.5) within group (order by w.seconds) filter (where w.seconds is not null),
      coalesce(sum(w.seconds), 0)::bigint, count(w.seconds),
      coalesce(sum(greatest(floor(extract(epoch from reference - w.first_stopped_at))::bigint, 0))
        filter (where w.stops > 0 and w.outcome = 'waiting'), 0)::bigint
    from (
      select p.gate_id, p.subject_kind, p.subject, p.stops, p.first_stopped_at,
        case when p.outcome is not null then p.outcome
          when g.retired_at is not null or p.subject_kind = 'opening' and p.last_stopped_at < reference - interval '1 hour'
            or p.subject_kind = 'incident' and exists (
              select from desk.ticket t where t.tenant_id = p.tenant_id and t.public_id = p.subject
                and (t.state = 'closed' or t.state = 'resolved' and g.step <> 'incident.close'))
            or p.subject_kind = 'request' and exists (
              select from requests.request r where r.tenant_id = p.tenant_id and r.public_id = p.subject and r.ended_at is not null)
          then 'left' else 'waiting' end as outcome,
        case when p.stops > 0 and p.outcome in ('passed', 'bypassed') then
          floor(extract(epoch from p.ended_at - p.first_stopped_at))::bigint end as seconds
      from (
        select s.* from gates.passage s
        where (permitted is null or s.tenant_id = any (permitted)) and s.came_at >= from_at and s.came_at < before_at
          and (wanted_gate is null or s.gate_id = wanted_gate) and s.gate_id > after_gate
        union all
        select s.* from tenancy.tenant v join gates.passage s on s.tenant_id = v.id join gates.gate o on o.id = s.gate_id
        where permitted is not null and v.kind = 'provider' and not v.id = any (permitted) and s.came_at >= from_at and s.came_at < before_at
          and (wanted_gate is null or s.gate_id = wanted_gate) and s.gate_id > after_gate
          and (o.only_tenant_id is null or o.only_tenant_id = any (permitted))
          and (s.subject_kind = 'problem' and exists (
              select from problems.problem b where b.tenant_id = s.tenant_id and b.public_id = s.subject and b.customer_id = any (permitted))
            or s.subject_kind = 'change' and exists (
              select from changes.change c join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
              where c.tenant_id = s.tenant_id and c.public_id = s.subject and n.customer_id = any (permitted))
            or s.subject_kind = 'release' and (exists (
                select from changes.release r join changes.release_concerned n on n.tenant_id = r.tenant_id and n.release_id = r.id
                where r.tenant_id = s.tenant_id and r.public_id = s.subject and n.customer_id = any (permitted))
              or exists (
                select from changes.release r join changes.change c on c.tenant_id = r.tenant_id and c.release_id = r.id
                  join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
                where r.tenant_id = s.tenant_id and r.public_id = s.subject and n.customer_id = any (permitted)))
            or s.subject_kind = 'major_incident' and exists (
              select from major_incidents.major_incident m join major_incidents.child n on n.tenant_id = m.tenant_id and n.major_id = m.id
              where m.tenant_id = s.tenant_id and m.public_id = s.subject and n.ended_seq is null and n.other_tenant_id = any (permitted)))) p
      join gates.gate g on g.id = p.gate_id) w
    group by w.gate_id order by w.gate_id limit least(row_limit, 201);
end
$$;

-- The permitted customers (null: all), by id after `after_tenant`, of whom something came to a gate in a period; for the staff.
create function finder.gate_customers(
  permitted bigint[], wanted_gate bigint, from_at timestamptz, before_at timestamptz, after_tenant bigint, row_limit bigint)
returns table (tenant_id bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  if coalesce(current_setting('app.side', true), '') <> 'staff' then return; end if;
  return query
    select f.id from (
      select s.tenant_id as id from gates.passage s
      where s.gate_id = wanted_gate and s.came_at >= from_at and s.came_at < before_at and (permitted is null or s.tenant_id = any (permitted))
      union
      select b.customer_id from gates.passage s join problems.problem b on b.tenant_id = s.tenant_id and b.public_id = s.subject
      where s.gate_id = wanted_gate and s.came_at >= from_at and s.came_at < before_at and s.subject_kind = 'problem'
      union
      select n.customer_id from gates.passage s join changes.change c on c.tenant_id = s.tenant_id and c.public_id = s.subject
        join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
      where s.gate_id = wanted_gate and s.came_at >= from_at and s.came_at < before_at and s.subject_kind = 'change'
      union
      select n.customer_id from gates.passage s join changes.release r on r.tenant_id = s.tenant_id and r.public_id = s.subject
        join changes.release_concerned n on n.tenant_id = r.tenant_id and n.release_id = r.id
      where s.gate_id = wanted_gate and s.came_at >= from_at and s.came_at < before_at and s.subject_kind = 'release'
      union
      select n.customer_id from gates.passage s join changes.release r on r.tenant_id = s.tenant_id and r.public_id = s.subject
        join changes.change c on c.tenant_id = r.tenant_id and c.release_id = r.id
        join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
      where s.gate_id = wanted_gate and s.came_at >= from_at and s.came_at < before_at and s.subject_kind = 'release'
      union
      select n.other_tenant_id from gates.passage s
        join major_incidents.major_incident m on m.tenant_id = s.tenant_id and m.public_id = s.subject
        join major_incidents.child n on n.tenant_id = m.tenant_id and n.major_id = m.id and n.ended_seq is null
      where s.gate_id = wanted_gate and s.came_at >= from_at and s.came_at < before_at and s.subject_kind = 'major_incident') f
    join tenancy.tenant e on e.id = f.id and e.kind = 'customer'
    join gates.gate g on g.id = wanted_gate and (g.only_tenant_id is null or g.only_tenant_id = f.id)
    where (permitted is null or f.id = any (permitted)) and f.id > after_tenant
    order by f.id limit least(row_limit, 201);
end
$$;

grant select on gates.approval to steward_finder;

-- Approvals that are asked for at stays that do not go on: who closed or took back what stayed there sees no gates, and could end none.
create function finder.dead_gate_approvals(after_id bigint, row_limit bigint)
returns table (id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select a.id from gates.approval a
    where a.state = 'asked' and a.id > after_id
      and not exists (select from finder.open_gate_stays(array[a.stay_tenant_id], array[a.stay_id]))
    order by a.id limit least(row_limit, 1000);
end
$$;

grant select on operations.event to steward_finder;

-- What became visible after a snapshot, up to another one (null: up to now), to whoever follows all customers at once: events of tickets of
-- every kind and of their clocks, and notifications in an inbox. The first row says where the caller stands now: the snapshot of this statement,
-- which history of which cluster it belongs to, up to where the log was written when it was taken, and up to where it is on disk. With a null to
-- begin from there is no other row. Numbers of transactions that a dump brought along from another cluster lie outside the snapshots, or are old.
create function finder.changes_since(since text, until text, reference timestamptz, row_limit bigint)
returns table (
  snapshot text, history text, written bigint, flushed bigint,
  tenant_id bigint, subject_kind text, subject_id bigint, seq bigint, recorded_at timestamptz, receiver text)
language plpgsql stable security definer set search_path = '' as $$
declare
  shown pg_snapshot := pg_current_snapshot();
  seen pg_snapshot := since;
  last pg_snapshot := coalesce(until, pg_current_snapshot()::text);
  -- What was under way then and is not any more. So one that stays open for hours costs nothing, and one that writes much is read once.
  late xid8[] := array(select pg_snapshot_xip(seen) except select pg_snapshot_xip(shown));
begin
  snapshot := shown;
  history := (select c.system_identifier from pg_control_system() c) || '.' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8);
  written := pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0');
  flushed := pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0');
  return next;
  if seen is null then return; end if;
  return query
    (select null::text, null::text, null::bigint, null::bigint, e.tenant_id, e.subject_kind, e.subject_id, e.seq, e.recorded_at, null::text
     from operations.event e
     where e.tx >= pg_snapshot_xmax(seen) and e.tx < pg_snapshot_xmax(shown) and e.recorded_at >= reference - interval '1 day'
       and e.subject_kind in ('ticket', 'clock', 'clock_warning', 'request', 'problem', 'change', 'release', 'major_incident')
       and pg_visible_in_snapshot(e.tx, last)
     limit least(row_limit, 10001))
    union all
    (select null::text, null::text, null::bigint, null::bigint, e.tenant_id, e.subject_kind, e.subject_id, e.seq, e.recorded_at, null::text
     from operations.event e
     where e.tx is not null and e.tx = any (late) and e.recorded_at >= reference - interval '1 day'
       and e.subject_kind in ('ticket', 'clock', 'clock_warning', 'request', 'problem', 'change', 'release', 'major_incident')
       and pg_visible_in_snapshot(e.tx, last)
     limit least(row_limit, 10001))
    union all
    (select null::text, null::text, null::bigint, null::bigint, n.tenant_id, 'notification'::text, n.id, 0::bigint, n.recorded_at, n.receiver
     from notifications.notification n
     where n.tx >= pg_snapshot_xmax(seen) and n.tx < pg_snapshot_xmax(shown) and n.recorded_at >= reference - interval '1 day' and n.state = 'inbox'
       and pg_visible_in_snapshot(n.tx, last)
     limit least(row_limit, 10001))
    union all
    (select null::text, null::text, null::bigint, null::bigint, n.tenant_id, 'notification'::text, n.id, 0::bigint, n.recorded_at, n.receiver
     from notifications.notification n
     where n.tx is not null and n.tx = any (late) and n.recorded_at >= reference - interval '1 day' and n.state = 'inbox'
       and pg_visible_in_snapshot(n.tx, last)
     limit least(row_limit, 10001));
end
$$;

-- Members of the staff who have a permission not for all customers, or have left, each with those customers for whom they have it. Everybody else may work
-- on anything, and is passed over before anything is read of what he answers for.
create function finder.staff_in_part(wanted_permission text, reference timestamptz)
returns table (id bigint, public_id bytea, has_left boolean, customers bigint[])
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    with granted as (
      select g.tenant_id, g.id, g.account_id, g.scope from tenancy.role_grant g
      join tenancy.role_permission q on q.role = g.role and q.permission = wanted_permission
      where g.revoked_at is null and (g.expires_at is null or g.expires_at > reference))
    select a.id, a.public_id, a.state <> 'active',
      case when a.state = 'active' then array(
        select l.granted_tenant_id from granted g
        join tenancy.role_grant_tenant l on l.tenant_id = g.tenant_id and l.role_grant_id = g.id
        where g.tenant_id = a.tenant_id and g.account_id = a.id and g.scope = 'listed') else '{}'::bigint[] end
    from tenancy.tenant e join tenancy.account a on a.tenant_id = e.id and a.kind = 'staff'
    where e.kind = 'provider' and (a.state <> 'active' or not exists (
      select from granted g where g.tenant_id = a.tenant_id and g.account_id = a.id and g.scope = 'all'));
end
$$;

grant select on desk.offer, changes.release_concerned, major_incidents.child to steward_finder;

-- Records of a process that go on whose owner may not work on them any more, and that account. It needs the permission for the record's customer; of a
-- problem without one for any; of a change for all whom it concerns, and of one that concerns nobody yet for all there are; so of a release, but who
-- opened one that concerns nobody yet keeps it as long as he serves any; of a major incident for all whose incidents are part of it, and of one without
-- any for any. Each process is a branch of its own. Of one owner only, up to a number, where the sweep looks again at one that it is about to take from
-- him.
create function finder.owners_without_right(
  wanted_process text, wanted_permission text, reference timestamptz, after_id bigint, row_limit bigint, only_owner bigint default null,
  last_id bigint default null)
returns table (tenant_id bigint, id bigint, owner_id bigint, owner_public_id bytea, has_left boolean)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query select o.tenant_id, o.id, s.id, s.public_id, s.has_left
    from finder.staff_in_part(wanted_permission, reference) s
    cross join lateral (
      select t.tenant_id, t.id from desk.ticket t
      where wanted_process = 'incident' and t.owner_id = s.id and t.owner_id is not null and t.state in ('new', 'active', 'pending')
        and not t.tenant_id = any (s.customers)
      union all
      select r.tenant_id, r.id from requests.request r
      where wanted_process = 'request' and r.owner_id = s.id and r.owner_id is not null and r.ended_at is null
        and not r.tenant_id = any (s.customers)
      union all
      select p.tenant_id, p.id from tenancy.tenant e join problems.problem p on p.tenant_id = e.id
      where wanted_process = 'problem' and e.kind = 'provider' and p.owner_id = s.id and p.owner_id is not null
        and p.state in ('new', 'investigating', 'known_error')
        and case when p.customer_id is null then cardinality(s.customers) = 0 else not p.customer_id = any (s.customers) end
      union all
      select c.tenant_id, c.id from tenancy.tenant e join changes.change c on c.tenant_id = e.id
      where wanted_process = 'change' and e.kind = 'provider' and c.owner_id = s.id and c.owner_id is not null and c.ended_at is null
        and (not exists (select from changes.concerned n where n.tenant_id = c.tenant_id and n.change_id = c.id)
          or exists (
            select from changes.concerned n
            where n.tenant_id = c.tenant_id and n.change_id = c.id and not n.customer_id = any (s.customers)))
      union all
      select r.tenant_id, r.id from tenancy.tenant e join changes.release r on r.tenant_id = e.id
      where wanted_process = 'release' and e.kind = 'provider' and r.owner_id = s.id and r.owner_id is not null and r.ended_at is null
        and (cardinality(s.customers) = 0
          or exists (
            select from changes.release_concerned n
            where n.tenant_id = r.tenant_id and n.release_id = r.id and not n.customer_id = any (s.customers))
          or exists (
            select from changes.change c left join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
            where c.tenant_id = r.tenant_id and c.release_id = r.id and (n.customer_id is null or not n.customer_id = any (s.customers)))
          or not (r.author_kind = 'staff' and r.author_id = s.id)
            and not exists (select from changes.release_concerned n where n.tenant_id = r.tenant_id and n.release_id = r.id)
            and not exists (select from changes.change c where c.tenant_id = r.tenant_id and c.release_id = r.id))
      union all
      select m.tenant_id, m.id from tenancy.tenant e join major_incidents.major_incident m on m.tenant_id = e.id
      where wanted_process = 'major_incident' and e.kind = 'provider' and m.lead_id = s.id and m.lead_id is not null and m.state <> 'reviewed'
        and (cardinality(s.customers) = 0
          or exists (
            select from major_incidents.child k
            where k.tenant_id = m.tenant_id and k.major_id = m.id and k.ended_seq is null and not k.other_tenant_id = any (s.customers)))
    ) o
    where o.id > after_id and (last_id is null or o.id <= last_id) and (only_owner is null or s.id = only_owner)
    order by o.id limit least(row_limit, 1000);
end
$$;

grant select on desk.team_member to steward_finder;

-- Whether a team has members who count and none of them has, alone, some permissions for each of some customers (none: for all there are). A team without
-- such members is everybody's. Planned once: it is asked of one offer after the other. Who offers something to a team asks it too, so that nothing is
-- offered that the sweep would end.
create function finder.team_has_nobody(wanted_team bigint, wanted_permissions text[], wanted_customers bigint[], reference timestamptz)
returns boolean
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
begin
  return
    exists (
      select from tenancy.tenant e
      join desk.team_member x on x.tenant_id = e.id and x.team_id = wanted_team
      join tenancy.account a on a.tenant_id = x.tenant_id and a.id = x.account_id and a.kind = 'staff' and a.state = 'active'
      join tenancy.role_grant g on g.tenant_id = a.tenant_id and g.account_id = a.id and g.revoked_at is null
        and (g.expires_at is null or g.expires_at > reference)
      join tenancy.role_permission q on q.role = g.role and q.permission = 'incident.work'
      where e.kind = 'provider')
    and not exists (
      select from tenancy.tenant e
      join desk.team_member x on x.tenant_id = e.id and x.team_id = wanted_team
      join tenancy.account a on a.tenant_id = x.tenant_id and a.id = x.account_id and a.kind = 'staff' and a.state = 'active'
      where e.kind = 'provider' and not exists (
        select from unnest(wanted_permissions) p (name)
        cross join unnest(case when cardinality(wanted_customers) = 0 then array[null]::bigint[] else wanted_customers end) w (customer_id)
        where not exists (
          select from tenancy.role_grant g
          join tenancy.role_permission q on q.role = g.role and q.permission = p.name
          where g.tenant_id = x.tenant_id and g.account_id = x.account_id and g.revoked_at is null and (g.expires_at is null or g.expires_at > reference)
            and (g.scope = 'all' or g.scope = 'listed' and exists (
              select from tenancy.role_grant_tenant l
              where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = w.customer_id)))));
end
$$;

-- Offers to hand a record of a process over that nobody can accept: whom it is offered to may not work on it any more, nor any member of the team that it
-- is offered to, or the record is over (who took a request back sees no offer, and could end none). Up to a number, where the sweep looks again at one
-- that it is about to end: of each team it is asked who may work.
create function finder.offers_to_nobody(
  wanted_process text, wanted_permission text, reference timestamptz, after_id bigint, row_limit bigint, last_id bigint default null)
returns table (tenant_id bigint, record_id bigint, id bigint, is_over boolean)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query
    with short as (select s.id, s.customers from finder.staff_in_part(wanted_permission, reference) s)
    select o.tenant_id, o.record_id, o.id, o.is_over
    from (
      select h.tenant_id, h.ticket_id as record_id, h.id, false as is_over from desk.handover h join short s on s.id = h.to_id
      where wanted_process = 'incident' and h.outcome is null and not h.tenant_id = any (s.customers)
      union all
      select h.tenant_id, h.request_id, h.id, r.ended_at is not null
      from requests.handover h join requests.request r on r.tenant_id = h.tenant_id and r.id = h.request_id
      where wanted_process = 'request' and h.outcome is null
        and (r.ended_at is not null or exists (select from short s where s.id = h.to_id and not h.tenant_id = any (s.customers)))
      union all
      select h.tenant_id, h.subject_id, h.id, false
      from desk.offer h join short s on s.id = h.to_id join problems.problem p on p.tenant_id = h.tenant_id and p.id = h.subject_id
      where wanted_process = 'problem' and h.subject_kind = 'problem' and h.outcome is null
        and case when p.customer_id is null then cardinality(s.customers) = 0 else not p.customer_id = any (s.customers) end
      union all
      select h.tenant_id, h.subject_id, h.id, false
      from desk.offer h join short s on s.id = h.to_id
      where wanted_process = 'change' and h.subject_kind = 'change' and h.outcome is null
        and (not exists (select from changes.concerned n where n.tenant_id = h.tenant_id and n.change_id = h.subject_id)
          or exists (
            select from changes.concerned n
            where n.tenant_id = h.tenant_id and n.change_id = h.subject_id and not n.customer_id = any (s.customers)))
      union all
      select h.tenant_id, h.subject_id, h.id, false
      from desk.offer h join short s on s.id = h.to_id
      where wanted_process = 'release' and h.subject_kind = 'release' and h.outcome is null
        and (not exists (select from changes.release_concerned n where n.tenant_id = h.tenant_id and n.release_id = h.subject_id)
            and not exists (select from changes.change c where c.tenant_id = h.tenant_id and c.release_id = h.subject_id)
          or exists (
            select from changes.release_concerned n
            where n.tenant_id = h.tenant_id and n.release_id = h.subject_id and not n.customer_id = any (s.customers))
          or exists (
            select from changes.change c left join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
            where c.tenant_id = h.tenant_id and c.release_id = h.subject_id and (n.customer_id is null or not n.customer_id = any (s.customers))))
      union all
      select h.tenant_id, h.subject_id, h.id, false
      from desk.offer h join short s on s.id = h.to_id
      where wanted_process = 'major_incident' and h.subject_kind = 'major_incident' and h.outcome is null
        and (cardinality(s.customers) = 0
          or exists (
            select from major_incidents.child k
            where k.tenant_id = h.tenant_id and k.major_id = h.subject_id and k.ended_seq is null and not k.other_tenant_id = any (s.customers)))
      union all
      -- To teams: what whoever accepts needs, and for whom, is what it was when it was offered.
      select t.tenant_id, t.record_id, t.id, false
      from (
        select h.tenant_id, h.ticket_id as record_id, h.id, h.to_team_id, array[h.tenant_id] as customers
        from desk.handover h
        where wanted_process = 'incident' and h.outcome is null and h.to_id is null
        union all
        select h.tenant_id, h.request_id, h.id, h.to_team_id, array[h.tenant_id]
        from requests.handover h join requests.request r on r.tenant_id = h.tenant_id and r.id = h.request_id
        where wanted_process = 'request' and h.outcome is null and h.to_id is null and r.ended_at is null
        union all
        select h.tenant_id, h.subject_id, h.id, h.to_team_id, c.customers
        from desk.offer h cross join lateral (
          -- What is about nobody in particular, or has a part that is, needs all there are.
          select case when count(*) = count(w.customer_id) then coalesce(array_agg(distinct w.customer_id), '{}') else '{}' end as customers
          from (
            select p.customer_id from problems.problem p where h.subject_kind = 'problem' and p.tenant_id = h.tenant_id and p.id = h.subject_id
            union all
            select n.customer_id from changes.concerned n where h.subject_kind = 'change' and n.tenant_id = h.tenant_id and n.change_id = h.subject_id
            union all
            select n.customer_id from changes.release_concerned n
            where h.subject_kind = 'release' and n.tenant_id = h.tenant_id and n.release_id = h.subject_id
            union all
            select n.customer_id from changes.change c left join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
            where h.subject_kind = 'release' and c.tenant_id = h.tenant_id and c.release_id = h.subject_id
            union all
            select k.other_tenant_id from major_incidents.child k
            where h.subject_kind = 'major_incident' and k.tenant_id = h.tenant_id and k.major_id = h.subject_id and k.ended_seq is null
          ) w) c
        where h.subject_kind = wanted_process and h.outcome is null and h.to_id is null
      ) t
      where finder.team_has_nobody(
        t.to_team_id,
        case wanted_process when 'major_incident' then array['major_incident.work', 'incident.work'] else array[wanted_permission] end,
        t.customers, reference)
    ) o
    where o.id > after_id and (last_id is null or o.id <= last_id)
    order by o.id limit least(row_limit, 1000);
end
$$;

-- Offers to teams that nobody has answered since an instant, and of which nobody was told yet who leads the team. One that nobody leads waits until
-- somebody does.
create function finder.unanswered_offers(wanted_process text, until timestamptz, after_id bigint, row_limit bigint)
returns table (tenant_id bigint, record_id bigint, id bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
begin
  return query
    select o.tenant_id, o.record_id, o.id
    from (
      select h.tenant_id, h.ticket_id as record_id, h.id, h.to_team_id
      from desk.handover h
      where wanted_process = 'incident' and h.outcome is null and h.to_team_id is not null and h.reminded_at is null and h.recorded_at <= until
      union all
      select h.tenant_id, h.request_id, h.id, h.to_team_id
      from requests.handover h join requests.request r on r.tenant_id = h.tenant_id and r.id = h.request_id
      where wanted_process = 'request' and h.outcome is null and h.to_team_id is not null and h.reminded_at is null and h.recorded_at <= until
        and r.ended_at is null
      union all
      select h.tenant_id, h.subject_id, h.id, h.to_team_id
      from desk.offer h
      where h.subject_kind = wanted_process and h.outcome is null and h.to_team_id is not null and h.reminded_at is null and h.recorded_at <= until
    ) o
    where o.id > after_id and exists (
      select from tenancy.tenant e
      join desk.team_member x on x.tenant_id = e.id and x.team_id = o.to_team_id and x.lead
      join tenancy.account a on a.tenant_id = x.tenant_id and a.id = x.account_id and a.kind = 'staff' and a.state = 'active'
      where e.kind = 'provider')
    order by o.id limit least(row_limit, 1000);
end
$$;

grant select on changes.change, changes.ci_link, assets.ci, assets.relation, assets.affected_customer to steward_finder;

-- What stands up to so many relations up (what needs them) or down (what they need) from some CIs of one tenant, without these: of those in a live
-- state, at most so many, the nearest first. For the staff alone.
create function finder.ci_reach(owner bigint, starts bigint[], is_up boolean, far bigint, most bigint, live_states text[]) returns bigint[]
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
declare
  room constant bigint := least(most, 500);
  reached bigint[] := '{}';
  frontier bigint[] := starts;
begin
  if coalesce(current_setting('app.side', true), '') <> 'staff' then
    return reached;
  end if;
  for level in 1..least(far, 10) loop
    frontier := array(
      select distinct e.id from (
        select r.from_id as id from assets.relation r
        where r.tenant_id = owner and r.to_id = any (frontier) and (r.kind <> 'part_of') = is_up
        union all
        select r.to_id from assets.relation r
        where r.tenant_id = owner and r.from_id = any (frontier) and (r.kind = 'part_of') = is_up) e
      join assets.ci c on c.tenant_id = owner and c.id = e.id
      where e.id <> all (reached || starts) and c.state = any (live_states)
      order by e.id limit room - cardinality(reached));
    exit when cardinality(frontier) = 0;
    reached := reached || frontier;
  end loop;
  return reached;
end
$$;

-- What some changes that lie ahead touch, and what stands up to so many relations up or down from that: as far as change.clashes walks, with as many
-- CIs as that reaches from the CIs of one tenant in one direction. Of the CIs of the served customers (null: all) and of shared ones that affect one
-- of them; what stands in relations to shared ones is for those who serve all. For the staff alone.
create function finder.clash_reach(wanted_changes bigint[], served bigint[], far bigint, most bigint, live_states text[])
returns table (change_id bigint, tenant_id bigint, ci_id bigint)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan rows 100 as $$
declare
  provider constant bigint := (select t.id from tenancy.tenant t where t.kind = 'provider');
  touched record;
  is_up boolean;
begin
  if coalesce(current_setting('app.side', true), '') <> 'staff' then
    return;
  end if;
  for touched in
    select l.change_id as change, l.other_tenant_id as owner, array_agg(l.ci_id order by l.ci_id) as cis
    from changes.ci_link l join changes.change s on s.tenant_id = l.tenant_id and s.id = l.change_id
    where l.tenant_id = provider and l.change_id = any (wanted_changes) and s.starts_at is not null
      and s.state in ('draft', 'assessed', 'awaiting_approval', 'approved', 'implementing')
      and (served is null or l.other_tenant_id = any (served) or l.other_tenant_id = provider and exists (
        select from assets.affected_customer a where a.tenant_id = provider and a.ci_id = l.ci_id and a.customer_id = any (served)))
    group by l.change_id, l.other_tenant_id
  loop
    return query select touched.change, touched.owner, n.id from unnest(touched.cis) n (id);
    continue when touched.owner = provider and served is not null;
    foreach is_up in array array[true, false] loop
      return query select touched.change, touched.owner, n.id
        from unnest(finder.ci_reach(touched.owner, touched.cis, is_up, far, most, live_states)) n (id);
    end loop;
  end loop;
end
$$;

-- The services of the catalogue that the CIs belong to which a change touches, and what needs those and fails with them, as far as change.affected
-- walks: by whose CIs they are, each with whether that walk was cut, for there was more to reach; one that reaches no service has a row without one. Of
-- the CIs of the served customers; null: of all, and of those that the provider shares. For the staff alone.
create function finder.services_reached(wanted_change bigint, served bigint[], far bigint, most bigint, live_states text[])
returns table (tenant_id bigint, service_id bigint, is_cut boolean)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan rows 100 as $$
declare
  provider constant bigint := (select t.id from tenancy.tenant t where t.kind = 'provider');
  touched record;
  walked bigint[];
  has_more boolean;
begin
  if coalesce(current_setting('app.side', true), '') <> 'staff' then
    return;
  end if;
  for touched in
    select l.other_tenant_id as owner, array_agg(l.ci_id order by l.ci_id) as cis
    from changes.ci_link l
    where l.tenant_id = provider and l.change_id = wanted_change and (served is null or l.other_tenant_id = any (served))
    group by l.other_tenant_id
  loop
    walked := touched.cis || finder.ci_reach(touched.owner, touched.cis, true, far, most, live_states);
    -- Whether anything stands on what was reached that was not: then it was too many, or too far away.
    has_more := cardinality(finder.ci_reach(touched.owner, walked, true, 1, 1, live_states)) > 0;
    return query
      select touched.owner, s.service_id, has_more
      from (values (true)) w (is_one)
      left join (
        select distinct c.service_id from assets.ci c
        where c.tenant_id = touched.owner and c.id = any (walked) and c.service_id is not null) s on true;
  end loop;
end
$$;

-- The last of this file: whose all of them are, and who may call them.
do $$
declare
  routine regprocedure;
begin
  for routine in select p.oid::regprocedure from pg_catalog.pg_proc p where p.pronamespace = 'finder'::regnamespace loop
    execute pg_catalog.format('alter function %s owner to steward_finder', routine);
    execute pg_catalog.format('revoke all on function %s from public', routine);
    execute pg_catalog.format('grant execute on function %s to steward_app', routine);
  end loop;
end
$$;
