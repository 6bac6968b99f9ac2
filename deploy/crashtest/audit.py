"""Holds the database against the ledger, by SQL as the superuser: an independent look past everything that Steward says."""
import time

from . import related
from .desk import damaged_files
from .processes import Failed

# Of each write: how often its result, its audit row and its effect are there.
FACTS = """
create temp table write (key text primary key, operation text, marker text, story text, version bigint, state text, answer text);
create temp table attempt (key text, request text primary key);
copy write from stdin;
{writes}\\.
copy attempt from stdin;
{attempts}\\.
analyze write;
analyze attempt;
create temp table fact as
with stored as (
  select i.key, count(*) as n, min(i.response) as response
  from operations.idempotency i join write w on w.key = i.key and w.operation = i.operation group by i.key
), audited as (
  select t.key, count(*) as n from operations.audit a join attempt t on t.request = a.request_id
  join write w on w.key = t.key and w.operation = a.operation where a.outcome = 'done' group by t.key
  -- By the admin protocol the server chooses the request id: what was written by one transaction belongs together.
  union all select w.key, count(*) from write w join operations.idempotency i on i.key = w.key and i.operation = w.operation
  join operations.audit a on a.xmin = i.xmin and a.operation = i.operation and a.tenant_id = i.tenant_id
  where a.outcome = 'done' and not exists (select from attempt t where t.key = w.key) group by w.key
), effect as (
  select title as marker, count(*) as n from desk.ticket where title in (select marker from write) group by title
  union all select body, count(*) from desk.comment where body in (select marker from write) group by body
  union all select code, count(*) from tenancy.tenant where code in (select marker from write) group by code
  union all select group_key, count(*) from events.received where group_key in (select marker from write) group by group_key
  union all select answers ->> 'note', count(*) from requests.request where answers ->> 'note' in (select marker from write) group by 1
  union all select reason, count(*) from requests.approval where reason in (select marker from write) group by reason
  union all select note, count(*) from time_entries.draft where note in (select marker from write) group by note
  union all select name, count(*) from attachments.attachment where name in (select marker from write) group by name
  union all select title, count(*) from changes.release where title in (select marker from write) group by title
  union all select title, count(*) from problems.problem where title in (select marker from write) group by title
  union all select title, count(*) from changes.change where title in (select marker from write) group by title
  union all select p.title || ' is behind ' || t.title, count(*) from problems.incident_link l
  join problems.problem p on p.tenant_id = l.tenant_id and p.id = l.problem_id
  join desk.ticket t on t.tenant_id = l.other_tenant_id and t.id = l.ticket_id where p.title in (select story from write) group by 1
  union all select c.title || ' is to resolve ' || t.title, count(*) from changes.link l
  join changes.change c on c.tenant_id = l.tenant_id and c.id = l.change_id
  join desk.ticket t on t.tenant_id = l.other_tenant_id and t.id = l.other_id where c.title in (select story from write) group by 1
  union all select t.title || ' is below ' || p.title, count(*) from desk.ticket_link k
  join desk.ticket t on t.tenant_id = k.tenant_id and t.id = k.from_id join desk.ticket p on p.tenant_id = k.tenant_id and p.id = k.to_id
  where k.kind = 'child_of' and t.title in (select story from write) group by 1
  union all select t.title || ' is watched', count(*) from desk.ticket_watcher w join desk.ticket t on t.tenant_id = w.tenant_id and t.id = w.ticket_id
  where t.title in (select story from write) group by t.title
), changed as (
  select title as story, max(version) as version from desk.ticket where title in (select story from write) group by title
  union all select title, max(version) from changes.release where title in (select story from write) group by title
  union all select title, max(version) from problems.problem where title in (select story from write) group by title
  union all select title, max(version) from changes.change where title in (select story from write) group by title
)
select w.*, s.response, coalesce(s.n, 0) as stored, coalesce(a.n, 0) as audited,
  case when w.version is null then coalesce(e.n, 0) when c.version > w.version then 1 else 0 end as effects
from write w left join stored s on s.key = w.key left join audited a on a.key = w.key left join effect e on e.marker = w.marker
left join changed c on c.story = w.story;
analyze fact;
"""

# Each query gives the offenders' number. Nothing here depends on the ledger: no half of anything is anywhere.
WHOLENESS = {
    "half incidents: the events of one are not 1 to its last": """
      select count(*) from desk.ticket t left join (
        select tenant_id, subject_id, count(*) n, min(seq) low, max(seq) high from operations.event where subject_kind = 'ticket' group by 1, 2
      ) e on e.tenant_id = t.tenant_id and e.subject_id = t.id where e.n is distinct from t.last_seq or e.low <> 1 or e.high <> t.last_seq""",
    "half incidents: events without an incident": """
      select count(*) from operations.event e where e.subject_kind = 'ticket'
      and not exists (select from desk.ticket t where t.tenant_id = e.tenant_id and t.id = e.subject_id)""",
    "half incidents: one under contract without its two clocks": """
      select count(*) from desk.ticket t where t.contract_line_id is not null and 2 <> (
        select count(*) from service_levels.clock c where c.tenant_id = t.tenant_id and c.subject_kind = 'ticket' and c.subject_id = t.id)""",
    "half requests: the events of one are not 1 to its last": """
      select count(*) from requests.request r left join (
        select tenant_id, subject_id, count(*) n, min(seq) low, max(seq) high from operations.event where subject_kind = 'request' group by 1, 2
      ) e on e.tenant_id = r.tenant_id and e.subject_id = r.id where e.n is distinct from r.last_seq or e.low <> 1 or e.high <> r.last_seq""",
    "half requests: the tasks of one are not those that it counts, or it goes on without any": """
      select count(*) from requests.request r left join (
        select tenant_id, request_id, count(*) n from requests.task group by 1, 2
      ) t on t.tenant_id = r.tenant_id and t.request_id = r.id
      where coalesce(t.n, 0) <> r.tasks_total or r.state = 'fulfilling' and r.tasks_total = 0""",
    # The first event of a release is number 0.
    "half releases: the events of one are not 0 to its last": """
      select count(*) from changes.release r left join (
        select tenant_id, subject_id, count(*) n, min(seq) low, max(seq) high from operations.event where subject_kind = 'release' group by 1, 2
      ) e on e.tenant_id = r.tenant_id and e.subject_id = r.id where e.n is distinct from r.last_seq + 1 or e.low <> 0 or e.high <> r.last_seq""",
    "half problems: the events of one are not 1 to its last": """
      select count(*) from problems.problem p left join (
        select tenant_id, subject_id, count(*) n, min(seq) low, max(seq) high from operations.event where subject_kind = 'problem' group by 1, 2
      ) e on e.tenant_id = p.tenant_id and e.subject_id = p.id where e.n is distinct from p.last_seq or e.low <> 1 or e.high <> p.last_seq""",
    "half changes: the events of one are not 1 to its last": """
      select count(*) from changes.change c left join (
        select tenant_id, subject_id, count(*) n, min(seq) low, max(seq) high from operations.event where subject_kind = 'change' group by 1, 2
      ) e on e.tenant_id = c.tenant_id and e.subject_id = c.id where e.n is distinct from c.last_seq or e.low <> 1 or e.high <> c.last_seq""",
    "half clocks: the ledger of one does not reach its last interval, milestone or verdict": """
      select count(*) from service_levels.clock c
      where c.last_interval_seq <> (select count(*) from service_levels.interval i where i.tenant_id = c.tenant_id and i.clock_id = c.id)
      or c.last_milestone_seq <> (select count(*) from service_levels.milestone m where m.tenant_id = c.tenant_id and m.clock_id = c.id)
      or c.last_verdict_seq <> (select count(*) from service_levels.verdict v where v.tenant_id = c.tenant_id and v.clock_id = c.id)""",
    "numbers of incidents with a hole or twice": """
      select count(*) from (
        select tenant_id from desk.ticket group by tenant_id having count(*) <> max(number) or count(distinct number) <> count(*)) t""",
    "results and audit rows that are not of the same transactions": """
      select count(*) from (
        select tenant_id, operation, xmin::text from operations.idempotency
        except all select tenant_id, operation, xmin::text from operations.audit where outcome = 'done') i""",
    "audit rows without their content": """
      select count(*) from operations.audit a where not exists (
        select from operations.audit_content c
        where c.tenant_id = a.tenant_id and c.recorded_at = a.recorded_at and c.content_hash = a.content_hash)""",
    "breaches recorded twice": """
      select count(*) from (
        select from service_levels.verdict where cause = 'exceeded' group by tenant_id, clock_id, breached_at having count(*) > 1) v""",
}

AGAINST_THE_LEDGER = {
    "acknowledged and lost": "select count(*) from fact where state = 'acknowledged' and (stored = 0 or effects = 0)",
    "acknowledged without one audit row": "select count(*) from fact where state = 'acknowledged' and audited <> 1",
    "done more than once": "select count(*) from fact where stored > 1 or audited > 1 or (effects > 1 and version is null)",
    "half done": """
      select count(*) from fact
      where not (stored > 0 and audited > 0 and effects > 0) and not (stored = 0 and audited = 0 and effects = 0)""",
    "not settled": "select count(*) from fact where state in ('sent', 'unknown')",
    "refused and yet done": "select count(*) from fact where state = 'refused' and (stored > 0 or audited > 0 or effects > 0)",
    "answered otherwise than stored": "select count(*) from fact where state = 'acknowledged' and response::jsonb is distinct from answer::jsonb",
    "incidents whose version is not that of the last acknowledged change, and of what a sweep did behind it": f"""
      select count(*) from (
        select f.story, max(f.version) + 1 as version from fact f where f.version is not null and f.state = 'acknowledged' group by f.story
      ) s join desk.ticket t on t.title = s.story left join (
        select e.tenant_id, e.subject_id, count(*) as n from operations.event e where e.subject_kind = 'ticket' and {related.BY_SWEEPS} group by 1, 2
      ) e on e.tenant_id = t.tenant_id and e.subject_id = t.id where t.version <> s.version + coalesce(e.n, 0)""",
    "acknowledged events that are not one alert each, as it was told last, with its incident": """
      select count(*) from (
        select story, bool_or(marker like 'ends %') as is_over from fact
        where operation = 'event_source.deliver' and state = 'acknowledged' group by story
      ) f left join (
        select fingerprint, count(*) as n, min(state) as state, max(occurrences) as occurrences, bool_and(ticket_public_id is not null) as has_incident
        from events.alert group by fingerprint
      ) a on a.fingerprint = f.story
      where a.n is distinct from 1 or a.occurrences <> 1 or a.state <> case when f.is_over then 'resolved' else 'firing' end
      or not f.is_over and not a.has_incident""",
    "alerts of which two incidents came": """
      select count(*) from (select from desk.ticket where title like 'Something is wrong with %' group by title having count(*) > 1) t""",
    "approvals that are acknowledged and of which the request knows nothing": """
      select count(*) from fact f join requests.approval a on a.reason = f.marker
      join requests.request r on r.tenant_id = a.tenant_id and r.id = a.request_id
      where f.state = 'acknowledged' and r.state <> case f.operation when 'approval.approve' then 'fulfilling' else 'rejected' end""",
    "incidents, comments, watchers, customers, events, alerts, requests, releases, time or files that nobody asked for": """
      select (select count(*) from desk.ticket t where not exists (select from fact f where f.marker = t.title)
        and not exists (select from events.alert a where a.tenant_id = t.tenant_id and a.ticket_public_id = t.public_id))
      + (select count(*) from desk.ticket_watcher w join desk.ticket t on t.tenant_id = w.tenant_id and t.id = w.ticket_id
        where not exists (select from fact f where f.marker = t.title || ' is watched'))
      + (select count(*) from changes.release r where not exists (select from fact f where f.marker = r.title))
      + (select count(*) from events.received r where not exists (select from fact f where f.marker = r.group_key))
      + (select count(*) from events.alert a where not exists (select from fact f where f.story = a.fingerprint))
      + (select count(*) from requests.request r where not exists (select from fact f where f.marker = r.answers ->> 'note'))
      + (select count(*) from time_entries.draft d where not exists (select from fact f where f.marker = d.note))
      + (select count(*) from attachments.attachment a where not exists (select from fact f where f.marker = a.name))
      + (select count(*) from desk.comment c where not exists (select from fact f where f.marker = c.body))
      + (select count(*) from tenancy.tenant t where t.code like 'K%' and not exists (select from fact f where f.marker = t.code))""",
    "results under keys that nobody used": """
      select count(*) from operations.idempotency i where i.key like 'w%-%-%' and not exists (select from fact f where f.key = i.key)""",
}


def facts(writes):
    rows = "".join(
        "\t".join(copied(value) for value in (
            write.key, write.operation, write.marker, write.story, write.version, write.state, write.answer)) + "\n" for write in writes)
    attempts = "".join(
        f"{copied(write.key)}\t{copied(request)}\n" for write in writes if write.interface == "http" for request in write.attempts)
    return FACTS.format(writes=rows, attempts=attempts)


def copied(value):
    """A value in COPY's text format."""
    if value is None:
        return "\\N"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def open_writes(cluster, writes):
    """How many of these writes, of which the client knows nothing, are there whole, not at all, in part."""
    if not writes:
        return 0, 0, 0
    rows = cluster.sql(facts(writes) + "select stored, audited, effects from fact;")
    counts = [tuple(map(int, row)) for row in rows]
    whole, absent = counts.count((1, 1, 1)), counts.count((0, 0, 0))
    return whole, absent, len(counts) - whole - absent


def done(cluster, writes):
    """How many of these have had an effect."""
    if not writes:
        return 0
    keys = ",".join(f"'{write.key}'" for write in writes)
    return cluster.number(f"select count(*) from operations.idempotency where key in ({keys})")


def come_due(schedules):
    """Lets these schedules come due; those that a worker has in hand wait for the next call, so that the two never wait for each other."""
    return f"""update jobs.schedule s set next_at = now()
      from (select tenant_id, kind from jobs.schedule where {schedules} for update skip locked) free
      where (s.tenant_id, s.kind) = (free.tenant_id, free.kind);"""


HURRY = come_due("every_seconds < 60")


def drain(site, seconds=180):
    """Waits until the workers have done all there is to do, and no promise about an incident runs out while figures are compared."""
    deadline = time.monotonic() + seconds
    left = "1"
    expire_leases(site)
    while left != "0":
        if time.monotonic() > deadline:
            raise Failed(f"the workers are not done after {seconds} s: {site.cluster.sql('select kind, state, attempts, last_error from jobs.job')}")
        site.keep_workers()
        # What could not be settled while the database was away would wait for some minutes.
        site.cluster.sql(HURRY + "update events.received set due_at = now() where state = 'waiting' and due_at > now();")
        time.sleep(0.5)
        left = site.cluster.sql("""
          select (select count(*) from operations.outbox)
          + (select count(*) from events.received where state = 'waiting')
          + (select count(*) from requests.request where state = 'approved')
          + (select count(*) from problems.telling) + (select count(*) from changes.incident_news)
          + (select count(*) from changes.announcement) + (select count(*) from desk.cascade_item where state = 'waiting')
          + (select count(*) from service_levels.clock
            where breach_at < now() - interval '1 second' or subject_kind = 'ticket' and breach_at < now() + interval '1 minute')""")[0][0]


def expire_leases(site):
    """Lets the leases of dead workers run out and the schedules come due: each kill would cost a minute of waiting otherwise."""
    site.cluster.sql("update jobs.job set lease_until = now() where state = 'running';" + HURRY)


def figures(site):
    return site.cluster.sql("""
      select md5(coalesce(string_agg(f::text, ';' order by tenant_id, ticket_id), '')), count(*) from scorecard.ticket_fact f;
      select md5(coalesce(string_agg(d::text, ';' order by tenant_id, contract_id, basis, day, priority), '')), count(*) from scorecard.daily d;""")


def has_a_fact_for_each_ticket(site):
    return site.cluster.number("select (select count(*) from scorecard.ticket_fact) - (select count(*) from desk.ticket)") == 0


def figures_are_those_of_the_tickets(site):
    """The workers' effects: the figures as they were kept are those that a computation from the tickets gives."""
    before = figures(site)
    for customer in site.customers:
        site.call("POST", "/v1/scorecards/rebuild", {"customer": customer})
    return figures(site) == before


def whole(site, say):
    """The full audit. Gives the findings; none is what should be."""
    drain(site)
    script = facts(site.ledger.writes)
    checks = WHOLENESS | AGAINST_THE_LEDGER | related.AGAINST_THE_LEDGER
    queries = "".join(f"{query};\n" for query in checks.values())
    rows = site.cluster.sql(f"begin isolation level repeatable read;\n{script}{queries}commit;", seconds=600)
    findings = {name: int(row[0]) for name, row in zip(checks, rows, strict=True) if int(row[0])}
    refused = [write for write in site.ledger.writes if write.state == "refused"]
    if refused:
        findings["refused without a reason"] = f"{len(refused)}, such as {refused[0].operation}: {refused[0].answer}"
    if not has_a_fact_for_each_ticket(site):
        findings["incidents without a scorecard fact"] = 1
    if not figures_are_those_of_the_tickets(site):
        findings["scorecard figures that are not those of the tickets"] = 1
    damaged = damaged_files(site)
    if damaged:
        findings["acknowledged files that are not there as they were attached"] = damaged
    # A sweep that was given up waits, with one attempt left.
    dead = site.cluster.number(
        "select count(*) from jobs.job where state = 'dead' or state = 'ready' and unique_key = 'schedule' and attempts >= max_attempts - 1")
    if dead:
        findings["jobs given up"] = dead
    say(f"audit of {len(site.ledger.writes)} writes: " + ("nothing lost, nothing doubled, nothing half" if not findings else str(findings)))
    return findings

