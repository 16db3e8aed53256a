"""Lets the offline model continue a cut answer: as the prefix of its reply, or because a message tells it to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.glm.offline.reply import Reply

_INSTRUCTION = "continue exactly where you stopped"
_REPEATED = 40  # a model that is told to continue repeats this many characters of the end


@dataclass(frozen=True, slots=True)
class Cut:
    """An answer to be continued. `body` is the request as it was before the cut, `said` the text that was given out."""

    body: Mapping[str, Any]
    said: str
    is_prefix: bool


def cut_of(body: Mapping[str, Any]) -> Cut | None:
    """Return None for a request that asks for a new answer."""
    messages = body["messages"]
    last = messages[-1]
    if body.get("continue_final_message") and last["role"] == "assistant":
        return Cut({**body, "messages": messages[:-1]}, str(last.get("content") or ""), is_prefix=True)
    is_told = last["role"] == "user" and isinstance(last["content"], str) and _INSTRUCTION in last["content"].lower()
    if not is_told or len(messages) < 3 or messages[-2]["role"] != "assistant":
        return None
    return Cut({**body, "messages": messages[:-2]}, str(messages[-2].get("content") or ""), is_prefix=False)


def rest_of(reply: Reply, cut: Cut) -> Reply:
    """Return what is missing of the answer; all of it where the text given out is not its beginning."""
    if not reply.text.startswith(cut.said):
        return reply
    start = len(cut.said)
    if not cut.is_prefix:
        start = max(0, len(cut.said.rstrip()) - _REPEATED)
    return replace(reply, text=reply.text[start:], reasoning="")
