"""A job that kills its worker whenever it is begun, as one that traps: it is given up, the others go on, and an operator is told. Needs a debug
build, which alone has the points."""
import subprocess

from . import audit
from .load import Load
from .points import hurry
from .processes import Failed, wait_for

KIND = "catalog.stages"
ROW = f"from jobs.job where kind = '{KIND}'"
ITS_TURN = hurry(KIND) + f"update jobs.job set lease_until = now() where kind = '{KIND}' and state = 'running';"


def job(site, say):
    load = Load(site, writers=4, seed=15).start()
    findings = {}
    deaths = 0
    # One more than its attempts: it may have been under way when the first workers were ended. What else a victim had in hand keeps its lease: begun
    # again by each victim, and ended with it, it would be given up too.
    while deaths <= 10 and site.cluster.number(f"select count(*) {ROW} and attempts >= max_attempts") == 0:
        end_workers(site)
        victim = site.start_worker(f"job.claimed@{KIND}:1")
        wait_for(f"{KIND} to be begun (release builds have no such points)", 60, lambda: is_over(site, victim), pause=0.2)
        code = victim.ended(10)
        if code != -9:
            raise Failed(f"the worker ended with {code}: {victim.output[-500:]}")
        deaths += 1
    end_workers(site)
    audit.expire_leases(site)
    began = site.cluster.sql("select now();")[0][0]
    site.start_worker()
    wait_for("the job to be given up", 60, lambda: is_given_up(site), pause=0.5)
    told = doctor(site)
    if f"{KIND} (1): its worker died" not in told:
        findings["doctor does not tell of it"] = told[-500:]
    metrics = wait_for("the metrics", 30, lambda: site.get("/metrics")).body.splitlines()
    if 'steward_jobs{state="dead"} 1' not in metrics:
        findings["/metrics does not tell of it"] = [line for line in metrics if line.startswith("steward_jobs")]
    wait_for(
        "other sweeps to run", 60,
        lambda: site.cluster.number(f"select count(*) from jobs.schedule where kind = 'scorecard.refresh' and ended_at > '{began}'"), pause=0.5)
    # What was wrong with it is gone: the attempt that it has left, without the ten minutes until then.
    wait_for("its last attempt to succeed", 60, lambda: is_done(site), pause=0.5)
    load.stop()
    say(f"{deaths} workers died of one job: {findings or 'it was given up, told of, and done when it killed none any more'}")
    return {"workers that died of it": deaths, "acknowledged": load.acknowledged}, findings | audit.whole(site, say)


def end_workers(site):
    for worker in site.workers:
        worker.kill()
    site.workers = []


def is_over(site, victim):
    if victim.is_running:
        site.cluster.sql(ITS_TURN)
    return not victim.is_running


def is_given_up(site):
    """Dead, or resting before the single attempt that a sweep gets then."""
    return site.cluster.number(
        f"select count(*) {ROW} and last_error = 'its worker died' and (state = 'dead' or state = 'ready' and attempts = max_attempts - 1)")


def is_done(site):
    site.cluster.sql(hurry(KIND) + f"update jobs.job set run_at = now() where kind = '{KIND}' and state = 'ready';")
    return site.cluster.number(f"select count(*) {ROW} and last_error is not null") == 0


def doctor(site):
    """What it says; it ends with 3, for something is wrong."""
    try:
        done = subprocess.run(
            [site.binary, "doctor", "--database", site.cluster.url("steward_app", "doctor")], capture_output=True, text=True, timeout=120, cwd="/")
    except subprocess.TimeoutExpired:
        raise Failed("steward doctor: not done after 120 s") from None
    return done.stdout + done.stderr
