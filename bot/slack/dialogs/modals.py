"""Dialogues: to say why an answer was bad, to read something long, to copy it, to forget a thread."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from bot.core.ids import check_ts
from bot.core.prompt.rewritten import times_of
from bot.core.thread.inbound import ThreadId
from bot.core.thread.turn import Turn
from bot.errors import PayloadMalformed
from bot.slack.markdown.plain import readable
from bot.slack.reply.footer import VERSION_LABEL
from bot.words import say, text

FEEDBACK, FORGET, READING = "answer_feedback", "forget_thread", "reading"
REASONING_TITLE = text("Reasoning")
VERSIONS_TITLE = text("Earlier versions")
COPY_TITLE = text("Copy as Markdown")
FEEDBACK_TITLE = text("What was wrong?")
FEEDBACK_LABEL = text("Tell us, if you like")
FORGET_TITLE = text("Forget this thread?")
FORGET_WORDS = text("I'll forget what was said here. The messages in Slack stay.")
FORGET_BUTTON = text("Forget it")
SEND = text("Send")
USE = "use_version"
USE_LABEL = text("Use this one")
CLOSE = text("Close")
CANCEL = text("Cancel")
LOADING = text("One moment…")
NOTICE_TITLE = "GLM-4.6V"
CUT = text("The rest is too long to be shown here.")
CUT_COPY = text("These are the first {count} of {all} characters. All of them are in the file under the answer.")
# A view holds 100 blocks, a section 3,000 characters, an input's beginning value 3,000 (slack.md §1.6, §2).
PIECE_CHARS = 2_900
MOST_PIECES = 60
# … and 250 kB as JSON, where a Chinese character is six (https://docs.slack.dev/reference/methods/views.open).
MOST_BYTES = 225_000


def feedback(thread: ThreadId, ts: str, language: str) -> dict[str, Any]:
    block = {
        "type": "input",
        "block_id": "reason",
        "optional": True,
        "label": _plain(FEEDBACK_LABEL, language),
        "element": {"type": "plain_text_input", "action_id": "value", "multiline": True, "max_length": 2_000},
    }
    view = modal(FEEDBACK_TITLE, [block], language)
    return {**view, **_about(thread, ts, FEEDBACK), **_buttons(SEND, language)}


def forget(thread: ThreadId, ts: str, language: str) -> dict[str, Any]:
    words = {"type": "section", "text": _plain(FORGET_WORDS, language)}
    view = modal(FORGET_TITLE, [words], language)
    return {**view, **_about(thread, ts, FORGET), **_buttons(FORGET_BUTTON, language)}


def _buttons(does: str, language: str) -> dict[str, Any]:
    """The buttons of a dialogue that changes something."""
    return {"submit": _plain(does, language, 24), "close": _plain(CANCEL, language, 24)}


def reading(title: str, texts: list[str], language: str) -> dict[str, Any]:
    """A dialogue with texts to read. Nothing in them is markup."""
    blocks: list[dict[str, Any]] = []
    for index, words in enumerate(texts):
        if index:
            blocks.append({"type": "divider"})
        blocks += [
            {"type": "section", "text": {"type": "plain_text", "text": piece}} for piece in _pieces(_readable(words))
        ]
    fitting = _fitting(blocks)
    if fitting < len(blocks):
        blocks[fitting - 1 :] = [{"type": "section", "text": _plain(CUT, language)}]
    return modal(title, blocks, language)


def versions(thread: ThreadId, ts: str, turn: Turn, language: str) -> dict[str, Any]:
    """A dialogue with the earlier answers, newest first. Each has a button that makes it the answer again."""
    times = times_of(turn)
    blocks: list[dict[str, Any]] = []
    for number in range(len(turn.versions), 0, -1):
        part = [_version_head(turn, number, times[number - 1], language)]
        part += [
            {"type": "section", "text": {"type": "plain_text", "text": piece}}
            for piece in _pieces(_readable(turn.versions[number - 1]))
        ]
        if len(blocks) + len(part) > MOST_PIECES or len(json.dumps([*blocks, *part])) > MOST_BYTES:
            blocks.append({"type": "section", "text": _plain(CUT, language)})
            break
        blocks += part
    return modal(VERSIONS_TITLE, blocks, language) | {"private_metadata": json.dumps({"thread": str(thread), "ts": ts})}


def _version_head(turn: Turn, number: int, at: float, language: str) -> dict[str, Any]:
    """A version's number, its time and its button. Slack shows the time in the reader's zone
    (https://docs.slack.dev/messaging/formatting-message-text).
    """
    title = f"*{say(VERSION_LABEL, language, version=number)}*"
    if at:
        plain = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
        title += f" · <!date^{int(at)}^{{date_short_pretty}} {{time}}|{plain}>"
    button = {
        "type": "button",
        "action_id": USE,
        "text": _plain(USE_LABEL, language),
        "value": f"{number} {turn.version_mark(number)}",
    }
    return {"type": "section", "text": {"type": "mrkdwn", "text": title}, "accessory": button}


def notice(words: str, language: str) -> dict[str, Any]:
    """A dialogue with these words. Its button is in `language`."""
    block = {"type": "section", "text": {"type": "plain_text", "text": words[:PIECE_CHARS]}}
    return modal(NOTICE_TITLE, [block], language)


def copying(markdown: str, language: str) -> dict[str, Any]:
    """A dialogue with the Markdown as it is written, which people can mark and copy."""
    blocks: list[dict[str, Any]] = [_written(piece) for piece in _pieces(markdown)]
    fitting = _fitting(blocks)
    if fitting < len(blocks):
        del blocks[fitting:]
        # Above the text, so that people know before they copy that it is not all.
        words = say(CUT_COPY, language, count=f"{fitting * PIECE_CHARS:,}", all=f"{len(markdown):,}")
        blocks.insert(0, {"type": "section", "text": {"type": "plain_text", "text": words}})
    return modal(COPY_TITLE, blocks, language)


def _written(piece: str) -> dict[str, Any]:
    """Preformatted text, in which nothing is markup and no line is broken."""
    inner = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": piece}]}
    return {"type": "rich_text", "elements": [inner]}


def place(view: Mapping[str, Any]) -> tuple[ThreadId, str]:
    """The thread and the question a dialogue is about. Raises PayloadMalformed."""
    about = read_note(view.get("private_metadata"))
    ts = about.get("ts", "")
    check_ts(ts, "ts")
    return ThreadId.parse(about.get("thread", "")), ts


def read_note(note: object) -> dict[str, str]:
    """The JSON object that the bot wrote into a dialogue or a button, and Slack sends back.

    Raises PayloadMalformed if it has another form, as one of another version may.
    """
    try:
        words = json.loads(str(note or "{}"))
    except (ValueError, RecursionError):
        raise PayloadMalformed("what was kept is no JSON") from None
    if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
        raise PayloadMalformed("what was kept is not words")
    return words


def answer(view: Mapping[str, Any], block: str) -> str:
    """The text of a field; empty if nothing was typed."""
    return str(field_of(view, block).get("value") or "")


def field_of(view: Mapping[str, Any], block: str) -> dict[str, Any]:
    """The state of a field as Slack sends it; empty if there is none."""
    fields = (view.get("state") or {}).get("values") or {}
    field: dict[str, Any] = fields.get(block, {}).get("value") or {}
    return field


def modal(title: str, blocks: list[dict[str, Any]], language: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": READING,
        "title": _plain(title, language, 24),
        "close": _plain(CLOSE, language),
        "blocks": blocks,
    }


def _about(thread: ThreadId, ts: str, callback: str) -> dict[str, Any]:
    return {"callback_id": callback, "private_metadata": json.dumps({"thread": str(thread), "ts": ts})}


def _plain(words: str, language: str, most: int = 2_000) -> dict[str, str]:
    return {"type": "plain_text", "text": say(words, language)[:most]}


def _fitting(blocks: list[dict[str, Any]]) -> int:
    """How many of the blocks a view takes."""
    sizes = accumulate(len(json.dumps(block)) for block in blocks[:MOST_PIECES])
    return sum(size <= MOST_BYTES for size in sizes)


def _readable(markdown: str) -> str:
    """The Markdown without its marks, only as much as a view can show and a little more."""
    return readable(markdown, MOST_PIECES * PIECE_CHARS)


def _pieces(words: str) -> list[str]:
    return [words[start : start + PIECE_CHARS] for start in range(0, len(words), PIECE_CHARS)] or ["–"]
