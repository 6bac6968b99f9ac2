"""The honest client: asks at a steady pace, on kept connections and on new ones, and notes how long each answer took.

It runs as a process of its own, from an address of its own, so that it shares nothing with the attackers but the server.
"""

import json
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import threading
import time

ADDRESS = "127.0.0.9"
PATH = "/v1/identity"
PER_SECOND = 40
# Every so many requests, one on a connection of its own.
NEW_CONNECTION_EVERY = 8
# A request that takes longer has failed.
PATIENCE_SECONDS = 10


class HonestClient:
    """Measures from `start()` to `end()`; what happened between two moments is told by `between()`."""

    def __init__(self, server):
        arguments = {"port": server.port, "authority": server.authority, "token": server.token}
        self.process = subprocess.Popen(
            [sys.executable, __file__, json.dumps(arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.samples = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.samples.append(json.loads(line))

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.reader.join(10)

    def between(self, begin, end):
        return [sample for sample in list(self.samples) if begin <= sample["at"] < end]


def figures(samples):
    """p99 is the median of the p99 of windows, so that one hiccup of a shared machine is not the server's."""
    times = [sample["seconds"] for sample in samples if sample["error"] is None]
    failures = [sample["error"] for sample in samples if sample["error"] is not None]
    windows = [times[index:index + 100] for index in range(0, len(times), 100)]
    if len(windows) > 1 and len(windows[-1]) < 50:
        rest = windows.pop()
        windows[-1] += rest
    p99 = statistics.median(percentile(window, 0.99) for window in windows) if times else None
    return {"requests": len(samples), "failures": failures, "p50": percentile(times, 0.5), "p99": p99}


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


class _Connection:
    def __init__(self, context, port):
        raw = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS, source_address=(ADDRESS, 0))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(raw, server_hostname="localhost")
        self.left = 900

    def ask(self, request):
        self.socket.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, body = data.split(b"\r\n\r\n", 1)
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        while len(body) < length:
            body += self._receive()
        self.left -= 1
        return int(head.split()[1])

    def _receive(self):
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed")
        return part

    def close(self):
        self.socket.close()


def _main(port, authority, token):
    context = ssl.create_default_context(cafile=authority)
    context.set_alpn_protocols(["http/1.1"])
    request = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    kept, count, due = None, 0, time.monotonic()
    while True:
        due = max(due + 1 / PER_SECOND, time.monotonic() - 1)
        time.sleep(max(0, due - time.monotonic()))
        count += 1
        began, error, status = time.monotonic(), None, None
        is_new = count % NEW_CONNECTION_EVERY == 0
        connection = None
        try:
            if is_new or kept is None or kept.left == 0:
                connection = _Connection(context, port)
            if connection is not None and not is_new:
                kept, connection = connection, None
            status = (connection or kept).ask(request)
            if status != 200:
                error = f"status {status}"
        except (OSError, ValueError, StopIteration) as problem:
            error = f"{type(problem).__name__}: {problem}" + (" (new connection)" if is_new else " (kept connection)")
            if not is_new:
                kept = None
        finally:
            if connection is not None:
                connection.close()
        print(json.dumps({"at": began, "seconds": time.monotonic() - began, "error": error}), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _main(**json.loads(sys.argv[1]))
