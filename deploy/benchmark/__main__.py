"""deploy/bench: measures Steward against the limit of the same work done without it. See --help."""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile

import admin_measure
import backlog_measure
import backtest_measure
import client_measure
import import_measure
import job_measure
import live_measure
import page_measure
import process_measure
import proof_measure
import scorecard_measure
import search_measure
import storm_measure
import target_measure
import tenant_measure
import verdict_measure
from cluster import Cluster
from databases import Databases
from machine import machine
from table import explain, show

MEASURES = {
    "client": (client_measure.run, "prepared SELECT by key through our libpq client against pgbench -S"),
    "read": (page_measure.read, "HTTPS read of a ticket against pgbench of the same statements"),
    "queue": (page_measure.queue, "the queue page against pgbench of the same statements"),
    "scorecard": (page_measure.scorecard, "the scorecard page against pgbench of the same statements"),
    # It gives every ticket values, which reading one reads as well.
    "attributes": (page_measure.attribute_queue, "the queue narrowed to an attribute against pgbench of the same statements"),
    # After the pages, which are those of the seed: it leaves tens of thousands of incidents, and work for the jobs.
    "open": (page_measure.open_incident, "open-incident over HTTPS against pgbench of the same statements"),
    "import": (import_measure.run, "import of the real log against COPY of the rows that it writes"),
    "verdicts": (verdict_measure.run, "the log's verdicts computed anew against prefix sums in numpy"),
    "backtest": (backtest_measure.run, "an SLA tried on 1,000,000 tickets against COPY of the same columns"),
    "figures": (scorecard_measure.run, "figures computed anew, and after one change, against SQL and each other"),
    "resolve": (target_measure.run, "database time of choosing a ticket's contract line and targets, among many contracts"),
    "tenants": (tenant_measure.run, "pages with few and with many tenants, against each other; the queues over many"),
    "search": (search_measure.run, "incidents, and tickets of every kind, by their words, for engineers with few and with many customers"),
    "admin": (admin_measure.run, "the admin protocol on one pipelined connection against HTTP of the same operation"),
    "proof": (proof_measure.run, "the back-to-back proof of a contract with 20 lines"),
    "jobs": (job_measure.run, "jobs of one worker against pgbench of the same statements; how soon a missed deadline or a warning is recorded"),
    "backlog": (backlog_measure.run, "64 places at one long queue, a customer whose target is down, a snapshot that is held: STEWARD_BACKLOG_JOBS, _DOWN, _SNAPSHOT set the sizes"),
    "live": (live_measure.run, "live updates: memory of a stream, how soon a change is told, what it costs to look"),
    "storm": (storm_measure.run, "what other customers feel of 10,000 alerts a minute by one, and what becomes of the alerts"),
    "process": (process_measure.run, "memory, time to listening, TLS handshakes"),
}


def arguments():
    parser = argparse.ArgumentParser(
        prog="deploy/bench", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures Steward against the limit of the same work done without it, in alternating rounds on a private PostgreSQL\n"
        "with durable settings, and prints a table of ratios. Nothing outside its own folder is touched.",
        epilog="measures:\n" + "\n".join(f"  {name:10} {what}" for name, (_, what) in MEASURES.items())
        + "\n\nEnds with 0 when it has measured, met or not; 1 when a measure failed; 3 when something it needs is missing.")
    parser.add_argument("--only", metavar="NAME,...", help="only these measures")
    parser.add_argument("--quick", action="store_true", help="smaller sizes and shorter rounds: for trying it out, not for figures")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of each side (default 5, quick 3)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the cluster and its databases here, and use them again the next time")
    parser.add_argument("--data", metavar="FOLDER", default="../shared/data", help="the real data (default %(default)s)")
    parser.add_argument("--programs", metavar="FOLDER", required=True, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    chosen.only = chosen.only.split(",") if chosen.only else list(MEASURES)
    unknown = [name for name in chosen.only if name not in MEASURES]
    if unknown:
        parser.error(f"there is no measure {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    chosen.rounds = chosen.rounds or (3 if chosen.quick else 5)
    chosen.seconds = 2 if chosen.quick else 5
    return chosen


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    chosen = arguments()
    signal.signal(signal.SIGTERM, interrupted)
    folder = chosen.keep or tempfile.mkdtemp(prefix="steward-bench.", dir="/var/tmp")
    folder = os.path.abspath(folder)
    os.makedirs(folder, exist_ok=True)
    os.chmod(folder, 0o755)
    figures, failed = [], []
    cluster = Cluster(folder)
    try:
        cluster.start()
        databases = Databases(cluster, chosen)
        for name in chosen.only:
            print(f"bench: {name}", file=sys.stderr, flush=True)
            try:
                figures += MEASURES[name][0](databases, chosen)
            except Exception as error:  # one measure that fails must not cost the others
                failed.append(name)
                print(f"bench: {name} failed: {error}", file=sys.stderr)
                if os.environ.get("STEWARD_BENCH_TRACE"):
                    raise
    except KeyboardInterrupt:
        print("bench: interrupted", file=sys.stderr)
        failed.append("interrupted")
    finally:
        cluster.stop()
        if not chosen.keep:
            shutil.rmtree(folder, ignore_errors=True)
    about = machine(cluster) | {"quick": chosen.quick, "rounds": chosen.rounds}
    if chosen.json:
        print(json.dumps({"machine": about, "figures": [figure.__dict__ for figure in figures], "failed": failed}, indent=2))
    else:
        show(about, figures)
        explain(figures)
    sys.exit(1 if failed else 0)


main()
