"""The import of a real log against COPY of the rows that it finally writes."""

import os
import time

from rounds import Figure, alternate

ROWS, COPY, TEMPLATE = "bench_import", "bench_copy", "bench_empty"
LOG = "uci-incident/incident_event_log.csv.gz"
PROFILE = "deploy/profiles/servicenow-uci.yaml"


def _fresh(cluster, name):
    cluster.drop(name)
    cluster.psql("postgres", f"create database {name} template {TEMPLATE}")
    # What the copy of the template left to write is not the measured side's work.
    cluster.psql(name, "checkpoint")


def _tables(cluster, database):
    """Tables with rows that the empty database has not, referenced ones first."""
    listed = cluster.psql(database, """
        select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'steward')""").split()
    counts = {}
    for where in (database, TEMPLATE):
        union = " union all ".join(f"select '{table}', count(*) from {table}" for table in listed)
        counts[where] = dict(line.split("|") for line in cluster.psql(where, union).splitlines())
    changed = {table for table in listed if counts[database][table] != counts[TEMPLATE][table]}
    needs = {table: set() for table in changed}
    for line in cluster.psql(database, "select conrelid::regclass, confrelid::regclass from pg_constraint where contype = 'f'").splitlines():
        table, other = line.split("|")
        if table in changed and other in changed and table != other:
            needs[table].add(other)
    ordered = []
    while needs:
        ready = sorted(table for table, others in needs.items() if others <= set(ordered))
        ordered += ready
        needs = {table: others for table, others in needs.items() if table not in ready}
    return ordered, sum(int(counts[database][table]) for table in changed)


def run(databases, chosen):
    cluster = databases.cluster
    log = os.path.join(chosen.data, LOG)
    if not os.path.exists(log):
        raise RuntimeError(f"there is no {log}; --data names the folder of the real data")
    cluster.drop(TEMPLATE)
    databases.migrated(TEMPLATE)

    def load():
        _fresh(cluster, ROWS)
        started = time.monotonic()
        databases.run(databases.steward, "import", "servicenow", log, "--profile", PROFILE, "--create", "--database", cluster.url(ROWS))
        return time.monotonic() - started

    load()
    tables, rows = _tables(cluster, ROWS)
    dump = f"{cluster.home}/dump"
    cluster.psql(ROWS, "".join(f"copy (select * from {table}) to '{dump}.{table}' (format binary);" for table in tables))

    def copy():
        _fresh(cluster, COPY)
        cluster.psql(COPY, f"truncate {', '.join(tables)} cascade")
        script = "begin;" + "".join(f"copy {table} from '{dump}.{table}' (format binary);" for table in tables) + "commit;"
        started = time.monotonic()
        cluster.psql(COPY, script)
        return time.monotonic() - started

    ours, limit, ratio = alternate(min(chosen.rounds, 3), load, copy, "import")
    cluster.drop(ROWS)
    cluster.drop(COPY)
    return [Figure(
        "import", f"import of 141,712 log rows, {rows:,} written", ours, limit, "s", ratio, ("at most", 2),
        f"the command's whole time (reading, checking, judging, writing, figures), against COPY of the rows of {len(tables)} tables into the same tables "
        "with all indexes and constraints, server side, in one transaction.")]
