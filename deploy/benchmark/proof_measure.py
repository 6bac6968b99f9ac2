"""The back-to-back proof of a contract with 20 lines, none like another: calendars, zones and holidays differ."""

import http.client
import json
import ssl
import statistics
import time

from page_measure import DATABASE
from rounds import Figure
from server import Server

LINES, PRIORITIES, METRICS = 20, 4, ("response", "resolution")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Shanghai", "Europe/London", "Australia/Sydney")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
GOAL = 50


class Caller:
    """Operations over one HTTPS connection."""

    def __init__(self, databases, server, token):
        self.paths = {one["name"]: one["path"] for one in json.loads(databases.run(databases.steward, "operations", "--json"))}
        self.connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=ssl._create_unverified_context(), timeout=120)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __call__(self, operation, **fields):
        self.connection.request("POST", self.paths[operation], json.dumps(fields), self.headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status not in (200, 201):
            raise RuntimeError(f"{operation}: {answer.status} {text[:500]}")
        return json.loads(text)


def run(databases, chosen):
    databases.seeded(DATABASE)
    (token,) = databases.tokens(DATABASE)
    with Server(databases, DATABASE) as server:
        call = Caller(databases, server, token)
        contract = _contract(call, time.time_ns())
        times, proven = [], None
        for number in range(5 + (20 if chosen.quick else 400)):
            started = time.monotonic()
            proven = call("proof.run", contract=contract)
            # The first ones compile calendars and prepare statements.
            if number >= 5:
                times.append((time.monotonic() - started) * 1000)
    promises = sum(line["promises"] for line in proven["lines"])
    if promises != LINES * PRIORITIES * len(METRICS) or not any(line["gaps"] for line in proven["lines"]):
        raise RuntimeError(f"the proof looked at {promises} promises")
    return [Figure(
        "proof", f"back-to-back proof of {LINES} lines, {promises} promises", statistics.median(times), None, "ms", None, ("at most", GOAL),
        "the whole operation over HTTPS, the stored proofs included: promises against a team and a supplier for 13 months, no two lines with the same "
        f"calendars; 95th percentile {sorted(times)[len(times) * 95 // 100]:.3g} ms.")]


def _contract(call, mark):
    lines, parts = [], []
    team_hours = [_calendar(call, mark, f"team {number}", number, 7) for number in range(LINES)]
    for number in range(LINES):
        ours = _calendar(call, mark, f"promise {number}", number, 8)
        theirs = _calendar(call, mark, f"supplier {number}", number + 1, 6)
        targets = [
            {"metric": metric, "priority": priority, "budgetSeconds": 3600 * priority * (1 if metric == "response" else 8) + 60 * number, "calendar": ours}
            for metric in METRICS for priority in range(1, PRIORITIES + 1)]
        sla = call("sla.create", name=f"SLA {mark} {number}", targets=targets)["id"]
        lines.append({"name": f"Line {number}", "sla": sla})
        parts.append(theirs)
    # A customer of its own: those of the seed have their contracts by COPY, and their counters do not know of them.
    customer = call("customer.create", code=f"P{mark % 10**8}", name=f"Proof {mark}", zone="Europe/Berlin")["id"]
    contract = call(
        "contract.create", customer=customer, name=f"Proof {mark}", state="draft", currency="EUR", zone="Europe/Berlin",
        startsAt=time.strftime("%Y-%m-%dT00:00:00Z"), lines=lines)
    supplier = call("supplier.create", code=f"P{mark % 10**12}", name="Supplier", zone="UTC")["id"]
    for number, (line, theirs) in enumerate(zip(contract["lines"], parts)):
        service = call("supplier_service.add", supplier=supplier, name=f"Service {number}")["id"]
        agreed = call(
            "underpinning_contract.create", supplier=supplier, reference=f"UC {number}", name="UC", state="active", currency="EUR",
            startsAt="2020-01-01T00:00:00Z", calendar=theirs,
            targets=[{"metric": metric, "budgetSeconds": 1800 + 60 * number} for metric in METRICS])["id"]
        call("supplier_link.add", line=line["id"], service=service, role="provides", underpinningContract=agreed)
        team = call("team.create", name=f"Team {mark} {number}")["id"]
        call("delivery_chain.set", line=line["id"], supplierMetrics=list(METRICS), teams=[{
            "team": team, "calendar": team_hours[number], "handling": [{"seconds": 900 + 60 * number}]}])
    return contract["id"]


def _calendar(call, mark, name, number, opens):
    """Six days a week, closed on some twenty dates; no two alike."""
    hours = [[f"{opens + number % 3:02}:{number % 4 * 15:02}", f"{18 + number % 4}:00"]]
    year = int(time.strftime("%Y"))
    closed = [f"{year + later}-{1 + (number * 5 + step * 7) % 12:02}-{1 + (number * 3 + step * 11) % 28:02}" for later in range(2) for step in range(10)]
    definition = {
        "zone": ZONES[number % len(ZONES)], "week": {day: hours for day in DAYS[:6]}, "exceptions": [{"date": date, "open": []} for date in sorted(set(closed))]}
    return call("calendar.create", name=f"{name} {mark}", definition=definition)["id"]
