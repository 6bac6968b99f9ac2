"""A storm of alerts by one customer: what the others feel of it, and what becomes of the alerts."""

import datetime
import json
import os
import random
import subprocess
import sys
import time

import load
from ids import customer_id, ticket_id
from rounds import Figure, alternate
from server import Server

DATABASE = "bench_main"
ALERTS_PER_MINUTE = 10_000
# As Alertmanager groups them: some of one kind in each delivery.
ALERTS_IN_A_DELIVERY = 20
GROUPS = 60
HONEST_PER_SECOND = 40


def run(databases, chosen):
    databases.seeded(DATABASE)
    seconds = 5 if chosen.quick else 60
    customers, tickets = databases.sizes(DATABASE)[0][1:3]
    tokens = databases.tokens(DATABASE, 4)
    cluster, sent = databases.cluster, {"deliveries": 0, "alerts": 0, "taken": 0}
    # What people of other customers do: they read, look at their queue, and open an incident now and then.
    others = range(1, customers)
    honest = load.write_requests(f"{databases.folder}/honest.requests", [
        request for number in others for request in (
            ("GET", f"/v1/incidents/{ticket_id(number, 1 + number % tickets)}", tokens[number % 4], ""),
            ("GET", f"/v1/incidents?customer={customer_id(number)}&state=open&limit=50", tokens[number % 4], ""),
            ("POST", "/v1/incidents", tokens[number % 4], json.dumps({"customer": customer_id(number), "title": "The printer is on fire", "impact": 2, "urgency": 2})))])
    with Server(databases, DATABASE) as server:
        source, secret = _source(server, tokens[0])
        # Its first round, in which every job is due, is over then.
        time.sleep(5)

        def calm():
            return _finished(_paced(databases, server, honest, HONEST_PER_SECOND, seconds, 8, "anyhow"))["p99"]

        def stormy():
            per_second = ALERTS_PER_MINUTE / 60 / ALERTS_IN_A_DELIVERY
            file = load.write_requests(
                f"{databases.folder}/storm.requests", _deliveries(source, secret, f"r{sent['deliveries']}", int(per_second * seconds) + 1))
            storm = _paced(databases, server, file, per_second, seconds, 8, "once")
            others_felt = _finished(_paced(databases, server, honest, HONEST_PER_SECOND, seconds, 8, "anyhow"))["p99"]
            done = _finished(storm)
            sent["deliveries"] += done["requests"]
            sent["alerts"] += done["requests"] * ALERTS_IN_A_DELIVERY
            sent["taken"] += done["taken"]
            # What is still waiting must not weigh on the calm round that follows.
            sent["settled after"] = max(sent.get("settled after", 0), _settled(cluster))
            # Nor what comes after an alert: messages, the index of the search.
            time.sleep(2 if chosen.quick else 20)
            return others_felt

        calm()
        left, right, ratio = alternate(chosen.rounds, stormy, calm, "others' p99")
    counts = [int(one) for one in cluster.psql(DATABASE, """
        select (select count(*) from events.received), (select count(*) from events.received where state = 'settled'),
          (select count(*) from events.alert), (select count(distinct ticket_public_id) from events.alert), (select count(*) from events.alert where ticket_public_id is null)
    """).split("|")]
    received, settled, alerts, incidents, outside = counts
    lost = max(sent["alerts"] - sent["taken"], sent["taken"] - settled, sent["alerts"] - alerts) + outside
    about = (
        f"{sent['alerts']:,} alerts in {sent['deliveries']:,} deliveries at {ALERTS_PER_MINUTE:,} a minute, all by one customer: {received:,} taken and on disk, {settled:,} settled, "
        f"{alerts:,} alerts, in {incidents} incidents; the last was settled {sent['settled after']:.1f} s after the storm; one server that does all.")
    return [
        Figure(
            "storm", "p99 of the other customers' requests, with a storm of alerts against without", left, right, "ms", ratio, ("at most", 2),
            f"{HONEST_PER_SECOND} requests a second at a steady pace, counted from the moment at which each was due: tickets read, lists, and each third one opens an "
            "incident. " + about),
        Figure("storm", "alerts of the storm that were lost, or stand in no incident", float(lost), None, "alerts", None, ("at most", 0), about),
        # Twenty in ten minutes, and one for the rest, in each ten minutes that the storm went on.
        Figure(
            "storm", "incidents that the storm became", float(incidents), None, "incidents", None,
            ("at most", 21 * (2 + chosen.rounds * 3 * seconds // 600)), about),
    ]


def _source(server, token):
    made = server.post("/v1/event-sources", token, {"name": f"Storm {random.randrange(1 << 40)}", "customer": customer_id(0)})
    return made["id"], made["secret"]


def _deliveries(source, secret, name, count):
    """Each alert is a new one, and they come in groups."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    for number in range(count):
        group = number % GROUPS
        alerts = [
            {
                "status": "firing", "fingerprint": f"{name}/{number}/{place}", "startsAt": now,
                "labels": {"alertname": f"HostDown{group}", "instance": f"host-{number}-{place}:9100", "severity": "warning"},
                "annotations": {"summary": f"host-{number}-{place} is down"},
            } for place in range(ALERTS_IN_A_DELIVERY)]
        body = json.dumps({"version": "4", "groupKey": f"{{}}:{{alertname=\"HostDown{group}\"}}", "alerts": alerts})
        yield ("POST", f"/v1/event-sources/{source}/deliver", secret, body)


def _paced(databases, server, file, per_second, seconds, connections, order):
    return subprocess.Popen(
        [sys.executable, os.path.join(os.path.dirname(__file__), "paced.py"), str(server.port), file, str(per_second), str(seconds), str(connections), order],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _finished(process):
    printed, complaints = process.communicate(timeout=600)
    if process.returncode != 0:
        raise RuntimeError(f"paced client: {complaints.strip()[-1000:]}")
    result = json.loads(printed)
    if result["faults"] or not result["requests"]:
        raise RuntimeError(f"{result['faults']} of {result['requests']} requests failed: {result['first']}")
    return result


def _settled(cluster):
    """How long it takes until no event waits."""
    started = time.monotonic()
    while cluster.psql(DATABASE, "select exists (select from events.received where state = 'waiting')") == "t":
        if time.monotonic() - started > 300:
            raise RuntimeError("the storm is not settled after five minutes")
        time.sleep(0.2)
    return time.monotonic() - started
