"""How long an engineer waits for a search among the incidents of his customers, and among tickets of every kind."""

from urllib.parse import quote

import load
from ids import base
from rounds import Figure
from server import Server

DATABASE = "bench_many"
# as seed.sql writes them: in every ticket, in one of 9,973, and in all of those that were opened more than 300 days ago; in Chinese in every third, and
# in one of 9,973
WORDS = {"frequent": "printer", "rare": "hums", "old": "fax", "frequent Chinese": "打印机", "rare Chinese": "蜂鸣"}

# The other kinds have nothing here: what it costs to ask for them too.
SEARCHES = {"incident.search": list(WORDS), "ticket.search": ["old"]}


def run(databases, chosen):
    databases.seeded(DATABASE)
    count, tickets = databases.sizes(DATABASE)[0][1:3]
    figures = []
    with Server(databases, DATABASE) as server:
        for size in (5, min(400, count), count):
            listed = None if size == count else [base(number * (count // size)) for number in range(size)]
            (token,) = databases.tokens(DATABASE, role="engineer", listed=listed)
            for operation, kinds in SEARCHES.items():
                path = databases.path(operation)
                for kind in kinds:
                    request = ("GET", f"{path}?text={quote(WORDS[kind])}&limit=50", token, "")
                    file = load.write_requests(f"{databases.folder}/search.requests", [request])
                    load.load(server, file, 1, 1)
                    rounds = sorted(load.load(server, file, chosen.seconds, 1)["p95"] for _ in range(chosen.rounds))
                    figures.append(Figure(
                        "search", f"{operation}: a {kind} word by an engineer with {size:,} of {count:,} customers, p95", rounds[len(rounds) // 2], None,
                        "ms", None, ("at most", 50),
                        f"one engineer searches over and over among {count * tickets:,} incidents; the 95th percentile of a round, the median of rounds."))
    return figures
