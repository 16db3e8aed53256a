"""Reads a tool call that GLM writes in the form of other models: `<invoke name="zoom">`, arguments as
`<parameter name="image">img_1</parameter>` or `<image>img_1</image>`, then `</invoke>`
(https://github.com/anomalyco/opencode/pull/6883); or, within `<tool_call>`, `<function=zoom>`, arguments as
`<parameter=image>img_1</parameter>`, then `</function>` (https://github.com/theroyallab/tabbyAPI/issues/378).
"""

import re
from typing import Literal

INVOKE, INVOKE_END = "<invoke", "</invoke>"
_HEAD = re.compile(r"""<invoke\s+name=["']([^"'<>]{1,128})["']\s*>""")
_PARAMETER = re.compile(r"""<parameter\s+name=["']([^"'<>]+)["'][^<>]*>(.*?)</parameter>""", re.DOTALL)
_ELEMENT = re.compile(r"<(\w+)>(.*?)</\1>", re.DOTALL)

_FUNCTION, _FUNCTION_END = "<function=", "</function>"
HEADS, ENDS = (INVOKE, _FUNCTION), (INVOKE_END, _FUNCTION_END)
_FUNCTION_HEAD = re.compile(r"\s*<function=([\w.:-]{1,128})>")
_FUNCTION_PARAMETER = re.compile(r"\s*<parameter=([^<>\s]+)>")
# A value may hold such marks itself: it ends where another parameter follows, or the end.
_PARAMETER_OVER = re.compile(r"</parameter>(?=\s*(?:<parameter=|\Z))")


class OpenInvoked:
    """A call whose head has come. As with `OpenCall`, `feed` returns where it ends, -1 as long as it is open."""

    is_sure = True

    def __init__(self, head: str) -> None:
        self.body = head
        self._looked_at = len(head)

    @property
    def length(self) -> int:
        return len(self.body)

    def feed(self, text: str) -> int:
        self.body += text
        at = self.body.find(INVOKE_END, max(0, self._looked_at - len(INVOKE_END)))
        # The end mark stands after a parameter or after the head; elsewhere the same words belong to a value.
        while at >= 0 and not self.body[:at].rstrip().endswith(">"):
            at = self.body.find(INVOKE_END, at + 1)
        self._looked_at = len(self.body)
        return at + len(INVOKE_END) if at >= 0 else -1


def head(text: str) -> "re.Match[str] | Literal[False] | None":
    """Return the head that `text` begins with; None while it could become one, False when it can't."""
    found = _HEAD.match(text)
    return found or (False if ">" in text else None)


def invoked(body: str) -> tuple[str, dict[str, str] | None]:
    """Return the name and the arguments as they were written, None where some of them can't be read."""
    if body.startswith(_FUNCTION):
        return _function(body)
    found = _HEAD.match(body)
    if found is None:
        return "", {}
    inner = body[found.end() :]
    pairs = _PARAMETER.findall(inner) or _ELEMENT.findall(inner)
    return found[1], dict(pairs)


def is_function(text: str, offered: frozenset[str]) -> bool | None:
    """Tell whether the text calls a function that was offered; None while it may."""
    found = _FUNCTION_HEAD.match(text)
    if found:
        return found[1] in offered
    start = text.lstrip()
    return None if _FUNCTION.startswith(start[: len(_FUNCTION)]) and ">" not in start else False


def _function(body: str) -> tuple[str, dict[str, str] | None]:
    found = _FUNCTION_HEAD.match(body)
    if found is None:
        return "", None
    inner, at = body[found.end() :].rstrip().removesuffix(_FUNCTION_END), 0
    written: dict[str, str] = {}
    while begun := _FUNCTION_PARAMETER.match(inner, at):
        over = _PARAMETER_OVER.search(inner, begun.end())
        if over is None:
            return found[1], None
        written[begun[1]] = inner[begun.end() : over.start()]
        at = over.end()
    return found[1], None if inner[at:].strip() else written
