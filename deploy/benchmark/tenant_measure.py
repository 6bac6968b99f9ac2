"""What many customers cost: pages of one customer, and the queues over many."""

import datetime
import time

import load
from ids import base, customer_id
from rounds import Figure, alternate
from server import Server

FEW, MANY = "bench_few", "bench_many"
IS_CALM = """
    select not exists (select from finder.proofs_to_run(now(), 0, 0, 1))
      and not exists (select from pg_stat_activity where backend_type = 'autovacuum worker')
"""
# Engineers at the queue at once.
CLIENTS = 8
# The other processes have nothing here: what it costs to look at each of them too.
QUEUES = {"incident.queue": "queue", "work.queue": "queue over all processes"}


def run(databases, chosen):
    databases.seeded(FEW)
    databases.seeded(MANY)
    return _pages(databases, chosen) + _queues(databases, chosen)


def _pages(databases, chosen):
    month = (datetime.date.today().replace(day=1) - datetime.timedelta(days=1)).strftime("%Y-%m")
    pages = {
        "list of a customer's open incidents": "/v1/incidents?customer={}&state=open&limit=50",
        "scorecard of a customer": databases.path("scorecard.read") + "?customer={}&month=" + month + "&basis=opened",
    }
    (few, many), figures = (databases.sizes(name)[0][1] for name in (FEW, MANY)), []
    tokens = {name: databases.tokens(name, 4) for name in (FEW, MANY)}
    with Server(databases, FEW) as small, Server(databases, MANY) as large:
        for what, path in pages.items():
            def time_of(server, name):
                requests = [("GET", path.format(customer_id(number)), tokens[name][number % 4], "") for number in range(10)]
                file = load.write_requests(f"{databases.folder}/tenants.requests", requests)
                return 1000 / load.load(server, file, chosen.seconds, 4)["perSecond"]
            time_of(small, FEW), time_of(large, MANY)
            left, right, ratio = alternate(chosen.rounds, lambda: time_of(large, MANY), lambda: time_of(small, FEW), what)
            figures.append(Figure(
                "tenants", f"{what}, {many:,} customers against {few}", left, right, "ms", ratio, ("at most", 1.2),
                "time per request at 4 connections, for ten customers, in a database of many; the limit is the same in a database of ten."))
    return figures


def _settle(databases):
    """Waits until the jobs have done what a new database leaves to them, and PostgreSQL has tidied up behind them: ten thousand proofs would be
    measured with the queue."""
    deadline, calm = time.monotonic() + 300, 0
    while calm < 5:
        if time.monotonic() > deadline:
            raise RuntimeError("the jobs on the seeded database are not done after five minutes")
        time.sleep(1)
        calm = calm + 1 if databases.cluster.psql(MANY, IS_CALM) == "t" else 0


def _queues(databases, chosen):
    count, tickets = databases.sizes(MANY)[0][1:3]
    figures = []
    with Server(databases, MANY) as server:
        _settle(databases)
        for size in (5, min(400, count), count):
            listed = None if size == count else [base(number * (count // size)) for number in range(size)]
            tokens = databases.tokens(MANY, CLIENTS, role="engineer", listed=listed)
            for operation, what in QUEUES.items():
                path = databases.path(operation)
                file = load.write_requests(f"{databases.folder}/queue.requests", [("GET", f"{path}?limit=50", token, "") for token in tokens])
                load.load(server, file, 2, CLIENTS)
                rounds = sorted(load.load(server, file, chosen.seconds, CLIENTS)["p99"] for _ in range(chosen.rounds))
                figures.append(Figure(
                    "tenants", f"{what} of {CLIENTS} engineers with {size:,} of {count:,} customers, p99", rounds[len(rounds) // 2], None, "ms", None,
                    ("at most", 20),
                    f"each turns the page over and over without a pause, {count * tickets:,} incidents are open; the 99th percentile of a round, "
                    "the median of rounds."))
    return figures
