"""Clients that write without a break and never give a write up: each is repeated with its key until it is settled."""
import random
import threading
import time
from collections import Counter

from .client import Ended, NotSent
from .ledger import Write
from .processes import Failed
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
        self.writers = [Writer(self, number, random.Random(f"{seed}/{number}/{self.first}")) for number in range(writers)]

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

    def __init__(self, load, number, dice):
        super().__init__(daemon=True)
        self.load = load
        self.number = number
        self.dice = dice
        # Every third one by the admin protocol.
        self.client = load.site.admin_client() if number % 3 == 2 else load.site.client()
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
        """A customer now and then; else the life of an incident, which may end anywhere."""
        if self.dice.random() < 0.01:
            self.make_customer()
            return
        key, customer = self.next_key(), self.dice.choice(self.load.site.customers)
        story = f"incident {key}"
        body = {"customer": customer, "title": story, "impact": self.dice.randint(1, 3), "urgency": self.dice.randint(1, 3)}
        if self.dice.random() < 0.3:
            body["openedAt"] = utc(-self.dice.randint(120, 7200))
        incident = self.perform(self.write(key, "incident.open", "/v1/incidents", body, story))
        id, version = incident["id"], incident["version"]
        acts = [
            ("comment", {"visibility": "internal"}), ("start", {}), ("comment", {"visibility": "public"}),
            ("hold", {"reason": "awaiting_requester", "evidence": "asked by telephone"}), ("resume", {}),
            ("comment", {"visibility": "internal"}), ("resolve", {"resolution": "Mended"}), ("close", {})]
        for number, (act, body) in enumerate(acts[:self.dice.randint(2, len(acts))]):
            # Not before it is answered: a promise that runs out later would change figures while they are compared.
            if self.load.stopping and number >= 2:
                return
            key = self.next_key()
            marker = f"{act} {key}"
            if act == "comment":
                self.perform(self.write(key, "incident.comment", f"/v1/incidents/{id}/comment", body | {"body": marker}, marker, story, id))
            else:
                version = self.perform(self.write(key, f"incident.{act}", f"/v1/incidents/{id}/{act}", body, marker, story, id, version))["version"]

    def make_customer(self):
        key = self.next_key()
        code = "K" + key.replace("-", "X").upper()
        self.perform(self.write(key, "customer.create", "/v1/customers", {"code": code, "name": key, "zone": "Asia/Shanghai"}, code))

    def write(self, *values):
        return Write(self.client.interface, *values)

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
