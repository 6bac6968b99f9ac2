"""A sendmail command that keeps what it is given: which mail, to whom, and how often."""
import sys
from collections import Counter, defaultdict

# It stands in for the mail server's own command. While it is unsteady it dies now and then, before it has taken a message or behind: what it did is on
# disk by then, and what it says is lost.
COMMAND = """#!{python} -IS
import hashlib, os, random, signal, sys
message = sys.stdin.buffer.read()
head, _, body = message.partition(b"\\n\\n")
fields = dict(line.split(b": ", 1) for line in head.split(b"\\n") if b": " in line)
fate = random.random() if os.path.exists("{folder}/unsteady") else 1
if fate < 0.03:
    os.kill(os.getpid(), signal.SIGKILL)
# When it is sent is another moment each time; all else stays as it is.
words = hashlib.sha256(b"\\n".join(line for line in message.split(b"\\n") if not line.startswith(b"Date: "))).hexdigest()
line = "\\t".join([fields[b"Message-ID"].decode(), sys.argv[-1], words, "dies" if fate < 0.06 else "lives"]) + "\\n"
file = os.open("{folder}/received", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
# One write: two of these at once do not mix.
os.write(file, line.encode())
os.fsync(file)
if fate < 0.06:
    os.kill(os.getpid(), signal.SIGKILL)
"""


class Mailbox:
    """What the command has taken. A mail is known by its Message-ID, and may come again under the same one."""

    SENDER = "desk@steward.example"

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir()
        self.command = folder / "sendmail"
        self.command.write_text(COMMAND.format(python=sys.executable, folder=folder))
        self.command.chmod(0o700)
        (folder / "unsteady").touch()

    @property
    def environment(self):
        return {"STEWARD_MAIL_COMMAND": str(self.command), "STEWARD_MAIL_SENDER": self.SENDER}

    def steady(self):
        (self.folder / "unsteady").unlink(missing_ok=True)

    def lines(self):
        try:
            return [line.split("\t") for line in (self.folder / "received").read_text().splitlines()]
        except FileNotFoundError:
            return []

    @property
    def repeated(self):
        """How often one came that had come before."""
        return sum(times - 1 for times in Counter(line[0] for line in self.lines()).values())

    @property
    def deaths(self):
        """How often it died with a message taken."""
        return sum(line[3] == "dies" for line in self.lines())

    def by_address(self):
        """How many different mails came for each address."""
        found = defaultdict(set)
        for id, address, *_ in self.lines():
            found[address].add(id)
        return {address: len(ids) for address, ids in found.items()}

    def changed(self):
        """How many came again to somebody else, or in other words."""
        found = defaultdict(set)
        for id, address, words, _ in self.lines():
            found[id].add((address, words))
        return sum(len(told) > 1 for told in found.values())
