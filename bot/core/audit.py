"""What was done and for whom, as events for whoever has to account for it. Ids and figures, never a word of a message.

It goes the way of logging: an event is noted where it happens, and a handler that the operator switched on writes it.
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
# It goes to its own handler, and nowhere else; without one, nowhere.
_log.propagate = False
_log.setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """`person` is who triggered it; `outcome` one word; what does not apply is left out."""

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
        """Those that apply, in this order."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None, ())}


def note(event: AuditEvent) -> None:
    _log.info("audit", extra={"audited": event.fields()})
