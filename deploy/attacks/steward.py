"""A real server on a loopback port: the executable, its own PostgreSQL, demo data, tokens of every role."""

import http.client
import json
import os
import pathlib
import re
import resource
import secrets
import shutil
import signal
import ssl
import subprocess
import tempfile
import time

STAFF_ROLES = ["administrator", "account_manager", "engineer", "finance"]
CUSTOMER_ROLES = {"customer_manager": "tenant", "requester": "own"}
ROLES = STAFF_ROLES + list(CUSTOMER_ROLES)


class Steward:
    """`with Steward(executable) as server:` starts it and ends it, and nothing else."""

    def __init__(self, executable, demo_share=3, keep=None):
        self.executable = executable
        self.demo_share = demo_share
        self.folder = pathlib.Path(keep or tempfile.mkdtemp(prefix="steward-attack-"))
        self.removes = keep is None
        self.process = None

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        # As root, PostgreSQL runs as another user, who must be able to pass through.
        self.folder.chmod(0o711)
        self.log_path = self.folder / "steward.log"
        command = [self.executable, "up", "--trial", str(self.folder / "trial"), "--demo", "--demo-share", str(self.demo_share)]
        with open(self.log_path, "wb") as log:
            environment = os.environ | {"LC_ALL": "C.UTF-8"}
            self.process = subprocess.Popen(
                command + ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        try:
            self._wait_until_ready(600)
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def _wait_until_ready(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            text = self.log()
            found = re.search(r"export CA=(\S+) URL=(\S+) TOKEN=(\S+)", text)
            if found:
                self.authority, self.url, self.token = found.groups()
                self.port = int(self.url.rsplit(":", 1)[1])
                admin = re.search(r"admin protocol is at 127\.0\.0\.1:(\d+) over TLS", text)
                if admin is None:
                    raise RuntimeError(f"the server does not say where its admin protocol is:\n{text[-3000:]}")
                self.admin_port = int(admin.group(1))
                return
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{text[-3000:]}")
            time.sleep(0.2)
        raise RuntimeError(f"the server was not ready after {seconds} s:\n{self.log()[-3000:]}")

    def end(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(90)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._end_left_over_database()
        self.process = None
        if self.removes:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _end_left_over_database(self):
        """A server that was killed leaves its PostgreSQL running: the one of our own folder, and no other."""
        for path in self.folder.glob("trial/**/postmaster.pid"):
            try:
                pid = int(path.read_text().splitlines()[0])
                if str(self.folder) in pathlib.Path(f"/proc/{pid}/cmdline").read_text():
                    os.kill(pid, signal.SIGINT)
                    for _ in range(100):
                        os.kill(pid, 0)
                        time.sleep(0.1)
            except (OSError, ValueError, IndexError):
                pass

    # What can be seen from outside.

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def open_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def limit_open_files(self, count):
        """Of the running server, not of its PostgreSQL."""
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, (count, count))

    # The API, as far as the attacks need it themselves.

    def context(self):
        context = ssl.create_default_context(cafile=self.authority)
        context.set_alpn_protocols(["http/1.1"])
        return context

    def call(self, method, path, body=None, token=None, headers=None):
        """The status and the parsed body."""
        # From an address of its own: what attackers use up of the limits for theirs is not ours.
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=60, context=self.context(), source_address=("127.0.6.1", 0))
        fields = {"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/json"} | (headers or {})
        try:
            connection.request(method, path, body=None if body is None else json.dumps(body), headers=fields)
            reply = connection.getresponse()
            text, status = reply.read(), reply.status
        finally:
            connection.close()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text.decode(errors="replace")

    def must(self, method, path, body=None):
        status, reply = self.call(method, path, body)
        if status not in (200, 201):
            raise RuntimeError(f"{method} {path}: {status} {reply}")
        return reply

    def token_of(self, role):
        """A token of a new account with this role and nothing else."""
        name = f"attack {role} {time.time_ns()}"
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6 * 3600))
        if role in STAFF_ROLES:
            account = self.must("POST", "/v1/service-accounts", {"name": name})["id"]
            self.must("POST", "/v1/staff-grants", {"account": account, "role": role, "everyCustomer": True})
            return self.must("POST", "/v1/tokens", {"name": name, "staff": account, "expiresAt": expires})["token"]
        customer = self.must("GET", "/v1/customers?limit=1")["items"][0]
        person = self.must("POST", "/v1/persons", {"customer": customer["id"], "name": name})["id"]
        # Nobody makes a token for somebody else, so this one logs in.
        login, password = f"attack-{time.time_ns()}@example.com", secrets.token_urlsafe(20)
        account = {"customer": customer["id"], "name": name, "login": login, "person": person, "password": password}
        account = self.must("POST", "/v1/accounts", account)["id"]
        self.must("POST", "/v1/account-grants", {"account": account, "role": role, "scope": CUSTOMER_ROLES[role]})
        return self.must("POST", "/v1/sessions", {"tenant": customer["code"], "login": login, "password": password})["token"]
