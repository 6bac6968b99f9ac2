"""Requests over HTTPS against pgbench of the statements that such a request really sends."""

import datetime
import json
import random
import ssl
import time
import http.client

import load
from ids import base, customer_id, row_bits, ticket_id
from rounds import Figure, alternate
from script import Pgbench, Script
from server import Server
from wire import Proxy

DATABASE = "bench_main"
CONNECTIONS = 16
# Every ticket holds two attributes: a third of them, open or not, are of one region, and nearly all hold that word under the other key.
VALUES = """
insert into attributes.definition (public_id, process, key, type, is_internal, content, recorded_at)
  select decode(lpad(to_hex(d.n), 24, '0'), 'hex'), 'incident', d.key, 'choice', false,
    '{"label": {"en": "Region"}, "choices": [{"value": "emea", "name": {"en": "Europe"}}, {"value": "apac", "name": {"en": "Asia"}}]}', now()
  from unnest(array['region', 'place']) with ordinality d (key, n);
insert into attributes.value (tenant_id, process, subject_id, key, definition_id, value, code, opened_at)
  select t.tenant_id, 'incident', t.id, d.key, d.id, to_jsonb(c.code), c.code, t.opened_at
  from desk.ticket t cross join attributes.definition d
  cross join lateral (select case when d.key = 'place' or t.id % 3 = 0 then 'emea' else 'apac' end) c (code);
vacuum analyze attributes.value;
"""


def _send(connection, request):
    method, path, token, body = request
    headers = {"Authorization": f"Bearer {token}"} | ({"Content-Type": "application/json"} if body else {})
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]}")


def captured(databases, requests, named=None, head=()):
    """A pgbench script for each request. Every one is sent several times: the first fills what the server remembers for a
    second, the next two are compared. Should a job of the server come between, it is tried again."""
    cluster, scripts = databases.cluster, []
    proxy = Proxy(f"{databases.folder}/proxy", cluster.socket)
    try:
        with Server(databases, DATABASE, socket=proxy.folder) as server:
            connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=ssl._create_unverified_context())
            for number, request in enumerate(requests):
                for attempt in range(20):
                    _send(connection, request)
                    first = proxy.record(lambda: _send(connection, request))
                    second = proxy.record(lambda: _send(connection, request))
                    third = proxy.record(lambda: _send(connection, request))
                    shapes = [[[one.sql for one in exchange.statements] for exchange in exchanges] for exchanges in (first, second, third)]
                    if shapes[0] == shapes[1] == shapes[2] and len({exchange.connection for exchange in first}) == 1:
                        scripts.append(Script(number, first, second, named, head))
                        break
                    time.sleep(0.3)
                else:
                    raise RuntimeError(f"no two requests {request[1]} sent the same statements on one connection")
    finally:
        proxy.close()
    return scripts


def _figure(databases, chosen, name, what, requests, scripts, goal):
    path = load.write_requests(f"{databases.folder}/{name}.requests", requests)
    bench = Pgbench(databases.cluster, DATABASE, scripts, databases.folder, name)
    statements = sum(line.endswith(";") for line in scripts[0].body)
    with Server(databases, DATABASE) as server:
        load.load(server, path, 2, CONNECTIONS)
        bench.per_second(2, CONNECTIONS)
        ours, limit, ratio = alternate(
            chosen.rounds, lambda: load.load(server, path, chosen.seconds, CONNECTIONS)["perSecond"],
            lambda: bench.per_second(chosen.seconds, CONNECTIONS), what)
    return [Figure(
        name, what, ours, limit, "requests/s", ratio, ("at least", goal),
        f"{CONNECTIONS} keep-alive HTTPS connections by wrk, token checked, against pgbench -M prepared -c {CONNECTIONS} with the {statements} statements "
        f"and {scripts[0].round_trips} round trips that were read off the server's own connection; the machine carries load generator, server and database.")]


def read(databases, chosen):
    databases.seeded(DATABASE)
    (_, _, tickets, _, _), tokens = databases.sizes(DATABASE)[0], databases.tokens(DATABASE, 8)
    sample = base(0) + 1
    named = {str(sample): ":id", "\\x" + row_bits(sample).hex(): ":bits"}
    head = [f"\\set id random({base(0) + 1}, {base(0) + tickets})", "\\set bits 100000000000 + :id"]
    scripts = captured(databases, [("GET", f"/v1/incidents/{ticket_id(0, 1)}", tokens[0], "")], named, head)
    requests = [("GET", f"/v1/incidents/{ticket_id(0, row)}", random.choice(tokens), "") for row in range(1, tickets + 1)]
    return _figure(databases, chosen, "read", f"read a ticket, one of {tickets:,}", requests, scripts, 0.6)


def open_incident(databases, chosen):
    databases.seeded(DATABASE)
    (_, customers, _, _, _), tokens = databases.sizes(DATABASE)[0], databases.tokens(DATABASE, 8)
    requests = [
        ("POST", "/v1/incidents", random.choice(tokens), json.dumps({"customer": customer_id(number), "title": "The printer answers no longer",
                                                                     "description": "Since this morning nothing is printed.", "impact": 2, "urgency": 2}))
        for number in range(customers)]
    # A customer for each of pgbench's clients: theirs never wait for one another's counter of ticket numbers, ours seldom.
    scripts = captured(databases, requests[:CONNECTIONS])
    return _figure(databases, chosen, "open", f"open an incident, {customers} customers", requests, scripts, 0.7)


def queue(databases, chosen):
    databases.seeded(DATABASE)
    tokens = databases.tokens(DATABASE, 8, role="engineer")
    requests = [("GET", "/v1/incidents/queue?limit=50", token, "") for token in tokens]
    return _figure(databases, chosen, "queue", "queue page, 50 tickets", requests, captured(databases, requests[:1]), 0.6)


def attribute_queue(databases, chosen):
    databases.seeded(DATABASE)
    if databases.cluster.psql(DATABASE, "select count(*) from attributes.definition") == "0":
        databases.cluster.psql(DATABASE, VALUES)
    tokens = databases.tokens(DATABASE, 8, role="engineer")
    requests = [("GET", "/v1/incidents/queue?limit=50&attribute=region:emea", token, "") for token in tokens]
    what = "queue page of one value of an attribute, 50 tickets"
    return _figure(databases, chosen, "attributes", what, requests, captured(databases, requests[:1]), 0.6)


def scorecard(databases, chosen):
    databases.seeded(DATABASE)
    tokens = databases.tokens(DATABASE, 8)
    month = (datetime.date.today().replace(day=1) - datetime.timedelta(days=1)).strftime("%Y-%m")
    requests = [
        ("GET", f"{databases.path('scorecard.read')}?customer={customer_id(0)}&month={month}&basis=opened", token, "") for token in tokens]
    return _figure(databases, chosen, "scorecard", "scorecard page of a month", requests, captured(databases, requests[:1]), 0.6)
