"""What the honest client and the server's process feel while somebody attacks."""

import threading
import time

from honest import HonestClient, figures

MEMORY_LIMIT_MEGABYTES = 64
P99_RATIO_LIMIT = 2
# Below this many seconds, a p99 is good whatever it was before: ratios of a few milliseconds are the machine's noise.
P99_NEVER_BAD_SECONDS = 0.05


class UnderAttack:
    """`with UnderAttack(...) as figures:` measures before, runs its block, and judges. The block may add figures.

    The quick form judges only that every honest request was answered and that the process lives with its memory: a gate
    on a shared machine cannot judge latencies.
    """

    def __init__(self, server, report, area, name, seconds):
        self.server, self.report, self.area, self.name = server, report, area, name
        self.quick = seconds < 20
        self.baseline_seconds = 1 if self.quick else 15
        self.figures = {}

    def __enter__(self):
        self.report.say(f"{self.area}: {self.name} ...")
        self.honest = HonestClient(self.server)
        self._settle()
        self.memory_before = self.server.resident_bytes()
        self.memory_most = self.memory_before
        begin = time.monotonic()
        time.sleep(self.baseline_seconds)
        self.before = (begin, time.monotonic())
        self.watching = True
        self.watcher = threading.Thread(target=self._watch, daemon=True)
        self.watcher.start()
        self.began = time.monotonic()
        return self.figures

    def _settle(self):
        deadline = time.monotonic() + 60
        while not self.honest.samples and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1)

    def _watch(self):
        while self.watching and self.server.is_alive():
            try:
                self.memory_most = max(self.memory_most, self.server.resident_bytes())
            except OSError:
                return
            time.sleep(0.2)

    def __exit__(self, kind, error, _):
        ended = time.monotonic()
        self.watching = False
        self.watcher.join()
        # The machine's load changes by itself: what comes after is a baseline as good as what came before.
        after = (ended + 1, ended + 1)
        if not self.quick:
            time.sleep(self.baseline_seconds)
            after = (ended + 1, time.monotonic())
        self.honest.end()
        if kind is not None:
            return False
        calm = figures(self.honest.between(*self.before) + self.honest.between(*after))
        stormy = figures(self.honest.between(self.began, ended))
        self._judge(calm, stormy)
        return False

    def _judge(self, calm, stormy):
        grown = (self.memory_most - self.memory_before) / (1 << 20)
        complaints = []
        if not self.server.is_alive():
            complaints.append("the process died")
        if stormy["failures"]:
            complaints.append(f"{len(stormy['failures'])} honest requests failed: {stormy['failures'][:3]}")
        if not stormy["requests"]:
            complaints.append("no honest request was made")
        if grown >= MEMORY_LIMIT_MEGABYTES:
            complaints.append(f"memory grew by {grown:.0f} MiB")
        ratio = None
        if calm["p99"] and stormy["p99"]:
            ratio = stormy["p99"] / calm["p99"]
            if not self.quick and ratio > P99_RATIO_LIMIT and stormy["p99"] > P99_NEVER_BAD_SECONDS:
                complaints.append(f"the honest p99 grew {ratio:.1f} times")
        self.report.check(
            self.area, self.name, not complaints, "\n".join(complaints), honest_requests=stormy["requests"], failures=len(stormy["failures"]),
            p99_before_ms=_milliseconds(calm["p99"]), p99_during_ms=_milliseconds(stormy["p99"]), ratio=round(ratio, 2) if ratio else None,
            memory_mib=round(grown, 1), **self.figures)


def _milliseconds(seconds):
    return None if seconds is None else round(seconds * 1000, 1)
