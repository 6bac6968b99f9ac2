"""Jobs at size: many workers at one long queue, a customer whose target is down, and a transaction that stays open."""

import json
import os
import random
import re
import subprocess
import sys
import time
from contextlib import contextmanager

from ids import base
from rounds import Figure
from server import Server, certificate_of

# The crash test's, which counts.
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from crashtest.receiver import Receiver  # noqa: E402

DATABASE = "bench_backlog"
# processes, and places of each
WORKERS, PLACES = 4, 16
# as a worker has in service
USUAL_PLACES = 4
# of the customer with a long queue
LONG_SHARE = 0.6
HONEST_PER_SECOND = 20
# To one receiver they go one after the other.
MESSAGES_PER_SECOND = 10
# from here on `steward doctor` tells of a snapshot
TOLD_OF = 100_000

# Without a key: what was done twice is there twice.
EFFECTS = """
drop schema if exists bench cascade;
create schema bench;
create table bench.effect (
  tenant_id bigint not null, number bigint not null, attempts bigint not null, worker bigint not null, done_at timestamptz not null default clock_timestamp());
grant usage on schema bench to steward_app;
grant insert on bench.effect to steward_app;
truncate jobs.job;
vacuum analyze jobs.job;
"""


def run(databases, chosen):
    """STEWARD_BACKLOG_JOBS, STEWARD_BACKLOG_DOWN and STEWARD_BACKLOG_SNAPSHOT say how many jobs each of the three has, and how many messages wait."""
    def size(name, full, quick):
        return int(os.environ.get(f"STEWARD_BACKLOG_{name}", quick if chosen.quick else full))

    databases.seeded(DATABASE)
    return (
        _each_once(databases, size("JOBS", 100_000, 2_000)) + _target_down(databases, chosen, size("DOWN", 1_000_000, 20_000))
        + _receiver_down(databases, chosen, size("DOWN", 1_000_000, 20_000)) + _old_snapshot(databases, size("SNAPSHOT", 100_000, 1_000)))


@contextmanager
def _workers(databases, count, places):
    """`count` processes with so many places each, until the end of the block."""
    with open(f"{databases.folder}/workers.log", "ab") as log:
        processes = [
            subprocess.Popen(
                [databases.tool, "work", "--database", databases.cluster.url(DATABASE), "--places", str(places)], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env=os.environ | {"LC_ALL": "C.UTF-8"}, start_new_session=True)
            for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def _wait(databases, processes, seconds, sql):
    """Until SQL says that it is so."""
    deadline = time.monotonic() + seconds
    while databases.cluster.psql(DATABASE, sql) != "t":
        ended = [process.returncode for process in processes if process.poll() is not None]
        if ended:
            raise RuntimeError(f"a worker ended with {ended[0]}; see {databases.folder}/workers.log")
        if time.monotonic() > deadline:
            raise RuntimeError(f"not so after {seconds} s: {sql}")
        time.sleep(0.1)


IS_EMPTY = "select not exists (select from jobs.job where kind = 'bench.counted')"


def _each_once(databases, count):
    """A queue of which one customer has most, and all places at it at once."""
    cluster, customers = databases.cluster, databases.sizes(DATABASE)[0][1]
    few = max(1, int(count * (1 - LONG_SHARE)) // (customers - 1))
    many = count - few * (customers - 1)
    cluster.psql(DATABASE, EFFECTS)
    cluster.psql(DATABASE, f"""
        insert into jobs.job (tenant_id, kind, payload, run_at, recorded_at)
          select (c + 1) * {base(0)}, 'bench.counted', jsonb_build_object('number', n), now(), now()
          from generate_series(0, {customers - 1}) c cross join lateral generate_series(1, case when c = 0 then {many} else {few} end) n;
        analyze jobs.job;""")
    started = time.monotonic()
    with _workers(databases, WORKERS, PLACES) as processes:
        _wait(databases, processes, 1800, IS_EMPTY)
    took = time.monotonic() - started
    done, different, again, workers = _numbers(cluster, """
        select count(*), count(distinct (tenant_id, number)), count(*) filter (where attempts > 1), count(distinct worker) from bench.effect""")
    # By the order in which they were done: where the last job of those with few stands; and how long one had to wait for his next.
    share, longest = _numbers(cluster, f"""
        with ordered as (
          select tenant_id, done_at, row_number() over (order by done_at) as place, count(*) over () as n,
            done_at - coalesce(lag(done_at) over (partition by tenant_id order by done_at), min(done_at) over ()) as waited
          from bench.effect)
        select max(place) filter (where tenant_id <> {base(0)}) / max(n)::float8, extract(epoch from max(waited))
        from ordered""")
    fair = few * customers / count
    about = (
        f"{count:,} jobs, {many:,} of one customer and {few:,} of each of {customers - 1} others, by {WORKERS} processes with {PLACES} places each ({workers:.0f} of them "
        f"took part): {count / took:,.0f} a second; {again:.0f} were begun more than once.")
    wrong = abs(count - different) + done - different
    if wrong:
        raise RuntimeError(f"{wrong:.0f} jobs were done twice or not at all. {about}")
    return [
        Figure("backlog", "jobs done twice or not at all", wrong, None, "jobs", None, ("at most", 0), about),
        Figure(
            "backlog", "how much of the queue was done when customers with few jobs had theirs, against fair turns", share, fair, "share", share / fair,
            ("at most", 1.25), "turns are fair when each customer has one after the other. " + about),
        Figure("backlog", "longest wait of a customer for his next job", longest, None, "s", None, ("at most", 5), about),
    ]


def _target_down(databases, chosen, backlog):
    """Others' jobs while a customer has a long queue of what fails each time."""
    cluster, seconds, rounds = databases.cluster, 3 if chosen.quick else 30, min(chosen.rounds, 3)
    customers = databases.sizes(DATABASE)[0][1]

    def others_p99(processes):
        """From the moment at which a job was due until it is done."""
        count = HONEST_PER_SECOND * seconds
        cluster.psql(DATABASE, f"""
            truncate bench.effect;
            insert into jobs.job (tenant_id, kind, payload, run_at, recorded_at)
              select (2 + n % {customers - 1}) * {base(0)}, 'bench.counted', jsonb_build_object('number', (extract(epoch from due) * 1000000)::bigint), due, now()
              from generate_series(1, {count}) n cross join lateral (select now() + interval '2 seconds' + n * interval '{1000 / HONEST_PER_SECOND} ms' as due) d;""")
        time.sleep(seconds + 2)
        _wait(databases, processes, 120, IS_EMPTY)
        (late,) = _numbers(cluster, "select percentile_disc(0.99) within group (order by extract(epoch from done_at) * 1000 - number / 1000.0) from bench.effect")
        return late

    cluster.psql(DATABASE, EFFECTS)
    with _workers(databases, 1, USUAL_PLACES) as processes:
        time.sleep(2)
        calm = sorted(others_p99(processes) for _ in range(rounds))[rounds // 2]
    cluster.psql(DATABASE, f"""
        insert into jobs.job (tenant_id, kind, payload, run_at, recorded_at)
          select {base(0)}, 'bench.down', jsonb_build_object('number', n), now(), now() from generate_series(1, {backlog}) n;
        vacuum analyze jobs.job;""", timeout=600)
    started = time.monotonic()
    with _workers(databases, 1, USUAL_PLACES) as processes:
        time.sleep(2)
        stormy = sorted(others_p99(processes) for _ in range(rounds))[rounds // 2]
        took = time.monotonic() - started
    tried, attempts, most, same = _numbers(cluster, """
        with failed as (select attempts, run_at from jobs.job where kind = 'bench.down' and attempts > 0)
        select count(*), coalesce(sum(attempts), 0), coalesce(max(attempts), 0),
          coalesce((select max(n) from (select count(*) as n from failed group by date_trunc('milliseconds', run_at)) m), 0) from failed""")
    # After 2, 4, 8 ... seconds, each a fifth less at the most: so often may one be begun in the time.
    allowed, waits = 1, 2 * 0.8
    while waits < took:
        allowed, waits = allowed + 1, waits + min(2 ** (allowed + 1), 300) * 0.8
    about = (
        f"one worker with {USUAL_PLACES} places; {HONEST_PER_SECOND} jobs a second of other customers, from the moment at which each was due, while {backlog:,} jobs of "
        f"one customer are due whose target is down (20 ms until it says so): {tried:,.0f} of these were tried in {took:.0f} s, {attempts:,.0f} times, each at most "
        f"{most:.0f} times; of what waits for its next attempt at most {same:.0f} are due in the same millisecond.")
    return [
        Figure("backlog", "p99 of others' jobs, with a customer's target down against without", stormy, calm, "ms", stormy / calm, ("at most", 2), about),
        Figure("backlog", "attempts at one job whose target is down, against what the pauses allow", most, allowed, "attempts", most / allowed, ("at most", 1), about),
    ]


def _receiver_down(databases, chosen, backlog):
    """Messages to a receiver that answers, while very many wait for one that does not: by the server, as it sends them."""
    cluster, seconds, rounds = databases.cluster, 4 if chosen.quick else 30, min(chosen.rounds, 3)
    certificate, key = certificate_of(databases)
    receiver = Receiver(certificate, key)
    cluster.psql(DATABASE, EFFECTS + "delete from notifications.notification; delete from notifications.breaker; vacuum analyze notifications.notification;")

    def leave(webhook, count, due):
        """Messages that are due by `due`, an expression of their number n."""
        first = random.randrange(1 << 60)
        cluster.psql(DATABASE, f"""
            insert into notifications.notification (
              tenant_id, public_id, cause, receiver, channel, event, webhook_id, customer_id, language, subject, body, state, due_at, expires_at, occurred_at,
              recorded_at)
            select w.tenant_id, decode(lpad(to_hex({first} + n), 24, '0'), 'hex'), 'bench:' || {first} + n, 'w' || w.id, 'webhook', 'incident.opened', w.id,
              w.tenant_id, 'en', 'incident.opened', '{{}}', 'waiting', {due}, now() + interval '1 day', {due}, now()
            from notifications.webhook w, generate_series(1, {count}) n where w.id = {webhook};""", timeout=1200)

    def hook(name, url):
        name = f"{name} {random.randrange(1 << 40)}"
        server.post("/v1/webhooks", token, {"name": name, "url": url})
        return int(cluster.psql(DATABASE, f"select id from notifications.webhook where name = '{name}'"))

    def others_p99():
        """From the moment at which a message was due until it was sent."""
        cluster.psql(DATABASE, f"delete from notifications.notification where webhook_id = {good}")
        leave(good, MESSAGES_PER_SECOND * seconds, f"now() + interval '2 seconds' + n * interval '{1000 / MESSAGES_PER_SECOND} ms'")
        time.sleep(seconds + 2)
        _wait(databases, [], 120, f"select not exists (select from notifications.notification where webhook_id = {good} and state = 'waiting')")
        sent, late = _numbers(cluster, f"""
            select count(*), percentile_disc(0.99) within group (order by extract(epoch from sent_at - occurred_at) * 1000)
            from notifications.notification where webhook_id = {good} and state = 'sent'""")
        if sent != MESSAGES_PER_SECOND * seconds:
            raise RuntimeError(f"{sent:.0f} of {MESSAGES_PER_SECOND * seconds} messages were sent")
        return late

    try:
        (token,) = databases.tokens(DATABASE)
        with Server(databases, DATABASE, environment={"STEWARD_WEBHOOKS_ALLOW": "127.0.0.1", "STEWARD_WEBHOOKS_AUTHORITY": certificate}) as server:
            # Nobody listens on the port of a receiver that was closed.
            gone = Receiver(certificate, key)
            gone.close()
            good, down = hook("Good", receiver.url), hook("Down", gone.url)
            time.sleep(5)
            calm = sorted(others_p99() for _ in range(rounds))[rounds // 2]
            leave(down, backlog, "now()")
            cluster.psql(DATABASE, "vacuum analyze notifications.notification", timeout=1200)
            stormy = sorted(others_p99() for _ in range(rounds))[rounds // 2]
            attempts, most, rests = _numbers(cluster, f"""
                select coalesce(sum(attempts), 0), coalesce(max(attempts), 0), (select count(*) from notifications.breaker where webhook_id = {down})
                from notifications.notification where webhook_id = {down}""")
            twice = sum(times > 1 for times in receiver.times.values())
    finally:
        receiver.close()
    about = (
        f"one server that does all; {MESSAGES_PER_SECOND} messages a second to one webhook, from the moment at which each was due until it is recorded as sent, while "
        f"{backlog:,} wait for another at which nobody listens: that one was tried {attempts:.0f} times, one message at most {most:.0f} times, and rests "
        f"({rests:.0f}) meanwhile; {twice} messages came to the first one more than once.")
    return [Figure(
        "backlog", "p99 of messages to a webhook, with another one down against without", stormy, calm, "ms", stormy / calm, ("at most", 2), about)]


def _old_snapshot(databases, count):
    """Jobs that come and go while a transaction stays open, which may still read all of them."""
    cluster = databases.cluster
    cluster.psql(DATABASE, EFFECTS)

    def look():
        """The 99th percentile of a worker's look for jobs, when some thousand wait."""
        explain = "explain (analyze, timing off, summary, format json) select * from finder.due_jobs(now(), array['bench.counted'], null, 64)"
        printed = cluster.psql(DATABASE, ";\n".join(["begin", "set local app.side = 'staff'"] + [explain] * 200) + ";\ncommit;", user="steward_app")
        times = sorted(float(found) for found in re.findall(r'"Execution Time": ([0-9.]+)', printed))
        return times[len(times) * 99 // 100]

    def fill():
        cluster.psql(DATABASE, f"""
            insert into jobs.job (tenant_id, kind, run_at, recorded_at)
              select {base(0)}, 'bench.counted', now() + interval '1 ms' * n, now() from generate_series(1, 2000) n""")
        time.sleep(2.5)

    def drain():
        with _workers(databases, 1, USUAL_PLACES) as processes:
            _wait(databases, processes, 1800, IS_EMPTY)

    def rate(jobs):
        return json.loads(databases.run(databases.tool, "jobs", "--database", cluster.url(DATABASE), "--jobs", str(jobs)))["perSecond"]

    def told():
        """Whether doctor tells of it, which ends with 3 then."""
        done = subprocess.run(
            [databases.steward, "doctor", "--database", cluster.url(DATABASE)], capture_output=True, text=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
        return "BAD  snapshots" in done.stdout

    calm_rate = rate(min(count, 10_000))
    fill()
    before, told_before = look(), told()
    holder = subprocess.Popen(
        ["psql", "-XAtq", "-h", cluster.socket, "-U", "bench_admin", "-d", DATABASE], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd="/")
    try:
        holder.stdin.write("begin isolation level repeatable read;\nselect count(*) from jobs.job;\n")
        holder.stdin.flush()
        time.sleep(1)
        # By the same kind of jobs: their index is the one that is looked through. Those of the fill go first.
        cluster.psql(DATABASE, f"""
            insert into jobs.job (tenant_id, kind, run_at, recorded_at) select {base(0)}, 'bench.counted', now(), now() from generate_series(1, {count}) n""")
        drain()
        held_rate = rate(min(count, 10_000))
        # By their number it is told of; the short form has few jobs.
        cluster.psql(DATABASE, f"""
            set synchronous_commit = off;
            do $$ begin for n in 1..{TOLD_OF} loop perform txid_current(); commit; end loop; end $$;""", timeout=600)
        fill()
        during, told_during = look(), told()
    finally:
        holder.stdin.close()
        holder.wait(30)
    cluster.psql(DATABASE, "vacuum jobs.job")
    after = look()
    about = (
        f"the 99th percentile of 200 looks of a worker for what is due (finder.due_jobs, 2,000 wait), by EXPLAIN ANALYZE; before a snapshot is held, and when {count:,} jobs "
        f"were claimed and completed since; {after:.2f} ms when it is over and the table was vacuumed. Jobs without work: {calm_rate:,.0f} a second, and {held_rate:,.0f} then. steward doctor tells of it, and did not before.")
    if told_before or not told_during:
        raise RuntimeError("steward doctor does not tell of a snapshot that is held, or tells of one that is not")
    return [
        Figure("backlog", "p99 of a look for jobs behind a snapshot that is held, against before", during, before, "ms", during / before, None, about),
    ]


def _numbers(cluster, sql):
    return [float(value) for value in cluster.psql(DATABASE, sql).split("|")]
