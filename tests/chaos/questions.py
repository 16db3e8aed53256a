"""What people asked, and what became of it."""

from dataclasses import dataclass, field
from typing import Literal

from bot.playground.workspace.records import Message

Outcome = Literal["answered", "told why not", "deleted", "never accepted", "LOST", "DOUBLED", "HALF"]
FINE: frozenset[Outcome] = frozenset({"answered", "told why not", "deleted", "never accepted"})


@dataclass(slots=True)
class Question:
    """`number` and `version` make the token in its text; an edit raises the version."""

    number: int
    message: Message
    asked_at: float
    version: int = 1
    files: int = 0
    edited_at: float | None = None
    deleted_at: float | None = None
    outcome: Outcome | None = None

    @property
    def token(self) -> str:
        return token(self.number, self.version)

    @property
    def tokens(self) -> list[str]:
        return [token(self.number, version) for version in range(1, self.version + 1)]

    @property
    def root_ts(self) -> str:
        return self.message.thread_ts or self.message.ts

    @property
    def place(self) -> tuple[str, str]:
        return self.message.channel, self.root_ts


def token(number: int, version: int = 1) -> str:
    return f"Q{number:03d}v{version}"


@dataclass
class Findings:
    """What the checker saw. `violations` is empty when all that must hold held."""

    violations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)
    answered_at: dict[str, float] = field(default_factory=dict)
    paid_again: list[str] = field(default_factory=list)
