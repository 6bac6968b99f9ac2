"""The scenarios in order, progress on standard error, the report on standard output."""
import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time
from pathlib import Path

from . import disks, kills, outages, points, poison, stale
from .load import Load
from .processes import Child, Failed, Missing, OutOfTime
from .site import Site, remove

SCENARIOS = ["kills", "points", "control", "sessions", "stop", "sigterm", "stale", "poison", "disk-data", "disk-wal"]


def arguments():
    parser = argparse.ArgumentParser(
        prog="deploy/crash-test",
        description="Kills Steward and PostgreSQL under load, and looks whether an acknowledged write was lost or done twice.",
        epilog="Ends with 0 when nothing was lost, doubled or half done and all limits held; 1 when not; 3 when something is missing. "
        "It runs a private PostgreSQL in a folder of its own and ends only what it started. The disk scenarios mount small file systems and are "
        "left out, with a line that says so, unless root runs them. The points, the worker that is stopped (stale) and the job that kills its worker (poison) need a debug build.")
    parser.add_argument("--short", "--quick", action="store_true", help="some minutes, for deploy/test: 3 kills of each kind, each point once")
    parser.add_argument("--kills", type=int, metavar="N", help="kills of each kind (API, worker, PostgreSQL); 100")
    parser.add_argument("--writes", type=int, metavar="N", help="acknowledged writes that the kills' run must reach; 50000")
    parser.add_argument(
        "--only", action="append", choices=SCENARIOS, metavar="NAME", help=f"only this scenario; may be repeated: {', '.join(SCENARIOS)}")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="for the moments and the stories")
    parser.add_argument("--minutes", type=int, metavar="N", help="give up after so long; 120, or 20 with --short")
    parser.add_argument("--folder", help="where to work; a new folder below the temporary one. It stays when something is wrong")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument("--steward", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder and Path(options.folder).exists() and os.listdir(options.folder):
        parser.error(f"{options.folder} is not empty")
    options.kills = options.kills or (3 if options.short else 100)
    options.writes = options.writes if options.writes is not None else (0 if options.short else 50_000)
    options.minutes = options.minutes or (20 if options.short else 120)
    return options


class Run:
    def __init__(self, options):
        self.options = options
        self.started = time.monotonic()
        self.folder = Path(options.folder) if options.folder else Path(tempfile.mkdtemp(prefix="steward-crash-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        self.report = []

    def say(self, text):
        print(f"[{time.monotonic() - self.started:6.1f} s] {text}", file=sys.stderr, flush=True)

    def wants(self, name):
        return not self.options.only or name in self.options.only

    def scenario(self, name, body):
        """Runs it, unless it is not wanted; whatever goes wrong in it is a finding."""
        if not self.wants(name):
            return
        self.say(f"{name} begins")
        started = time.monotonic()
        try:
            figures, findings = body()
        except Missing:
            raise
        except Failed as failed:
            figures, findings = {}, {"failed": str(failed)}
            self.end_loads()
        figures["took, seconds"] = round(time.monotonic() - started)
        self.report.append({"scenario": name, "ok": not findings, "figures": figures, "findings": findings})
        self.say(f"{name}: {'ok' if not findings else findings}")

    @staticmethod
    def end_loads():
        """The load of a scenario that broke off would go on under those that follow."""
        for load in list(Load.running):
            load.abandon()

    def on_a_site(self, name, names):
        """The scenarios that share one installation."""
        if not any(map(self.wants, names)):
            return None
        self.say("making an installation")
        return Site(self.options.steward, self.folder / name)

    def run(self):
        options = self.options
        short = options.short
        shared = {
            "kills": lambda: kills.Kills(site, self.say, options.kills, options.writes, options.seed, 0.3 if short else 1.0).run(),
            "sessions": lambda: outages.terminated_sessions(site, self.say, 4 if short else 60),
            "stop": lambda: outages.stopped(site, self.say, 8 if short else 50),
            "sigterm": lambda: outages.orderly_ends(site, self.say, 3 if short else 20),
            "stale": lambda: stale.workers(site, self.say, short, options.seed),
            "poison": lambda: poison.job(site, self.say)}
        site = self.on_a_site("main", shared)
        if site:
            try:
                site.open()
                for name, body in shared.items():
                    self.scenario(name, body)
            finally:
                site.close()
        self.scenario(
            "points", lambda: points.Points(
                options.steward, self.folder / "points", self.say, rounds=1 if short else 5, timed=not short, seed=options.seed).run())
        control_site = self.on_a_site("control", ["control"])
        if control_site:
            try:
                control_site.open()
                self.scenario("control", lambda: kills.control(control_site, self.say, 1 if short else 10, 20, options.seed))
            finally:
                control_site.close()
        for which in ("data", "wal"):
            if os.geteuid() != 0 and self.wants(f"disk-{which}"):
                self.say(f"disk-{which}: left out, for only root may mount a small file system")
                self.report.append({"scenario": f"disk-{which}", "ok": True, "skipped": "needs root", "figures": {}, "findings": {}})
            else:
                folder = self.folder / f"disk-{which}"
                self.scenario(folder.name, lambda: disks.full(options.steward, folder, self.say, which, 2 if short else 15))

    def show(self):
        if self.options.json:
            machine = f"{os.cpu_count()} CPUs, {platform.platform()}, Python {platform.python_version()}"
            print(json.dumps({"seed": self.options.seed, "machine": machine, "scenarios": self.report}, indent=2, ensure_ascii=False))
            return
        for entry in self.report:
            print(f"{entry['scenario']}: {'skipped, ' + entry['skipped'] if 'skipped' in entry else 'ok' if entry['ok'] else 'FAILED'}")
            for name, value in entry["figures"].items():
                print(f"    {name}: {value}")
            for name, value in entry["findings"].items():
                print(f"    ! {name}: {value}")
        # Last, where a reader of the end of a long log finds it.
        failed = [entry for entry in self.report if not entry["ok"]]
        print(f"crash-test: {len(self.report)} scenarios, " + (f"{len(failed)} failed (--seed {self.options.seed}):" if failed else "all held"))
        for entry in failed:
            print(f"FAILED {entry['scenario']}: " + "; ".join(f"{name}: {value}" for name, value in entry["findings"].items()))


def main():
    options = arguments()
    run = Run(options)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    def too_long(*_):
        raise OutOfTime(f"not done after {options.minutes} minutes")

    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(options.minutes * 60)
    try:
        run.run()
    except Missing as missing:
        run.say(str(missing))
        sys.exit(3)
    except KeyboardInterrupt:
        run.report.append({"scenario": "harness", "ok": False, "figures": {}, "findings": {"interrupted": 1}})
    except (Failed, OutOfTime) as failed:
        run.report.append({"scenario": "harness", "ok": False, "figures": {}, "findings": {"failed": str(failed)}})
    finally:
        signal.alarm(0)
        for child in list(Child.living):
            child.signal(signal.SIGCONT)
            child.kill()
    run.show()
    good = bool(run.report) and all(entry["ok"] for entry in run.report)
    if good and not options.folder:
        remove(run.folder)
    else:
        run.say(f"logs and ledgers are in {run.folder}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
