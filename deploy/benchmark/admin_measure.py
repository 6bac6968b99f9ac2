"""The admin protocol on one pipelined connection against HTTP of the same operation."""

import re
import socket
import ssl
import time

import load
from ids import ticket_id
from page_measure import DATABASE
from rounds import Figure, alternate
from server import Server

# A session may have 64 commands waiting.
WINDOW = 32
_END = re.compile(rb"^@\S+ ([2-7]\d\d)[ \r]", re.MULTILINE)


class Session:
    """One TLS connection, authenticated."""

    def __init__(self, port, token):
        context = ssl._create_unverified_context()
        self.socket = context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=60))
        self._exchange([f"@auth AUTH token={token}"])

    def _exchange(self, commands):
        """Sends commands and reads as many replies; raises unless all are of class 2."""
        self.socket.sendall("".join(command + "\r\n" for command in commands).encode())
        received, left = b"", len(commands)
        while left:
            data = self.socket.recv(1 << 16)
            if not data:
                raise RuntimeError("the admin session ended")
            received += data
            whole = received.rfind(b"\n") + 1
            codes = _END.findall(received[:whole])
            if any(not code.startswith(b"2") for code in codes):
                raise RuntimeError(f"an admin command was refused: {received[:300]!r}")
            left -= len(codes)
            received = received[whole:]

    def per_second(self, ids, seconds):
        """WINDOW commands at a time."""
        started, done = time.monotonic(), 0
        while time.monotonic() - started < seconds:
            self._exchange([f"@{place} incident read id={ids[(done + place) % len(ids)]}" for place in range(WINDOW)])
            done += WINDOW
        return done / (time.monotonic() - started)


def run(databases, chosen):
    databases.seeded(DATABASE)
    _, _, tickets, _, _ = databases.sizes(DATABASE)[0]
    tokens = databases.tokens(DATABASE, 4)
    ids = [ticket_id(0, row) for row in range(1, tickets + 1)]
    file = load.write_requests(f"{databases.folder}/admin.requests", [("GET", f"/v1/incidents/{one}", tokens[1], "") for one in ids])
    what = "read a ticket, one pipelined session"
    with Server(databases, DATABASE, admin=True) as server:
        session = Session(server.admin_port, tokens[0])
        session.per_second(ids, 1)
        left, right, ratio = alternate(
            chosen.rounds, lambda: session.per_second(ids, chosen.seconds), lambda: load.load(server, file, chosen.seconds, 1)["perSecond"], what)
    return [Figure(
        "admin", what, left, right, "commands/s", ratio, ("at least", 1.5),
        f"one TLS connection of the admin protocol with {WINDOW} commands sent at a time, against the same operation on one keep-alive HTTPS connection.")]
