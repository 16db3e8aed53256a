"""Titles gives a thread its title in Slack's list of agent sessions, made of its first question or of what is
summarised.

It never replaces a title that a person gave.
"""

import asyncio
import html
import re
from typing import Protocol

import structlog

from bot.core.intake.links import SIGNS
from bot.core.prompt.thinking import directive
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.lease import TurnTaken
from bot.errors import SlackError, StateError
from bot.slack.gateway import Gateway
from bot.slack.read.escapes import separate_addresses
from bot.slack.reply.status import NEVER

log = structlog.get_logger(__name__)

# Slack takes 200 (slack.md §1.4); a list of sessions shows far fewer. Wide letters count double.
MOST_WIDTH = 60
MOST_READ = 4_000
PATIENCE_S = 5.0
_CODE = re.compile(r"```.*?(```|$)", re.DOTALL)
_LABELLED = re.compile(r"<(?:[A-Za-z][A-Za-z0-9+.-]*:|#)[^>|]*\|([^>]+)>")
_ANGLES = re.compile(r"<[^>]*>")
_ADDRESS = re.compile(rf"\b(?:https?://|www\.)[^\s{SIGNS}]+")
_EMOJI = re.compile(r"(?<![\w:]):[a-z0-9_+\-]+:(?![\w:])")
_MARKS = re.compile(r"[*~`]+|(?<!\w)_+|_+(?!\w)|^[^\S\n]*+(?:>|#{1,6}\s|[-•]\s)", re.MULTILINE)
_SENTENCE = re.compile(r"[^\n]*?(?:[.!?…](?=\s+[^a-z\s]|\s*$)|[。！？]|\n|$)")
_CLOCK = re.compile(r"(?<=\d):(?=\d)")
# A first sentence shorter than this (“Hi!”) says little by itself.
LEAST_WIDTH = 12


class TitleClaims(Protocol):
    """Keeps which threads have a title, and whether a person gave it. Raises StateError."""

    async def claim(self, thread: ThreadId) -> bool: ...

    async def claim_again(self, thread: ThreadId) -> bool: ...


class Titles:
    def __init__(self, gateway: Gateway, marks: TitleClaims) -> None:
        self._gateway = gateway
        self._marks = marks

    async def set_title(self, question: Inbound, words: str) -> None:
        """Give the thread its title, unless it has one already. Tried once; never fails."""
        source = question.brief.source if question.brief else ""
        title = _cut(_one_line(source)) or title_of(words, [file.name for file in question.files])
        if not title:
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                claim = self._marks.claim_again if question.redo == "edited" else self._marks.claim
                if await claim(question.thread):
                    await self._set(question, title)
        except (SlackError, StateError, TimeoutError, TurnTaken) as error:
            log.info("title.not_set", reason=type(error).__name__, code=getattr(error, "code", ""))

    async def _set(self, question: Inbound, title: str) -> None:
        place = {"channel_id": question.channel, "thread_ts": question.root_ts, "title": title}
        if "rename" not in self._gateway.no_status:
            try:
                await self._gateway.once("agents_sessions_rename", **place)
            except SlackError as refused:
                if refused.is_passing:
                    raise
                self._note("rename", refused)
            else:
                return
        if "title" not in self._gateway.no_status:
            try:
                await self._gateway.once("assistant_threads_setTitle", **place)
            except SlackError as refused:
                self._note("title", refused)
                raise

    def _note(self, way: str, refused: SlackError) -> None:
        if refused.code in NEVER:
            self._gateway.no_status.add(way)


def title_of(words: str, names: list[str]) -> str:
    """The first sentence of a question as one short plain line; without words, the files' names."""
    words, _ = directive(separate_addresses(words[:MOST_READ]))
    words = _LABELLED.sub(lambda found: "" if _ADDRESS.match(found[1]) else found[1], _CODE.sub(" ", words))
    words = html.unescape(_ANGLES.sub(" ", words))
    words = _EMOJI.sub(" ", _MARKS.sub(" ", _ADDRESS.sub(" ", words))).strip()
    line = _one_line(_beginning(words))
    if not any(letter.isalnum() for letter in line):
        return _cut(_one_line(", ".join(names)))
    return _cut(line[:1].upper() + line[1:])


def _beginning(words: str) -> str:
    end = 0
    for found in _SENTENCE.finditer(words):
        end = found.end()
        if _width(words[:end].strip()) >= LEAST_WIDTH:
            break
    return words[:end]


def _one_line(words: str) -> str:
    """The words on one line, without colons, which Slack turns into underscores (slack.md §1.4)."""
    words = _CLOCK.sub(".", " ".join(words.split()))
    return re.sub(r"\s*:+\s*", " – ", words).strip(" –,.;。，；")


def _cut(line: str) -> str:
    if _width(line) <= MOST_WIDTH:
        return line
    line = line[:MOST_WIDTH]  # cut first: measuring a long line again for each letter took a second a thousand letters
    while _width(line) >= MOST_WIDTH:
        line = line[:-1]
    at_word = line.rsplit(" ", 1)[0] if _width(line.rsplit(" ", 1)[0]) > MOST_WIDTH // 2 else line
    return at_word.rstrip(" –,.;:。，；") + "…"


def _width(words: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in words)
