"""How the offline model goes on with an answer that was cut: as the prefix of its reply, or because it is told to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.glm.offline.reply import Reply

_TOLD = "continue exactly where you stopped"
_REPEATED = 40  # characters of the end that a model which is told to go on says again


@dataclass(frozen=True, slots=True)
class Cut:
    """An answer that is to be gone on with. `body` is the request as it was before."""

    body: Mapping[str, Any]
    said: str
    is_prefix: bool


def cut_of(body: Mapping[str, Any]) -> Cut | None:
    """None for a request that asks for an answer of its own."""
    messages = body["messages"]
    last = messages[-1]
    if body.get("continue_final_message") and last["role"] == "assistant":
        return Cut({**body, "messages": messages[:-1]}, str(last.get("content") or ""), is_prefix=True)
    is_told = last["role"] == "user" and isinstance(last["content"], str) and _TOLD in last["content"].lower()
    if not is_told or len(messages) < 3 or messages[-2]["role"] != "assistant":
        return None
    return Cut({**body, "messages": messages[:-2]}, str(messages[-2].get("content") or ""), is_prefix=False)


def rest_of(reply: Reply, cut: Cut) -> Reply:
    """What is left of the whole answer; all of it where what was said is not its beginning."""
    if not reply.text.startswith(cut.said):
        return reply
    start = len(cut.said)
    if not cut.is_prefix:
        start = max(0, len(cut.said.rstrip()) - _REPEATED)
    return replace(reply, text=reply.text[start:], reasoning="")
