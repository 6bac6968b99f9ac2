"""The disk runs full: that of the data, that of the log. Small file systems in memory, which takes root to mount."""
import os
import subprocess
import time
from pathlib import Path

from . import audit
from .load import Load
from .processes import Failed, postgres_account, wait_for
from .site import Site


class SmallDisk:
    def __init__(self, folder, megabytes):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        account = postgres_account()
        options = f"size={megabytes}m,mode=0700,uid={account.pw_uid},gid={account.pw_gid}"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "steward-crash-test", self.folder], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"mount: {done.stderr.strip()}")

    @property
    def free(self):
        status = os.statvfs(self.folder)
        return status.f_bavail * status.f_frsize

    def fill(self, leave):
        """Takes all the room but `leave` bytes."""
        with open(self.folder / "filler", "ab") as file:
            while self.free > leave:
                file.write(bytes(min(1 << 20, max(4096, self.free - leave))))
                file.flush()

    def make_room(self):
        (self.folder / "filler").unlink()

    def close(self):
        if subprocess.run(["umount", self.folder], capture_output=True).returncode != 0:
            subprocess.run(["umount", "--lazy", self.folder], capture_output=True)


def full(binary, folder, say, which, seconds):
    """`which`: data or wal. Whoever runs PostgreSQL starts it again when it ends, as a service manager does."""
    folder = Path(folder)
    folder.mkdir(parents=True)
    folder.chmod(0o711)
    # PostgreSQL wants an empty folder: the file that takes the room lies beside it.
    disk = SmallDisk(folder / "small", 200 if which == "data" else 64)
    try:
        place = disk.folder / which
        if which == "data":
            site = Site(binary, folder / "site", data=place, wal=folder / "site/postgres/wal")
        else:
            site = Site(binary, folder / "site", wal=place, wal_segment_megabytes=1, settings={
                "max_wal_size": "16MB", "min_wal_size": "4MB", "wal_recycle": "off"})
        try:
            return run(site.open(), disk, say, which, seconds)
        finally:
            site.close()
    finally:
        disk.close()


def run(site, disk, say, which, seconds):
    findings = {}
    load = Load(site, seed=14).start()
    wait_for("the load", 60, lambda: load.acknowledged > 50)
    # No segment of the log is used again, and the old ones go now: what is written from here on needs room of its own.
    site.cluster.sql("checkpoint;")
    disk.fill(leave=512 << 10)
    refused = f"{which}: the disk to run full"
    wait_for(refused, 120, lambda: keep_running(site) and any(name[:3] in ("507", "503") for name in load.counts))
    reads = failed_reads = 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        keep_running(site)
        answer = site.get("/v1/customers?limit=1")
        reads += 1
        if answer is None or answer.status not in (200, 503):
            findings["reads that were answered otherwise"] = findings.get("reads that were answered otherwise", 0) + 1
        elif answer.status != 200:
            failed_reads += 1
        alive = site.get("/healthz")
        if alive is None or alive.status != 200:
            findings["/healthz did not answer"] = findings.get("/healthz did not answer", 0) + 1
        time.sleep(0.1)
    disk.make_room()
    before, started = load.acknowledged, time.monotonic()
    wait_for("writes to be acknowledged again", 90, lambda: keep_running(site) and load.acknowledged > before + 50)
    recovery = time.monotonic() - started
    keep_running(site)
    load.stop()
    told = {name: count for name, count in load.counts.items() if name[:3].isdigit()}
    odd = [name for name in told if name[:3] not in ("507", "503", "409")]
    if odd or load.counts["cut"] or load.counts["silent"]:
        findings["answers other than 507 and 503"] = odd or 1
    if which == "data" and failed_reads:
        findings["reads that failed while only writes had no room"] = failed_reads
    say(f"{which} full: {told}, {reads - failed_reads} of {reads} reads answered, writing again {recovery:.1f} s after room came")
    findings |= audit.whole(site, say)
    return {
        "acknowledged": load.acknowledged, "answers other than success": told, "reads answered": f"{reads - failed_reads} of {reads}",
        "writing again after, seconds": round(recovery, 1)}, findings


def keep_running(site):
    """Starts PostgreSQL again when it has ended. True, so that it can stand in a condition."""
    if not site.cluster.server.is_running:
        time.sleep(0.5)
        site.cluster.start()
    site.keep_workers()
    return True
