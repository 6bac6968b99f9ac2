"""HTTP/1.1 over TLS on one connection, written to tell exactly how a request ended."""
import json
import socket
import ssl
import time


class NotSent(Exception):
    """No connection: not a byte of the request left."""


class Ended(Exception):
    """The request left and was not answered. `how` is
    closed: the server ended the connection in order (close_notify) before the first byte of an answer;
    cut: it ended otherwise, or in the middle of an answer;
    silent: nothing came for as long as the client waits."""

    def __init__(self, how, detail=""):
        super().__init__(f"{how}: {detail}")
        self.how = how


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {}


class Client:
    def __init__(self, port, authority, token, patience=90):
        self.port = port
        self.token = token
        self.patience = patience
        self.context = ssl.create_default_context(cafile=str(authority))
        self.connection = None

    def request(self, method, path, body=None, headers=None, patience=None):
        """An answer, whatever its status; or NotSent, or Ended."""
        fields = {"Host": f"127.0.0.1:{self.port}", "Authorization": f"Bearer {self.token}"} | (headers or {})
        data = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        if method != "GET":
            fields |= {"Content-Type": "application/json", "Content-Length": str(len(data))}
        text = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"
        connection = self.connected()
        try:
            return self.exchange(connection, text.encode() + data, time.monotonic() + (patience or self.patience))
        except Ended:
            self.close()
            raise

    def connected(self):
        if self.connection is None:
            try:
                plain = socket.create_connection(("127.0.0.1", self.port), timeout=10)
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connection = self.context.wrap_socket(plain, server_hostname="127.0.0.1", suppress_ragged_eofs=False)
            except OSError as error:
                raise NotSent(str(error)) from None
        return self.connection

    def exchange(self, connection, message, deadline):
        received = b""
        try:
            connection.settimeout(self.patience)
            try:
                connection.sendall(message)
            except TimeoutError:
                raise
            except OSError:
                pass  # Closed by the other side, perhaps after an answer: reading tells.
            while b"\r\n\r\n" not in received:
                received += self.receive(connection, deadline, received)
            head, _, body = received.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            while len(body) < int(headers.get("content-length", "0")):
                body += self.receive(connection, deadline, received)
        except TimeoutError:
            raise Ended("silent") from None
        except OSError as error:
            raise Ended("cut", str(error)) from None
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(lines[0].split()[1]), headers, body.decode())

    def receive(self, connection, deadline, received):
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        data = connection.recv(65536)
        if not data:
            raise Ended("cut" if received else "closed")
        return data

    def close(self):
        if self.connection is not None:
            try:
                self.connection.close()
            except OSError:
                pass
            self.connection = None
