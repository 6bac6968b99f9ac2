"""The database's time for the choice of a ticket's contract line and targets, among many contracts."""

import http.client
import json
import random
import re
import ssl
import statistics

import values
from ids import base, customer_id, public_id, row_bits
from rounds import Figure
from server import Server
from wire import Proxy

DATABASE = "bench_contracts"
# What the choice is made by; all that a request sends beside them is not its affair.
MARKS = {"lines in force": "from contracts.contract_version n", "units above": "with recursive above", "targets": "from contracts.sla_target g\nleft join lateral"}
# Besides, where the ticket names CIs, which give it its tier.
CI_MARK = {"CIs": "c.public_id = any($3) and ($4"}
# An SLA such as a large customer has: targets of a dozen services, some of them by priority, tiers, and what is explicitly none.
TARGETS = """
insert into catalog.family (id, public_id, code, names, recorded_at) values (1000, '\\x0102030405060708090a0b0c', 'BENCH', '{"en": "Bench"}', now());
insert into catalog.service (id, public_id, family_id, code, names, state, mode, owner, operation_on, recorded_at)
  select 1000 + n, decode(lpad(to_hex(n), 24, '0'), 'hex'), 1000, 'SVC-' || n, '{"en": "Service"}', 'catalogue', 'managed', '{"en": "Head"}', '2020-01-01', now()
  from generate_series(1, 12) n;
insert into contracts.sla_target (sla_version_id, metric, priority, service_id, ci_tier, calendar_id, budget_seconds, pauses)
  select 1000, m, p, s, null, 1000, 600, false from unnest(array['response', 'resolution']) m, generate_series(1, 5) p, generate_series(1001, 1012) s
  union all
  select 1000, m, null, null, t, 1000, 600, false from unnest(array['response', 'resolution']) m, unnest(array['gold', 'silver']) t
  union all
  select 1000, m, null, s, null, 1000, 600, false from unnest(array['response', 'resolution']) m, generate_series(1001, 1006) s;
insert into contracts.sla_target (sla_version_id, metric, service_id, explicitly_none, pauses)
  select 1000, 'resolution', s, true, false from generate_series(1007, 1009) s;
"""
# Twenty CIs of each customer, half of them gold.
CIS = """
insert into assets.ci (tenant_id, id, public_id, type_id, name, name_key, state, unit_id, ci_tier, confirmed_at, recorded_at)
  select c.id, c.id + n, convert_to((100000000000 + c.id + n)::text, 'UTF8'), t.id, 'Server ' || n, 'server ' || n, 'in_use', c.id,
    case when n % 2 = 0 then 'gold' else 'silver' end, now(), now()
  from tenancy.tenant c cross join generate_series(1, 20) n cross join assets.ci_type t where c.kind = 'customer' and t.code = 'server';
"""
# A fifth of the contracts belong to customers who have ten of them, each for a site of its own.
CONTRACTS = """
create temporary table extra as
  select k * 10000000 as tenant, k * 10000000 + 100 + n as id, n from generate_series({first}, {last}) k, generate_series(1, 9) n;
insert into tenancy.org_unit (tenant_id, id, public_id, kind, name, parent_id, recorded_at)
  select tenant, id, convert_to((100000000000 + id)::text, 'UTF8'), 'site', 'Site ' || n, tenant, now() from extra;
insert into contracts.contract (tenant_id, id, public_id, number, currency, zone, recorded_at)
  select tenant, id, convert_to((100000000000 + id)::text, 'UTF8'), n + 1, 'EUR', 'Europe/Berlin', now() from extra;
insert into contracts.contract_version (tenant_id, id, contract_id, valid_from, name, state, starts_at, recorded_at)
  select tenant, id, id, now() - interval '400 days', 'Site', 'active', now() - interval '400 days', now() from extra;
insert into contracts.contract_line (tenant_id, id, public_id, contract_id, recorded_at)
  select tenant, id, convert_to((100000000000 + id)::text, 'UTF8'), id, now() from extra;
insert into contracts.contract_line_version (tenant_id, id, contract_line_id, valid_from, name, state, sla_id, unit_id, recorded_at)
  select tenant, id, id, now() - interval '400 days', 'Site', 'active', 1000, id, now() from extra;
vacuum analyze;
"""


def run(databases, chosen):
    databases.seeded(DATABASE)
    cluster = databases.cluster
    customers = databases.sizes(DATABASE)[0][1]
    groups = customers // 41
    if cluster.psql(DATABASE, "select count(*) from catalog.family where id = 1000") == "0":
        cluster.psql(DATABASE, TARGETS)
        cluster.psql(DATABASE, CIS)
        cluster.psql(DATABASE, CONTRACTS.format(first=1, last=groups))
    contracts = int(cluster.psql(DATABASE, "select count(*) from contracts.contract"))
    sent, with_cis = _sent(databases)
    figures = []
    for what, of_one, numbers in (
            ("a ticket, a customer of one contract", sent, range(groups, customers)), ("a ticket, a customer of ten contracts", sent, range(groups)),
            ("a ticket with two CIs, a customer of one contract", with_cis, range(groups, customers))):
        samples = [random.choice(numbers) for _ in range(60 if chosen.quick else 300)]
        parts = [_execute(cluster, of_one, base(number), base(number) + (101 if "ten contracts" in what else 0)) for number in samples]
        times = sorted(map(sum, parts))
        late = times[len(times) * 95 // 100]
        each = ", ".join(f"{name} {statistics.median(column):.3f}" for name, column in zip(of_one, zip(*parts)))
        figures.append(Figure(
            "resolve", f"line and targets of {what} among {contracts:,} (p95 {late:.3f} ms)", statistics.median(times), None, "ms", None, ("at most", 0.2),
            f"the database's execution time (EXPLAIN ANALYZE, no timing of nodes) of the {len(of_one)} prepared statements that opening a ticket sends, under row "
            f"security as the server's role; the median of {len(times)} ({each}); an SLA of "
            f"{cluster.psql(DATABASE, 'select count(*) from contracts.sla_target where sla_version_id = 1000')} targets."))
    return figures


def _sent(databases):
    """The statements of the choice, as opening a ticket really sends them, of one whose tier is said and of one that names two CIs: name, text with
    its parameters, types and values."""
    (token,) = databases.tokens(DATABASE)
    body = {"customer": customer_id(0), "title": "Down", "service": "SVC-1", "requester": None, "unit": _unit(base(0))}
    cis = [public_id("ci", 0, number) for number in _cis(base(0))]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    proxy = Proxy(f"{databases.folder}/proxy", databases.cluster.socket)
    try:
        with Server(databases, DATABASE, socket=proxy.folder) as server:
            connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=ssl._create_unverified_context())

            def opening(more):
                def open_ticket():
                    connection.request("POST", "/v1/incidents", json.dumps(body | more), headers)
                    answer = connection.getresponse()
                    text = answer.read()
                    if answer.status >= 300:
                        raise RuntimeError(f"opening: {answer.status} {text[:300]}")
                open_ticket()
                return [one for exchange in proxy.record(open_ticket) for one in exchange.statements]
            return _found(opening({"ciTier": "gold"}), MARKS), _found(opening({"cis": cis}), MARKS | CI_MARK)
    finally:
        proxy.close()


def _found(statements, marks):
    found = {name: next((one for one in statements if mark in one.sql), None) for name, mark in marks.items()}
    missing = [name for name, one in found.items() if one is None]
    if missing:
        raise RuntimeError(f"opening a ticket sent no statement for {', '.join(missing)}")
    return found


def _cis(tenant):
    """Two CIs of a customer, of different tiers."""
    return tenant + 1, tenant + 2


def _unit(number):
    return public_id("unit", number // 10_000_000 - 1, number)


def _execute(cluster, sent, tenant, unit):
    """One choice for a customer: the execution time of each statement, when each statement was prepared and has run often enough to have its plan."""
    # As the server writes it, with a space on both sides.
    script = ["begin", f"set local app.tenants = '{{ {tenant} }}'", "set local app.side = 'staff'"]
    for place, (name, one) in enumerate(sent.items()):
        texts = [None if value is None else values.text(oid, value) for oid, value in zip(one.types, one.values)]
        texts = [str(tenant) if text == str(base(0)) and number == 0 else str(unit) if name == "units above" and number == 1 else text
                 for number, text in enumerate(texts)]
        if name == "CIs":
            bits = ",".join(f'"\\\\x{row_bits(number).hex()}"' for number in _cis(tenant))
            texts[2] = "{" + bits + "}"
        arguments = ", ".join("null" if text is None else "'" + text.replace("'", "''") + "'" for text in texts)
        script.append(f"prepare s{place} ({', '.join(values.name(oid) for oid in one.types)}) as {one.sql.strip()}")
        script += [f"explain (analyze, timing off, summary, format json) execute s{place} ({arguments})"] * 8
    printed = cluster.psql(DATABASE, ";\n".join(script) + ";\ncommit;", user="steward_app")
    times = [float(found) for found in re.findall(r'"Execution Time": ([0-9.]+)', printed)]
    if len(times) != 8 * len(sent):
        raise RuntimeError(f"{len(times)} plans were explained")
    # The last ones of each: the caches of the session are filled, and the plan is the one that stays.
    return [statistics.median(times[place * 8 + 5:place * 8 + 8]) for place in range(len(sent))]
