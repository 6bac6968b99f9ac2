"""Children of this harness. Only what it started is ever signalled, by process id."""
import os
import pwd
import signal
import subprocess
import time
from pathlib import Path


class Failed(Exception):
    """The harness itself cannot go on."""


class Missing(Failed):
    """Something that the harness needs is not there."""


class OutOfTime(Exception):
    """The whole run takes too long."""


def wait_for(what, seconds, look, pause=0.02):
    """The first true value of `look`, which is asked again and again."""
    deadline = time.monotonic() + seconds
    while True:
        value = look()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failed(f"waited {seconds} s in vain for: {what}")
        time.sleep(pause)


def postgres_account():
    """Whom PostgreSQL runs as: the caller, or, because it refuses root, the user postgres."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def as_account(account):
    """What makes subprocess run a program as another user; nothing for ourselves."""
    if account is None or account.pw_uid == os.geteuid():
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


class Child:
    """A program in a session of its own, so that a Ctrl-C at the terminal reaches the harness alone."""

    living = []

    def __init__(self, arguments, log, account=None, environment=None):
        self.log = Path(log)
        with open(self.log, "ab") as output:
            self.start = self.log.stat().st_size
            self.process = subprocess.Popen(
                [str(argument) for argument in arguments], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", start_new_session=True,
                env=os.environ | (environment or {}), **as_account(account))
        Child.living.append(self)

    @property
    def pid(self):
        return self.process.pid

    @property
    def output(self):
        """What it has written since it was started."""
        with open(self.log, "rb") as file:
            file.seek(self.start)
            return file.read().decode(errors="replace")

    @property
    def is_running(self):
        return self.process.poll() is None

    def signal(self, number):
        if self.is_running:
            self.process.send_signal(number)

    def ended(self, seconds):
        """The exit code; negative: the signal."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.log.name}: still running after {seconds} s") from None
        if self in Child.living:
            Child.living.remove(self)
        return code

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.ended(10)


def children_of(pid):
    """The processes whose parent this is."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and parent_of(int(entry)) == pid:
            found.append(int(entry))
    return found


def parent_of(pid):
    try:
        # The name may hold anything, but the last parenthesis ends it.
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None


def state_of(pid):
    """One letter, as `ps` shows it; None when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return None


def is_alive(pid):
    """Whether it still runs; a zombie does not."""
    return state_of(pid) not in (None, "Z", "X")


def is_stopped(pid):
    """Whether it was told to stop (SIGSTOP) and not to go on."""
    return state_of(pid) == "T"
