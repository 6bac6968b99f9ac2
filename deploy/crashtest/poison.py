"""A job that kills its worker whenever it is begun, as one that traps: it is given up, the others go on, and an operator is told. What was in that one's
hands the first time loses one attempt, and is done while the job still kills. Needs a debug build, which alone has the points."""
import subprocess

from . import audit
from .load import Load
from .points import hurry
from .processes import Failed, wait_for

KIND = "catalog.stages"
ROW = f"from jobs.job where kind = '{KIND}'"
ITS_TURN = hurry(KIND) + f"update jobs.job set lease_until = now() where kind = '{KIND}' and state = 'running';"
# Seldom due, so that each of their jobs is one that this scenario left.
BESIDE = "kind in ('operations.idempotency', 'tenancy.ended_tokens')"


def job(site, say):
    load = Load(site, writers=4, seed=15).start()
    findings = {}
    die_beside_others(site, findings)
    tell_of_suspects(site, findings)
    deaths = 1
    # One more than its attempts: it may have been under way when the first workers were ended.
    while deaths <= 10 and site.cluster.number(f"select count(*) {ROW} and attempts >= max_attempts") == 0:
        victim = start_victim(site)
        wait_for_death(site, victim)
        deaths += 1
        if site.cluster.number(f"select count(*) from jobs.job where state = 'running' and lease_until > now() and kind <> '{KIND}'"):
            findings["something was in hand beside a job that had killed its worker"] = f"at death {deaths}"
        if site.cluster.number(f"select coalesce(max(attempts), 0) from jobs.job where {BESIDE}") > 1:
            findings["what was beside it lost more than an attempt"] = f"at death {deaths}"
        # The second worker may try the one that kills first; then it has been begun more often than all the others.
        if deaths == 3 and site.cluster.number(f"select count(*) from jobs.job where {BESIDE}"):
            findings["what was beside it is not done while it kills"] = site.cluster.sql(f"select kind, state, attempts from jobs.job where {BESIDE}")
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


def die_beside_others(site, findings):
    """The first worker dies of it with others in hand: these end by writing into rows that are locked until then."""
    end_workers(site)
    began = site.cluster.sql(f"""
      delete from jobs.job where kind = '{KIND}' or {BESIDE};
      update jobs.schedule set next_at = now() + interval '1 hour' where kind = '{KIND}' or {BESIDE};
      select now();""")[0][0]
    victim = start_victim(site)
    wait_for(
        "a worker to declare its sweeps", 60,
        lambda: site.cluster.number(f"select count(*) from jobs.schedule where {BESIDE} and declared_at > '{began}'") == 2, pause=0.1)
    with site.cluster.holding(f"select kind from jobs.schedule where {BESIDE}"):
        site.cluster.sql(f"""
          insert into jobs.job (tenant_id, kind, unique_key, run_at, recorded_at)
          select tenant_id, kind, 'schedule', now(), now() from jobs.schedule where {BESIDE};""")
        wait_for(
            "others to be in hand", 60, lambda: site.cluster.number(f"select count(*) from jobs.job where {BESIDE} and state = 'running'") == 2, pause=0.05)
        wait_for_death(site, victim)
    site.wait_until_sessions_end("steward worker")
    if site.cluster.number(f"select count(*) from jobs.job where {BESIDE} and state = 'running' and attempts = 1") != 2:
        findings["nothing was in hand beside it at the first death: this harness is blind"] = 1
    end_workers(site)
    site.cluster.sql("update jobs.job set lease_until = now() where state = 'running';")


def tell_of_suspects(site, findings):
    metrics = wait_for("the metrics", 30, lambda: site.get("/metrics")).body.splitlines()
    counts = [float(line.split()[-1]) for line in metrics if line.startswith('steward_jobs{state="suspect"}')]
    if not counts or counts[0] < 3:
        findings["/metrics does not tell what is tried alone"] = counts
    told = doctor(site)
    if "jobs that are tried alone" not in told or f"{KIND} (1)" not in told:
        findings["doctor does not tell what is tried alone"] = told[-500:]


def start_victim(site):
    end_workers(site)
    return site.start_worker(f"job.claimed@{KIND}:1")


def wait_for_death(site, victim):
    wait_for(f"{KIND} to be begun (release builds have no such points)", 60, lambda: is_over(site, victim), pause=0.2)
    code = victim.ended(10)
    if code != -9:
        raise Failed(f"the worker ended with {code}: {victim.output[-500:]}")


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
