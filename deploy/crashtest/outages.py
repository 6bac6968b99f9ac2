"""PostgreSQL ends every session, or stops answering; the server is told to end."""
import signal
import time

from . import audit
from .load import Load
from .processes import wait_for


def terminated_sessions(site, say, seconds):
    """Every session of Steward is ended every two seconds."""
    load = Load(site, seed=11).start()
    wait_for("the load", 60, lambda: load.acknowledged > 20)
    opened = opened_connections(site)
    most_at_once = rounds = 0
    ended = "0"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        # A session that was told to end is still listed for a moment, beside the one that takes its place.
        ended = ", ".join(pid for pid, _ in site.cluster.sql(
            "select pid, pg_terminate_backend(pid) from pg_stat_activity where usename = 'steward_app';")) or "0"
        rounds += 1
        next_round = time.monotonic() + 2
        while time.monotonic() < next_round:
            most_at_once = max(most_at_once, site.cluster.number(
                f"select count(*) from pg_stat_activity where application_name = 'steward api' and pid not in ({ended})"))
            time.sleep(0.1)
    recovery = site.wait_until_ready()
    opened = opened_connections(site) - opened
    acknowledged = load.acknowledged
    load.stop()
    say(f"{rounds} times all sessions ended: {acknowledged} acknowledged meanwhile, ready again {recovery:.1f} s after the last")
    findings = audit.whole(site, say)
    if recovery > 5:
        findings["ready later than 5 s"] = recovery
    # At most the pool's connections at once, and no more than one new connection for each that was ended.
    if most_at_once > site.connections or opened > site.connections * (rounds + 1):
        findings["a stampede of connections"] = f"{most_at_once} at once, {opened} in all"
    return {
        "rounds": rounds, "acknowledged": acknowledged, "ready after, seconds": round(recovery, 2), "connections opened": opened,
        "most connections at once": most_at_once, "answers other than success": answers(load)}, findings


def opened_connections(site):
    """As the server itself counts them."""
    page = wait_for("the metrics", 30, lambda: site.get("/metrics")).body
    lines = [line for line in page.splitlines() if line.startswith('steward_database_pool_events_total{kind="opened"}')]
    return int(float(lines[0].split()[-1]))


def answers(load):
    return {name: count for name, count in sorted(load.counts.items()) if name not in ("acknowledged", "replayed", "told to close")}


def stopped(site, say, seconds):
    """Every process of PostgreSQL is stopped, as when its storage hangs: nothing is refused, nothing answers."""
    load = Load(site, writers=16, seed=12).start()
    wait_for("the load", 60, lambda: load.acknowledged > 20)
    findings = {}
    site.cluster.freeze()
    started = time.monotonic()
    slowest_alive = 0.0
    unready_after = None
    while time.monotonic() - started < seconds:
        asked = time.monotonic()
        alive = site.get("/healthz", patience=5)
        slowest_alive = max(slowest_alive, time.monotonic() - asked)
        if alive is None or alive.status != 200:
            findings["/healthz did not answer"] = findings.get("/healthz did not answer", 0) + 1
        ready = site.get("/readyz", patience=15)
        if ready is None or ready.status not in (200, 503):
            findings["/readyz did not answer"] = findings.get("/readyz did not answer", 0) + 1
        elif ready.status == 503 and unready_after is None:
            unready_after = time.monotonic() - started
        time.sleep(0.2)
    site.cluster.thaw()
    recovery = site.wait_until_ready()
    before = load.acknowledged
    wait_for("writes to be acknowledged again", 60, lambda: load.acknowledged > before + 20)
    load.stop()
    if unready_after is None:
        findings["/readyz stayed green"] = 1
    if recovery > 10:
        findings["ready later than 10 s"] = recovery
    # A statement's 30 s, twice the grace for its cancellation, the wait for a connection to look the key up, and a margin.
    if load.slowest > 60 or load.counts["silent"]:
        findings["a request waited without bounds"] = load.slowest
    unexpected = [name for name in answers(load) if not name.startswith(("503 ", "409 "))]
    if unexpected:
        findings["answers other than 503"] = unexpected
    say(
        f"stopped for {seconds} s: not ready after {unready_after or 0:.1f} s, ready again {recovery:.1f} s after it went on, "
        f"slowest answer {load.slowest:.1f} s")
    findings |= audit.whole(site, say)
    return {
        "stopped, seconds": seconds, "slowest /healthz, seconds": round(slowest_alive, 2), "/readyz red after, seconds": round(unready_after or 0, 1),
        "ready again after, seconds": round(recovery, 2), "slowest answer, seconds": round(load.slowest, 1),
        "answers other than success": answers(load)}, findings


def orderly_ends(site, say, rounds):
    """SIGTERM under load. A request that was taken is answered in full. One that was not taken ends with an orderly end of
    its connection (close_notify before the first byte of an answer), and then it has had no effect."""
    load = Load(site, writers=12, seed=13).start()
    findings = {}
    slowest = 0.0
    untaken = 0
    for number in range(rounds):
        before = load.acknowledged
        wait_for("the load", 60, lambda: load.acknowledged > before + 30)
        time.sleep(load.writers[0].dice.uniform(0, 0.5))
        started = time.monotonic()
        site.api.signal(signal.SIGTERM)
        code = site.api.ended(60)
        load.shut()
        slowest = max(slowest, time.monotonic() - started)
        if code != 0:
            findings[f"exit code {code}"] = findings.get(f"exit code {code}", 0) + 1
        load.wait_until_parked()
        closed = [write for write in load.open_writes() if write.ends and write.ends[-1][1] == "closed"]
        untaken += len(closed)
        answer_lost = audit.done(site.cluster, closed)
        if answer_lost:
            findings["done and not answered"] = findings.get("done and not answered", 0) + answer_lost
        site.start_api()
        site.wait_until_ready()
        load.open()
    load.stop()
    for how in ("cut", "silent"):
        if load.counts[how]:
            findings[f"requests in flight that ended {how}"] = f"{load.counts[how]} ({'; '.join(load.faults[:3])})"
    told = [name for name in answers(load) if name[:3].isdigit()]
    if told:
        findings["answers other than success"] = told
    say(f"{rounds} x SIGTERM: ended after {slowest:.2f} s at most, {untaken} requests came too late and were not taken, {findings or 'none'} failed")
    findings |= audit.whole(site, say)
    return {
        "rounds": rounds, "acknowledged": load.acknowledged, "slowest end, seconds": round(slowest, 2),
        "answered with Connection: close": load.counts["told to close"],
        "requests that came too late and were not taken": untaken,
        "connections refused while it was down": load.counts["not_sent"], "failed in flight": load.counts["cut"] + load.counts["silent"]}, findings
