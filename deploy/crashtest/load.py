"""Clients that write without a break and never give a write up: each is repeated with its key until it is settled."""
import base64
import hashlib
import random
import threading
import time
from collections import Counter
from urllib.parse import quote

from .client import Ended, NotSent
from .ledger import Write
from .processes import Failed
from .related import Related
from .site import utc


class Abandoned(Exception):
    """The story cannot go on: a write of it was refused."""


class Load:
    running = []

    def __init__(self, site, writers=8, seed=1):
        self.site = site
        self.gate = threading.Event()
        self.gate.set()
        self.stopping = False
        self.abandoned = False
        self.counts = Counter()
        self.errors = []
        # What is known of writes that ended cut or silent.
        self.faults = []
        self.slowest = 0.0
        self.lock = threading.Lock()
        self.first = len(site.ledger.writes)
        # And one that tells of incidents with others.
        self.writers = [Writer(self, number, random.Random(f"{seed}/{number}/{self.first}"), number == writers) for number in range(writers + 1)]

    def start(self):
        Load.running.append(self)
        for writer in self.writers:
            writer.start()
        return self

    def stop(self, seconds=180):
        """Ends when every write that was begun is settled."""
        Load.running.remove(self)
        self.stopping = True
        self.open()
        deadline = time.monotonic() + seconds
        for writer in self.writers:
            writer.join(max(0.1, deadline - time.monotonic()))
            if writer.is_alive():
                raise Failed(f"a write is not settled {seconds} s after the end: {writer.current}")
        if self.errors:
            raise Failed(f"a writer failed: {self.errors[0]!r}")

    def abandon(self):
        """Ends it as it is, when nobody waits for what becomes of its writes any more."""
        self.abandoned = True
        try:
            self.stop(seconds=30)
        except Failed:
            pass  # What broke off is told; that its writes are not settled follows from it.

    def count(self, name):
        with self.lock:
            self.counts[name] += 1

    def took(self, seconds):
        with self.lock:
            self.slowest = max(self.slowest, seconds)

    @property
    def acknowledged(self):
        return self.counts["acknowledged"]

    # The gate: shut, each writer stops before its next request, so that the database can be looked at.

    def shut(self):
        self.gate.clear()

    def open(self):
        with self.lock:
            for writer in self.writers:
                writer.parked.clear()
            self.gate.set()

    def pass_gate(self, writer):
        with self.lock:
            if self.gate.is_set():
                return
            writer.parked.set()
        self.gate.wait()

    def wait_until_parked(self, seconds=120):
        """With the gate shut: until no request is under way any more."""
        deadline = time.monotonic() + seconds
        for writer in self.writers:
            if writer.is_alive() and not writer.parked.wait(max(0.1, deadline - time.monotonic())):
                raise Failed(f"a request is still under way after {seconds} s")

    def open_writes(self):
        """What may have reached the server, and of which the client does not know what became of it."""
        writes = [writer.current for writer in self.writers]
        return [write for write in writes if write is not None and not write.is_settled and write.attempts]


class Writer(threading.Thread):
    """One connection; one write at a time."""

    def __init__(self, load, number, dice, is_of_related=False):
        super().__init__(daemon=True)
        self.load = load
        self.number = number
        self.dice = dice
        # Every third one by the admin protocol, which knows the writer's own account alone.
        self.client = load.site.admin_client() if number % 3 == 2 and not is_of_related else load.site.client()
        self.related = Related(self) if is_of_related else None
        self.serial = 0
        self.current = None
        self.parked = threading.Event()

    def run(self):
        try:
            while not self.load.stopping:
                try:
                    self.tell()
                except Abandoned:
                    pass
        except Exception as error:  # Whatever it is, the run must not look good.
            self.load.errors.append(error)
        finally:
            self.parked.set()
            self.client.close()

    # What is written.

    def tell(self):
        """A customer now and then, what monitoring tells, an order; else the life of an incident, which may end anywhere. One tells of nothing but incidents
        with others."""
        if self.related:
            self.related.tell()
            return
        roll = self.dice.random()
        if roll < 0.01:
            self.make_customer()
        elif roll < 0.03:
            self.give_up_a_release()
        elif self.client.interface == "http" and roll < 0.2:
            # What others send than the writer's own account goes by HTTP.
            self.dice.choice([self.deliver, self.order])()
        else:
            self.tell_incident()

    def tell_incident(self):
        key, customer = self.next_key(), self.dice.choice(self.load.site.customers)
        story = f"incident {key}"
        body = {"customer": customer, "title": story, "impact": self.dice.randint(1, 3), "urgency": self.dice.randint(1, 3)}
        if self.dice.random() < 0.3:
            body["openedAt"] = utc(-self.dice.randint(120, 7200))
        people = self.load.site.people.get(customer, [])
        if people and self.dice.random() < 0.1:
            body["requester"] = self.dice.choice(people)
        incident = self.perform(self.write(key, "incident.open", "/v1/incidents", body, story))
        id, version = incident["id"], incident["version"]
        # Answered by the second act, wherever the story ends: a promise that runs out later would change figures while they are compared.
        acts = [
            ("comment", {"visibility": "internal"}), ("start", {}), ("watch", {}), ("assign", {"team": self.load.site.desk.team}), ("attach", {}),
            ("comment", {"visibility": "public"}), ("work", {}),
            ("hold", {"reason": "awaiting_requester", "evidence": "asked by telephone"}), ("resume", {}),
            ("comment", {"visibility": "internal"}), ("resolve", {"resolution": "Mended"}), ("close", {})]
        for number, (act, body) in enumerate(acts[:self.dice.randint(2, len(acts))]):
            if self.load.stopping and number >= 2:
                return
            key = self.next_key()
            marker = f"{act} {key}"
            if act == "attach":
                self.attach(key, marker, id)
            elif act == "work":
                self.work(key, marker, id)
            elif act == "watch":
                # It is found by the incident: there is nothing to be said with it.
                watch = {"staff": self.load.site.desk.account}
                self.perform(self.write(key, "incident.watch", f"/v1/incidents/{id}/watch", watch, f"{story} is watched", story, id))
            elif act == "comment":
                self.perform(self.write(key, "incident.comment", f"/v1/incidents/{id}/comment", body | {"body": marker}, marker, story, id))
            else:
                version = self.perform(self.write(key, f"incident.{act}", f"/v1/incidents/{id}/{act}", body, marker, story, id, version))["version"]

    def make_customer(self):
        key = self.next_key()
        code = "K" + key.replace("-", "X").upper()
        self.perform(self.write(key, "customer.create", "/v1/customers", {"code": code, "name": key, "zone": "Asia/Shanghai"}, code))

    def give_up_a_release(self):
        key = self.next_key()
        title = f"release {key}"
        release = self.perform(self.write(key, "release.open", "/v1/releases", {"title": title}, title))
        id, key = release["id"], self.next_key()
        self.perform(self.write(
            key, "release.cancel", f"/v1/releases/{id}/cancel", {"reason": f"cancel {key}"}, f"cancel {key}", title, id, release["version"]))

    def attach(self, key, marker, incident):
        """A file: as text, short enough for a line; or by HTTP from one writer as it is, for few are on their way from one sender at a time."""
        content = f"Of {key}: ".encode() + self.dice.randbytes(self.dice.randint(1, 50_000 if self.number == 0 else 1000))
        values = {"digest": hashlib.sha256(content).hexdigest()}
        if self.number == 0:
            path = f"/v1/attachments?incident={incident}&name={quote(marker)}"
            self.perform(self.write(key, "attachment.add", path, {}, marker, content=content, **values))
        else:
            body = {"incident": incident, "name": marker, "content": base64.b64encode(content).decode()}
            self.perform(self.write(key, "attachment.add", "/v1/attachments", body, marker, **values))

    def work(self, key, marker, incident):
        """Time on it, of whoever has a login; an account that has none cannot have worked."""
        if self.client.interface == "http":
            self.perform(self.write(key, "time_entry.add", "/v1/time-entries", {
                "ticket": incident, "workType": "remote_support", "date": utc(0)[:10], "minutes": self.dice.randint(1, 60), "parallel": True,
                "note": marker}, marker, token=self.load.site.desk.person))

    def deliver(self):
        """Something goes wrong, and perhaps it is over again: two deliveries of one fingerprint."""
        desk, key = self.load.site.desk, self.next_key()
        path, fingerprint = f"/v1/event-sources/{desk.source}/deliver", f"alert {key}"
        for act in ("fires", "ends")[:self.dice.randint(1, 2)]:
            if act == "ends":
                # What is over before it was settled opens nothing, and then nothing is resolved of itself.
                time.sleep(self.dice.uniform(0, 3))
            marker = f"{act} {key}"
            body = {"groupKey": marker, "alerts": [desk.alert(fingerprint, act == "ends", utc(0))]}
            self.perform(self.write(key, "event_source.deliver", path, body, marker, fingerprint, sign=desk.signed))
            key = self.next_key()

    def order(self):
        """An order, and what somebody decides of it."""
        site, key = self.load.site, self.next_key()
        marker = f"request {key}"
        request = self.perform(self.write(key, "request.submit", "/v1/requests/submit", {
            "customer": self.dice.choice(site.customers), "offering": site.offering, "published": 1, "answers": {"note": marker}}, marker))
        approval, act, key = request["approvals"][0]["id"], self.dice.choice(["approve", "reject"]), self.next_key()
        marker = f"{act} {key}"
        self.perform(self.write(
            key, f"approval.{act}", f"/v1/approvals/{approval}/{act}", {"reason": marker}, marker, token=site.desk.person))

    def write(self, *values, **more):
        return Write(self.client.interface, *values, **more)

    def next_key(self):
        self.serial += 1
        return f"w{self.number}-{self.load.first:x}-{self.serial:x}"

    # Writing it.

    def perform(self, write):
        """The answer, as soon as it is a success."""
        self.current = write
        self.load.site.ledger.add(write)
        while not self.load.abandoned:
            answer = self.attempt(write)
            if answer is not None:
                self.settle(write, answer)
            self.load.pass_gate(self)
            if write.state == "acknowledged":
                return answer.json
            if write.state == "refused":
                raise Abandoned()
            time.sleep(self.dice.uniform(0.02, 0.2))
        raise Abandoned()

    def settle(self, write, answer):
        """Notes an answer that is final. 429, 503, 507 and a key in use are not: they ask to repeat."""
        if answer.status < 300:
            write.replayed = answer.replayed
            self.load.site.ledger.settle(write, "acknowledged", answer)
            self.load.count("acknowledged")
            if write.replayed:
                self.load.count("replayed")
        elif answer.status not in (429, 503, 507) and answer.json.get("code") != "in_flight":
            self.load.site.ledger.settle(write, "refused", answer)

    def attempt(self, write):
        """An answer, or None when there was none."""
        write.tried += 1
        request = f"{write.key}.{write.tried}"
        started = time.monotonic()
        write.attempts.append(request)
        try:
            answer = self.client.write(write, request)
        except NotSent:
            write.attempts.remove(request)
            self.load.count("not_sent")
            return None
        except Ended as ended:
            write.state = "unknown"
            write.ends.append((request, ended.how))
            self.load.count(ended.how)
            if ended.how in ("cut", "silent"):
                self.load.faults.append(f"{self.client.interface}: {ended}")
            self.load.took(time.monotonic() - started)
            return None
        self.load.took(time.monotonic() - started)
        if answer.headers.get("connection", "").lower() == "close":
            self.load.count("told to close")
        if answer.status >= 300:
            code = answer.json.get("code", "")
            self.load.count(f"{answer.status} {code}")
            if code.endswith("outcome_unknown"):
                write.state = "unknown"
                write.ends.append((request, "outcome_unknown"))
        return answer
