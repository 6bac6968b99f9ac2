"""kill -9 of the API, of workers, of all of PostgreSQL, under load, at random moments."""
import random
import time

from . import audit
from .load import Load
from .processes import Failed, wait_for


class Kills:
    """`acknowledged`: how many writes the run needs at least; the load goes on until it has them."""

    def __init__(self, site, say, each, acknowledged, seed, longest_pause=1.0):
        self.site = site
        self.say = say
        self.each = each
        self.wanted = acknowledged
        self.dice = random.Random(seed)
        self.load = Load(site, writers=12, seed=seed)
        self.longest_pause = longest_pause
        self.figures = {
            "kills": {"api": 0, "worker": 0, "postgres": 0}, "workers killed with a job under way": 0,
            "unanswered when killed": 0, "of these done": 0, "of these not done": 0}
        self.recovery = {"api": [], "postgres": []}
        self.halves = 0

    def run(self):
        order = ["api", "worker", "postgres"] * self.each
        self.dice.shuffle(order)
        self.load.start()
        started = time.monotonic()
        for number, kind in enumerate(order, 1):
            # A random moment, but not before the load runs again.
            self.site.keep_workers()
            self.wait_for_load(self.load.acknowledged + 4)
            time.sleep(self.dice.uniform(0, self.longest_pause))
            getattr(self, kind)()
            self.figures["kills"][kind] += 1
            if number % 10 == 0 or number == len(order):
                replayed = self.load.counts["replayed"]
                self.say(f"{number} of {len(order)} kills, {self.load.acknowledged} writes acknowledged, {replayed} of them by repeating")
        self.wait_for_load(self.wanted)
        self.load.stop()
        self.figures |= {
            "seconds": round(time.monotonic() - started), "acknowledged": self.load.acknowledged,
            "of these by repeating": self.load.counts["replayed"],
            "told that the outcome is unknown": self.load.counts["503 outcome_unknown"],
            "slowest return to ready, seconds": {kind: round(max(times), 2) for kind, times in self.recovery.items() if times}}
        findings = audit.whole(self.site, self.say)
        if self.halves:
            findings["half done when killed"] = self.halves
        return self.figures, findings

    def wait_for_load(self, acknowledged):
        def look():
            if self.load.errors:
                raise Failed(f"a writer failed: {self.load.errors[0]!r}")
            return self.load.acknowledged >= acknowledged

        wait_for("the load", 900, look, pause=0.005)

    def look_at_what_is_open(self):
        """Nobody writes now: what the client was not told of is there whole, or not at all."""
        self.load.wait_until_parked()
        open_writes = self.load.open_writes()
        whole, absent, halves = audit.open_writes(self.site.cluster, open_writes)
        self.figures["unanswered when killed"] += len(open_writes)
        self.figures["of these done"] += whole
        self.figures["of these not done"] += absent
        self.halves += halves

    def api(self):
        self.site.api.kill()
        self.load.shut()
        self.site.wait_until_sessions_end("steward api")
        self.look_at_what_is_open()
        self.site.start_api()
        self.recovery["api"].append(self.site.wait_until_ready())
        self.load.open()

    def worker(self):
        """In the middle of a job, as far as the moment can be met."""
        audit.expire_leases(self.site)
        self.site.cluster.sql("""
          do $$ begin
            for look in 1..300 loop
              exit when exists (select from jobs.job where state = 'running');
              perform pg_sleep(0.002);
            end loop;
          end $$;""")
        time.sleep(self.dice.uniform(0, 0.01))
        victim = self.site.workers.pop(self.dice.randrange(len(self.site.workers)))
        code = victim.kill()
        if code not in (-9, 4):
            raise Failed(f"a worker had ended by itself with {code}: {victim.output[-500:]}")
        self.figures["workers killed with a job under way"] += self.site.cluster.number("select count(*) from jobs.job where state = 'running'") > 0
        audit.expire_leases(self.site)
        self.site.start_worker()

    def postgres(self):
        self.site.cluster.kill()
        self.load.shut()
        self.site.cluster.start().wait_until_ready()
        self.recovery["postgres"].append(self.site.wait_until_ready())
        self.look_at_what_is_open()
        self.load.open()


def control(site, say, least, most, seed):
    """The same kills on a server that is told not to keep what it acknowledges. Losing nothing here would mean that this
    harness cannot see loss. Steward itself notices: it is not ready any more, and does not start."""
    findings = {}
    dice = random.Random(seed)
    load = Load(site, writers=12, seed=seed).start()
    wait_for("the load", 60, lambda: load.acknowledged > 20)
    site.cluster.sql("alter system set synchronous_commit = off;")
    site.cluster.sql("select pg_reload_conf();")
    wait_for("/readyz to be red", 10, lambda: site.check("schema") is False)
    second = site.serve("worker", "refused.log")
    if second.ended(60) != 2 or "synchronous_commit" not in second.output:
        findings["a server started on an unsafe database"] = 1
    lost = kills = 0
    while kills < least or (kills < most and not lost):
        time.sleep(dice.uniform(0.5, 1.5))
        site.cluster.kill()
        load.shut()
        kills += 1
        load.wait_until_parked()
        site.cluster.start().wait_until_ready()
        wait_for("the server to reach the database", 60, lambda: site.check("database"))
        keys = [write for write in site.ledger.writes if write.state == "acknowledged"]
        lost = site.cluster.number(audit.facts(keys) + "select count(*) from fact where stored = 0;")
        say(f"control: {kills} kills without durable commits, {len(keys)} acknowledged, {lost} of them lost")
        load.open()
    acknowledged = load.acknowledged
    load.stop()
    if not lost:
        findings["the control run lost nothing: this harness is blind"] = 1
    return {"kills": kills, "acknowledged": acknowledged, "lost": lost}, findings
