"""What the client knows of each write: the truth that the database is held against."""
import json
import threading
from dataclasses import dataclass, field


@dataclass(eq=False)
class Write:
    """One thing that is to be done once, however often it must be asked for."""

    # http or admin
    interface: str
    # the idempotency key
    key: str
    operation: str
    path: str
    body: dict
    # The text by which its effect is found in the database.
    marker: str
    # The marker of the incident that it belongs to, its id, and the version that it saw.
    story: str = ""
    subject: str = ""
    version: int | None = None
    # By whose token, where it is not that of the writer's own account.
    token: str = ""
    # Gives the headers that prove who sends these bytes under this key, for a message that is signed.
    sign: object = None
    # A body that is a file, and the SHA-256 of what is attached, whichever way it goes.
    content: bytes | None = None
    digest: str = ""
    # sent -> acknowledged | refused; "unknown" while the client was told nothing, or that nobody knows.
    state: str = "sent"
    tried: int = 0
    # The request ids of the attempts that may have reached the server; by HTTP they are in the audit rows.
    attempts: list = field(default_factory=list)
    # How attempts ended that were not answered: (request id, closed | cut | silent | outcome_unknown).
    ends: list = field(default_factory=list)
    answer: str = ""
    replayed: bool = False

    @property
    def is_settled(self):
        return self.state in ("acknowledged", "refused")


class Ledger:
    """All writes of one database, also on disk: a line for each that was sent, and one for how it ended."""

    def __init__(self, path):
        self.writes = []
        self.lock = threading.Lock()
        self.file = open(path, "a", encoding="utf-8")

    def add(self, write):
        with self.lock:
            self.writes.append(write)
            self.note({
                "sent": write.key, "by": write.interface, "operation": write.operation, "path": write.path, "body": write.body,
                "version": write.version})

    def settle(self, write, state, answer):
        write.answer = answer.body
        write.state = state
        with self.lock:
            self.note({
                state: write.key, "status": answer.status, "code": answer.json.get("code"), "replayed": write.replayed,
                "attempts": len(write.attempts)})

    def note(self, value):
        self.file.write(json.dumps(value) + "\n")

    def count(self, state, since=0):
        with self.lock:
            return sum(1 for write in self.writes[since:] if write.state == state)
