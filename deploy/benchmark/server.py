"""The shipped server, as it is started in service."""

import http.client
import json
import os
import re
import ssl
import subprocess
import time


class Server:
    """`steward serve` on a database; a context manager."""

    def __init__(self, databases, database, connections=18, socket=None, admin=False, environment=None):
        self.databases = databases
        self.url = databases.cluster.url(database, socket=socket)
        self.connections, self.admin, self.admin_port = connections, admin, None
        self.environment = environment or {}
        self.log = f"{databases.folder}/server.log"
        self.process = None
        self.seconds_to_listening = None

    def __enter__(self):
        certificate, key = certificate_of(self.databases)
        with open(self.log, "wb") as log:
            started = time.monotonic()
            self.process = subprocess.Popen(
                [self.databases.steward, "serve", "--database", self.url, "--certificate", certificate, "--key", key, "--listen", "127.0.0.1:0",
                 "--connections", str(self.connections)] + (["--admin-listen", "127.0.0.1:0"] if self.admin else []),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ | {"LC_ALL": "C.UTF-8"} | self.environment, start_new_session=True)
        while time.monotonic() - started < 60:
            with open(self.log) as log:
                ports = re.findall(r"127\.0\.0\.1:(\d+)", log.read())
            if len(ports) == (2 if self.admin else 1):
                self.seconds_to_listening = time.monotonic() - started
                self.port, self.admin_port = int(ports[0]), int(ports[-1])
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.001)
        self.__exit__()
        with open(self.log) as log:
            raise RuntimeError(f"the server did not start: {log.read()[-1000:]}")

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(45)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def post(self, path, token, body):
        """One act; what it answers."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=ssl._create_unverified_context())
        connection.request("POST", path, json.dumps(body), {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"POST {path}: {answer.status} {text[:300]}")
        return json.loads(text)

    @property
    def address(self):
        return f"https://127.0.0.1:{self.port}"

    def memory(self):
        """Resident megabytes now, and the most so far."""
        with open(f"/proc/{self.process.pid}/status") as file:
            values = dict(line.split(":", 1) for line in file)
        return tuple(int(values[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))


def certificate_of(databases):
    """A certificate for loopback, and its key."""
    certificate, key = f"{databases.folder}/server.pem", f"{databases.folder}/server.key"
    if not os.path.exists(certificate):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj",
             "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
            check=True, capture_output=True)
    return certificate, key
