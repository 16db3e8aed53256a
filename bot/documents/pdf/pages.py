"""The values that a worker returns for a PDF, and the Document that the main process makes of them."""

from dataclasses import dataclass

from bot.core.document import Document, OutlineEntry, Page
from bot.documents.pages import notices

MOST_PAGES = 5000

SCAN = "no text layer"
SOUP = "its text layer is unreadable"


@dataclass(frozen=True, slots=True)
class PdfPages:
    """Some pages of a PDF. `count` is the number of pages of the file; page numbers count from 1 in the file."""

    count: int
    pages: tuple[Page, ...]
    unreadable: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PdfAbout:
    """The number of pages, outline and names of attached files of a PDF. `is_repaired`: it was cut off."""

    count: int
    outline: tuple[OutlineEntry, ...]
    attachments: tuple[str, ...]
    is_repaired: bool = False


def pdf_document(about: PdfAbout, pages: list[Page], unreadable: list[int]) -> Document:
    """Make a Document of the pages, with notes for the model and for people."""
    notes = [notices.REPAIRED] if about.is_repaired else []
    if len(pages) < about.count:
        notes.append(notices.MORE_PAGES.format(read=len(pages), count=about.count))
    for look, texts in ((SCAN, notices.NO_TEXT_LAYER), (SOUP, notices.BAD_TEXT_LAYER)):
        notes += _page_note(texts, [page.number for page in pages if page.look == look])
    notes += _page_note(notices.UNREADABLE_PAGES, unreadable)
    if about.attachments:
        notes.append(notices.ATTACHED.format(names=", ".join(about.attachments)))
    return Document("pdf", tuple(pages), tuple(notes), about.outline)


def _page_note(texts: tuple[str, str], numbers: list[int]) -> list[str]:
    """Return the note for these pages. `texts` are for one page and for several."""
    if not numbers:
        return []
    return [texts[0].format(number=numbers[0]) if len(numbers) == 1 else texts[1].format(numbers=_runs(numbers))]


def _runs(numbers: list[int]) -> str:
    """Return page numbers in short form: “3–5, 9”."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in runs)
