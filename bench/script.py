"""What the offline model is told to say: as many chunks as are asked for, tools first, or a page. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.page import HTML
from bench.texts import AT_ONCE, MAKE_PAGE, STALLS_FIRST, answer_text, chunks_asked, pace_asked, tools_asked
from bot.core.model.messages import ToolCall
from bot.core.model.usage import Usage
from bot.glm.offline.reply import Reply
from bot.glm.offline.wire import Call, frames

CALL = Call("bench", 0, "glm-4.6v", "zai", Usage(), tells_usage=True)
PICTURE, PAPER = "plan.png", "paper.pdf"
TOOLS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("zoom", {"image": "img_1", "box": [100, 100, 400, 400]}),
    ("calculate", {"expression": "17 * 23 + sqrt(81)"}),
    (
        "make_table",
        {"title": "Costs", "columns": ["What", "How much"], "rows": [[f"Part {at}", at] for at in range(20)]},
    ),
    ("find_in_document", {"document": PAPER, "query": "Region"}),
)
FIRST_TOKEN_S = 0.3
_GROUP_S = 0.01


def answer(body: dict[str, Any]) -> Reply:
    """As many chunks as the latest question asks for, at this model's pace, the asked one, or all at once."""
    asked, results = _latest(body["messages"])
    if MAKE_PAGE in asked:
        return Reply(text=f"Here is your page.\n\n```html\n{HTML}\n```\n")
    if results < len(TOOLS) and (order := tools_asked(asked)) != "none":
        wanted = TOOLS if order == "in one reply" else TOOLS[results : results + 1]
        return Reply(tool_calls=tuple(ToolCall(f"call_{name}", name, arguments) for name, arguments in wanted))
    reply = Reply(text=answer_text(chunks_asked(asked) or 300))
    if AT_ONCE in asked:
        return Reply(raw=(b"".join(frames(reply, CALL)),))
    return Reply(raw=tuple(_paced(reply, per_s))) if (per_s := pace_asked(asked)) else reply


class Answers:
    """As `answer`, but a question that asks for it is answered by half at first, and then by silence."""

    def __init__(self) -> None:
        self._asked: set[str] = set()

    def __call__(self, body: dict[str, Any]) -> Reply:
        asked, _ = _latest(body["messages"])
        if STALLS_FIRST not in asked or asked in self._asked:
            return answer(body)
        self._asked.add(asked)
        chunks = chunks_asked(asked) or 0
        return Reply(text=answer_text(chunks), stall_after_words=chunks // 2)


def _latest(messages: Sequence[Mapping[str, Any]]) -> tuple[str, int]:
    """The latest question, and how many tools have answered since."""
    results = 0
    for message in reversed(messages):
        text = _text(message["content"])
        if message["role"] == "user" and (MAKE_PAGE in text or chunks_asked(text) is not None):
            return text, results
        results += message["role"] == "tool"
    return "", results


def _text(content: str | Sequence[Mapping[str, Any]] | None) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join(part.get("text", "") for part in content)


def _paced(reply: Reply, per_s: int) -> Iterator[bytes | float]:
    """In small groups: no timer is good enough for a chunk a millisecond."""
    pieces = list(frames(reply, CALL))
    yield FIRST_TOKEN_S
    group = max(1, round(per_s * _GROUP_S))
    for start in range(0, len(pieces), group):
        yield group / per_s
        yield b"".join(pieces[start : start + group])
