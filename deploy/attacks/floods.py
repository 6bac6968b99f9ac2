"""More of everything than anybody needs: handshakes, paths, connections, signals (reliability 71, 72, 88)."""

import random
import signal
import socket
import string
import subprocess
import sys
import threading
import time

import wire
from honest import HonestClient, figures
from under_attack import UnderAttack


def run(server, report, quick):
    handshakes(server, report, quick)
    paths(server, report, 5_000 if quick else 200_000)
    reloads(server, report, quick)
    # Judged by the processor's time, which a gate does not do.
    if not quick:
        descriptors(server, report)


def handshakes(server, report, quick):
    seconds = 4 if quick else 30
    for name, kind in (("half-open hellos", "half"), ("full handshakes", "full"), ("hellos of noise", "noise")):
        with UnderAttack(server, report, "floods", f"handshake flood, {name}", seconds) as during:
            command = [sys.executable, __file__, str(server.port), server.authority, kind, str(seconds)]
            result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True, timeout=seconds + 120)
            during["connections"] = int(result.stdout)


def paths(server, report, count):
    """Each path is another one; the page of metrics must not grow by any of them."""
    generator = random.Random(88)
    page = lambda: server.call("GET", "/metrics")[1]
    series = lambda text: {line.rsplit(" ", 1)[0] for line in text.splitlines() if not line.startswith("#")}
    wire.exchange(server, b"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    before, memory = series(page()), server.resident_bytes()
    done = 0
    while done < count:
        connection = wire.secure(server)
        with connection:
            for _ in range(20):
                batch = b"".join(
                    b"GET /v1/%s HTTP/1.1\r\nHost: a\r\n\r\n" % "".join(generator.choices(string.ascii_letters, k=24)).encode() for _ in range(45))
                connection.sendall(batch)
                received = b""
                while received.count(b"HTTP/1.1 404") < 45:
                    part = connection.recv(1 << 18)
                    if not part:
                        raise RuntimeError("the server closed in the middle of honest nonsense")
                    received += part
                done += 45
    grown = (server.resident_bytes() - memory) / (1 << 20)
    new = series(page()) - before
    report.check("floods", "random paths make no metric", not new, f"new: {sorted(new)[:5]}", paths=done, memory_mib=round(grown, 1))
    report.check("floods", "random paths leave memory as it was", grown < 64, memory_mib=round(grown, 1))


def reloads(server, report, quick):
    """SIGHUP again and again while honest clients connect and ask: none of them notices."""
    honest = HonestClient(server)
    count = 20 if quick else 200
    try:
        time.sleep(2)
        begin = time.monotonic()
        for _ in range(count):
            server.process.send_signal(signal.SIGHUP)
            time.sleep(0.1)
        time.sleep(1)
        seen = figures(honest.between(begin, time.monotonic()))
    finally:
        honest.end()
    reloaded = server.log().count("certificate reloaded")
    report.check(
        "floods", "certificates are exchanged under load", seen["requests"] > 0 and not seen["failures"] and reloaded > 0,
        f"reloads {reloaded}, failures {seen['failures'][:3]}", reloads=reloaded, honest_requests=seen["requests"], failures=len(seen["failures"]))


def descriptors(server, report):
    """No descriptor is left: who is connected is served, the process does not spin, and new ones get in afterwards."""
    limit = server.open_files() + 60
    kept = wire.secure(server, "127.0.7.1", 15)
    ask = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    server.limit_open_files(limit)
    held = []
    try:
        for address in wire.sources(5, first=40):
            for _ in range(60):
                try:
                    held.append(wire.connect(server, address, 5))
                except OSError:
                    pass
        time.sleep(1)
        cpu, began = server.cpu_seconds(), time.monotonic()
        answered = 0
        for _ in range(20):
            kept.sendall(ask)
            answered += kept.recv(65536).startswith(b"HTTP/1.1 200")
            time.sleep(0.1)
        share = (server.cpu_seconds() - cpu) / (time.monotonic() - began)
        report.check(
            "floods", "without descriptors, who is connected is served", answered == 20 and share < 0.8 and server.is_alive(),
            f"{answered} of 20 answered, {share:.2f} of a processor", limit=limit, open=server.open_files(), held=len(held), processor=round(share, 2))
    finally:
        for connection in held:
            connection.close()
        kept.close()
    began = time.monotonic()
    status = None
    while status != 200 and time.monotonic() < began + 30:
        try:
            status = server.call("GET", "/healthz")[0]
        except OSError:
            time.sleep(0.2)
    report.check("floods", "accepting resumes afterwards", status == 200, f"status {status}", seconds=round(time.monotonic() - began, 1))


def _main(port, authority, kind, seconds):
    """The flood, as a process of its own: how many connections it made."""
    import ssl
    import types

    wire.allow_many_files()
    wire.be_nice()
    server = types.SimpleNamespace(port=int(port))
    context = ssl.create_default_context(cafile=authority)
    end = time.monotonic() + float(seconds)
    counts = [0] * 8
    generator = random.Random(71)

    def flood(index):
        mine, held = wire.sources(100)[index::8], []
        while time.monotonic() < end:
            try:
                address = mine[counts[index] % len(mine)]
                if kind == "full":
                    wire.secure(server, address, 10, context).close()
                else:
                    connection = wire.connect(server, address, 10)
                    # The beginning of a hello that never goes on, or bytes that are none.
                    connection.sendall(b"\x16\x03\x01\x02\x00\x01" if kind == "half" else b"\x16\x03\x01" + generator.randbytes(600))
                    held.append(connection)
                    if len(held) > 600:
                        held.pop(0).close()
                counts[index] += 1
            except (OSError, socket.timeout):
                time.sleep(0.01)

    workers = [threading.Thread(target=flood, args=(index,)) for index in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(sum(counts))


if __name__ == "__main__":
    _main(*sys.argv[1:])
