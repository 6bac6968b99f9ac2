"""Our libpq client against pgbench's own loop."""

import json

from rounds import Figure, alternate
from script import pgbench

DATABASE = "bench_client"


def run(databases, chosen):
    cluster = databases.cluster
    scale = 1 if chosen.quick else 10
    if not cluster.has(DATABASE):
        cluster.psql("postgres", f"create database {DATABASE}")
        databases.run(f"{cluster.bin}/pgbench", "-i", "-q", "-s", str(scale), "-h", cluster.socket, "-U", "bench_admin", DATABASE)
    url = cluster.url(DATABASE, user="bench_admin")
    figures = []

    def ours(connections, *more):
        printed = databases.run(
            databases.tool, "select", "--database", url, "--connections", str(connections), "--seconds", str(chosen.seconds), "--rows",
            str(scale * 100_000), *more)
        return json.loads(printed)["perSecond"]

    def limit(connections):
        return pgbench(cluster, DATABASE, chosen.seconds, connections, ["-S"], user="bench_admin")

    limit(4)
    for connections in (1, 4, 8, 16):
        what = f"SELECT by key, {connections} connections"
        left, right, ratio = alternate(chosen.rounds, lambda: ours(connections), lambda: limit(connections), what)
        figures.append(Figure(
            "client", what, left, right, "SELECTs/s", ratio, ("at least", 0.9) if connections >= 4 else None,
            f"one prepared SELECT of {scale * 100_000:,} rows by key in each round trip through our client, against pgbench -S -M prepared."))
    what = "SELECT by key, 16 connections, pipelined"
    left, right, ratio = alternate(chosen.rounds, lambda: ours(16, "--pipelined"), lambda: limit(16), what)
    figures.append(Figure(
        "client", what, left, right, "SELECTs/s", ratio, ("at least", 1.2),
        "eight SELECTs to a transaction, in one round trip with its BEGIN, as the operations do it; against pgbench -S, which has no transaction."))
    return figures
