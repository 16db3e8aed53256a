"""The block with the model's reasoning under its answer: a summary that people can open, and all of it if it fits."""

import re
from typing import Any

from bot.core.reply import ReasoningNote
from bot.slack.blocks import Blocks, escape
from bot.slack.markdown.pings import harmless
from bot.words import say, text

TITLE = text("How I came to this (thought for {seconds} s)")
EXTRACT = text("I couldn't sum up my reasoning just now, so here are its beginning and its end.")
IN_FULL = text("The reasoning in full")
FULL_FILE = "reasoning.txt"
# A section holds 3,000 characters, a container ten blocks (slack.md §1.6).
SECTION_CHARS = 2_900
MOST_SECTIONS = 9
# The block ids of the reasoning's sections begin so, where Slack takes no container.
MARK = "reasoning_"
_HALF_SIGN = re.compile(r"&[a-z]{0,3}\Z")
_BULLET = re.compile(r"^[ \t]*[-*+][ \t]+", re.MULTILINE)
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")


def reasoning_block(note: ReasoningNote, room: int) -> dict[str, Any]:
    """A container with the reasoning. `room`: how many characters the message takes besides its text."""
    sections = [*_summary(note), *(_full(note) if _has_room(note, room) else [])]
    return {
        "type": "container",
        "title": {"type": "plain_text", "text": title_of(note)[:150]},
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": sections,
    }


def is_file(note: ReasoningNote, room: int) -> bool:
    """Whether the person wants all of the reasoning and it is too long for the message, so that it becomes a file."""
    return bool(note.full) and not _has_room(note, room)


def without_container(container: dict[str, Any]) -> Blocks:
    """The container's content as plain sections, where Slack takes no container."""
    heading = _section(f"*{escape(container['title']['text'])}*")
    flat = [heading, *container["child_blocks"]]
    return [{**block, "block_id": f"{MARK}{number}"} for number, block in enumerate(flat)]


def is_reasoning_section(block: dict[str, Any]) -> bool:
    return str(block.get("block_id", "")).startswith(MARK)


def title_of(note: ReasoningNote) -> str:
    return say(TITLE, note.language, seconds=max(1, round(note.thought_s)))


def _summary(note: ReasoningNote) -> Blocks:
    """The summary in one section. One that is too long is cut."""
    summary = _mrkdwn(escape(harmless(note.summary)))
    if note.is_extract:
        summary = f"_{say(EXTRACT, note.language)}_\n{summary}"
    return _sections(summary)[:1]


def _full(note: ReasoningNote) -> Blocks:
    return [_section(f"*{say(IN_FULL, note.language)}*"), *_sections(escape(harmless(note.full)))]


def _has_room(note: ReasoningNote, room: int) -> bool:
    sections = [*_summary(note), *_full(note)] if note.full else []
    length = sum(len(section["text"]["text"]) for section in sections)
    return bool(sections) and len(sections) <= MOST_SECTIONS and length <= room


def _mrkdwn(markdown: str) -> str:
    """Lists and bold text as mrkdwn, since a container holds no Markdown block (slack.md §1.6)."""
    return _BOLD.sub(r"*\1*", _BULLET.sub("• ", markdown))


def _sections(words: str) -> Blocks:
    parts = []
    while words:
        # Never cut inside an `&amp;`.
        half = _HALF_SIGN.search(words, 0, SECTION_CHARS) if len(words) > SECTION_CHARS else None
        end = half.start() if half else SECTION_CHARS
        parts.append(words[:end])
        words = words[end:]
    return [_section(part) for part in parts if part.strip()]


def _section(words: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}}
