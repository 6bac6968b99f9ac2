"""HTTP/1.1 and the admin protocol over TLS, each on one connection, written to tell exactly how a request ended."""
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
    def __init__(self, status, headers, body, replayed=False):
        self.status = status
        self.headers = headers
        self.body = body
        # The stored result of an earlier attempt.
        self.replayed = replayed

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {}


class Connection:
    """One TLS connection, opened when it is needed, and again after it has ended."""

    def __init__(self, port, authority, token, patience=90):
        self.port = port
        self.token = token
        self.patience = patience
        self.context = ssl.create_default_context(cafile=str(authority))
        self.connection = None

    def connect(self):
        try:
            plain = socket.create_connection(("127.0.0.1", self.port), timeout=10)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connection = self.context.wrap_socket(plain, server_hostname="127.0.0.1", suppress_ragged_eofs=False)
        except OSError as error:
            raise NotSent(str(error)) from None

    def exchange(self, message, take, patience=None):
        """Sends, and gives what `take` makes of the bytes that come back; `take` gives None while it wants more."""
        deadline = time.monotonic() + (patience or self.patience)
        received = b""
        try:
            self.connection.settimeout(self.patience)
            try:
                self.connection.sendall(message)
            except TimeoutError:
                raise
            except OSError:
                pass  # Closed by the other side, perhaps after an answer: reading tells.
            while True:
                self.connection.settimeout(max(0.001, deadline - time.monotonic()))
                data = self.connection.recv(65536)
                if not data:
                    raise Ended("cut" if received else "closed", f"after {len(received)} bytes")
                received += data
                taken = take(received)
                if taken is not None:
                    return taken
        except TimeoutError:
            self.close()
            raise Ended("silent") from None
        except OSError as error:
            self.close()
            raise Ended("cut", f"{error} after {len(received)} bytes") from None
        except Ended:
            self.close()
            raise

    def close(self):
        if self.connection is not None:
            try:
                self.connection.close()
            except OSError:
                pass
            self.connection = None


class HTTPClient(Connection):
    interface = "http"

    def write(self, write, request):
        """One attempt at a write of the ledger."""
        headers = {"Idempotency-Key": write.key, "X-Request-Id": request}
        if write.version is not None:
            headers["If-Match"] = f'"{write.version}"'
        if write.token:
            headers["Authorization"] = f"Bearer {write.token}"
        if write.sign:
            headers |= write.sign(write.key, encoded(write.body))
        return self.request("POST", write.path, write.body if write.content is None else write.content, headers)

    def request(self, method, path, body=None, headers=None, patience=None):
        """An answer, whatever its status; or NotSent, or Ended. A body of bytes goes as it is."""
        fields = {"Host": f"127.0.0.1:{self.port}", "Authorization": f"Bearer {self.token}"} | (headers or {})
        data = encoded(body)
        if method != "GET":
            kind = "octet-stream" if isinstance(body, bytes) else "json"
            fields |= {"Content-Type": f"application/{kind}", "Content-Length": str(len(data))}
        text = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"
        if self.connection is None:
            self.connect()
        answer = self.exchange(text.encode() + data, self.take, patience)
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    @staticmethod
    def take(received):
        head, end, body = received.partition(b"\r\n\r\n")
        if not end:
            return None
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if len(body) < int(headers.get("content-length", "0")):
            return None
        return Answer(int(lines[0].split()[1]), headers, body.decode(), headers.get("idempotency-replayed") == "true")


class AdminClient(Connection):
    interface = "admin"

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.tag = 0

    def write(self, write, request):
        """One attempt. The protocol has no request id of the client's: its audit rows are found by their transaction."""
        fields = write.body | ({"id": write.subject} if write.subject else {}) | {"request-id": write.key}
        if write.version is not None:
            fields["version"] = write.version
        words = write.operation.replace("_", "-").split(".")
        return self.command(" ".join(words + [f"{name}={quoted(value)}" for name, value in fields.items()]))

    def command(self, text):
        if self.connection is None:
            self.connect()
            try:
                known = self.reply(f"AUTH token={self.token}")
                if known.status == 200:
                    known = self.reply("FORMAT json")
            except Ended as ended:
                # Nothing that writes has been sent.
                raise NotSent(str(ended)) from None
            if known.status != 200:
                self.close()
                return known
        return self.reply(text)

    def reply(self, text):
        self.tag += 1
        answer = self.exchange(f"@{self.tag} {text}\r\n".encode(), self.take)
        if answer is CLOSING:
            self.close()
            raise Ended("closed", "the server said that it ends")
        return answer

    def take(self, received):
        """The reply of the command under way. What the server says unasked announces the end of the connection."""
        # Whole lines only: what came last may end within a character.
        lines = received[:received.rfind(b"\r\n") + 2].decode().split("\r\n")[:-1]
        for line in lines:
            tag, code, fields = (line.split(" ", 2) + ["", ""])[:3]
            if tag == f"@{self.tag}" and not code.startswith("1"):
                return self.answer(code, fields)
        return CLOSING if lines and lines[-1].startswith("* ") else None

    def answer(self, code, fields):
        status = {"529": 429, "600": 500, "703": 503}.get(code)
        if status is None:
            status = int(code) if code[0] in "245" else 400 + int(code[1:])
        value = {}
        if fields.startswith("{"):
            value = json.loads(fields)
            value.pop("request-id", None)
        return Answer(status, {}, json.dumps(value, ensure_ascii=False), code == "202")


# The server has taken its leave and not the command.
CLOSING = object()


def encoded(body):
    """The bytes of a body."""
    if body is None or isinstance(body, bytes):
        return body or b""
    return json.dumps(body, separators=(",", ":")).encode()


def quoted(value):
    text = str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
