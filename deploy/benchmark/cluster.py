"""A private PostgreSQL cluster with durable settings in a folder of its own. Never as root: then it runs as postgres."""

import glob
import os
import shutil
import subprocess
import sys
import time

SUPERUSER = "bench_admin"
SETTINGS = {
    # what the server demands of a database that keeps what it acknowledges
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
    "listen_addresses": "", "port": "5432", "unix_socket_permissions": "0700", "timezone": "UTC", "log_timezone": "UTC", "max_connections": "100",
    "shared_buffers": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "15min", "work_mem": "16MB", "maintenance_work_mem": "256MB",
    "random_page_cost": "1.1",
    # job_measure asks when a transaction was there for others
    "track_commit_timestamp": "on",
}


def give_up(*lines):
    for line in lines:
        print(f"bench: {line}", file=sys.stderr)
    sys.exit(3)


def programs():
    """The folder of the newest PostgreSQL."""
    given = os.environ.get("STEWARD_POSTGRES_BIN")
    found = [given] if given else sorted(glob.glob("/usr/lib/postgresql/[0-9]*/bin"), key=lambda path: int(path.split("/")[4]), reverse=True)
    for folder in found:
        if os.path.exists(f"{folder}/initdb") and os.path.exists(f"{folder}/pgbench"):
            return folder
    give_up("no PostgreSQL with initdb and pgbench in /usr/lib/postgresql (STEWARD_POSTGRES_BIN names another folder).")


class Cluster:
    def __init__(self, folder):
        self.folder = folder
        self.home = f"{folder}/postgres"
        self.data = f"{self.home}/data"
        self.socket = f"{self.home}/socket"
        self.bin = programs()
        self.process = None
        self.version = subprocess.run([f"{self.bin}/postgres", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
        if len(self.socket) > 90:
            give_up(f"the folder's name is too long for a Unix socket: {folder}")

    # A process of the cluster, as its owner; it ends with us, whatever ends us.
    def _as_owner(self, command, ends_with_us=False):
        prefix = ["setpriv"]
        if ends_with_us:
            prefix += ["--pdeathsig", "INT"]
        if os.geteuid() == 0:
            prefix += ["--reuid", "postgres", "--regid", "postgres", "--init-groups"]
        return prefix + ["--"] + command

    def start(self):
        if os.geteuid() == 0:
            os.makedirs(self.home, exist_ok=True)
            shutil.chown(self.home, "postgres", "postgres")
        else:
            os.makedirs(self.home, exist_ok=True)
        os.chmod(self.home, 0o700)
        if not os.path.exists(f"{self.data}/PG_VERSION"):
            print("bench: making a private cluster", file=sys.stderr)
            made = subprocess.run(
                self._as_owner([f"{self.bin}/initdb", "-D", self.data, "-U", SUPERUSER, "-E", "UTF8", "--locale", "C.UTF-8", "--lc-collate", "C",
                                "--data-checksums", "--auth", "trust", "--no-instructions"]), capture_output=True, text=True, cwd="/")
            if made.returncode != 0:
                give_up("initdb failed:", made.stderr)
        subprocess.run(self._as_owner(["mkdir", "-p", "-m", "0700", self.socket]), check=True, cwd="/")
        settings = SETTINGS | {"unix_socket_directories": self.socket}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.log = open(f"{self.folder}/postgres.log", "ab")
        self.process = subprocess.Popen(
            self._as_owner([f"{self.bin}/postgres", "-D", self.data] + arguments, ends_with_us=True), stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, cwd="/", start_new_session=True)
        for _ in range(600):
            ready = subprocess.run([f"{self.bin}/pg_isready", "-q", "-h", self.socket], cwd="/").returncode
            time.sleep(0.1)
            if self.process.poll() is not None:
                break  # also when another run has this folder, and answers
            if ready == 0:
                return
        give_up(f"PostgreSQL did not start; see {self.folder}/postgres.log")

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(2)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def psql(self, database, sql, variables=None, timeout=None, user=SUPERUSER):
        """Runs SQL, as the superuser unless told otherwise; returns what it prints, columns parted by |."""
        command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.socket, "-U", user, "-d", database]
        for name, value in (variables or {}).items():
            command += ["-v", f"{name}={value}"]
        done = subprocess.run(command, input=sql, capture_output=True, text=True, cwd="/", timeout=timeout)
        if done.returncode != 0:
            raise RuntimeError(f"psql on {database}: {done.stderr.strip()[:2000]}")
        return done.stdout.strip()

    def has(self, database):
        return self.psql("postgres", f"select count(*) from pg_database where datname = '{database}'") == "1"

    def drop(self, database):
        self.psql("postgres", f"drop database if exists {database} with (force)")

    def url(self, database, user="steward_app", socket=None):
        return f"postgres://{user}@/{database}?host={socket or self.socket}"
