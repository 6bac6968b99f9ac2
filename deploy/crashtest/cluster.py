"""A private PostgreSQL, durable, on a Unix socket only."""
import os
import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

from .processes import Child, Failed, Missing, as_account, children_of, is_alive, postgres_account, wait_for


def programs():
    """The folder of initdb and postgres: the newest that is installed, or the one that STEWARD_POSTGRES_BIN names."""
    chosen = os.environ.get("STEWARD_POSTGRES_BIN")
    folders = [Path(chosen)] if chosen else sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda path: -int(path.parent.name))
    for folder in folders + [Path(part) for part in os.environ.get("PATH", "").split(":") if part.startswith("/")]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise Missing("PostgreSQL's initdb and postgres are not there")


class Cluster:
    """`data` and `wal` may lie elsewhere, on a small file system."""

    PORT = 5432
    SUPERUSER = "postgres"

    def __init__(self, folder, data=None, wal=None, wal_segment_megabytes=16, settings=None):
        self.account = postgres_account()
        self.folder = Path(folder)
        self.data = Path(data or self.folder / "data")
        self.run = self.folder / "run"
        self.log = self.folder / "postgres.log"
        self.settings = settings or {}
        self.server = None
        if len(str(self.run / f".s.PGSQL.{self.PORT}").encode()) > 107:
            raise Failed(f"{self.run} is too long a path for a socket; choose another --folder")
        self.folder.mkdir(parents=True)
        self.run.mkdir()
        for path in (self.folder, self.run):
            shutil.chown(path, self.account.pw_uid, self.account.pw_gid)
            path.chmod(0o700)
        arguments = [
            programs() / "initdb", "-D", self.data, "-U", self.SUPERUSER, "-A", "trust", "--encoding=UTF8", "--locale=C", "--lc-ctype=C.UTF-8",
            f"--wal-segsize={wal_segment_megabytes}"]
        if wal:
            arguments += ["-X", wal]
        done = subprocess.run(arguments, cwd="/", capture_output=True, text=True, **as_account(self.account))
        if done.returncode != 0:
            raise Failed(f"initdb: {done.stderr.strip()}")

    def start(self):
        settings = {
            "listen_addresses": "", "unix_socket_directories": self.run, "unix_socket_permissions": "0700", "port": self.PORT, "timezone": "UTC",
            "log_destination": "stderr", "logging_collector": "off", "fsync": "on", "full_page_writes": "on"} | self.settings
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.server = Child([programs() / "postgres", "-D", self.data] + options, self.log, self.account)
        return self

    def wait_until_ready(self, seconds=60):
        def look():
            if not self.server.is_running:
                raise Failed(f"PostgreSQL ended: {self.server.output[-2000:]}")
            return self.answers()

        wait_for("PostgreSQL to accept connections", seconds, look)
        return self

    def answers(self):
        try:
            return self.sql("select 1", database="postgres", seconds=5) == [["1"]]
        except Failed:
            return False

    def stop(self):
        """The fast, orderly shutdown; without mercy if that takes too long."""
        if self.server is None or not self.server.is_running:
            return
        self.signal_all(signal.SIGCONT)
        self.server.signal(signal.SIGINT)
        try:
            self.server.ended(30)
        except Failed:
            self.kill()

    def processes(self):
        """The postmaster and all its children: each of those leads a session of its own, so no signal to a group reaches them."""
        return [self.server.pid] + children_of(self.server.pid)

    def signal_all(self, number):
        for pid in self.processes():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def freeze(self):
        # The postmaster first: what it cannot start, need not be found.
        self.server.signal(signal.SIGSTOP)
        self.signal_all(signal.SIGSTOP)

    def thaw(self):
        self.signal_all(signal.SIGCONT)

    def kill(self):
        """kill -9 of every process at once, as when the machine's memory is gone."""
        self.server.signal(signal.SIGSTOP)
        pids = self.processes()
        self.signal_all(signal.SIGKILL)
        self.server.ended(10)
        wait_for("the processes of PostgreSQL to end", 10, lambda: not any(map(is_alive, pids)))

    def url(self, user, name):
        return f"postgres://{user}@/steward?host={self.run}&port={self.PORT}&application_name={name}"

    def psql(self, database):
        return [
            "psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", str(self.run), "-p", str(self.PORT), "-U", self.SUPERUSER,
            "-d", database, "-f", "-"]

    @contextmanager
    def holding(self, rows):
        """What this query locks stays locked meanwhile."""
        session = subprocess.Popen(
            self.psql("steward"), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, cwd="/",
            env=os.environ | {"PGAPPNAME": "harness holds"})
        try:
            session.stdin.write(f"begin;\n{rows} for update;\n")
            session.stdin.flush()
            wait_for("rows to be locked", 30, lambda: self.number(
                "select count(*) from pg_stat_activity where application_name = 'harness holds' and state = 'idle in transaction' "
                "and query like '%for update%'"), pause=0.05)
            yield
        finally:
            session.stdin.close()
            session.wait(30)

    def sql(self, text, database="steward", seconds=120):
        """Runs a script as the superuser, past row security; gives the rows of all its queries as texts."""
        try:
            done = subprocess.run(self.psql(database), input=text, capture_output=True, text=True, timeout=seconds, cwd="/")
        except subprocess.TimeoutExpired:
            raise Failed(f"psql: no answer in {seconds} s") from None
        if done.returncode != 0:
            raise Failed(f"psql: {done.stderr.strip()[:2000]}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def number(self, text, **options):
        return int(self.sql(text, **options)[0][0])
