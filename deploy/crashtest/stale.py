"""A worker is stopped at a point for longer than its job is its own, another one does the job, and the first goes on. Needs a debug build, which
alone has the points."""
import signal
import time

from . import audit
from .load import Load
from .points import hurry
from .processes import Failed, is_stopped, wait_for

# Where it is stopped: before the work of a job, between two steps of it, and, in the long form, when it is done and not committed: then it holds the
# job's row, until PostgreSQL ends its session after a minute.
SHORT = ["job.claimed@service_levels.breach", "sweep.step@service_levels.breach"]
LONG = SHORT + ["sweep.step@events.settle", "job.claimed@scorecard.refresh", "job.worked@service_levels.breach"]

RUNNING = "select tenant_id, id, fence from jobs.job where state = 'running';"


def workers(site, say, is_short, seed):
    load = Load(site, writers=6, seed=seed).start()
    figures, findings = {"stopped at, and its job begun by another after, seconds": {}}, {}
    for point in SHORT if is_short else LONG:
        stopped(site, load, point, figures, findings)
    load.stop()
    say(f"{len(SHORT if is_short else LONG)} workers were stopped and came back: {findings or 'none completed what was not its own any more'}")
    # A breach recorded twice, or a figure that is not that of the tickets, would be the work of both.
    return figures, findings | audit.whole(site, say)


def stopped(site, load, point, figures, findings):
    """The only worker is stopped there; the next does what it had in hand; then it wakes."""
    for worker in site.workers:
        worker.kill()
    site.workers = []
    audit.expire_leases(site)
    victim = site.start_worker(f"{point}:1:stop")
    kind = point.partition("@")[2]

    def is_there():
        if load.errors:
            raise Failed(f"a writer failed: {load.errors[0]!r}")
        if not is_stopped(victim.pid):
            site.cluster.sql(audit.HURRY + hurry(kind))
        return is_stopped(victim.pid)

    wait_for(f"a worker to stop at {point} (release builds have no such points)", 120, is_there, pause=0.2)
    held = {tuple(row) for row in site.cluster.sql(RUNNING)}
    if not held:
        findings[f"nothing was in hand at {point}: this harness is blind"] = 1
    site.workers = []
    site.start_worker()
    started = time.monotonic()

    def is_taken():
        # As if its time were over; what the sleeper has locked stays as it is, and is waited for.
        ids = ", ".join(f"({tenant}, {id}, {fence})" for tenant, id, fence in held) or "(0, 0, 0)"
        site.cluster.sql(f"""
          update jobs.job set lease_until = now() where (tenant_id, id) in (
            select tenant_id, id from jobs.job where state = 'running' and lease_until > now() and (tenant_id, id, fence) in ({ids})
            for update skip locked);""")
        return not held & {tuple(row) for row in site.cluster.sql(RUNNING)}

    wait_for(f"another worker to take what the one had in hand that was stopped at {point}", 240, is_taken, pause=0.5)
    figures["stopped at, and its job begun by another after, seconds"][point] = round(time.monotonic() - started, 1)
    if not is_stopped(victim.pid):
        findings[f"it did not stay stopped at {point}"] = 1
    # From here on it is one of the workers, whatever comes of it: the scenarios that follow end it with the others.
    site.workers.append(victim)
    victim.signal(signal.SIGCONT)
    # It says so when it comes to complete what is not its own any more; one whose session was ended has nothing to complete.
    if not point.startswith("job.worked"):
        wait_for(f"the worker that was stopped at {point} to be refused", 90, lambda: "job lost its lease" in victim.output, pause=0.2)
    else:
        time.sleep(5)
    if not victim.is_running:
        site.workers.remove(victim)
        findings[f"it ended when it went on at {point}"] = victim.output[-500:]
