"""What a message refers to by chips in its rich text: canvases, files, records of lists, cards of apps.

A person's message has a text beside its rich text, and there only an id or an address stands for a chip
(https://github.com/agentconnect-md/agentconnect/pull/1862).
"""

import re
from collections.abc import Iterable, Mapping

from bot.core.thread.inbound import LINKED, FileRef
from bot.slack.blocks import escape
from bot.slack.payloads.values import Json, string
from bot.slack.read.rich_text import MOST_DEPTH, address_of, inline, is_inline, label_of

# The types of elements whose words are in the text of a message as well.
_IN_TEXT = frozenset({
    "broadcast", "canvas_user_mention", "channel", "color", "date", "emoji", "link", "team", "text", "user",
    "usergroup",
})  # fmt: skip
_FILES = frozenset({"canvas", "file", "list_record"})
_FILE_ID = re.compile(r"F[A-Z0-9]{3,}")
MOST_FILES = 40  # the core looks a few of them up, and names the others


def with_references(text: str, blocks: object) -> tuple[str, list[str]]:
    """The text with labels and addresses in the place of bare ids and addresses; and the references of which it says
    nothing. All is escaped.
    """
    missing: dict[str, None] = {}
    for element in _references(blocks):
        parts = [escape(part.strip()) for part in (address_of(element), label_of(element)) if part]
        words = inline({**element, "style": None})
        if words in text or (parts and all(part in text for part in parts)):
            continue
        bare = _bare(element, text)
        if bare is None:
            missing[words] = None
            continue
        # A label alone would read as the author's words, and a canvas may be called “stop”.
        shown = words if address_of(element) else f"{words} ({text[bare]})"
        text = f"{text[: bare.start]}{shown}{text[bare.stop :]}"
    return text, list(missing)


def _bare(element: Json, text: str) -> slice | None:
    """Where the address of the reference, or else its id, stands in the text without a label."""
    address, id_ = escape(address_of(element)), string(element.get("file_id"))
    at = text.find(f"<{address}>") if address else -1
    if at >= 0:
        return slice(at, at + len(address) + 2)
    at = text.find(id_) if _FILE_ID.fullmatch(id_) else -1
    # Thousands may stand in one message, and a regular expression would take half a millisecond for each.
    while at >= 0 and _is_within(text, at, at + len(id_)):
        at = text.find(id_, at + len(id_))
    return slice(at, at + len(id_)) if at >= 0 else None


def _is_within(text: str, start: int, end: int) -> bool:
    """Whether these letters are a part of a longer word, or of an address or its label. Chinese has no blanks."""
    beside = text[max(start - 1, 0) : start] + text[end : end + 1]
    return any((sign.isascii() and sign.isalnum()) or sign in "_-/|" for sign in beside)


def referred_files(blocks: object) -> tuple[FileRef, ...]:
    """The files that the rich text refers to by id. Anybody can write an id, so the asker must be able to see them."""
    found: dict[str, FileRef] = {}
    for element in _references(blocks):
        id_ = string(element.get("file_id"))
        if element.get("type") in _FILES and _FILE_ID.fullmatch(id_):
            found.setdefault(id_, FileRef(id_, label_of(element) or id_, mode=LINKED))
    return tuple(found.values())[:MOST_FILES]


def _references(value: object, depth: int = 0) -> Iterable[Json]:
    """The chips in rich text, however deep in lists and quotes."""
    if depth > 2 * MOST_DEPTH:
        return
    for item in value if isinstance(value, list) else ():
        if not isinstance(item, Mapping):
            continue
        kind = string(item.get("type"))
        if kind.startswith("rich_text"):
            yield from _references(item.get("elements"), depth + 1)
        elif depth and kind not in _IN_TEXT and (is_inline(kind) or address_of(item) or label_of(item)):
            yield item
