"""Jobs: how many a worker completes, against pgbench of the same statements, and how soon a missed deadline or a warning is recorded."""

import json
import time

from rounds import Figure, alternate
from script import Pgbench, Script
from server import Server
from wire import Proxy

QUEUE, CLOCKS = "bench_jobs", "bench_clocks"
# as many as a worker runs at once
WORKERS = 4


def run(databases, chosen):
    return _throughput(databases, chosen) + _lag(databases, chosen)


def _throughput(databases, chosen):
    cluster, count = databases.cluster, 2_000 if chosen.quick else 10_000
    databases.migrated(QUEUE)
    # Ids that are no other number of a statement: the sequence gives them, one after the other.
    first_id = 700_000_000_000
    cluster.psql(QUEUE, f"alter sequence jobs.job_id_seq restart {first_id}")

    def ours(jobs=count, socket=None):
        printed = databases.run(databases.tool, "jobs", "--database", cluster.url(QUEUE, socket=socket), "--jobs", str(jobs))
        return json.loads(printed)["perSecond"]

    proxy = Proxy(f"{databases.folder}/proxy", cluster.socket)
    try:
        first, second = (_of_one_job(proxy.record(lambda: ours(1, proxy.folder))) for _ in range(2))
    finally:
        proxy.close()
    provider = cluster.psql(QUEUE, "select id from tenancy.tenant where kind = 'provider'")
    script = Script(0, first, second, {str(first_id): ":id", str(first_id + 1): ":id"}, ["\\set taken :taken + 1", "\\set id :from + :client_id * 1000000 + :taken"])
    bench = Pgbench(cluster, QUEUE, [script], databases.folder, "jobs")

    def limit():
        # More than it can take in that time.
        start, each = 1_000_000_000, 6_000 * chosen.seconds
        cluster.psql(QUEUE, f"""
            delete from jobs.job;
            insert into jobs.job (tenant_id, id, kind, run_at, recorded_at)
              select {provider}, {start} + c * 1000000 + n, 'bench.nothing', now(), now() from generate_series(0, {WORKERS - 1}) c, generate_series(1, {each}) n;
            analyze jobs.job;""")
        bench.arguments[0] += ["-D", "taken=0", "-D", f"from={start}"]
        rate = bench.per_second(chosen.seconds, WORKERS)
        left = int(cluster.psql(QUEUE, "select count(*) from jobs.job"))
        if left == 0 or WORKERS * each - left < rate * chosen.seconds / 2:
            raise RuntimeError(f"pgbench took {WORKERS * each - left} jobs at {rate:.0f} a second")
        cluster.psql(QUEUE, "delete from jobs.job; vacuum analyze jobs.job")
        return rate

    left, right, ratio = alternate(chosen.rounds, ours, limit, "jobs")
    return [Figure(
        "jobs", "jobs without work, one worker", left, right, "jobs/s", ratio, None,
        f"claimed and completed in two durable transactions each, {WORKERS} at once, looking for them included; against pgbench -c {WORKERS} with the "
        f"{sum(line.endswith(';') for line in script.body)} statements and {script.round_trips} round trips that one job sends.")]


def _of_one_job(exchanges):
    """From the claim to the end of the transaction that completes it."""
    texts = [" ".join(one.sql for one in exchange.statements) for exchange in exchanges]
    first = next(place for place, text in enumerate(texts) if "fence = fence + 1" in text)
    done = next(place for place, text in enumerate(texts) if "delete from jobs.job" in text)
    # The tool looks for what is left on another one.
    own = exchanges[first].connection
    last = next(place for place in range(done, len(texts)) if exchanges[place].connection == own and "COMMIT" in texts[place])
    return [exchange for exchange in exchanges[first:last + 1] if exchange.connection == own]


# What is to come of a running clock, `at` an instant, and the instants of what was recorded of it, each with the transaction that did.
DEADLINE = (
    "a missed deadline", "deadlines count",
    "breach_at = e.at, due_at = e.at", "c.verdict is null",
    "select v.breached_at as at, v.xmin as writer from service_levels.verdict v where v.verdict = 'missed'")
# A clock that has used more than the share when it begins to run passes it then, whatever the hours of its calendar.
WARNING = (
    "the passing of a share of a budget", "as a deadline's, they count",
    "warn_percents = '{1}', next_warn_at = e.at, state_since = e.at, consumed_seconds = 720", "c.verdict is null and c.warn_percents = '{}'",
    "select v.occurred_at as at, v.xmin as writer from operations.event v where v.subject_kind = 'clock_warning'")


def _lag(databases, chosen):
    databases.seeded(CLOCKS)
    return [_lag_of(databases, chosen, *what) for what in (DEADLINE, WARNING)]


def _lag_of(databases, chosen, name, count, change, which, recorded):
    cluster, seconds, each = databases.cluster, 6 if chosen.quick else 20, 20
    running = int(cluster.psql(CLOCKS, "select count(*) from service_levels.clock where state = 'running'"))
    lags, from_instants = [], []
    for _ in range(chosen.rounds):
        mark = cluster.psql(CLOCKS, "select now()")
        with Server(databases, CLOCKS):
            # Its first round, in which every job is due, is over then.
            time.sleep(5)
            cluster.psql(CLOCKS, f"""
                with ending as (
                  select c.tenant_id, c.id, row_number() over (order by c.id % 997, c.id) as n from service_levels.clock c
                  where c.state = 'running' and {which} and c.metric = 'resolution' order by n limit {seconds * each}),
                moments as (select tenant_id, id, now() + (n + 40) * interval '{1000 // each} ms' as at from ending)
                update service_levels.clock c set {change} from moments e where c.tenant_id = e.tenant_id and c.id = e.id;""")
            time.sleep(seconds + 2 + 5)
        for line in cluster.psql(CLOCKS, f"""
                select extract(epoch from pg_xact_commit_timestamp(r.writer) - r.at),
                  extract(epoch from pg_xact_commit_timestamp(r.writer) - (date_trunc('second', r.at) + interval '1 second'))
                from ({recorded}) r where pg_xact_commit_timestamp(r.writer) > '{mark}'""").splitlines():
            from_instant, lag = (float(value) for value in line.split("|"))
            from_instants.append(from_instant)
            lags.append(lag)
    if len(lags) != chosen.rounds * seconds * each:
        raise RuntimeError(f"{name}: {len(lags)} of {chosen.rounds * seconds * each} were recorded")
    lags.sort()
    from_instants.sort()
    return Figure(
        "jobs", f"{name} is recorded, {running:,} clocks run, p99", lags[len(lags) * 99 // 100], None, "s", None, ("at most", 1),
        f"from the first whole second behind it ({count} by the second) until what is recorded of it is committed, {each} a second for {seconds} s; the median "
        f"{lags[len(lags) // 2]:.2f} s, the longest {lags[-1]:.2f} s; from the very instant p99 {from_instants[len(lags) * 99 // 100]:.2f} s; one server that "
        "does all.")
