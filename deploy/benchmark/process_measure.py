"""The server as a process: memory, time to listening, handshakes."""

import random
import re
import statistics
import subprocess
import time

import load
from ids import ticket_id
from page_measure import CONNECTIONS, DATABASE
from rounds import Figure
from server import Server


def run(databases, chosen):
    databases.seeded(DATABASE)
    (_, _, tickets, _, _), tokens = databases.sizes(DATABASE)[0], databases.tokens(DATABASE, 8)
    starts = []
    for _ in range(2 * chosen.rounds):
        with Server(databases, DATABASE) as server:
            starts.append(server.seconds_to_listening)
    requests = [("GET", f"/v1/incidents/{ticket_id(0, row)}", random.choice(tokens), "") for row in range(1, tickets + 1)]
    requests += [("GET", "/v1/incidents/queue?limit=50", token, "") for token in tokens] * 50
    file = load.write_requests(f"{databases.folder}/process.requests", requests)
    with Server(databases, DATABASE) as server:
        time.sleep(5)
        idle, _ = server.memory()
        for _ in range(chosen.rounds):
            load.load(server, file, chosen.seconds, CONNECTIONS)
        _, busy = server.memory()
        handshakes = [_handshakes(server, chosen) for _ in range(chosen.rounds)]
    return [
        Figure("process", "resident memory, idle", idle, None, "MB", None, ("at most", 40), "of the server after five seconds without a request."),
        Figure("process", f"resident memory, {CONNECTIONS} connections", busy, None, "MB", None, ("at most", 120),
               "the most under reads of tickets and of the queue."),
        Figure("process", "time to listening", statistics.median(starts), None, "s", None, ("at most", 0.3),
               "from the start of `steward serve` on a migrated database, its checks of schema and protections included."),
        Figure("process", "TLS handshakes", statistics.median(handshakes), None, "handshakes/s", None, None,
               "full TLS 1.3 handshakes, one after the other by one client on the same machine (openssl s_time), P-256 certificate."),
    ]


def _handshakes(server, chosen):
    done = subprocess.run(
        ["openssl", "s_time", "-connect", f"127.0.0.1:{server.port}", "-new", "-time", str(chosen.seconds)], capture_output=True, text=True)
    found = re.search(r"(\d+) connections in (\d+) real seconds", done.stdout)
    if not found:
        raise RuntimeError(f"openssl s_time: {(done.stderr + done.stdout)[-500:]}")
    return int(found.group(1)) / int(found.group(2))
