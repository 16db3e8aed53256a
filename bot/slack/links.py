"""What people hand to a command: links as Slack writes and escapes them, channels, and words such as “last 50”.

Escapes: https://docs.slack.dev/messaging/formatting-message-text (`<url|label>`, `<#C1|name>`, `&amp;`).
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from bot.core.brief import BriefRefused
from bot.core.links import before_signs, ended
from bot.words import text as words_for_people

NOT_UNDERSTOOD = words_for_people(
    "I don't understand that: give me a link to a message, a file, a canvas, a thread or a web page, or say "
    "`last 50`, `today` or `this week`."
)
MOST_MESSAGES = 1_000
USUAL_MESSAGES = 50

# Escapes may hold blanks in their label.
_TOKEN = re.compile(r"<[^<>]*>|https?://[^\s<>]+", re.IGNORECASE)
_ESCAPED_ADDRESS = re.compile(r"<(https?://[^<>|\s]+)(?:\|[^<>]*)?>", re.IGNORECASE)
_ESCAPED = re.compile(r"<([^<>|\s]+)(?:\|[^<>]*)?>")
_CHANNEL = re.compile(r"<#([CGD][A-Z0-9]+)(?:\|[^<>]*)?>")
# By their paths, on whatever host: an Enterprise Grid has hosts of its own. What other websites have too (`/docs/FAQ`)
# counts there only with an id as long as Slack's.
_SLACK_HOST = re.compile(r"(?:.*[.-])?slack(?:[.-].*)?|localhost|[\d.]+", re.IGNORECASE)
_WORKSPACE = re.compile(r"(?!(?:api|docs|status|www)\.)[\w.-]+\.slack\.com", re.IGNORECASE)
_LONG_ID = re.compile(r"/[CGDF](?=[A-Z]*\d)[A-Z0-9]{8,}(?:/|$)")
_TS = re.compile(r"\d{10}\.\d{6}")
_MESSAGE = re.compile(r"^/archives/([CGD][A-Z0-9]+)/p(\d{10})(\d{6})/?$")
_CLIENT_THREAD = re.compile(r"^/client/[TE][A-Z0-9]+/([CGD][A-Z0-9]+)/thread/([CGD][A-Z0-9]+)-(\d{10}\.\d{6})/?$")
_PLACE = re.compile(r"^/(?:archives|client/[TE][A-Z0-9]+)/([CGD][A-Z0-9]+)/?$")
_FILE = re.compile(r"^/files/[UWB][A-Z0-9]+/(F[A-Z0-9]+)(?:/|$)")
_FILE_BYTES = re.compile(r"^/files-(?:pri|tmb)/[TE][A-Z0-9]+-(F[A-Z0-9]+)(?:[-/]|$)")
_CANVAS = re.compile(r"^/(?:docs|canvas|lists)/(?:[TE][A-Z0-9]+/)?(F[A-Z0-9]+)(?:/|$)")
_LAST = re.compile(
    r"(?:the\s+)?last\s*(?P<last>\d+)(?!\s*(?:minute|hour|day|week|month|year))(?:\s+messages?)?(?![a-z])"
    r"|(?:the\s+)?last(?:\s+messages?(?![a-z])|(?=\W*(?:in\s*|of\s*|from\s*)?\W*$))|最近\s*(?P<recent>\d+)?\s*条?(?:消息)?",
    re.IGNORECASE,
)
_JOINT = re.compile(r"^[\s.,:;!–—，。、：；！-]+|^\s*(?:(?:in|of|from)(?=\s|$)\s*)")
_TODAY = re.compile(r"today(?![a-z])|今天", re.IGNORECASE)
_WEEK = re.compile(r"(?:this\s+)?week(?![a-z])|本周|这周", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MessageLink:
    channel: str
    ts: str
    thread_ts: str = ""


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file or a canvas."""

    file_id: str


@dataclass(frozen=True, slots=True)
class ChannelLink:
    channel: str


@dataclass(frozen=True, slots=True)
class WebLink:
    url: str


Link = MessageLink | FileLink | ChannelLink | WebLink


@dataclass(frozen=True, slots=True)
class Period:
    """The last `count` messages, or those of today or this week."""

    kind: Literal["last", "today", "week"]
    count: int = MOST_MESSAGES


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command's words ask for; the words that are neither a link nor a period are a question to focus on."""

    links: tuple[Link, ...] = ()
    period: Period | None = None
    focus: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.links or self.period or self.focus)


def read_words(text: str) -> Wanted:
    """Raises BriefRefused for words without a link or a period."""
    links: list[Link] = []

    def without(token: re.Match[str]) -> str:
        """Links are taken out; what stands behind an address is none of it."""
        address = token[0] if token[0].startswith("<") else ended(token[0])
        link = read_link(address)
        if link is None:
            return token[0]
        links.append(link)
        return " " + token[0][len(address) :]

    period, rest = _period(_TOKEN.sub(without, loosened(text)).strip())
    wanted = Wanted(tuple(dict.fromkeys(links)), period, unescape(_focus(" ".join(rest.split()))))
    if wanted.focus and not (wanted.links or wanted.period):
        raise BriefRefused("neither a link nor a period", user_message=NOT_UNDERSTOOD)
    return wanted


def read_link(token: str) -> Link | None:
    """A link as Slack escapes it, or as it was typed; None for anything else."""
    if channel := _CHANNEL.fullmatch(token):
        return ChannelLink(channel[1])
    escaped = _ESCAPED.fullmatch(token)
    address = before_signs(unescape(escaped[1])) if escaped else ended(token)
    if not re.match(r"https?://[^\s/]+", address, re.IGNORECASE):
        return None
    parts = urlsplit(address)
    host = parts.hostname or ""
    if link := _slack_link(parts.path, parse_qs(parts.query), is_slack=bool(_SLACK_HOST.fullmatch(host))):
        return link
    if _WORKSPACE.fullmatch(host):
        raise BriefRefused("a page of Slack itself", user_message=NOT_UNDERSTOOD)
    return WebLink(address)


def loosened(text: str) -> str:
    """Slack takes what somebody wrote right behind an address into its escape, `<https://example.com/a，总结>`: here
    it is taken out again.
    """
    return _ESCAPED_ADDRESS.sub(_let_go, text)


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _slack_link(path: str, query: dict[str, list[str]], *, is_slack: bool) -> Link | None:
    if found := _MESSAGE.match(path):
        ts, thread_ts = f"{found[2]}.{found[3]}", query.get("thread_ts", [""])[0]
        return MessageLink(found[1], ts, thread_ts if thread_ts != ts and _TS.fullmatch(thread_ts) else "")
    if found := _CLIENT_THREAD.match(path):
        return MessageLink(found[2], found[3])
    if not (is_slack or _LONG_ID.search(path)):
        return None
    if found := _FILE.match(path) or _FILE_BYTES.match(path) or _CANVAS.match(path):
        return FileLink(found[1])
    if found := _PLACE.match(path):
        return ChannelLink(found[1])
    return None


def _let_go(found: re.Match[str]) -> str:
    address = before_signs(found[1])
    rest = found[1][len(address) :]
    return f"<{address}>{rest}" if rest else found[0]


def _period(rest: str) -> tuple[Period | None, str]:
    words = " ".join(rest.split())
    if found := _LAST.match(words):
        digits = found["last"] or found["recent"] or str(USUAL_MESSAGES)
        count = int(digits) if len(digits) < 10 else MOST_MESSAGES
        if not count:
            raise BriefRefused("none", user_message=NOT_UNDERSTOOD)
        return Period("last", min(count, MOST_MESSAGES)), _focus(words[found.end() :])
    for kind, pattern in (("today", _TODAY), ("week", _WEEK)):
        if found := pattern.match(words):
            return (Period("today") if kind == "today" else Period("week")), _focus(words[found.end() :])
    return None, words


def _focus(rest: str) -> str:
    """Without what joined it to the time: “last 20 in #general: what about money?”."""
    while found := _JOINT.match(rest):
        rest = rest[found.end() :]
    return rest
