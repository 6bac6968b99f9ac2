"""A whole installation: the database, its schema, a certificate, the processes of Steward, and how to ask them."""
import os
import random
import shutil
import socket
import subprocess
import time
from pathlib import Path

from .client import AdminClient, Ended, HTTPClient, NotSent
from .cluster import Cluster
from .desk import Desk
from .ledger import Ledger
from .processes import Child, Failed, wait_for


class Site:
    # What the codes of customers begin with, and how many there are.
    CODE, CUSTOMERS = "CRASH", 4

    def __init__(self, binary, folder, connections=10, environment=None, **cluster):
        self.binary = Path(binary)
        self.folder = Path(folder)
        # PostgreSQL may run as another user, who must pass through.
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o711)
        self.cluster = Cluster(self.folder / "postgres", **cluster)
        self.connections = connections
        # Beside the database and on no small file system.
        self.files = self.folder / "files"
        self.environment = {"STEWARD_ATTACHMENTS_FOLDER": str(self.files)} | (environment or {})
        self.port, self.admin_port = free_port(), free_port()
        self.certificate, self.key = make_certificate(self.folder)
        self.ledger = Ledger(self.folder / "ledger.jsonl")
        self.api = None
        self.workers = []
        self.workers_started = 0
        self.token = ""
        self.customers = []
        # Of each customer those who report something and have an address; without them nobody of theirs is told.
        self.people = {}
        self.desk = None

    # The processes.

    def open(self):
        """Starts PostgreSQL, makes the schema, a token, customers with contracts, and starts the API and two workers."""
        self.cluster.start().wait_until_ready()
        self.cluster.sql("create database steward", database="postgres")
        self.run("migrate", "--database", self.cluster.url(Cluster.SUPERUSER, "migrate"))
        self.token = self.run(
            "token", "create", "--database", self.cluster.url("steward_app", "token"), "--service", "crash test", "--role", "administrator").strip()
        self.start_api()
        self.start_worker()
        self.start_worker()
        self.wait_until_ready()
        self.customers = [self.make_customer(number) for number in range(self.CUSTOMERS)]
        self.desk = Desk(self)
        return self

    def close(self):
        for child in [self.api] + self.workers:
            if child is not None and child.is_running:
                child.kill()
        self.cluster.stop()
        self.ledger.file.close()

    def run(self, *arguments):
        try:
            done = subprocess.run([self.binary, *arguments], capture_output=True, text=True, timeout=120, cwd="/")
        except subprocess.TimeoutExpired:
            raise Failed(f"steward {arguments[0]}: not done after 120 s") from None
        if done.returncode != 0:
            raise Failed(f"steward {arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def serve(self, part, log, *arguments, fault=None):
        """`fault`: the point, and how often it is reached, at which the process ends itself by SIGKILL; only debug builds do."""
        return Child([
            self.binary, "serve", "--only", part, "--connections", self.connections, "--database", self.cluster.url("steward_app", f"steward {part}"),
            *arguments], self.folder / log, environment=self.environment | ({"STEWARD_FAULT_POINT": fault} if fault else {}))

    def start_api(self, fault=None):
        self.api = self.serve(
            "api", "api.log", "--listen", f"127.0.0.1:{self.port}", "--admin-listen", f"127.0.0.1:{self.admin_port}",
            "--certificate", self.certificate, "--key", self.key, fault=fault)
        return self.api

    def start_worker(self, fault=None):
        self.workers_started += 1
        self.workers.append(self.serve("worker", f"worker-{self.workers_started}.log", fault=fault))
        return self.workers[-1]

    def keep_workers(self):
        """What a service manager does: one that ended with 4, "try again later", is started again. Any other end is a defect."""
        for worker in list(self.workers):
            code = worker.process.poll()
            if code == 4:
                self.workers.remove(worker)
                self.start_worker()
            elif code is not None:
                raise Failed(f"a worker ended with {code}: {worker.output[-500:]}")

    # Asking.

    def client(self, **options):
        return HTTPClient(self.port, self.certificate, self.token, **options)

    def admin_client(self):
        return AdminClient(self.admin_port, self.certificate, self.token)

    def get(self, path, patience=10):
        """One GET on a connection of its own; None when there is no answer."""
        client = self.client(patience=patience)
        try:
            return client.request("GET", path)
        except (NotSent, Ended):
            return None
        finally:
            client.close()

    def check(self, name):
        """One of the checks of /readyz; None when there is no answer."""
        answer = self.get("/readyz")
        return None if answer is None else answer.json.get("checks", {}).get(name)

    def is_ready(self):
        answer = self.get("/readyz")
        return answer is not None and answer.status == 200

    def wait_until_ready(self, seconds=60):
        """How long that took."""
        started = time.monotonic()

        def look():
            if not self.api.is_running:
                raise Failed(f"the API ended: {self.api.output[-2000:]}")
            return self.is_ready()

        wait_for("/readyz to be 200", seconds, look)
        return time.monotonic() - started

    def call(self, method, path, body=None, headers=None):
        answer = self.client().request(method, path, body, headers)
        if answer.status >= 300:
            raise Failed(f"{method} {path}: {answer.status} {answer.body}")
        return answer.json

    def wait_until_sessions_end(self, name, seconds=60):
        """PostgreSQL notices the death of its clients only when it next talks to them: until then they may still commit."""
        wait_for(
            f"the sessions of {name} to end", seconds,
            lambda: self.cluster.number(f"select count(*) from pg_stat_activity where application_name = '{name}'") == 0, pause=0.05)

    # What there is to work on.

    def make_customer(self, number):
        customer = self.call("POST", "/v1/customers", {"code": f"{self.CODE}{number}", "name": f"Customer {number}", "zone": "Europe/Berlin"})["id"]
        if number == 0:
            calendar = self.call("POST", "/v1/calendars", {"name": "Around the clock", "stock": "24x7", "zone": "UTC", "published": True})["id"]
            # A response within a minute: whatever is opened with a time in the past keeps the workers busy, and passes the first share of its
            # resolution's budget besides.
            targets = [
                {"metric": metric, "priority": priority, "calendar": calendar, "budgetSeconds": seconds, "pauses": metric == "resolution"}
                | ({"warnPercents": [1]} if metric == "resolution" else {})
                for priority in range(1, 6) for metric, seconds in (("response", 60), ("resolution", 86_400))]
            # Of an order that nobody answers the first share of it passes, and then all of it.
            targets.append({
                "metric": "response", "ticketType": "request", "calendar": calendar, "budgetSeconds": 60, "pauses": False, "warnPercents": [10]})
            self.sla = self.call("POST", "/v1/slas", {"name": "Crash", "targets": targets})["id"]
            self.offering = Desk.make_offering(self)
        self.call("POST", "/v1/contracts", {
            "customer": customer, "name": "Support", "currency": "EUR", "startsAt": utc(-40 * 86_400), "state": "active",
            "lines": [{"name": "Everything", "sla": self.sla}, {"name": "Reports", "sla": self.sla, "offering": self.offering}]})
        return customer

    def make_people(self, each):
        for number, customer in enumerate(self.customers):
            self.people[customer] = [
                self.call("POST", "/v1/persons", {"customer": customer, "name": f"Person {place}", "email": f"p{place}@c{number}.example"})["id"]
                for place in range(each)]


def utc(offset):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset))


def free_port():
    """Below the ports that the system gives to clients: the server returns to its port after each kill, and must find it free."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def make_certificate(folder):
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    done = subprocess.run([
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=127.0.0.1",
        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"openssl: {done.stderr.strip()}")
    os.chmod(key, 0o600)
    return certificate, key


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
