"""Replies of the offline model that go wrong as real answers do: busy, cut, silent, tool calls in the text."""

from dataclasses import replace
from typing import Literal

import orjson

from bot.core.model.messages import ToolCall
from bot.glm.offline.reply import Reply, refused

CallStyle = Literal["lines", "line", "json", "named json"]


def busy(retry_after_s: float | None = 1.0, code: str = "1302") -> Reply:
    """429, as Z.ai sends it for too many requests at once. None: it does not say when to come back."""
    headers = {} if retry_after_s is None else {"Retry-After": f"{retry_after_s:g}"}
    return refused(code, "High concurrency usage of this API, please reduce concurrency", 429, headers)


def away(status: int = 503) -> Reply:
    """A gateway that does not reach the model."""
    return Reply(status=status, body=b"<html>bad gateway</html>")


def overloaded(retry_after_s: float | None = None) -> Reply:
    """529, as Z.ai sends it when a model has too much to do."""
    headers = {} if retry_after_s is None else {"Retry-After": f"{retry_after_s:g}"}
    return refused("1305", "The service may be temporarily overloaded, please try again later", 529, headers)


def cut(reply: Reply, words: int) -> Reply:
    """The connection breaks after so many words of the text."""
    return replace(reply, cut_after_words=words)


def stalled(reply: Reply, words: int) -> Reply:
    """The stream falls silent after so many words of the text, and the connection stays open."""
    return replace(reply, stall_after_words=words)


def aborted(reply: Reply, reason: str = "abort") -> Reply:
    """The server gives up the request in the middle and says so with a finish reason of its own."""
    return replace(reply, finish=reason)


def as_text(*calls: ToolCall, style: CallStyle = "lines") -> str:
    """Write tool calls as they stand in the text when the server's parser has missed them."""
    return "\n".join(f"<tool_call>{_body(call, style)}</tool_call>" for call in calls)


def _body(call: ToolCall, style: CallStyle) -> str:
    arguments = orjson.dumps(dict(call.arguments)).decode()
    match style:
        case "json":
            return f'\n{{"name": "{call.name}", "arguments": {arguments}}}\n'
        case "named json":
            return f"{call.name}\n{arguments}\n"
        case _:
            line_end = "\n" if style == "lines" else ""
            pairs = [
                f"<arg_key>{key}</arg_key>{line_end}<arg_value>{_value(value)}</arg_value>"
                for key, value in call.arguments.items()
            ]
            return line_end.join([call.name, *pairs, ""])


def _value(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
