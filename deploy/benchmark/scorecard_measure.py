"""Figures: computed anew at a large customer, and brought up to date after one change at a small and at a large one."""

import http.client
import json
import ssl
import time

from ids import base, customer_id
from rounds import Figure, alternate
from server import Server

DATABASE = "bench_deep"
LARGE, SMALL = 1, 0


# The daily figures of a customer straight from tickets and clocks, as one would write it by hand for just this.
AGGREGATE = """
begin;
delete from scorecard.daily where tenant_id = {tenant};
insert into scorecard.daily
select {tenant}, t.contract_id, b.basis, (b.at at time zone c.zone)::date as day, t.priority, count(*), count(*) filter (where t.reopen_count > 0),
  count(*) filter (where r.verdict in ('met', 'missed')), count(*) filter (where r.verdict = 'met'),
  count(*) filter (where r.state = 'stopped'), coalesce(sum(r.consumed_seconds) filter (where r.state = 'stopped'), 0),
  count(*) filter (where s.verdict in ('met', 'missed')), count(*) filter (where s.verdict = 'met'),
  count(*) filter (where s.state = 'stopped'), coalesce(sum(s.consumed_seconds) filter (where s.state = 'stopped'), 0)
from desk.ticket t
join contracts.contract c on c.tenant_id = t.tenant_id and c.id = t.contract_id
left join service_levels.clock r on r.tenant_id = t.tenant_id and r.subject_id = t.id and r.metric = 'response'
left join service_levels.clock s on s.tenant_id = t.tenant_id and s.subject_id = t.id and s.metric = 'resolution'
cross join lateral (values ('opened', t.opened_at), ('resolved', t.resolved_at), ('closed', t.closed_at)) b (basis, at)
where t.tenant_id = {tenant} and b.at is not null
group by t.contract_id, b.basis, day, t.priority;
commit;
"""
SUMS = "select count(*), sum(tickets), sum(response_met), sum(resolution_met), sum(resolution_seconds) from scorecard.daily where tenant_id = {tenant}"


def run(databases, chosen):
    databases.seeded(DATABASE)
    return _recompute(databases, chosen) + _refresh(databases, chosen)


def _recompute(databases, chosen):
    cluster, tenant = databases.cluster, base(LARGE)
    tickets = int(cluster.psql(DATABASE, f"select count(*) from desk.ticket where tenant_id = {tenant}"))
    (token,) = databases.tokens(DATABASE)
    sums, path = set(), databases.path("scorecard.rebuild")

    with Server(databases, DATABASE) as server:
        def ours():
            connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=ssl._create_unverified_context(), timeout=600)
            started = time.monotonic()
            connection.request("POST", path, json.dumps({"customer": customer_id(LARGE)}),
                               {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
            elapsed = time.monotonic() - started
            if answer.status != 200:
                raise RuntimeError(f"rebuild: {answer.status} {text[:500]}")
            sums.add(cluster.psql(DATABASE, SUMS.format(tenant=tenant)))
            return elapsed

        def limit():
            started = time.monotonic()
            cluster.psql(DATABASE, AGGREGATE.format(tenant=tenant))
            elapsed = time.monotonic() - started
            sums.add(cluster.psql(DATABASE, SUMS.format(tenant=tenant)))
            return elapsed

        left, right, ratio = alternate(min(chosen.rounds, 3), ours, limit, "recompute")
    if len(sums) != 1:
        raise RuntimeError(f"the two sides do not agree on the figures: {sums}")
    return [Figure(
        "figures", f"figures of {tickets:,} tickets computed anew", left, right, "s", ratio, ("at most", 1.2),
        "the operation over HTTPS, which proves every ticket's fact and the daily sums against the tickets and clocks; against one hand-written SQL "
        "aggregate of the daily sums alone, without facts. Both give the same sums.")]


def _refresh(databases, chosen):
    cluster, sizes = databases.cluster, {}

    def time_of(number):
        tenant = base(number)
        sizes[number] = int(cluster.psql(DATABASE, f"select count(*) from desk.ticket where tenant_id = {tenant}"))
        tickets = ",".join(str(tenant + 1 + step * sizes[number] // 50) for step in range(50))
        printed = databases.run(
            databases.tool, "refresh", "--database", cluster.url(DATABASE), "--tenant", str(tenant), "--tickets", tickets, "--rounds",
            "50" if chosen.quick else "200")
        return json.loads(printed)["milliseconds"]

    left, right, ratio = alternate(chosen.rounds, lambda: time_of(LARGE), lambda: time_of(SMALL), "refresh")
    return [Figure(
        "figures", f"refresh after one change, {sizes[LARGE]:,} tickets against {sizes[SMALL]:,}", left, right, "ms", ratio, ("at most", 1.1),
        "the sweep that takes one changed ticket into the figures; the limit is the same at the small customer: it must not depend on history.")]
