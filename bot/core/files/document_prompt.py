"""`document_text` makes the text of a document for the model: its outline, the pages that fit, and how to see others.

The text is the same in every turn, because it stands at the beginning of the prompt.
"""

from bot.core.document import Document, Page
from bot.core.model.tokens import estimate_tokens
from bot.core.thread.turn import ThreadDocument

# The part of the context window for the text of one document.
TEXT_TOKENS = 40_000
HEAD = "Document {name} ({kind}, {pages} pages{read}):"
READ_PART = (
    "; the text of pages 1–{read}{last} follows, pages {next}–{pages}{end} are not here: "
    "find_in_document searches all of them, view_page shows one"
)
UP_TO = " (up to {page})"  # for pages with a label, such as “sheet Costs, rows 901–1000”
OUTLINE = "Its outline: {entries}"
MOST_ENTRIES = 80
PAGE = "[{name} {page}]"
EMPTY_PAGE = "(no text on this page)"
GONE = "(Document {name} is no longer available.)"


def readable(document: Document, name: str) -> tuple[int, int]:
    """Return how many pages fit as text, and their tokens. The first page always fits: its text is cut if need be."""
    total = 0
    for index, page in enumerate(document.pages):
        tokens = estimate_tokens(_page_text(page, name))
        if index and total + tokens > TEXT_TOKENS:
            return index, total
        total += min(tokens, TEXT_TOKENS)
    return len(document.pages), total


def document_text(document: Document, paper: ThreadDocument) -> str:
    name, read, total = paper.name, paper.pages_read, paper.pages
    part = _part(document, read, total) if read < total else ""
    lines = [HEAD.format(name=name, kind=paper.kind, pages=total, read=part)]
    if read < total and document.outline:
        entries = "; ".join(f"{entry.title} (p. {entry.page})" for entry in document.outline[:MOST_ENTRIES])
        lines.append(OUTLINE.format(entries=entries))
    lines += [_page_text(page, name) for page in document.pages[:read]]
    lines += [f"({note})" for note in paper.notes]
    return "\n".join(lines) + "\n"


def _part(document: Document, read: int, total: int) -> str:
    last, end = (_up_to(document.page(number)) for number in (read, total))
    return READ_PART.format(read=read, next=read + 1, pages=total, last=last, end=end)


def _up_to(page: Page | None) -> str:
    return UP_TO.format(page=page.label) if page is not None and page.label else ""


def gone_text(name: str) -> str:
    return GONE.format(name=name) + "\n"


def _page_text(page: Page, name: str) -> str:
    words = page.text.strip() or EMPTY_PAGE
    most = int(TEXT_TOKENS * 1.6)  # characters; no script has fewer characters per token
    return f"{PAGE.format(name=name, page=page.name)}\n{words if len(words) <= most else words[:most] + ' […]'}"
