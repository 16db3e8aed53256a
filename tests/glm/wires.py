"""Wire bytes in the shapes recorded from the providers, and the decoding of them in any cut."""

import json
from collections.abc import Iterable
from itertools import chain
from typing import Any

from bot.core.model.events import ModelEvent, ReasoningDelta, TextDelta
from bot.glm.stream.sse import SseDecoder
from bot.glm.stream.wire import AnswerDecoder

USAGE = {
    "prompt_tokens": 173,
    "completion_tokens": 87,
    "total_tokens": 260,
    "prompt_tokens_details": {"cached_tokens": 172},
    "completion_tokens_details": {"reasoning_tokens": 63},
}
DONE = b"data: [DONE]\n\n"


def chunk(delta: dict[str, Any] | None = None, finish: str | None = None, **more: Any) -> bytes:
    choice: dict[str, Any] = {"index": 0, "delta": delta or {}}
    if finish is not None:
        choice["finish_reason"] = finish
    document = {"id": "20260101", "created": 1773349533, "object": "chat.completion.chunk", "model": "glm-4.6v"}
    return b"data: " + json.dumps(document | {"choices": [choice]} | more, ensure_ascii=False).encode() + b"\n\n"


def pieces(wire: bytes, size: int) -> list[bytes]:
    return [wire[start : start + size] for start in range(0, len(wire), size)]


def decode(parts: Iterable[bytes]) -> list[ModelEvent]:
    """All events of a stream, as the client reads it; raises what the client would."""
    lines, decoder = SseDecoder(), AnswerDecoder()
    events: list[ModelEvent] = []
    for part in parts:
        for data in lines.feed(part):
            events += chain.from_iterable(decoder.feed(data))
    for data in lines.end():
        events += chain.from_iterable(decoder.feed(data))
    if lines.plain.strip():
        events += chain.from_iterable(decoder.feed_plain(lines.plain))
    return joined(events + decoder.flush() + decoder.closing())


def joined(events: Iterable[ModelEvent]) -> list[ModelEvent]:
    """Neighbouring deltas as one, so that only the content counts and not its cut."""
    out: list[ModelEvent] = []
    for event in events:
        last = out[-1] if out else None
        if isinstance(event, TextDelta) and isinstance(last, TextDelta):
            out[-1] = TextDelta(last.text + event.text)
        elif isinstance(event, ReasoningDelta) and isinstance(last, ReasoningDelta):
            out[-1] = ReasoningDelta(last.text + event.text)
        else:
            out.append(event)
    return out
