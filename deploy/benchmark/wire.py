"""Reads what the server really sends to PostgreSQL: a proxy on a Unix socket that notes statements, values and round trips.

It sees the frontend's messages only (https://www.postgresql.org/docs/15/protocol-message-formats.html).
"""

import os
import socket
import struct
import threading
from dataclasses import dataclass, field


@dataclass
class Sent:
    """One execution of a statement."""

    sql: str
    types: list
    values: list  # binary, None for NULL


@dataclass
class Exchange:
    """What was sent up to a Sync: one round trip."""

    connection: int
    statements: list = field(default_factory=list)


class Proxy:
    """Listens in `folder` as a server would; passes everything on to the cluster's socket."""

    def __init__(self, folder, target):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.target = folder, target
        self.exchanges, self.lock, self.records, self.sockets = [], threading.Lock(), False, []
        path = f"{folder}/.s.PGSQL.5432"
        if os.path.exists(path):
            os.unlink(path)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        for one in [self.listener] + self.sockets:
            one.close()

    def record(self, body):
        """The exchanges during `body`."""
        with self.lock:
            self.exchanges, self.records = [], True
        body()
        with self.lock:
            self.records = False
            return self.exchanges

    def _accept(self):
        number = 0
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{self.target}/.s.PGSQL.5432")
            self.sockets += [client, server]
            number += 1
            threading.Thread(target=self._forward, args=(client, server, _Reader(self, number)), daemon=True).start()
            threading.Thread(target=self._forward, args=(server, client, None), daemon=True).start()

    @staticmethod
    def _forward(source, target, reader):
        try:
            while data := source.recv(1 << 16):
                if reader:
                    reader.feed(data)
                target.sendall(data)
        except OSError:
            pass
        for one in (source, target):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def note(self, exchange):
        with self.lock:
            if self.records:
                self.exchanges.append(exchange)


class _Reader:
    """Takes one connection's messages apart."""

    def __init__(self, proxy, number):
        self.proxy, self.number = proxy, number
        self.buffer, self.started = b"", False
        self.prepared, self.bound = {}, None
        self.exchange = Exchange(number)

    def feed(self, data):
        self.buffer += data
        while True:
            head = 1 if self.started else 0
            if len(self.buffer) < head + 4:
                return
            length = struct.unpack_from("!i", self.buffer, head)[0]
            if len(self.buffer) < head + length:
                return
            kind, body = self.buffer[:head], self.buffer[head + 4:head + length]
            self.buffer = self.buffer[head + length:]
            if self.started:
                self._message(kind, body)
            # The start-up message has no kind; an SSL request is answered and followed by one.
            self.started = self.started or struct.unpack_from("!i", body)[0] == 196608

    def _message(self, kind, body):
        if kind == b"P":
            name, rest = body.split(b"\0", 1)
            sql, rest = rest.split(b"\0", 1)
            count = struct.unpack_from("!h", rest)[0]
            self.prepared[name] = (sql.decode(), list(struct.unpack_from(f"!{count}I", rest, 2)))
        elif kind == b"B":
            _, rest = body.split(b"\0", 1)
            name, rest = rest.split(b"\0", 1)
            self.bound = Sent(*self.prepared[name], values=_values(rest))
        elif kind == b"E" and self.bound:
            self.exchange.statements.append(self.bound)
            self.bound = None
        elif kind == b"S":
            if self.exchange.statements:
                self.proxy.note(self.exchange)
            self.exchange = Exchange(self.number)


def _values(rest):
    formats = struct.unpack_from("!h", rest)[0]
    at = 2 + 2 * formats
    count = struct.unpack_from("!h", rest, at)[0]
    at += 2
    values = []
    for _ in range(count):
        length = struct.unpack_from("!i", rest, at)[0]
        at += 4
        values.append(None if length < 0 else rest[at:at + length])
        at += max(length, 0)
    return values
