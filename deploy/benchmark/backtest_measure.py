"""An SLA tried out on all tickets of a large customer, against COPY of the same columns of the same tickets."""

import json
import os
import subprocess
import time

from ids import base, row_bits
from rounds import Figure, alternate

DATABASE = "bench_deep"
LARGE = 1
SLA = 1000


def run(databases, chosen):
    databases.seeded(DATABASE)
    cluster, tenant = databases.cluster, base(LARGE)
    tickets = int(cluster.psql(DATABASE, f"select count(*) from desk.ticket where tenant_id = {tenant}"))
    # As the seed makes public ids: decimal digits, twelve of them.
    arguments = ("backtest", "--database", cluster.url(DATABASE), "--customer", f"C{LARGE}", "--sla", row_bits(SLA).decode())
    statement = databases.run(databases.tool, *arguments, "--statement").strip()
    found = set()

    def ours():
        printed = json.loads(databases.run(databases.tool, *arguments))
        found.add((printed["tickets"], printed["responseMet"], printed["resolutionMet"]))
        return printed["seconds"]

    def limit():
        command = ["psql", "-X", "-q", "-d", cluster.url(DATABASE, user="bench_admin"), "-c", f"copy ({statement}) to stdout (format binary)"]
        started = time.monotonic()
        with open(os.devnull, "wb") as nowhere:
            subprocess.run(command, stdout=nowhere, check=True)
        return time.monotonic() - started

    left, right, ratio = alternate(min(chosen.rounds, 5), ours, limit, "back-test")
    if len(found) != 1 or {int(one[0]) for one in found} != {tickets}:
        raise RuntimeError(f"the rounds do not agree, or are not of all {tickets} tickets: {found}")
    return [Figure(
        "backtest", f"an SLA tried out on {tickets:,} tickets, two promises each", left, right, "s", ratio, ("at most", 2),
        "the engine of sla backtest as steward_app under row security: every ticket's history replayed through the clocks, attainment by metric, "
        "priority and month, changed verdicts found; against psql's COPY (the same select) TO STDOUT (FORMAT binary) into /dev/null as a superuser. "
        f"The histories: {_shape(cluster, tenant)}.")]


def _shape(cluster, tenant):
    """How long the tickets' histories are, as the database has them: records of ten bytes, the first of which says what happened."""
    acts, longest, waited, reopened, classified = cluster.psql(DATABASE, f"""
        select round(avg(octet_length(story) / 10.0), 2), max(octet_length(story) / 10), round(100 * avg(has_waited::int)), round(100 * avg((reopen_count > 0)::int)),
          round(100 * avg(was_classified::int))
        from desk.ticket t cross join lateral (
          select bool_or(get_byte(t.story, place * 10) = 3) as has_waited, bool_or(get_byte(t.story, place * 10) = 8) as was_classified
          from generate_series(0, octet_length(t.story) / 10 - 1) place) a
        where t.tenant_id = {tenant}""").split("|")
    return f"{acts} acts each, {longest} at the most; {waited} % with a wait, {reopened} % reopened, {classified} % with a new priority"
