"""Load over HTTPS by wrk: keep-alive connections, certificates not looked at."""

import json
import os
import subprocess

_SCRIPT = os.path.join(os.path.dirname(__file__), "load.lua")


def write_requests(path, requests):
    """requests: (method, path, token, body as text or empty)"""
    with open(path, "w") as file:
        for request in requests:
            file.write("\t".join(request) + "\n")
    return path


def load(server, requests, seconds, connections=16):
    """Requests per second, and latencies in milliseconds; raises when one was refused."""
    threads = min(2, connections)
    done = subprocess.run(
        ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s", "--timeout", "30s", "-s", _SCRIPT, server.address, "--", requests],
        capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"wrk: {(done.stderr + done.stdout).strip()[-1000:]}")
    result = json.loads(lines[0])
    if result["refused"] or result["broken"] or result["requests"] == 0:
        raise RuntimeError(f"of {result['requests']} requests {result['refused']} were refused, {result['broken']} broken")
    return {
        "perSecond": result["requests"] / (result["microseconds"] / 1e6), "p50": result["p50"] / 1000, "p95": result["p95"] / 1000,
        "p99": result["p99"] / 1000,
    }
