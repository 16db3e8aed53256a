"""Counts how many blocks Slack makes of Markdown, and how much room text and task cards take in a message.

Others measured it: each heading and divider counts, tables do too (archestra-ai/archestra#4724), and a message takes 50
(facts/documents-security.md F). Runs of list items are assumed to count as well.
"""

from markdown_it import MarkdownIt

from bot.playground.workspace.records import Json

BLOCKS_MAX = 50
# Beside text: 10,571 bytes of text and cards were accepted, 11,279 refused (openclaw/openclaw#143882).
CARDS_BYTES_MAX = 11_000
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_ALONE = {"heading_open", "hr", "table_open", "bullet_list_open", "ordered_list_open"}


def expansions(markdown: str) -> int:
    """Return the number of blocks; 0 for text that has only paragraphs, quotes and code."""
    return sum(token.type in _ALONE and not token.level for token in _MARKDOWN.parse(markdown))


def has_room(texts: list[str], others: int = 0) -> bool:
    """Tell whether the texts of a message fit into it as blocks, beside its other blocks and cards."""
    # Lines are counted quickly, and there are never more blocks than lines.
    lines = sum(text.count("\n") + 1 for text in texts)
    return lines + others <= BLOCKS_MAX or sum(map(expansions, texts)) + others <= BLOCKS_MAX


def weight(text: str, tasks: list[Json]) -> int:
    """Return the size in bytes; `details` and `output` count twice."""
    size = len(text.encode())
    for task in tasks:
        size += len(str(task.get("title", "")).encode())
        size += 2 * sum(len(str(task.get(name, "")).encode()) for name in ("details", "output"))
    return size
