"""The verdicts of a real log computed anew, against the same calendar as prefix sums in numpy."""

import csv
import datetime
import gzip
import json
import os
import time

from rounds import Figure, alternate

SUMMARY = "uci-incident/incidents_summary.csv.gz"
BUDGET_MINUTES = {1: 227, 2: 0, 3: 3720, 4: 7948}
OPEN_HOURS = (14, 23)


def _incidents(chosen):
    """(priority, opened, closed) in seconds since 1970."""
    path = os.path.join(chosen.data, SUMMARY)
    if not os.path.exists(path):
        raise RuntimeError(f"there is no {path}; --data names the folder of the real data")

    def seconds(text):
        return int(datetime.datetime.fromisoformat(text + "+00:00").timestamp())
    with gzip.open(path, "rt") as file:
        return [(int(row["last_priority"][0]), seconds(row["opened_at"]), seconds(row["closed_at"])) for row in csv.DictReader(file)]


def _judge(numpy, priority, opened, closed, budgets):
    """Prefix sums of open minutes over the log's range (its instants are whole minutes), and one look-up at each end."""
    first = int(opened.min()) // 86_400
    days = int(closed.max()) // 86_400 - first + 1
    day = numpy.zeros(1440, dtype=numpy.int32)
    day[OPEN_HOURS[0] * 60:OPEN_HOURS[1] * 60] = 1
    # 1970-01-01 was a Thursday.
    is_workday = ((numpy.arange(first, first + days) + 3) % 7 < 5).astype(numpy.int32)
    before = numpy.zeros(days * 1440 + 1, dtype=numpy.int32)
    numpy.cumsum(numpy.outer(is_workday, day).ravel(), out=before[1:])
    used = before[closed // 60 - first * 1440] - before[opened // 60 - first * 1440]
    return int((used <= budgets[priority]).sum())


def run(databases, chosen):
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import numpy

    incidents = _incidents(chosen)
    path = f"{databases.folder}/incidents.txt"
    with open(path, "w") as file:
        file.writelines(f"{priority},{opened},{closed}\n" for priority, opened, closed in incidents)
    priority, opened, closed = (numpy.array(column) for column in zip(*incidents))
    budgets = numpy.array([0] + [BUDGET_MINUTES[one] for one in (1, 2, 3, 4)])
    met = set()

    def ours(*more):
        printed = json.loads(databases.run(databases.tool, "verdicts", path, "--seconds", str(chosen.seconds), *more))
        met.add(int(printed["met"]))
        return printed["perSecond"]

    def limit():
        started, repetitions = time.monotonic(), 0
        while time.monotonic() - started < chosen.seconds:
            met.add(_judge(numpy, priority, opened, closed, budgets))
            repetitions += 1
        return repetitions * len(incidents) / (time.monotonic() - started)

    reading = (f"each repetition compiles the calendar and judges every incident; against prefix sums of the log's minutes and two vectorised look-ups in "
               f"numpy {numpy.__version__}. By clocks: as the service judges, with state, intervals, due times and ledger rows; all sides find the same number met.")
    figures = []
    for what, more, goal in ((f"{len(incidents):,} verdicts of the real log by clocks", (), ("at least", 3)),
                             ("the same, the calendar's arithmetic alone", ("--arithmetic",), ("at least", 3))):
        left, right, ratio = alternate(chosen.rounds, lambda: ours(*more), limit, what)
        figures.append(Figure("verdicts", what, left, right, "verdicts/s", ratio, goal, reading))
    if len(met) != 1:
        raise RuntimeError(f"the sides do not agree on how many were met: {met}")
    return figures
