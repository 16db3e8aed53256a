"""Reads a line of the model's Markdown, token by token, and finds what each special character means.

Each reader returns (end, shown): the source up to `end` is shown as `shown`. `end` is where it began if the character
is a plain one. It returns None as long as more text could change the answer. Readers only look forward, so it makes no
difference in which chunks the text comes.
"""

import re
from collections.abc import Callable

from bot.slack.markdown.html import angle
from bot.slack.markdown.link_hosts import with_link_host
from bot.slack.markdown.links import footnote, image, link_end
from bot.slack.markdown.math import delimited, dollars
from bot.slack.markdown.pings import JOINER, harmless, is_open

LONGEST_CODE = 300
LONGEST_RUN = 50
SPECIAL = re.compile(r"[<`\\$!\[\]\n]")

_RUN = re.compile(rf"`{{1,{LONGEST_RUN}}}")
_BEGIN = re.compile(r"\\begin\{(?P<name>[a-zA-Z]{1,15}\*?)\}")
_MAYBE_BEGIN = re.compile(r"\\(?:b(?:e(?:g(?:i(?:n(?:\{[a-zA-Z]{0,15}\*?)?)?)?)?)?)?\Z")
_PUNCTUATION = frozenset("!\\\"#%&'*+,-./:;=>?@]^_`{|}~)")

Found = tuple[int, str] | None


def token_at(source: str, at: int, *, final: bool) -> Found:
    found = _READERS[source[at]](source, at, final=final)
    return (at + 1, source[at]) if found and found[0] == at else found


def guarded(text: str, before: str) -> str:
    """Our own text, so that it forms no token of Slack's together with the text around it."""
    if is_open(before):
        text = JOINER + text
    return text + JOINER if is_open(text) else text


def render_inline(source: str) -> str:
    """Render a complete piece of Markdown, such as a table's cell."""
    shown, at = "", 0
    while found := SPECIAL.search(source, at):
        start = found.start()
        shown += source[at:start]
        token = (start + 1, "\n") if source[start] == "\n" else token_at(source, start, final=True)
        assert token is not None
        at, text = token
        if "]" in text:
            text = with_link_host(text, shown, source[at : at + 1])
        shown += text if text == source[start:at] else guarded(text, shown)
    return shown + source[at:]


def _code(source: str, at: int, *, final: bool) -> Found:
    """A code span on one line stays as it is, without pings. Ticks that nothing closes are plain characters."""
    run = _RUN.match(source, at)
    assert run
    if run.end() == len(source) and not final and len(run[0]) < LONGEST_RUN:
        return None
    limit = run.end() + LONGEST_CODE
    line_end = source.find("\n", run.end(), limit)
    for mark in _RUN.finditer(source, run.end(), line_end if line_end >= 0 else len(source)):
        if mark.end() > limit:
            break
        if mark.end() == len(source) and not final:
            return None
        if len(mark[0]) == len(run[0]):
            return mark.end(), harmless(source[at : mark.end()])
    if line_end < 0 and len(source) <= limit and not final:
        return None
    return run.end(), run[0]


def _backslash(source: str, at: int, *, final: bool) -> Found:
    if at + 1 >= len(source):
        return (at, "") if final else None
    match source[at + 1]:
        case "(":
            return _or_escape(delimited(source, at, r"\(", r"\)", final=final), source, at)
        case "[":
            return _or_escape(delimited(source, at, r"\[", r"\]", final=final), source, at)
        case "$":
            return at + 2, "$"
        case "b":
            return _environment(source, at, final=final)
        case following if following in _PUNCTUATION:
            return at + 2, source[at : at + 2]
    return at, ""


def _or_escape(found: Found, source: str, at: int) -> Found:
    return (at + 2, source[at : at + 2]) if found and found[0] == at else found


def _environment(source: str, at: int, *, final: bool) -> Found:
    begin = _BEGIN.match(source, at)
    if begin:
        end = f"\\end{{{begin['name']}}}"
        return delimited(source, at, begin[0], end, final=final, is_whole=True)
    return None if not final and _MAYBE_BEGIN.match(source, at) else (at, "")


def _dollar(source: str, at: int, *, final: bool) -> Found:
    if source.startswith("$$", at):
        return _or_escape(delimited(source, at, "$$", "$$", final=final), source, at)
    return dollars(source, at, final=final)


_READERS: dict[str, Callable[..., Found]] = {
    "<": angle,
    "`": _code,
    "\\": _backslash,
    "$": _dollar,
    "!": image,
    "[": footnote,
    "]": link_end,
}
