"""kill -9 at named points: the process ends itself where it is told to, under load. Needs a debug build, which alone has the points."""
import json
import random
import time
from collections import Counter

from . import audit
from .load import Load
from .processes import Failed, wait_for
from .receiver import Receiver
from .site import Site

# How often each is reached before it kills: not at once, so that there is something under way.
OF_THE_API = {"act.worked": 15, "act.committed": 15}
OF_WORKERS = {
    "job.claimed": 3, "job.worked": 3, "job.completed": 3, "sweep.step": 2, "notifications.made": 2, "notification.claimed": 3, "notification.sent": 3}
# Sweeps that end between two of their steps, each by itself, and what brings them work that the load does not.
OF_SWEEPS = {
    "service_levels.breach": "",
    "service_levels.warn": "",
    # What was opened with a time in the past has passed its share before there was the rule.
    "escalations.raise": "update escalations.rule set begins_at = now() - interval '1 day';",
    # What monitoring opened: no writer goes on with it.
    "desk.close": "update desk.ticket set closes_at = now() where state = 'resolved' and closes_at > now() and title like 'Something is wrong with %';",
    "events.settle": "",
    "scorecard.refresh": "",
}
# Sweeps with points of their own above.
WITH_OWN_POINTS = ["notifications.make", "notifications.deliver"]
# Sweeps that this load brings no work. Each has the point, or works in one transaction, or only makes room; tests end them.
WITHOUT_WORK = [
    "service_levels.calendar", "service_levels.watch", "catalog.stages", "assurance.proof", "time_entries.timer", "contracts.renewal", "suppliers.remind", "problems.tell",
    "changes.move", "changes.tell", "requests.move", "handbooks.accountable", "operations.owners", "desk.answers",
    "attachments.sweep", "operations.partitions", "desk.cascade", "major_incidents.tell", "desk.ticket_text", "search.process_text",
    "operations.idempotency", "tenancy.ended_tokens", "events.forget", "notifications.forget"]
# Whose loss is waited for in truth, in the short form too: the longest of all, for a notification is in hand besides the job.
ALWAYS_TIMED = {"notification.sent"}
MOST_SECONDS = 60

ORPHANS = """
  select 'job ' || tenant_id || ' ' || id || ' ' || fence from jobs.job where state = 'running'
  union all
  select 'notification ' || tenant_id || ' ' || id || ' ' || fence from notifications.notification
  where channel = 'webhook' and state = 'waiting' and attempts > 0"""


class Points:
    def __init__(self, binary, folder, say, rounds, timed, seed):
        self.binary, self.folder, self.say, self.rounds, self.timed, self.seed = binary, folder, say, rounds, timed, seed
        self.dice = random.Random(seed)
        self.findings = {}
        self.figures = {"kills": Counter(), "acts that were done and not answered": 0, "jobs rescued after, seconds": {},
            "and what was in hand besides, seconds": {}}

    def run(self):
        site = self.site = Site(self.binary, self.folder)
        receiver = None
        try:
            receiver = self.receiver = Receiver(site.certificate, site.key)
            site.environment |= {"STEWARD_WEBHOOKS_ALLOW": "127.0.0.1", "STEWARD_WEBHOOKS_AUTHORITY": str(site.certificate)}
            site.open()
            hook = site.call("POST", "/v1/webhooks", {"name": "Harness", "url": receiver.url})["id"]
            site.call("POST", "/v1/notification-rules", {
                "name": "What is opened", "event": "incident.opened", "channels": ["webhook"], "webhook": hook})
            # Of what passed the first share of its budget somebody is told; nothing else is done, for the writers go on with it.
            site.call("POST", "/v1/escalation-rules", {
                "name": "What takes long", "percent": 1, "metric": "resolution", "staff": [site.desk.account]})
            self.load = Load(site, writers=6, seed=self.seed).start()
            for number in range(self.rounds):
                for point, times in OF_THE_API.items():
                    self.kill_api(point, times)
                for point, times in OF_WORKERS.items():
                    if point == "sweep.step":
                        # Sweeps come by in turns: which of them dies depends on when.
                        times += self.dice.randrange(20)
                    self.kill_worker(point, times, number == 0 and (self.timed or point in ALWAYS_TIMED))
                for sweep, work in OF_SWEEPS.items():
                    self.kill_worker(f"sweep.step@{sweep}", 1, False, work + hurry(sweep))
            self.load.stop()
            self.audit()
            return self.figures | {"kills": dict(self.figures["kills"]), "acknowledged": self.load.acknowledged}, self.findings
        finally:
            site.close()
            if receiver is not None:
                receiver.close()

    def kill_api(self, point, times):
        site, load = self.site, self.load
        site.api.kill()
        site.start_api(f"{point}:{times}")
        self.ended_by_itself(site.api, point)
        load.shut()
        site.wait_until_sessions_end("steward api")
        load.wait_until_parked()
        whole, _, halves = audit.open_writes(site.cluster, load.open_writes())
        self.figures["acts that were done and not answered"] += whole
        if halves:
            self.findings[f"half done at {point}"] = halves
        if point == "act.committed" and not whole:
            self.findings["nothing was done and not answered at act.committed: this harness is blind"] = 1
        site.start_api()
        site.wait_until_ready()
        load.open()

    def kill_worker(self, point, times, timed, work=""):
        """The only worker is the one that dies; what it had in hand is left to the next. `work`: SQL that brings it to the point."""
        site = self.site
        self.finish_what_died_often()
        for worker in site.workers:
            worker.kill()
        site.workers = []
        audit.expire_leases(site)
        hurry_notifications(site)
        repeated = self.repeated
        victim = site.start_worker(f"{point}:{times}")
        self.ended_by_itself(victim, point, work)
        started = time.monotonic()
        site.workers = []
        site.wait_until_sessions_end("steward worker")
        orphans = {row[0] for row in site.cluster.sql(ORPHANS + ";")}
        site.start_worker()
        if timed and orphans:
            self.rescued(point, {orphan for orphan in orphans if orphan.startswith("job")}, started)
            # Its turn comes behind what waits for the same receiver: how long that takes is the load's affair.
            self.rescued(point, orphans, started, is_judged=False)
            if point == "notification.sent" and self.repeated == repeated:
                self.findings["nothing came twice after notification.sent: this harness is blind"] = 1
        elif timed and point in ("job.claimed", "job.worked", "notification.sent"):
            self.findings[f"nothing was in hand at {point}: this harness is blind"] = 1

    def finish_what_died_often(self):
        """What takes longer than a victim lives is in hand whenever one dies: a worker that lives does it before it is given up."""
        often = "from jobs.job where state = 'running' and attempts > 6"
        if self.site.cluster.number(f"select count(*) {often}"):
            self.site.cluster.sql(f"update jobs.job set lease_until = now() where (tenant_id, id) in (select tenant_id, id {often});")
            wait_for("what was in hand of many to be done", 120, lambda: self.site.cluster.number(f"select count(*) {often}") == 0, pause=0.25)

    def rescued(self, point, orphans, started, is_judged=True):
        """Waits until another worker has begun what the dead one had in hand."""
        wait_for(
            f"what the worker had in hand at {point} to be done", 4 * MOST_SECONDS,
            lambda: not orphans & {row[0] for row in self.site.cluster.sql(ORPHANS + ";")}, pause=0.25)
        seconds = round(time.monotonic() - started, 1)
        self.figures["jobs rescued after, seconds" if is_judged else "and what was in hand besides, seconds"][point] = seconds
        if is_judged and seconds > MOST_SECONDS:
            self.findings[f"rescued later than {MOST_SECONDS} s at {point}"] = seconds

    def ended_by_itself(self, child, point, work=""):
        """The schedules are hurried, so that no point is waited for."""
        def look():
            if child.is_running:
                self.site.cluster.sql(audit.HURRY + work)
            return not child.is_running

        if self.load.errors:
            raise Failed(f"a writer failed: {self.load.errors[0]!r}")
        wait_for(f"{point} to be reached (release builds have no such points)", 120, look, pause=0.2)
        code = child.ended(10)
        if code != -9:
            raise Failed(f"at {point} it ended with {code}: {child.output[-500:]}")
        self.figures["kills"][point] += 1

    @property
    def repeated(self):
        with self.receiver.lock:
            return sum(1 for times in self.receiver.times.values() if times > 1)

    def audit(self):
        site, receiver = self.site, self.receiver
        self.findings |= audit.whole(site, self.say)

        # Without hurry: a worker that lives may have one in hand, and nobody else must take it then.
        wait_for(
            "all notifications to be sent", 120,
            lambda: site.cluster.number("select count(*) from notifications.notification where channel = 'webhook' and state = 'waiting'") == 0, pause=0.5)
        opened = Counter(told["data"].get("incident") for told in receiver.told.values())
        wanted = {write_id(write) for write in site.ledger.writes if write.operation == "incident.open" and write.state == "acknowledged"}
        wanted |= site.desk.incidents_of_alerts()
        counts = {
            "incidents of which nothing was told": len(wanted - set(opened)),
            "incidents of which was told under two ids": sum(1 for times in opened.values() if times > 1),
            "told of what is no acknowledged incident": len(set(opened) - wanted),
            "told again in other words": len(receiver.changed),
            "sent and not received, or received and not sent": abs(len(receiver.times) - site.cluster.number(
                "select count(*) from notifications.notification where channel = 'webhook' and state = 'sent'")),
        }
        self.findings |= {name: count for name, count in counts.items() if count}
        self.figures |= {"notifications, by their ids": len(receiver.times), "of these received again under the same id": self.repeated}
        # One worker dies at a time, and sends to one webhook one after the other: a kill repeats one message at the most.
        kills = sum(self.figures["kills"].values()) + self.rounds * (len(OF_WORKERS) + len(OF_SWEEPS))
        again = sum(times - 1 for times in receiver.times.values())
        if again > kills:
            self.findings["more repetitions than kills"] = f"{again} of {kills}"


def write_id(write):
    """The id of what was opened."""
    return json.loads(write.answer).get("id")


def hurry(sweep):
    """Lets one sweep come due, however seldom it does."""
    return f"update jobs.schedule set next_at = now() where kind = '{sweep}';"


def hurry_notifications(site):
    """Lets the leases of notifications that a dead worker had in hand run out; no other worker may be alive."""
    site.cluster.sql("update notifications.notification set due_at = now() where channel = 'webhook' and state = 'waiting' and due_at > now();")
