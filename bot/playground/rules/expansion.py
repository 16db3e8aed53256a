"""How many blocks a text of Markdown becomes on Slack, and how much of a message it and its task cards take.

Measured by others: each heading and divider counts, tables do (archestra-ai/archestra#4724), and a message takes 50
(facts/documents-security.md F); runs of list items are taken to count too.
"""

from markdown_it import MarkdownIt

from bot.playground.workspace.records import Json

BLOCKS_MAX = 50
# Beside text: 10,571 bytes of text and cards were taken, 11,279 refused (openclaw/openclaw#143882).
CARDS_BYTES_MAX = 11_000
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_ALONE = {"heading_open", "hr", "table_open", "bullet_list_open", "ordered_list_open"}


def expansions(markdown: str) -> int:
    """0 for text that is nothing but paragraphs, quotes and code."""
    return sum(token.type in _ALONE and not token.level for token in _MARKDOWN.parse(markdown))


def has_room(texts: list[str], others: int = 0) -> bool:
    """Whether the texts of a message become no more blocks than it takes beside its other blocks and cards."""
    # Lines are quickly counted, and there are no more blocks than these.
    lines = sum(text.count("\n") + 1 for text in texts)
    return lines + others <= BLOCKS_MAX or sum(map(expansions, texts)) + others <= BLOCKS_MAX


def weight(text: str, tasks: list[Json]) -> int:
    """In bytes; `details` and `output` count twice."""
    size = len(text.encode())
    for task in tasks:
        size += len(str(task.get("title", "")).encode())
        size += 2 * sum(len(str(task.get(name, "")).encode()) for name in ("details", "output"))
    return size
