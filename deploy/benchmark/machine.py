"""What it was measured on."""

import datetime
import os
import platform


def _first(path, key):
    with open(path) as file:
        for line in file:
            if line.startswith(key):
                return line.split(":", 1)[1].strip()
    return "unknown"


def machine(cluster):
    kilobytes = int(_first("/proc/meminfo", "MemTotal").split()[0])
    with open("/proc/loadavg") as file:
        load = " ".join(file.read().split()[:3])
    return {
        "model": _first("/proc/cpuinfo", "model name"),
        "cores": len(os.sched_getaffinity(0)),
        "memory": f"{kilobytes / 2**20:.0f} GiB",
        "system": f"Linux {platform.release()}",
        "postgresql": cluster.version,
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "load": load,
    }
