"""Requests made up from the OpenAPI document, with a token of each role (reliability 44, 45, 54, 55; C16).

schemathesis makes them, single and in chains (what one answer names, the next request uses), and checks that each answer
is one that the document promises. What it may leave out, and why, is in schemathesis.toml.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess

import tools
from steward import ROLES

FOLDER = pathlib.Path(__file__).resolve().parent
# What the document's limits suggest is thousands of requests for each role, most of them refused before any role is
# looked at: who may most and who may least do it for all.
COVERING = ("administrator", "requester")
LOGOUT = "session.close"
REQUESTS, REQUESTS_QUICK = 20_000, 500
_settings = {"requests": None, "seed": 1}


def configure(requests, seed):
    _settings.update(requests=requests, seed=seed)


def run(server, report, quick):
    program = tools.python_program("schemathesis")
    wanted = _settings["requests"] or (REQUESTS_QUICK if quick else REQUESTS)
    share = -(-wanted // len(ROLES))
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(as_role, server, report, program, role, share, quick) for role in ROLES]
        total = sum((run.result() for run in runs), collections.Counter())
    useful = total.total() - total[401] - total[429]
    report.check(
        "fuzz", "as many requests as were asked for, most of them as somebody", total.total() >= wanted and useful > total.total() / 2, f"{total}",
        requests=total.total(), **_by_class(total))


def as_role(server, report, program, role, wanted, quick):
    """At least `wanted` requests; the answers by status."""
    statuses, runs = collections.Counter(), 0
    report.say(f"fuzz: as {role} ...")
    # Logging out ends the token, and all after it would be asked as nobody: it has a run of its own.
    selections = [] if quick else [["--include-operation-id", LOGOUT]]
    while selections or (statuses.total() < wanted and server.is_alive()):
        selection = selections.pop() if selections else ["--exclude-operation-id", LOGOUT]
        if quick:
            selection += ["--phases", "fuzzing,stateful", "--max-examples", "1", "--no-shrink"]
        elif role in COVERING and runs < 2:
            selection += ["--max-examples", "10"]
        else:
            selection += ["--phases", "fuzzing,stateful", "--max-examples", "20"]
        # A run may well end the very account it runs as; the next has another.
        token = server.token_of(role)
        output, new = _run(server, program, role, token, _settings["seed"] + 1000 * runs, selection)
        statuses += new
        runs += 1
        if output is not None or not new:
            report.check("fuzz", f"as {role}", False, output or "schemathesis made no request", runs=runs, **_by_class(statuses))
            return statuses
    report.check(
        "fuzz", f"as {role}", server.is_alive() and statuses.total() >= wanted, "the process died", requests=statuses.total(), runs=runs,
        **_by_class(statuses))
    return statuses


def _run(server, program, role, token, seed, selection):
    """One run: its findings, None if there are none; and the answers by status."""
    folder = server.folder / "fuzz" / role
    folder.mkdir(parents=True, exist_ok=True)
    counts = folder / "statuses.json"
    counts.unlink(missing_ok=True)
    command = [
        program, "--config-file", str(FOLDER / "schemathesis.toml"), "--no-color", "run", f"{server.url}/openapi.json", "--header",
        f"Authorization: Bearer {token}", "--tls-verify", str(server.authority), "--seed", str(seed), "--generation-database", "none",
        "--request-timeout", "30",
        # An answer without an end: it would wait for it.
        "--exclude-path", "/v1/live", *selection]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "fuzz_hooks", "PYTHONPATH": str(FOLDER), "STEWARD_FUZZ_COUNTS": str(counts),
                                "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    (folder / f"output-{seed}.txt").write_text(result.stdout)
    statuses = collections.Counter({int(key): value for key, value in json.loads(counts.read_text()).items()}) if counts.exists() else collections.Counter()
    if result.returncode == 0:
        return None, statuses
    found = re.search(r"={5,} (?:FAILURES|ERRORS) ={5,}.*", result.stdout, re.S)
    return (found.group(0) if found else result.stdout)[:6000], statuses


def _by_class(statuses):
    return {f"{number}xx": sum(count for status, count in statuses.items() if status // 100 == number) for number in (2, 4, 5)}
