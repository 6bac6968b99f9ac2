"""Clients that hold on to connections: slow headers, slow bodies, slow reading, nothing at all (reliability 71, 79)."""

import re
import subprocess
import sys
import threading
import time

import tools
import wire
from under_attack import UnderAttack


def run(server, report, quick):
    tools.require("slowhttptest")
    length = 5 if quick else 40
    attacks = {
        "slow headers": ["-H", "-i", "3", "-u", server.url + "/v1/customers"],
        "slow body": ["-B", "-i", "3", "-s", "8192", "-t", "POST", "-f", "application/json", "-u", server.url + "/v1/sessions"],
        "slow read": ["-X", "-k", "3", "-n", "2", "-w", "1", "-y", "32", "-z", "8", "-u", server.url + "/openapi.json"],
    }
    for name, arguments in attacks.items():
        with UnderAttack(server, report, "slow", f"slowhttptest, {name}", length) as during:
            during["closed"] = slowhttptest(arguments, 300 if quick else 4000, length)
    if quick:
        crowd(server, report, "idle before the handshake", handshakes=False, quick=True)
        return
    crowd(server, report, "idle before the handshake", handshakes=False, quick=quick)
    crowd(server, report, "idle after the handshake", handshakes=True, quick=quick)
    crowd(server, report, "idle after a request", handshakes=True, first=b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", quick=quick)
    body = b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    crowd(server, report, "in the middle of a body", handshakes=True, first=body, drip=b" ", quick=quick)
    header = b"GET /v1/customers HTTP/1.1\r\nHost: a\r\n"
    crowd(server, report, "in the middle of a header", handshakes=True, first=header, drip=b"a: b\r\n", quick=quick)


def slowhttptest(arguments, connections, seconds):
    """Its own verdict is about clients of its own address, which the server limits; how many connections the server closed."""
    command = ["slowhttptest", *arguments, "-c", str(connections), "-r", str(max(50, connections // 10)), "-l", str(seconds), "-p", "5"]
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds * 3 + 60, check=False,
        preexec_fn=lambda: (wire.allow_many_files(), wire.be_nice()))
    closed = re.findall(r"closed:\s+(?:\x1b\[[0-9;]*m)*\s*(\d+)", result.stdout)
    if not closed:
        raise RuntimeError(f"slowhttptest said nothing of use:\n{result.stdout[-2000:]}")
    return max(int(count) for count in closed)


def crowd(server, report, name, handshakes, quick, first=b"", drip=b""):
    """Thousands of connections from many addresses, so that the limit for one address does not help."""
    count, length = (400, 3) if quick else (4000, 40)
    with UnderAttack(server, report, "slow", f"{count} connections {name}", length) as during:
        arguments = [str(server.port), str(server.authority), str(count), str(length), str(int(handshakes)), first.hex(), drip.hex()]
        result = subprocess.run(
            [sys.executable, __file__, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True, timeout=length + 300)
        during["opened"] = int(result.stdout)


def _main(port, authority, count, seconds, handshakes, first, drip):
    """The crowd itself, as a process of its own."""
    import ssl
    import types

    wire.allow_many_files()
    wire.be_nice()
    server = types.SimpleNamespace(port=int(port))
    context = ssl.create_default_context(cafile=authority)
    first, drip = bytes.fromhex(first), bytes.fromhex(drip)
    addresses = wire.sources(max(1, int(count) // 50))
    opened, lock = [], threading.Lock()

    def open_some(mine):
        for address in mine:
            for _ in range(50):
                try:
                    connection = wire.secure(server, address, 20, context) if handshakes == "1" else wire.connect(server, address, 20)
                    if first:
                        connection.sendall(first)
                    with lock:
                        opened.append(connection)
                except OSError:
                    pass

    workers = [threading.Thread(target=open_some, args=(addresses[index::4],)) for index in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        if drip:
            for connection in opened:
                try:
                    connection.sendall(drip)
                except OSError:
                    pass
        time.sleep(2)
    print(len(opened))


if __name__ == "__main__":
    _main(*sys.argv[1:])
