"""A client that sends at a pace, whatever the answers take: each request has its moment, and its time counts from there.

    paced.py PORT FILE PER_SECOND SECONDS CONNECTIONS {once|anyhow}

Lines of FILE: METHOD, path, token, body, parted by tabs. `once`: each line once, in order, until the lines or the time are over; `anyhow`: any of them,
again and again. Prints one line of JSON: requests, those refused or broken, sum of `taken` in the answers, latencies in milliseconds. A process
of its own, so that one client's work is not another one's delay.
"""

import http.client
import json
import random
import ssl
import sys
import threading
import time


def main(port, path, per_second, seconds, connections, order):
    with open(path) as file:
        requests = [line.rstrip("\n").split("\t") for line in file]
    total = int(per_second * seconds)
    if order == "once":
        total = min(total, len(requests))
    start = time.monotonic() + 0.3
    times, faults, taken, lock = [], [], [0], threading.Lock()

    def work(number):
        connection = None
        for turn in range(number, total, connections):
            method, target, token, body = requests[turn] if order == "once" else random.choice(requests)
            due = start + turn / per_second
            time.sleep(max(0, due - time.monotonic()))
            try:
                if connection is None:
                    connection = http.client.HTTPSConnection("127.0.0.1", port, context=ssl._create_unverified_context(), timeout=60)
                headers = {"Authorization": f"Bearer {token}"} | ({"Content-Type": "application/json"} if body else {})
                connection.request(method, target, body or None, headers)
                answer = connection.getresponse()
                text = answer.read()
                fault = None if answer.status < 300 else f"{method} {target}: {answer.status} {text[:200]!r}"
                told = json.loads(text).get("taken", 0) if fault is None and order == "once" else 0
            except (OSError, ValueError, http.client.HTTPException) as error:
                connection, fault, told = None, f"{method} {target}: {error!r}", 0
            with lock:
                times.append((time.monotonic() - due) * 1000)
                taken[0] += told
                if fault:
                    faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    print(json.dumps({
        "requests": len(times), "faults": len(faults), "first": faults[:3], "taken": taken[0],
        **{f"p{share}": times[min(len(times) - 1, len(times) * share // 100)] if times else None for share in (50, 99)}}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]), sys.argv[6])
