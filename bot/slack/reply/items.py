"""The items that a message is made of: Markdown, and blocks between it (pictures, tables, charts)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.slack.blocks import Blocks, fallback, markdown
from bot.slack.markdown.cut import ROOM, cut, expansions, resumed, split
from bot.slack.markdown.rich_blocks import rich_blocks
from bot.slack.message_size import Room, size_of
from bot.slack.reply.footer import simpler_footer

# A message takes 50 blocks. The text and the footer need some of them.
MOST_EMBEDS = 10
MOST_CHARTS = 2  # slack.md §1.6
# chat.update takes 4,000 bytes of plain text (bot.slack.blocks).
LONGEST_EDIT = 3_900
# Marks of Markdown, and white space: with nothing else there is nothing to read.
MARKS = "#>*_~`|-+: \t\n"


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file for the thread. `words` are said above it, where there are any."""

    name: str
    data: bytes
    words: str


@dataclass(frozen=True, slots=True)
class Embed:
    """A block between the text. If Slack refuses the block, `share` is shared, or `words` stand in its place."""

    block: dict[str, Any]
    words: str
    share: SharedFile | None = None


Item = str | Embed
Items = tuple[Item, ...]


def text_of(items: Sequence[Item]) -> str:
    return "".join(item for item in items if isinstance(item, str))


def words_of(items: Sequence[Item]) -> str:
    """All items as Markdown; blocks by their words."""
    return "".join(item if isinstance(item, str) else f"\n{item.words}\n" for item in items)


def joined(items: Sequence[Item]) -> Items:
    """The items, with neighbouring texts joined."""
    parts: list[Item] = []
    for item in items:
        if isinstance(item, str) and parts and isinstance(parts[-1], str):
            parts[-1] += item
        elif item:
            parts.append(item)
    return tuple(parts)


def is_blank(items: Sequence[Item]) -> bool:
    return not any(isinstance(item, Embed) or item.strip() for item in items)


def has_only_marks(items: Sequence[Item]) -> bool:
    """Return whether the items have nothing to read yet: at most the marks of a heading, a list or bold text."""
    return not any(isinstance(item, Embed) or item.strip(MARKS) for item in items)


def has_embeds(items: Sequence[Item]) -> bool:
    return any(isinstance(item, Embed) for item in items)


def blocks_of(items: Sequence[Item], *, is_rich: bool = False) -> Blocks:
    """The items as blocks: text as Markdown blocks, or as rich text if `is_rich`."""
    blocks: Blocks = []
    for item in joined(items):
        written = rich_blocks if is_rich else markdown
        blocks += written(item) if isinstance(item, str) else [item.block]
    return blocks


def fallback_of(items: Sequence[Item]) -> str:
    """The text for notifications and screen readers."""
    return fallback(words_of(items))


def chunks_of(items: Sequence[Item]) -> list[dict[str, Any]]:
    """The items as chunks of a stream. One call takes no `markdown_text` beside chunks (peers.md, vercel/chat#886)."""
    parts = joined(items)
    chunks: list[dict[str, Any]] = []
    for place, item in enumerate(parts):
        if isinstance(item, Embed):
            chunks.append({"type": "blocks", "blocks": [item.block]})
            continue
        # Blank lines beside a block show as gaps, and Slack refuses a chunk of blank lines only.
        text = item.lstrip("\n") if place else item
        text = text.rstrip("\n") if place < len(parts) - 1 else text
        if text.strip():
            chunks.append({"type": "markdown_text", "text": text})
    return chunks


def stream_content(items: Items, cards: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The arguments that put the items into a stream, after task cards if there are any."""
    if cards or has_embeds(items):
        return {"chunks": [*cards, *chunks_of(items)]}
    return {"markdown_text": text_of(items)}


def post_forms(items: Items, footer: Blocks, *, is_rich: bool = False) -> list[Blocks]:
    """The blocks of a post in all forms to try: with the footer, with simpler ones, and without any."""
    content = blocks_of(items, is_rich=is_rich)
    footers = [footer] if footer else []
    while footers and (simpler := simpler_footer(footers[-1])):
        footers.append(simpler)
    return [*[[*content, *blocks] for blocks in footers], content]


def edit_forms(items: Items, footer: Blocks, *, is_rich: bool = False) -> list[tuple[str, Blocks]]:
    """The text and the blocks of an edit in all forms to try: those of a post, then plain text if
    it is not too long.
    """
    rich = [(fallback_of(items), blocks) for blocks in post_forms(items, footer, is_rich=is_rich)]
    plain = text_of(items)
    return rich if has_embeds(items) or size_of(plain) > LONGEST_EDIT else [*rich, (plain, [])]


def blocks_in(items: Sequence[Item]) -> int:
    """How many blocks Slack makes of these items, without the first one of text."""
    return expansions(text_of(items)) + sum(isinstance(item, Embed) for item in items)


def continued(shown: Sequence[Item], pending: Sequence[Item]) -> Items:
    """The pending items as the beginning of a new message, after one that ended with `shown`."""
    first, *rest = joined(pending) or ("",)
    return joined((resumed(text_of(shown), first), *rest)) if isinstance(first, str) else joined(pending)


def split_to_fit(
    shown: Sequence[Item],
    pending: Sequence[Item],
    *,
    is_final: bool,
    must_rotate: bool,
    room: Room = ROOM,
) -> tuple[Items, Items] | None:
    """The pending items for the current message, and those for the next; None if all fit into the current message."""
    first_too_many = _first_block_too_many(shown, pending)
    if first_too_many is not None:
        head, tail = tuple(pending[:first_too_many]), tuple(pending[first_too_many:])
        inner = split_to_fit(shown, head, is_final=True, must_rotate=False, room=room)
        return (inner[0], (*inner[1], *tail)) if inner else (head, tail)
    before = text_of(shown)
    text = before + text_of(pending)
    embeds = sum(isinstance(item, Embed) for item in (*shown, *pending))
    text_room = replace(room, blocks=max(0, room.blocks - embeds))
    at = cut(text, len(before), is_final=is_final, must_rotate=must_rotate, room=text_room)
    return None if at is None else _split_at(before, pending, at)


def _first_block_too_many(shown: Sequence[Item], pending: Sequence[Item]) -> int | None:
    """The index of the first pending block that the message has no room for."""
    embeds = [item for item in shown if isinstance(item, Embed)]
    for at, item in enumerate(pending):
        if isinstance(item, str):
            continue
        embeds.append(item)
        charts = sum(embed.block.get("type") == "data_visualization" for embed in embeds)
        if len(embeds) > MOST_EMBEDS or charts > MOST_CHARTS:
            return at
    return None


def _split_at(before: str, pending: Sequence[Item], at: int) -> tuple[Items, Items]:
    """Split the pending items at `at`, which counts in the shown and the pending text. A code fence that is open there
    is closed, and opened again after it.
    """
    head, tail = split(before + text_of(pending), at)
    start = len(before)
    for place, item in enumerate(pending):
        if isinstance(item, Embed):
            continue
        end = start + len(item)
        if at <= end:
            later = text_of(pending[place + 1 :])
            rest = tail[: len(tail) - len(later)] if later else tail
            return joined((*pending[:place], head[start:])), joined((rest, *pending[place + 1 :]))
        start = end
    return joined(pending), ()
