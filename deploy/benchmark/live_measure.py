"""Live updates: what streams cost that have nothing to tell, and how soon a change is told."""

import asyncio
import json
import os
import resource
import ssl
import time

from ids import base, ticket_id
from rounds import Figure
from server import Server

DATABASE = "bench_few"
# of the 100 connections that one address may have
PER_ADDRESS = 90
PER_ACCOUNT = 20
# who are told of every change
LISTENERS = 4
# the one incident that all the others listen to, which nothing happens to but at the end
QUIET = (9, 100)
A_SECOND = 20


def run(databases, chosen):
    databases.seeded(DATABASE)
    # The server inherits it.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else 65_536, hard))
    # as many as a server takes
    count = (100 if chosen.quick else 1000) - LISTENERS
    tokens = databases.tokens(DATABASE, (count + LISTENERS) // PER_ACCOUNT + 1)
    with Server(databases, DATABASE) as server:
        # Its first round of jobs is over then.
        time.sleep(5)
        return asyncio.run(_measure(databases, chosen, server, tokens, count))


async def _measure(databases, chosen, server, tokens, count):
    cluster, window = databases.cluster, 4 if chosen.quick else 20
    listeners = [await _Stream.open(server, tokens[number // PER_ACCOUNT], "", number) for number in range(LISTENERS)]
    quiet = f"?incident={ticket_id(*QUIET)}"
    first = await _cost(cluster, server, window)
    before, _ = server.memory()
    gate = asyncio.Semaphore(16)

    async def opened(number):
        async with gate:
            return await _Stream.open(server, tokens[number // PER_ACCOUNT], quiet, number)

    idle = await asyncio.gather(*(opened(number) for number in range(LISTENERS, LISTENERS + count)))
    await asyncio.sleep(3)
    after, _ = server.memory()
    second = await _cost(cluster, server, window)
    delays, told = [], []
    for _ in range(chosen.rounds):
        delays += await _changes(cluster, listeners, chosen.seconds)
        told += await _told_to_all(cluster, idle)
    gone = [stream for stream in listeners + idle if stream.is_over]
    if gone:
        raise RuntimeError(f"{len(gone)} of {len(listeners) + count} streams ended")
    for stream in listeners + idle:
        stream.close()
    delays.sort()
    told.sort()
    reading = (
        f"from the commit until the event is at the client, which runs on the same machine; {A_SECOND} changes a second, {LISTENERS} streams that are "
        f"told of all of them, {count:,} that are told of none. The server looks four times a second: a quarter of a second at most, and what telling takes.")
    return [
        Figure("live", f"memory of a stream, {count:,} open", (after - before) * 1024 / count, None, "kB", None, None,
               "what the server's resident memory grew by, buffers of TLS included, for each stream that was opened."),
        Figure("live", "a change is told, median", _at(delays, 0.5), None, "s", None, None, reading),
        Figure("live", "a change is told, p99", _at(delays, 0.99), None, "s", None, ("at most", 0.5), reading),
        Figure("live", f"a change is told to {count:,} streams, p99", _at(told, 0.99), None, "s", None, ("at most", 1),
               f"the same of one change that all are told of, over all streams; the median {_at(told, 0.5):.2f} s, the last {told[-1]:.2f} s."),
        Figure("live", "looks of an idle server, database", second[0], None, "ms/s", None, None,
               f"time in which the database did statements of this database, each second, jobs included; with the {LISTENERS} streams alone {first[0]:.1f}."),
        Figure("live", f"idle server with {count:,} streams", second[1], None, "ms/s", None, None,
               f"processor time of the server each second, signs of life and jobs included; with the {LISTENERS} streams alone {first[1]:.1f}."),
    ]


def _at(values, share):
    return values[min(len(values) - 1, int(len(values) * share))]


async def _cost(cluster, server, seconds):
    """Milliseconds a second: of the database for statements, and of the server's processor."""
    async def state():
        active = await asyncio.to_thread(cluster.psql, DATABASE, "select active_time from pg_stat_database where datname = current_database()")
        with open(f"/proc/{server.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return time.monotonic(), float(active), (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    start = await state()
    await asyncio.sleep(seconds)
    end = await state()
    return tuple((end[index] - start[index]) / (end[0] - start[0]) for index in (1, 2))


async def _changes(cluster, listeners, seconds):
    """Seconds from each commit until each listener has it."""
    count, seq = min(A_SECOND * seconds, 900), time.time_ns() // 1000
    rows = {base(n // 100) + 1 + n % 100: ticket_id(n // 100, 1 + n % 100) for n in range(count)}
    for stream in listeners:
        stream.arrivals.clear()
    await asyncio.to_thread(cluster.psql, DATABASE, "".join(
        _change(row, seq + n) + f"select pg_sleep({1 / A_SECOND});\n" for n, row in enumerate(rows)))
    committed = await _committed(cluster, seq, count)
    await _until(lambda: all(len(stream.arrivals) >= count for stream in listeners), f"{count} changes")
    return [stream.arrivals[rows[row]] - at for stream in listeners for row, at in committed.items()]


async def _told_to_all(cluster, streams):
    found = []
    for _ in range(3):
        seq, row = time.time_ns() // 1000, base(QUIET[0]) + QUIET[1]
        for stream in streams:
            stream.arrivals.clear()
        await asyncio.to_thread(cluster.psql, DATABASE, _change(row, seq))
        at = (await _committed(cluster, seq, 1))[row]
        await _until(lambda: all(stream.arrivals for stream in streams), "one change")
        found += [next(iter(stream.arrivals.values())) - at for stream in streams]
    return found


def _change(row, seq):
    return f"""
        insert into operations.event (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, via, occurred_at)
        select tenant_id, now(), 'ticket', id, {seq}, 'incident.changed', '{{}}', 'system', 0, 'job', now() from desk.ticket where id = {row}
          and tenant_id = {row // 10_000_000 * 10_000_000};
        """


async def _committed(cluster, seq, count):
    found = await asyncio.to_thread(cluster.psql, DATABASE, f"""
        select subject_id, extract(epoch from pg_xact_commit_timestamp(xmin)) from operations.event
        where recorded_at > now() - interval '1 hour' and subject_kind = 'ticket' and seq between {seq} and {seq + count - 1}""")
    rows = dict(line.split("|") for line in found.split())
    if len(rows) != count:
        raise RuntimeError(f"{len(rows)} of {count} changes were written")
    return {int(row): float(at) for row, at in rows.items()}


async def _until(is_done, what):
    end = time.monotonic() + 20
    while not is_done():
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not all were told within 20 s")
        await asyncio.sleep(0.01)


class _Stream:
    """A listener. `arrivals`: when it was told of each incident first."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    @classmethod
    async def open(cls, server, token, query, number):
        stream = cls()
        stream.arrivals, stream.is_over = {}, False
        stream.reader, stream.writer = await asyncio.open_connection(
            "127.0.0.1", server.port, ssl=cls.context, local_addr=(f"127.0.1.{1 + number // PER_ADDRESS}", 0))
        stream.writer.write(f"GET /v1/live{query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        head = await asyncio.wait_for(stream.reader.readuntil(b"\r\n\r\n"), 30)
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(f"a stream was refused: {head.decode()}")
        # It stands.
        await asyncio.wait_for(stream.reader.readuntil(b"\nid: "), 30)
        stream.reading = asyncio.create_task(stream._read())
        return stream

    async def _read(self):
        rest = b""
        while piece := await self.reader.read(1 << 16):
            at = time.time()
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                if line.startswith(b"data: "):
                    self.arrivals.setdefault(json.loads(line[6:]).get("incident"), at)
        self.is_over = True

    def close(self):
        self.reading.cancel()
        self.writer.close()
