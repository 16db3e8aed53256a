"""The replies that the offline model can be given, for tests and for the playground's demo."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.model.messages import ToolCall


@dataclass(frozen=True, slots=True)
class OfflinePace:
    """How fast it writes. `tokens_per_s` 0: as fast as the connection takes it."""

    first_token_s: float = 0.3
    tokens_per_s: float = 80.0


INSTANT = OfflinePace(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Reply:
    """One scripted answer. The first fields make a well-formed answer; the others say how it goes wrong.

    `finish` "" follows from the rest. A `status` other than 200, or a `body`, makes the whole HTTP answer. `raw` is
    written as it is after the headers of a stream; its numbers are pauses in seconds. `cut_after` and `stall_after`
    count the bytes of the body after which the connection breaks, or falls silent until the client leaves;
    `cut_after_words` and `stall_after_words` count the pieces of the text instead. `wait_s` passes before anything is
    sent.
    """

    text: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    raw: tuple[bytes | float, ...] = ()
    cut_after: int | None = None
    stall_after: int | None = None
    cut_after_words: int | None = None
    stall_after_words: int | None = None
    wait_s: float = 0.0

    @property
    def breaks(self) -> bool:
        """Tell whether the connection breaks before the end, rather than falling silent."""
        return self.cut_after is not None or self.cut_after_words is not None

    @property
    def finish_reason(self) -> str:
        return self.finish or ("tool_calls" if self.tool_calls else "stop")

    @property
    def is_plain(self) -> bool:
        return self.status != 200 or self.body is not None


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came over HTTP."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]


def refused(code: str, message: str, status: int = 400, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a reply that is Z.ai's error document."""
    document = b'{"error":{"code":"%s","message":"%s"}}' % (code.encode(), message.encode())
    return Reply(status=status, headers=headers or {}, body=document)
