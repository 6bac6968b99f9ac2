"""kill -9 at named points: the process ends itself where it is told to, under load. Needs a debug build, which alone has the points."""
import json
import random
import time
from collections import Counter

from . import audit
from .load import Load
from .mailbox import Mailbox
from .processes import Failed, wait_for
from .receiver import Receiver
from .site import Site

# How often each is reached before it kills: not at once, so that there is something under way.
OF_THE_API = {"act.worked": 15, "act.committed": 15}
OF_WORKERS = {
    "job.claimed": 3, "job.worked": 3, "job.completed": 3, "sweep.step": 2, "notifications.made": 2, "notification.claimed": 3, "notification.sent": 3}
# What is sent goes one of these ways: a point of sending is reached on each by itself.
WAYS = ["webhook", "mail"]
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
    # What the writer of incidents with others leaves.
    "problems.tell": "",
    "changes.tell": "",
    "changes.move": "",
    "desk.cascade": "",
    "desk.answers": "",
}
# Sweeps with points of their own above.
WITH_OWN_POINTS = ["notifications.make", "notifications.deliver"]
# Sweeps that this load brings no work: they end between two of their steps only where "sweep.step" without a name meets them. Each has the point, or works
# in one transaction, or only makes room. No test ends a process at a point: tests break off runs of major_incidents.tell by a step that fails, and the two
# loops by which most others go (OneByOne, LongSweep), and run several at once.
WITHOUT_WORK = [
    "service_levels.calendar", "service_levels.watch", "catalog.stages", "assurance.proof", "time_entries.timer", "contracts.renewal",
    "suppliers.remind", "requests.move", "requests.approvers", "changes.approvers", "gates.expire", "gates.approvers",
    "handbooks.accountable", "operations.owners", "knowledge.reviews", "requests.reviews", "handbooks.reviews", "assets.warranties", "attachments.sweep",
    "operations.partitions", "major_incidents.tell", "desk.ticket_text", "search.process_text", "operations.idempotency", "tenancy.ended_tokens",
    "events.forget", "notifications.forget"]
# Whose loss is waited for in truth, in the short form too: the longest of all, for a notification is in hand besides the job.
ALWAYS_TIMED = {"notification.sent@webhook"}
MOST_SECONDS = 60

ORPHANS = """
  select 'job ' || tenant_id || ' ' || id || ' ' || fence from jobs.job where state = 'running'
  union all
  select 'notification ' || tenant_id || ' ' || id || ' ' || fence from notifications.notification
  where channel = 'webhook' and state = 'waiting' and attempts > 0"""
# What goes out now; a summary waits for the end of its hour.
OUTGOING = "channel in ('webhook', 'email') and state = 'waiting' and event <> 'notification.summary'"
# Acts that end something, the news of each, and the name under which that has what ended.
ENDS = [
    ("release.cancel", "release.cancelled", "release"), ("change.cancel", "change.cancelled", "change"),
    ("change.complete", "change.implemented", "change"), ("problem.resolve", "problem.resolved", "problem")]
# What is told by a webhook besides what is opened: of a promise about a request, and of what ended.
FURTHER_EVENTS = ["request.clock_warned", "request.clock_breached"] + [event for _, event, _ in ENDS]


class Points:
    def __init__(self, binary, folder, say, rounds, timed, seed):
        self.binary, self.folder, self.say, self.rounds, self.timed, self.seed = binary, folder, say, rounds, timed, seed
        self.dice = random.Random(seed)
        self.findings = {}
        self.figures = {"kills": Counter(), "acts that were done and not answered": 0, "jobs rescued after, seconds": {},
            "and what was in hand besides, seconds": {}}
        # Workers that were ended to make room for one that dies.
        self.replaced = 0

    def run(self):
        site = self.site = Site(self.binary, self.folder)
        receiver = None
        try:
            receiver = self.receiver = Receiver(site.certificate, site.key)
            mailbox = self.mailbox = Mailbox(site.folder / "mail")
            site.environment |= {"STEWARD_WEBHOOKS_ALLOW": "127.0.0.1", "STEWARD_WEBHOOKS_AUTHORITY": str(site.certificate)} | mailbox.environment
            site.open()
            # Enough of them for an hour's mail to each to be no summary, or little of it.
            site.make_people(10 * self.rounds)
            hook = site.call("POST", "/v1/webhooks", {"name": "Harness", "url": receiver.url})["id"]
            site.call("POST", "/v1/notification-rules", {
                "name": "What is opened", "event": "incident.opened", "channels": ["webhook"], "webhook": hook})
            for event in FURTHER_EVENTS:
                site.call("POST", "/v1/notification-rules", {"name": event, "event": event, "channels": ["webhook"], "webhook": hook})
            wait_for("a worker to say that it can send mail", 60, lambda: site.cluster.number("select count(*) from notifications.mail"), pause=0.2)
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
                    for place in [f"{point}@{way}" for way in WAYS] if point.startswith("notification.") else [point]:
                        self.kill_worker(place, times, number == 0 and (self.timed or place in ALWAYS_TIMED))
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
        self.end_workers()
        audit.expire_leases(site)
        hurry_notifications(site)
        repeated, mailed_again = self.repeated, self.mailbox.repeated
        victim = site.start_worker(f"{point}:{times}")
        self.ended_by_itself(victim, point, work)
        started = time.monotonic()
        site.workers = []
        site.wait_until_sessions_end("steward worker")
        orphans = {row[0] for row in site.cluster.sql(ORPHANS + ";")}
        is_mail = point == "notification.sent@mail"
        if is_mail:
            # A mail is its worker's for two minutes, and the job that sends for the better part of one: that long is not waited for.
            timed = False
            audit.expire_leases(site)
            hurry_notifications(site)
        site.start_worker()
        if is_mail:
            wait_for("the mail that was with its receiver to come again", MOST_SECONDS, lambda: self.mailbox.repeated > mailed_again, pause=0.25)
        if timed and orphans:
            self.rescued(point, {orphan for orphan in orphans if orphan.startswith("job")}, started)
            # Its turn comes behind what waits for the same receiver: how long that takes is the load's affair.
            self.rescued(point, orphans, started, is_judged=False)
            if point == "notification.sent@webhook" and self.repeated == repeated:
                self.findings["nothing came twice after notification.sent: this harness is blind"] = 1
        elif timed and point in ("job.claimed", "job.worked", "notification.sent@webhook"):
            self.findings[f"nothing was in hand at {point}: this harness is blind"] = 1

    def end_workers(self):
        site = self.site
        for worker in site.workers:
            worker.kill()
        self.replaced += len(site.workers)
        site.workers = []

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
        wait_for("the last promises of an answer to a request to be broken", 120, lambda: site.cluster.number(PROMISED) == 0, pause=0.5)
        self.send_the_rest()
        opened = self.told("incident.opened", "incident")
        wanted = {write_id(write) for write in site.ledger.writes if write.operation == "incident.open" and write.state == "acknowledged"}
        wanted |= site.desk.incidents_of_alerts()
        counts = {
            "incidents of which nothing was told": len(wanted - set(opened)),
            "incidents of which was told under two ids": sum(1 for times in opened.values() if times > 1),
            "told of what is no acknowledged incident": len(set(opened) - wanted),
            "told again in other words": len(receiver.changed),
            # A warning of a promise may come while this is looked at.
            "sent and not received, or received and not sent": self.at_rest("what was sent to be what was received", 60, lambda: abs(
                len(receiver.times) - site.cluster.number("select count(*) from notifications.notification where channel = 'webhook' and state = 'sent'"))),
        } | self.of_ends() | self.of_requests() | self.of_colleagues() | self.of_mail()
        self.findings |= {name: count for name, count in counts.items() if count}
        self.figures |= {"notifications, by their ids": len(receiver.times), "of these received again under the same id": self.repeated}
        # One worker dies at a time, and sends to one webhook one after the other: a kill repeats one message at the most.
        kills = sum(self.figures["kills"].values()) + self.replaced
        again = sum(times - 1 for times in receiver.times.values())
        if again > kills:
            self.findings["more repetitions than kills"] = f"{again} of {kills}"
        # The mail of each customer goes one after the other, and so does the provider's.
        ways, deaths = len(site.customers) + 1, self.mailbox.deaths
        if self.mailbox.repeated > kills * ways + deaths:
            self.findings["more repetitions of mail than kills and ends of its command"] = f"{self.mailbox.repeated} of {kills * ways + deaths}"

    def send_the_rest(self):
        """Until nothing waits that can go out. With new workers alone: one that lives may have something in hand, and nobody else must take it then."""
        site = self.site
        self.mailbox.steady()
        self.end_workers()
        site.wait_until_sessions_end("steward worker")
        audit.expire_leases(site)
        hurry_notifications(site)
        site.start_worker()
        wait_for(
            "all notifications to be sent", 180,
            lambda: site.cluster.number(f"select count(*) from notifications.notification where {OUTGOING}") == 0, pause=0.5)

    @staticmethod
    def at_rest(what, seconds, look):
        """What `look` gives, as soon as that is 0, or at last: how many are wrong is a finding."""
        seen = []

        def is_zero():
            seen.append(look())
            return seen[-1] == 0

        try:
            wait_for(what, seconds, is_zero, pause=0.5)
        except Failed:
            pass
        return seen[-1]

    def told(self, event, *names):
        """How many messages under different ids told of each."""
        with self.receiver.lock:
            told = [one["data"] for one in self.receiver.told.values() if one["type"] == event]
        return Counter(data.get(names[0]) if len(names) == 1 else tuple(data.get(name) for name in names) for data in told)

    def of_ends(self):
        """News of releases, changes and problems: that one ended is told under one id."""
        counts = {}
        for operation, event, name in ENDS:
            wanted = {write.subject for write in self.site.ledger.writes if write.operation == operation and write.state == "acknowledged"}
            told = self.told(event, name)
            self.figures[f"{event}, done and told"] = len(wanted & set(told))
            counts |= {
                f"{event}: done and not told": len(wanted - set(told)), f"{event}: told and not done": len(set(told) - wanted),
                f"{event}: told under two ids": sum(times > 1 for times in told.values())}
        return counts

    def of_requests(self):
        """Promises about requests: that a share of one has passed, and that it is broken, is recorded once and told once."""
        counts = {}
        for event, names, recorded in (
                ("request.clock_warned", ("request", "metric", "percent"), WARNED), ("request.clock_breached", ("request", "metric"), BROKEN)):
            seen = {}

            def missing():
                count, different = (int(value) for value in self.site.cluster.sql(recorded + ";")[0])
                seen.update(told=self.told(event, *names), twice=count - different)
                return abs(count - len(seen["told"]))

            left = self.at_rest(f"{event} to be told as often as it was recorded", 120, missing)
            told = seen["told"]
            self.figures[f"{event}, recorded and told"] = len(told)
            counts |= {
                f"{event}: recorded and not told, or told and not recorded": left, f"{event}: recorded twice": seen["twice"],
                f"{event}: told under two ids": sum(times > 1 for times in told.values())}
        if not self.figures["request.clock_breached, recorded and told"]:
            counts["no promise about a request was broken: this harness is blind"] = 1
        return counts

    def of_colleagues(self):
        """Who watched an incident before it was resolved has that once in his inbox; and whose team was given one, as long as somebody is to work on it."""
        acknowledged, begun = set(), set()
        for write in self.site.ledger.writes:
            begun.add((write.operation, write.story))
            if write.state == "acknowledged":
                acknowledged.add((write.operation, write.story))
        watched = {story for operation, story in acknowledged if operation == "incident.watch" and ("incident.resolve", story) in acknowledged}
        given = {story for operation, story in acknowledged if operation == "incident.assign" and ("incident.resolve", story) not in begun}
        resolved, assigned = self.in_the_inbox("incident.resolved"), self.in_the_inbox("incident.assigned")
        self.figures |= {"watchers told that it is resolved": len(watched & set(resolved)), "members told that their team has it": len(given & set(assigned))}
        return {
            "watchers who were not told that it is resolved": len(watched - set(resolved)),
            "members who were not told that their team has it": len(given - set(assigned)),
            "watchers and members who were told twice": sum(count > 1 for told in (resolved, assigned) for count in told.values())}

    def in_the_inbox(self, event):
        """Of each incident how often he has it in his inbox who watches it and works in the team."""
        rows = self.site.cluster.sql(f"""
          select t.title, count(*) from notifications.notification n
          join tenancy.account a on a.tenant_id = n.tenant_id and n.receiver = 'a' || a.id
          join desk.ticket t on t.tenant_id = n.customer_id and t.public_id = n.ticket_public_id
          where n.channel = 'inbox' and n.event = '{event}' and a.login = '{self.site.desk.LOGIN}' group by t.title;""")
        return {title: int(count) for title, count in rows}

    def of_mail(self):
        """Mail: each that is recorded as sent was taken under its own Message-ID, and what was taken again is the same. Of each incident with a requester he
        has one, unless the limits of an hour kept it back."""
        site, mailbox = self.site, self.mailbox
        rows = site.cluster.sql("select address, count(*) from notifications.notification where channel = 'email' and state = 'sent' group by address;")
        sent, taken = {address: int(count) for address, count in rows}, mailbox.by_address()
        states = dict(site.cluster.sql("select state, count(*) from notifications.notification where channel = 'email' group by state;"))
        wanted = sum(
            write.operation == "incident.open" and write.state == "acknowledged" and "requester" in write.body for write in site.ledger.writes)
        made, incidents = (int(value) for value in site.cluster.sql("""
          select count(*), count(distinct (customer_id, ticket_public_id)) from notifications.notification
          where channel = 'email' and event = 'incident.opened' and receiver like 'p%';""")[0])
        self.figures |= {
            "mail, by its Message-IDs": sum(taken.values()), "of this taken again under the same Message-ID": mailbox.repeated,
            "ends of the mail command with a message taken": mailbox.deaths, "mail, by its state": states}
        return {
            "mail that is recorded as sent and was not taken, or was taken under two Message-IDs": sum(
                abs(sent.get(address, 0) - taken.get(address, 0)) for address in sent.keys() | taken.keys()),
            "mail that was taken again in other words or by somebody else": mailbox.changed(),
            "incidents whose requester got no mail of his, or two": abs(wanted - incidents) + made - incidents,
            "no mail was sent: this harness is blind": int(not taken),
            "mail that was given up for another reason than the limit of an hour": site.cluster.number("""
              select count(*) from notifications.notification
              where channel = 'email' and state in ('dead', 'expired') and fault is distinct from 'too many mails to this address within an hour'""")}


# Of requests: what is about to be broken, for nobody answers any more.
PROMISED = """
  select count(*) from service_levels.clock
  where subject_kind = 'request' and metric = 'response' and state = 'running' and breach_at < now() + interval '2 minutes'"""
# How much was recorded, and of how many different ones.
WARNED = """
  select count(*), count(distinct (e.tenant_id, e.subject_id, e.payload ->> 'percent')) from operations.event e
  join service_levels.clock c on c.tenant_id = e.tenant_id and c.id = e.subject_id
  where e.subject_kind = 'clock_warning' and c.subject_kind = 'request'"""
BROKEN = """
  select count(*), count(distinct (v.tenant_id, v.clock_id)) from service_levels.verdict v
  join service_levels.clock c on c.tenant_id = v.tenant_id and c.id = v.clock_id
  where v.cause = 'exceeded' and c.subject_kind = 'request'"""


def write_id(write):
    """The id of what was opened."""
    return json.loads(write.answer).get("id")


def hurry(sweep):
    """Lets one sweep come due, however seldom it does."""
    return audit.come_due(f"kind = '{sweep}'")


def hurry_notifications(site):
    """Lets the leases of notifications that a dead worker had in hand run out; no other worker may be alive."""
    site.cluster.sql(f"update notifications.notification set due_at = now() where {OUTGOING} and due_at > now(); delete from notifications.breaker;")
