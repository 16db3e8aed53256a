"""Reads what follows a `<`: Slack's tokens, addresses in angle brackets, and the few HTML tags that models write.

Other tags stay as they are. A Markdown block knows no HTML and shows them as text, so nothing is lost.
"""

import re

from bot.latex.parts import script
from bot.slack.markdown.links import is_safe
from bot.slack.markdown.pings import harmless, ping_at

LONGEST_ADDRESS = 3_000
LONGEST_TAG = 100
LONGEST_SCRIPT = 40
LONGEST_GAP = 20

_CHANNEL = re.compile(r"<#[A-Z0-9]+\|(?P<name>[^<>|\n]+)>")
_ADDRESS = re.compile(r"<(?P<url>[A-Za-z][A-Za-z0-9+.-]{1,10}:[^\s<>|]*)(?:\|(?P<label>[^<>\n]*))?>")
_MAYBE_ADDRESS = re.compile(
    r"<(?:#(?:[A-Z0-9]+(?:\|[^<>|\n]*)?)?|[A-Za-z][A-Za-z0-9+.-]{0,10}(?::[^\s<>|]*(?:\|[^<>\n]*)?)?)?"
)
_BECOMES = {
    "b": ("**", "**"), "strong": ("**", "**"), "i": ("*", "*"), "em": ("*", "*"), "s": ("~~", "~~"),
    "del": ("~~", "~~"), "strike": ("~~", "~~"), "details": ("", ""), "summary": ("**", "**\n"),
}  # fmt: skip
_NAMES = "|".join(sorted([*_BECOMES, "br", "sub", "sup"], key=len, reverse=True))
_TAG = re.compile(rf"<(?P<shut>/?)(?P<name>{_NAMES})(?:\s[^<>\n]*+)?+\s*+/?>", re.IGNORECASE)
_SCRIPT = re.compile(r"<(?P<name>su[bp])>(?P<text>[^<\n]*)</(?P=name)>", re.IGNORECASE)
_MAYBE_SCRIPT = re.compile(rf"<su[bp]>[^<\n]{{0,{LONGEST_SCRIPT}}}(?:<(?:/(?:s(?:u[bp]?)?)?)?)?\Z", re.IGNORECASE)
_STARTS = {name[:length] for name in (*_BECOMES, "br", "sub", "sup") for length in range(1, len(name) + 1)}
_TAG_HEAD = re.compile(r"</?(?P<name>[A-Za-z]*)(?P<rest>(?:\s[^<>\n]*|/)?)")

Found = tuple[int, str] | None


def angle(source: str, at: int, *, final: bool) -> Found:
    """What stands at a `<`: its end and what is shown. The end is `at` for a plain sign; None if
    more text is needed.
    """
    ping = ping_at(source, at, final=final)
    if ping is None or ping[0] > at:
        return ping
    for read in (_address, _tag):
        found = read(source, at, final=final)
        if found is None or found[0] > at:
            return found
    return at, ""


def _address(source: str, at: int, *, final: bool) -> Found:
    channel = _CHANNEL.match(source, at)
    if channel:
        return channel.end(), f"#{channel['name']}"
    found = _ADDRESS.match(source, at)
    if found and found.end() - at <= LONGEST_ADDRESS:
        url, label = found["url"], (found["label"] or "").strip()
        if not is_safe(url):
            return found.end(), f"{label} ({url})" if label else url
        return found.end(), f"[{_in_brackets(label)}]({url})" if label else found[0]
    maybe = _MAYBE_ADDRESS.match(source, at)
    if maybe and maybe.end() == len(source) and not final and maybe.end() - at < LONGEST_ADDRESS:
        return None
    return at, ""


def _tag(source: str, at: int, *, final: bool) -> Found:
    found = _TAG.match(source, at)
    if found and found.end() - at <= LONGEST_TAG:
        return _shown(found, source, final=final)
    head = _TAG_HEAD.match(source, at)
    if final or not head or head.end() != len(source) or head.end() - at >= LONGEST_TAG:
        return at, ""
    name = head["name"].lower()
    return None if name in _STARTS or not (name or head["rest"]) else (at, "")


def _shown(found: re.Match[str], source: str, *, final: bool) -> Found:
    name, is_shut = found["name"].lower(), bool(found["shut"])
    if name == "br":
        return _line_end(source, found.end(), final=final)
    if name in _BECOMES:
        return found.end(), _BECOMES[name][is_shut]
    if is_shut:
        return found.start(), ""
    whole = _SCRIPT.match(source, found.start())
    if whole and len(whole["text"]) <= LONGEST_SCRIPT:
        text = harmless(whole["text"].strip())
        return whole.end(), script(text, "_" if name == "sub" else "^") if text else ""
    is_unfinished = _MAYBE_SCRIPT.match(source, found.start()) is not None and not final
    return None if is_unfinished else (found.start(), "")


def _line_end(source: str, end: int, *, final: bool) -> Found:
    """The end of a `<br>`. A line end right after it is the same line end."""
    latest = end + LONGEST_GAP
    while end < min(len(source), latest) and source[end] in " \t":
        end += 1
    if end >= len(source):
        return (end, "\n") if final else None
    return (end + 1 if source[end] == "\n" else end), "\n"


def _in_brackets(label: str) -> str:
    return label.replace("[", "(").replace("]", ")")
