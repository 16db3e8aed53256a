"""The audit log: `note` records what was done and for whom, for people who have to account for it.

An event holds ids and figures, and never a word of a message. Python's logging carries it, and it is written only
when the operator has switched its handler on.
"""

import logging
from dataclasses import asdict, dataclass
from typing import Any, Literal

EventName = Literal[
    "answer",
    "refusal",
    "tool_call",
    "approval",
    "setting_changed",
    "file_read",
    "schedule_run",
    "install",
    "uninstall",
    "deletion",
]
NAME = "glm.audit"
_log = logging.getLogger(NAME)
# Audit events go to their own handler alone. Without that handler they go nowhere.
_log.propagate = False
_log.setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """`person` is the id of who triggered the event, `outcome` one word. Fields that do not apply stay empty."""

    event: EventName
    workspace: str = ""
    channel: str = ""
    person: str = ""
    model: str = ""
    outcome: str = ""
    error_type: str = ""
    latency_s: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost: float | None = None
    tools: tuple[str, ...] = ()

    def fields(self) -> dict[str, Any]:
        """Return the fields that are not empty, in this order."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None, ())}


def note(event: AuditEvent) -> None:
    _log.info("audit", extra={"audited": event.fields()})
