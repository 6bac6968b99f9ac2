"""pgbench scripts made of what one request sent, so that they cannot drift from it."""

import concurrent.futures
import re
import subprocess

import values

# Texts up to this length that differ from request to request are made unique again; longer ones stay as they were.
UNIQUE_BYTES = 64
# So are public ids and hashes; other bytes (a ticket's story with its instants) mean something.
UNIQUE_LENGTHS = (12, 32)


class Script:
    """The statements of a request, in its round trips, for pgbench -M prepared.

    `first` and `second` are the exchanges of two requests of one kind: a value that is in both is a constant. `named` maps
    values (as texts) to pgbench expressions in place of them, `head` sets those up.
    """

    def __init__(self, number, first, second, named=None, head=()):
        self.number, self.named = number, named or {}
        self.constants, self.fresh, self.body = {}, {}, []
        if [[one.sql for one in exchange.statements] for exchange in first] != [[one.sql for one in exchange.statements] for exchange in second]:
            raise ValueError("two requests of one kind sent different statements")
        for one, other in zip(first, second):
            pipelined = len(one.statements) > 1
            self.body += ["\\startpipeline"] if pipelined else []
            self.body += [self._statement(a, b) for a, b in zip(one.statements, other.statements)]
            self.body += ["\\endpipeline"] if pipelined else []
        self.head = list(head)
        if self.fresh:
            # Each client has numbers of its own, one after the other as sequences give them.
            self.head += ["\\set n :n + 1"] + [
                f"\\set {variable} :base + :client_id * 10000000 + :n * 10 + {place % 10}" for place, variable in enumerate(self.fresh.values())]

    def _statement(self, one, other):
        def value(match):
            place = int(match.group(1)) - 1
            return self._value(one.types[place], one.values[place], other.values[place])
        return re.sub(r"\$(\d+)", value, one.sql).strip() + ";"

    def _value(self, oid, data, other):
        kind = values.name(oid)
        if data is None:
            return f"null::{kind}"
        text = values.text(oid, data)
        if text in self.named:
            return f"{self.named[text]}::{kind}"
        is_unique = oid == 20 or oid == 17 and len(data) in UNIQUE_LENGTHS or oid == 25 and len(data) <= UNIQUE_BYTES
        if data != other and is_unique:
            return f":{self.fresh.setdefault(text, f'f{self.number}_{len(self.fresh)}')}::{kind}"
        return f":{self.constants.setdefault(text, f'c{self.number}_{len(self.constants)}')}::{kind}"

    @property
    def text(self):
        return "\n".join(self.head + self.body) + "\n"

    @property
    def round_trips(self):
        return sum(line != "\\startpipeline" and not line.startswith("\\set") for line in self._outside())

    def _outside(self):
        inside = False
        for line in self.body:
            inside = inside or line == "\\startpipeline"
            if not inside or line == "\\endpipeline":
                yield line
            if line == "\\endpipeline":
                inside = False


class Pgbench:
    """Runs scripts as the server's role: several at once, each with its share of the clients, so that each connection
    prepares the statements of one only, as the server does."""

    def __init__(self, cluster, database, scripts, folder, name):
        self.cluster, self.database, self.runs = cluster, database, 0
        self.arguments = []
        for script in scripts:
            path = f"{folder}/{name}_{script.number}.pgbench"
            with open(path, "w") as file:
                file.write(script.text)
            constants = [part for text, variable in script.constants.items() for part in ("-D", f"{variable}={text}")]
            self.arguments.append(["-f", path] + constants)

    def per_second(self, seconds, clients=16):
        def run(place):
            self.runs += 1
            base = 500_000_000_000 + self.runs * 200_000_000
            return pgbench(self.cluster, self.database, seconds, clients // len(self.arguments), self.arguments[place] + ["-D", "n=0", "-D", f"base={base}"])
        if len(self.arguments) == 1:
            return run(0)
        with concurrent.futures.ThreadPoolExecutor(len(self.arguments)) as pool:
            return sum(pool.map(run, range(len(self.arguments))))


def pgbench(cluster, database, seconds, clients, arguments, user="steward_app"):
    """Transactions per second, connecting left out."""
    done = subprocess.run(
        [f"{cluster.bin}/pgbench", "-n", "-M", "prepared", "-h", cluster.socket, "-U", user, "-c", str(clients), "-j", str(min(2, clients)),
         "-T", str(seconds)] + arguments + [database], capture_output=True, text=True, cwd="/")
    found = re.search(r"tps = ([0-9.]+) \(without initial connection time\)", done.stdout)
    if done.returncode != 0 or not found or "aborted" in done.stderr:
        raise RuntimeError(f"pgbench: {(done.stderr + done.stdout).strip()[-1500:]}")
    return float(found.group(1))
