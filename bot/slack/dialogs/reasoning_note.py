"""Small messages beside an answer: the summary of its reasoning."""

import re
from typing import Any

import structlog

from bot.core.inbound import ThreadId
from bot.core.ports import Told
from bot.errors import SlackError
from bot.slack.blocks import escape
from bot.slack.gateway import Gateway
from bot.slack.markdown.pings import harmless
from bot.slack.read.history import NOTE
from bot.words import say, text

log = structlog.get_logger(__name__)

TITLE = text("How I came to this (thought for {seconds} s)")
EXTRACT = text("I couldn't sum up my reasoning just now, so here are its beginning and its end.")
IN_FULL = text("The reasoning in full")
FULL_FILE = "reasoning.txt"
# A section holds 3,000 characters, a container ten blocks (slack.md §1.6).
SECTION_CHARS = 2_900
MOST_SECTIONS = 9
_HALF_SIGN = re.compile(r"&[a-z]{0,3}\Z")
_BULLET = re.compile(r"^[ \t]*[-*+][ \t]+", re.MULTILINE)
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")


class SlackNotes:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def reasoning(self, thread: ThreadId, told: Told) -> None:
        title = say(TITLE, told.language, seconds=max(1, round(told.thought_s)))
        summary = _mrkdwn(escape(harmless(told.summary)))
        if told.is_extract:
            summary = f"_{say(EXTRACT, told.language)}_\n{summary}"
        sections = _sections(summary)
        if told.full:
            whole = _sections(escape(harmless(told.full)))
            sections += [_section(f"*{say(IN_FULL, told.language)}*"), *whole]
        if told.full and len(sections) > MOST_SECTIONS:
            # More than a container holds: the rest is a file.
            await self._gateway.upload(thread.channel, thread.root_ts, FULL_FILE, told.full.encode(), title)
            sections = _sections(summary)
        await self._post(thread, title, sections[:MOST_SECTIONS])

    async def _post(self, thread: ThreadId, title: str, sections: list[dict[str, Any]]) -> None:
        container = {
            "type": "container",
            "title": {"type": "plain_text", "text": title[:150]},
            "is_collapsible": True,
            "default_collapsed": True,
            "child_blocks": sections,
        }
        metadata = {"event_type": NOTE, "event_payload": {}}
        try:
            await self._gateway.post(thread.channel, thread.root_ts, title, blocks=[container], metadata=metadata)
        except SlackError as refused:
            if refused.is_passing or refused.is_final:
                raise  # it may stand there already, or never can
            log.info("notes.no_container", code=refused.code)
            heading = _section(f"*{title}*")
            await self._gateway.post(
                thread.channel, thread.root_ts, title, blocks=[heading, *sections], metadata=metadata
            )


def _mrkdwn(markdown: str) -> str:
    """A container holds no markdown block (slack.md §1.6): lists and bold in Slack's older way."""
    return _BOLD.sub(r"*\1*", _BULLET.sub("• ", markdown))


def _sections(words: str) -> list[dict[str, Any]]:
    parts = []
    while words:
        # Never between the signs of an `&amp;`.
        half = _HALF_SIGN.search(words, 0, SECTION_CHARS) if len(words) > SECTION_CHARS else None
        end = half.start() if half else SECTION_CHARS
        parts.append(words[:end])
        words = words[end:]
    return [_section(part) for part in parts if part.strip()]


def _section(words: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}}
