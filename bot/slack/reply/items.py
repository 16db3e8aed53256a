"""What a message is made of: Markdown, and blocks that stand amid it (pictures, tables, charts)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.slack.blocks import Blocks, fallback, markdown
from bot.slack.markdown.cut import ROOM, cut, expansions, resumed, split
from bot.slack.markdown.rich_blocks import rich_blocks
from bot.slack.message_size import Room, size_of
from bot.slack.reply.footer import plain_foot

# A message takes 50 blocks; text before, between and after, and the foot, take theirs.
MOST_EMBEDS = 10
MOST_CHARTS = 2  # slack.md §1.6
# chat.update takes 4,000 bytes of plain text (bot.slack.blocks).
LONGEST_EDIT = 3_900


@dataclass(frozen=True, slots=True)
class Share:
    """A file that can be shared into the thread."""

    name: str
    data: bytes
    words: str


@dataclass(frozen=True, slots=True)
class Embed:
    """A block amid the text. `words` stand there where Slack does not take the block, and the file is shared."""

    block: dict[str, Any]
    words: str
    share: Share | None = None


Item = str | Embed
Items = tuple[Item, ...]


def text_of(items: Sequence[Item]) -> str:
    return "".join(item for item in items if isinstance(item, str))


def words_of(items: Sequence[Item]) -> str:
    """All of it as Markdown."""
    return "".join(item if isinstance(item, str) else f"\n{item.words}\n" for item in items)


def joined(items: Sequence[Item]) -> Items:
    """Neighbouring texts as one."""
    parts: list[Item] = []
    for item in items:
        if isinstance(item, str) and parts and isinstance(parts[-1], str):
            parts[-1] += item
        elif item:
            parts.append(item)
    return tuple(parts)


def is_blank(items: Sequence[Item]) -> bool:
    return not any(isinstance(item, Embed) or item.strip() for item in items)


def has_embeds(items: Sequence[Item]) -> bool:
    return any(isinstance(item, Embed) for item in items)


def blocks_of(items: Sequence[Item], *, is_rich: bool = False) -> Blocks:
    """`is_rich`: with rich text in place of Markdown."""
    blocks: Blocks = []
    for item in joined(items):
        written = rich_blocks if is_rich else markdown
        blocks += written(item) if isinstance(item, str) else [item.block]
    return blocks


def fallback_of(items: Sequence[Item]) -> str:
    """What notifications and screen readers say."""
    return fallback(words_of(items))


def chunks_of(items: Sequence[Item]) -> list[dict[str, Any]]:
    """For a stream: `markdown_text` and chunks can't go in one call (peers.md, vercel/chat#886)."""
    parts = joined(items)
    chunks: list[dict[str, Any]] = []
    for place, item in enumerate(parts):
        if isinstance(item, Embed):
            chunks.append({"type": "blocks", "blocks": [item.block]})
            continue
        # Blank lines beside a block show as gaps, and a chunk of nothing else is refused.
        text = item.lstrip("\n") if place else item
        text = text.rstrip("\n") if place < len(parts) - 1 else text
        if text.strip():
            chunks.append({"type": "markdown_text", "text": text})
    return chunks


def streamed(items: Items) -> dict[str, Any]:
    return {"chunks": chunks_of(items)} if has_embeds(items) else {"markdown_text": text_of(items)}


def ways(items: Items, footer: Blocks, *, is_rich: bool = False) -> list[Blocks]:
    """For a post: with the foot, and without it where that is what Slack does not take."""
    content = blocks_of(items, is_rich=is_rich)
    feet = [footer] if footer else []
    while feet and (plain := plain_foot(feet[-1])):
        feet.append(plain)
    return [*[[*content, *one] for one in feet], content]


def edits(items: Items, footer: Blocks, *, is_rich: bool = False) -> list[tuple[str, Blocks]]:
    """For an edit, text and blocks: the same, and at last plain text, where that is not too long."""
    rich = [(fallback_of(items), blocks) for blocks in ways(items, footer, is_rich=is_rich)]
    plain = text_of(items)
    return rich if has_embeds(items) or size_of(plain) > LONGEST_EDIT else [*rich, (plain, [])]


def blocks_in(items: Sequence[Item]) -> int:
    """How many blocks a message of these is, but for the first of text."""
    return expansions(text_of(items)) + sum(isinstance(item, Embed) for item in items)


def going_on(shown: Sequence[Item], pending: Sequence[Item]) -> Items:
    """The pending as the beginning of a message of its own, after one that ended with the shown."""
    first, *rest = joined(pending) or ("",)
    return joined((resumed(text_of(shown), first), *rest)) if isinstance(first, str) else joined(pending)


def parted(
    shown: Sequence[Item],
    pending: Sequence[Item],
    *,
    is_final: bool,
    must_rotate: bool,
    room: Room = ROOM,
) -> tuple[Items, Items] | None:
    """What of the pending still goes into the current message, and what into the next; None when all of it does."""
    crowded = _crowded(shown, pending)
    if crowded is not None:
        head, tail = tuple(pending[:crowded]), tuple(pending[crowded:])
        inner = parted(shown, head, is_final=True, must_rotate=False, room=room)
        return (inner[0], (*inner[1], *tail)) if inner else (head, tail)
    before = text_of(shown)
    text = before + text_of(pending)
    embeds = sum(isinstance(item, Embed) for item in (*shown, *pending))
    left = replace(room, blocks=max(0, room.blocks - embeds))
    at = cut(text, len(before), is_final=is_final, must_rotate=must_rotate, room=left)
    return None if at is None else _split_at(before, pending, at)


def _crowded(shown: Sequence[Item], pending: Sequence[Item]) -> int | None:
    """The place of the first block that is one too many for the message."""
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
    """`at` counts in the text of both; a code fence that is open there is closed, and opened again after it."""
    whole = before + text_of(pending)
    head, tail = split(whole, at)
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
