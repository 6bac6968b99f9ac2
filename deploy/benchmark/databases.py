"""The databases that measures run on: made when the first measure asks, from a migrated template."""

import hashlib
import json
import os
import subprocess
import sys
import time

from ids import row_bits, token

# name: [(first customer, customers, tickets of each, share that is open, with ledger)], for --quick the second one
SIZES = {
    # a provider of ordinary size: requests are measured here
    "bench_main": ([(0, 64, 1000, 0.1, 1)], [(0, 32, 250, 0.1, 1)]),
    # one customer's page must not depend on how many others there are
    "bench_few": ([(0, 10, 100, 1, 1)], [(0, 10, 100, 1, 1)]),
    "bench_many": ([(0, 10_000, 100, 1, 0)], [(0, 500, 100, 1, 0)]),
    # ten thousand contracts, with what target_measure adds: a fifth of them in customers of ten
    "bench_contracts": ([(0, 8_200, 0, 1, 0)], [(0, 410, 0, 1, 0)]),
    # 100,000 running clocks: each ticket's resolution, and the response of those that nobody has looked at
    "bench_clocks": ([(0, 100, 667, 1, 1)], [(0, 20, 100, 1, 1)]),
    # who has jobs: customers without tickets
    "bench_backlog": ([(0, 40, 0, 1, 0)], [(0, 10, 0, 1, 0)]),
    # figures of a small and of a large customer
    "bench_deep": ([(0, 1, 10_000, 0.02, 0), (1, 1, 1_000_000, 0.02, 0)], [(0, 1, 1000, 0.02, 0), (1, 1, 20_000, 0.02, 0)]),
}


class Databases:
    def __init__(self, cluster, chosen):
        self.cluster = cluster
        self.programs = chosen.programs
        self.quick = chosen.quick
        self.folder = cluster.folder
        self.steward = f"{chosen.programs}/steward"
        self.tool = f"{chosen.programs}/steward-bench"

    def sizes(self, name):
        return SIZES[name][1 if self.quick else 0]

    def path(self, operation):
        """Where the API has an operation without an id."""
        return next(one["path"] for one in json.loads(self.run(self.steward, "operations", "--json")) if one["name"] == operation)

    def run(self, *command, **keywords):
        """A program of ours to its end; returns what it printed."""
        environment = os.environ | {"LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, **keywords)
        if done.returncode != 0:
            raise RuntimeError(f"{os.path.basename(command[0])} {command[1]}: {(done.stderr + done.stdout).strip()[-2000:]}")
        return done.stdout

    def migrated(self, name):
        """An empty database with the schema of this build."""
        self.cluster.drop(name)
        self.cluster.psql("postgres", f"create database {name}")
        self.run(self.steward, "migrate", "--database", self.cluster.url(name, user="bench_admin"))
        return name

    def seeded(self, name):
        with open(os.path.join(os.path.dirname(__file__), "seed.sql"), encoding="utf-8") as file:
            seed = file.read()
        mark = f"{name} seeded {self.sizes(name)} by {hashlib.sha256(seed.encode()).hexdigest()[:12]}"
        if self.cluster.has(name):
            if self.cluster.psql(name, "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()") == mark:
                # A kept one: brought to this build's schema.
                self.run(self.steward, "migrate", "--database", self.cluster.url(name, user="bench_admin"))
                return name
        started = time.monotonic()
        self.migrated(name)
        for first, tenants, tickets, share, ledger in self.sizes(name):
            print(f"bench:   filling {name}: {tenants:,} customers with {tickets:,} tickets each", file=sys.stderr, flush=True)
            self.cluster.psql(name, seed, {"first": first, "tenants": tenants, "tickets": tickets, "open_share": share, "ledger": ledger})
        self.cluster.psql(name, "vacuum (freeze, analyze)")
        self.cluster.psql(name, "checkpoint")
        self.cluster.psql(name, f"comment on database {name} is '{mark}'")
        print(f"bench:   {name} is full after {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        return name

    def tokens(self, name, count=1, role="administrator", listed=None):
        """Tokens of new service accounts of the provider, for every customer or for those that are listed by id."""
        provider, handle = self.cluster.psql(name, "select id, handle from tenancy.tenant where kind = 'provider'").split("|")
        made = []
        for _ in range(count):
            text, digest = token(int(handle))
            account = int(self.cluster.psql(name, "select nextval('tenancy.account_id_seq')"))
            bits = "\\x" + row_bits(account).hex()
            scope = "all" if listed is None else "listed"
            customers = "" if listed is None else (
                "insert into tenancy.role_grant_tenant (tenant_id, role_grant_id, granted_tenant_id) "
                f"select {provider}, currval('tenancy.role_grant_id_seq'), unnest(array{listed}::bigint[]);")
            self.cluster.psql(name, f"""
                insert into tenancy.account (tenant_id, id, public_id, kind, name, language, recorded_at)
                  values ({provider}, {account}, '{bits}', 'service', 'bench {account}', 'en', now());
                insert into tenancy.role_grant (tenant_id, public_id, account_id, role, scope, recorded_at)
                  values ({provider}, '{bits}', {account}, '{role}', '{scope}', now());
                {customers}
                insert into tenancy.api_token (tenant_id, public_id, account_id, kind, name, secret_hash, expires_at, recorded_at)
                  values ({provider}, '{bits}', {account}, 'api', 'bench', '\\x{digest}', now() + interval '1 day', now());""")
            made.append(text)
        return made
