"""`read_words` reads what people type behind `/summarize`: links as Slack escapes them, channels, periods, questions.

Escapes: https://docs.slack.dev/messaging/formatting-message-text (`<url|label>`, `<#C1|name>`, `&amp;`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bot.core.brief import BriefRefused
from bot.core.intake.links import before_signs, ended
from bot.slack.blocks import escape
from bot.slack.read.escapes import separate_addresses, unescape
from bot.slack.read.mentioned import CHANNEL
from bot.slack.read.summaries.command_help import HELP_WORDS, NOT_UNDERSTOOD, is_question, nearest
from bot.slack.read.summaries.periods import MOST_MESSAGES, Period, period_at, period_of
from bot.words import clipped

__all__ = ["MOST_MESSAGES", "Period", "SummaryRequest", "read_link", "read_words"]
QUOTED_CHARS = 60

# Escapes may hold blanks in their label.
_TOKEN = re.compile(r"<[^<>]*>|https?://[^\s<>]+", re.IGNORECASE)
_ESCAPED = re.compile(r"<([^<>|\s]+)(?:\|[^<>]*)?>")
# Slack's links are known by their paths, on any host, since an Enterprise Grid has hosts of its own. A path that other
# websites have too (`/docs/FAQ`) counts on other hosts only if it holds an id as long as Slack's.
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
# A channel's name that Slack has not turned into an escape, as when it knows no such channel.
_NAMED = re.compile(r"(?<![\w#&/])#(?=[\w-]*[^\W\d_])([\w-]{1,80})")
_JOINT = re.compile(r"^[\s.,:;!–—，。、：；！-]+|^\s*(?:(?:in|of|from)(?=\s|$)\s*)")
# Words before and after a period that are no question: “please sum up yesterday's messages”.
_BEFORE = re.compile(
    r"^(?:(?:please|summari[sz]e|sum\s+up|give\s+me|show\s+me|a\s+summary|the|everything|all|messages?|chat|from|of|in|for)"
    r"(?![a-z])|请|帮我|给我|总结|归纳|一下|看看|的|[\s,，:：])+",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"^(?:\s*(?:messages?|chat|please)(?![a-z])|的|消息|聊天|记录|内容|对话|讨论|[\s.,!。，！]+)+$", re.IGNORECASE
)
# Where a period can begin. After other words, “week” alone is none: “las week”.
_WORD = re.compile(r"(?<![a-z])(?!week)[a-z]+|[^\x00-\x7f]", re.IGNORECASE)
MOST_TAIL_CHARS = 40


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


@dataclass(frozen=True, slots=True)
class ChannelName:
    """A channel by its name, without the `#`."""

    name: str


Link = MessageLink | FileLink | ChannelLink | ChannelName | WebLink


@dataclass(frozen=True, slots=True)
class SummaryRequest:
    """What the words of a command ask for. `focus` are the words that are neither links nor a period: a question."""

    links: tuple[Link, ...] = ()
    period: Period | None = None
    focus: str = ""
    is_help: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.links or self.period or self.focus or self.is_help)


def read_words(text: str) -> SummaryRequest:
    """Raises BriefRefused for words that are no link, no channel, no period and no question."""
    if text.strip().lower() in HELP_WORDS:
        return SummaryRequest(is_help=True)
    links: list[Link] = []

    def without(token: re.Match[str]) -> str:
        """Take the link out of the words, but not the words right after an address."""
        address = token[0] if token[0].startswith("<") else ended(token[0])
        link = read_link(address)
        if link is None:
            return token[0]
        links.append(link)
        return " " + token[0][len(address) :]

    rest = " ".join(_NAMED.sub(_name_into(links), _TOKEN.sub(without, separate_addresses(text))).split())
    period, focus = _period(rest)
    if period is None and all(isinstance(link, ChannelLink | ChannelName) for link in links):
        period = _period_at_end(rest)
    request = SummaryRequest(tuple(dict.fromkeys(links)), period, unescape(_focus(focus)))
    if request.focus and not (request.links or request.period or is_question(request.focus)):
        raise not_understood(text)
    return request


def not_understood(words: str) -> BriefRefused:
    """The refusal, which quotes the typed words and suggests the two nearest lines."""
    plain = " ".join(unescape(_ESCAPED.sub(lambda found: found[1], words)).split())
    one, other = nearest(plain)
    shown = escape(clipped(plain, QUOTED_CHARS))
    fields = {"words": shown, "one": one, "other": other}
    return BriefRefused("not understood", user_message=NOT_UNDERSTOOD, fields=fields)


def read_link(token: str) -> Link | None:
    """A link as Slack escapes it or as it was typed; None for anything else. Raises BriefRefused for an unknown link to
    Slack.
    """
    if channel := CHANNEL.fullmatch(token):
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
        raise not_understood(address)
    return WebLink(address)


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


def _name_into(links: list[Link]) -> Callable[[re.Match[str]], str]:
    def named(found: re.Match[str]) -> str:
        links.append(ChannelName(found[1].lower()))
        return " "

    return named


def _period(words: str) -> tuple[Period | None, str]:
    """The period at the beginning of the words, and the other words."""
    for start in _beginnings(words):
        if only_period := period_of(words[start:].strip(" .,!?。，！？")):
            return only_period, ""
        if found := period_at(words[start:]):
            period, end = found
            rest = words[start + end :]
            return period, "" if _BEHIND.match(rest) else rest
    return None, words


def _beginnings(words: str) -> tuple[int, ...]:
    """Where a period may begin: at once, or after words that mean nothing by themselves."""
    found = _BEFORE.match(words)
    return (0, found.end()) if found else (0,)


def _period_at_end(words: str) -> Period | None:
    """The period at the end of the words: “what did Ben say yesterday?”."""
    words = words.rstrip(" .,!?。，！？")
    tail = max(0, len(words) - MOST_TAIL_CHARS)
    for word in _WORD.finditer(words, tail):
        found = period_at(words[word.start() :])
        if found and found[1] == len(words) - word.start():
            return found[0]
    return None


def _focus(rest: str) -> str:
    """The question, without the signs and words that join it to the period: “last 20 in #general:
    what about money?”.
    """
    while found := _JOINT.match(rest):
        rest = rest[found.end() :]
    return rest
